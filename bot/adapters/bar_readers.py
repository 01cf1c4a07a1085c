"""The three layouts of recorded bars, each read into `RawBars`; nothing is judged here but form."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from bot.adapters.bar_checks import PRICES, RawBars
from bot.errors import DataError
from bot.model.market import FloatArray, IntArray, OffsetTable

if TYPE_CHECKING:
    import pandas as pd

_TIME_NAMES: Final = ("time", "timestamp", "datetime", "date")
_TICK_NAMES: Final = ("tick_volume", "tickvol")
_EXPORT_COLUMNS: Final = ("date", "time", *PRICES)
_EXPORT_TIME_FORMAT: Final = "%Y.%m.%d %H:%M:%S"
_COLUMNS_MAX: Final = 100
_USABLE_FROM: Final = "usable_from"
_SEARCH_S: Final = 15 * 3_600  # farther than any clock is from UTC

Reader = Callable[[Path, OffsetTable], RawBars]


def read_parquet(path: Path, _clock: OffsetTable) -> RawBars:
    """Parquet with a UTC `time` column; rows before the schema's `usable_from` are left out.

    The schema's metadata may say `price_basis` (mid, bid, last: taken as mid). Needs pyarrow.
    """
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
    names = {name.lower(): name for name in listed}
    if len(names) < len(listed):
        message = f"{path}: a column twice among {', '.join(listed)}; allowed: once"
        raise DataError(message)
    _demand_columns(path, names, ("time", *PRICES))
    time = table.column(names["time"])
    if not pa.types.is_timestamp(time.type) or time.null_count:
        message = f"{path}: column time is {time.type} with {time.null_count} empty rows; allowed: "
        raise DataError(message + "timestamps in every row")
    seconds = time.cast(pa.timestamp("s", tz=time.type.tz), safe=False).cast(pa.int64())
    columns = {
        name: _as_floats(path, name, table.column(listed).to_numpy())
        for name, listed in names.items()
        if name in _known_columns()
    }
    metadata = {
        key.decode("utf-8", "replace"): value.decode("utf-8", "replace")
        for key, value in (table.schema.metadata or {}).items()
    }
    utc_s = np.asarray(seconds.to_numpy(), dtype=np.int64)
    skipped = int(np.searchsorted(utc_s, _usable_from_utc_s(path, metadata)))
    kept = {name: values[skipped:] for name, values in columns.items()}
    return _raw(path, utc_s[skipped:], kept, _Origin("row", skipped + 1, metadata))


def read_csv(path: Path, clock: OffsetTable) -> RawBars:
    """Comma-separated text with a UTC time column, or MT5's tab-separated export of bars.

    Recognised by the header; names of columns in any case, `timestamp` as good as `time`.
    """
    header = _header(path)
    if header.startswith("<"):
        return _read_export(path, clock)
    frame = _frame(path, ",")
    names = {str(name).strip().lower(): str(name) for name in frame.columns}
    time_name = next((name for name in _TIME_NAMES if name in names), "time")
    _demand_columns(path, names, (time_name, *PRICES))
    utc_s = _utc_seconds(path, frame[names[time_name]])
    return _raw(path, utc_s, _columns(path, frame, names), _TEXT)


READERS: Final[Mapping[str, Reader]] = {".parquet": read_parquet, ".csv": read_csv}
"""By file ending; text exports of the terminal end in .csv too."""


def _read_export(path: Path, clock: OffsetTable) -> RawBars:
    frame = _frame(path, "\t")
    names = {str(name).strip("<> ").lower(): str(name) for name in frame.columns}
    if "bid" in names:
        message = f"{path}: holds ticks, not bars; allowed: MT5's “Export bars”"
        raise DataError(message)
    if "time" not in names and "date" in names:  # daily and longer bars carry no time of day
        frame = frame.assign(**{"<TIME>": "00:00:00"})
        names["time"] = "<TIME>"
    _demand_columns(path, names, _EXPORT_COLUMNS)
    text = frame[names["date"]].astype(str) + " " + frame[names["time"]].astype(str)
    wall_s = _utc_seconds(path, text, _EXPORT_TIME_FORMAT)
    utc_s = _utc_from_walls_s(wall_s, clock)
    columns = _columns(path, frame, {k: v for k, v in names.items() if k != "time"})
    return _raw(path, utc_s, columns, _TEXT)


def _header(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            return lines.readline()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: not a readable text file ({error})"
        raise DataError(message) from error


def _frame(path: Path, separator: str) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow to import, and most commands read no files

    columns_count = _header(path).count(separator) + 1
    if columns_count > _COLUMNS_MAX:
        message = f"{path}: a header of {columns_count} columns; allowed: up to {_COLUMNS_MAX}"
        raise DataError(message)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header
            return pd.read_csv(path, sep=separator, encoding="utf-8-sig", index_col=False)
    except (pd.errors.ParserError, pd.errors.ParserWarning, OSError, ValueError) as error:
        message = f"{path}: not a readable table ({error})"
        raise DataError(message) from error


def _utc_seconds(path: Path, column: pd.Series, form: str | None = None) -> IntArray:
    import pandas as pd  # noqa: PLC0415

    times = pd.to_datetime(column, utc=True, errors="coerce", format=form or "ISO8601", cache=False)
    empty = np.flatnonzero(times.isna().to_numpy())
    if len(empty):
        row = int(empty[0])
        message = f"{path}, line {row + 2}: time is {column.iloc[row]!r}; allowed: "
        raise DataError(message + ("2024-03-01 or 2024-03-01 14:00:00" if form is None else form))
    return np.asarray(times.astype("datetime64[s, UTC]").astype(np.int64), dtype=np.int64)


def _utc_from_walls_s(wall_s: IntArray, clock: OffsetTable) -> IntArray:
    """As `bot.rules.calendar.utc_from_server_s`: in a doubled hour the earlier of the two."""

    def offsets_s(utc_s: IntArray) -> IntArray:
        index = np.searchsorted(clock.starts_utc_s, utc_s, side="right") - 1
        return clock.offsets_s[np.maximum(index, 0)]

    earlier = wall_s - offsets_s(wall_s - _SEARCH_S)
    later = wall_s - offsets_s(wall_s + _SEARCH_S)
    return np.where(earlier + offsets_s(earlier) == wall_s, earlier, later)


def _columns(path: Path, frame: pd.DataFrame, names: Mapping[str, str]) -> dict[str, FloatArray]:
    return {
        name: _as_floats(path, name, frame[listed].to_numpy())
        for name, listed in names.items()
        if name in _known_columns()
    }


def _known_columns() -> set[str]:
    return {*PRICES, *(f"ask_{name}" for name in PRICES), "spread", *_TICK_NAMES}


def _as_floats(path: Path, name: str, values: object) -> FloatArray:
    array = np.asarray(values)
    try:
        return np.asarray(array, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        row = next(i for i, value in enumerate(array.tolist()) if not _is_number(value))
        message = f"{path}: {name} in row {row + 1} is {array[row]!r:.60}; allowed: a number"
    raise DataError(message)


def _is_number(value: object) -> bool:
    try:
        return isinstance(value, float) or isfinite(float(str(value)))
    except ValueError:
        return False


def _demand_columns(path: Path, names: Mapping[str, str], needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        message = f"{path}: column {missing[0]!r} is missing; there are: {', '.join(names)}"
        raise DataError(message)


def _usable_from_utc_s(path: Path, metadata: Mapping[str, str]) -> int:
    text = metadata.get(_USABLE_FROM, "")
    if not text:
        return np.iinfo(np.int64).min
    try:
        return int(np.datetime64(text, "s").astype(np.int64))
    except ValueError as error:
        message = f"{path}: metadata {_USABLE_FROM} is {text!r}; allowed: a date, 2004-12-28"
        raise DataError(message) from error


def _price_basis(described: str) -> str:
    """The basis a file's description begins with; a last price stands between bid and ask."""
    return "mid" if "mid" in described or "last" in described else "bid"


class _Origin(NamedTuple):
    row_word: str
    first_row: int
    metadata: Mapping[str, str]


_TEXT: Final = _Origin("line", 2, {})  # the header is line 1


def _raw(
    path: Path, utc_s: IntArray, columns: Mapping[str, FloatArray], origin: _Origin
) -> RawBars:
    ticks = next((columns[name] for name in _TICK_NAMES if name in columns), None)
    return RawBars(
        path=str(path),
        row_word=origin.row_word,
        first_row=origin.first_row,
        time_utc_s=utc_s,
        prices={name: columns[name] for name in PRICES},
        ask_prices={name: columns[f"ask_{name}"] for name in PRICES if f"ask_{name}" in columns},
        spread_points=columns.get("spread"),
        tick_volume=ticks,
        price_basis=_price_basis(origin.metadata.get("price_basis", "")),
        timeframe_name=origin.metadata.get("timeframe", "").upper(),
    )
