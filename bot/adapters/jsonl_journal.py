"""The journal: append-only, one file per server day, each line chained to the one before.

Nothing but the clock's time and the events gets in, so the same run writes the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.adapters.atomic_file import Sleep, patiently, sync_folder, write_all
from bot.adapters.clock import SystemClock
from bot.adapters.journal_files import day_path, journal_days, read_events, scan_file
from bot.adapters.journal_lines import (
    GENESIS,
    EventLines,
    LineError,
    Stamp,
    line_hash,
    read_line,
)
from bot.errors import StoreError
from bot.model.events import Event, FaultMet
from bot.model.market import OffsetTable
from bot.ports import Clock
from bot.rules.calendar import day_start_utc_s, server_day

_NO_DAY = -1
_TORN_MAX_COUNT = 999


class JsonlJournal:
    """Journal in one folder; `table` says which server day a moment belongs to.

    Opening it cuts off a line that a crash tore, keeps the cut bytes beside the file and records
    the fault; a damaged or missing line elsewhere in the newest file raises `StateCorruptError`.
    A clock that steps back never reopens an older day.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        table: OffsetTable,
        *,
        fsync: bool = True,
        sleep: Sleep | None = None,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._table = table
        self._fsync = fsync
        self._sleep = sleep or SystemClock().sleep
        self._lines = EventLines()
        self._descriptor = -1
        self._size_bytes = 0
        self._is_dirty = False
        self._seq = 1
        self._last_hash = GENESIS
        self._day = _NO_DAY
        self._day_ends_utc_s = -1.0
        patiently(self._make_folder, f"cannot make {folder}", self._sleep)
        torn = self._recover()
        if torn:
            self.record(FaultMet(fault="D01", detail=torn, count=1))

    def record(self, event: Event) -> None:
        """Append one event; a durable one is on disk when this returns.

        Raises `StoreError`; the event is then not in the journal, and the next may be recorded.
        """
        now_utc_s = self._clock.now_utc_s()
        if now_utc_s >= self._day_ends_utc_s or self._descriptor < 0:
            self._open_day(now_utc_s)
        if self._is_dirty:
            self._cut_back()
        stamp = Stamp(self._seq, now_utc_s, self._day)
        line = self._lines.line(event, stamp, self._last_hash)
        try:
            written_count = os.write(self._descriptor, line)
            if written_count == len(line) and self._fsync and event.DURABLE:
                os.fsync(self._descriptor)
        except OSError as error:
            self._undo(error.strerror or str(error), error)
        if written_count != len(line):
            self._undo(f"only {written_count} of {len(line)} bytes fitted", None)
        self._size_bytes += len(line)
        self._seq += 1
        self._last_hash = line_hash(line[:-1])

    def events(self, day: int | None = None) -> Sequence[Mapping[str, object]]:
        """Recorded events as documents, all or of one server day (days since 1970-01-01)."""
        return read_events(self._folder, day)

    def close(self) -> None:
        """Let go of the file; recording again reopens it."""
        if self._descriptor >= 0:
            if self._fsync:
                os.fsync(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1

    def _open_day(self, now_utc_s: float) -> None:
        """Continue in the file of the server day of `now_utc_s`, or of the newest day on disk."""
        today = server_day(now_utc_s, self._table)
        day = max(today, self._day)
        path = day_path(self._folder, day)
        what = f"cannot open {path}"
        if self._is_dirty:
            self._cut_back()
        patiently(self.close, what, self._sleep)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._descriptor = patiently(lambda: os.open(path, flags, 0o644), what, self._sleep)
        self._size_bytes = os.fstat(self._descriptor).st_size
        if self._fsync:
            patiently(lambda: sync_folder(self._folder), what, self._sleep)
        self._day = day
        self._day_ends_utc_s = day_start_utc_s(day + 1, self._table)

    def _undo(self, reason: str, error: OSError | None) -> None:
        """Take back what may have been written of a line; raises `StoreError`."""
        self._is_dirty = True
        message = f"cannot append to the journal of day {self._day}: {reason}"
        try:
            self._cut_back()
        except StoreError:
            message += "; the unfinished line is still there and is cut before the next one"
        raise StoreError(message) from error

    def _cut_back(self) -> None:
        """Cut the file to its last whole line."""
        try:
            os.ftruncate(self._descriptor, self._size_bytes)
        except OSError as error:
            message = f"cannot cut an unfinished line off the journal: {error.strerror}"
            raise StoreError(message) from error
        self._is_dirty = False

    def _make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)

    def _recover(self) -> str:
        """Find the end of the chain; returns what was torn off, or empty."""
        days = journal_days(self._folder)
        torn = ""
        for day in reversed(days):
            torn += self._recover_file(day)
            if self._day != _NO_DAY and self._last_hash != GENESIS:
                break
        return torn

    def _recover_file(self, day: int) -> str:
        path = day_path(self._folder, day)
        self._day = max(self._day, day)
        scan = scan_file(path, None)
        torn, documents, last_hash = scan.torn, scan.documents, scan.last_hash
        if torn and _is_whole(torn, last_hash if documents else None):
            self._append_newline(path)
            documents, last_hash, torn = [*documents, read_line(torn)], line_hash(torn), b""
        if documents:
            self._last_hash = last_hash
            self._seq = int(str(documents[-1]["seq"])) + 1
        if not torn:
            return ""
        kept = self._keep_torn(path, torn)
        with path.open("r+b") as file:
            file.truncate(scan.whole_bytes_count)
            os.fsync(file.fileno())
        return f"{path.name}: {len(torn)} bytes of an unfinished line cut off, kept as {kept.name}"

    def _append_newline(self, path: Path) -> None:
        """A line that lacks only its end was written whole."""
        with path.open("ab") as file:
            file.write(b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _keep_torn(self, path: Path, torn: bytes) -> Path:
        for number in range(1, _TORN_MAX_COUNT):
            kept = path.with_suffix(f".torn-{number}")
            if not kept.exists():
                break
        patiently(
            lambda: write_all(kept, torn, fsync=self._fsync), f"cannot write {kept}", self._sleep
        )
        return kept


def _is_whole(line: bytes, previous_hash: str | None) -> bool:
    try:
        document = read_line(line)
    except LineError:
        return False
    return previous_hash is None or document["prev"] == previous_hash
