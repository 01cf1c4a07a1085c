"""The guards of the status page in words: brakes with their distance, gauges, news, lean."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bot.model.breakers import Breaker
from bot.model.coast import CoastStage
from bot.model.outlook import GaugeLine, NewsLine, Outlook, RungLine
from bot.report import text as words
from bot.report.breakers import figures_text
from bot.report.refusals import refusal_says

_SHOWN = ("reduce", "flatten", "total flatten")
_NEAR_SHARE = 0.5
_GAUGES_SHOWN_COUNT = 2
_SYMBOLS_SHOWN_COUNT = 4
_LESS_IS_WORSE = frozenset({Breaker.DISK})
_STAGES = {
    CoastStage.FREE: "",
    CoastStage.NEAR: "days done and the target near",
    CoastStage.REACHED: "target reached",
}


def rung_texts(rungs: Iterable[RungLine], equity_money: float, base_money: float) -> list[str]:
    """The armed brakes: `flatten at -700.00: 412.30 away`; total ones by their equity."""
    told = []
    for rung in rungs:
        if rung.name not in _SHOWN:
            continue
        at = words.signed_money(rung.equity_money - base_money)
        if rung.name.startswith("total"):
            at = f"equity {words.money(rung.equity_money)}"
        away_money = equity_money - rung.equity_money
        far = f"{words.money(away_money)} away" if away_money > 0.0 else "reached"
        told.append(f"{rung.name} at {at}: {far}")
    return told


def gauges_text(gauges: Iterable[GaugeLine]) -> str:
    """How many breakers are armed and which stand nearest to their limits."""
    known = [gauge for gauge in gauges if gauge.breaker in set(Breaker)]
    near = sorted(known, key=_nearness, reverse=True)
    close = [gauge for gauge in near if _nearness(gauge) >= _NEAR_SHARE][:_GAUGES_SHOWN_COUNT]
    if not close:
        return f"{len(known)} armed, none is half way to its limit"
    told = [figures_text(gauge.breaker, gauge.value, gauge.limit) for gauge in close]
    return f"{len(known)} armed; nearest: {'; '.join(told)}"


def _nearness(gauge: GaugeLine) -> float:
    value, limit = gauge.value, gauge.limit
    if Breaker(gauge.breaker) in _LESS_IS_WORSE:
        value, limit = limit, value
    return value / limit if limit > 0.0 else math.inf


def news_text(news: NewsLine, now_utc_s: float) -> str:
    """One release ahead, how far, and for which symbols."""
    away = words.duration(news.at_utc_s - now_utc_s)
    shown = ", ".join(news.symbols[:_SYMBOLS_SHOWN_COUNT])
    more = len(news.symbols) - _SYMBOLS_SHOWN_COUNT
    rest = f" and {more} more" if more > 0 else ""
    return f"{news.currency} {news.title} in {away}, for {shown}{rest}"


def calendar_text(outlook: Outlook) -> str:
    """Whether the calendar of news can be trusted."""
    if not outlook.calendar:
        return "not watched: the news gate is off"
    if outlook.calendar == "FRESH":
        return "fresh" if outlook.news else "fresh, no watched release within a day"
    return f"{refusal_says(outlook.calendar)}: {outlook.calendar_reason}; entries are blocked"


def lean_text(outlook: Outlook) -> str:
    """What is bet on each currency, furthest first."""
    return ", ".join(f"{line.bucket} {words.r_multiple(line.lean_r)}" for line in outlook.buckets)


def coast_text(stage: int, lock_floor_money: float, outlook: Outlook | None) -> str:
    """The stage near the pass and the locked profit; empty while there is neither."""
    parts = [_STAGES.get(CoastStage(stage), "")] if stage in list(CoastStage) else []
    if outlook is not None and outlook.coast_factor < 1.0:
        parts.append(f"trades risk {words.pct(outlook.coast_factor, 0)} of the usual")
    if lock_floor_money > 0.0:
        parts.append(f"profit is locked above equity {words.money(lock_floor_money)}")
    return "; ".join(part for part in parts if part)


def stake_text(outlook: Outlook, equity_money: float) -> tuple[str, str]:
    """What is at stake if everything is stopped out, and the same part by part."""
    unbounded = [stake.symbol for stake in outlook.stakes if stake.worst_money is None]
    total = math.fsum(s.worst_money for s in outlook.stakes if s.worst_money is not None)
    left_money = equity_money - total
    floor_money = max(outlook.daily_floor_money, outlook.total_floor_money)
    text = f"{words.money(total)} if all is stopped out"
    if floor_money > 0.0:
        above = words.money(left_money - floor_money)
        text += f": {above} would be left above the floor"
    if unbounded:
        text += f"; without a bound: {', '.join(unbounded)}"
    r = outlook.reserves
    named = {
        "stops": r.stop_money,
        "slippage": r.slippage_money,
        "commission": r.commission_money,
        "swap": r.swap_money,
        "gaps": r.gap_money,
    }
    return text, ", ".join(f"{name} {words.money(money)}" for name, money in named.items() if money)
