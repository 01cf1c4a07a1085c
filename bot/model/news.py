"""News: what is expected when, how well that is known, and the tuned numbers of the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.model.numbered import Numbered

ANY_CURRENCY = "ALL"
"""The currency of an event that concerns every symbol."""


class Impact(Numbered):
    """How much a release is expected to move its currency; an unknown grade counts as HIGH."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class NewsFallback(Numbered):
    """What is done while the calendar is not fresh."""

    BLOCK = 0
    FIXED_WINDOWS = 1


class WhenFirmAllows(Numbered):
    """What is done in a phase whose rules say nothing about news."""

    OFF = 0
    AVOID = 1


class SourceStatus(Numbered):
    """What became of reading one source."""

    READ = 0
    ABSENT = 1
    BROKEN = 2


class SourceFacts(NamedTuple):
    """What is known about one source of events; times in UTC seconds.

    `is_declared`: a person or a simulation vouches for the span, so that neither the age nor an
    empty list speaks against it. An extra source adds events; only its being broken matters.
    """

    status: int
    is_required: bool
    is_declared: bool
    written_utc_s: float
    covers_from_utc_s: float
    covers_until_utc_s: float
    rows_count: int


class NewsSettings(NamedTuple):
    """The numbers of the gate.

    A window reaches from `before_s` before a release to `after_s` after it, both ends included.
    Orders rest neither in it nor in the `resting_before_s` ahead of it. `fixed_times_s` are seconds
    of the server's day. `firm_has_rule` comes from the preset and the phase.
    """

    firm_has_rule: bool
    when_firm_allows: int
    impact_min: int
    before_s: float
    after_s: float
    resting_before_s: float
    straddle_s: float
    gap_before_s: float
    stale_after_s: float
    cover_s: float
    resting_grace_s: float
    fallback: int
    fixed_times_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One calendar file: where it is (relative to the folder of the run) and whether it is needed.

    A role is `required`, `extra` or `off`.
    """

    role: str
    path: str


@dataclass(frozen=True, slots=True)
class CalendarFiles:
    """The three files of the calendar, how often they are looked at, and whence one is fetched."""

    feed: SourceFile
    terminal: SourceFile
    hand: SourceFile
    reread_s: float
    feed_url: str


@dataclass(frozen=True, slots=True)
class NewsPlan:
    """The gate's numbers and the files behind its calendar."""

    gate: NewsSettings
    files: CalendarFiles


@dataclass(frozen=True, slots=True)
class NewsEvent:
    """One release; `currency` is a code such as USD or `ANY_CURRENCY`, `impact` an `Impact`."""

    utc_s: float
    currency: str
    title: str
    impact: int
    source: str


@dataclass(frozen=True, slots=True)
class CalendarSource:
    """One source: its name, its facts, and in words why it could not be read."""

    name: str
    facts: SourceFacts
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """The union of all sources, events by time; the same object while nothing changed."""

    events: tuple[NewsEvent, ...]
    sources: tuple[CalendarSource, ...]


NOT_CONFIGURED = CalendarRead(
    events=(),
    sources=(
        CalendarSource(
            name="none",
            facts=SourceFacts(
                status=SourceStatus.ABSENT.value,
                is_required=True,
                is_declared=False,
                written_utc_s=0.0,
                covers_from_utc_s=0.0,
                covers_until_utc_s=0.0,
                rows_count=0,
            ),
            reason="no calendar is configured",
        ),
    ),
)
"""What stands where nobody gave a calendar: required, and missing."""
