from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from simulator_builders import buy, pending, terminal_of

from bot.simulator.bar_table import RATES_DTYPE
from bot.simulator.constants import Constants
from bot.simulator.requests import TEXT_UNITS_MAX
from bot.simulator.retcodes import LAST_ERROR_TEXTS, RETCODE_TEXTS
from bot.simulator.structs import TradeRequest
from bot.simulator.terminal import PACKAGE_FUNCTIONS, SimulatedTerminal
from bot.simulator.ticks import TICKS_DTYPE

CONTRACT_PATH = Path(__file__).resolve().parents[2] / ".." / "shared" / "mt5" / "contract.json"

pytestmark = pytest.mark.skipif(
    not CONTRACT_PATH.exists(), reason="the terminal's contract file is not beside this checkout"
)

WRONG_CALLS: tuple[tuple[str, tuple[object, ...], dict[str, object]], ...] = (
    ("positions_get", ("EURUSD",), {}),
    ("orders_get", (), {"symbol": None}),
    ("positions_get", (), {"ticket": "1"}),
    ("positions_get", (), {"group": "x" * 2000}),
    ("history_deals_get", (), {}),
    ("history_orders_get", (1,), {}),
    ("history_deals_get", ("a", "b"), {}),
    ("order_send", (1,), {}),
    ("order_check", (1, 2), {}),
    ("symbol_info", (5,), {}),
    ("initialize", (5,), {}),
    ("initialize", (), {"timeout": "1"}),
    ("login", (), {}),
    ("login", (1, 2), {}),
    ("symbols_get", (5,), {}),
    ("copy_rates_from", ("EURUSD", 1, "today", 5), {}),
    ("copy_ticks_range", (5, 1, 2, 3), {}),
)


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(CONTRACT_PATH.read_text(encoding="utf-8"))
    return document


@pytest.fixture
def terminal() -> SimulatedTerminal:
    return terminal_of({"EURUSD": [(0, 1.1, 1.1001)]})


def constant_differences(offered: object, wanted: dict[str, int]) -> list[str]:
    """Names that are missing, different, or not plain ints."""
    return [
        name
        for name, value in wanted.items()
        if type(getattr(offered, name, None)) is not int or getattr(offered, name) != value
    ]


def test_every_constant_has_the_value_of_the_package(
    contract: dict[str, Any], terminal: SimulatedTerminal
) -> None:
    assert len(contract["constants"]) == 223
    assert constant_differences(terminal, contract["constants"]) == []


def test_no_constant_is_offered_that_the_package_lacks(contract: dict[str, Any]) -> None:
    offered = {name for name in vars(Constants) if name.isupper()}
    assert offered == set(contract["constants"])


def test_the_walk_notices_one_altered_constant(contract: dict[str, Any]) -> None:
    altered = type("Altered", (Constants,), {"TRADE_RETCODE_DONE": 10008})
    assert constant_differences(altered, contract["constants"]) == ["TRADE_RETCODE_DONE"]


def test_every_struct_has_the_fields_of_the_package_in_order_and_type(
    contract: dict[str, Any],
) -> None:
    assert len(contract["structs"]) == 11
    for name, fields in contract["structs"].items():
        kind = getattr(SimulatedTerminal, name)
        assert kind.__match_args__ == tuple(fields), name
        assert dict(kind.__annotations__) == contract["struct_types"][name], name


def test_structs_have_what_the_package_adds_and_lack_what_it_lacks(
    contract: dict[str, Any],
) -> None:
    for name in contract["structs"]:
        kind = getattr(SimulatedTerminal, name)
        assert issubclass(kind, tuple)
        assert kind.__module__ == contract["struct_class"]["module"].split(" ")[0]
        assert all(hasattr(kind, method) for method in contract["struct_class"]["extra_methods"])
        assert not any(hasattr(kind, method) for method in contract["struct_class"]["absent"])


def test_values_in_results_have_exactly_the_declared_types(terminal: SimulatedTerminal) -> None:
    sent = terminal.order_send(buy("EURUSD", 0.1, sl=1.0, tp=1.2))
    terminal.order_send(pending("EURUSD", 2, 0.1, 1.05))
    assert sent is not None
    results = [
        sent,
        sent.request,
        terminal.order_check(buy("EURUSD", 0.1)),
        terminal.symbol_info("EURUSD"),
        terminal.symbol_info_tick("EURUSD"),
        terminal.account_info(),
        terminal.terminal_info(),
        (terminal.positions_get() or ())[0],
        (terminal.orders_get() or ())[0],
        (terminal.history_deals_get(ticket=sent.order) or ())[0],
        (terminal.history_orders_get(ticket=sent.order) or ())[0],
    ]
    plain = {"int": int, "float": float, "bool": bool, "str": str, "TradeRequest": TradeRequest}
    for result in results:
        for field, declared in type(result).__annotations__.items():
            assert type(getattr(result, field)) is plain[declared], (type(result).__name__, field)


def test_all_functions_are_there_under_their_names(
    contract: dict[str, Any], terminal: SimulatedTerminal
) -> None:
    assert len(contract["functions"]) == 35
    assert set(PACKAGE_FUNCTIONS) == set(contract["functions"])
    assert all(callable(getattr(terminal, name)) for name in PACKAGE_FUNCTIONS)


