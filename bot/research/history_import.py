"""Exports of the terminal and CSV into the project's own layout; nothing is repaired on the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.adapters.bar_checks import TIMEFRAME_NAMES
from bot.adapters.bar_files import BarFile, read_bar_file
from bot.adapters.bar_writer import HistoryBars, bar_path, write_bar_file
from bot.errors import DataError


@dataclass(frozen=True, slots=True)
class Imported:
    """Where a file went; `problem` is empty when it was written."""

    source: str
    path: str
    timeframe: str
    rows_count: int
    problem: str


def import_file(source: Path, out: Path, symbol: str | None) -> Imported:
    """Check one file as every reader does and write it to `out`; an existing one stays."""
    named = (symbol or source.stem.partition("_")[0]).upper()
    try:
        file = read_bar_file(source)
        place = bar_path(out, named, file.report.timeframe_s)
        _write_new(place, file)
    except DataError as error:
        return Imported(str(source), "", "", 0, str(error))
    label = TIMEFRAME_NAMES[file.report.timeframe_s]
    return Imported(str(source), str(place), label, file.report.rows_count, "")


def _write_new(place: Path, file: BarFile) -> None:
    if place.exists():
        message = f"{place} exists and is not overwritten; remove it or choose another --out"
        raise DataError(message)
    history = HistoryBars(file.bars, file.spread_points, file.tick_volume)
    write_bar_file(place, history, file.report.timeframe_s, file.price_basis)
