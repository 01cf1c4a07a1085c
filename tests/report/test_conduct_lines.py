"""The conduct table: what a firm would ask about a day, from the journal alone."""

from __future__ import annotations

from dataclasses import replace

from bot.report.conduct import conduct_of, conduct_rows
from bot.report.day_record import DayRecord, OpeningLine
from bot.report.trades import TradeRow


def a_trade(number: int, opened_s: float, risk_money: float = 120.0) -> TradeRow:
    return TradeRow(
        setup_id=number,
        position_id=number,
        symbol="EURUSD",
        side="buy",
        lots=0.2,
        opened_utc_s=opened_s,
        open_price=1.1,
        planned_price=1.1,
        stop_price=1.095,
        risk_money=risk_money,
        slippage_r=0.0,
        slippage_money=0.0,
        stop_now_price=1.095,
    )


def an_opening(trade: TradeRow) -> OpeningLine:
    at = trade.opened_utc_s
    return OpeningLine(
        trade.setup_id,
        trade.position_id,
        "EURUSD",
        at,
        has_stop=True,
        slippage_r=0.0,
        slippage_money=0.0,
    )


def a_day(*trades: TradeRow, closed: tuple[int, ...] = ()) -> DayRecord:
    record = DayRecord(day=1)
    record.openings = [an_opening(trade) for trade in trades]
    record.closed_positions = list(closed)
    return record


def test_spacing_is_the_shortest_time_between_any_two_entries() -> None:
    trades = [a_trade(1, 1_000.0), a_trade(2, 1_900.0), a_trade(3, 1_045.0)]
    line = conduct_of(a_day(*trades), trades, 12)
    assert (line.entries_count, line.spacing_least_s, line.requests_count) == (3, 45.0, 12)


def test_the_shortest_hold_is_of_what_closed_that_day() -> None:
    early = replace(a_trade(1, 1_000.0), closed_utc_s=1_010.0)
    today = replace(a_trade(2, 2_000.0), closed_utc_s=2_600.0)
    assert conduct_of(a_day(today, closed=(2,)), [early, today], 0).hold_least_s == 600.0


def test_the_size_ratio_compares_with_the_median_of_the_trades_before() -> None:
    habit = [a_trade(n, float(n), 100.0) for n in range(5)]
    large = a_trade(9, 9_000.0, 180.0)
    assert conduct_of(a_day(large), [*habit, large], 0).size_ratio_most == 1.8
    assert conduct_of(a_day(large), [*habit[:4], large], 0).size_ratio_most is None


def test_a_day_without_trades_has_nothing_to_measure() -> None:
    rows = dict(conduct_rows(conduct_of(a_day(), [], 3)))
    assert rows["entries"] == "0"
    assert rows["trade requests"] == "3"
    assert rows["shortest time between two entries"] == "none to measure"
    assert rows["largest risk against the usual one"] == "none to compare"
