"""Changes in a table: cells, rows and columns of text files, and of Parquet ones."""

from __future__ import annotations

import io
from random import Random
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tools.fuzz.dread import WORDS

_CELLS: Final = (
    b"",
    b"nan",
    b"inf",
    b"-inf",
    b"NULL",
    b"-1",
    b"0",
    b"1e400",
    b"1e308",
    b"1,1",
    b"0x10",
    b"1_000",
    b"2026.13.45",
    b"0001.01.01",
    b"9999.12.31",
    b"1600-01-01 00:00:00",
    b"9999-12-31 23:59:59",
    b"25:61:61",
    b"2026-03-17T12:00:00+05:30",
    b'"',
    b'"a\nb"',
)
_NUMBERS: Final = (np.nan, np.inf, -np.inf, 0.0, -1.0, 1e300, 5e-324, 1e9)
_UNITS: Final = ("s", "ms", "us", "ns")
_NANOSECONDS_END_S: Final = 9 * 10**9
_LATE: Final = (-1, 0, 3_600, -86_400, 10**9, -(10**10))


def text_edit(rng: Random, raw: bytes) -> bytes:
    """A few cells, lines or a column of a text table otherwise than they were."""
    separator = b"\t" if b"\t" in raw else b","
    lines = raw.split(b"\n")
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(lines))
        if rng.getrandbits(1):
            cells = lines[at].split(separator)
            cells[rng.randrange(len(cells))] = rng.choice((rng.choice(_CELLS), rng.choice(WORDS)))
            lines[at] = separator.join(cells)
        else:
            _move_lines(rng, lines, at, separator)
    return b"\n".join(lines)


def _move_lines(rng: Random, lines: list[bytes], at: int, separator: bytes) -> None:
    other = rng.randrange(len(lines))
    deed = rng.choice(("swap", "double", "drop", "lengthen", "drop a column"))
    if deed == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    elif deed == "double":
        lines.insert(at, lines[other])
    elif deed == "drop":
        del lines[at : at + rng.choice((1, 2, 50))]
        lines.append(b"")
    elif deed == "lengthen":
        lines[at] += separator + rng.choice(_CELLS)
    else:
        column = rng.randrange(len(lines[0].split(separator)))
        for index, line in enumerate(lines):
            cells = line.split(separator)
            del cells[column : column + 1]
            lines[index] = separator.join(cells)


def parquet_edit(rng: Random, raw: bytes) -> bytes:
    """The same table with other values, types, order, or columns: a whole file that lies."""
    table = pq.read_table(io.BytesIO(raw))
    for _ in range(rng.choice((1, 1, 2))):
        table = rng.choice((_other_number, _other_time, _other_type, _other_rows, _other_names))(
            rng, table
        )
    written = io.BytesIO()
    pq.write_table(table, written)
    return written.getvalue()


def _other_number(rng: Random, table: pa.Table) -> pa.Table:
    found = [n for n, kind in enumerate(table.schema.types) if pa.types.is_floating(kind)]
    if not found or table.num_rows == 0:
        return table
    index = rng.choice(found)
    values = table.column(index).to_numpy().copy()
    values[rng.randrange(len(values))] = rng.choice(_NUMBERS)
    return table.set_column(index, table.column_names[index], pa.array(values))


def _other_time(rng: Random, table: pa.Table) -> pa.Table:
    if table.column_names.count("time") != 1 or table.num_rows == 0:
        return table
    column = table.column("time")
    if not pa.types.is_timestamp(column.type):
        return table
    stamps = column.cast(pa.timestamp("s", tz="UTC"), safe=False)
    seconds = stamps.cast(pa.int64()).to_numpy().copy()
    seconds[rng.randrange(len(seconds))] += rng.choice(_LATE)
    zone = rng.choice(("UTC", "UTC", None, "America/New_York"))
    stamps = pa.array(seconds).cast(pa.timestamp("s", tz=zone))
    if abs(int(seconds.min())) < _NANOSECONDS_END_S:
        stamps = stamps.cast(pa.timestamp(rng.choice(_UNITS), tz=zone))
    return table.set_column(table.column_names.index("time"), "time", stamps)


def _other_type(rng: Random, table: pa.Table) -> pa.Table:
    if table.num_columns == 0:
        return table
    index = rng.randrange(table.num_columns)
    name, rows = table.column_names[index], table.num_rows
    column = rng.choice(
        (
            pa.array(["x"] * rows),
            pa.array([None] * rows, type=pa.float64()),
            pa.array([True] * rows),
            pa.array([[1.0]] * rows),
            pa.array([1] * rows),
            pa.array([b"\xff"] * rows),
        )
    )
    return table.set_column(index, name, column)


def _other_rows(rng: Random, table: pa.Table) -> pa.Table:
    rows = list(range(table.num_rows))
    if not rows:
        return table
    at = rng.randrange(len(rows))
    changed = rng.choice((rows[::-1], [*rows[:at], at, *rows[at:]], rows[:at], [], rows[at::2]))
    return table.take(pa.array(changed, type=pa.int64()))


def _other_names(rng: Random, table: pa.Table) -> pa.Table:
    if table.num_columns == 0:
        return table
    index = rng.randrange(table.num_columns)
    name = table.column_names[index]
    deed = rng.randrange(3)
    if deed == 0:
        return table.remove_column(index)
    if deed == 1:
        names = list(table.column_names)
        names[index] = rng.choice((name.upper(), "time", "close", "", "\u202e"))
        return table.rename_columns(names)
    usable = rng.choice((b"soon", b"2026-03-17", b"NaT"))
    return table.replace_schema_metadata({b"price_basis": b"\xff\xfe", b"usable_from": usable})
