"""A walk's records by hand, so that figures are tested without walking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.backtest.engine import Walked
from bot.backtest.inputs import Inputs, Records, records
from bot.backtest.kinds import DealKind
from bot.backtest.records import ACCOUNT, DAY, DEAL, TRADE
from bot.model.decision import ExitReason
from bot.params import load_settings
from bot.research.backtest_days import WalkFacts
from bot.research.market import PreparedMarket

PARAMS = Path(__file__).resolve().parents[2] / "params" / "current_params.json"
DAY_S = 86_400.0
FIRST_DAY = 19_359  # Monday 2023-01-02
START_S = FIRST_DAY * DAY_S - 2 * 3_600.0
START_CENTS = 2_000_000


class Made(NamedTuple):
    """A trade of one entry and one exit deal: cents, and days after the start."""

    gross: int
    commission: int = -40
    swap: int = 0
    opened: float = 0.25
    closed: float = 0.75
    symbol: int = 0
    side: int = 1
    reason: ExitReason = ExitReason.STOP


def facts_of(trades: Sequence[Made], days_count: int = 5) -> WalkFacts:
    settings = load_settings(PARAMS)
    prepared = PreparedMarket(
        ("EURUSD", "XAUUSD"), no_inputs(), START_S, START_S + days_count * DAY_S
    )
    return WalkFacts(walked_of(trades, days_count), prepared, settings.rules, "USD")


def no_inputs() -> Inputs:
    empty: Records = records(np.dtype([("x", "f8")]), 0)
    times = np.zeros(0)
    return Inputs(*[empty] * 6, times, np.zeros(0, dtype=np.int64), times, FIRST_DAY)


def walked_of(trades: Sequence[Made], days_count: int) -> Walked:
    account = records(ACCOUNT, 1)[0]
    net = sum(one.gross + one.commission + one.swap for one in trades)
    account.balance_minor = account.equity_minor = START_CENTS + net
    account.now_s = account.firm_day_start_s = START_S + days_count * DAY_S
    rows, deals = records(TRADE, len(trades)), records(DEAL, 2 * len(trades))
    for number, one in enumerate(trades):
        _fill_trade(rows[number], number + 1, one)
        _fill_deals(deals[2 * number : 2 * number + 2], number + 1, one)
    return Walked(account, rows, deals, _days(trades, days_count))


def _fill_trade(row: Records, setup_id: int, one: Made) -> None:
    row.setup_id, row.symbol, row.side = setup_id, one.symbol, one.side
    row.opened_s, row.closed_s = START_S + one.opened * DAY_S, START_S + one.closed * DAY_S
    row.open_price = row.planned_price = 1.07
    row.stop_price, row.close_price = 1.07 - one.side * 0.004, 1.071
    row.lots, row.risk_money = 0.1, 100.0
    row.gross_minor, row.commission_minor, row.swap_minor = one.gross, one.commission, one.swap
    row.net_minor = one.gross + one.commission + one.swap
    row.result_r = row.net_minor / 10_000.0
    row.reason = one.reason.value


def _fill_deals(deals: Records, setup_id: int, one: Made) -> None:
    deals.setup_id, deals.symbol, deals.lots = setup_id, one.symbol, 0.1
    deals[0].kind, deals[1].kind = DealKind.IN.value, DealKind.OUT.value
    deals[0].time_s = START_S + one.opened * DAY_S
    deals[1].time_s = START_S + one.closed * DAY_S
    deals[0].commission_minor = one.commission
    deals[1].profit_minor, deals[1].swap_minor = one.gross, one.swap
    deals[1].price = 1.071


def _days(trades: Sequence[Made], days_count: int) -> Records:
    days = records(DAY, days_count)
    money = START_CENTS
    for number, day in enumerate(days):
        day.day, day.base_money = FIRST_DAY + number, money / 100
        money += sum(
            one.gross + one.commission + one.swap for one in trades if int(one.closed) == number
        )
        day.balance_money = day.equity_money = money / 100
        day.lowest_equity_money = min(day.base_money, day.equity_money)
    return days
