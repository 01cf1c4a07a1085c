"""Writes bars as the readers expect them: Parquet with a UTC `time` column, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bot.adapters.bar_checks import TIMEFRAME_NAMES
from bot.errors import DataError
from bot.model.market import Bars, IntArray


class HistoryBars(NamedTuple):
    """Bars and what else is known of each; None for a column the origin does not have."""

    bars: Bars
    spread_points: IntArray | None = None
    tick_volume: IntArray | None = None


def bar_path(folder: Path, symbol: str, timeframe_s: int) -> Path:
    """Where bars belong: FOLDER/h1/EURUSD.parquet."""
    return folder / TIMEFRAME_NAMES[timeframe_s].lower() / f"{symbol}.parquet"


def write_bar_file(
    path: Path, history: HistoryBars, timeframe_s: int, price_basis: str = "bid"
) -> None:
    """Write `history` to `path`; raises `DataError` where the extra or the disk says no."""
    try:
        import pyarrow as pa  # noqa: PLC0415 -- an extra: only who writes Parquet needs it
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        message = f"{path}: writing Parquet needs the extra: pip install 'challenge-bot[research]'"
        raise DataError(message) from error
    bars = history.bars
    columns: dict[str, Any] = {
        "time": pa.array(bars.open_utc_s, type=pa.timestamp("s", tz="UTC")),
        "open": bars.open_price,
        "high": bars.high_price,
        "low": bars.low_price,
        "close": bars.close_price,
    }
    more = {"tick_volume": history.tick_volume, "spread": history.spread_points}
    columns |= {name: values for name, values in more.items() if values is not None}
    metadata = {"price_basis": price_basis, "timeframe": TIMEFRAME_NAMES[timeframe_s]}
    table = pa.table(columns).replace_schema_metadata(metadata)
    beside = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, beside)
        beside.replace(path)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror or error}"
        raise DataError(message) from error


def joined(parts: list[HistoryBars]) -> HistoryBars:
    """Parts one after the other; a column stays when every part has it."""
    bars = Bars(
        *(np.concatenate(columns) for columns in zip(*(p.bars for p in parts), strict=True))
    )
    return HistoryBars(
        bars,
        _column([part.spread_points for part in parts]),
        _column([part.tick_volume for part in parts]),
    )


def _column(parts: list[IntArray | None]) -> IntArray | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if len(known) == len(parts) else None
