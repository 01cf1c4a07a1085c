"""The trader's journal as it stands on the scene's disk, read on from where it was left."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from bot.adapters.journal_lines import GENESIS, SEAM, LineError, line_hash, read_line
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


class _Place(NamedTuple):
    """How far was read: the file, the byte, the last line with its hash, sequence and kind."""

    path: Path | None = None
    offset: int = 0
    last: bytes = b""
    last_hash: str = GENESIS
    seq: int = 0
    is_seam: bool = False


class JournalTail:
    """`lines` are all valid lines so far; after a loss they end earlier, and a cut is noted.

    A cut is the index from which on lines were replaced; `dropped` are those of the newest cut
    that are nowhere any more. `again` are the places of lines that had been read before, went, and
    came back (from a copy, or behind a seam). `breaks` are words about lines that cannot be read or
    do not follow the one before; the first line behind a seam follows it by its number alone.

    A death may leave a torn or half-written line. The next start has to mend it, and before that
    nobody can: while no trader runs, reading waits in front of such a line, and is taken up there.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.cuts: list[int] = []
        self.dropped: list[Line] = []
        self.again: set[int] = set()
        self._known: set[tuple[int, str]] = set()
        self.breaks: list[str] = []
        self._at = _Place()
        self._is_mended = True

    @property
    def page(self) -> str:
        """The name of the file that is read."""
        return "" if self._at.path is None else self._at.path.name

    def read_on(self, scene: Scene, *, may_turn: bool = True) -> None:
        """Take in what was added since the last look; start over when what was read is gone.

        A new day's file is looked for only where there `may_turn` be one.
        """
        self._is_mended = scene.bot is not None
        path = self._at.path
        if path is not None:
            content = scene.disk.read(path)
            begin = self._at.offset - len(self._at.last)
            if content is None or not content.startswith(self._at.last, begin):
                self._start_over(scene)
                return
            if not self._consume(content):
                return
        if may_turn or path is None:
            self._turn_pages(scene)

    def _turn_pages(self, scene: Scene) -> bool:
        """Read newer files; whether all of them could be read to their end."""
        known = self.page
        for path in _day_files(scene):
            if path.name > known:
                self._at = self._at._replace(path=path, offset=0, last=b"")
                if not self._consume(scene.disk.read(path) or b""):
                    return False
        return True

    def _start_over(self, scene: Scene) -> None:
        before, kept = self.lines, (self._at, self.again, self._known)
        self.lines, self._at = [], _Place()
        self.again, self._known = set(), set(self._known)
        if not self._turn_pages(scene):
            self.lines, (self._at, self.again, self._known) = before, kept
            return  # damaged, and nobody there to mend it yet
        pairs = zip(before, self.lines, strict=False)
        same_count = next(
            (place for place, (old, new) in enumerate(pairs) if old["crc"] != new["crc"]),
            min(len(before), len(self.lines)),
        )
        there = {_identity(line) for line in self.lines[same_count:]}
        self.cuts.append(same_count)
        self.dropped = [line for line in before[same_count:] if _identity(line) not in there]

    def _consume(self, content: bytes) -> bool:
        """Read whole lines; False when it has to wait in front of one."""
        end = content.rfind(b"\n") + 1
        if end <= self._at.offset:
            return True
        fresh = content[self._at.offset : end].split(b"\n")[:-1]
        return all(self._take(raw) for raw in fresh)

    def _take(self, raw: bytes) -> bool:
        at = self._at
        assert at.path is not None, "lines come from a file"
        passed = at._replace(offset=at.offset + len(raw) + 1, last=raw + b"\n")
        try:
            line = read_line(raw)
        except LineError as error:
            return self._break(passed, f"{at.path.name}: {error}")
        seq = int(str(line["seq"]))
        is_next = line["prev"] == at.last_hash or (at.is_seam and seq - at.seq in (0, 1))
        if not is_next and not self._break(
            passed, f"{at.path.name}: line {seq} does not follow {at.last_hash}"
        ):
            return False
        is_seam = line["event"] == SEAM
        self._at = passed._replace(last_hash=line_hash(raw), seq=seq, is_seam=is_seam)
        if _identity(line) in self._known:
            self.again.add(len(self.lines))
        self._known.add(_identity(line))
        self.lines.append(line)
        return True

    def _break(self, passed: _Place, words: str) -> bool:
        """Note a line that is not as it should be; False to wait for its mending."""
        if self._is_mended:
            self.breaks.append(words)
            self._at = passed
        return self._is_mended


def _identity(line: Line) -> tuple[int, str]:
    return int(str(line["seq"])), str(line["crc"])


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
