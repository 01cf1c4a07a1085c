"""Recorded ticks on disk: Parquet on UTC, MT5 "Export ticks" text on its server clock."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bot.errors import DataError
from bot.model.market import FloatArray, IntArray, OffsetTable
from bot.rules.calendar import utc_from_server_s
from bot.timezones import server_offset_table

_MS: Final = 1000
_NEEDED: Final = ("time", "bid", "ask")
_EXPORT_NEEDED: Final = ("date", *_NEEDED)
_EXPORT_TIME_FORMAT: Final = "%Y.%m.%d %H:%M:%S.%f"


@dataclass(frozen=True, slots=True, eq=False)
class TickFile:
    """Ticks in the order of the file, which is that of time; nothing else is judged here."""

    symbol: str
    time_utc_ms: IntArray
    bid: FloatArray
    ask: FloatArray


def read_tick_file(path: Path, clock: OffsetTable | None = None) -> TickFile:
    """The ticks of one symbol from a .parquet or .csv file named SYMBOL or SYMBOL_anything.

    Parquet holds UTC `time`, `bid` and `ask`; text is the terminal's export, whose stamps are on
    `clock` (by default the firm's server) and whose empty prices are those of the line before.
    Raises `DataError` naming file and problem.
    """
    if not path.is_file():
        message = f"{path}: no such file"
        raise DataError(message)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        message = f"{path}: cannot read {path.suffix or 'a file without ending'}; allowed: "
        raise DataError(message + ", ".join(_READERS))
    times_ms, bids, asks = reader(path, clock or server_offset_table())
    for name, prices in (("bid", bids), ("ask", asks)):
        wrong = np.flatnonzero(~(prices >= 0.0) & ~np.isnan(prices) | np.isinf(prices))
        if len(wrong):
            row = int(wrong[0])
            message = f"{path}: {name} of tick {row + 1} is {prices[row]}; allowed: 0 or more"
            raise DataError(message)
    behind = np.flatnonzero(np.diff(times_ms) < 0)
    if len(times_ms) == 0 or len(behind):
        what = f"tick {int(behind[0]) + 2} is older than the one before" if len(behind) else "empty"
        message = f"{path}: {what}; allowed: ticks in order of time, at least one"
        raise DataError(message)
    return TickFile(path.stem.split("_")[0], times_ms, bids, asks)


_Columns = tuple[IntArray, FloatArray, FloatArray]


def _read_parquet(path: Path, _clock: OffsetTable) -> _Columns:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra: only who reads Parquet needs it
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        message = f"{path}: reading Parquet needs the extra: pip install 'challenge-bot[research]'"
        raise DataError(message) from error
    try:
        table = pq.ParquetFile(path).read()
        listed = table.column_names
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        message = f"{path}: not a readable Parquet file ({error})"
        raise DataError(message) from error
    _demand(path, {name: name for name in listed}, _NEEDED)
    if len(set(listed)) < len(listed):
        message = f"{path}: a column twice among {', '.join(listed)}; allowed: once"
        raise DataError(message)
    if not pa.types.is_timestamp(table.column("time").type):
        message = f"{path}: column time is {table.column('time').type}; allowed: timestamps"
        raise DataError(message)
    stamps = table.column("time").cast(pa.timestamp("ms", tz="UTC"), safe=False)
    times_ms = np.asarray(stamps.cast(pa.int64()).to_numpy(), dtype=np.int64)
    for name in _NEEDED[1:]:
        if not pa.types.is_floating(table.column(name).type):
            message = f"{path}: column {name} is {table.column(name).type}; allowed: float prices"
            raise DataError(message)
    bids, asks = (table.column(name).to_numpy() for name in _NEEDED[1:])
    return times_ms, np.asarray(bids, dtype=np.float64), np.asarray(asks, dtype=np.float64)


def _read_export(path: Path, clock: OffsetTable) -> _Columns:
    import pandas as pd  # noqa: PLC0415 - slow to import, and most commands read no files

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header
            frame = pd.read_csv(path, sep="\t", encoding="utf-8-sig", index_col=False)
    except (pd.errors.ParserError, pd.errors.ParserWarning, OSError, ValueError) as error:
        message = f"{path}: not a readable table ({error})"
        raise DataError(message) from error
    names = {str(name).strip("<> ").lower(): str(name) for name in frame.columns}
    _demand(path, names, _EXPORT_NEEDED)
    text = frame[names["date"]].astype(str) + " " + frame[names["time"]].astype(str)
    stamps = pd.to_datetime(text, utc=True, errors="coerce", format=_EXPORT_TIME_FORMAT)
    wrong = np.flatnonzero(stamps.isna().to_numpy())
    if len(wrong):
        row = int(wrong[0])
        message = f"{path}, line {row + 2}: time is {text.iloc[row]!r}; allowed: "
        raise DataError(message + "2024.03.01 14:00:00.123")
    wall_ms = np.asarray(stamps.astype("datetime64[ms, UTC]").astype(np.int64), dtype=np.int64)
    prices = [
        np.asarray(pd.to_numeric(frame[names[side]], errors="coerce").ffill(), dtype=np.float64)
        for side in ("bid", "ask")
    ]
    return _utc_ms(wall_ms, clock), prices[0], prices[1]


def _utc_ms(wall_ms: IntArray, clock: OffsetTable) -> IntArray:
    hours, inverse = np.unique(wall_ms // (3_600 * _MS), return_inverse=True)
    walls_s = [hour * 3_600 for hour in hours.tolist()]
    shifts_s = [int(utc_from_server_s(float(wall_s), clock)) - wall_s for wall_s in walls_s]
    return wall_ms + np.array(shifts_s, dtype=np.int64)[inverse] * _MS


def _demand(path: Path, names: Mapping[str, str], needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        message = f"{path}: column {missing[0]!r} is missing; there are: {', '.join(names)}"
        raise DataError(message)


_READERS: Final[Mapping[str, Callable[[Path, OffsetTable], _Columns]]] = {
    ".parquet": _read_parquet,
    ".csv": _read_export,
}
