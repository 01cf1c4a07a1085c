"""What a phase remembers beyond its running day; it survives restarts with the state."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ChallengeMemory:
    """Sums over closed days, the phase's first day, and when a trade was last opened (0: never)."""

    first_day: int = 0
    best_day_money: float = 0.0
    positive_days_money: float = 0.0
    last_opened_utc_s: float = 0.0
    alarmed_day: int = 0
