"""Whether one more entry bets too much the same way, or leaves margin, stop-out or swap no room."""

from __future__ import annotations

import numpy as np

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Walker
from bot.backtest.kinds import SYMBOLS_MAX_COUNT
from bot.backtest.prices import spec_of
from bot.backtest.risk import (
    account_of,
    charge,
    charged_lots,
    has_charge,
    worst_case_money,
)
from bot.model.decision import Refusal
from bot.model.exposure import MarginFacts, NightPlan, SizedEntry
from bot.rules.exposure import (
    bucket_r,
    currency_finding,
    group_finding,
    margin_level_finding,
    one_side_finding,
    stop_out_finding,
    swap_finding,
)

_NONE = Refusal.NONE.value
_WEEK_DAYS, _WORK_DAYS = 7, 5


@compiled
def exposure_refusal(
    w: Walker, symbol: int, lots: float, risk_money: float, entry_money: float
) -> int:
    """The first cap on what is bet the same way that the entry would exceed (`Refusal`)."""
    c, slot = w.contracts[symbol], w.slots[symbol]
    for place in range(2):
        bucket = c.bucket0 if place == 0 else c.bucket1
        sign = c.sign0 if place == 0 else c.sign1
        if bucket >= 0 and currency_is_full(w, bucket, sign * slot.side, risk_money):
            return Refusal.CURRENCY_EXPOSURE.value
    refusal = group_refusal(w, symbol, risk_money)
    if refusal != _NONE:
        return refusal
    refusal = margin_refusal(w, symbol, lots, entry_money)
    if refusal != _NONE:
        return refusal
    return swap_refusal(w, symbol, lots, risk_money)


@compiled
def currency_is_full(w: Walker, bucket: int, direction: int, risk_money: float) -> bool:
    """Whether a currency leans so far already that the entry would exceed its cap."""
    one_r = w.p.risk.risk_per_trade_balance_fraction * account_of(w).balance_money
    opened, waiting = np.zeros(SYMBOLS_MAX_COUNT), np.zeros(SYMBOLS_MAX_COUNT)
    opened_count, waiting_count = 0, 0
    for k in range(w.me.live_count):
        other = w.me.live[k]
        if not has_charge(w, other):
            continue
        lean = sign_in(w, other, bucket) * w.slots[other].side * stop_risk(w, other) / one_r
        if w.slots[other].has_position:
            opened[opened_count] = lean
            opened_count += 1
        else:
            waiting[waiting_count] = lean
            waiting_count += 1
    held = bucket_r(opened[:opened_count], waiting[:waiting_count], direction)
    return currency_finding(held, risk_money / one_r, w.p.exposure).refusal != _NONE


@compiled
def sign_in(w: Walker, symbol: int, bucket: int) -> int:
    """What buying a symbol bets on a bucket: +1, -1, or 0 for nothing."""
    c = w.contracts[symbol]
    sign = c.sign0 if c.bucket0 == bucket else 0
    return int(sign + (c.sign1 if c.bucket1 == bucket else 0))


@compiled
def stop_risk(w: Walker, symbol: int) -> float:
    """Loss from now to the stop with commission, of what the broker holds of a symbol."""
    charge(w, symbol)
    slot = w.slots[symbol]
    return float(slot.case_stop_money + slot.case_commission_money)


@compiled
def group_refusal(w: Walker, symbol: int, risk_money: float) -> int:
    """Whether one correlation group, or one side, would bear too much (`Refusal`)."""
    cap = w.p.risk.cumulative_risk_equity_fraction_max * account_of(w).equity_money
    groups, side = w.groups[w.me.group], w.slots[symbol].side
    dollar = w.contracts[symbol].dollar_sign * side
    grouped, same_side, same_dollar = 0.0, 0.0, 0.0
    for k in range(w.me.live_count):
        other = w.me.live[k]
        if not has_charge(w, other):
            continue
        risk = stop_risk(w, other)
        if groups[other] == groups[symbol] or other == symbol:
            grouped += risk
        if w.slots[other].side == side:
            same_side += risk
        if w.contracts[other].dollar_sign * w.slots[other].side == dollar:
            same_dollar += risk
    if group_finding(grouped, risk_money, cap, w.p.exposure).refusal != _NONE:
        return Refusal.CORRELATED_EXPOSURE.value
    is_one_side = one_side_finding(same_side, risk_money, cap, w.p.exposure).refusal != _NONE
    if dollar != 0 and not is_one_side:
        is_one_side = one_side_finding(same_dollar, risk_money, cap, w.p.exposure).refusal != _NONE
    return Refusal.ONE_DIRECTION.value if is_one_side else _NONE


@compiled
def margin_refusal(w: Walker, symbol: int, lots: float, entry_money: float) -> int:
    """Whether margin and stop-out leave enough room with everything filled (`Refusal`)."""
    account, waiting = account_of(w), 0.0
    for k in range(w.me.live_count):
        other = w.me.live[k]
        if w.slots[other].has_order:
            waiting += spec_of(w, other).margin_money_per_lot * charged_lots(w, other)
    own = spec_of(w, symbol).margin_money_per_lot * lots
    facts = MarginFacts(
        account.equity_money,
        account.margin_money + waiting + own,
        worst_case_money(w) - entry_money,
        w.p.stop_out_level_fraction,
    )
    finding = margin_level_finding(facts, w.p.risk.margin_free_equity_fraction_min)
    if finding.refusal != _NONE:
        return finding.refusal
    return stop_out_finding(facts, w.p.exposure).refusal


@compiled
def swap_refusal(w: Walker, symbol: int, lots: float, risk_money: float) -> int:
    """Whether the nights of an expected holding cost too much swap (`Refusal`)."""
    c, slot = w.contracts[symbol], w.slots[symbol]
    charged = _WEEK_DAYS if c.is_24_7 else _WORK_DAYS
    weekday = w.windows[w.me.window].weekday
    plan = NightPlan(weekday, w.p.exposure.hold_nights_count, c.triple_weekday, charged)
    entry = SizedEntry(slot.side, lots, risk_money, spec_of(w, symbol))
    return swap_finding(entry, plan, w.p.exposure).refusal
