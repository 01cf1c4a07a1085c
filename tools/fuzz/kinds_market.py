"""Recorded markets: bars as CSV, as the terminal exports them and as Parquet; ticks likewise."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from math import sin
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bot.adapters.bar_files import read_bar_file
from bot.adapters.tick_files import read_tick_file
from bot.errors import DataError
from tools.fuzz.model import Answer, Kind, demand, demand_kept, refused
from tools.fuzz.tables import parquet_edit, text_edit

_NOW_UTC_S: Final = 1_773_748_800.0
_FIRST_S: Final = 1_767_225_600 + 5 * 86_400  # Tuesday, 6 January 2026
_BARS_COUNT: Final = 60
_STILL_EVERY_TICKS: Final = 7
"""Now and then a price did not move, which the export leaves empty."""

_PRICE_MAX: Final = 1e9

Columns = dict[str, "np.ndarray[tuple[int], np.dtype[np.float64]]"]


def market_kinds() -> tuple[Kind, ...]:
    """Every layout of recorded bars and ticks that the bot reads."""
    return (
        Kind("bars, csv", (_csv(),), _bars("EURUSD_H1.csv"), text_edit),
        Kind("bars, terminal export", (_export(),), _bars("EURUSD_H1_2026.csv"), text_edit),
        Kind("bars, parquet", (_parquet(_bar_table()),), _bars("EURUSD_H1.parquet"), parquet_edit),
        Kind("ticks, terminal export", (_ticks(),), _tick_reader("EURUSD_t.csv"), text_edit),
        Kind(
            "ticks, parquet",
            (_parquet(_tick_table()),),
            _tick_reader("EURUSD.parquet"),
            parquet_edit,
        ),
    )


def _bars(name: str) -> Callable[[Path, bytes], Answer]:
    def read(folder: Path, raw: bytes) -> Answer:
        path = folder / name
        path.write_bytes(raw)
        try:
            file = read_bar_file(path, now_utc_s=_NOW_UTC_S)
        except DataError as error:
            return refused(error, name)
        finally:
            demand_kept(folder, raw)
        bars = file.bars
        times = bars.open_utc_s
        demand("accepted without bars", that=len(times) > 0)
        demand("times that do not ascend", that=bool(np.all(np.diff(times) > 0)))
        demand("bars of the future", that=float(times[-1]) <= _NOW_UTC_S)
        for prices in bars[1:]:
            good = np.isfinite(prices) & (prices > 0.0) & (prices < _PRICE_MAX)
            demand("prices that are none", that=bool(np.all(good)))
            demand("columns of unlike length", that=len(prices) == len(times))
        inside = (bars.low_price <= bars.close_price) & (bars.close_price <= bars.high_price)
        demand("closes outside their bar", that=bool(np.all(inside)))
        for counts in (file.spread_points, file.tick_volume):
            demand("negative counts", that=counts is None or bool(np.all(counts >= 0)))
        return Answer.ACCEPTED

    return read


def _tick_reader(name: str) -> Callable[[Path, bytes], Answer]:
    def read(folder: Path, raw: bytes) -> Answer:
        path = folder / name
        path.write_bytes(raw)
        try:
            file = read_tick_file(path)
        except DataError as error:
            return refused(error, name)
        finally:
            demand_kept(folder, raw)
        demand("accepted without ticks", that=len(file.time_utc_ms) > 0)
        demand("ticks that run back", that=bool(np.all(np.diff(file.time_utc_ms) >= 0)))
        for prices in (file.bid, file.ask):
            demand("columns of unlike length", that=len(prices) == len(file.time_utc_ms))
            demand("infinite prices", that=not bool(np.any(np.isinf(prices))))
            demand("prices below zero", that=not bool(np.any(prices < 0.0)))
        return Answer.ACCEPTED

    return read


def _times() -> list[int]:
    return [_FIRST_S + 3_600 * number for number in range(_BARS_COUNT)]


def _prices() -> dict[str, list[float]]:
    """A wave, with wicks that no two bars share."""
    closes = [round(1.1 + 0.004 * sin(number), 5) for number in range(_BARS_COUNT)]
    opens = [closes[0], *closes[:-1]]
    bodies = list(zip(opens, closes, strict=True))
    highs = [round(max(body) + 1e-5 * n, 5) for n, body in enumerate(bodies, 10)]
    lows = [round(min(body) - 1e-5 * n, 5) for n, body in enumerate(bodies, 10)]
    return {"open": opens, "high": highs, "low": lows, "close": closes}


def _csv() -> bytes:
    rows = ["time,open,high,low,close,tick_volume"]
    for utc_s, *prices in zip(_times(), *_prices().values(), strict=True):
        stamp = datetime.fromtimestamp(utc_s, UTC).strftime("%Y-%m-%d %H:%M:%S")
        rows.append(",".join([stamp, *(f"{price:.5f}" for price in prices), "120"]))
    return ("\n".join(rows) + "\n").encode()


def _export() -> bytes:
    names = ("DATE", "TIME", "OPEN", "HIGH", "LOW", "CLOSE", "TICKVOL", "VOL", "SPREAD")
    rows = ["\t".join(f"<{name}>" for name in names)]
    for utc_s, *prices in zip(_times(), *_prices().values(), strict=True):
        stamp = datetime.fromtimestamp(utc_s + 7_200, UTC).strftime("%Y.%m.%d\t%H:%M:%S")
        rows.append("\t".join([stamp, *(f"{price:.5f}" for price in prices), "120", "0", "6"]))
    return ("\r\n".join(rows) + "\r\n").encode()


def _ticks() -> bytes:
    rows = ["<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>"]
    for number, utc_s in enumerate(_times(), start=1):
        stamp = datetime.fromtimestamp(utc_s + 7_200, UTC).strftime("%Y.%m.%d\t%H:%M:%S.123")
        bid = "1.10000" if number % _STILL_EVERY_TICKS else ""
        rows.append("\t".join([stamp, bid, "1.10008", "", "", "6"]))
    return ("\r\n".join(rows) + "\r\n").encode()


def _bar_table() -> pa.Table:
    stamps = pa.array(_times()).cast(pa.timestamp("s", tz="UTC"))
    volumes = pa.array([120] * _BARS_COUNT)
    return pa.table({"time": stamps, **_prices(), "tick_volume": volumes})


def _tick_table() -> pa.Table:
    stamps = pa.array([1_000 * s for s in _times()]).cast(pa.timestamp("ms", tz="UTC"))
    bids = [1.1] * _BARS_COUNT
    return pa.table({"time": stamps, "bid": bids, "ask": [bid + 8e-5 for bid in bids]})


def _parquet(table: pa.Table) -> bytes:
    written = io.BytesIO()
    pq.write_table(table, written)
    return written.getvalue()
