"""The account and its trading day, as rules see them."""

from __future__ import annotations

from typing import NamedTuple


class Account(NamedTuple):
    """What the broker says of the account, in account currency."""

    balance_money: float
    equity_money: float
    margin_money: float
    margin_free_money: float


class Trail(NamedTuple):
    """What a trailing overall floor remembers; a peak of 0 is the initial balance."""

    peak_money: float
    floor_money: float
    is_locked: bool


NO_TRAIL = Trail(peak_money=0.0, floor_money=0.0, is_locked=False)
"""Nothing followed yet, or nothing to follow."""


class TradingDay(NamedTuple):
    """The day's anchor: `day` is the firm's date in days since 1970-01-01."""

    day: int
    base_money: float
    start_balance_money: float
    trail: Trail = NO_TRAIL


class Floors(NamedTuple):
    """Levels at which the firm ends or pauses the account; minus infinity where it has no rule.

    The initial balance comes along because the bot's own reserve above both is a share of it.
    """

    daily_money: float
    total_money: float
    initial_balance_money: float


class Progress(NamedTuple):
    """How far the phase is: profit, counted days, and what a best-day share is made of."""

    closed_profit_money: float
    profitable_days_count: int
    has_exposure: bool
    equity_profit_money: float = 0.0
    best_day_money: float = 0.0
    positive_days_money: float = 0.0
    days_elapsed_count: int = 0
