"""What a firm would ask about a day's conduct, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from bot.report import text as words
from bot.report.compliance_model import ConductLine
from bot.report.day_record import DayRecord
from bot.report.trades import TradeRow

_USUAL_COUNT, _USUAL_MIN_COUNT = 20, 5


def conduct_of(record: DayRecord, trades: Sequence[TradeRow], requests_count: int) -> ConductLine:
    """The day's figures; `trades` are all there are, in the order they opened."""
    opened = {opening.position_id for opening in record.openings}
    times = sorted(opening.at_utc_s for opening in record.openings)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    closed = set(record.closed_positions)
    holds = [
        row.closed_utc_s - row.opened_utc_s
        for row in trades
        if row.position_id in closed and row.closed_utc_s is not None
    ]
    ratios = [
        ratio
        for place, row in enumerate(trades)
        if row.position_id in opened and (ratio := _size_ratio(trades, place)) is not None
    ]
    return ConductLine(
        entries_count=len(record.openings),
        spacing_least_s=min(gaps, default=None),
        requests_count=requests_count,
        hold_least_s=min(holds, default=None),
        size_ratio_most=None if not ratios else round(max(ratios), 2),
    )


def conduct_rows(line: ConductLine) -> list[tuple[str, str]]:
    """The figures in words, for a table of two columns."""
    ratio = line.size_ratio_most
    return [
        ("entries", str(line.entries_count)),
        ("shortest time between two entries", _duration(line.spacing_least_s)),
        ("trade requests", str(line.requests_count)),
        ("shortest time a trade was held", _duration(line.hold_least_s)),
        (
            "largest risk against the usual one",
            "none to compare" if ratio is None else f"{ratio:g}x",
        ),
    ]


def _size_ratio(trades: Sequence[TradeRow], place: int) -> float | None:
    """A trade's risk against the median of the trades opened before it; None with too few."""
    before = [row.risk_money for row in trades[:place] if row.risk_money > 0.0]
    latest = before[-_USUAL_COUNT:]
    if len(latest) < _USUAL_MIN_COUNT:
        return None
    return trades[place].risk_money / median(latest)


def _duration(length_s: float | None) -> str:
    return "none to measure" if length_s is None else words.duration(length_s)
