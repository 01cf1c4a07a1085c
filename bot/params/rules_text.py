"""The rules of a phase in words, a line each: what a trader confirms before money is at stake."""

from __future__ import annotations

from bot.model.challenge import (
    AmountOf,
    ChallengeRules,
    Compare,
    DailyBase,
    DayKind,
    LossAction,
    OverallKind,
    TrailOn,
)

_BASES = {
    DailyBase.INITIAL_BALANCE: "the initial balance",
    DailyBase.DAY_START_BALANCE: "the day's starting balance",
    DailyBase.DAY_START_EQUITY: "the day's starting equity",
    DailyBase.DAY_START_MAX: "the higher of balance and equity at the day's start",
    DailyBase.INTRADAY_PEAK_EQUITY: "the day's highest equity",
}
_TRAILS = {
    TrailOn.NOTHING: "nothing",
    TrailOn.BALANCE_REALTIME: "the highest balance",
    TrailOn.EQUITY_REALTIME: "the highest equity",
    TrailOn.BALANCE_EOD: "the highest balance at a reset",
    TrailOn.MAX_EOD: "the highest balance or equity at a reset",
}
_DAYS = {
    DayKind.OPENED: "with an opened trade",
    DayKind.OPENED_OR_CLOSED: "with an opened or closed trade",
    DayKind.ANY: "with a trade",
}

_THIN_SPACE = "\u202f"


def rules_in_words(rules: ChallengeRules) -> list[tuple[str, str]]:
    """Name and sentence of each rule, with its money for this account size."""
    return [
        ("daily loss", daily_text(rules)),
        ("total loss", total_text(rules)),
        ("target", target_text(rules)),
        ("days", days_text(rules)),
        ("best day", share_text(rules)),
        ("time limit", f"{rules.time_limit_days} days" if rules.time_limit_days else "none"),
        ("inactivity", _inactivity_text(rules)),
    ]


def daily_text(rules: ChallengeRules) -> str:
    """The daily limit: how much, from where, and what a touch does."""
    daily = rules.daily
    if daily.base_kind == DailyBase.NONE:
        return "none"
    is_fixed = daily.amount_of == AmountOf.INITIAL_BALANCE
    amount = _of_initial(daily.loss_fraction, rules) if is_fixed else _share(daily.loss_fraction)
    below = f"below {_BASES[DailyBase(daily.base_kind)]}"
    return f"{amount} {below}, {_end(daily.compare, daily.action)}"


def total_text(rules: ChallengeRules) -> str:
    """The overall limit: static, or trailing with its lock."""
    overall = rules.overall
    if overall.kind == OverallKind.NONE:
        return "none known"
    end = _end(overall.compare, overall.action)
    if overall.kind == OverallKind.STATIC:
        return f"{_of_initial(overall.loss_fraction, rules)} below it, {end}"
    amount = _of_initial(overall.loss_fraction, rules)
    if overall.amount_of == AmountOf.BASE:
        amount = f"{_share(overall.loss_fraction)} of the peak"
    text = f"{amount}, trailing {_TRAILS[TrailOn(overall.trail_on)]}, {end}"
    if overall.lock_profit_fraction > 0.0:
        text += f", locked at the initial balance from +{_share(overall.lock_profit_fraction)} on"
    return text


def target_text(rules: ChallengeRules) -> str:
    """The profit that passes the phase."""
    fraction = rules.target.profit_fraction
    return _of_initial(fraction, rules) if fraction > 0.0 else "none"


def days_text(rules: ChallengeRules) -> str:
    """How many days of which kind the phase asks for."""
    days = rules.days
    if days.kind == DayKind.NONE:
        return "none needed"
    if days.kind == DayKind.PROFITABLE:
        needed = _of_initial(days.threshold_fraction, rules)
        return f"{days.needed_count} profitable ones of at least {needed}"
    return f"{days.needed_count} {_DAYS[DayKind(days.kind)]}"


def share_text(rules: ChallengeRules) -> str:
    """The best day's largest share, and what it delays."""
    rule = rules.consistency
    delays = [
        name
        for name, is_set in (("pass", rule.delays_pass), ("payout", rule.delays_payout))
        if is_set
    ]
    if not delays:
        return "no rule"
    return f"at most {_share(rule.share_fraction_max)}, else it delays the {' and '.join(delays)}"


def _inactivity_text(rules: ChallengeRules) -> str:
    limit = rules.inactive_days_max
    return f"a new trade at least every {limit} days" if limit else "no limit stated"


def _share(fraction: float) -> str:
    return f"{fraction * 100:.4g} %"


def _of_initial(fraction: float, rules: ChallengeRules) -> str:
    money = fraction * rules.initial_balance_money
    figure = f"{money:,.2f}".replace(",", _THIN_SPACE)
    return f"{_share(fraction)} of the initial balance = {figure}"


def _end(compare: int, action: int) -> str:
    what = "pause until the reset" if action == LossAction.PAUSE_UNTIL_RESET else "breach"
    return f"touch = {what}" if compare == Compare.AT_OR_BELOW else f"below it = {what}"
