"""The supervisor's flag: while it stands, every new trader manages positions and enters nothing.

A file and not a command: commands grow stale within a minute, a trader that dies at each start may
need longer. The trader takes it as its first command, journals it and latches a halt; `bot resume`
lifts both.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from bot.adapters.atomic_file import patiently, write_all
from bot.adapters.clock import SystemClock
from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.ports import MANAGE_ONLY, Command, Commands

_UNREADABLE = "the supervisor's flag is there and cannot be read"
_REASON_MAX_LENGTH = 500


def flag(path: Path, reason: str, now_utc_s: float) -> None:
    """Let traders that start from now on manage only. Raises `StoreError` when it cannot be."""
    beside = path.with_suffix(".tmp")
    document = {"reason": reason[:_REASON_MAX_LENGTH], "since_utc_s": now_utc_s}

    def put() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_all(beside, json.dumps(document).encode("ascii"), fsync=True)
        beside.replace(path)

    patiently(put, f"cannot write {path}", SystemClock().sleep)


def lift(path: Path) -> None:
    """Take the flag away. Raises `StoreError` when it cannot be."""
    patiently(lambda: path.unlink(missing_ok=True), f"cannot remove {path}", SystemClock().sleep)


def reason_of(path: Path) -> str | None:
    """Why the flag stands; None when it does not. One that cannot be read stands as well."""
    try:
        reason = parse_object(path.read_bytes()).get("reason")
    except FileNotFoundError:
        return None
    except (OSError, StrictJsonError):
        return _UNREADABLE
    is_said = isinstance(reason, str) and 0 < len(reason) <= _REASON_MAX_LENGTH
    return str(reason) if is_said else _UNREADABLE


class FlaggedCommands:
    """A person's commands, and once per process the flag's, before them."""

    def __init__(self, commands: Commands, path: Path) -> None:
        self._commands = commands
        self._path = path
        self._is_first = True

    def take(self) -> Sequence[Command]:
        """Commands not yet taken, oldest first."""
        was_first, self._is_first = self._is_first, False
        reason = reason_of(self._path) if was_first else None
        flagged = () if reason is None else (Command(MANAGE_ONLY, MANAGE_ONLY, reason),)
        return (*flagged, *self._commands.take())

    def acknowledge(self, command_id: str) -> None:
        """A person's command is finished; the flag stands until it is lifted."""
        if command_id != MANAGE_ONLY:
            self._commands.acknowledge(command_id)
