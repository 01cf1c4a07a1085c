"""What the news gate must remember over a restart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class NewsState:
    """Since when the calendar has not been fresh (0 while it is), and what was last journalled."""

    not_fresh_since_utc_s: float = 0.0
    reported: str = ""