def test_functions_without_arguments_refuse_any(
    contract: dict[str, Any], terminal: SimulatedTerminal
) -> None:
    names = [n for n, f in contract["functions"].items() if f["call_flags"] == "NOARGS"]
    assert "account_info" in names
    for name in names:
        with pytest.raises(TypeError):
            getattr(terminal, name)(1)
        with pytest.raises(TypeError):
            getattr(terminal, name)(login=1)


def test_positional_functions_refuse_keywords_with_a_type_error(
    contract: dict[str, Any], terminal: SimulatedTerminal
) -> None:
    names = [n for n, f in contract["functions"].items() if f["call_flags"] == "VARARGS"]
    assert "copy_rates_from_pos" in names
    for name in names:
        with pytest.raises(TypeError, match="keyword"):
            getattr(terminal, name)(symbol="EURUSD")


def test_keyword_functions_ignore_unknown_keywords(
    contract: dict[str, Any], terminal: SimulatedTerminal
) -> None:
    names = [n for n, f in contract["functions"].items() if f["call_flags"] == "VARARGS|KEYWORDS"]
    assert "positions_get" in names
    for name in names:
        getattr(terminal, name)(colour="blue")  # raises nothing


def test_python_helpers_have_the_signatures_of_the_package(contract: dict[str, Any]) -> None:
    for name in ("Buy", "Sell", "Close"):
        parameters = list(inspect.signature(getattr(SimulatedTerminal, name)).parameters.values())
        wanted = contract["functions"][name]["signature"]
        shown = [p.name for p in parameters[1:]]
        assert shown == [
            part.split("=")[0] for part in wanted[len(name) + 1 : -1].split(", ") if part != "*"
        ]
        keyword_only = {p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
        assert keyword_only == {"comment", "ticket"}


def test_bars_and_ticks_are_packed_and_read_only(
    contract: dict[str, Any], terminal: SimulatedTerminal
) -> None:
    for key, dtype in (("rates", RATES_DTYPE), ("ticks", TICKS_DTYPE)):
        assert [[n, dtype.fields[n][0].str] for n in dtype.names] == [
            [n, np.dtype(kind).str] for n, kind in contract["dtypes"][key]
        ]
        assert {n: dtype.fields[n][1] for n in dtype.names} == contract["dtype_offsets"][key]
        assert dtype.itemsize == contract["dtype_itemsize"]
    rates = terminal.copy_rates_from_pos("EURUSD", terminal.TIMEFRAME_M1, 0, 5)
    ticks = terminal.copy_ticks_from("EURUSD", 1_600_000_000, 5, terminal.COPY_TICKS_ALL)
    for array in (rates, ticks):
        assert array is not None
        assert len(array) == 1
        assert array.flags.owndata == contract["array_flags"]["owndata"]
        assert array.flags.writeable == contract["array_flags"]["writeable"]


def test_return_codes_carry_the_texts_of_the_contract(contract: dict[str, Any]) -> None:
    wanted = {int(code): entry["comment"] for code, entry in contract["retcodes"].items()}
    assert wanted == RETCODE_TEXTS


def test_errors_carry_the_texts_of_the_contract(contract: dict[str, Any]) -> None:
    wanted = {int(code): entry["text"] for code, entry in contract["last_error"].items()}
    assert set(wanted) == set(LAST_ERROR_TEXTS)
    for code, text in wanted.items():
        assert LAST_ERROR_TEXTS[code].startswith(text.split("%S")[0]), code


def test_requests_are_parsed_by_the_types_and_limits_of_the_contract(
    contract: dict[str, Any],
) -> None:
    assert tuple(contract["request_types"]) == TradeRequest.__match_args__
    assert contract["limits"]["comment_chars"] == TEXT_UNITS_MAX
    assert contract["limits"]["symbol_chars"] == TEXT_UNITS_MAX


def test_the_packages_own_refusals_carry_the_texts_of_the_contract(
    contract: dict[str, Any], terminal: SimulatedTerminal
) -> None:
    own = contract["package_side_errors"]
    names = set(own["names_with_text"])
    texts = set(own["fixed_texts"]) | {own["per_field_text"].replace("<name>", n) for n in names}
    for wrong in WRONG_CALLS:
        name, args, kwargs = wrong
        terminal.initialize()  # a refused one has closed the connection
        assert getattr(terminal, name)(*args, **kwargs) in (None, False)
        code, text = terminal.last_error()
        assert (code, text in texts) == (own["code"], True), (wrong, text)


def test_every_key_of_a_request_is_refused_by_its_name(
    contract: dict[str, Any], terminal: SimulatedTerminal
) -> None:
    for key, kind in contract["request_types"].items():
        wrong = "x" * 30 if kind.startswith("str") else None
        assert terminal.order_send(buy("EURUSD", 0.1) | {key: wrong}) is None
        assert terminal.last_error() == (-2, f'Invalid "{key}" argument')


def test_a_system_error_reads_as_the_interpreter_words_it(terminal: SimulatedTerminal) -> None:
    for name in ("copy_rates_from_pos", "symbol_select", "order_calc_margin"):
        words = f"^<built-in function {name}> returned a result with an exception set$"
        with pytest.raises(SystemError, match=words) as caught:
            getattr(terminal, name)(*(object() for _ in range(9)))
        assert isinstance(caught.value.__cause__, TypeError | OverflowError)
