"""Open positions: adopted once, stepped by the exit rule until it holds, settled when gone."""

from __future__ import annotations

import math

from bot.backtest.breakers import note_entry_slip
from bot.backtest.compiled import compiled
from bot.backtest.inputs import Walker
from bot.backtest.kinds import SLIPS_KEPT_COUNT, Status
from bot.backtest.market import REASON_STOP, REASON_TARGET, close_lots, on_tick
from bot.backtest.prices import quote_of, spec_of
from bot.backtest.setups import end_setup, move, sent
from bot.model.conduct import Requests
from bot.model.decision import ExitAction, ExitReason, PositionStep
from bot.model.market import Quote, SymbolSpec
from bot.model.trade import OpenTrade
from bot.rules.conduct import exit_must_wait, stop_edit_is_due
from bot.rules.entry import exit_price
from bot.rules.exits import gap_step, legal_edit, step_position, weekend_step
from bot.rules.reserves import slippage_reserve_r
from bot.rules.sizing import fill_excess_lots, money_at_stop

_FILLED = Status.FILLED.value
_HOLD, _RUNG = ExitAction.HOLD.value, ExitAction.TAKE_RUNG.value
_MOVE, _CLOSE = ExitAction.MOVE_STOP.value, ExitAction.CLOSE.value
_TARGET, _STOP = ExitReason.TARGET.value, ExitReason.STOP.value
_OVERSIZE = ExitReason.OVERSIZE.value
_STEPS_PER_CYCLE_MAX = 8
_LOTS_NOISE = 1e-6
_DAY_S = 86_400.0


@compiled
def adopt(w: Walker, symbol: int, wanted_lots: float) -> None:
    """Give a fill its ladder; an excess over the wanted lots is shed."""
    slot, me, spec = w.slots[symbol], w.me, spec_of(w, symbol)
    filled = slot.filled_lots
    slot.one_r_price = abs(slot.open_price - slot.stop_price)
    slot.lots_opened = filled
    slot.risk_money = (
        money_at_stop(slot.side, slot.open_price, slot.stop_price, filled, spec)
        + spec.commission_money_per_lot * filled
    )
    slot.rungs_count = slot.close_reason = slot.weekend_day = 0
    slot.keep_lots = slot.last_price = 0.0
    slot.ladder_stop_price = slot.stop_price
    slot.is_adopted = True
    me.entries_count += 1
    planned = abs(slot.entry_price - slot.stop_price)
    note_entry_slip(w, slot.side * (slot.open_price - slot.entry_price) / planned)
    move(w, symbol, _FILLED)
    me.busy_until_s = max(me.busy_until_s, me.now_s + w.p.pace.cycle_s)
    shed_excess(w, symbol, wanted_lots, spec)


@compiled
def shed_excess(w: Walker, symbol: int, wanted_lots: float, spec: SymbolSpec) -> None:
    """Plan to close what is more than the size for now."""
    slot = w.slots[symbol]
    filled = slot.filled_lots
    if abs(filled - wanted_lots) < spec.lots_step * (1.0 - 1e-9):
        return
    excess = fill_excess_lots(filled, wanted_lots, spec, w.p.risk)
    if excess >= filled:
        slot.close_reason = _OVERSIZE
    elif excess > 0.0:
        slot.keep_lots = filled - excess
        slot.lots_opened = slot.keep_lots


@compiled
def step_positions(w: Walker) -> None:
    """Look at every filled setup once, in the order of setups."""
    for k in range(w.me.live_count):
        symbol = w.me.live[k]
        slot = w.slots[symbol]
        if slot.status != _FILLED:
            continue
        if slot.has_position:
            keep_position(w, symbol)
        else:
            settle(w, symbol)


@compiled
def keep_position(w: Walker, symbol: int) -> None:
    """Carry out what the position asks for now."""
    slot = w.slots[symbol]
    if slot.close_reason > 0:
        close_all(w, symbol, slot.close_reason)
        return
    if slot.side * (slot.stop_level - slot.ladder_stop_price) > 0.0:
        slot.ladder_stop_price = slot.stop_level
    if shed(w, symbol):
        return
    quote = quote_of(w, symbol)
    if w.me.now_s - quote.time_utc_s > w.p.entry.quote_age_max_s:
        return
    if not week_edges(w, symbol, quote):
        climb(w, symbol, quote)
    note_excursion(w, symbol, quote)
    slot.last_price = exit_price(slot.side, quote)


