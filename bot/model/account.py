"""The account and its trading day, as rules see them."""

from __future__ import annotations

from typing import NamedTuple


class Account(NamedTuple):
    """What the broker says of the account, in account currency."""

    balance_money: float
    equity_money: float
    margin_money: float
    margin_free_money: float


class TradingDay(NamedTuple):
    """The day's anchor: `day` is the server date in days since 1970-01-01."""

    day: int
    base_money: float
    start_balance_money: float


class Floors(NamedTuple):
    """Equity levels at which the firm ends the account (touch = breach).

    The initial balance comes along because the bot's own reserve above both is a share of it.
    """

    daily_money: float
    total_money: float
    initial_balance_money: float


class Progress(NamedTuple):
    """How far the phase is: closed profit and profitable days."""

    closed_profit_money: float
    profitable_days_count: int
    has_exposure: bool
