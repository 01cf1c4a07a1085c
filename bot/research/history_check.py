"""Whether recorded bars are fit to be studied: refused, fit with warnings, or fit.

What no study could trust is refused by the reader itself, with file, row and value. What may be
true but is worth a look is a warning: holes, spikes, bars without range, a clock that shifts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.adapters.bar_checks import TIMEFRAME_NAMES, count_gaps, written
from bot.adapters.bar_files import BarFile, read_bar_file
from bot.adapters.bar_readers import READERS
from bot.errors import DataError
from bot.model.market import IntArray
from bot.timezones import server_offset_table

OK, WARNING, REFUSED = "ok", "warning", "refused"
_HOUR_S, _DAY_S = 3_600, 86_400
_WEEKEND_MIN_S, _WEEKEND_MAX_S = 30 * _HOUR_S, 4 * _DAY_S
_SPIKE_RANGES = 12.0
_SPIKE_BACK_FRACTION = 0.25
_USUAL_BARS = 50
_FLAT_FRACTION_MAX = 0.01
_SHIFTED_FRACTION_MIN = 0.15
_WEEKS_MIN_COUNT = 8


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file; `remarks` say what, where and how many; empty figures where it was refused."""

    path: str
    symbol: str
    status: str
    timeframe: str
    first: str
    last: str
    rows_count: int
    gaps_count: int
    price_basis: str
    remarks: tuple[str, ...]


def bar_files_in(place: Path) -> list[Path]:
    """`place` itself, or every file below it that could hold bars; hidden folders are left out.

    Raises `DataError` when there is none.
    """
    if place.is_file():
        return [place]
    found = [
        file
        for file in sorted(place.rglob("*"))
        if file.suffix.lower() in READERS
        and not any(part.startswith(".") for part in file.relative_to(place).parts)
    ]
    if not found:
        message = f"{place}: no bars here; allowed: a file or folder of {', '.join(READERS)}"
        raise DataError(message)
    return found


def check_files(files: Iterable[Path]) -> Iterator[FileRow]:
    """One row per file."""
    for file in files:
        yield check_file(file)


def check_file(path: Path) -> FileRow:
    """Read one file with every check, and look for what is merely strange."""
    symbol = path.stem.partition("_")[0].upper()
    try:
        file = read_bar_file(path)
    except DataError as error:
        return FileRow(str(path), symbol, REFUSED, "", "", "", 0, 0, "", (str(error),))
    remarks = tuple(_remarks(file))
    report = file.report
    return FileRow(
        path=str(path),
        symbol=symbol,
        status=WARNING if remarks else OK,
        timeframe=TIMEFRAME_NAMES[report.timeframe_s],
        first=written(report.first_utc_s),
        last=written(report.last_utc_s),
        rows_count=report.rows_count,
        gaps_count=report.gaps_count,
        price_basis=file.price_basis,
        remarks=remarks,
    )


def _remarks(file: BarFile) -> Iterator[str]:
    for found in (_gaps(file), _spikes(file), _flat_bars(file), _clock_shift(file)):
        if found:
            yield found


def _gaps(file: BarFile) -> str:
    """How many holes there are besides Christmas and New Year, and where the longest is."""
    times, timeframe_s = file.bars.open_utc_s, file.report.timeframe_s
    steps = np.diff(times)
    rows = [
        row
        for row in np.flatnonzero(steps > timeframe_s).tolist()
        if count_gaps(times[row : row + 2], timeframe_s) and not _is_year_end(int(times[row]))
    ]
    if not rows:
        return ""
    longest = max(rows, key=lambda row: int(steps[row]))
    return (
        f"{len(rows)} gaps in trading hours, the longest {steps[longest] / _HOUR_S:.0f} h "
        f"after {written(int(times[longest]))}"
    )


def _is_year_end(utc_s: int) -> bool:
    month_day = str(np.datetime64(utc_s, "s"))[5:10]
    return month_day >= "12-24" or month_day <= "01-02"


def _spikes(file: BarFile) -> str:
    """Bars that leap many usual ranges away and come back at once."""
    bars = file.bars
    close = bars.close_price
    if len(close) < 2 * _USUAL_BARS:
        return ""
    usual = _usual_range(bars.high_price - bars.low_price)
    reach = np.maximum(
        bars.high_price - np.maximum(bars.open_price, close),
        np.minimum(bars.open_price, close) - bars.low_price,
    )
    wick = reach > _SPIKE_RANGES * usual
    out, back = close[1:-1] - close[:-2], close[2:] - close[:-2]
    leap = np.abs(out) > _SPIKE_RANGES * usual[1:-1]
    leap &= np.abs(back) < _SPIKE_BACK_FRACTION * np.abs(out)
    wick[1:-1] |= leap
    return _where(wick, bars.open_utc_s, "outliers: a leap of over 12 usual ranges and back")


def _usual_range(ranges: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median range of the bars around each."""
    import pandas as pd  # noqa: PLC0415 -- slow to import

    rolled = pd.Series(ranges).rolling(_USUAL_BARS, min_periods=5, center=True).median()
    floor = float(np.median(ranges)) * _SPIKE_BACK_FRACTION
    usual: NDArray[np.float64] = np.nan_to_num(rolled.to_numpy(dtype=np.float64), nan=np.inf)
    return np.maximum(usual, floor)


def _flat_bars(file: BarFile) -> str:
    flat = file.bars.high_price == file.bars.low_price
    if np.mean(flat) <= _FLAT_FRACTION_MAX:
        return ""
    return _where(flat, file.bars.open_utc_s, "bars without a range")


def _clock_shift(file: BarFile) -> str:
    """Weeks open at one hour of New York's clock; two hours mean two clocks in one file.

    On the server's clock, seven hours ahead of New York, a right file has one hour all year round.
    """
    times = file.bars.open_utc_s
    if file.report.timeframe_s > _HOUR_S:
        return ""
    steps = np.diff(times)
    opens = times[1:][(steps >= _WEEKEND_MIN_S) & (steps <= _WEEKEND_MAX_S)]
    walls = _server_walls_s(opens)
    opens = opens[(walls // _DAY_S - 3) % 7 <= 1]  # 1970-01-04 was a Sunday: Sundays and Mondays
    hours = _server_walls_s(opens) % _DAY_S // _HOUR_S
    if len(hours) < _WEEKS_MIN_COUNT:
        return ""
    found, counts = np.unique(hours, return_counts=True)
    usual = int(found[np.argmax(counts)])
    shifted = hours != usual
    if np.mean(shifted) < _SHIFTED_FRACTION_MIN:
        return ""
    others = ", ".join(f"{hour:02d}:00" for hour in found[found != usual].tolist())
    return _where(
        shifted,
        opens,
        f"mixed clocks, summer time, or weeks that open late: usually they open at {usual:02d}:00 "
        f"of the server's clock, these at {others}",
    )


def _server_walls_s(utc_s: IntArray) -> IntArray:
    table = server_offset_table()
    index = np.searchsorted(table.starts_utc_s, utc_s, side="right") - 1
    return np.asarray(utc_s + table.offsets_s[np.maximum(index, 0)], dtype=np.int64)


def _where(marked: NDArray[np.bool_], times: IntArray, what: str) -> str:
    count = int(marked.sum())
    if not count:
        return ""
    first = written(int(times[int(np.argmax(marked))]))
    return f"{what}: {count} of {len(marked)}, first at {first}"
