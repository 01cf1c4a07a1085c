"""Shows what files of bars hold and what is wrong with them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from bot.cli import console
from bot.research.history_check import OK, REFUSED, WARNING, FileRow, bar_files_in, check_files

_STATUS_WIDTH = 9


def check_and_tell(place: Path, *, as_json: bool) -> int:
    """One row per file; exit code 1 when one was refused."""
    rows = _rows(place)
    counts = {
        status: sum(row.status == status for row in rows) for status in (OK, WARNING, REFUSED)
    }
    if as_json:
        console.say_json({"files": [asdict(row) for row in rows], "counts": counts})
    else:
        for row in rows:
            console.say(console.folded(f"{row.status:<{_STATUS_WIDTH}}{_told(row, place)}"))
            for remark in row.remarks:
                console.say(console.folded(f"{'':<{_STATUS_WIDTH}}  {remark}"))
        console.say(", ".join(f"{count} {status}" for status, count in counts.items()))
    return 1 if counts[REFUSED] else 0


def list_and_tell(place: Path, *, as_json: bool) -> None:
    """What is held, one line per readable file; the others are counted."""
    rows = _rows(place)
    held = [row for row in rows if row.status != REFUSED]
    if as_json:
        console.say_json({"files": [asdict(row) for row in rows]})
        return
    from rich.table import Table  # noqa: PLC0415 -- slow to import

    table = Table(box=None, pad_edge=False)
    for heading in ("symbol", "bars", "first", "last"):
        table.add_column(heading)
    for heading in ("rows", "gaps"):
        table.add_column(heading, justify="right")
    table.add_column("price")
    for row in sorted(held, key=lambda one: (one.symbol, one.timeframe)):
        figures = (f"{row.rows_count:,}", str(row.gaps_count), row.price_basis)
        table.add_row(row.symbol, row.timeframe, row.first, row.last, *figures)
    console.console().print(table)
    if len(held) < len(rows):
        refused = len(rows) - len(held)
        console.say(f"{refused} files cannot be used: bot history check {place}")


def _rows(place: Path) -> list[FileRow]:
    files = bar_files_in(place)
    if len(files) > 1:
        console.tell(f"reading {len(files)} files ...")
    return list(check_files(files))


def _told(row: FileRow, place: Path) -> str:
    name = Path(row.path)
    shown = name.relative_to(place) if place.is_dir() else name
    if row.status == REFUSED:
        return str(shown)
    return f"{shown}: {row.rows_count:,} {row.timeframe} bars, {row.first} to {row.last}"
