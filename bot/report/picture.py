"""Equity against both floors and the target, drawn in characters for the console."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.report.documents import Document, number
from bot.report.text import day_text
from bot.rules.calendar import server_day
from bot.timezones import server_offset_table

_TICKS_COUNT = 5
_WIDTH_MIN, _HEIGHT_MIN = 40, 8
_EQUITY_FIELDS = ("DayOpened", "EquityLowMarked", "DayClosed", "BrakeChanged", "PhaseDecided")


class Point(NamedTuple):
    """Equity and the two floors at one moment; a floor of None was not known yet."""

    at_utc_s: float
    equity_money: float
    daily_floor_money: float | None
    total_floor_money: float | None


@dataclass(frozen=True, slots=True)
class PictureSize:
    """Columns and rows of the picture, and whether the console shows colours and braille."""

    columns: int
    rows: int
    has_colour: bool = True
    has_unicode: bool = True


def points_of(documents: Iterable[Document]) -> list[Point]:
    """The equity curve as the journal knows it: anchors, lows and decisions, in time order."""
    points: list[Point] = []
    daily: float | None = None
    total: float | None = None
    for document in documents:
        event = document.get("event")
        if event not in _EQUITY_FIELDS:
            continue
        if event == "DayOpened":
            daily = number(document, "daily_floor_money")
            total = number(document, "total_floor_money")
        equity = number(document, "equity_money")
        points.append(Point(number(document, "at_utc_s"), equity, daily, total))
    return sorted(points, key=lambda point: point.at_utc_s)


def thinned(points: Sequence[Point], count_max: int) -> list[Point]:
    """At most about `count_max` points: of each stretch the lowest, and the last one of all."""
    if len(points) <= count_max:
        return list(points)
    stride = -(-len(points) // max(1, count_max))
    kept = [
        min(points[start : start + stride], key=lambda point: point.equity_money)
        for start in range(0, len(points), stride)
    ]
    if kept[-1] is not points[-1]:
        kept.append(points[-1])
    return kept


def picture(points: Sequence[Point], target_balance_money: float | None, size: PictureSize) -> str:
    """The drawing as text with line ends; ANSI colours only when asked for."""
    if not points:
        return "No equity known yet."
    import plotext  # noqa: PLC0415 -- a third of a second that only pictures need

    shown = thinned(points, 2 * size.columns)
    plotext.terminal.limit(False, False)  # noqa: FBT003 -- the library's own signature
    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(max(size.columns, _WIDTH_MIN), max(size.rows, _HEIGHT_MIN))
    for curve in _curves(shown, target_balance_money, size):
        marker = plotext.marker(curve.marker, pixel=curve.colour)
        figure.draw(figure.signal(curve.moments, curve.amounts, marker=marker).lines())
    levels = _levels(shown, target_balance_money)
    figure.ruler("y", 0).ticks(levels, [f"{level:,.0f}".replace(",", " ") for level in levels])
    ticks = _moments(shown[0].at_utc_s, shown[-1].at_utc_s)
    figure.ruler("x", 0).ticks(ticks, [_date(tick) for tick in ticks])
    return str(figure.build().string(not size.has_colour))


@dataclass(frozen=True, slots=True)
class _Curve:
    moments: list[float]
    amounts: list[float]
    marker: str
    colour: str


def _curves(
    points: Sequence[Point], target_balance_money: float | None, size: PictureSize
) -> list[_Curve]:
    """Floors and target first, so that equity is drawn over them."""
    moments = [point.at_utc_s for point in points]
    curves = [
        _floor(points, [point.total_floor_money for point in points], ("=", "red")),
        _floor(points, [point.daily_floor_money for point in points], ("-", "orange")),
    ]
    if target_balance_money is not None:
        curves.append(_Curve(moments, [target_balance_money] * len(moments), "+", "green"))
    marker = "braille" if size.has_unicode else "*"
    curves.append(_Curve(moments, [point.equity_money for point in points], marker, "blue"))
    return [curve for curve in curves if curve.moments]


def _floor(
    points: Sequence[Point], amounts: Sequence[float | None], look: tuple[str, str]
) -> _Curve:
    known = [
        (point.at_utc_s, amount)
        for point, amount in zip(points, amounts, strict=True)
        if amount is not None
    ]
    return _Curve([at for at, _ in known], [amount for _, amount in known], *look)


def _levels(points: Sequence[Point], target_balance_money: float | None) -> list[float]:
    """The amounts worth reading off: both floors now, equity now, target."""
    last = points[-1]
    levels = {last.equity_money, last.daily_floor_money, last.total_floor_money}
    levels.add(target_balance_money)
    return sorted(level for level in levels if level is not None)


def _moments(first_utc_s: float, last_utc_s: float) -> list[float]:
    step_s = (last_utc_s - first_utc_s) / (_TICKS_COUNT - 1)
    if step_s <= 0.0:
        return [first_utc_s]
    return [first_utc_s + step_s * index for index in range(_TICKS_COUNT)]


def _date(utc_s: float) -> str:
    return day_text(server_day(utc_s, server_offset_table()))
