"""Bars from the terminal into Parquet, month by month, so that a stopped download goes on.

Whole months are kept below FOLDER/.parts and never asked for again; the months at either end of
what the broker has are. What is written to FOLDER has passed the checks every reader makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from bot.adapters.bar_checks import TIMEFRAME_NAMES
from bot.adapters.bar_files import BarFile, read_bar_file
from bot.adapters.bar_writer import HistoryBars, bar_path, joined, write_bar_file
from bot.errors import DataError
from bot.model.broker import Timeframe
from bot.ports import Read, Unknown

_PARTS = ".parts"


class HistorySource(Protocol):
    """Whoever has recorded bars; the terminal's client does."""

    def recorded_bars(
        self, symbol: str, timeframe: Timeframe, first_wall_s: int, last_wall_s: int
    ) -> Read[HistoryBars]:
        """Closed bars opening between two moments of the server's clock."""
        ...


class Month(NamedTuple):
    """A month of the server's calendar: its name and its first and last second on that clock."""

    name: str
    first_wall_s: int
    last_wall_s: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file: bars of one symbol and timeframe over months, oldest first."""

    symbol: str
    timeframe: Timeframe
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class Got:
    """What became of a wanted file; `problem` is empty when it was written."""

    symbol: str
    timeframe: str
    path: str
    rows_count: int
    months_asked_count: int
    months_kept_count: int
    problem: str


def months_between(first_day: int, last_day: int) -> tuple[Month, ...]:
    """The months that hold the server days from first to last, both included."""
    first = np.datetime64(first_day, "D").astype("datetime64[M]")
    last = np.datetime64(last_day, "D").astype("datetime64[M]")
    found = []
    for month in np.arange(first, last + 1):
        begin = int(month.astype("datetime64[s]").astype(np.int64))
        end = int((month + 1).astype("datetime64[s]").astype(np.int64))
        found.append(Month(str(month), begin, end - 1))
    return tuple(found)


class Download:
    """Asks a source for months and keeps them; `told` hears of each month."""

    def __init__(self, source: HistorySource, folder: Path, told: Callable[[str], None]) -> None:
        self._source = source
        self._folder = folder
        self._told = told

    def fetch(self, wanted: Wanted, is_stopped: Callable[[], bool]) -> Got:
        """Ask for what is missing, then write the file; when stopped, what was got is kept."""
        place = bar_path(self._folder, wanted.symbol, wanted.timeframe.value)
        if place.exists() and not self._parts(wanted).is_dir():
            problem = "holds bars that were not downloaded here; choose another folder with --out"
            return _got(wanted, place, problem)
        asked = kept = 0
        for month in wanted.months:
            if is_stopped():
                return _got(wanted, place, "interrupted", asked, kept)
            if self._part(wanted, month).exists():
                kept += 1
                continue
            problem = self._ask(wanted, month)
            asked += 1
            if problem:
                return _got(wanted, place, problem, asked, kept)
        try:
            rows_count = self._write(wanted, place)
        except DataError as error:
            return _got(wanted, place, str(error), asked, kept)
        name = TIMEFRAME_NAMES[wanted.timeframe.value]
        return Got(wanted.symbol, name, str(place), rows_count, asked, kept, "")

    def _ask(self, wanted: Wanted, month: Month) -> str:
        read = self._source.recorded_bars(wanted.symbol, wanted.timeframe, *month[1:])
        if isinstance(read, Unknown):
            return f"{month.name}: {read.reason}"
        count = len(read.value.bars.open_utc_s)
        label = TIMEFRAME_NAMES[wanted.timeframe.value]
        self._told(f"{wanted.symbol} {label} {month.name}: {count} bars")
        if count:
            is_whole = self._is_whole(wanted, month)
            part = self._part(wanted, month)
            place = part if is_whole else part.with_name(f"{month.name}.open.parquet")
            write_bar_file(place, read.value, wanted.timeframe.value)
        return ""

    def _is_whole(self, wanted: Wanted, month: Month) -> bool:
        """A month is whole once the source has a bar that opened after it."""
        after = self._source.recorded_bars(
            wanted.symbol, wanted.timeframe, month.last_wall_s + 1, month.last_wall_s + 40 * 86_400
        )
        return not isinstance(after, Unknown) and len(after.value.bars.open_utc_s) > 0

    def _write(self, wanted: Wanted, place: Path) -> int:
        """Join the parts, check them as any reader would, then put them in place."""
        parts = [_history(read_part) for read_part in self._read_parts(wanted)]
        if not parts:
            message = "the terminal has no bars of these months"
            raise DataError(message)
        whole, timeframe_s = joined(parts), wanted.timeframe.value
        label = TIMEFRAME_NAMES[timeframe_s].lower()
        tried = self._folder / _PARTS / "joined" / label / place.name
        write_bar_file(tried, whole, timeframe_s)
        read_bar_file(tried, timeframe_s)
        place.parent.mkdir(parents=True, exist_ok=True)
        tried.replace(place)
        return len(whole.bars.open_utc_s)

    def _read_parts(self, wanted: Wanted) -> Iterator[BarFile]:
        """Every kept month in order, asked for now or earlier; a month's whole part comes first."""
        names = sorted({file.name.split(".")[0] for file in self._parts(wanted).glob("*.parquet")})
        for name in names:
            whole = self._parts(wanted) / f"{name}.parquet"
            place = whole if whole.exists() else self._parts(wanted) / f"{name}.open.parquet"
            yield read_bar_file(place, wanted.timeframe.value)

    def _parts(self, wanted: Wanted) -> Path:
        label = TIMEFRAME_NAMES[wanted.timeframe.value].lower()
        return self._folder / _PARTS / label / wanted.symbol

    def _part(self, wanted: Wanted, month: Month) -> Path:
        return self._parts(wanted) / f"{month.name}.parquet"


def _history(file: BarFile) -> HistoryBars:
    return HistoryBars(file.bars, file.spread_points, file.tick_volume)


def _got(wanted: Wanted, place: Path, problem: str, asked: int = 0, kept: int = 0) -> Got:
    name = TIMEFRAME_NAMES[wanted.timeframe.value]
    return Got(wanted.symbol, name, str(place), 0, asked, kept, problem)
