"""The bodies of `bot calendar show` and `bot calendar check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.cli import console
from bot.cli.calendar_files import file_calendar
from bot.errors import ParamsError
from bot.live.news_table import NewsTable, judged_sources, state_name, verdict_on
from bot.model.decision import EntryRoute
from bot.model.news import Impact, NewsEvent, SourceStatus
from bot.model.settings import BotSettings
from bot.params import load_settings
from bot.rules.news import gate_is_on, lead_s

_HOUR_S = 3_600.0
_PER_SYMBOL_COUNT = 3
_NAME_WIDTH = 10


@dataclass(frozen=True, slots=True)
class SourceShown:
    """One source, as a person wants to see it; times are ISO 8601 UTC, empty when unknown."""

    name: str
    is_required: bool
    state: str
    words: str
    age_h: float | None
    covers_until: str
    events_count: int


@dataclass(frozen=True, slots=True)
class WindowShown:
    """One window of one symbol: resting orders leave first, then entries end, until it is over."""

    symbol: str
    resting_from: str
    entries_from: str
    release: str
    until: str
    currency: str
    title: str
    impact: str
    source: str


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """Everything the two verbs show."""

    now: str
    gate_is_on: bool
    state: str
    reason: str
    sources: tuple[SourceShown, ...]
    windows: tuple[WindowShown, ...]


def facts_of(params: Path, folder: Path, hours: float, symbol: str | None) -> CalendarFacts:
    """The calendar as the trader in `folder` would see it now; raises `ParamsError`."""
    settings, clock = load_settings(params), SystemClock()
    now = clock.now_utc_s()
    gate = settings.news.gate
    read = file_calendar(settings, folder, clock).events()
    judged = judged_sources(read, now, gate)
    finding, reason = verdict_on(judged)
    shown = []
    for item in judged:
        facts = item.source.facts
        is_read = facts.status == SourceStatus.READ.value
        shown.append(
            SourceShown(
                name=item.source.name,
                is_required=facts.is_required,
                state=state_name(item.finding) if is_read else SourceStatus(facts.status).name,
                words=item.words,
                age_h=round((now - facts.written_utc_s) / _HOUR_S, 2) if is_read else None,
                covers_until=_stamp(facts.covers_until_utc_s) if is_read else "",
                events_count=facts.rows_count,
            )
        )
    table = NewsTable(read, settings.symbols, gate)
    return CalendarFacts(
        now=_stamp(now),
        gate_is_on=gate_is_on(gate),
        state=state_name(finding),
        reason=reason,
        sources=tuple(shown),
        windows=tuple(_windows(settings, table, (now, hours), _wanted(settings, symbol))),
    )


def show_facts(facts: CalendarFacts, *, as_json: bool) -> None:
    """Print the sources and the coming windows."""
    show_sources(facts, as_json=as_json)
    if as_json:
        return
    console.say()
    if not facts.windows:
        console.say("no window ahead" + ("" if facts.state == "FRESH" else ", as far as known"))
    left: dict[str, int] = {}
    for window in facts.windows:
        left[window.symbol] = left.get(window.symbol, 0) + 1
        if left[window.symbol] <= _PER_SYMBOL_COUNT:
            console.say(console.folded(_window_line(window)))
    for symbol, count in left.items():
        if count > _PER_SYMBOL_COUNT:
            console.say(f"{symbol:<{_NAME_WIDTH}}{count - _PER_SYMBOL_COUNT} more windows")


def show_sources(facts: CalendarFacts, *, as_json: bool) -> None:
    """Print whether the calendar is fresh, and each source's part in it."""
    if as_json:
        console.say_json(asdict(facts))
        return
    reason = f": {facts.reason}" if facts.reason else ""
    console.say(f"calendar {facts.state} at {facts.now}{reason}")
    if not facts.gate_is_on:
        console.say("the news gate is off: news.when_firm_allows, and the firm has no rule")
    for source in facts.sources:
        need = "required" if source.is_required else "extra"
        age = "" if source.age_h is None else f", {source.age_h:.1f} h old"
        until = f", until {source.covers_until}" if source.covers_until else ""
        line = f"{source.name:<{_NAME_WIDTH}}{need}, {source.state}: {source.words}{age}{until}"
        console.say(console.folded(line))


def _wanted(settings: BotSettings, symbol: str | None) -> tuple[str, ...]:
    traded = tuple(item.symbol for item in settings.symbols)
    if symbol is None:
        return traded
    if symbol.upper() not in traded:
        message = f"symbol {symbol!r} is not traded; allowed: {', '.join(traded)}"
        raise ParamsError(message)
    return (symbol.upper(),)


def _windows(
    settings: BotSettings, table: NewsTable, span: tuple[float, float], symbols: tuple[str, ...]
) -> Iterator[WindowShown]:
    now, hours = span
    after_s = settings.news.gate.after_s
    for symbol in symbols:
        for event in table.events_of(symbol):
            if now - after_s <= event.utc_s <= now + hours * _HOUR_S:
                yield _window(settings, symbol, event)


def _window(settings: BotSettings, symbol: str, event: NewsEvent) -> WindowShown:
    gate = settings.news.gate
    return WindowShown(
        symbol=symbol,
        resting_from=_stamp(event.utc_s - lead_s(EntryRoute.LIMIT.value, gate)),
        entries_from=_stamp(event.utc_s - lead_s(EntryRoute.MARKET.value, gate)),
        release=_stamp(event.utc_s),
        until=_stamp(event.utc_s + gate.after_s),
        currency=event.currency,
        title=event.title,
        impact=Impact(event.impact).name.lower(),
        source=event.source,
    )


def _window_line(window: WindowShown) -> str:
    return (
        f"{window.symbol:<{_NAME_WIDTH}}{window.release} {window.currency} {window.title} "
        f"({window.impact}): nothing rests from {_clock(window.resting_from)}, "
        f"no entries {_clock(window.entries_from)} to {_clock(window.until)}"
    )


def _clock(stamp: str) -> str:
    return stamp[11:16]


def _stamp(utc_s: float) -> str:
    """YYYY-MM-DD HH:MMZ; empty for a moment no file named."""
    if utc_s <= 0.0:
        return ""
    return f"{datetime.fromtimestamp(utc_s, UTC):%Y-%m-%d %H:%MZ}"
