"""Fetches the weekly calendar politely: seldom, conditionally, and never over a better file.

What was asked when is kept on disk beside the file, so that a restarted fetcher is as polite as
one that never stopped: at most 2 downloads in 5 minutes, half an hour of silence after a refusal.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from bot.errors import BotError, StoreError
from bot.ports import Clock

DOWNLOADS_MAX_COUNT = 2
DOWNLOADS_SPAN_S = 300.0
"""The feed answers a third download within five minutes with 429 (PROP_RULES F)."""

REFUSED_WAIT_S = 1_800.0
"""Silence after a refusal, unless the server asks for more."""

_RETRY_AFTER_MAX_S = 86_400.0
_FAILED_WAIT_S, _FAILED_WAIT_MAX_S = 300.0, 3_600.0
_DOUBLINGS_MAX = 10
_REFUSALS = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE)


class DownloadError(BotError):
    """No usable answer came; says why."""


class Question(NamedTuple):
    """What is asked for; empty conditions ask for the file whatever it is."""

    url: str
    etag: str
    last_modified: str


class Answer(NamedTuple):
    """What a server said."""

    status: int
    body: bytes
    etag: str
    last_modified: str
    retry_after: str


class FetchResult(StrEnum):
    """How a fetch ended."""

    NEW = "new"
    UNCHANGED = "unchanged"
    WAITED = "waited"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """How a fetch ended, in words, and when the next may be made."""

    result: FetchResult
    words: str
    next_utc_s: float


@dataclass(frozen=True, slots=True)
class Manners:
    """What was asked when, and what the server said about the file we hold."""

    asked_utc_s: tuple[float, ...] = ()
    not_before_utc_s: float = 0.0
    failures_count: int = 0
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class FetchParts:
    """The network, the format and the disk.

    `check` returns how many events a body holds and raises `ValueError` when it is no calendar;
    `write` replaces a file whole and raises `StoreError`.
    """

    download: Callable[[Question], Answer]
    check: Callable[[bytes], int]
    write: Callable[[Path, bytes], None]
    clock: Clock = field(repr=False)


_MANNERS: TypeAdapter[Manners] = TypeAdapter(Manners)


class CalendarFetcher:
    """Fetches one address into one file."""

    def __init__(self, url: str, file: Path, parts: FetchParts) -> None:
        self._url = url
        self._file = file
        self._notes = file.with_name(file.name + ".fetch")
        self._p = parts

    def fetch(self) -> Fetched:
        """Ask if it is time to; the file is replaced only by a calendar that holds events.

        Raises `StoreError` when the disk refuses the file or the notes about it.
        """
        now = self._p.clock.now_utc_s()
        manners = self._manners(now)
        next_utc_s = _next_utc_s(manners)
        if now < next_utc_s:
            return Fetched(FetchResult.WAITED, "too soon after the last download", next_utc_s)
        recent = [at for at in manners.asked_utc_s if at > now - DOWNLOADS_SPAN_S]
        manners = replace(manners, asked_utc_s=(*recent, now))
        self._remember(manners)  # before asking: a crash must not make us ask again at once
        try:
            answer = self._p.download(self._question(manners))
        except DownloadError as error:
            return self._failed(manners, str(error), _failure_wait_s(manners))
        return self._take(manners, answer)

    def _take(self, manners: Manners, answer: Answer) -> Fetched:
        if answer.status == HTTPStatus.NOT_MODIFIED and self._file.exists():
            now = self._p.clock.now_utc_s()
            os.utime(self._file, (now, now))
            return self._kept(manners, FetchResult.UNCHANGED, "not changed on the server")
        if answer.status in _REFUSALS:
            wait_s = max(REFUSED_WAIT_S, self._retry_after_s(answer))
            return self._failed(manners, f"the server refused: {answer.status}", wait_s)
        if answer.status != HTTPStatus.OK:
            wait_s = max(_failure_wait_s(manners), self._retry_after_s(answer))
            return self._failed(manners, f"the server answered {answer.status}", wait_s)
        try:
            events_count = self._p.check(answer.body)
        except ValueError as error:
            return self._failed(manners, f"no calendar came: {error}", _failure_wait_s(manners))
        if events_count == 0:
            return self._failed(manners, "an empty calendar came", _failure_wait_s(manners))
        self._p.write(self._file, answer.body)
        manners = replace(
            manners,
            etag=answer.etag,
            last_modified=answer.last_modified,
            sha256=hashlib.sha256(answer.body).hexdigest(),
        )
        return self._kept(manners, FetchResult.NEW, f"{events_count} events")

    def _kept(self, manners: Manners, result: FetchResult, words: str) -> Fetched:
        manners = replace(manners, failures_count=0, not_before_utc_s=0.0)
        self._remember(manners)
        return Fetched(result, words, _next_utc_s(manners))

    def _failed(self, manners: Manners, words: str, wait_s: float) -> Fetched:
        """The file at hand stays; it grows stale by itself if nothing better comes."""
        not_before = self._p.clock.now_utc_s() + wait_s
        failures_count = manners.failures_count + 1
        manners = replace(manners, failures_count=failures_count, not_before_utc_s=not_before)
        self._remember(manners)
        return Fetched(FetchResult.FAILED, words, _next_utc_s(manners))

    def _question(self, manners: Manners) -> Question:
        """Conditional only while the file is the very one the server spoke of."""
        try:
            is_same = hashlib.sha256(self._file.read_bytes()).hexdigest() == manners.sha256
        except OSError:
            is_same = False
        if not is_same:
            return Question(self._url, "", "")
        return Question(self._url, manners.etag, manners.last_modified)

    def _retry_after_s(self, answer: Answer) -> float:
        """Seconds the server asks for, as a number or a date; 0 when it says nothing usable."""
        text = answer.retry_after.strip()
        if text.isdecimal():
            return min(float(text), _RETRY_AFTER_MAX_S)
        try:
            wait_s = parsedate_to_datetime(text).timestamp() - self._p.clock.now_utc_s()
        except ValueError:
            return 0.0
        return min(max(wait_s, 0.0), _RETRY_AFTER_MAX_S)

    def _manners(self, now_utc_s: float) -> Manners:
        """Our notes; notes that cannot be read count as two downloads made just now."""
        try:
            raw = self._notes.read_bytes()
        except FileNotFoundError:
            return Manners()
        except OSError as error:
            raise StoreError(f"{self._notes} cannot be read: {error.strerror}") from error
        try:
            manners = _MANNERS.validate_json(raw)
        except ValidationError:
            manners = Manners(asked_utc_s=(now_utc_s,) * DOWNLOADS_MAX_COUNT)
            self._remember(manners)
        is_near = manners.not_before_utc_s <= now_utc_s + _RETRY_AFTER_MAX_S
        if not is_near or max(manners.asked_utc_s, default=0.0) > now_utc_s:
            return replace(manners, asked_utc_s=(), not_before_utc_s=0.0)  # the clock was set back
        return manners

    def _remember(self, manners: Manners) -> None:
        self._p.write(self._notes, json.dumps(asdict(manners)).encode("utf-8"))


def _next_utc_s(manners: Manners) -> float:
    """The first moment at which asking is polite."""
    asked = manners.asked_utc_s
    if len(asked) < DOWNLOADS_MAX_COUNT:
        return manners.not_before_utc_s
    return max(manners.not_before_utc_s, asked[-DOWNLOADS_MAX_COUNT] + DOWNLOADS_SPAN_S)


def _failure_wait_s(manners: Manners) -> float:
    """Five minutes, doubled with each failure in a row, at most an hour."""
    doublings = min(manners.failures_count, _DOUBLINGS_MAX)
    return min(_FAILED_WAIT_S * 2.0**doublings, _FAILED_WAIT_MAX_S)
