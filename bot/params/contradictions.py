"""Values that are each fine and cannot hold together; every clash is found, none stops the search.

The checks read the document itself, so that a file with one unreadable number still has all its
other clashes listed; a check is skipped when a value it needs is already refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import cast

from bot.params.catalogue import Catalogue
from bot.params.contradictions_exposure import (
    EXPOSURE_FIELDS,
    FIRM_HOLD_FIELDS,
    exposure_problems,
    firm_hold_problems,
)
from bot.params.contradictions_news import (
    FIRM_NEWS_FIELDS,
    NEWS_FIELDS,
    firm_news_problems,
    news_problems,
)
from bot.params.firm import FirmPreset, Phase
from bot.params.firm_rules import differences
from bot.params.problems import Problem, nearest, problem, value_at
from bot.params.reader import Document, Json

AT_MOST, BELOW = "at most", "below"

ORDERED: tuple[tuple[str, str, str], ...] = (
    ("signal.bars_min_count", AT_MOST, "schedule.d1_bars_count"),
    ("entry.market_max_r", AT_MOST, "entry.limit_max_r"),
    ("entry.limit_max_r", AT_MOST, "entry.drop_above_r"),
    ("entry.spread_samples_min_count", AT_MOST, "schedule.spread_samples_max_count"),
    ("queues.spread_wait_max_h", AT_MOST, "entry.expiry_h"),
    ("sizing.risk_reduced_pct", AT_MOST, "sizing.risk_per_trade_pct"),
    ("sizing.risk_per_trade_pct", AT_MOST, "sizing.risk_ceiling_pct"),
    ("sizing.risk_ceiling_pct", AT_MOST, "sizing.cumulative_risk_max_pct"),
    ("sizing.confluence_base_points", AT_MOST, "signal.points_full"),
    ("sizing.drawdown.start_pct", BELOW, "sizing.drawdown.full_pct"),
    ("sizing.daily_budget.risk_min_pct", AT_MOST, "sizing.daily_budget.risk_max_pct"),
    ("sizing.daily_budget.risk_max_pct", AT_MOST, "sizing.daily_budget.budget_pct"),
    ("sizing.daily_budget.budget_pct", BELOW, "brakes.flatten_pct"),
    ("sizing.win_rate.trades_min_count", AT_MOST, "sizing.win_rate.window_count"),
    ("sizing.win_rate.low_below_pct", AT_MOST, "sizing.win_rate.high_above_pct"),
    ("sizing.win_rate.high_above_pct", BELOW, "sizing.win_rate.top_above_pct"),
    ("sizing.win_rate.high_factor", AT_MOST, "sizing.win_rate.top_factor"),
    ("sizing.confidence.low_below_pct", AT_MOST, "sizing.confidence.high_from_pct"),
    ("brakes.warn_pct", BELOW, "brakes.reduce_pct"),
    ("brakes.reduce_pct", BELOW, "brakes.flatten_pct"),
    ("brakes.flatten_pct", BELOW, "brakes.total_flatten_pct"),
    ("brakes.flatten_pct", BELOW, "brakes.emergency_pct"),
    ("brakes.emergency_pct", BELOW, "brakes.alarm_pct"),
    ("brakes.total_caution_pct", BELOW, "brakes.total_severe_pct"),
    ("brakes.total_severe_pct", BELOW, "brakes.total_flatten_pct"),
    ("brakes.total_severe_factor", AT_MOST, "brakes.total_caution_factor"),
    ("sizing.risk_ceiling_pct", AT_MOST, "gate.symbol_risk_max_pct"),
    ("gate.symbol_risk_max_pct", AT_MOST, "sizing.cumulative_risk_max_pct"),
    ("coast.risk_pct", AT_MOST, "sizing.risk_per_trade_pct"),
    ("exposure.group_max_pct", AT_MOST, "exposure.one_side_max_pct"),
    ("exposure.correlation_days_min_count", AT_MOST, "exposure.correlation_days_count"),
    ("exposure.correlation_days_count", BELOW, "schedule.d1_bars_count"),
    ("conduct.size_samples_min_count", AT_MOST, "conduct.size_samples_count"),
    ("breakers.slippage.mean_max_r", BELOW, "breakers.slippage.single_max_r"),
    ("breakers.slippage.mean_fills_min_count", AT_MOST, "breakers.slippage.mean_fills_count"),
    ("breakers.spread_regime.symbols_healed_pct", BELOW, "breakers.spread_regime.symbols_max_pct"),
    ("breakers.requests_soft.max_count", BELOW, "breakers.requests_hard.max_count"),
    ("breakers.requests_hard.max_count", AT_MOST, "schedule.requests_per_day_max_count"),
    ("breakers.disk.free_least_mb", AT_MOST, "breakers.disk.free_healed_mb"),
    ("breakers.memory.own_healed_mb", AT_MOST, "breakers.memory.own_max_mb"),
    ("weekend.losers_close_below_r", AT_MOST, "weekend.halve_below_r"),
    ("weekend.halve_below_r", AT_MOST, "weekend.winners_close_above_r"),
    ("schedule.poll_interval_s", AT_MOST, "schedule.blind_safe_after_s"),
    ("schedule.visible_grace_s", BELOW, "schedule.unresolved_span_s"),
)
"""Pairs whose first must be at most, or below, the second."""

Check = Callable[[Document], Iterator[Problem]]


def contradictions(document: Document, refused: frozenset[str]) -> Iterator[Problem]:
    """Clashes within a parameter file; `refused` names the fields already found wrong."""
    for low, relation, high in ORDERED:
        if not _touches((low, high), refused):
            yield from _order(document, low, relation, high)
    for fields, check in _CHECKS:
        if not _touches(fields, refused):
            yield from check(document)


def preset_contradictions(
    document: Document, preset: FirmPreset, refused: frozenset[str]
) -> Iterator[Problem]:
    """Clashes between the parameters and the firm's rules they name."""
    yield from _currency(document, preset, refused)
    if _touches(("account.phase",), refused):
        return
    name = cast(str, _at(document, "account.phase"))
    phase = preset.phase(name)
    if phase is None:
        known = tuple(item.id for item in preset.phases)
        allowed = f"no phase of {preset.id}; its phases: {', '.join(known)}"
        yield problem("account.phase", name, allowed)
        return
    for field, value, can in differences(preset, phase):
        text = f"cannot be traded by a bot, {field} = {value}: {can}"
        yield problem("account.firm_preset", preset.id, text)
    yield from _brakes_inside_limits(document, preset, phase, refused)
    if not _touches(FIRM_HOLD_FIELDS, refused):
        yield from firm_hold_problems(document, preset, phase)
    if not _touches(FIRM_NEWS_FIELDS, refused):
        yield from firm_news_problems(document, preset, name)


