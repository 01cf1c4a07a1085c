import pytest
from adapters_fakes import (
    EURUSD,
    NOW_UTC_S,
    NOW_WALL_S,
    Fault,
    ScriptedTerminal,
    a_client,
    account_row,
    answer_row,
    symbol_row,
)
from test_adapter_requests import close_lots, open_market, place_limit

from bot.adapters.clock import ManualClock
from bot.model.broker import CancelOrder, MoveStop, SendOutcome, SendResult
from bot.model.settings import SymbolSettings

EVERY_KIND = (
    open_market(),
    place_limit(),
    close_lots(),
    MoveStop("EURUSD", 81, 1.09, 1.12),
    CancelOrder("EURUSD", 90),
)
IPC_LOST = (-10002, "IPC recv failed")


def a_world(*answers: object, **options):
    terminal = ScriptedTerminal()
    terminal.answers = list(answers)
    clock = ManualClock(NOW_UTC_S)
    return terminal, clock, a_client(terminal, clock, **options)


def sent(terminal: ScriptedTerminal) -> list[dict]:
    return [arguments[0] for arguments in terminal.calls_of("order_send")]


def test_a_filled_order_tells_tickets_volume_and_price():
    terminal, _, client = a_world(
        answer_row(10009, order=81, deal=82, volume=0.48, price=1.10015, comment="Request executed")
    )

    outcome = client.send(open_market())

    assert outcome == SendOutcome(
        SendResult.DONE, 10009, "Request executed", 81, 82, lots=0.48, price=1.10015
    )
    assert len(sent(terminal)) == 1
    assert client.requests_sent_count() == 1


def test_a_part_is_told_as_a_part_whichever_code_the_server_uses():
    _, _, client = a_world(answer_row(10010, volume=0.2), answer_row(10009, volume=0.2))

    assert client.send(open_market()).result == SendResult.PARTIAL
    assert client.send(open_market()).result == SendResult.PARTIAL


def test_done_without_a_volume_is_done():
    _, _, client = a_world(answer_row(10009, order=81))

    outcome = client.send(open_market())

    assert (outcome.result, outcome.lots) == (SendResult.DONE, 0.0)


@pytest.mark.parametrize("request_", EVERY_KIND)
@pytest.mark.parametrize("retcode", [10004, 10006, 10011, 10012, 10018, 10031, 10036, 10777])
def test_no_request_is_ever_sent_twice(request_, retcode):
    terminal, _, client = a_world(answer_row(retcode))

    client.send(request_)

    assert len(sent(terminal)) == 1


@pytest.mark.parametrize("request_", EVERY_KIND)
@pytest.mark.parametrize(
    ("error", "result"),
    [
        ((-1, "Terminal: Call failed"), SendResult.UNKNOWN),
        (IPC_LOST, SendResult.UNKNOWN),
        ((1, "Success"), SendResult.UNKNOWN),
        ((-2, 'Invalid "sl" argument'), SendResult.REJECTED_REQUEST),
        ((-8, "Auto-Trading using Python API disabled"), SendResult.REJECTED_CONDITION),
        ((-10004, "No IPC connection"), SendResult.UNKNOWN),
    ],
)
def test_silence_is_told_with_what_the_package_knows(request_, error, result):
    terminal, _, client = a_world()
    terminal.break_next("order_send", Fault(error=error))

    outcome = client.send(request_)

    assert (outcome.result, outcome.retcode) == (result, error[0])
    assert error[1] in outcome.text
    assert len(sent(terminal)) == 1
    assert client.requests_sent_count() == 1


@pytest.mark.parametrize("error", [SystemError("set"), OSError("pipe"), EOFError("bridge")])
def test_an_exception_while_sending_leaves_the_outcome_open(error):
    terminal, _, client = a_world()
    terminal.break_next("order_send", Fault(raises=error, error=(1, "Success")))

    outcome = client.send(open_market())

    assert outcome.result == SendResult.UNKNOWN
    assert type(error).__name__ in outcome.text


@pytest.mark.parametrize("answer", [object(), (10009,), "done", answer_row("x"), answer_row(None)])
def test_an_answer_of_another_shape_leaves_the_outcome_open(answer):
    _, _, client = a_world(answer)

    assert client.send(open_market()).result == SendResult.UNKNOWN


def test_a_malformed_request_is_refused_here():
    terminal, _, client = a_world()

    outcome = client.send(open_market(stop_price=0.0))

    assert outcome.result == SendResult.REJECTED_REQUEST
    assert outcome.retcode == 0
    assert outcome.text.startswith("EURUSD: stop_price = 0.0")
    assert sent(terminal) == []
    assert client.requests_sent_count() == 0


@pytest.mark.parametrize("expires", [float("inf"), float("nan"), -1.0])
def test_an_expiry_that_is_no_moment_is_refused_here(expires):
    _, _, client = a_world()

    assert client.send(place_limit(expires_utc_s=expires)).result == SendResult.REJECTED_REQUEST


def test_a_limit_orders_expiry_is_sent_on_the_servers_clock():
    terminal, _, client = a_world(answer_row(10009, order=90))

    client.send(place_limit(expires_utc_s=NOW_UTC_S + 168 * 3600))

    assert sent(terminal)[0]["expiration"] == NOW_WALL_S + 168 * 3600


