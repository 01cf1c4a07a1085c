"""What an open trade asks for: rungs of the ladder, stop moves, time, weekend and gap."""

from __future__ import annotations

import math

from bot.model.decision import ExitAction, ExitReason, PositionStep
from bot.model.market import Quote, SymbolSpec
from bot.model.settings import ExitSettings, WeekendSettings
from bot.model.trade import OpenTrade
from bot.rules._rule import rule
from bot.rules.entry import R_EPSILON, exit_price, is_stop_legal
from bot.rules.sizing import floor_to_step

_TRAIL_MOVES_PER_DISTANCE = 10.0
"""A trailing stop moves in tenths of its distance: the firm counts requests as conduct."""

_TICK_NOISE = 1e-6


@rule
def open_trade_r(trade: OpenTrade, price: float) -> float:
    """Where a trade stands at `price`, in multiples of its first risk; 0 without one."""
    if not trade.one_r_price > 0.0:
        return 0.0
    return trade.side * (price - trade.entry_price) / trade.one_r_price


@rule
def price_at_r(trade: OpenTrade, distance_r: float) -> float:
    """The price at which a trade stands at `distance_r`."""
    return trade.entry_price + trade.side * distance_r * trade.one_r_price


@rule
def closable_lots(wanted_lots: float, open_lots: float, spec: SymbolSpec) -> float:
    """Largest tradable part of a position, at most `wanted_lots`, whose rest is tradable too.

    Everything when all of it is wanted; 0 when no such part exists.
    """
    noise_lots = _TICK_NOISE * spec.lots_step
    if wanted_lots >= open_lots - noise_lots:
        return open_lots
    most_lots = floor_to_step(open_lots - spec.lots_min, spec.lots_step)
    lots = min(floor_to_step(wanted_lots, spec.lots_step), most_lots)
    if lots < spec.lots_min - noise_lots:
        return 0.0
    return lots


@rule
def rung_lots(trade: OpenTrade, spec: SymbolSpec, s: ExitSettings) -> float:
    """What the next rung closes: its share of the opening volume, the last rung all that is left.

    0 when the share is below what can be traded: such a rung is taken without a close.
    """
    rung = trade.targets_hit_count
    if rung >= len(s.targets_r) - 1:
        return trade.lots
    return closable_lots(s.close_fractions[rung] * trade.lots_opened, trade.lots, spec)


@rule
def rung_stop_price(trade: OpenTrade, rung: int, s: ExitSettings) -> float:
    """Where the stop belongs once `rung` was taken; NaN leaves it. 0 R is break-even plus costs."""
    stop_r = s.stops_after_r[rung]
    if stop_r == 0.0:
        return price_at_r(trade, s.breakeven_cost_r)
    return price_at_r(trade, stop_r)


@rule
def trail_stop_price(trade: OpenTrade, price: float, held_price: float, s: ExitSettings) -> float:
    """Where the trailing stop belongs at `price`; NaN when it is off, not started or near enough.

    `held_price` is the stop it would replace. A start of 0 R is off.
    """
    if not (s.trail_start_r > 0.0 and s.trail_distance_r > 0.0):
        return math.nan
    profit_r = open_trade_r(trade, price)
    if not profit_r >= s.trail_start_r - R_EPSILON:
        return math.nan
    wanted_r = profit_r - s.trail_distance_r
    step_r = s.trail_distance_r / _TRAIL_MOVES_PER_DISTANCE
    if wanted_r - open_trade_r(trade, held_price) < step_r - R_EPSILON:
        return math.nan
    return price_at_r(trade, wanted_r)


@rule
def price_on_tick(side: int, price: float, spec: SymbolSpec) -> float:
    """`price` on the tick grid, moved to the losing side of a trade, as a decimal of its digits."""
    ticks = side * price / spec.tick_size_price
    on_grid_price = side * math.floor(ticks + _TICK_NOISE) * spec.tick_size_price
    per_price = 10.0**spec.digits
    return math.floor(on_grid_price * per_price + 0.5) / per_price


