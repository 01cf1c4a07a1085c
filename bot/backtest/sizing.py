"""Lots of a setup if it filled now: the pipeline of `bot.rules.sizing` on the walk's facts."""

from __future__ import annotations

import numpy as np

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Walker
from bot.backtest.kinds import NOTES_KEPT_COUNT, Trigger
from bot.backtest.phase import progress_now
from bot.backtest.prices import spec_of
from bot.backtest.risk import (
    account_of,
    book_of,
    excluded_of,
    floors_of,
    has_charge,
    terms_of_symbol,
    today_of,
)
from bot.model.account import Account
from bot.model.breakers import BreakerAction
from bot.model.coast import CoastStage
from bot.model.decision import Brake
from bot.model.market import SymbolSpec
from bot.model.sizing import (
    BudgetFacts,
    DayTally,
    Leverage,
    Lots,
    RiskFactors,
    SizeCaps,
    SizingFacts,
    WinFacts,
)
from bot.model.trade import Book, Candidate, Plan, SizeDemand
from bot.rules.admission import cumulative_room_money, daily_room_money, total_room_money
from bot.rules.coast import coast_factor, coast_risk, coast_stage
from bot.rules.conduct import size_cap_fraction
from bot.rules.loss_ladders import total_loss_factor
from bot.rules.order_caps import order_caps
from bot.rules.reserves import reserve_money
from bot.rules.sizing import money_at_stop, size_order
from bot.rules.sizing_factors import drawdown_factor, drawdown_fraction
from bot.rules.sizing_modes import base_risk, tally_after

_TRIPS_COUNT = len(Trigger)
_REDUCE_ACTION = BreakerAction.REDUCE.value
_REDUCE, _REACHED = Brake.REDUCE.value, CoastStage.REACHED.value


@compiled
def brake_now(w: Walker) -> int:
    """The harder of the day's brake and a breaker that asks to trade smaller."""
    brake = w.me.brake
    for k in range(_TRIPS_COUNT):
        trip = w.me.trips[k]
        if trip.on and trip.action == _REDUCE_ACTION:
            brake = max(brake, _REDUCE)
    return int(brake)


@compiled
def coast_stage_now(w: Walker) -> int:
    """How near the pass is; a target that was announced stands as reached."""
    if w.me.is_target_announced:
        return _REACHED
    return coast_stage(progress_now(w), w.p.rules, w.p.coast)


@compiled
def coast_factor_now(w: Walker, balance_money: float) -> float:
    """What coasting leaves of a trade's risk."""
    risk = coast_risk(balance_money, w.p.risk, w.p.sizing)
    profit = progress_now(w).closed_profit_money
    return coast_factor(coast_stage_now(w), profit, balance_money, risk, w.p.coast)


@compiled
def factors_of(w: Walker, account: Account) -> RiskFactors:
    """What losses, coasting and a fresh start take from the risk."""
    fall = drawdown_fraction(account.balance_money, w.me.peak_money)
    return RiskFactors(
        drawdown_factor(fall, w.p.sizing.drawdown),
        total_loss_factor(today_of(w), account, w.p.ladders, w.p.rules),
        coast_factor_now(w, account.balance_money),
        w.p.sizing.start_factor,
    )


@compiled
def usual_risk_money(w: Walker, setup_id: int, balance_money: float) -> float:
    """The most a setup may risk without standing out among the entries before it."""
    others = np.empty(NOTES_KEPT_COUNT)
    count = 0
    for k in range(w.me.notes_count):
        note = w.me.notes[k]
        if note.setup_id != setup_id and note.risk_fraction > 0.0:
            others[count] = note.risk_fraction
            count += 1
    return size_cap_fraction(others[:count], w.p.conduct) * balance_money


@compiled
def day_tally(w: Walker) -> DayTally:
    """What the firm day's closed trades leave for the next, oldest first."""
    first = w.me.trades_count
    while first > 0 and w.trades[first - 1].firm_day == w.me.day:
        first -= 1
    tally = DayTally(0.0, 0)
    for k in range(first, w.me.trades_count):
        trade = w.trades[k]
        net = trade.net_minor / w.p.minor_per_unit
        granted = 0.0 if trade.result_r == 0.0 else abs(net / trade.result_r)
        tally = tally_after(tally, net, granted)
    return tally


