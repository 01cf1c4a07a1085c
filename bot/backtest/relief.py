"""Takes exposure off when the worst case no longer fits, and flattens while a halt wants it."""

from __future__ import annotations

import numpy as np

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Walker
from bot.backtest.kinds import SYMBOLS_MAX_COUNT, HaltKind, Status
from bot.backtest.positions import close_all, close_part
from bot.backtest.prices import spec_of
from bot.backtest.resting import withdraw
from bot.backtest.risk import (
    account_of,
    charge,
    charged_lots,
    floors_of,
    has_charge,
    today_of,
    worst_case_money,
)
from bot.backtest.setups import end_setup
from bot.model.decision import ExitReason
from bot.model.market import IntArray
from bot.model.reserves import GuardItems, ResetPolicy
from bot.rules.admission import floor_reserve_money
from bot.rules.guard import CLEARANCE_MONEY, plan_relief
from bot.rules.reset_night import reset_outlook

_BRAKE = ExitReason.BRAKE.value
_KEEP, _CLOSE = ResetPolicy.KEEP.value, ResetPolicy.CLOSE.value
_HALTS_COUNT = len(HaltKind)
_PENDING, _FILLED = Status.PENDING.value, Status.FILLED.value
_CLEAN_READS_COUNT = 2
_LOTS_NOISE = 1e-9
_IN_PART, _WHOLE = 0, 1


@compiled
def step_guard(w: Walker) -> None:
    """Take off one piece of exposure while the worst case touches a floor."""
    limits = floors_of(w)
    floor = max(limits.daily_money, limits.total_money)
    worst = worst_case_money(w)
    if not worst > floor:
        relieve(w, floor - worst + CLEARANCE_MONEY, _IN_PART)


@compiled
def step_reset_night(w: Walker) -> None:
    """Near the reset: one action per cycle while tomorrow's floor would be too near."""
    policy = w.p.pace.reset_policy
    if not w.windows[w.me.window].is_reset_near or policy == _KEEP:
        return
    reserve = floor_reserve_money(floors_of(w), w.p.risk)
    outlook = reset_outlook(today_of(w), account_of(w), worst_case_money(w), reserve, w.p.rules)
    if outlook.room_money <= 0.0:
        mode = _WHOLE if policy == _CLOSE else _IN_PART
        relieve(w, -outlook.room_money + CLEARANCE_MONEY, mode)


@compiled
def relieve(w: Walker, shortfall_money: float, mode: int) -> None:
    """Carry out the first action of the plan: orders before positions, the fewest."""
    places = np.empty(SYMBOLS_MAX_COUNT, dtype=np.int64)
    count = 0
    for rank in range(2):
        for k in range(w.me.live_count):
            symbol = w.me.live[k]
            slot = w.slots[symbol]
            is_order = slot.has_order and slot.status == _PENDING
            if (rank == 0 and is_order) or (rank == 1 and slot.has_position):
                places[count] = symbol
                count += 1
    plan = plan_relief(shortfall_money, items_of(w, places[:count], mode))
    for k in range(count):
        if plan[k] > 0.0:
            take_off(w, places[k], plan[k])
            return


@compiled
def items_of(w: Walker, places: IntArray, mode: int) -> GuardItems:
    """What may be taken off, as the rule plans with it; commission is paid by closing too."""
    count = len(places)
    rank, relief = np.zeros(count, dtype=np.int64), np.zeros(count)
    lots, least, step = np.zeros(count), np.zeros(count), np.zeros(count)
    for k in range(count):
        symbol = places[k]
        charge(w, symbol)
        slot = w.slots[symbol]
        relief[k] = slot.case_total_money - slot.case_commission_money
        lots[k] = least[k] = charged_lots(w, symbol)
        rank[k] = 1 if slot.has_position else 0
        if slot.has_position and mode == _IN_PART:
            spec = spec_of(w, symbol)
            least[k], step[k] = spec.lots_min, spec.lots_step
    return GuardItems(rank, relief, lots, least, step)


@compiled
def take_off(w: Walker, symbol: int, lots: float) -> None:
    """Withdraw an order for good, or close a position in part or as a whole."""
    slot = w.slots[symbol]
    if slot.has_order:
        if withdraw(w, symbol):
            end_setup(w, symbol)
    elif lots >= slot.lots - _LOTS_NOISE:
        close_all(w, symbol, _BRAKE)
    else:
        close_part(w, symbol, lots)


@compiled
def is_flattening(w: Walker) -> bool:
    """Whether a halt wants the account flat and has not seen it confirmed."""
    for k in range(_HALTS_COUNT):
        if w.me.halts[k].on and not w.me.halts[k].is_confirmed:
            return True
    return False


@compiled
def step_flatten(w: Walker) -> None:
    """One sweep: waiting setups end, orders go, positions close; two clean looks confirm."""
    me, was_open = w.me, False
    for k in range(me.live_count):
        symbol = me.live[k]
        slot = w.slots[symbol]
        if slot.has_order:
            if withdraw(w, symbol):
                end_setup(w, symbol)
            else:
                was_open = True
        elif slot.has_position:
            was_open = True
        elif slot.status not in (_PENDING, _FILLED):
            end_setup(w, symbol)
    close_worst_first(w)
    me.busy_until_s = max(me.busy_until_s, me.now_s + w.p.pace.cycle_s)
    me.clean_reads_count = 0 if was_open else me.clean_reads_count + 1
    if me.clean_reads_count >= _CLEAN_READS_COUNT:
        me.clean_reads_count = 0
        for k in range(_HALTS_COUNT):
            me.halts[k].is_confirmed = True


@compiled
def close_worst_first(w: Walker) -> None:
    """Close every position, the one that can lose most first."""
    for _ in range(w.me.live_count):
        worst, worst_money = -1, -1.0
        for k in range(w.me.live_count):
            symbol = w.me.live[k]
            if w.slots[symbol].has_position and has_charge(w, symbol):
                charge(w, symbol)
                if w.slots[symbol].case_total_money > worst_money:
                    worst, worst_money = symbol, w.slots[symbol].case_total_money
        if worst < 0:
            return
        close_all(w, worst, _BRAKE)
