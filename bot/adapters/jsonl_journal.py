"""The journal: append-only, one file per server day, each line chained to the one before.

Nothing but the clock's time and the events gets in, so the same run writes the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.adapters.atomic_file import Sleep, patiently, sync_file, sync_folder, write_all
from bot.adapters.clock import SystemClock
from bot.adapters.journal_files import (
    Scan,
    Scans,
    day_path,
    journal_days,
    line_before,
    read_events,
)
from bot.adapters.journal_lines import (
    GENESIS,
    EventLines,
    LineError,
    Stamp,
    line_hash,
    read_line,
)
from bot.adapters.journal_mend import UNKNOWN, Before, Place, mended
from bot.errors import StateCorruptError, StoreError
from bot.model.events import Event, FaultMet
from bot.model.market import OffsetTable
from bot.ports import Clock
from bot.rules.calendar import day_start_utc_s, server_day

_NO_DAY = -1
_KEPT_MAX_COUNT = 999
_MENDED_AT_OPENING_COUNT = 5
DAY_MAX_BYTES = 256 * 1024 * 1024
"""No sound day comes near it: 8 640 cycles with a line each are a few megabytes."""


class JsonlJournal:
    """Journal in one folder; `table` says which server day a moment belongs to.

    Opening it cuts off a line that a crash tore, keeps the cut bytes beside the file and records
    the fault. Damage elsewhere is never fatal: the file is kept beside itself, what is whole in it
    stays, and a seam (`JournalMended`) stands where lines are missing. The newest files are looked
    at when it is opened, an older one when it is read. A clock that steps back never reopens an
    older day. A day whose file is full keeps only what is forced to disk (FAULTS D12).
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
        self._scans = Scans()
        self._descriptor = -1
        self._size_bytes = 0
        self._is_dirty = False
        self._seq = 1
        self._last_hash = GENESIS
        self._day = _NO_DAY
        self._day_ends_utc_s = -1.0
        self._is_full = False
        patiently(self._make_folder, f"cannot make {folder}", self._sleep)
        damaged = self._mend(journal_days(folder)[-_MENDED_AT_OPENING_COUNT:])
        torn = self._recover()
        for fault, detail in (("D07", damaged), ("D01", torn)):
            if detail:
                self.record(FaultMet(fault=fault, detail=detail, count=1))

    def record(self, event: Event) -> None:
        """Append one event; a durable one is on disk when this returns.

        Raises `StoreError`; the event is then not in the journal, and the next may be recorded.
        """
        self._scans.forget()
        now_utc_s = self._clock.now_utc_s()
        if now_utc_s >= self._day_ends_utc_s or self._descriptor < 0:
            self._open_day(now_utc_s)
        if self._is_dirty:
            self._cut_back()
        if self._size_bytes >= DAY_MAX_BYTES and not event.DURABLE:
            if self._is_full:
                return
            self._is_full = True
            event = FaultMet(fault="D12", detail=f"over {DAY_MAX_BYTES} bytes today", count=1)
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
        try:
            return read_events(self._folder, day, self._scans)
        except StateCorruptError:
            patiently(self.close, f"cannot close {self._folder}", self._sleep)
            damaged = self._mend(journal_days(self._folder))
            self._recover()
            self.record(FaultMet(fault="D07", detail=damaged, count=1))
        return read_events(self._folder, day, self._scans)

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
        if self._fsync and _NO_DAY < self._day < day:  # a killed process forced nothing out
            before = day_path(self._folder, self._day)
            patiently(lambda: sync_file(before), what, self._sleep)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._descriptor = patiently(lambda: os.open(path, flags, 0o644), what, self._sleep)
        self._size_bytes = os.fstat(self._descriptor).st_size
        if self._fsync:
            patiently(lambda: sync_folder(self._folder), what, self._sleep)
        self._day = day
        self._is_full = False
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

    def _mend(self, days: Sequence[int]) -> str:
        """Mend the files of `days` in which the chain does not hold; returns what was wrong."""
        before = line_before(self._folder, days[0]) if days else UNKNOWN
        wrong = ""
        for day in days:
            is_newest = day == days[-1]
            try:
                scan = self._scan_whole(day, before, is_newest=is_newest)
            except StateCorruptError as error:
                wrong += f"{error}; " if not wrong else ""
                self._mend_file(day, before, is_newest=is_newest)
                scan = self._scan_whole(day, before, is_newest=is_newest)
            before = scan.last
        return wrong

    def _scan_whole(self, day: int, before: Before, *, is_newest: bool) -> Scan:
        """A file's lines; an unfinished last one is allowed in the newest file alone."""
        path = day_path(self._folder, day)
        scan = self._scans(path, before)
        if scan.torn and not is_newest:
            raise StateCorruptError(f"{path}: ends in {len(scan.torn)} bytes that are not a line")
        return scan

    def _mend_file(self, day: int, before: Before, *, is_newest: bool) -> None:
        """Keep the file as it is beside itself, then put the mended one in its place."""
        path = day_path(self._folder, day)
        raw = path.read_bytes()
        lines = raw.split(b"\n")
        torn = lines.pop() if is_newest or raw.endswith(b"\n") else b""
        place = Place(path.name, day, self._clock.now_utc_s())
        content = mended(lines, before, place).content + torn
        self._keep_beside(path, raw, "damaged")
        beside, what = path.with_suffix(".tmp"), f"cannot mend {path}"
        patiently(lambda: write_all(beside, content, fsync=self._fsync), what, self._sleep)
        patiently(lambda: beside.replace(path), what, self._sleep)

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
        scan = self._scans(path, UNKNOWN)
        torn, documents, last_hash = scan.torn, scan.documents, scan.last.last_hash or GENESIS
        if torn and _is_whole(torn, last_hash if documents else None):
            self._append_newline(path)
            documents, last_hash, torn = [*documents, read_line(torn)], line_hash(torn), b""
        if documents:
            self._last_hash = last_hash
            self._seq = int(str(documents[-1]["seq"])) + 1
        if not torn:
            return ""
        kept = self._keep_beside(path, torn, "torn")
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

    def _keep_beside(self, path: Path, content: bytes, mark: str) -> Path:
        for number in range(1, _KEPT_MAX_COUNT):
            kept = path.with_suffix(f".{mark}-{number}")
            if not kept.exists():
                break
        what = f"cannot write {kept}"
        patiently(lambda: write_all(kept, content, fsync=self._fsync), what, self._sleep)
        return kept


def _is_whole(line: bytes, previous_hash: str | None) -> bool:
    try:
        document = read_line(line)
    except LineError:
        return False
    return previous_hash is None or document["prev"] == previous_hash
