"""Parity pairs trades by what they are, and names the first cause that sets two apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.research.parity import Cause, PairedTrade, compare_trades

CYCLE_S = 60.0
TRADE = PairedTrade(
    symbol="EURUSD",
    side=1,
    opened_utc_s=1_000_000.0,
    closed_utc_s=1_100_000.0,
    open_price=1.1,
    close_price=1.102,
    lots=0.1,
    reason="TARGET",
    gross_money=20.0,
    costs_money=-0.7,
    risk_money=30.0,
)


def test_the_same_trades_in_any_order_are_parity() -> None:
    other = replace(TRADE, symbol="USDJPY", opened_utc_s=1_050_000.0)
    found = compare_trades([TRADE, other], [other, TRADE], CYCLE_S)
    assert found.is_equal
    assert (found.lived_count, found.walked_count, found.same_count) == (2, 2, 2)


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"opened_utc_s": 1_000_060.1}, Cause.TIMING),
        ({"open_price": 1.10001}, Cause.SLIPPAGE),
        ({"lots": 0.11}, Cause.SIZE),
        ({"reason": "STOP"}, Cause.EXIT),
        ({"closed_utc_s": 1_100_060.1}, Cause.EXIT),
        ({"gross_money": 20.01}, Cause.EXIT),
        ({"costs_money": -0.71}, Cause.COSTS),
    ],
)
def test_each_difference_has_its_cause_and_its_money(
    changed: dict[str, float], cause: Cause
) -> None:
    lived = replace(TRADE, **changed)  # type: ignore[arg-type]
    (one,) = compare_trades([lived], [TRADE], CYCLE_S).differences
    assert one.cause is cause
    assert one.money == pytest.approx(lived.net_money - TRADE.net_money)


@pytest.mark.parametrize("late_s", [59.0, 60.0, -60.0])
def test_a_fill_noticed_within_a_cycle_is_the_same_fill(late_s: float) -> None:
    lived = replace(TRADE, opened_utc_s=TRADE.opened_utc_s + late_s)
    assert compare_trades([lived], [TRADE], CYCLE_S).is_equal


def test_a_trade_of_one_side_alone_is_named_with_what_it_brought() -> None:
    lone = replace(TRADE, symbol="XAUUSD")
    found = compare_trades([TRADE, lone], [TRADE], CYCLE_S)
    assert [(one.cause, one.money) for one in found.differences] == [(Cause.ONLY_LIVED, 19.3)]
    found = compare_trades([], [lone], CYCLE_S)
    assert [(one.cause, one.money) for one in found.differences] == [(Cause.ONLY_WALKED, -19.3)]


def test_the_other_side_of_a_symbol_is_another_trade() -> None:
    found = compare_trades([replace(TRADE, side=-1)], [TRADE], CYCLE_S)
    assert {one.cause for one in found.differences} == {Cause.ONLY_LIVED, Cause.ONLY_WALKED}


def test_each_trade_is_paired_once_with_the_nearest_in_time() -> None:
    near = replace(TRADE, opened_utc_s=TRADE.opened_utc_s + 30.0)
    far = replace(TRADE, opened_utc_s=TRADE.opened_utc_s + 3_600.0)
    found = compare_trades([near], [far, TRADE], CYCLE_S)
    assert found.same_count == 1
    assert [one.cause for one in found.differences] == [Cause.ONLY_WALKED]


def test_causes_are_counted_and_their_money_added() -> None:
    lived = [replace(TRADE, opened_utc_s=k * 1e6, gross_money=20.0 + k) for k in (1, 2)]
    walked = [replace(TRADE, opened_utc_s=k * 1e6) for k in (1, 2)]
    assert compare_trades(lived, walked, CYCLE_S).by_cause() == {"exit": (2, pytest.approx(3.0))}
