"""A person's commands as files: written by one process, taken once by the trader.

Folder layout: `commands/*.json` waiting, `commands/done` carried out, `commands/rejected` refused
with a `.reason.txt` beside each. A file waits until what it asked for is on disk, so that a death
in between loses no command; one older than a minute is not begun at all (FAULTS H10).
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bot.adapters.atomic_file import write_all
from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.errors import BotError, StoreError
from bot.model.breakers import Breaker
from bot.ports import Command

VERBS = ("pause", "resume", "flatten", "reset")
BREAKERS = tuple(breaker.value for breaker in Breaker)
AGE_MAX_S = 60.0
REASON_MAX_LENGTH = 500
_EARLY_MAX_S = 5.0  # two clocks of one machine agree better than this
_SIZE_MAX_BYTES = 4096
_MOMENT_END_UTC_S = 1e11  # the year 5138
_DEPTH_MAX = 2
_TAKEN_PER_CALL_MAX_COUNT = 20
_KEPT_MAX_COUNT = 500
_ID_MAX_LENGTH = 64
_KEYS = frozenset({"command_id", "verb", "reason", "submitted_utc_s"})
_OPTIONAL_KEYS = frozenset({"argument"})
_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


class CommandRefusedError(BotError):
    """A command that is not carried out: says why and what is allowed."""


def submit(folder: Path, verb: str, reason: str, now_utc_s: float, argument: str = "") -> Command:
    """Hand a command to the trader; `now_utc_s` is the host's wall clock.

    `argument` is the breaker of a `reset`, and empty otherwise. Raises `CommandRefusedError` for
    words that would be refused, `StoreError` when the file cannot be written.
    """
    check_words(verb, reason, argument)
    for number in range(1, _KEPT_MAX_COUNT):
        command_id = f"{int(now_utc_s * 1000):013d}-{os.getpid()}-{number}"
        command = Command(command_id, verb, reason, argument)
        if _write(folder, command, now_utc_s):
            return command
    raise StoreError(f"{folder} is full of commands that nobody takes")


class CommandSpool:
    """Commands in `folder`; `wall` is the host's wall clock, which dates the files."""

    def __init__(self, folder: Path, wall: Callable[[], float]) -> None:
        self._folder = folder
        self._wall = wall
        self._taken_ids: set[str] = set()
        self._unfinished: dict[str, Path] = {}
        self._acknowledged: set[str] = set()
        for name in ("done", "rejected"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def take(self) -> Sequence[Command]:
        """Commands not yet taken, oldest first; what is stale or malformed is set aside.

        Each is handed out once by this process, and once more by the next if it is not
        acknowledged until then.
        """
        for command_id in sorted(self._acknowledged):
            self.acknowledge(command_id)
        unfinished = {path.name for path in self._unfinished.values()}
        names = [name for name in self._names() if name not in unfinished]
        if not names:
            return ()
        taken = [
            self._take_one(self._folder / name)
            for name in sorted(names)[:_TAKEN_PER_CALL_MAX_COUNT]
        ]
        self._forget_old()
        return [command for command in taken if command is not None]

    def acknowledge(self, command_id: str) -> None:
        """Set a command's file aside as done; one that cannot be moved now is moved later."""
        path = self._unfinished.get(command_id)
        if path is None:
            return
        self._acknowledged.add(command_id)
        try:
            path.replace(self._done_path(command_id))
        except FileNotFoundError:
            pass  # a person took it away: nothing is left to hand out
        except OSError:
            return
        del self._unfinished[command_id]
        self._acknowledged.discard(command_id)

    def _names(self) -> list[str]:
        """Files that wait; a folder that cannot be read holds no commands now."""
        try:
            with os.scandir(self._folder) as entries:
                return [entry.name for entry in entries if entry.name.endswith(".json")]
        except OSError:
            return []

    def _take_one(self, path: Path) -> Command | None:
        try:
            command = self._read(path)
        except CommandRefusedError as error:
            self._reject(path, str(error))
            return None
        except OSError:
            return None  # gone again, or held by its writer: the next cycle sees
        self._taken_ids.add(command.command_id)
        self._unfinished[command.command_id] = path
        return command

    def _read(self, path: Path) -> Command:
        if path.stat().st_size > _SIZE_MAX_BYTES:
            raise CommandRefusedError(f"larger than {_SIZE_MAX_BYTES} bytes")
        try:
            document = parse_object(path.read_bytes(), _SIZE_MAX_BYTES, _DEPTH_MAX)
        except StrictJsonError as error:
            raise CommandRefusedError(str(error)) from error
        if set(document) - _OPTIONAL_KEYS != _KEYS:
            wrong = ", ".join(sorted((set(document) - _OPTIONAL_KEYS) ^ _KEYS))
            raise CommandRefusedError(f"keys missing or unknown: {wrong}")
        command_id, submitted = document["command_id"], document["submitted_utc_s"]
        verb, reason = document["verb"], document["reason"]
        argument = document.get("argument", "")
        check_words(verb, reason, argument)
        self._check_id(command_id)
        self._check_age(submitted)
        return Command(str(command_id), str(verb), str(reason), str(argument))

    def _check_id(self, command_id: object) -> None:
        fits = isinstance(command_id, str) and 0 < len(command_id) <= _ID_MAX_LENGTH
        if not fits or not set(str(command_id)) <= _ID_CHARACTERS:
            raise CommandRefusedError(f"command_id {command_id!r}: letters, digits, _ and - only")
        if command_id in self._taken_ids or self._done_path(str(command_id)).exists():
            raise CommandRefusedError(f"command_id {command_id!r} was taken before")

    def _check_age(self, submitted: object) -> None:
        is_odd = isinstance(submitted, bool) or not isinstance(submitted, int | float)
        if is_odd or not isinstance(submitted, int | float) or abs(submitted) >= _MOMENT_END_UTC_S:
            shown = repr(submitted)[:_ID_MAX_LENGTH]
            raise CommandRefusedError(f"submitted_utc_s {shown} is no moment in UTC seconds")
        age_s = self._wall() - submitted
        if not -_EARLY_MAX_S <= age_s <= AGE_MAX_S:
            raise CommandRefusedError(f"{age_s:.0f} s old: must be between 0 and {AGE_MAX_S:.0f} s")

    def _reject(self, path: Path, why: str) -> None:
        """Set a command aside with the reason; one that cannot be moved is refused again."""
        rejected = self._folder / "rejected" / path.name
        with suppress(OSError):
            path.replace(rejected)
            write_all(rejected.with_suffix(".reason.txt"), f"{why}\n".encode(), fsync=False)

    def _done_path(self, command_id: str) -> Path:
        return self._folder / "done" / f"{command_id}.json"

    def _forget_old(self) -> None:
        """Keep the newest few hundred; older ids are refused by their age anyway."""
        for name in ("done", "rejected"):
            kept = sorted((self._folder / name).iterdir(), key=lambda path: path.name)
            for path in kept[: max(0, len(kept) - _KEPT_MAX_COUNT)]:
                with suppress(OSError):
                    path.unlink()


def check_words(verb: object, reason: object, argument: object) -> None:
    """The whole grammar: a known verb, one line of reason, a known breaker for `reset` alone.

    Raises `CommandRefusedError` saying what is allowed.
    """
    if verb not in VERBS:
        raise CommandRefusedError(f"verb {verb!r}: must be one of {', '.join(VERBS)}")
    if not isinstance(reason, str) or len(reason) > REASON_MAX_LENGTH:
        raise CommandRefusedError(f"reason: text of at most {REASON_MAX_LENGTH} characters")
    if not reason.isprintable():
        raise CommandRefusedError("reason: one line of printable characters")
    if verb == "reset":
        _check_reset(reason, argument)
    elif argument != "":
        raise CommandRefusedError(f"argument {argument!r}: {verb} takes none")


def _check_reset(reason: str, argument: object) -> None:
    if argument not in BREAKERS:
        close = difflib.get_close_matches(str(argument)[:_ID_MAX_LENGTH], BREAKERS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(BREAKERS)}"
        raise CommandRefusedError(f"breaker {argument!r}: no such breaker; {hint}")
    if not reason.strip():
        raise CommandRefusedError("reason: a reset needs one, in words")


def _write(folder: Path, command: Command, now_utc_s: float) -> bool:
    """Write the command's file; False when its name is taken."""
    document = {
        "command_id": command.command_id,
        "verb": command.verb,
        "reason": command.reason,
        "argument": command.argument,
        "submitted_utc_s": now_utc_s,
    }
    content = json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8")
    path = folder / f"{command.command_id}.json"
    temporary = path.with_suffix(".tmp")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() or (folder / "done" / path.name).exists():
            return False
        write_all(temporary, content, fsync=True)
        temporary.replace(path)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror or error}") from error
    return True
