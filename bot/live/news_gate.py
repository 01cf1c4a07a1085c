"""Keeps entries and resting orders out of the news, and out of days whose news nobody knows.

Exits are not asked here: stops and targets stand at the broker and may fill at any time.
"""

from __future__ import annotations

from bot.live.entry_checks import EntryAsk
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.news_table import NewsTable, judged_sources, state_name, verdict_on
from bot.live.record import Record
from bot.model.decision import ALLOWED, EntryRoute, Finding, Refusal
from bot.model.events import CalendarChanged
from bot.model.market import OffsetTable
from bot.model.news import NewsEvent, NewsFallback
from bot.model.settings import BotSettings
from bot.ports import NewsCalendar
from bot.rules.news import (
    fixed_window_finding,
    gap_changes_utc_s,
    gap_is_near,
    gate_is_on,
    grace_finding,
    lead_s,
    nearest_s,
    straddle_finding,
    window_finding,
)


class NewsGate:
    """Says no around releases, while the calendar is not fresh, and to straddles."""

    def __init__(
        self,
        settings: BotSettings,
        record: Record,
        wires: tuple[EvidenceReader, NewsCalendar],
        table: OffsetTable,
    ) -> None:
        self._settings = settings.news.gate
        self._symbols = settings.symbols
        self._record = record
        self._reader, self._calendar = wires
        self._table = table
        self._news: NewsTable | None = None
        self._gaps_near: dict[str, tuple[NewsTable, float, float, bool]] = {}

    def step(self, now_utc_s: float) -> None:
        """Note since when the calendar is not fresh, and journal when that changes."""
        if not gate_is_on(self._settings):
            return
        finding, reason = self.calendar_verdict(now_utc_s)
        name, state = state_name(finding), self._record.state.news
        if finding.refusal == Refusal.NONE:
            state.not_fresh_since_utc_s = 0.0
        elif state.not_fresh_since_utc_s == 0.0:
            state.not_fresh_since_utc_s = now_utc_s
        if name == state.reported:
            return
        read = self._calendar.events()
        self._record.event(
            CalendarChanged(
                before=state.reported,
                after=name,
                reason=reason,
                sources=tuple(source.name for source in read.sources),
                events_count=len(read.events),
            )
        )
        state.reported = name

    def finding(self, ask: EntryAsk) -> Finding:
        """The first reason in the news against an entry, or `ALLOWED`."""
        if not gate_is_on(self._settings):
            return ALLOWED
        now, before_s = ask.evidence.now_utc_s, lead_s(ask.route, self._settings)
        finding = self._window_finding(ask.symbol, now, before_s)
        if finding.refusal == Refusal.NONE:
            finding, _ = self.calendar_verdict(now)
            if finding.refusal != Refusal.NONE and self._has_fixed_windows():
                finding = fixed_window_finding(now, self._table, before_s, self._settings)
        if finding.refusal == Refusal.NONE:
            finding = self._straddle_finding(ask.symbol, ask.side, ask.evidence)
        return finding

    def resting_finding(self, symbol: str, side: int, now_utc_s: float) -> Finding:
        """Why an order on `symbol` must not rest now, or `ALLOWED` (I15)."""
        if not gate_is_on(self._settings):
            return ALLOWED
        before_s = lead_s(EntryRoute.LIMIT.value, self._settings)
        finding = self._window_finding(symbol, now_utc_s, before_s)
        if finding.refusal == Refusal.NONE:
            finding = self._resting_without_calendar(now_utc_s, before_s)
        if finding.refusal == Refusal.NONE:
            finding = self._straddle_finding(symbol, side, self._reader.evidence())
        return finding

    def news_gap_is_near(self, symbol: str, now_utc_s: float) -> bool:
        """Whether an open trade may soon jump with a known release, or has just done so.

        What nobody knows is not near: a lost file must not make the bot give up positions.
        """
        if not gate_is_on(self._settings):
            return False
        news = self._now()
        known = self._gaps_near.get(symbol)
        if known is not None and known[0] is news and known[1] <= now_utc_s < known[2]:
            return known[3]
        moments = news.moments_of(symbol)
        is_near = bool(gap_is_near(now_utc_s, moments, self._settings))
        until_utc_s = float(gap_changes_utc_s(now_utc_s, moments, self._settings))
        self._gaps_near[symbol] = (news, now_utc_s, until_utc_s, is_near)
        return is_near

    def calendar_verdict(self, now_utc_s: float) -> tuple[Finding, str]:
        """What speaks against the calendar (missing, stale or empty), with the reason in words."""
        read = self._calendar.events()
        return verdict_on(judged_sources(read, now_utc_s, self._settings))

    def standing(self, now_utc_s: float) -> tuple[str, str]:
        """FRESH or what speaks against the calendar, with the reason; empty with the gate off."""
        if not gate_is_on(self._settings):
            return "", ""
        finding, reason = self.calendar_verdict(now_utc_s)
        return state_name(finding), reason

    def ahead(self, symbol: str, now_utc_s: float, within_s: float) -> list[NewsEvent]:
        """The watched releases that concern a symbol within a while from now, by time."""
        if not gate_is_on(self._settings):
            return []
        events = self._now().events_of(symbol)
        return [event for event in events if 0.0 <= event.utc_s - now_utc_s <= within_s]

    def _now(self) -> NewsTable:
        """The releases as the calendar knows them now; rebuilt only when something changed."""
        read = self._calendar.events()
        if self._news is None or self._news.read is not read:
            self._news = NewsTable(read, self._symbols, self._settings)
        return self._news

    def _window_finding(self, symbol: str, now_utc_s: float, before_s: float) -> Finding:
        moments = self._now().moments_of(symbol)
        return window_finding(now_utc_s, moments, before_s, self._settings.after_s)

    def _resting_without_calendar(self, now_utc_s: float, before_s: float) -> Finding:
        finding, _ = self.calendar_verdict(now_utc_s)
        if finding.refusal == Refusal.NONE:
            return finding
        if self._has_fixed_windows():
            return fixed_window_finding(now_utc_s, self._table, before_s, self._settings)
        since = self._record.state.news.not_fresh_since_utc_s or now_utc_s
        return grace_finding(finding, now_utc_s - since, self._settings)

    def _straddle_finding(self, symbol: str, side: int, evidence: Evidence) -> Finding:
        """STRADDLE when anything open or resting bets the other way on a release nearby."""
        news = self._now()
        exposures = [(p.symbol, p.side) for p in evidence.positions]
        exposures += [(o.symbol, o.side) for o in evidence.orders]
        held = [
            (leg.currency, leg.is_index, leg.sign * held_side)
            for name, held_side in exposures
            for leg in news.legs_of(name)
        ]
        for leg in news.legs_of(symbol):
            away_s = nearest_s(evidence.now_utc_s, news.moments_of_currency(leg.currency))
            opposite = (leg.currency, leg.is_index, -leg.sign * side)
            finding = straddle_finding(held.count(opposite), away_s, self._settings)
            if finding.refusal != Refusal.NONE:
                return finding
        return ALLOWED

    def _has_fixed_windows(self) -> bool:
        return self._settings.fallback == NewsFallback.FIXED_WINDOWS.value