def catalogue_contradictions(
    document: Document, catalogue: Catalogue, refused: frozenset[str]
) -> Iterator[Problem]:
    """Symbols to trade that nobody described."""
    if refused & {"universe", "universe.symbols"}:
        return
    known = tuple(catalogue.symbols)
    for index, name in enumerate(cast("list[str]", _at(document, "universe.symbols"))):
        field = f"universe.symbols[{index}]"
        if field not in refused and name not in catalogue.symbols:
            yield problem(field, name, f"not described in symbols.json; {nearest(name, known)}")


def _touches(fields: tuple[str, ...], refused: frozenset[str]) -> bool:
    """Whether a needed value, a part of it or the group around it was refused."""
    return any(
        name == field or name.startswith((f"{field}.", f"{field}[")) or field.startswith(f"{name}.")
        for field in fields
        for name in refused
    )


def _at(document: Document, field: str) -> Json:
    return value_at(document, field.split("."))


def _number(document: Document, field: str) -> float:
    return cast(float, _at(document, field))


def _order(document: Document, low: str, relation: str, high: str) -> Iterator[Problem]:
    first, second = _number(document, low), _number(document, high)
    fits = first <= second if relation == AT_MOST else first < second
    if not fits:
        yield problem(low, first, f"must be {relation} {high} = {second}")


def _ladder(document: Document) -> Iterator[Problem]:
    rungs = cast("list[Document]", _at(document, "exits.ladder"))
    previous_target, previous_stop = 0.0, -float("inf")
    for index, rung in enumerate(rungs):
        place = f"exits.ladder[{index}]"
        target, stop = cast(float, rung["target_r"]), cast("float | None", rung["stop_after_r"])
        if target <= previous_target:
            allowed = f"must be above the target before it, {previous_target}"
            yield problem(f"{place}.target_r", target, allowed)
        yield from _rung_stop(place, target, stop, previous_stop)
        previous_target = target
        previous_stop = previous_stop if stop is None else stop
    last_stop = rungs[-1]["stop_after_r"]
    if last_stop is not None:
        place = f"exits.ladder[{len(rungs) - 1}].stop_after_r"
        yield problem(place, last_stop, "must be null: the last rung closes all that is left")
    yield from _shares(rungs)