@compiled
def note_excursion(w: Walker, symbol: int, quote: Quote) -> None:
    """Remember how far the trade went either way."""
    slot = w.slots[symbol]
    if slot.one_r_price > 0.0:
        now_r = slot.side * (exit_price(slot.side, quote) - slot.open_price) / slot.one_r_price
        slot.lowest_r, slot.highest_r = min(slot.lowest_r, now_r), max(slot.highest_r, now_r)


@compiled
def shed(w: Walker, symbol: int) -> bool:
    """Close what is above the volume to keep."""
    slot = w.slots[symbol]
    if slot.keep_lots <= 0.0:
        return False
    excess = slot.lots - slot.keep_lots
    if excess < _LOTS_NOISE:
        slot.keep_lots = 0.0
        return False
    close_part(w, symbol, excess)
    return True


@compiled
def close_part(w: Walker, symbol: int, lots: float) -> None:
    """Close `lots` at the market; volumes go down to the step, never more than was asked."""
    slot, c = w.slots[symbol], w.contracts[symbol]
    steps = math.floor(min(lots, slot.lots) / c.lots_step + 1e-6)
    volume = math.floor(steps * c.lots_step * 1e8 + 0.5) / 1e8
    close_lots(w, symbol, min(volume, slot.lots), exit_price(slot.side, quote_of(w, symbol)), 3)
    sent(w)


@compiled
def close_all(w: Walker, symbol: int, reason: int) -> None:
    """Close everything for `reason`."""
    slot = w.slots[symbol]
    slot.close_reason = reason
    close_lots(w, symbol, slot.lots, exit_price(slot.side, quote_of(w, symbol)), 3)
    sent(w)


@compiled
def trade_of(w: Walker, symbol: int) -> OpenTrade:
    """The position as the exit rule sees it."""
    slot = w.slots[symbol]
    return OpenTrade(
        slot.side,
        slot.open_price,
        slot.stop_level,
        slot.one_r_price,
        slot.lots,
        slot.lots_opened,
        slot.rungs_count,
        slot.opened_s,
    )


@compiled
def must_wait(w: Walker, symbol: int, reason: int) -> bool:
    """Whether our own unhurried exit waits for the least holding; then the next cycle asks."""
    held_s = w.me.now_s - w.slots[symbol].opened_s
    if not exit_must_wait(held_s, reason, w.p.conduct):
        return False
    w.me.busy_until_s = max(w.me.busy_until_s, w.me.now_s + w.p.pace.cycle_s)
    return True


@compiled
def climb(w: Walker, symbol: int, quote: Quote) -> None:
    """Ask the exit rule until it says hold; each answer is carried out before the next."""
    slot, spec = w.slots[symbol], spec_of(w, symbol)
    for _ in range(_STEPS_PER_CYCLE_MAX):
        if not slot.has_position:
            return
        step = step_position(trade_of(w, symbol), quote, w.me.now_s, spec, w.p.exits)
        if not apply_step(w, symbol, step, quote):
            return


@compiled
def apply_step(w: Walker, symbol: int, step: PositionStep, quote: Quote) -> bool:
    """Carry out one answer; whether the rule should be asked again."""
    slot = w.slots[symbol]
    if step.action == _RUNG:
        if must_wait(w, symbol, _TARGET):
            return False
        if step.lots > 0.0:
            close_part(w, symbol, step.lots)
        slot.rungs_count += 1
        return True
    if step.action == _MOVE:
        return move_stop(w, symbol, step.stop_price, quote)
    if step.action == _CLOSE and not must_wait(w, symbol, step.reason):
        close_all(w, symbol, step.reason)
    return False


@compiled
def move_stop(w: Walker, symbol: int, stop_price: float, quote: Quote) -> bool:
    """Move the stop at the broker; edits are spaced."""
    slot, me = w.slots[symbol], w.me
    legal = legal_edit(slot.side, stop_price, slot.target_level, quote, spec_of(w, symbol))
    if legal == 0.0:
        return False
    requests = Requests(me.requests_count, w.p.breakers.requests_soft.max_count)
    if not stop_edit_is_due(me.now_s - slot.stop_edited_s, requests, w.p.conduct):
        me.busy_until_s = max(me.busy_until_s, me.now_s + w.p.pace.cycle_s)
        return False
    slot.stop_level = on_tick(legal, w.contracts[symbol])
    slot.ladder_stop_price = legal
    slot.stop_edited_s = me.now_s
    sent(w)
    return True


