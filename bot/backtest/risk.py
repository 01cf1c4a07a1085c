"""What could be lost now: the worst case of each position and resting order, and their sums."""

from __future__ import annotations

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Walker
from bot.backtest.kinds import Status
from bot.backtest.market import look
from bot.backtest.prices import quote_of, spec_of
from bot.model.account import Account, Floors, TradingDay, Trail
from bot.model.market import SymbolSpec
from bot.model.reserves import Exposure, GapFractions, Occasion, ReserveTerms, WorstCase
from bot.model.trade import Book
from bot.rules.challenge import floors
from bot.rules.entry import exit_price
from bot.rules.reserves import gap_fraction, nights_count, worst_case

NOBODY = -1
_EXIT_SHARE, _ROUND_TRIP = 0.5, 1.0
_PENDING = Status.PENDING.value


@compiled
def account_of(w: Walker) -> Account:
    """The account of now, as rules see it."""
    look(w)
    me, unit = w.me, w.p.minor_per_unit
    free = (me.equity_minor - me.margin_minor) / unit
    return Account(me.balance_minor / unit, me.equity_minor / unit, me.margin_minor / unit, free)


@compiled
def today_of(w: Walker) -> TradingDay:
    """The firm's running day."""
    me = w.me
    trail = Trail(me.trail_peak_money, me.trail_floor_money, me.is_trail_locked)
    return TradingDay(me.day, me.base_money, me.start_balance_money, trail)


@compiled
def floors_of(w: Walker) -> Floors:
    """Both floors of now."""
    return floors(today_of(w), w.p.rules)


@compiled
def terms_of_symbol(w: Walker, symbol: int, price: float) -> ReserveTerms:
    """What the symbol at `price` adds to a loss at its stop, held from now on."""
    c, window = w.contracts[symbol], w.windows[w.me.window]
    gaps = GapFractions(c.gap_weekend_fraction, c.gap_news_fraction, c.gap_rollover_fraction)
    is_weekend = window.is_weekend_reserve and not c.is_24_7
    is_news = (window.news_gap >> symbol) & 1 == 1
    occasion = Occasion(is_weekend, is_news, window.is_rollover_reserve)
    return ReserveTerms(
        w.slots[symbol].slippage_r,
        gap_fraction(gaps, occasion) * price,
        nights_count(window.weekday, c.triple_weekday),
    )


@compiled
def entry_case(
    w: Walker, symbol: int, side: int, lots: float, levels: tuple[float, float]
) -> WorstCase:
    """What an entry at the first of `levels` with its stop at the second may cost."""
    price, stop = levels
    exposure = Exposure(side, lots, price, stop, abs(price - stop), _ROUND_TRIP)
    return worst_case(exposure, spec_of(w, symbol), terms_of_symbol(w, symbol, price))


@compiled
def position_case(w: Walker, symbol: int) -> WorstCase:
    """What the symbol's position may cost from where it stands."""
    slot = w.slots[symbol]
    price = exit_price(slot.side, quote_of(w, symbol))
    exposure = Exposure(slot.side, slot.lots, price, slot.stop_level, slot.one_r_price, _EXIT_SHARE)
    return worst_case(exposure, spec_of(w, symbol), terms_of_symbol(w, symbol, price))


@compiled
def has_charge(w: Walker, symbol: int) -> bool:
    """Whether the broker holds something of this symbol that may cost money."""
    slot = w.slots[symbol]
    return bool(slot.has_position or slot.has_order)


@compiled
def charge(w: Walker, symbol: int) -> None:
    """Reckon the symbol's worst case once per change; it stands in the slot afterwards."""
    slot, me = w.slots[symbol], w.me
    if slot.case_version == me.version:
        return
    if slot.has_position:
        case = position_case(w, symbol)
    else:
        levels = (slot.order_price, slot.stop_level)
        case = entry_case(w, symbol, slot.side, slot.order_lots, levels)
    slot.case_version = me.version
    slot.case_stop_money = case.stop_money
    slot.case_commission_money = case.commission_money
    slot.case_total_money = case.total_money


@compiled
def charged_lots(w: Walker, symbol: int) -> float:
    """Volume of the symbol's position or order."""
    slot = w.slots[symbol]
    return float(slot.lots if slot.has_position else slot.order_lots)


@compiled
def book_of(w: Walker, symbol: int, excluded: int) -> Book:
    """Worst-case money of all that is open and resting; `excluded` (or nobody) is left out."""
    me = w.me
    opened, resting, of_symbol, lots = 0.0, 0.0, 0.0, 0.0
    opened_count, resting_count, exposures_count = 0, 0, 0
    for k in range(me.live_count):
        other = me.live[k]
        if other == excluded or not has_charge(w, other):
            continue
        charge(w, other)
        slot = w.slots[other]
        if slot.has_position:
            opened += slot.case_total_money
            opened_count += 1
        else:
            resting += slot.case_total_money
            resting_count += 1
        if other == symbol:
            of_symbol += slot.case_total_money
            exposures_count += 1
        lots += charged_lots(w, other)
    return Book(
        opened,
        resting,
        0.0,
        opened_count,
        resting_count,
        0,
        exposures_count,
        me.entries_count,
        of_symbol,
        lots,
    )


@compiled
def worst_case_money(w: Walker) -> float:
    """Equity if everything open and resting were stopped out now."""
    book = book_of(w, NOBODY, NOBODY)
    return account_of(w).equity_money - book.open_risk_money - book.resting_risk_money


@compiled
def excluded_of(w: Walker, symbol: int) -> int:
    """The setup whose own order or fresh fill is judged does not count against itself."""
    return symbol if w.slots[symbol].status == _PENDING else NOBODY


@compiled
def commission_of(lots: float, spec: SymbolSpec) -> float:
    """The round trip of `lots`."""
    return spec.commission_money_per_lot * lots
