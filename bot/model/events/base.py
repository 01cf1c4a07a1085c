"""Base of the journal's typed lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    DURABLE: ClassVar[bool] = False