@rule
def legal_stop(side: int, wanted_price: float, quote: Quote, spec: SymbolSpec) -> float:
    """`wanted_price` if the broker would take it as a stop now, else 0.0: the old stop stays."""
    if is_stop_legal(side, exit_price(side, quote), wanted_price, spec):
        return wanted_price
    return 0.0


@rule
def legal_edit(
    side: int, wanted_price: float, target_price: float, quote: Quote, spec: SymbolSpec
) -> float:
    """`wanted_price` if the broker would take it now beside `target_price` (0: none), else 0.0.

    The broker judges both levels of an edit: a target the price has all but reached refuses it.
    """
    closing_price = exit_price(side, quote)
    if target_price > 0.0 and not is_stop_legal(-side, closing_price, target_price, spec):
        return 0.0
    return float(legal_stop(side, wanted_price, quote, spec))


@rule
def tighter_stop(
    side: int, held_price: float, wanted_price: float, quote: Quote, spec: SymbolSpec
) -> float:
    """`wanted_price` on the tick grid if it is legal and tighter by a tick, else `held_price`.

    A held price of 0 is no stop at all: any legal one is tighter. NaN asks for nothing.
    """
    if math.isnan(wanted_price):
        return held_price
    on_grid_price = price_on_tick(side, wanted_price, spec)
    gain_price = side * (on_grid_price - held_price)
    if held_price > 0.0 and gain_price < spec.tick_size_price * (1.0 - _TICK_NOISE):
        return held_price
    if legal_stop(side, on_grid_price, quote, spec) == 0.0:
        return held_price
    return on_grid_price


@rule
def stop_after_step(trade: OpenTrade, quote: Quote, spec: SymbolSpec, s: ExitSettings) -> float:
    """Tightest legal stop that the rungs taken so far and the trail ask for.

    Never looser than the stop that stands; the first stop when none stands; 0.0 when none is legal.
    Every rung taken is asked, so a move the broker refused earlier is made up for.
    """
    side = trade.side
    best_price = trade.stop_price
    if not best_price > 0.0:
        best_price = tighter_stop(side, 0.0, price_at_r(trade, -1.0), quote, spec)
    for rung in range(min(trade.targets_hit_count, len(s.stops_after_r))):
        wanted_price = rung_stop_price(trade, rung, s)
        best_price = tighter_stop(side, best_price, wanted_price, quote, spec)
    wanted_price = trail_stop_price(trade, exit_price(side, quote), best_price, s)
    return tighter_stop(side, best_price, wanted_price, quote, spec)


@rule
def stop_step(trade: OpenTrade, quote: Quote, spec: SymbolSpec, s: ExitSettings) -> PositionStep:
    """Move the stop, or hold. A trade without a stop gets one, or is closed when none is legal."""
    wanted_price = stop_after_step(trade, quote, spec, s)
    if not trade.stop_price > 0.0 and not wanted_price > 0.0:
        return PositionStep(ExitAction.CLOSE.value, trade.lots, 0.0, ExitReason.NAKED.value)
    if wanted_price == trade.stop_price or is_frozen(trade, quote, spec):
        return PositionStep(ExitAction.HOLD.value, 0.0, 0.0, ExitReason.NONE.value)
    return PositionStep(ExitAction.MOVE_STOP.value, 0.0, wanted_price, ExitReason.NONE.value)


@rule
def is_frozen(trade: OpenTrade, quote: Quote, spec: SymbolSpec) -> bool:
    """Whether price is so near the standing stop that the broker takes no edit (code 10029)."""
    gap_price = trade.side * (exit_price(trade.side, quote) - trade.stop_price)
    return trade.stop_price > 0.0 and gap_price < spec.freeze_level_price


