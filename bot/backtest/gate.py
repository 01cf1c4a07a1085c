"""What speaks against an entry: standing reasons first, then what depends on its size."""

from __future__ import annotations

import math

from bot.backtest.breakers import blocking, resting_is_blocked
from bot.backtest.compiled import compiled
from bot.backtest.exposure import exposure_refusal
from bot.backtest.inputs import Walker
from bot.backtest.kinds import NOTES_KEPT_COUNT, HaltKind, Status
from bot.backtest.prices import quote_of
from bot.backtest.risk import (
    account_of,
    entry_case,
    floors_of,
    today_of,
    worst_case_money,
)
from bot.model.coast import ClosedProfit, TargetPolicy
from bot.model.conduct import EntryTimes
from bot.model.decision import EntryRoute, PhaseVerdict, Refusal
from bot.rules.admission import floor_reserve_money
from bot.rules.coast import lock_finding, lock_floor_money
from bot.rules.conduct import spacing_finding
from bot.rules.reset_night import reset_finding, reset_outlook

_NONE = Refusal.NONE.value
_HALTED, _FIRM_PAUSED = Refusal.HALTED.value, Refusal.DAY_PAUSED_BY_FIRM.value
_OUT_OF_TIME, _RUNNING = PhaseVerdict.OUT_OF_TIME.value, PhaseVerdict.RUNNING.value
_FIRM_PAUSE, _HALTS_COUNT = HaltKind.FIRM_PAUSE.value, len(HaltKind)
_STOP = TargetPolicy.STOP.value
_MARKET, _LIMIT = EntryRoute.MARKET.value, EntryRoute.LIMIT.value
_FILLED, _AWAITING = Status.FILLED.value, Status.AWAITING_ENTRY.value
_REPLACED_WITHIN_S = 5.0
_CLOCK_AGE_MAX_S = 900.0  # bot.adapters.server_time.MEASURED_AGE_MAX_S, a sibling


@compiled
def any_halt(w: Walker) -> bool:
    """Whether any halt stands: behind one nothing rests and nothing is opened."""
    for k in range(_HALTS_COUNT):
        if w.me.halts[k].on:
            return True
    return False


@compiled
def halt_refusal(w: Walker) -> int:
    """What stands latched against every entry (`Refusal`)."""
    me, refusal = w.me, _NONE
    if me.halts[_FIRM_PAUSE].on:
        refusal = _FIRM_PAUSED
    elif me.verdict == _OUT_OF_TIME:
        refusal = Refusal.TIME_LIMIT_OVER.value
    elif me.verdict != _RUNNING or any_halt(w):
        refusal = _HALTED
    elif me.is_target_announced and w.p.coast.policy == _STOP:
        refusal = Refusal.TARGET_REACHED.value
    elif me.requests_count >= w.p.pace.requests_per_day_max_count:
        refusal = Refusal.REQUESTS_AT_CAP.value
    return refusal


@compiled
def is_clock_known(w: Walker) -> bool:
    """Whether a fresh tick confirmed the server's clock lately, as the trader's adapter asks."""
    latest, me = 0.0, w.me
    for symbol in range(len(w.slots)):
        if w.contracts[symbol].is_traded:
            latest = max(latest, quote_of(w, symbol).time_utc_s)
    seen_s = me.start_s + math.ceil((latest - me.start_s) / w.p.pace.cycle_s) * w.p.pace.cycle_s
    return bool(me.now_s - seen_s <= _CLOCK_AGE_MAX_S)


@compiled
def clock_refusal(w: Walker, symbol: int) -> int:
    """Rollover, weekend and the hours before it (`Refusal`)."""
    window = w.windows[w.me.window]
    if window.is_rollover:
        return Refusal.ROLLOVER_WINDOW.value
    if w.contracts[symbol].is_24_7:
        return _NONE
    if window.is_weekend:
        return Refusal.OUTSIDE_SESSION.value
    return Refusal.WEEKEND_CLOSE.value if window.is_friday_late else _NONE


@compiled
def resting_clock_refusal(w: Walker, symbol: int) -> int:
    """The same for what rests: until it is looked at again, it may fill (`Refusal`)."""
    refusal, window = clock_refusal(w, symbol), w.windows[w.me.window]
    if refusal != _NONE:
        return refusal
    if window.is_rollover_ahead:
        return Refusal.ROLLOVER_WINDOW.value
    if w.contracts[symbol].is_24_7:
        return _NONE
    if window.is_weekend_ahead:
        return Refusal.OUTSIDE_SESSION.value
    return Refusal.WEEKEND_CLOSE.value if window.is_friday_late_ahead else _NONE


@compiled
def news_refusal(w: Walker, symbol: int, route: int) -> int:
    """A release nearby, or a bet the other way on one (`Refusal`)."""
    window = w.windows[w.me.window]
    closed = window.news_market if route == _MARKET else window.news_limit
    if (closed >> symbol) & 1 == 1:
        return Refusal.NEWS_WINDOW.value
    if window.news_straddle == 0:
        return _NONE
    c, side = w.contracts[symbol], w.slots[symbol].side
    if is_straddle(w, c.news_leg0, c.news_sign0 * side):
        return Refusal.STRADDLE.value
    return Refusal.STRADDLE.value if is_straddle(w, c.news_leg1, c.news_sign1 * side) else _NONE


@compiled
def is_straddle(w: Walker, leg: int, direction: int) -> bool:
    """Whether something open or resting bets against `direction` on a leg with a release near."""
    if leg < 0 or (w.windows[w.me.window].news_straddle >> leg) & 1 == 0:
        return False
    for k in range(w.me.live_count):
        slot, c = w.slots[w.me.live[k]], w.contracts[w.me.live[k]]
        if slot.has_position or slot.has_order:
            if c.news_leg0 == leg and c.news_sign0 * slot.side == -direction:
                return True
            if c.news_leg1 == leg and c.news_sign1 * slot.side == -direction:
                return True
    return False