@compiled
def open_risk_money(w: Walker, symbol: int) -> float:
    """What open positions may still lose between entry and stop; the judged one is left out."""
    total = 0.0
    for k in range(w.me.live_count):
        other = w.me.live[k]
        slot = w.slots[other]
        if slot.has_position and other != symbol:
            spec = spec_of(w, other)
            total += money_at_stop(slot.side, slot.open_price, slot.stop_level, slot.lots, spec)
    return total


@compiled
def budget_facts(w: Walker, symbol: int, book: Book) -> BudgetFacts:
    """The day as the budget mode sees it."""
    if not w.p.is_budget_mode or w.me.sizing_day != w.me.day:
        return BudgetFacts(0.0, 0.0, 0, DayTally(0.0, 0))
    risk = open_risk_money(w, symbol) + book.resting_risk_money
    used = w.me.entries_count + book.resting_count
    return BudgetFacts(w.me.sizing_start_equity_money, risk, used, day_tally(w))


@compiled
def win_facts(w: Walker) -> WinFacts:
    """Wins among the latest closed trades; breaking even is no win."""
    count = min(w.p.sizing.win_rate.window_count, w.me.trades_count)
    wins, row, is_row = 0, 0, True
    for k in range(count):
        is_win = w.trades[w.me.trades_count - 1 - k].net_minor > 0
        wins += int(is_win)
        is_row = is_row and not is_win
        row += int(is_row)
    return WinFacts(count, wins, row)


@compiled
def caps_of(w: Walker, symbol: int, account: Account, book: Book) -> SizeCaps:
    """What one order may take beside the rooms."""
    leverage = Leverage(w.p.sizing.leverage_max, w.contracts[symbol].leverage)
    caps = order_caps(account, book, w.p.rules.initial_balance_money, w.p.admission, leverage)
    return SizeCaps(
        caps.firm_risk_money,
        caps.symbol_risk_money,
        caps.lots,
        caps.margin_money,
        caps.notional_money,
        caps.margin_leverage,
        usual_risk_money(w, w.slots[symbol].setup_id, account.balance_money),
    )


@compiled
def judged_account(w: Walker, symbol: int, spec: SymbolSpec) -> Account:
    """The account as if the judged setup's own position tied up no margin."""
    account, slot = account_of(w), w.slots[symbol]
    if excluded_of(w, symbol) < 0 or not slot.has_position:
        return account
    own = spec.margin_money_per_lot * slot.lots
    return Account(
        account.balance_money,
        account.equity_money,
        account.margin_money - own,
        account.margin_free_money + own,
    )


@compiled
def size(w: Walker, symbol: int, fill_price: float) -> tuple[Lots, Book]:
    """Lots for the symbol's setup at `fill_price` now, and the book it was judged against."""
    slot, spec, limits = w.slots[symbol], spec_of(w, symbol), floors_of(w)
    account = judged_account(w, symbol, spec)
    book = book_of(w, symbol, excluded_of(w, symbol))
    facts = SizingFacts(slot.points / w.p.points_full, budget_facts(w, symbol, book), win_facts(w))
    demand = SizeDemand(
        fill_price,
        slot.points,
        brake_now(w),
        daily_room_money(account, book, limits, w.p.risk),
        total_room_money(account, book, limits, w.p.risk),
        cumulative_room_money(account, book, w.p.risk),
        terms_of_symbol(w, symbol, fill_price),
        base_risk(account.balance_money, facts, w.p.risk, w.p.sizing),
        factors_of(w, account_of(w)),
        caps_of(w, symbol, account, book),
    )
    plan = Plan(slot.side, slot.entry_price, slot.stop_price, slot.expires_s)
    return size_order(account, plan, demand, spec, w.p.risk), book


@compiled
def candidate_of(w: Walker, symbol: int, lots: Lots, fill_price: float, spread: float) -> Candidate:
    """The order as the admission rule sees it, reserves included."""
    slot, spec = w.slots[symbol], spec_of(w, symbol)
    terms = terms_of_symbol(w, symbol, fill_price)
    return Candidate(
        slot.side,
        fill_price,
        slot.stop_price,
        lots.lots,
        lots.risk_money,
        reserve_money(slot.side, lots.risk_money, lots.lots, spec, terms),
        spec.margin_money_per_lot * lots.lots,
        spread,
    )


@compiled
def any_charge(w: Walker) -> bool:
    """Whether anything is open or resting at the broker."""
    for k in range(w.me.live_count):
        if has_charge(w, w.me.live[k]):
            return True
    return False
