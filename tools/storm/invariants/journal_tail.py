"""The trader's journal as it stands on the scene's disk, read on from where it was left."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bot.adapters.journal_lines import GENESIS, LineError, line_hash, read_line
from bot.model import events
from bot.model.events import Event
from tools.storm.model import Scene

Line = Mapping[str, Any]

DURABLE: Final = frozenset(
    kind.__name__
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind.DURABLE
)
"""Kinds of events that are on disk before the trader goes on."""

_SUFFIX: Final = ".jsonl"
_NAME_LENGTH: Final = len("2026-01-01.jsonl")


class JournalTail:
    """`lines` are all valid lines so far; after a loss they end earlier, and a cut is noted.

    A cut is the index from which on lines were replaced; `dropped` are those of the newest cut.
    `again` are the places of lines that had been read before, went, and came back (from a copy).
    `breaks` are words about lines that cannot be read or do not follow the one before.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.cuts: list[int] = []
        self.dropped: list[Line] = []
        self.again: set[int] = set()
        self._known: set[tuple[int, str]] = set()
        self.breaks: list[str] = []
        self._path: Path | None = None
        self._offset = 0
        self._last = b""
        self._hash = GENESIS

    @property
    def page(self) -> str:
        """The name of the file that is read."""
        return "" if self._path is None else self._path.name

    def read_on(self, scene: Scene, *, may_turn: bool = True) -> None:
        """Take in what was added since the last look; start over when what was read is gone.

        A new day's file is looked for only where there `may_turn` be one.
        """
        if self._path is not None:
            content = scene.disk.read(self._path)
            begin = self._offset - len(self._last)
            if content is None or not content.startswith(self._last, begin):
                self._start_over(scene)
                return
            self._consume(content)
        if may_turn or self._path is None:
            self._turn_pages(scene)

    def _turn_pages(self, scene: Scene) -> None:
        known = "" if self._path is None else self._path.name
        for path in _day_files(scene):
            if path.name > known:
                self._path, self._offset, self._last = path, 0, b""
                self._consume(scene.disk.read(path) or b"")

    def _start_over(self, scene: Scene) -> None:
        before, self.lines = self.lines, []
        self.again.clear()
        self._path, self._offset, self._last, self._hash = None, 0, b"", GENESIS
        self._turn_pages(scene)
        pairs = zip(before, self.lines, strict=False)
        same_count = next(
            (place for place, (old, new) in enumerate(pairs) if old["crc"] != new["crc"]),
            min(len(before), len(self.lines)),
        )
        self.cuts.append(same_count)
        self.dropped = before[same_count:]

    def _consume(self, content: bytes) -> None:
        end = content.rfind(b"\n") + 1
        if end <= self._offset:
            return
        for raw in content[self._offset : end].split(b"\n")[:-1]:
            self._take(raw)
        self._offset = end

    def _take(self, raw: bytes) -> None:
        self._last = raw + b"\n"
        assert self._path is not None, "lines come from a file"
        try:
            line = read_line(raw)
        except LineError as error:
            self.breaks.append(f"{self._path.name}: {error}")
            return
        if line["prev"] != self._hash:
            self.breaks.append(
                f"{self._path.name}: line {line['seq']} does not follow {self._hash}"
            )
        self._hash = line_hash(raw)
        identity = (int(str(line["seq"])), str(line["crc"]))
        if identity in self._known:
            self.again.add(len(self.lines))
        self._known.add(identity)
        self.lines.append(line)


def newest_file(scene: Scene) -> Path | None:
    """The journal's file of the newest day."""
    files = _day_files(scene)
    return files[-1] if files else None


def _day_files(scene: Scene) -> list[Path]:
    folder = scene.journal_folder
    return [
        path
        for path in scene.disk.files(folder)
        if len(path.name) == _NAME_LENGTH and path.suffix == _SUFFIX and path.parent == folder
    ]
