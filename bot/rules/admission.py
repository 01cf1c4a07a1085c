"""The one gate before any order: nothing passes that could touch a floor or a cap.

Every comparison is written so that a figure that is not a number refuses.
"""

from __future__ import annotations

from bot.model.account import Account, Floors
from bot.model.decision import Finding, Refusal
from bot.model.reserves import FirmCaps
from bot.model.settings import AdmissionSettings, RiskSettings
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
def check_order(candidate: Candidate, account: Account, s: RiskSettings) -> Finding:
    """Whether the order itself is sound: account known, stop beyond the spread, risk intended.

    A stop within the spread would be touched by the fill.
    """
    c = candidate
    if not (account.balance_money > 0.0 and account.equity_money > 0.0):
        return Finding(Refusal.ACCOUNT_UNKNOWN.value, account.equity_money, 0.0)
    distance_price = c.side * (c.entry_price - c.stop_price)
    if not (distance_price > 0.0 and c.stop_price > 0.0):
        return Finding(Refusal.STOP_ON_WRONG_SIDE.value, c.stop_price, c.entry_price)
    if not distance_price > c.spread_price:
        return Finding(Refusal.STOP_TOO_CLOSE.value, distance_price, c.spread_price)
    return check_intent(candidate, account, s)


@rule
def check_intent(candidate: Candidate, account: Account, s: RiskSettings) -> Finding:
    """Whether volume and risk are what somebody intended: positive, and under the ceiling."""
    c = candidate
    ceiling_money = risk_ceiling_money(account, s)
    if not c.lots > 0.0:
        return Finding(Refusal.LOTS_BELOW_MINIMUM.value, c.lots, 0.0)
    if not 0.0 < c.risk_money <= ceiling_money * _CAP_NOISE:
        return Finding(Refusal.RISK_ABOVE_INTENT.value, c.risk_money, ceiling_money)
    if not c.reserve_money >= 0.0:
        return Finding(Refusal.RISK_ABOVE_INTENT.value, c.reserve_money, 0.0)
    return Finding(Refusal.NONE.value, c.risk_money, ceiling_money)


@rule
def live_count(book: Book) -> int:
    """Positions, resting orders and unresolved requests: each may be a position next second."""
    return book.positions_count + book.resting_count + book.unknown_count


@rule
def check_caps(book: Book, s: RiskSettings) -> Finding:
    """Whether counts allow one more: one exposure per symbol, positions, entries."""
    live = float(live_count(book))
    if book.symbol_exposures_count > 0:
        exposures = float(book.symbol_exposures_count)
        return Finding(Refusal.SYMBOL_HAS_EXPOSURE.value, exposures, 0.0)
    if live >= s.positions_max_count:
        return Finding(Refusal.POSITIONS_AT_CAP.value, live, float(s.positions_max_count))
    if book.entries_today_count >= s.entries_per_day_max_count:
        entries = float(book.entries_today_count)
        return Finding(
            Refusal.ENTRIES_TODAY_AT_CAP.value, entries, float(s.entries_per_day_max_count)
        )
    return Finding(Refusal.NONE.value, live, float(s.positions_max_count))


@rule
def check_firm_counts(candidate: Candidate, book: Book, firm: FirmCaps) -> Finding:
    """Whether the firm's caps on positions and on lots allow one more."""
    live = float(live_count(book))
    if not live + 1.0 <= firm.positions_max_count:
        return Finding(Refusal.FIRM_POSITIONS_AT_CAP.value, live + 1.0, firm.positions_max_count)
    lots = book.lots_total + candidate.lots
    if not lots <= firm.lots_max * _CAP_NOISE:
        return Finding(Refusal.FIRM_LOTS_AT_CAP.value, lots, firm.lots_max)
    return Finding(Refusal.NONE.value, live, firm.positions_max_count)


@rule
def check_firm_risk(
    candidate: Candidate, book: Book, initial_balance_money: float, firm: FirmCaps
) -> Finding:
    """Whether the firm's caps on one trade's risk and on all open risk allow one more.

    Both are shares of the initial balance and count the whole worst case, reserves included.
    """
    worst_money = candidate.risk_money + candidate.reserve_money
    trade_cap_money = firm.trade_risk_initial_fraction_max * initial_balance_money
    if not worst_money <= trade_cap_money * _CAP_NOISE:
        return Finding(Refusal.FIRM_OPEN_RISK_AT_CAP.value, worst_money, trade_cap_money)
    open_money = book_risk_money(book) + worst_money
    open_cap_money = firm.open_risk_initial_fraction_max * initial_balance_money
    if not open_money <= open_cap_money * _CAP_NOISE:
        return Finding(Refusal.FIRM_OPEN_RISK_AT_CAP.value, open_money, open_cap_money)
    return Finding(Refusal.NONE.value, open_money, open_cap_money)


