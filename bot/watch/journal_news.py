"""What the trader's journal adds, as alerts. Reads whole lines only, and never writes there.

Where it was read to is kept after the alerts are, so that a crash tells a line twice, never not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bot.watch.alerts import Severity

SEVERITIES: Final[Mapping[str, Severity]] = {
    "BotStarted": Severity.INFO,
    "BotStopped": Severity.INFO,
    "PositionOpened": Severity.INFO,
    "PositionClosed": Severity.INFO,
    "DayClosed": Severity.INFO,
    "CommandTaken": Severity.INFO,
    "HaltCleared": Severity.INFO,
    "BreakerReset": Severity.INFO,
    "FlattenFinished": Severity.WARNING,
    "BrakeChanged": Severity.WARNING,
    "BreakerTripped": Severity.WARNING,
    "BreakerResetRefused": Severity.WARNING,
    "FaultMet": Severity.WARNING,
    "TargetReached": Severity.WARNING,
    "HaltLatched": Severity.CRITICAL,
    "PhaseDecided": Severity.CRITICAL,
}
"""Events a person hears of; every other one is in the journal for who asks."""

_READ_MAX_BYTES: Final = 1 << 20
_PATTERN: Final = "????-??-??.jsonl"
_NAME: Final = re.compile(r"|\d{4}-\d{2}-\d{2}\.jsonl")  # empty: there was no file yet
_OFFSET_END: Final = 2**62
_STARTED, _STOPPED = b'"event":"BotStarted"', b'"event":"BotStopped"'

Line = Mapping[str, object]


class JournalNews:
    """Follows the journal folder from a cursor `{"file": name, "offset": bytes}`.

    Without a cursor, or with one it cannot have written, it begins at the journal's end: history
    is no news.
    """

    def __init__(self, folder: Path, cursor: Mapping[str, object]) -> None:
        self._folder = folder
        name, offset = cursor.get("file"), cursor.get("offset")
        is_ours = isinstance(name, str) and _NAME.fullmatch(name) is not None
        if is_ours and isinstance(offset, int) and 0 <= offset < _OFFSET_END:
            self._name, self._offset = str(name), offset
        else:
            self._name, self._offset = self._end()

    @property
    def cursor(self) -> dict[str, object]:
        """Up to where lines were handed out."""
        return {"file": self._name, "offset": self._offset}

    def read(self, hear: Callable[[str, Severity, Line], None]) -> bool:
        """Hand out new lines, at most a megabyte; True when the cursor moved."""
        before = self._name, self._offset
        chunk = self._chunk()
        whole = chunk[: chunk.rfind(b"\n") + 1]
        for raw in whole.splitlines():
            self._hear(raw, hear)
        self._offset += len(whole)
        if not whole:
            self._turn_page()
        return before != (self._name, self._offset)

    def _hear(self, raw: bytes, hear: Callable[[str, Severity, Line], None]) -> None:
        try:
            line = json.loads(raw)
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict):
            hear("JournalLine", Severity.WARNING, {"detail": "a line that cannot be read"})
            return
        kind = str(line.get("event"))
        severity = SEVERITIES.get(kind)
        if severity is not None:
            hear(kind, severity, line)

    def _chunk(self) -> bytes:
        if not self._name:
            return b""
        try:
            with (self._folder / self._name).open("rb") as file:
                file.seek(self._offset)
                return file.read(_READ_MAX_BYTES)
        except OSError:
            return b""  # held or gone: asked again in a moment

    def _turn_page(self) -> None:
        later = [name for name in self._names() if name > self._name]
        if later:
            self._name, self._offset = later[0], 0

    def has_ended_on_purpose(self) -> bool:
        """Whether the last trader of the newest file wrote down that it ended as it was told to."""
        for name in reversed(self._names()):
            content = _bytes(self._folder / name)
            started, stopped = content.rfind(_STARTED), content.rfind(_STOPPED)
            if max(started, stopped) >= 0:
                return stopped > started
        return False

    def _end(self) -> tuple[str, int]:
        names = self._names()
        if not names:
            return "", 0
        return names[-1], _bytes(self._folder / names[-1]).rfind(b"\n") + 1

    def _names(self) -> list[str]:
        return sorted(path.name for path in self._folder.glob(_PATTERN))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
