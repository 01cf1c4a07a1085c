import json

import pytest
from adapters_fakes import CONTRACT

from bot.adapters import mt5_codes as mt5
from bot.adapters.mt5_codes import RequestKind, result_of_no_answer, result_of_retcode
from bot.model.broker import SendResult, Timeframe

needs_contract = pytest.mark.skipif(not CONTRACT.exists(), reason="shared contract not beside us")


def contract() -> dict:
    return json.loads(CONTRACT.read_text(encoding="utf-8"))


@needs_contract
def test_every_constant_is_the_packages_own():
    known = {**contract()["constants"], **contract()["constants_on_servers_not_in_package"]}
    prefixes = ("TRADE_", "ORDER_", "SYMBOL_", "ACCOUNT_", "DEAL_TYPE_")
    ours = {name: value for name, value in vars(mt5).items() if name.startswith(prefixes)}
    del ours["ORDER_STATES"]

    assert len(ours) > 40
    assert ours == {name: known[name] for name in ours}


@needs_contract
def test_timeframes_are_the_packages_own():
    known = contract()["constants"]

    assert {t: known[f"TIMEFRAME_{t.name}"] for t in Timeframe} == mt5.TIMEFRAMES


@needs_contract
def test_every_return_code_of_the_contract_has_a_class():
    codes = {int(code) for code in contract()["retcodes"]} - {0}  # 0 is order_check's

    assert set(mt5.RETCODES) == codes


@needs_contract
def test_every_order_state_and_deal_entry_of_the_contract_is_known():
    known = contract()["constants"]
    states = {value for name, value in known.items() if name.startswith("ORDER_STATE_")}
    entries = {value for name, value in known.items() if name.startswith("DEAL_ENTRY_")}

    assert set(mt5.ORDER_STATES) == states
    assert set(mt5.DEAL_ENTRIES) == entries


CLASSES = {
    SendResult.DONE: [10009],
    SendResult.PARTIAL: [10010],
    SendResult.REJECTED_PRICE: [10004, 10020, 10021],
    SendResult.REJECTED_REQUEST: [
        *(10006, 10007, 10013, 10014, 10015, 10016, 10022),
        *(10030, 10032, 10035, 10038, 10041, 10045),
    ],
    SendResult.REJECTED_CONDITION: [
        *(10017, 10018, 10019, 10024, 10026, 10027),
        *(10033, 10034, 10040, 10042, 10043, 10044),
    ],
    SendResult.WORLD_CHANGED: [10023, 10029, 10036, 10039],
    SendResult.UNKNOWN: [10008, 10011, 10012, 10028, 10031, 10046, 0, 1, 10099, -1],
}


@pytest.mark.parametrize(
    ("code", "result"), [(code, result) for result, codes in CLASSES.items() for code in codes]
)
def test_an_answer_to_a_market_order_means_what_faults_says(code, result):
    assert result_of_retcode(code, RequestKind.OPEN) == result


@pytest.mark.parametrize(
    ("code", "kind", "result"),
    [
        (10008, RequestKind.PLACE, SendResult.DONE),
        (10008, RequestKind.CLOSE, SendResult.UNKNOWN),
        (10025, RequestKind.MOVE, SendResult.DONE),
        (10025, RequestKind.PLACE, SendResult.UNKNOWN),
        (10036, RequestKind.CLOSE, SendResult.WORLD_CHANGED),
        (10013, RequestKind.CANCEL, SendResult.WORLD_CHANGED),
        (10035, RequestKind.CANCEL, SendResult.WORLD_CHANGED),
        (10013, RequestKind.MOVE, SendResult.REJECTED_REQUEST),
    ],
)
def test_some_answers_mean_another_thing_for_another_request(code, kind, result):
    assert result_of_retcode(code, kind) == result


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (-2, SendResult.REJECTED_REQUEST),
        (-8, SendResult.REJECTED_CONDITION),
        (-10004, SendResult.UNKNOWN),
        *((code, SendResult.UNKNOWN) for code in (-1, -3, -4, -10000, -10001, -10002, -10003)),
        *((code, SendResult.UNKNOWN) for code in (-10005, 0, 1, 12345)),
    ],
)
def test_silence_is_unknown_unless_the_package_says_it_never_sent(error, result):
    assert result_of_no_answer(error) == result
