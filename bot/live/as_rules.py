"""The shell's memory as rules see it: numbers only."""

from __future__ import annotations

import math

from bot.live.state import DayAnchor, Ladder, Setup
from bot.model.account import TradingDay
from bot.model.broker import BrokerPosition
from bot.model.settings import ExitSettings
from bot.model.trade import OpenTrade, Plan
from bot.rules.challenge import shift_day


def plan_of(setup: Setup) -> Plan:
    """Where a setup enters, where it is wrong, and when it ends."""
    return Plan(setup.side, setup.entry_price, setup.stop_price, setup.expires_utc_s)


def trading_day(anchor: DayAnchor) -> TradingDay:
    """The day's base, moved by deposits and payouts since (policy `shift_base`)."""
    day = TradingDay(anchor.day, anchor.base_money, anchor.start_balance_money)
    return shift_day(day, anchor.cash_money)


def open_trade(ladder: Ladder, position: BrokerPosition) -> OpenTrade:
    """A position: volume and stop are the broker's, 1R and the rungs are ours."""
    return OpenTrade(
        side=position.side,
        entry_price=ladder.open_price,
        stop_price=position.stop_price,
        one_r_price=ladder.one_r_price,
        lots=position.lots,
        lots_opened=ladder.lots_opened,
        targets_hit_count=len(ladder.rungs),
        opened_utc_s=ladder.opened_utc_s,
    )


def exits_of(ladder: Ladder, settings: ExitSettings) -> ExitSettings:
    """The exit rule's numbers for this trade: its ladder as it was at entry (FAULTS K06)."""
    return settings._replace(
        targets_r=tuple(ladder.targets_r),
        close_fractions=tuple(ladder.close_fractions),
        stops_after_r=tuple(math.nan if r is None else r for r in ladder.stops_after_r),
    )


def side_name(side: int) -> str:
    """Buy or sell, for people."""
    return "buy" if side > 0 else "sell"
