"""Whether one more entry bets too much the same way, and whether margin and swap allow it.

Open positions net within a currency bucket; what rests or is unresolved may or may not fill, so it
counts in full where it adds and never as a hedge. Every comparison refuses what is not a number.
"""

from __future__ import annotations

import math

from bot.model.decision import Finding, Refusal
from bot.model.exposure import ExposureSettings, MarginFacts, NightPlan, SizedEntry
from bot.model.market import FloatArray
from bot.rules._rule import rule
from bot.rules.reserves import night_money

_CAP_NOISE = 1.0 + 1e-9
_SHARE_NOISE = 1e-12
_TRIPLE_NIGHTS = 3.0
_WEEK_DAYS = 7


@rule
def capped(refusal: int, value: float, limit: float) -> Finding:
    """`refusal` when the value is above its limit, else a yes with the same figures."""
    if not value <= limit * _CAP_NOISE:
        return Finding(refusal, value, limit)
    return Finding(Refusal.NONE.value, value, limit)


@rule
def bucket_r(open_r: FloatArray, waiting_r: FloatArray, sign: int) -> float:
    """How far a bucket may already lean towards `sign`, in R; negative leans the other way.

    `open_r` and `waiting_r` are signed: open positions net, waiting orders count where they add.
    """
    lean_r = 0.0
    for held_r in open_r:
        lean_r += sign * float(held_r)
    for asked_r in waiting_r:
        lean_r += max(0.0, sign * float(asked_r))
    return lean_r


@rule
def currency_finding(held_r: float, entry_r: float, s: ExposureSettings) -> Finding:
    """Whether a bucket that leans `held_r` the entry's way takes `entry_r` more (at the cap: yes).

    An entry against the lean is allowed up to the cap on its own side.
    """
    return capped(Refusal.CURRENCY_EXPOSURE.value, held_r + entry_r, s.currency_max_r)


@rule
def group_finding(
    group_money: float, entry_money: float, open_risk_cap_money: float, s: ExposureSettings
) -> Finding:
    """Whether a correlation group takes one more: its risk of either direction, nothing nets.

    At most `group_cap_fraction` of the cap on cumulative risk may stand in one group.
    """
    cap_money = s.group_cap_fraction * open_risk_cap_money
    return capped(Refusal.CORRELATED_EXPOSURE.value, group_money + entry_money, cap_money)


@rule
def one_side_finding(
    side_money: float, entry_money: float, open_risk_cap_money: float, s: ExposureSettings
) -> Finding:
    """Whether one side (all buys, all sells, all for or against the dollar) takes one more.

    The5ers names "one-sided bets" a prohibited practice (PROP_RULES A7); no number is published.
    """
    cap_money = s.one_side_cap_fraction * open_risk_cap_money
    return capped(Refusal.ONE_DIRECTION.value, side_money + entry_money, cap_money)


@rule
def margin_level_finding(facts: MarginFacts, margin_free_equity_fraction_min: float) -> Finding:
    """Whether equity over margin stays high enough with everything filled.

    The limit is the level at which exactly the wanted share of equity is free of margin.
    """
    limit = 1.0 / (1.0 - margin_free_equity_fraction_min)
    if facts.margin_money == 0.0 and facts.equity_money > 0.0:
        return Finding(Refusal.NONE.value, math.inf, limit)
    if not (facts.margin_money > 0.0 and facts.equity_money > 0.0):
        return Finding(Refusal.MARGIN_LEVEL_TOO_LOW.value, 0.0, limit)
    level = facts.equity_money / facts.margin_money
    if not level >= limit * (1.0 - _SHARE_NOISE):
        return Finding(Refusal.MARGIN_LEVEL_TOO_LOW.value, level, limit)
    return Finding(Refusal.NONE.value, level, limit)


@rule
def stop_out_finding(facts: MarginFacts, s: ExposureSettings) -> Finding:
    """Whether the worst case stays far enough above the broker's stop-out, as a share of equity."""
    limit = s.stop_out_buffer_equity_fraction
    if not facts.equity_money > 0.0:
        return Finding(Refusal.STOP_OUT_TOO_NEAR.value, 0.0, limit)
    stop_out_money = facts.stop_out_level_fraction * facts.margin_money
    buffer = (facts.worst_case_money - stop_out_money) / facts.equity_money
    if not buffer >= limit - _SHARE_NOISE:
        return Finding(Refusal.STOP_OUT_TOO_NEAR.value, buffer, limit)
    return Finding(Refusal.NONE.value, buffer, limit)


@rule
def charged_nights(plan: NightPlan) -> float:
    """Nights of swap over the expected holding: the triple day counts three."""
    nights = 0.0
    for ahead in range(plan.nights_count):
        weekday = (plan.weekday + ahead) % _WEEK_DAYS
        if weekday == plan.triple_weekday:
            nights += _TRIPLE_NIGHTS
        elif weekday < plan.charged_weekdays_count:
            nights += 1.0
    return nights


@rule
def swap_finding(entry: SizedEntry, plan: NightPlan, s: ExposureSettings) -> Finding:
    """Whether holding as long as expected costs no more swap than allowed, in R of the trade."""
    if not entry.risk_money > 0.0:
        return Finding(Refusal.SWAP_TOO_DEAR.value, math.inf, s.swap_max_r)
    swap_money = charged_nights(plan) * night_money(entry.side, entry.lots, entry.spec)
    return capped(Refusal.SWAP_TOO_DEAR.value, swap_money / entry.risk_money, s.swap_max_r)