@compiled
def week_edges(w: Walker, symbol: int, quote: Quote) -> bool:
    """Friday policy before the close, gap check after the open; whether it acted."""
    slot, me, window = w.slots[symbol], w.me, w.windows[w.me.window]
    if w.contracts[symbol].is_24_7 or slot.weekend_day == window.server_day:
        return False
    trade = trade_of(w, symbol)
    if window.is_friday_late:
        step = weekend_step(trade, quote, w.p.weekend, spec_of(w, symbol))
    elif window.is_week_open and slot.opened_s < me.now_s - _DAY_S:
        step = gap_step(trade, quote, w.p.weekend, slot.last_price)
    else:
        return False
    if step.action != _HOLD and must_wait(w, symbol, step.reason):
        return False
    slot.weekend_day = window.server_day
    if step.action == _RUNG:
        slot.keep_lots = slot.lots - step.lots
        shed(w, symbol)
    elif step.action == _CLOSE:
        close_all(w, symbol, step.reason)
    return step.action != _HOLD


@compiled
def settle(w: Walker, symbol: int) -> None:
    """The position is gone: write the trade down, once."""
    slot, me = w.slots[symbol], w.me
    place = me.trades_count
    if place >= len(w.trades):
        me.is_full = True
        place = len(w.trades) - 1
    me.trades_count = place + 1
    trade = w.trades[place]
    trade.setup_id, trade.symbol, trade.side = slot.setup_id, symbol, slot.side
    trade.opened_s, trade.closed_s = slot.opened_s, slot.closed_s
    trade.firm_day = me.day - int(slot.closed_s < me.firm_day_start_s)
    trade.planned_price, trade.stop_price = slot.entry_price, slot.stop_price
    trade.open_price = slot.open_price
    trade.close_price = slot.closed_value / slot.closed_lots
    trade.lots, trade.points, trade.risk_money = slot.filled_lots, slot.points, slot.risk_money
    trade.gross_minor, trade.swap_minor = slot.gross_minor, slot.swap_booked_minor
    trade.commission_minor = slot.commission_minor
    trade.net_minor = slot.gross_minor + slot.swap_booked_minor + slot.commission_minor
    net = trade.net_minor / w.p.minor_per_unit
    trade.result_r = net / slot.risk_money if slot.risk_money > 0.0 else 0.0
    trade.lowest_r, trade.highest_r = slot.lowest_r, slot.highest_r
    trade.reason, trade.rungs_count = reason_of(w, symbol), slot.rungs_count
    note_stop_slip(w, symbol)
    end_setup(w, symbol)


@compiled
def reason_of(w: Walker, symbol: int) -> int:
    """Why the trade ended (`ExitReason`): the deal's own reason, or the wish we sent."""
    slot = w.slots[symbol]
    if slot.deal_reason == REASON_STOP:
        return _STOP
    if slot.deal_reason == REASON_TARGET:
        return _TARGET
    return int(slot.close_reason) if slot.close_reason > 0 else _TARGET


@compiled
def note_stop_slip(w: Walker, symbol: int) -> None:
    """A stop fill says what stops really cost; the reserve is fitted anew."""
    slot = w.slots[symbol]
    if slot.deal_reason != REASON_STOP or not slot.one_r_price > 0.0:
        return
    if slot.slips_count == SLIPS_KEPT_COUNT:
        for k in range(1, SLIPS_KEPT_COUNT):
            slot.slips_r[k - 1] = slot.slips_r[k]
        slot.slips_count -= 1
    slipped = slot.side * (slot.ladder_stop_price - slot.stop_fill_price)
    slot.slips_r[slot.slips_count] = slipped / slot.one_r_price
    slot.slips_count += 1
    samples = slot.slips_r[: slot.slips_count]
    slot.slippage_r = slippage_reserve_r(samples, w.p.risk.slippage_reserve_r, w.p.slippage)
