"""Random valid arguments for the news rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bot.model.decision import Finding
from bot.model.news import NewsSettings, SourceFacts
from bot.timezones import server_offset_table

Generator = np.random.Generator

TABLE = server_offset_table()
_START, _SPAN = 1_700_000_000, 500_000


def now_utc_s(rng: Generator) -> float:
    return float(_START + rng.integers(0, _SPAN))


def moments(rng: Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    count = int(rng.integers(0, 60))
    return np.sort(_START + rng.integers(0, _SPAN, count)).astype(np.float64)


def settings(rng: Generator) -> NewsSettings:
    span_s = rng.integers(0, 7_200, 6).astype(float).tolist()
    return NewsSettings(
        bool(rng.integers(0, 2)),
        int(rng.integers(0, 2)),
        int(rng.integers(1, 4)),
        *span_s[:5],
        float(rng.integers(1_800, 172_800)),
        float(rng.integers(3_600, 259_200)),
        span_s[5],
        int(rng.integers(0, 2)),
        tuple(rng.integers(0, 86_400, 3).astype(float).tolist()),
    )


def source(rng: Generator) -> SourceFacts:
    at = now_utc_s(rng)
    return SourceFacts(
        int(rng.integers(0, 3)),
        bool(rng.integers(0, 4)),
        bool(rng.integers(0, 2)),
        at,
        at - float(rng.integers(-100_000, 300_000)),
        at + float(rng.integers(0, 600_000)),
        int(rng.integers(0, 5)),
    )


def seconds(rng: Generator) -> float:
    return float(rng.integers(-7_200, 7_200))


def finding(rng: Generator) -> Finding:
    return Finding(int(rng.choice([0, 32, 33, 34])), seconds(rng), seconds(rng))


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.news.gate_is_on": lambda r: (settings(r),),
    "bot.rules.news.is_watched": lambda r: (int(r.integers(0, 4)), settings(r)),
    "bot.rules.news.lead_s": lambda r: (int(r.integers(0, 7)), settings(r)),
    "bot.rules.news.nearest_s": lambda r: (now_utc_s(r), moments(r)),
    "bot.rules.news.window_finding": lambda r: (
        now_utc_s(r),
        moments(r),
        abs(seconds(r)),
        abs(seconds(r)),
    ),
    "bot.rules.news.fixed_window_finding": lambda r: (
        now_utc_s(r),
        TABLE,
        abs(seconds(r)),
        settings(r),
    ),
    "bot.rules.news.source_finding": lambda r: (now_utc_s(r), source(r), settings(r)),
    "bot.rules.news.grace_finding": lambda r: (finding(r), abs(seconds(r)), settings(r)),
    "bot.rules.news.straddle_finding": lambda r: (int(r.integers(0, 3)), seconds(r), settings(r)),
    "bot.rules.news.gap_is_near": lambda r: (now_utc_s(r), moments(r), settings(r)),
    "bot.rules.news.gap_changes_utc_s": lambda r: (now_utc_s(r), moments(r), settings(r)),
}
