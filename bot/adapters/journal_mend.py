"""Mends a damaged journal file: what is whole stays byte for byte, a seam says what is missing.

A seam is a line of its own, chained to the last whole line before the damage. The line after it is
taken at its word, the first of the next day as well: the chain begins again there, in sight of
every reader (FAULTS D07, D09).
"""

from __future__ import annotations

from typing import NamedTuple

from bot.adapters.journal_lines import (
    GENESIS,
    SEAM,
    EventLines,
    LineError,
    Stamp,
    line_hash,
    read_line,
)
from bot.model.events import JournalMended

_DETAIL_MAX_LENGTH = 300


class Place(NamedTuple):
    """The file that is mended: its name, its server day, and the moment of mending."""

    name: str
    day: int
    at_utc_s: float


class Before(NamedTuple):
    """The line before a file: its hash, None if it is not known, its sequence, and its kind."""

    last_hash: str | None
    seq: int | None = None
    is_seam: bool = False


START = Before(GENESIS, 0)
"""Before the first line of all."""

UNKNOWN = Before(None)


class Mended(NamedTuple):
    """The file's new bytes, and what was wrong with the old ones; nothing was if it is empty."""

    content: bytes
    why: tuple[str, ...]


def mended(lines: list[bytes], before: Before, place: Place) -> Mended:
    """Every whole line of `lines` in its order; a seam wherever the chain does not hold."""
    mender = _Mender(before, place)
    for number, line in enumerate(lines, start=1):
        mender.take(number, line)
    mender.end()
    return Mended(b"".join(mender.kept), tuple(mender.why))


class _Mender:
    """Goes through the lines of one file."""

    def __init__(self, before: Before, place: Place) -> None:
        self._place = place
        self._lines = EventLines()
        self._last_hash = before.last_hash
        self._before_seq = before.seq or 0
        is_next = before.is_seam or before == START
        self._last_seq = before.seq if is_next else None
        self._is_after_seam = before.is_seam
        self._lost_count = 0
        self.kept: list[bytes] = []
        self.why: list[str] = []

    def take(self, number: int, line: bytes) -> None:
        """Keep a whole line, behind a seam if it does not follow the one before."""
        try:
            document = read_line(line)
        except LineError as error:
            self._lose(f"line {number}: {error}")
            return
        seq, is_seam = int(str(document["seq"])), document["event"] == SEAM
        is_free = is_seam or self._is_after_seam  # a seam may stand for no line at all
        if self._last_seq is not None and seq < self._last_seq + (not is_free):
            self._lose(f"line {number}: sequence {seq} after {self._last_seq}")
            return
        if not self._follows(str(document["prev"]), seq, is_seam=is_seam):
            self._sew(seq - 1, f"line {number}: not chained to the line before")
        self._keep(line, seq)
        self._is_after_seam = is_seam

    def end(self) -> None:
        """What was lost after the last whole line is told as well."""
        if self._lost_count:
            last_seq = self._before_seq if self._last_seq is None else self._last_seq
            self._sew(last_seq + 1, "the last lines")

    def _follows(self, previous_hash: str, seq: int, *, is_seam: bool) -> bool:
        if self._last_hash is None:
            return self._lost_count == 0
        if self._is_after_seam:
            return seq - (self._last_seq or 0) in (0, 1)
        is_next = is_seam or self._last_seq is None or seq == self._last_seq + 1
        return previous_hash == self._last_hash and is_next

    def _lose(self, why: str) -> None:
        self._lost_count += 1
        self.why.append(why)

    def _sew(self, seq: int, why: str) -> None:
        last_seq = self._before_seq if self._last_seq is None else self._last_seq
        lost = self._lost_count or max(0, seq - last_seq)
        if not self._lost_count:
            self.why.append(why)
        place, detail = self._place, "; ".join(self.why)[:_DETAIL_MAX_LENGTH]
        event = JournalMended(file=place.name, lost_lines_count=lost, detail=detail)
        stamp = Stamp(max(seq, 0), place.at_utc_s, place.day)
        line = self._lines.line(event, stamp, self._last_hash or GENESIS)
        self._keep(line[:-1], stamp.seq)
        self._lost_count = 0

    def _keep(self, line: bytes, seq: int) -> None:
        self.kept.append(line + b"\n")
        self._last_hash, self._last_seq = line_hash(line), seq
