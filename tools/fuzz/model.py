"""What a kind of file promises, and what a fuzzed input came to."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random

from bot.errors import BotError


class Answer(StrEnum):
    """What a reader made of a file. Anything else it does is a broken promise."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class BrokenPromiseError(Exception):
    """A reader took nonsense, lost bytes, or refused without saying what and why."""


Edit = Callable[[Random, bytes], bytes]
"""Changes a valid file below its checksums, so that only the values in it are wrong."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: valid examples, and the bot's own reader with its promise around it.

    `read(folder, raw)` puts `raw` where the bot looks, in a folder of its own that is empty before,
    and says what came of it. It raises `BrokenPromiseError`; whatever else escapes is a crash.
    """

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[Path, bytes], Answer]
    edit: Edit


def demand(told: str, *, that: bool) -> None:
    """Raise `BrokenPromiseError` saying `told` unless that is so."""
    if not that:
        raise BrokenPromiseError(told)


def refused(error: BotError, *names: str) -> Answer:
    """A refusal, which must be text a person can use: it names one of `names` and can be shown."""
    text = str(error)
    demand(f"{type(error).__name__} without a word", that=bool(text.strip()))
    demand(f"a refusal that cannot be printed: {text[:200]!r}", that=_is_showable(text))
    is_named = not names or any(name in text for name in names)
    demand(f"a refusal that names no file: {text[:200]!r}", that=is_named)
    return Answer.REFUSED


def demand_kept(folder: Path, raw: bytes) -> None:
    """The bytes must still be there: in their file, or in a copy set aside."""
    kept = any(path.read_bytes() == raw for path in folder.rglob("*") if path.is_file())
    demand("the file's bytes are nowhere any more", that=kept)


def demand_finite(value: object, where: str = "") -> None:
    """Every number in plain values is finite."""
    if isinstance(value, float):
        demand(f"{where or 'value'} is {value}", that=math.isfinite(value))
    elif isinstance(value, dict):
        for key, item in value.items():
            demand_finite(item, f"{where}.{key}")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            demand_finite(item, f"{where}[{index}]")


def emptied(folder: Path) -> Path:
    """The folder, made again with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def distinct(files: Iterable[bytes]) -> tuple[bytes, ...]:
    """Valid files, each once, in order."""
    return tuple(dict.fromkeys(files))


def _is_showable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
