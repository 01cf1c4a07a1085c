"""The one gate before any order: nothing passes that could touch a floor or a cap.

Every comparison is written so that a figure that is not a number refuses.
"""

from __future__ import annotations

from bot.model.account import Account, Floors
from bot.model.decision import Refusal
from bot.model.settings import RiskSettings
from bot.model.trade import Book, Candidate
from bot.rules._rule import rule
from bot.rules.challenge import MONEY_EPSILON
from bot.rules.sizing import risk_ceiling_money

_CAP_NOISE = 1.0 + 1e-9  # sizing fills a cap exactly; binary noise must not refuse that


@rule
def book_risk_money(book: Book) -> float:
    """Worst-case loss of everything open, resting and unresolved."""
    return book.open_risk_money + book.resting_risk_money + book.unknown_risk_money


@rule
def worst_case_equity(account: Account, book: Book) -> float:
    """Equity if all that is open, resting and unresolved were stopped out at once."""
    return account.equity_money - book_risk_money(book)


@rule
def floor_reserve_money(limits: Floors, s: RiskSettings) -> float:
    """The distance the bot keeps from both floors beyond every worst case."""
    return s.floor_reserve_initial_fraction * limits.initial_balance_money


@rule
def daily_room_money(account: Account, book: Book, limits: Floors, s: RiskSettings) -> float:
    """What a new order may lose in its worst case before the daily floor's reserve is reached."""
    return worst_case_equity(account, book) - limits.daily_money - floor_reserve_money(limits, s)


@rule
def total_room_money(account: Account, book: Book, limits: Floors, s: RiskSettings) -> float:
    """What a new order may lose in its worst case before the total floor's reserve is reached."""
    return worst_case_equity(account, book) - limits.total_money - floor_reserve_money(limits, s)


@rule
def cumulative_room_money(account: Account, book: Book, s: RiskSettings) -> float:
    """What a new order may risk before the cap on cumulative risk is reached."""
    return s.cumulative_risk_equity_fraction_max * account.equity_money - book_risk_money(book)


@rule
def check_order(candidate: Candidate, account: Account, s: RiskSettings) -> int:
    """Whether the order itself is sound (`Refusal`): account known, stop beyond the spread, risk.

    A stop within the spread would be touched by the fill. Risk above the ceiling, and risk that is
    not positive money, are both risk nobody intended.
    """
    if not (account.balance_money > 0.0 and account.equity_money > 0.0):
        return Refusal.ACCOUNT_UNKNOWN.value
    distance_price = candidate.side * (candidate.entry_price - candidate.stop_price)
    if not (distance_price > 0.0 and candidate.stop_price > 0.0):
        return Refusal.STOP_ON_WRONG_SIDE.value
    if not distance_price > candidate.spread_price:
        return Refusal.STOP_TOO_CLOSE.value
    if not candidate.lots > 0.0:
        return Refusal.LOTS_BELOW_MINIMUM.value
    ceiling_money = risk_ceiling_money(account, s) * _CAP_NOISE
    if not (0.0 < candidate.risk_money <= ceiling_money and candidate.reserve_money >= 0.0):
        return Refusal.RISK_ABOVE_INTENT.value
    return Refusal.NONE.value


@rule
def check_caps(book: Book, s: RiskSettings) -> int:
    """Whether counts allow one more (`Refusal`): one exposure per symbol, positions, entries.

    Resting orders and unresolved intents count as positions: each may be one the next second.
    """
    if book.symbol_exposures_count > 0:
        return Refusal.SYMBOL_HAS_EXPOSURE.value
    live_count = book.positions_count + book.resting_count + book.unknown_count
    if live_count >= s.positions_max_count:
        return Refusal.POSITIONS_AT_CAP.value
    if book.entries_today_count >= s.entries_per_day_max_count:
        return Refusal.ENTRIES_TODAY_AT_CAP.value
    return Refusal.NONE.value


@rule
def check_floors(
    candidate: Candidate, book: Book, account: Account, limits: Floors, s: RiskSettings
) -> int:
    """Whether the worst case stays strictly above both floors (`Refusal`); a touch is a breach.

    The higher floor names the refusal, as it would be the first to be touched.
    """
    worst_money = candidate.risk_money + candidate.reserve_money
    daily_left = daily_room_money(account, book, limits, s) - worst_money
    total_left = total_room_money(account, book, limits, s) - worst_money
    if daily_left > MONEY_EPSILON and total_left > MONEY_EPSILON:
        return Refusal.NONE.value
    if limits.total_money > limits.daily_money:
        return Refusal.TOTAL_FLOOR_AT_RISK.value
    return Refusal.DAILY_FLOOR_AT_RISK.value


@rule
def check_money(
    candidate: Candidate, book: Book, account: Account, limits: Floors, s: RiskSettings
) -> int:
    """Whether money allows one more (`Refusal`): cumulative cap, both floors, free margin."""
    cap_money = s.cumulative_risk_equity_fraction_max * account.equity_money * _CAP_NOISE
    if not book_risk_money(book) + candidate.risk_money <= cap_money:
        return Refusal.CUMULATIVE_RISK.value
    refusal = check_floors(candidate, book, account, limits, s)
    if refusal != Refusal.NONE.value:
        return refusal
    margin_left_money = account.margin_free_money - candidate.margin_money
    margin_needed_money = s.margin_free_equity_fraction_min * account.equity_money
    if not margin_left_money >= margin_needed_money - MONEY_EPSILON:
        return Refusal.MARGIN_TOO_LOW.value
    return Refusal.NONE.value


@rule
def admit(
    candidate: Candidate, book: Book, account: Account, limits: Floors, s: RiskSettings
) -> int:
    """Whether this order may be sent now (`Refusal`, NONE if so); the first reason found wins.

    `book` holds what is open, resting and unresolved without the order itself; exposures of the
    symbol include its unresolved intents.
    """
    refusal = check_order(candidate, account, s)
    if refusal != Refusal.NONE.value:
        return refusal
    refusal = check_caps(book, s)
    if refusal != Refusal.NONE.value:
        return refusal
    return check_money(candidate, book, account, limits, s)
