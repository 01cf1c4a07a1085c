"""Which release concerns which symbol, and whether the calendar behind them may be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bot.model.decision import ALLOWED, Finding, Refusal
from bot.model.market import FloatArray
from bot.model.news import (
    ANY_CURRENCY,
    CalendarRead,
    CalendarSource,
    NewsEvent,
    NewsSettings,
    SourceFacts,
    SourceStatus,
)
from bot.model.settings import SymbolSettings
from bot.rules.news import is_watched, source_finding

FRESH = "FRESH"
_INDEX = "index"
_FX = "fx"
_HOUR_S = 3_600.0


class Leg(NamedTuple):
    """What buying a symbol bets on: `sign` +1 is a stronger currency (or a higher index)."""

    currency: str
    is_index: bool
    sign: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One source, the finding against it, and that finding in words."""

    source: CalendarSource
    finding: Finding
    words: str


class NewsTable:
    """The watched releases of one reading, by currency and by symbol."""

    def __init__(
        self, read: CalendarRead, symbols: Iterable[SymbolSettings], settings: NewsSettings
    ) -> None:
        self.read = read
        self._symbols = {item.symbol: item for item in symbols}
        self._watched = tuple(e for e in read.events if is_watched(e.impact, settings))
        self._moments: dict[tuple[str, ...], FloatArray] = {}

    def moments_of(self, symbol: str) -> FloatArray:
        """Moments of the watched releases that concern a symbol, ascending."""
        return self._moments_of(self._currencies(symbol))

    def moments_of_currency(self, currency: str) -> FloatArray:
        """Moments of the watched releases of one currency, ascending."""
        return self._moments_of((currency,))

    def events_of(self, symbol: str) -> tuple[NewsEvent, ...]:
        """The watched releases that concern a symbol, by time."""
        currencies = self._currencies(symbol)
        return tuple(event for event in self._watched if _concerns(event, currencies))

    def legs_of(self, symbol: str) -> tuple[Leg, ...]:
        """What buying a symbol bets on; nothing for a symbol nobody described."""
        item = self._symbols.get(symbol)
        return () if item is None else _legs(item)

    def _currencies(self, symbol: str) -> tuple[str, ...]:
        """The symbol's currencies; an undescribed symbol has none and is concerned by all."""
        item = self._symbols.get(symbol)
        return () if item is None else item.news_currencies

    def _moments_of(self, currencies: tuple[str, ...]) -> FloatArray:
        known = self._moments.get(currencies)
        if known is None:
            times = {e.utc_s for e in self._watched if _concerns(e, currencies)}
            known = self._moments[currencies] = np.array(sorted(times), dtype=np.float64)
        return known


def judged_sources(
    read: CalendarRead, now_utc_s: float, settings: NewsSettings
) -> tuple[Judged, ...]:
    """Every source with what speaks against it, in the order of the reading."""
    return tuple(_judged(source, now_utc_s, settings) for source in read.sources)


def verdict_on(judged: Iterable[Judged]) -> tuple[Finding, str]:
    """What speaks against the calendar as a whole, and in words; a calendar needs a source."""
    judged = tuple(judged)
    for item in judged:
        if item.finding.refusal != Refusal.NONE:
            return item.finding, f"{item.source.name}: {item.words}"
    if not any(item.source.facts.is_required for item in judged):
        return Finding(Refusal.CALENDAR_MISSING.value, 0.0, 0.0), "no source is required"
    return ALLOWED, ""


def state_name(finding: Finding) -> str:
    """FRESH, or the name of what speaks against the calendar."""
    refusal = Refusal(finding.refusal)
    return FRESH if refusal == Refusal.NONE else refusal.name


def _judged(source: CalendarSource, now_utc_s: float, settings: NewsSettings) -> Judged:
    finding = source_finding(now_utc_s, source.facts, settings)
    return Judged(source, finding, _words(source, finding, now_utc_s))


def _words(source: CalendarSource, finding: Finding, now_utc_s: float) -> str:
    facts = source.facts
    if facts.status != SourceStatus.READ.value:
        return source.reason
    if finding.refusal == Refusal.CALENDAR_EMPTY.value:
        return "holds no event at all"
    if finding.refusal != Refusal.CALENDAR_STALE.value:
        return f"{facts.rows_count} events"
    return _stale_words(facts, finding, now_utc_s)


def _stale_words(facts: SourceFacts, finding: Finding, now_utc_s: float) -> str:
    limit_h = finding.limit / _HOUR_S
    age_h = (now_utc_s - facts.written_utc_s) / _HOUR_S
    if not facts.is_declared and finding.value == now_utc_s - facts.written_utc_s:
        is_ahead = age_h < 0.0
        ahead = f"written {-age_h:.1f} h in the future: a clock is wrong"
        return ahead if is_ahead else f"{age_h:.1f} h old, at most {limit_h:g} h"
    if now_utc_s < facts.covers_from_utc_s:
        begins_h = (facts.covers_from_utc_s - now_utc_s) / _HOUR_S
        return f"begins only in {begins_h:.1f} h"
    return f"covers {finding.value / _HOUR_S:.1f} h from now, at least {limit_h:g} h are needed"


def _concerns(event: NewsEvent, currencies: tuple[str, ...]) -> bool:
    return not currencies or event.currency == ANY_CURRENCY or event.currency in currencies


def _legs(item: SymbolSettings) -> tuple[Leg, ...]:
    """A pair bets on both its currencies; what is priced in one bets against that one."""
    if item.asset_class == _INDEX:
        return tuple(Leg(currency, is_index=True, sign=1) for currency in item.news_currencies)
    if item.asset_class == _FX:
        return tuple(
            Leg(currency, is_index=False, sign=1 if place == 0 else -1)
            for place, currency in enumerate(item.news_currencies)
        )
    return tuple(Leg(currency, is_index=False, sign=-1) for currency in item.news_currencies)