def _rung_stop(
    place: str, target: float, stop: float | None, previous_stop: float
) -> Iterator[Problem]:
    if stop is None:
        return
    if stop >= target:
        yield problem(f"{place}.stop_after_r", stop, f"must be below the rung's target, {target}")
    if stop < previous_stop:
        allowed = f"must be at least the stop before it, {previous_stop}: a stop never loosens"
        yield problem(f"{place}.stop_after_r", stop, allowed)


def _shares(rungs: list[Document]) -> Iterator[Problem]:
    shares = [cast(float, rung["close_pct"]) for rung in rungs]
    total = sum((Decimal(repr(share)) for share in shares), Decimal(0))
    if total != 100:  # noqa: PLR2004 - percent
        yield problem(
            "exits.ladder", cast(Json, shares), f"close_pct must sum to exactly 100, not {total}"
        )


def _trailing(document: Document) -> Iterator[Problem]:
    start = _number(document, "exits.trail_start_r")
    rungs = cast("list[Document]", _at(document, "exits.ladder"))
    last = cast(float, rungs[-1]["target_r"])
    if start >= last:
        allowed = f"must be below the last target, {last}, where nothing is left to trail"
        yield problem("exits.trail_start_r", start, allowed)


def _ages(document: Document) -> Iterator[Problem]:
    stale, end = _number(document, "exits.stale_after_h"), _number(document, "exits.time_stop_h")
    if 0 < end <= stale:
        allowed = f"must be below exits.time_stop_h = {end}, which closes every trade by then"
        yield problem("exits.stale_after_h", stale, allowed)


def _unique(field: str) -> Check:
    def check(document: Document) -> Iterator[Problem]:
        seen: set[Json] = set()
        for index, name in enumerate(cast("list[str]", _at(document, field))):
            if name in seen:
                yield problem(f"{field}[{index}]", name, "is listed twice")
            seen.add(name)

    return check


def _rollover(document: Document) -> Iterator[Problem]:
    start = _at(document, "schedule.rollover_start_time")
    if start == _at(document, "schedule.rollover_end_time"):
        allowed = "must differ from schedule.rollover_end_time"
        yield problem("schedule.rollover_start_time", start, allowed)


_CHECKS: tuple[tuple[tuple[str, ...], Check], ...] = (
    (("exits.ladder",), _ladder),
    (("exits.ladder", "exits.trail_start_r"), _trailing),
    (("exits.stale_after_h", "exits.time_stop_h"), _ages),
    (("universe.symbols",), _unique("universe.symbols")),
    (("universe.broker_suffixes",), _unique("universe.broker_suffixes")),
    (("schedule.rollover_start_time", "schedule.rollover_end_time"), _rollover),
    (NEWS_FIELDS, news_problems),
    (EXPOSURE_FIELDS, exposure_problems),
    (("news.fixed_times",), _unique("news.fixed_times")),
)


def _currency(document: Document, preset: FirmPreset, refused: frozenset[str]) -> Iterator[Problem]:
    if _touches(("account.currency",), refused) or preset.currency is None:
        return
    currency = _at(document, "account.currency")
    if currency != preset.currency:
        allowed = f"must be {preset.currency}, the currency of {preset.id}"
        yield problem("account.currency", currency, allowed)


def _brakes_inside_limits(
    document: Document, preset: FirmPreset, phase: Phase, refused: frozenset[str]
) -> Iterator[Problem]:
    limits = (
        ("brakes.flatten_pct", "daily", preset.daily_loss_in(phase)),
        ("brakes.alarm_pct", "daily", preset.daily_loss_in(phase)),
        ("breakers.daily_drawdown.max_pct", "daily", preset.daily_loss_in(phase)),
        ("brakes.total_flatten_pct", "overall", preset.overall_loss_in(phase)),
    )
    for field, name, limit in limits:
        if limit is None or _touches((field,), refused):
            continue
        value = _number(document, field)
        if value >= limit.pct:
            allowed = f"must be below the firm's {name} limit of {limit.pct:g} %"
            yield problem(field, value, allowed)
