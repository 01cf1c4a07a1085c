"""The shell's memory as rules see it: numbers only."""

from __future__ import annotations

import math

from bot.live.state import BotState, DayAnchor, Ladder, LastSeen, Setup
from bot.model.account import TradingDay, Trail
from bot.model.broker import BrokerPosition
from bot.model.challenge import ChallengeState, Tally
from bot.model.decision import PhaseVerdict
from bot.model.settings import ExitSettings
from bot.model.trade import OpenTrade, Plan
from bot.rules.challenge import shift_day


def plan_of(setup: Setup) -> Plan:
    """Where a setup enters, where it is wrong, and when it ends."""
    return Plan(setup.side, setup.entry_price, setup.stop_price, setup.expires_utc_s)


def trading_day(anchor: DayAnchor) -> TradingDay:
    """The day's base, moved by deposits and payouts since (by the cash policy)."""
    return shift_day(anchored_day(anchor), anchor.base_shift_money)


def anchored_day(anchor: DayAnchor) -> TradingDay:
    """The day as it was opened, before deposits and payouts."""
    trail = Trail(anchor.trail_peak_money, anchor.trail_floor_money, anchor.is_trail_locked)
    return TradingDay(anchor.day, anchor.base_money, anchor.start_balance_money, trail)


def challenge_state(state: BotState, day: DayAnchor, seen: LastSeen) -> ChallengeState:
    """Where the phase stands, as the engine of the rules sees it, at the account last seen.

    A breach is latched by the shell (`BotState.verdict`), after a second look.
    """
    memory = state.challenge
    return ChallengeState(
        day=anchored_day(day),
        first_day=memory.first_day or day.day,
        balance_money=seen.balance_money,
        equity_money=seen.equity_money,
        day_cash_money=day.cash_seen_money,
        day_credit_money=0.0,
        phase_cash_money=state.phase_cash_money - (day.cash_money - day.cash_seen_money),
        opened_count=0,
        closed_count=0,
        has_exposure=False,
        is_fresh=False,
        is_paused=day.is_paused,
        breach=PhaseVerdict.RUNNING.value,
        breach_also=PhaseVerdict.RUNNING.value,
        tally=Tally(len(state.profitable_days), memory.best_day_money, memory.positive_days_money),
    )


def keep_day(anchor: DayAnchor, day: TradingDay) -> None:
    """Remember what the engine made of the day."""
    anchor.base_money = day.base_money
    anchor.trail_peak_money, anchor.trail_floor_money = day.trail.peak_money, day.trail.floor_money
    anchor.is_trail_locked = day.trail.is_locked


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
