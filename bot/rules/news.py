"""Staying out of the news: windows around releases, a calendar that may be trusted, no straddles.

Sources: PROP_RULES A5 (the firm's window, whose end seconds count), F (freshness, margins).
Moments are UTC seconds in ascending order, already those that concern the symbol asked about.
"""

from __future__ import annotations

import math

import numpy as np

from bot.model.decision import EntryRoute, Finding, Refusal
from bot.model.market import FloatArray, OffsetTable
from bot.model.news import NewsSettings, SourceFacts, SourceStatus, WhenFirmAllows
from bot.rules._rule import rule
from bot.rules.calendar import DAY_S, server_day, utc_from_server_s, weekday_of

CLOCK_SLACK_S = 900.0
"""A file may be this far ahead of our clock; beyond, one of the two clocks is wrong."""

_SATURDAY = 5


@rule
def gate_is_on(s: NewsSettings) -> bool:
    """Whether news are avoided at all: by the firm's rule, or because the trader wants it."""
    return s.firm_has_rule or s.when_firm_allows == WhenFirmAllows.AVOID.value


@rule
def is_watched(impact: int, s: NewsSettings) -> bool:
    """Whether a release of this impact opens a window."""
    return impact >= s.impact_min


@rule
def lead_s(route: int, s: NewsSettings) -> float:
    """How long before a release this route is closed: what rests must be withdrawn in time."""
    if route == EntryRoute.MARKET.value:
        return s.before_s
    return s.before_s + s.resting_before_s


@rule
def nearest_s(now_utc_s: float, moments_utc_s: FloatArray) -> float:
    """Seconds to the nearest release, negative when it is past; infinity when there is none."""
    index = int(np.searchsorted(moments_utc_s, now_utc_s))
    nearest = math.inf
    if index < len(moments_utc_s):
        nearest = moments_utc_s[index] - now_utc_s
    if index > 0 and now_utc_s - moments_utc_s[index - 1] < abs(nearest):
        nearest = moments_utc_s[index - 1] - now_utc_s
    return nearest


@rule
def window_finding(
    now_utc_s: float, moments_utc_s: FloatArray, before_s: float, after_s: float
) -> Finding:
    """NEWS_WINDOW inside a closed window around a release: seconds away, and how many it takes."""
    index = int(np.searchsorted(moments_utc_s, now_utc_s - after_s))
    if index >= len(moments_utc_s):
        return Finding(Refusal.NONE.value, 0.0, 0.0)
    away_s = moments_utc_s[index] - now_utc_s
    if away_s > before_s:
        return Finding(Refusal.NONE.value, away_s, before_s)
    if away_s < 0.0:
        return Finding(Refusal.NEWS_WINDOW.value, -away_s, after_s)
    return Finding(Refusal.NEWS_WINDOW.value, away_s, before_s)


@rule
def fixed_window_finding(
    now_utc_s: float, table: OffsetTable, before_s: float, s: NewsSettings
) -> Finding:
    """NEWS_WINDOW around the fixed release times of a weekday, for want of a calendar."""
    today = server_day(now_utc_s, table)
    for day in range(today - 1, today + 2):
        if weekday_of(day) >= _SATURDAY:
            continue
        for second in s.fixed_times_s:
            away_s = utc_from_server_s(day * DAY_S + second, table) - now_utc_s
            if 0.0 <= away_s <= before_s:
                return Finding(Refusal.NEWS_WINDOW.value, away_s, before_s)
            if 0.0 < -away_s <= s.after_s:
                return Finding(Refusal.NEWS_WINDOW.value, -away_s, s.after_s)
    return Finding(Refusal.NONE.value, 0.0, 0.0)


@rule
def source_finding(now_utc_s: float, source: SourceFacts, s: NewsSettings) -> Finding:
    """What speaks against trusting a source: missing, stale or empty, or nothing.

    Stale shows the age and its limit, or the time still covered and what must be, in seconds.
    """
    is_broken = source.status == SourceStatus.BROKEN.value
    if is_broken or (source.is_required and source.status == SourceStatus.ABSENT.value):
        return Finding(Refusal.CALENDAR_MISSING.value, 0.0, 0.0)
    if not source.is_required:
        return Finding(Refusal.NONE.value, 0.0, 0.0)
    age_s = now_utc_s - source.written_utc_s
    if not source.is_declared and (age_s > s.stale_after_s or age_s < -CLOCK_SLACK_S):
        return Finding(Refusal.CALENDAR_STALE.value, age_s, s.stale_after_s)
    if not source.is_declared and source.rows_count == 0:
        return Finding(Refusal.CALENDAR_EMPTY.value, 0.0, 1.0)
    ahead_s = source.covers_until_utc_s - now_utc_s
    if ahead_s < s.cover_s or now_utc_s < source.covers_from_utc_s:
        return Finding(Refusal.CALENDAR_STALE.value, ahead_s, s.cover_s)
    return Finding(Refusal.NONE.value, 0.0, 0.0)


@rule
def grace_finding(calendar: Finding, not_fresh_s: float, s: NewsSettings) -> Finding:
    """What a calendar that is not fresh means for an order that rests already."""
    if calendar.refusal == Refusal.NONE.value or not_fresh_s < s.resting_grace_s:
        return Finding(Refusal.NONE.value, not_fresh_s, s.resting_grace_s)
    return Finding(calendar.refusal, not_fresh_s, s.resting_grace_s)


@rule
def straddle_finding(opposite_count: int, away_s: float, s: NewsSettings) -> Finding:
    """STRADDLE when something leans the other way on the same currency, a release being near."""
    if opposite_count > 0 and abs(away_s) <= s.straddle_s:
        return Finding(Refusal.STRADDLE.value, abs(away_s), s.straddle_s)
    return Finding(Refusal.NONE.value, 0.0, 0.0)


@rule
def gap_is_near(now_utc_s: float, moments_utc_s: FloatArray, s: NewsSettings) -> bool:
    """Whether what is open may jump with a release: it comes soon, or has just come."""
    finding = window_finding(now_utc_s, moments_utc_s, s.gap_before_s, s.after_s)
    return finding.refusal == Refusal.NEWS_WINDOW.value


@rule
def gap_changes_utc_s(now_utc_s: float, moments_utc_s: FloatArray, s: NewsSettings) -> float:
    """Until when (exclusive) the answer of `gap_is_near` stands; infinity after the last window.

    Exactly on an edge of a window it stands for that instant alone.
    """
    until_utc_s = math.inf
    for moment_utc_s in moments_utc_s:
        for edge_utc_s in (moment_utc_s - s.gap_before_s, moment_utc_s + s.after_s):
            if now_utc_s <= edge_utc_s < until_utc_s:
                until_utc_s = edge_utc_s
    return until_utc_s
