"""Alerts on their way: kept until each channel took them, counted together, never too many.

Delivered at least once: an alert is on disk before anything forgets its cause, and leaves the disk
only when every channel that wants it took it. After a crash one may be told twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Final, Protocol

from pydantic import TypeAdapter, ValidationError

from bot.errors import BotError, StoreError

WAITING_MAX_COUNT: Final = 200
"""Alerts kept at most; beyond it the least severe and oldest is dropped, and that is told."""

_DROPPED = "dropped"
_FAILED_WAIT_S, _FAILED_WAIT_MAX_S = 5.0, 300.0
_TEXT_MAX_LENGTH = 500


class Severity(IntEnum):
    """How soon a person has to look."""

    INFO = 1
    WARNING = 2
    CRITICAL = 3


class ChannelError(BotError):
    """A channel did not take a message. Says only what kind of failure: addresses are secret."""


class Channel(Protocol):
    """A way to a person; called by the delivering thread only."""

    name: str
    severity_min: Severity

    def send(self, text: str) -> None:
        """Hand over one message of some lines; raises `ChannelError` when it was not taken."""
        ...


@dataclass(slots=True)
class Alert:
    """One thing to tell: `count` times so far, still untold on the channels `waiting`."""

    key: str
    severity: Severity
    text: str
    at_utc_s: float
    waiting: list[str]
    count: int = 1


_ALERTS: TypeAdapter[list[Alert]] = TypeAdapter(list[Alert])


@dataclass(slots=True)
class _Attempts:
    """When a channel that failed is asked again."""

    due_s: float = 0.0
    wait_s: float = 0.0


class Outbox:
    """Alerts that still have to be told. Any thread may raise; one thread delivers."""

    def __init__(
        self,
        channels: Sequence[Channel],
        save: Callable[[Mapping[str, object]], None],
        saved: Mapping[str, object],
    ) -> None:
        self._channels = tuple(channels)
        self._save = save
        self._lock = threading.Lock()
        self._attempts = {channel.name: _Attempts() for channel in channels}
        self._alerts = _known(saved, {channel.name for channel in channels})
        self.is_saved = True

    def raise_alert(self, key: str, severity: Severity, text: str, at_utc_s: float) -> None:
        """Keep an alert until it is told; one of the same key that still waits is counted up."""
        with self._lock:
            self._add(key, severity, text[:_TEXT_MAX_LENGTH], at_utc_s)
            self._shed(at_utc_s)
            self._put()

    def waiting_count(self) -> int:
        """How many alerts some channel did not take yet."""
        with self._lock:
            return len(self._alerts)

    def deliver(self, now_s: float) -> None:
        """Offer every channel what waits for it, as one message; `now_s` never steps back."""
        for channel in self._channels:
            attempts = self._attempts[channel.name]
            with self._lock:
                batch = [(a, a.count) for a in self._alerts if channel.name in a.waiting]
            if not batch or now_s < attempts.due_s:
                continue
            try:
                channel.send("\n".join(line_of(alert) for alert, _ in batch))
            except ChannelError:
                attempts.wait_s = min(
                    _FAILED_WAIT_MAX_S, max(_FAILED_WAIT_S, 2.0 * attempts.wait_s)
                )
                attempts.due_s = now_s + attempts.wait_s
                continue
            attempts.wait_s = 0.0
            self._told(channel.name, batch)

    def _add(self, key: str, severity: Severity, text: str, at_utc_s: float) -> None:
        wanting = [c.name for c in self._channels if severity >= c.severity_min]
        for alert in self._alerts:
            if alert.key == key and alert.severity == severity:
                alert.text, alert.at_utc_s, alert.waiting = text, at_utc_s, wanting
                alert.count += 1
                return
        self._alerts.append(Alert(key, severity, text, at_utc_s, wanting))

    def _shed(self, at_utc_s: float) -> None:
        while len(self._alerts) > WAITING_MAX_COUNT:
            kept = [alert for alert in self._alerts if alert.key != _DROPPED]
            least = min(kept, key=lambda alert: (alert.severity, alert.at_utc_s))
            self._alerts.remove(least)
            self._add(_DROPPED, Severity.WARNING, "too many alerts: some were dropped", at_utc_s)

    def _told(self, name: str, batch: Sequence[tuple[Alert, int]]) -> None:
        with self._lock:
            for alert, count in batch:
                if alert.count == count and name in alert.waiting:  # else it happened again
                    alert.waiting.remove(name)
            self._alerts = [alert for alert in self._alerts if alert.waiting]
            self._put()

    def _put(self) -> None:
        try:
            self._save({"alerts": [asdict(alert) for alert in self._alerts]})
            self.is_saved = True
        except StoreError:
            self.is_saved = False  # told from memory; the next change tries the disk again


def line_of(alert: Alert) -> str:
    """An alert as a person reads it."""
    times = f" ({alert.count} times)" if alert.count > 1 else ""
    return f"{alert.severity.name}: {alert.text}{times}"


def _known(saved: Mapping[str, object], names: set[str]) -> list[Alert]:
    """Alerts of an earlier life, for the channels there are now; unreadable ones are gone."""
    try:
        alerts = _ALERTS.validate_python(saved.get("alerts", []))
    except ValidationError:
        return []
    for alert in alerts:
        alert.waiting = [name for name in dict.fromkeys(alert.waiting) if name in names]
    return [alert for alert in alerts if alert.waiting]
