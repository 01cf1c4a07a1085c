"""What happened, line by line: the last of it to read, all of it as one digest."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

KEPT_COUNT = 200


class Trace:
    """The last lines of an episode, and a digest over every line there ever was (I25)."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=KEPT_COUNT)
        self._digest = hashlib.blake2b(digest_size=16)

    def add(self, at_utc_s: float, kind: str, words: str) -> None:
        """Note one thing that happened at a true moment."""
        line = f"{at_utc_s:.3f} {kind} {words}"
        self._digest.update(line.encode() + b"\n")
        self._lines.append(line)

    @property
    def lines(self) -> Sequence[str]:
        """The newest lines, oldest first."""
        return tuple(self._lines)

    def digest(self) -> str:
        """Equal episodes give equal digests."""
        return self._digest.hexdigest()


def shown(line: str) -> str:
    """A line for people: the moment as a date."""
    moment, _, rest = line.partition(" ")
    at = datetime.fromtimestamp(float(moment), UTC)
    return f"{at:%a %m-%d %H:%M:%S}.{at.microsecond // 1000:03d}  {rest}"
