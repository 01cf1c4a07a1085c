"""What changed in how exposure is judged: groups that move together, the stage near the pass."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.events.base import Event


@dataclass(frozen=True, slots=True)
class GroupsMeasured(Event):
    """Correlation groups changed; each of `groups` is its members' names with blanks between.

    `measured_count` symbols had daily bars; a symbol that stands alone is not listed.
    """

    groups: tuple[str, ...]
    measured_count: int


@dataclass(frozen=True, slots=True)
class CoastChanged(Event):
    """Another stage near the pass, or the locked profit moved (a floor of 0: nothing is locked).

    `coast_factor` is what is left of a trade's risk from now on.
    """

    before: str
    after: str
    closed_profit_money: float
    target_money: float
    coast_factor: float
    lock_floor_money: float
