from __future__ import annotations

import pytest
from simulator_builders import (
    ASK,
    BID,
    DONE,
    buy,
    opened,
    pending,
    retcode,
    sell,
    terminal_of,
    terminal_with,
)

from bot.simulator.config import Switches


@pytest.mark.parametrize(
    ("switch", "code"),
    [
        ("algo_trading", 10027),
        ("account_experts", 10026),
        ("connected", 10031),
        ("account_trading", 10017),
    ],
)
def test_each_switch_refuses_with_its_own_code_and_order_check_says_so_too(
    switch: str, code: int
) -> None:
    terminal = terminal_with()
    setattr(terminal.operator.switches, switch, False)
    assert retcode(terminal, buy("EURUSD", 0.1)) == code
    checked = terminal.order_check(buy("EURUSD", 0.1))
    assert checked is not None
    assert checked.retcode == code
    setattr(terminal.operator.switches, switch, True)
    assert retcode(terminal, buy("EURUSD", 0.1)) == DONE


def test_trading_disabled_for_python_is_none_and_minus_8_not_a_retcode() -> None:
    terminal = terminal_with()
    terminal.operator.switches.python_api = False
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert terminal.last_error() == (-8, "Auto-Trading using Python API disabled in Terminal")
    assert terminal.order_check(buy("EURUSD", 0.1)) is not None


def test_the_button_is_asked_before_the_account_and_the_link() -> None:
    terminal = terminal_with()
    for name in Switches.__dataclass_fields__:
        if name != "python_api":
            setattr(terminal.operator.switches, name, False)
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10027


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({}, 10013),
        ({"action": 3}, 10013),
        (buy("NOPE", 0.1), 10013),
        (buy("", 0.1), 10013),
        (buy("EURUSD", 0.1, type=2), 10013),
        (pending("EURUSD", 0, 0.1, 1.0), 10013),
        (pending("EURUSD", 8, 0.1, 1.0), 10035),
        ({"action": 6, "symbol": "EURUSD", "sl": 1.0}, 10013),
        ({"action": 6, "position": 99, "sl": 1.0}, 10036),
        ({"action": 6, "position": 99, "symbol": "NOPE"}, 10013),
        ({"action": 7, "order": 99, "price": 1.0}, 10013),
        ({"action": 8, "order": 99}, 10013),
        ({"action": 10, "position": 99}, 10013),
        ({"action": 10, "position": 99, "position_by": 98}, 10036),
        (sell("EURUSD", 0.1, position=99), 10036),
        (sell("EURUSD", 0.1, position=99, type=5), 10013),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_by_its_form(
    request_: dict[str, object], code: int
) -> None:
    assert retcode(terminal_with(), request_) == code


def test_a_close_in_the_positions_own_direction_is_invalid() -> None:
    terminal = terminal_with()
    ticket = opened(terminal, buy("EURUSD", 0.1))
    assert retcode(terminal, buy("EURUSD", 0.1, position=ticket)) == 10013


def test_an_opposite_order_without_ticket_opens_a_second_position() -> None:
    terminal = terminal_with()
    opened(terminal, buy("EURUSD", 0.1))
    opened(terminal, sell("EURUSD", 0.1))
    assert terminal.positions_total() == 2


def test_a_close_must_name_the_positions_symbol() -> None:
    terminal = terminal_of({"EURUSD": [(0, BID, ASK)], "GBPUSD": [(0, 1.3, 1.3001)]})
    ticket = opened(terminal, buy("EURUSD", 0.1))
    assert retcode(terminal, sell("GBPUSD", 0.1, position=ticket)) == 10013
    request = {"action": 6, "symbol": "GBPUSD", "position": ticket, "sl": 1.0}
    assert retcode(terminal, request) == 10013


@pytest.mark.parametrize(
    ("mode", "buy_code", "sell_code"),
    [(0, 10017, 10017), (1, DONE, 10042), (2, 10043, DONE), (3, 10044, 10044), (4, DONE, DONE)],
)
def test_the_trade_mode_of_the_symbol_decides_what_may_open(
    mode: int, buy_code: int, sell_code: int
) -> None:
    terminal = terminal_with(trade_mode=mode)
    assert retcode(terminal, buy("EURUSD", 0.1)) == buy_code
    assert retcode(terminal, sell("EURUSD", 0.1)) == sell_code


@pytest.mark.parametrize(
    ("mask", "kind"), [(126, 0), (125, 2), (123, 4), (119, 6), (125, 3), (123, 5), (119, 7)]
)
def test_an_order_kind_missing_from_the_mask_is_prohibited(mask: int, kind: int) -> None:
    terminal = terminal_with(order_mask=mask)
    prices = {2: 1.0, 4: 1.2, 6: 1.2, 3: 1.2, 5: 1.0, 7: 1.0}
    request = buy("EURUSD", 0.1)
    if kind:
        stoplimit = 1.15 if kind == 6 else 1.05
        request = pending("EURUSD", kind, 0.1, prices[kind], stoplimit=stoplimit)
    assert retcode(terminal, request) == 10035
    full = terminal_with(order_mask=127)
    assert retcode(full, request) == DONE


def test_stops_and_targets_need_their_bits_too() -> None:
    assert retcode(terminal_with(order_mask=127 - 16), buy("EURUSD", 0.1, sl=1.0)) == 10035
    assert retcode(terminal_with(order_mask=127 - 32), buy("EURUSD", 0.1, tp=1.2)) == 10035
    assert retcode(terminal_with(order_mask=127 - 48), buy("EURUSD", 0.1)) == DONE


FOK, IOC, RETURN, BOC = range(4)


@pytest.mark.parametrize(
    ("exemode", "mask", "allowed_market", "allowed_limit"),
    [
        (0, 0, {FOK, IOC, RETURN}, {FOK, IOC, RETURN, BOC}),
        (1, 0, {FOK, IOC, RETURN}, {FOK, IOC, RETURN, BOC}),
        (2, 0, set(), {RETURN}),
        (2, 1, {FOK}, {FOK, RETURN}),
        (2, 2, {IOC}, {IOC, RETURN}),
        (2, 7, {FOK, IOC}, {FOK, IOC, RETURN, BOC}),
        (3, 0, {RETURN}, {RETURN}),
        (3, 3, {FOK, IOC, RETURN}, {FOK, IOC, RETURN}),
        (3, 4, {RETURN}, {RETURN, BOC}),
    ],
)
def test_filling_follows_execution_mode_and_mask(
    exemode: int, mask: int, allowed_market: set[int], allowed_limit: set[int]
) -> None:
    for filling in range(5):
        terminal = terminal_with(exemode=exemode, filling_mask=mask)
        at_market = retcode(terminal, buy("EURUSD", 0.1, price=ASK, type_filling=filling))
        assert at_market == (DONE if filling in allowed_market else 10030), filling
        resting = retcode(terminal, pending("EURUSD", 2, 0.1, 1.0, type_filling=filling))
        assert resting == (DONE if filling in allowed_limit else 10030), filling


def test_book_or_cancel_is_for_limit_orders_only() -> None:
    terminal = terminal_with(filling_mask=7)
    assert retcode(terminal, pending("EURUSD", 4, 0.1, 1.2, type_filling=BOC)) == 10030
