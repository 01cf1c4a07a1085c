"""The calendar from files: re-read when they change, each bounded, none ever silently empty."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bot.adapters.calendar_export import EXPORT_NAME, parse_export
from bot.adapters.calendar_feed import FEED_NAME, parse_feed
from bot.adapters.calendar_hand import HAND_NAME, parse_hand
from bot.adapters.calendar_rows import BYTES_MAX, CalendarFormatError, CalendarPage
from bot.model.market import OffsetTable
from bot.model.news import (
    CalendarFiles,
    CalendarRead,
    CalendarSource,
    NewsEvent,
    SourceFacts,
    SourceFile,
    SourceStatus,
)
from bot.ports import Clock

Parse = Callable[[bytes], CalendarPage]

_OFF, _REQUIRED = "off", "required"


class _Stamp(NamedTuple):
    """What tells a changed file from an unchanged one."""

    modified_ns: int
    size_bytes: int
    inode: int


class _Shelf:
    """One file: its last reading, kept while the file stays the same."""

    def __init__(self, name: str, path: Path, parse: Parse, role: str) -> None:
        self._name = name
        self._path = path
        self._parse = parse
        self._is_required = role == _REQUIRED
        self._stamp: _Stamp | None = None
        self.events: tuple[NewsEvent, ...] = ()
        self.source = self._without(SourceStatus.ABSENT, "was not looked at yet")

    def look(self) -> bool:
        """Read the file if it changed; whether anything did."""
        try:
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                stamp = _Stamp(status.st_mtime_ns, status.st_size, status.st_ino)
                if stamp == self._stamp:
                    return False
                raw = file.read(BYTES_MAX + 1)
        except FileNotFoundError:
            return self._keep(None, (), self._without(SourceStatus.ABSENT, "no such file"))
        except OSError as error:
            why = f"cannot be read ({error.strerror or error})"
            return self._keep(None, (), self._without(SourceStatus.BROKEN, why))
        return self._take(raw, stamp)

    def _take(self, raw: bytes, stamp: _Stamp) -> bool:
        try:
            page = self._parse(raw)
        except CalendarFormatError as error:
            return self._keep(stamp, (), self._without(SourceStatus.BROKEN, str(error)))
        written = page.written_utc_s
        facts = SourceFacts(
            status=SourceStatus.READ.value,
            is_required=self._is_required,
            is_declared=page.is_declared,
            written_utc_s=stamp.modified_ns / 1e9 if written is None else written,
            covers_from_utc_s=page.covers_from_utc_s,
            covers_until_utc_s=page.covers_until_utc_s,
            rows_count=len(page.events),
        )
        return self._keep(stamp, page.events, CalendarSource(self._name, facts))

    def _keep(
        self, stamp: _Stamp | None, events: tuple[NewsEvent, ...], source: CalendarSource
    ) -> bool:
        is_new = stamp != self._stamp or source != self.source
        self._stamp, self.events, self.source = stamp, events, source
        return is_new

    def _without(self, status: SourceStatus, why: str) -> CalendarSource:
        facts = SourceFacts(
            status=status.value,
            is_required=self._is_required,
            is_declared=False,
            written_utc_s=0.0,
            covers_from_utc_s=0.0,
            covers_until_utc_s=0.0,
            rows_count=0,
        )
        return CalendarSource(self._name, facts, f"{self._path}: {why}")


class FileCalendar:
    """The union of feed, terminal export and hand-kept file, looked at now and then."""

    def __init__(
        self, files: CalendarFiles, folder: Path, clock: Clock, table: OffsetTable
    ) -> None:
        self._clock = clock
        self._reread_s = files.reread_s
        self._due_s = 0.0
        self._read: CalendarRead | None = None
        parsers: tuple[tuple[str, SourceFile, Parse], ...] = (
            (FEED_NAME, files.feed, parse_feed),
            (EXPORT_NAME, files.terminal, lambda raw: parse_export(raw, table)),
            (HAND_NAME, files.hand, parse_hand),
        )
        self._shelves = [
            _Shelf(name, folder / file.path, parse, file.role)
            for name, file, parse in parsers
            if file.role != _OFF
        ]

    def events(self) -> CalendarRead:
        """What the files say; the same object until one of them changes."""
        now_s = self._clock.monotonic_s()
        if self._read is not None and now_s < self._due_s:
            return self._read
        self._due_s = now_s + self._reread_s
        changes_count = sum(shelf.look() for shelf in self._shelves)
        if self._read is None or changes_count > 0:
            events = [event for shelf in self._shelves for event in shelf.events]
            self._read = CalendarRead(
                events=tuple(sorted(events, key=lambda event: event.utc_s)),
                sources=tuple(shelf.source for shelf in self._shelves),
            )
        return self._read