@rule
def end_reason(trade: OpenTrade, profit_r: float, now_utc_s: float, s: ExitSettings) -> int:
    """Why all of the trade should end now (`ExitReason`), NONE if it should not.

    Too old; old and not above `stale_below_r`; or every rung taken and volume left, which a close
    that was only partly filled leaves behind.
    """
    age_s = now_utc_s - trade.opened_utc_s
    if 0.0 < s.time_stop_s <= age_s:
        return ExitReason.TIME_STOP.value
    if 0.0 < s.stale_after_s <= age_s and profit_r < s.stale_below_r - R_EPSILON:
        return ExitReason.STALE.value
    if 0 < len(s.targets_r) <= trade.targets_hit_count:
        return ExitReason.TARGET.value
    return ExitReason.NONE.value


@rule
def step_position(
    trade: OpenTrade, quote: Quote, now_utc_s: float, spec: SymbolSpec, s: ExitSettings
) -> PositionStep:
    """What an open trade asks for at this quote; the caller carries it out and asks until HOLD.

    In order: an end in full, the next rung, a tighter stop. One rung at a time; its stop follows as
    a step of its own, after every rung that this price reaches.
    """
    price = exit_price(trade.side, quote)
    profit_r = open_trade_r(trade, price)
    reason = end_reason(trade, profit_r, now_utc_s, s)
    if reason != ExitReason.NONE.value:
        return PositionStep(ExitAction.CLOSE.value, trade.lots, 0.0, reason)
    rung = trade.targets_hit_count
    if rung < len(s.targets_r) and profit_r >= s.targets_r[rung] - R_EPSILON:
        lots = rung_lots(trade, spec, s)
        return PositionStep(ExitAction.TAKE_RUNG.value, lots, 0.0, ExitReason.TARGET.value)
    return stop_step(trade, quote, spec, s)


@rule
def weekend_step(
    trade: OpenTrade, quote: Quote, s: WeekendSettings, spec: SymbolSpec
) -> PositionStep:
    """What to do with a trade before the weekend; asked once per weekend, crypto not at all.

    Losers and large winners leave (a gap could take what they have), small winners are halved, the
    rest is kept. TAKE_RUNG for WEEKEND closes `lots` and is no rung of the ladder.
    """
    profit_r = open_trade_r(trade, exit_price(trade.side, quote))
    is_loser = profit_r < s.losers_close_below_r - R_EPSILON
    if is_loser or profit_r > s.winners_close_above_r + R_EPSILON:
        return PositionStep(ExitAction.CLOSE.value, trade.lots, 0.0, ExitReason.WEEKEND.value)
    if profit_r < s.halve_below_r - R_EPSILON:
        lots = closable_lots(trade.lots * 0.5, trade.lots, spec)
        if lots > 0.0:
            return PositionStep(ExitAction.TAKE_RUNG.value, lots, 0.0, ExitReason.WEEKEND.value)
    return PositionStep(ExitAction.HOLD.value, 0.0, 0.0, ExitReason.NONE.value)


@rule
def gap_step(
    trade: OpenTrade, quote: Quote, s: WeekendSettings, last_price: float = 0.0
) -> PositionStep:
    """What to do with a trade at its first quote of the week; asked once.

    `last_price` is its closing side at the last quote of the week before; without it (0.0) the
    entry stands in. Closed when price is at or beyond the stop, or lies more than
    `gap_close_adverse_r` against the last price.
    """
    price = exit_price(trade.side, quote)
    from_price = last_price if last_price > 0.0 else trade.entry_price
    adverse_r = open_trade_r(trade, from_price) - open_trade_r(trade, price)
    is_beyond = trade.stop_price > 0.0 and trade.side * (price - trade.stop_price) <= 0.0
    if is_beyond or adverse_r > s.gap_close_adverse_r + R_EPSILON:
        return PositionStep(ExitAction.CLOSE.value, trade.lots, 0.0, ExitReason.MONDAY_GAP.value)
    return PositionStep(ExitAction.HOLD.value, 0.0, 0.0, ExitReason.NONE.value)
