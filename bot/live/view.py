"""What a person may see of a running bot, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from bot.live.as_rules import trading_day
from bot.live.state import BotState, SetupStatus
from bot.model.decision import Brake
from bot.model.settings import BotSettings
from bot.rules.challenge import floors


@dataclass(frozen=True, slots=True)
class LiveView:
    """The account against its floors, and what is open, resting and waiting."""

    now_utc_s: float
    balance_money: float
    equity_money: float
    base_money: float
    daily_floor_money: float
    total_floor_money: float
    target_money: float
    profitable_days_count: int
    open_positions_count: int
    resting_count: int
    waiting_count: int
    brake: str
    halts: tuple[str, ...]
    verdict: str


def live_view(settings: BotSettings, state: BotState) -> LiveView | None:
    """The view after the last completed cycle; None before the first."""
    day, seen = state.day, state.last_seen
    if day is None or seen is None:
        return None
    rules = settings.rules
    levels = floors(trading_day(day), rules)
    waiting = (SetupStatus.AWAITING_ENTRY, SetupStatus.AWAITING_SPREAD)
    return LiveView(
        now_utc_s=seen.at_utc_s,
        balance_money=seen.balance_money,
        equity_money=seen.equity_money,
        base_money=day.base_money,
        daily_floor_money=levels.daily_money,
        total_floor_money=levels.total_money,
        target_money=rules.initial_balance_money * (1.0 + rules.target.profit_fraction),
        profitable_days_count=len(state.profitable_days),
        open_positions_count=len(state.live_setups(SetupStatus.FILLED)),
        resting_count=len(state.live_setups(SetupStatus.PENDING)),
        waiting_count=len(state.live_setups(*waiting)),
        brake=Brake(day.brake).name,
        halts=tuple(state.halts),
        verdict=state.verdict,
    )