def test_our_symbol_travels_under_the_brokers_name():
    terminal = ScriptedTerminal()
    terminal.symbols = {"EURUSD.r": symbol_row("EURUSD.r", currency_base="EUR")}
    terminal.answers = [answer_row(10009)]
    client = a_client(terminal, suffixes=(".r",))

    client.send(open_market())

    assert sent(terminal)[0]["symbol"] == "EURUSD.r"


def test_an_unmapped_symbol_is_not_opened():
    terminal = ScriptedTerminal()
    gold = SymbolSettings("XAUUSD", ("XAUUSD",), "metal", True, False)
    client = a_client(terminal, symbols=(EURUSD, gold))

    outcome = client.send(open_market(symbol="XAUUSD"))

    assert outcome.result == SendResult.NOT_SENT
    assert "the broker lists none" in outcome.text


def test_before_attaching_nothing_is_sent():
    terminal = ScriptedTerminal()
    client = a_client(terminal, connect=False)

    assert client.send(open_market()).result == SendResult.NOT_SENT
    assert terminal.calls == []


def test_an_account_that_cannot_be_read_stops_what_adds_risk_only():
    terminal, _, client = a_world(answer_row(10009))
    terminal.break_next("account_info", Fault(error=IPC_LOST))
    assert client.send(open_market()).result == SendResult.NOT_SENT

    terminal.break_next("account_info", Fault(error=IPC_LOST))
    assert client.send(close_lots()).result == SendResult.DONE


@pytest.mark.parametrize("request_", EVERY_KIND)
def test_another_account_stops_everything(request_):
    terminal, _, client = a_world(answer_row(10009))
    terminal.account = account_row(login=8)

    assert client.send(request_).result == SendResult.NOT_SENT
    assert sent(terminal) == []


def test_while_the_contract_cannot_be_read_positions_can_still_be_closed():
    terminal, clock, client = a_world(answer_row(10009), answer_row(10009))
    client.instrument("EURUSD")
    clock.sleep(60.0)
    terminal.symbols = {}
    assert client.send(open_market()).result == SendResult.NOT_SENT

    assert client.send(close_lots()).result == SendResult.DONE
    assert client.send(MoveStop("EURUSD", 81, 1.09, 1.12)).result == SendResult.DONE


def test_a_contract_whose_money_does_not_add_up_can_still_be_closed():
    terminal, _, client = a_world(answer_row(10009))
    terminal.symbols["EURUSD"] = symbol_row(trade_tick_value_loss=0.0)
    assert client.send(open_market()).result == SendResult.NOT_SENT

    assert client.send(close_lots()).result == SendResult.DONE


def test_a_contract_never_read_and_not_readable_closes_nothing():
    terminal, _, client = a_world()
    terminal.symbols["EURUSD"] = object()

    assert client.send(close_lots()).result == SendResult.NOT_SENT

    terminal.symbols = {}
    assert client.send(close_lots()).result == SendResult.NOT_SENT


def test_cancelling_needs_no_contract_at_all():
    terminal, _, client = a_world(answer_row(10009))
    terminal.symbols = {}

    assert client.send(CancelOrder("EURUSD", 90)).result == SendResult.DONE
    assert sent(terminal) == [{"action": 8, "order": 90}]


def test_a_refused_filling_mode_is_not_used_again_for_that_symbol():
    terminal, _, client = a_world(answer_row(10030), answer_row(10009), answer_row(10009))

    assert client.send(open_market()).result == SendResult.REJECTED_REQUEST
    client.send(open_market())
    client.send(close_lots())

    assert [request["type_filling"] for request in sent(terminal)] == [0, 1, 1]


def test_when_every_filling_mode_was_refused_the_first_is_tried_again():
    terminal, _, client = a_world(answer_row(10030), answer_row(10030), answer_row(10009))
    for _ in range(3):
        client.send(open_market())

    assert [request["type_filling"] for request in sent(terminal)] == [0, 1, 0]


def test_after_a_refused_request_the_contract_is_read_anew():
    terminal, _, client = a_world(answer_row(10014))
    client.instrument("EURUSD")
    client.send(open_market())
    terminal.calls.clear()

    client.instrument("EURUSD")

    names = {name for name, _ in terminal.calls}
    assert {"symbol_info", "order_calc_profit", "order_calc_margin"} <= names


def test_an_accepted_limit_order_is_done_and_an_accepted_market_order_is_open():
    _, _, client = a_world(answer_row(10008, order=90), answer_row(10008, order=91))

    assert client.send(place_limit()).result == SendResult.DONE
    assert client.send(open_market()).result == SendResult.UNKNOWN


def test_a_stop_that_is_already_there_is_moved():
    _, _, client = a_world(answer_row(10025))

    assert client.send(MoveStop("EURUSD", 81, 1.09, 1.12)).result == SendResult.DONE


def test_closing_what_is_gone_is_a_changed_world():
    _, _, client = a_world(answer_row(10036))

    assert client.send(close_lots()).result == SendResult.WORLD_CHANGED