@rule
def check_floors(
    candidate: Candidate, book: Book, account: Account, limits: Floors, s: RiskSettings
) -> Finding:
    """Whether the worst case stays strictly above both floors and the reserve; a touch breaches.

    Value: equity if everything, the order included, were stopped out. Limit: the higher floor and
    the reserve, since that floor would be the first to be touched; it names the refusal too.
    """
    worst_money = candidate.risk_money + candidate.reserve_money
    left_money = worst_case_equity(account, book) - worst_money
    floor_money = max(limits.daily_money, limits.total_money) + floor_reserve_money(limits, s)
    daily_left = daily_room_money(account, book, limits, s) - worst_money
    total_left = total_room_money(account, book, limits, s) - worst_money
    if daily_left > MONEY_EPSILON and total_left > MONEY_EPSILON:
        return Finding(Refusal.NONE.value, left_money, floor_money)
    if limits.total_money > limits.daily_money:
        return Finding(Refusal.TOTAL_FLOOR_AT_RISK.value, left_money, floor_money)
    return Finding(Refusal.DAILY_FLOOR_AT_RISK.value, left_money, floor_money)


@rule
def check_risk(candidate: Candidate, book: Book, account: Account, s: AdmissionSettings) -> Finding:
    """Whether the caps on cumulative risk and on one symbol's risk allow one more."""
    together_money = book_risk_money(book) + candidate.risk_money
    cap_money = s.risk.cumulative_risk_equity_fraction_max * account.equity_money
    if not together_money <= cap_money * _CAP_NOISE:
        return Finding(Refusal.CUMULATIVE_RISK.value, together_money, cap_money)
    symbol_money = book.symbol_risk_money + candidate.risk_money
    symbol_cap_money = s.symbol_risk_equity_fraction_max * account.equity_money
    if not symbol_money <= symbol_cap_money * _CAP_NOISE:
        return Finding(Refusal.SYMBOL_RISK_AT_CAP.value, symbol_money, symbol_cap_money)
    return Finding(Refusal.NONE.value, together_money, cap_money)


@rule
def check_margin(candidate: Candidate, account: Account, s: AdmissionSettings) -> Finding:
    """Whether enough margin stays free, and no more is bound than the firm allows."""
    left_money = account.margin_free_money - candidate.margin_money
    needed_money = s.risk.margin_free_equity_fraction_min * account.equity_money
    if not left_money >= needed_money - MONEY_EPSILON:
        return Finding(Refusal.MARGIN_TOO_LOW.value, left_money, needed_money)
    bound_money = account.margin_money + candidate.margin_money
    cap_money = s.firm.margin_equity_fraction_max * account.equity_money
    if not bound_money <= cap_money * _CAP_NOISE:
        return Finding(Refusal.MARGIN_TOO_LOW.value, bound_money, cap_money)
    return Finding(Refusal.NONE.value, left_money, needed_money)


@rule
def check_money(
    candidate: Candidate, book: Book, account: Account, limits: Floors, s: AdmissionSettings
) -> Finding:
    """Whether money allows one more: risk caps, the firm's risk caps, both floors, margin."""
    finding = check_risk(candidate, book, account, s)
    if finding.refusal != Refusal.NONE.value:
        return finding
    finding = check_firm_risk(candidate, book, limits.initial_balance_money, s.firm)
    if finding.refusal != Refusal.NONE.value:
        return finding
    over_floors = check_floors(candidate, book, account, limits, s.risk)
    if over_floors.refusal != Refusal.NONE.value:
        return over_floors
    finding = check_margin(candidate, account, s)
    return finding if finding.refusal != Refusal.NONE.value else over_floors


@rule
def admit(
    candidate: Candidate, book: Book, account: Account, limits: Floors, s: AdmissionSettings
) -> Finding:
    """Whether this order may be sent now, and the figures; the first reason found wins.

    `book` holds what is open, resting and unresolved without the order itself; exposures of the
    symbol include its unresolved intents. A yes carries the worst case against the higher floor.
    """
    finding = check_order(candidate, account, s.risk)
    if finding.refusal != Refusal.NONE.value:
        return finding
    finding = check_caps(book, s.risk)
    if finding.refusal != Refusal.NONE.value:
        return finding
    finding = check_firm_counts(candidate, book, s.firm)
    if finding.refusal != Refusal.NONE.value:
        return finding
    return check_money(candidate, book, account, limits, s)
