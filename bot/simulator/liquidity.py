"""How much of an order the market takes at the quote of now.

The contract says what each quote offers on either side; orders use it up until the next quote.
Another `Liquidity` can be put into `Execution.liquidity`: a fault that fills in steps is one.
"""

from __future__ import annotations

from math import ceil, floor, inf
from typing import Final, NamedTuple

from bot.simulator.state import SymbolDesk

_LOTS_DIGITS: Final = 8
_STEP_NOISE: Final = 1e-6


class Wanted(NamedTuple):
    """What an order still wants, and what it has got so far."""

    desk: SymbolDesk
    side: int
    lots: float
    filled_lots: float = 0.0


class Liquidity:
    """Offers `liquidity_lots` of the contract at each quote and side; 0 there is any amount."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, int], tuple[int, float]] = {}

    def offered_lots(self, wanted: Wanted) -> float:
        """The most that can be filled now; infinite where nothing limits it."""
        offered = wanted.desk.contract.liquidity_lots
        if offered <= 0.0:
            return inf
        cursor, taken = self._taken.get((wanted.desk.name, wanted.side), (-1, 0.0))
        if cursor == wanted.desk.tape.cursor:
            offered = max(offered - taken, 0.0)
        return floor_to_step(offered, wanted.desk)

    def take(self, wanted: Wanted, lots: float) -> None:
        """Use up what has been filled, until the next quote."""
        if wanted.desk.contract.liquidity_lots <= 0.0:
            return
        key, now = (wanted.desk.name, wanted.side), wanted.desk.tape.cursor
        cursor, taken = self._taken.get(key, (-1, 0.0))
        self._taken[key] = (now, lots + (taken if cursor == now else 0.0))


class SteppedLiquidity(Liquidity):
    """Fills every order in `steps_count` parts of about equal size, one at each quote."""

    def __init__(self, steps_count: int) -> None:
        super().__init__()
        self._steps_count = steps_count
        self._served: dict[tuple[str, int], int] = {}

    def offered_lots(self, wanted: Wanted) -> float:
        """One part of the whole order, then nothing more until the next quote."""
        desk = wanted.desk
        if self._served.get((desk.name, wanted.side), -1) == desk.tape.cursor:
            return 0.0
        part = (wanted.lots + wanted.filled_lots) / self._steps_count
        step = desk.contract.volume_step
        return round(ceil(part / step - _STEP_NOISE) * step, _LOTS_DIGITS)

    def take(self, wanted: Wanted, lots: float) -> None:
        """Nothing more for this side until the next quote."""
        del lots
        self._served[wanted.desk.name, wanted.side] = wanted.desk.tape.cursor


def floor_to_step(lots: float, desk: SymbolDesk) -> float:
    """The largest volume on the symbol's step that is not above `lots`."""
    step = desk.contract.volume_step
    return round(floor(lots / step + _STEP_NOISE) * step, _LOTS_DIGITS)
