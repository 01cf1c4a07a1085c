"""Answers, refusals and the order of the checks (BEHAVIOUR 3, 9, 10, 15)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from simulator_builders import (
    ASK,
    BID,
    DONE,
    after,
    buy,
    contract_of,
    opened,
    pending,
    retcode,
    sell,
    terminal_of,
)

from bot.simulator.config import AccountConfig
from bot.simulator.retcodes import RETCODE_TEXTS, TERMINAL_SIDE_CODES
from bot.simulator.structs import OrderSendResult
from bot.simulator.terminal import SimulatedTerminal

ROWS = [(0.0, BID, ASK), (60.0, 1.08, 1.0802), (120.0, 1.12, 1.1202)]


def terminal_with(account: AccountConfig | None = None, **changes: object) -> SimulatedTerminal:
    contract = contract_of("EURUSD", **changes)
    return terminal_of({"EURUSD": ROWS}, {"EURUSD": contract}, account)


def sent(terminal: SimulatedTerminal, request: dict[str, object]) -> OrderSendResult:
    result = terminal.order_send(request)
    assert result is not None
    return result


# --- the answers -----------------------------------------------------------------------------


def test_an_order_check_that_passes_is_retcode_0_and_changes_nothing() -> None:
    terminal = terminal_with()
    before = terminal.account_info()
    check = terminal.order_check(buy("EURUSD", 1.0))
    assert check is not None
    assert before is not None
    assert (check.retcode, check.comment) == (0, "Done")
    assert (check.balance, check.equity, check.profit) == (20_000.0, 20_000.0, 0.0)
    assert check.margin_free == 20_000.0 - check.margin
    assert check.margin_level == pytest.approx(20_000.0 / check.margin * 100)
    assert terminal.account_info() == before
    assert terminal.positions_total() == 0


def test_an_order_check_that_fails_has_every_number_0() -> None:
    terminal = terminal_with()
    check = terminal.order_check(buy("EURUSD", 1.0, type_filling=2))
    assert check is not None
    assert tuple(check)[:8] == (10030, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, "Unsupported filling mode")
    assert check.request.type_filling == 2


def test_order_check_looks_at_neither_sessions_nor_prices() -> None:
    closed = terminal_with(sessions=((),) * 7)
    check = closed.order_check(buy("EURUSD", 0.1))
    assert check is not None
    assert (check.retcode, retcode(closed, buy("EURUSD", 0.1))) == (0, 10018)


@pytest.mark.parametrize(
    "request_",
    [{"action": 99}, buy("EURUSD", 0.001), buy("EURUSD", 0.1, type_filling=3), {"action": 1}],
)
def test_a_refusal_echoes_the_request_and_shows_nothing_else(request_: dict[str, object]) -> None:
    result = sent(terminal_with(), request_)
    assert tuple(result)[1:7] == (0, 0, 0.0, 0.0, 0.0, 0.0)
    assert result.retcode != DONE
    assert result.request.action == request_["action"]


@pytest.mark.parametrize("code", sorted(TERMINAL_SIDE_CODES))
def test_every_refusal_of_the_terminal_itself_has_a_text(code: int) -> None:
    assert RETCODE_TEXTS[code]


def test_a_requote_shows_the_new_quote() -> None:
    terminal = after(terminal_with(exemode=1), 60)
    result = sent(terminal, buy("EURUSD", 0.1, price=ASK, deviation=5))
    assert (result.retcode, result.bid, result.ask) == (10004, 1.08, 1.0802)
    assert result.request_id != 0


# --- the order of the checks -----------------------------------------------------------------

Fault = Callable[[SimulatedTerminal, dict[str, object]], None]


def _set(name: str, value: object) -> Fault:
    return lambda _terminal, request: request.__setitem__(name, value)


def _off(switch: str) -> Fault:
    return lambda terminal, _request: setattr(terminal.operator.switches, switch, False)


def _spec(**changes: object) -> Fault:
    return lambda terminal, _request: terminal.operator.respecify("EURUSD", **changes)


def _poor(terminal: SimulatedTerminal, _request: dict[str, object]) -> None:
    terminal.operator.withdraw(20_000.0)


MARKET_LADDER: list[tuple[int, Fault]] = [
    (10027, _off("algo_trading")),
    (10026, _off("account_experts")),
    (10031, _off("connected")),
    (10013, _set("type", 2)),
    (10044, _spec(trade_mode=3)),
    (10035, _spec(order_mask=126)),
    (10030, _set("type_filling", 2)),
    (10014, _set("volume", 0.015)),
    (10016, _set("sl", 1.2)),
    (10018, _spec(sessions=((),) * 7)),
    (10021, lambda terminal, _request: terminal.symbol_select("EURUSD", False) and None),
    (10034, _spec(volume_limit=0.005)),
    (10019, _poor),
]
"""What is wrong with a market order, in the order in which the server looks."""


@pytest.mark.parametrize(
    ("earlier", "later"), list(pairwise(MARKET_LADDER)), ids=lambda rung: str(rung[0])
)
def test_of_two_things_wrong_the_earlier_check_answers(
    earlier: tuple[int, Fault], later: tuple[int, Fault]
) -> None:
    terminal, request = terminal_with(), buy("EURUSD", 0.01)
    later[1](terminal, request)
    assert retcode(terminal, request) == later[0]
    earlier[1](terminal, request)
    assert retcode(terminal, request) == earlier[0]


def test_a_disabled_python_interface_is_none_before_any_retcode() -> None:
    terminal = terminal_with()
    terminal.operator.switches.algo_trading = False
    terminal.operator.switches.python_api = False
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert terminal.last_error() == (-8, "Auto-Trading using Python API disabled in Terminal")
    assert terminal.order_send({"action": 1.0}) is None
    assert terminal.last_error() == (-2, 'Invalid "action" argument')


# --- missing objects -------------------------------------------------------------------------


def test_what_is_gone_has_its_own_code_per_action() -> None:
    terminal = terminal_with()
    missing: dict[str, object] = {"position": 999, "symbol": "EURUSD"}
    assert retcode(terminal, sell("EURUSD", 0.1, position=999)) == 10036
    assert retcode(terminal, {"action": 6, **missing, "sl": 1.0}) == 10036
    assert retcode(terminal, {"action": 10, **missing, "position_by": 998}) == 10036
    assert retcode(terminal, {"action": 8, "order": 999}) == 10013
    assert retcode(terminal, {"action": 7, "order": 999, "price": 1.0}) == 10013


def test_removing_an_order_twice_is_an_invalid_request() -> None:
    terminal = terminal_with()
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.0))
    assert retcode(terminal, {"action": 8, "order": ticket}) == DONE
    assert retcode(terminal, {"action": 8, "order": ticket}) == 10013


def test_closing_twice_says_the_position_is_gone_and_setting_again_that_nothing_changes() -> None:
    terminal = terminal_with()
    ticket = opened(terminal, buy("EURUSD", 0.1))
    levels: dict[str, object] = {"action": 6, "position": ticket, "symbol": "EURUSD", "sl": 1.0}
    assert retcode(terminal, levels) == DONE
    assert retcode(terminal, levels) == 10025
    close = sell("EURUSD", 0.1, position=ticket)
    assert retcode(terminal, close) == DONE
    assert retcode(terminal, close) == 10036
    assert terminal.positions_get(ticket=ticket) == ()


def test_unknown_tickets_are_an_empty_answer_with_success() -> None:
    terminal = terminal_with()
    for answer in (
        terminal.positions_get(ticket=999),
        terminal.orders_get(ticket=999),
        terminal.history_orders_get(ticket=999),
        terminal.history_deals_get(ticket=999),
        terminal.history_deals_get(position=999),
        terminal.positions_get(symbol="NOPE"),
    ):
        assert answer == ()
        assert terminal.last_error() == (1, "Success")


def test_bars_of_an_unknown_symbol_fail_and_its_ticks_are_not_found() -> None:
    terminal = terminal_with()
    assert terminal.copy_rates_from_pos("NOPE", 1, 0, 5) is None
    assert terminal.last_error() == (-1, "Terminal: Call failed")
    assert terminal.copy_ticks_from("NOPE", 1_700_000_000, 5, -1) is None
    assert terminal.last_error() == (-4, "Terminal: Not found")


@pytest.mark.parametrize(
    "refused",
    ["-2", "-8", "-10004", "10013", "10027", "10014"],
)
def test_what_is_known_not_to_be_sent_leaves_no_trace(refused: str) -> None:
    terminal = terminal_with()
    before = terminal.trace_hash()
    request = buy("EURUSD", 0.1)
    if refused == "-2":
        request["sl"] = 0
    elif refused == "-8":
        terminal.operator.switches.python_api = False
    elif refused == "-10004":
        terminal.shutdown()
    elif refused == "10013":
        request["symbol"] = "NOPE"
    elif refused == "10027":
        terminal.operator.switches.algo_trading = False
    else:
        request["volume"] = 0.0
    result = terminal.order_send(request)
    seen = terminal.last_error()[0] if result is None else result.retcode
    assert str(seen) == refused
    assert result is None or result.request_id == 0
    assert terminal.trace_hash() == before
