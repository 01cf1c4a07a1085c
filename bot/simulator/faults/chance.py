"""Chance that falls alike on every platform, Python and numpy: the raw stream of PCG64 alone.

numpy promises the bits of that stream, not what its distributions make of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import Final, TypeVar

import numpy as np

_T = TypeVar("_T")
_KEPT_DIGITS: Final = 9  # far above the last bit, in which the exponentials of platforms differ


class Chance:
    """One stream of numbers from its seeds."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(list(seeds)))

    def random(self) -> float:
        """A number from 0 to below 1."""
        return float((int(self._bits.random_raw()) >> 11) * 2.0**-53)

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to below `high`; the two are less than 2**32 apart."""
        return low + ((int(self._bits.random_raw()) >> 32) * (high - low) >> 32)

    def one_of(self, choices: Sequence[_T]) -> _T:
        """One of `choices`, each as likely."""
        return choices[self.whole(0, len(choices))]

    def between(self, low: float, high: float) -> float:
        """A number between two above 0, as likely to lie in any stretch of equal ratio."""
        drawn = exp(log(low) + (log(high) - log(low)) * self.random())
        return float(f"{drawn:.{_KEPT_DIGITS}g}")
