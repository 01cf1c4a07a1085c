"""What sizing must remember: the peak of the closed balance, and the equity a day began with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class SizingState:
    """Survives a restart; of another account or phase it starts again.

    `peak_money` is the highest closed balance of the phase without what was paid in or out since
    the bot began. `start_equity_money` belongs to `day`, a firm's day number.
    """

    pinned: str = ""
    peak_money: float = 0.0
    day: int = 0
    start_equity_money: float = 0.0
