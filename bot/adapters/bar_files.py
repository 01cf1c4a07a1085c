"""Market history on disk: Parquet and CSV on UTC, MT5 "Export bars" text on its server clock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bot.adapters.bar_checks import (
    PRICES,
    TIMEFRAME_NAMES,
    RawBars,
    check_bars,
    count_gaps,
)
from bot.adapters.bar_readers import READERS
from bot.adapters.clock import SystemClock
from bot.errors import DataError
from bot.model.market import Bars, IntArray, OffsetTable
from bot.timezones import server_offset_table

_TIMEFRAMES_S: Final = {name: timeframe_s for timeframe_s, name in TIMEFRAME_NAMES.items()}


@dataclass(frozen=True, slots=True)
class BarFileReport:
    """What a file holds; `gaps_count` are holes of over two hours that no weekend explains."""

    path: str
    timeframe_s: int
    rows_count: int
    first_utc_s: int
    last_utc_s: int
    gaps_count: int
    price_basis: str


@dataclass(frozen=True, slots=True, eq=False)
class BarFile:
    """A validated file: its bars, what else it knows of each, and the report on it.

    `price_basis` is "bid" or "mid"; `spread_points` and `tick_volume` are None where the file has
    no such column, and 0 where its origin lacks the figure.
    """

    bars: Bars
    price_basis: str
    spread_points: IntArray | None
    tick_volume: IntArray | None
    report: BarFileReport


def load_bars(path: Path, timeframe_s: int | None = None) -> Bars:
    """The validated bars of one file, see `read_bar_file`."""
    return read_bar_file(path, timeframe_s).bars


def read_bar_file(
    path: Path,
    timeframe_s: int | None = None,
    clock: OffsetTable | None = None,
    now_utc_s: float | None = None,
) -> BarFile:
    """Bars of `timeframe_s` seconds from a .parquet or .csv file, validated.

    Without `timeframe_s` the file's name or folder must say it (h1/EURUSD.parquet, EURUSD_H1.csv);
    with it they must not contradict. `clock` is that of MT5 exports, by default the firm's server.
    Raises `DataError` naming file, row and value for whatever makes the bars unfit.
    """
    if not path.is_file():
        message = f"{path}: no such file"
        raise DataError(message)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        message = f"{path}: cannot read {path.suffix or 'a file without ending'}; allowed: "
        raise DataError(message + ", ".join(READERS))
    raw = reader(path, clock or server_offset_table())
    timeframe_s = _agreed_timeframe_s(raw, path, timeframe_s)
    if len(raw.time_utc_s) == 0:
        message = f"{path}: holds no bars; allowed: at least one row below the header"
        raise DataError(message)
    check_bars(raw, timeframe_s, SystemClock().now_utc_s() if now_utc_s is None else now_utc_s)
    return _bar_file(raw, timeframe_s)


def discover_bar_files(folder: Path, symbol: str) -> dict[int, BarFile]:
    """Every timeframe of `symbol` under `folder`, by seconds, shortest first.

    Looked for: h1/EURUSD.parquet, h1/EURUSD.csv, EURUSD_H1.csv and EURUSD_H1_<anything>.csv, for
    each timeframe. Raises `DataError` when there is none, or two files of one timeframe.
    """
    if not folder.is_dir():
        message = f"{folder}: no such folder"
        raise DataError(message)
    files = {}
    for timeframe_s, name in TIMEFRAME_NAMES.items():
        found = _files_of(folder, symbol, name)
        if len(found) > 1:
            message = f"{folder}: several {name} files of {symbol}: {', '.join(map(str, found))}"
            raise DataError(message + "; allowed: one")
        if found:
            files[timeframe_s] = read_bar_file(found[0], timeframe_s)
    if not files:
        message = f"{folder}: no bars of {symbol}; expected e.g. {folder / 'h1' / symbol}.parquet"
        raise DataError(message)
    return files


def discover_bars(folder: Path, symbol: str) -> dict[int, Bars]:
    """The bars alone of `discover_bar_files`."""
    return {seconds: file.bars for seconds, file in discover_bar_files(folder, symbol).items()}


def _files_of(folder: Path, symbol: str, name: str) -> list[Path]:
    nested = [folder / name.lower() / f"{symbol}{ending}" for ending in READERS]
    flat = [folder / f"{symbol}_{name}{ending}" for ending in READERS]
    exports = sorted(folder.glob(f"{symbol}_{name}_*.csv"))
    return [path for path in (*nested, *flat, *exports) if path.is_file()]


def _agreed_timeframe_s(raw: RawBars, path: Path, asked_s: int | None) -> int:
    if asked_s is not None and asked_s not in TIMEFRAME_NAMES:
        message = f"{path}: timeframe of {asked_s} s is unknown; allowed: {TIMEFRAME_NAMES}"
        raise DataError(message)
    named_s = _named_timeframe_s(path) or _TIMEFRAMES_S.get(raw.timeframe_name)
    if named_s is not None and asked_s not in {None, named_s}:
        message = (
            f"{path}: name says {TIMEFRAME_NAMES[named_s]} but {TIMEFRAME_NAMES[asked_s or 0]} "
            "bars were asked for"
        )
        raise DataError(message)
    agreed_s = asked_s or named_s
    if agreed_s is None:
        names = ", ".join(_TIMEFRAMES_S)
        message = f"{path}: neither name nor folder says which timeframe; allowed: {names}"
        raise DataError(message)
    return agreed_s


def _named_timeframe_s(path: Path) -> int | None:
    """The timeframe a file name (EURUSD_H1_2024.csv) or else its folder (h1) claims."""
    for word in (*path.stem.upper().split("_")[1:], path.parent.name.upper()):
        if word in _TIMEFRAMES_S:
            return _TIMEFRAMES_S[word]
    return None


def _bar_file(raw: RawBars, timeframe_s: int) -> BarFile:
    open_, high, low, close = (raw.prices[name] for name in PRICES)
    bars = Bars(
        raw.time_utc_s,
        open_,
        np.maximum(high, np.maximum(open_, close)),  # a tick of disagreement is tolerated
        np.minimum(low, np.minimum(open_, close)),
        close,
    )
    report = BarFileReport(
        path=raw.path,
        timeframe_s=timeframe_s,
        rows_count=len(raw.time_utc_s),
        first_utc_s=int(raw.time_utc_s[0]),
        last_utc_s=int(raw.time_utc_s[-1]),
        gaps_count=count_gaps(raw.time_utc_s, timeframe_s),
        price_basis=raw.price_basis,
    )
    spread, ticks = raw.spread_points, raw.tick_volume
    return BarFile(
        bars,
        raw.price_basis,
        None if spread is None else np.rint(spread).astype(np.int64),
        None if ticks is None else np.rint(ticks).astype(np.int64),
        report,
    )
