"""One input: made from a seed, read under a time and memory limit, judged, and made smaller."""

from __future__ import annotations

import hashlib
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType
from typing import Final

from tools.fuzz.model import Answer, BrokenPromiseError, Kind, emptied
from tools.fuzz.spoil import spoilt

TIME_MAX_S: Final = 5.0
"""Processor time for one input, writing and checking it included."""

MEMORY_MAX_BYTES: Final = 512 * 1024 * 1024
"""Growth of the process's peak memory over one input."""

_HANG_S: Final = 20.0
_MINIMISE_TRIES: Final = 400
_COIN: Final = 0.4
_RSS_UNIT_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an input: its answer, or how a promise was broken."""

    answer: Answer | None
    told: str
    took_s: float

    @property
    def is_broken(self) -> bool:
        """Whether a promise was broken."""
        return self.answer is None


class HangError(BaseException):
    """The reader did not come back in time. No `except Exception` of a reader may catch it."""


def input_of(kind: Kind, seed: int, number: int) -> bytes:
    """The `number`-th input of a kind: the same for the same seed, whatever ran before."""
    rng = Random(f"{seed} {kind.name} {number}")  # noqa: S311 - repeatable, not secret
    raw, other = rng.choice(kind.seeds), rng.choice(kind.seeds)
    if number < len(kind.seeds):
        return kind.seeds[number]
    if rng.random() < _COIN:
        return kind.edit(rng, raw)
    return spoilt(rng, raw, other)


def judged(kind: Kind, folder: Path, raw: bytes) -> Verdict:
    """Read `raw` as the bot would. Whatever escapes but a broken promise is a crash."""
    emptied(folder)
    before_bytes, started_s = _peak_bytes(), _processor_s()
    answer: Answer | None = None
    told = ""
    try:
        with _in_time():
            answer = kind.read(folder, raw)
    except BrokenPromiseError as error:
        told = str(error)
    except HangError:
        told = f"no answer within {_HANG_S:.0f} s of the processor"
    except Exception as error:  # noqa: BLE001 - finding these is what this program is for
        told = f"crashed: {_where(error)}: {type(error).__name__}: {str(error)[:200]}"
    took_s, grown_bytes = _processor_s() - started_s, _peak_bytes() - before_bytes
    if answer is not None and took_s > TIME_MAX_S:
        answer, told = None, f"took {took_s:.1f} s of the processor"
    if answer is not None and grown_bytes > MEMORY_MAX_BYTES:
        answer, told = None, f"took {grown_bytes // 2**20} MB"
    return Verdict(answer, told, took_s)


def minimised(kind: Kind, folder: Path, raw: bytes, told: str) -> bytes:
    """A smaller input that breaks the same promise: spans are left out, halving their length."""
    family, tries = family_of(told), 0
    size = max(1, len(raw) // 2)
    while size >= 1 and tries < _MINIMISE_TRIES:
        at = 0
        while at < len(raw) and tries < _MINIMISE_TRIES:
            smaller = raw[:at] + raw[at + size :]
            verdict = judged(kind, folder, smaller)
            tries += 1
            if verdict.is_broken and family_of(verdict.told) == family:
                raw = smaller
            else:
                at += size
        size //= 2
    return raw


def family_of(told: str) -> str:
    """Findings of one cause: the sentence without its figures and quoted values."""
    words = told.split(": ")
    if words[0] == "crashed":
        return ": ".join(words[:3])
    before_values = told.split("'", maxsplit=1)[0]
    return "".join(letter for letter in before_values if not letter.isdigit())


def name_of(raw: bytes) -> str:
    """A short name for an input, from what it holds."""
    return hashlib.sha256(raw).hexdigest()[:12]


@contextmanager
def _in_time() -> Iterator[None]:
    def ring(_number: int, _frame: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, _HANG_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)


def _where(error: BaseException) -> str:
    """The last line of our own that the error came through."""
    place, trace = "", error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if "bot" in path.parts:
            place = f"{path.stem}.{trace.tb_frame.f_code.co_name}"
        trace = trace.tb_next
    return place


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT_BYTES