@compiled
def standing_refusal(w: Walker, symbol: int, route: int) -> int:
    """The first standing reason against an entry on `symbol` by this route (`Refusal`)."""
    refusal = halt_refusal(w)
    if refusal != _NONE:
        return refusal
    is_new = w.me.now_s - w.me.connected_s < w.p.pace.connected_before_entry_s
    if is_new or not is_clock_known(w):
        return Refusal.TERMINAL_NOT_READY.value
    if w.slots[symbol].blocked_until_s > w.me.now_s:
        return Refusal.SYMBOL_BLOCKED.value
    refusal = resting_clock_refusal(w, symbol) if route == _LIMIT else clock_refusal(w, symbol)
    if refusal == _NONE:
        refusal = news_refusal(w, symbol, route)
    if refusal != _NONE:
        return refusal
    return Refusal.BREAKER_OPEN.value if blocking(w) else _NONE


@compiled
def resting_refusal(w: Walker, symbol: int) -> int:
    """Why an order of `symbol` must not rest now (`Refusal`)."""
    if any_halt(w):
        return _HALTED
    refusal = resting_clock_refusal(w, symbol)
    if refusal == _NONE:
        refusal = news_refusal(w, symbol, _LIMIT)
    if refusal == _NONE and resting_is_blocked(w):
        refusal = Refusal.BREAKER_OPEN.value
    return refusal


@compiled
def sized_refusal(w: Walker, symbol: int, lots: float, risk_money: float, price: float) -> int:
    """The first reason against an entry of this size (`Refusal`)."""
    refusal = spacing_refusal(w, symbol)
    if refusal != _NONE:
        return refusal
    levels = (price, w.slots[symbol].stop_price)
    entry_money = entry_case(w, symbol, w.slots[symbol].side, lots, levels).total_money
    if lock_finding(worst_case_money(w), entry_money, lock_floor_now(w)).refusal != _NONE:
        return Refusal.PROFIT_PROTECTED.value
    refusal = exposure_refusal(w, symbol, lots, risk_money, entry_money)
    if refusal != _NONE:
        return refusal
    return reset_refusal(w, entry_money)


@compiled
def lock_floor_now(w: Walker) -> float:
    """The floor under the best closed profit; minus infinity while none is locked."""
    profit = ClosedProfit(w.p.rules.initial_balance_money, w.me.peak_money, 0.0)
    return lock_floor_money(profit, w.p.coast)


@compiled
def reset_refusal(w: Walker, entry_money: float) -> int:
    """Whether tomorrow's floor has room for the entry, asked near the reset alone (`Refusal`)."""
    if not w.windows[w.me.window].is_reset_near:
        return _NONE
    reserve = floor_reserve_money(floors_of(w), w.p.risk)
    outlook = reset_outlook(today_of(w), account_of(w), worst_case_money(w), reserve, w.p.rules)
    return reset_finding(outlook, entry_money, 0.0, 1.0).refusal


@compiled
def last_entry_s(w: Walker, setup_id: int) -> float:
    """When an order of the setup was last taken; minus infinity if never."""
    latest = -math.inf
    for k in range(w.me.notes_count):
        if w.me.notes[k].setup_id == setup_id:
            latest = max(latest, w.me.notes[k].at_s)
    return latest


@compiled
def is_replacement(w: Walker, symbol: int) -> bool:
    """Whether the setup's order was taken back a moment ago, to be put again."""
    slot = w.slots[symbol]
    if slot.status != _AWAITING or w.me.now_s - slot.since_s > _REPLACED_WITHIN_S:
        return False
    return last_entry_s(w, slot.setup_id) > -math.inf


@compiled
def spacing_refusal(w: Walker, symbol: int) -> int:
    """Whether the last entry is long enough ago (`Refusal`)."""
    me = w.me
    if is_replacement(w, symbol):
        return _NONE
    latest, own = -math.inf, -math.inf
    for k in range(me.notes_count):
        note = me.notes[k]
        latest = max(latest, note.at_s)
        if note.symbol == symbol:
            own = max(own, note.at_s)
    for k in range(me.live_count):
        slot = w.slots[me.live[k]]
        if slot.status == _FILLED:
            latest = max(latest, slot.opened_s)
            if me.live[k] == symbol:
                own = max(own, slot.opened_s)
    times = EntryTimes(max(0.0, me.now_s - latest), max(0.0, me.now_s - own))
    finding = spacing_finding(times, w.p.conduct)
    if finding.refusal == _NONE and me.cycle == me.entered_cycle:
        return Refusal.ENTRY_TOO_SOON.value
    return finding.refusal


@compiled
def note_entry(w: Walker, symbol: int, risk_money: float) -> None:
    """Remember an entry that was taken: its time, and its size as a share of the balance."""
    me, slot = w.me, w.slots[symbol]
    at_s = me.now_s
    if is_replacement(w, symbol):
        at_s = last_entry_s(w, slot.setup_id)
    else:
        me.entered_cycle = me.cycle
    kept = 0
    for k in range(me.notes_count):
        if me.notes[k].setup_id != slot.setup_id:
            me.notes[kept] = me.notes[k]
            kept += 1
    if kept == NOTES_KEPT_COUNT:
        for k in range(1, kept):
            me.notes[k - 1] = me.notes[k]
        kept -= 1
    balance = me.seen_balance_money
    note = me.notes[kept]
    note.setup_id, note.symbol, note.at_s = slot.setup_id, symbol, at_s
    note.risk_fraction = risk_money / balance if balance > 0.0 else 0.0
    me.notes_count = kept + 1
