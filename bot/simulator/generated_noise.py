"""Random numbers that are the same bits on every platform, Python and numpy.

Only the raw 64-bit stream of PCG64 is drawn (numpy promises that stream, not what its
distributions make of it), and everything after is IEEE addition, multiplication and square root.
The two tables below come from library functions once, rounded far above the last bit.
"""

from __future__ import annotations

import math
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.model.market import FloatArray

_TABLE_BITS: Final = 12
_TABLE_SIZE: Final = 1 << _TABLE_BITS
_FRACTION_BITS: Final = 52 - _TABLE_BITS
_EDGE_SHARE: Final = (
    1 / 16
)  # the outermost cells end this far into them: tails are long, not endless
_TABLE_DECIMALS: Final = 9


def _student_quantile(probability: float) -> float:
    """Quantile of Student's t with 4 degrees of freedom (closed form), scaled to variance 1."""
    alpha = 4 * probability * (1 - probability)
    if alpha >= 1:
        return 0.0
    root = math.sqrt(alpha)
    size = 2 * math.sqrt(math.cos(math.acos(root) / 3) / root - 1)
    return math.copysign(size, probability - 0.5) / math.sqrt(2)


def _exponential_quantile(probability: float) -> float:
    return -math.log(1 - probability)


def _table(quantile: object) -> FloatArray:
    assert callable(quantile)
    edges = [max(_EDGE_SHARE, min(j, _TABLE_SIZE - _EDGE_SHARE)) for j in range(_TABLE_SIZE + 1)]
    return np.array([round(quantile(edge / _TABLE_SIZE), _TABLE_DECIMALS) for edge in edges])


_HEAVY: Final = _table(_student_quantile)
_EXPONENTIAL: Final = _table(_exponential_quantile)


class NoiseSource:
    """One named stream of a seed: streams of other names or seeds do not touch it."""

    def __init__(self, seed: int, label: str) -> None:
        entropy = np.random.SeedSequence([seed, zlib.crc32(label.encode())])
        self._bits = np.random.PCG64(entropy)

    def uniforms(self, count: int) -> FloatArray:
        """Numbers from 0 to below 1."""
        return np.asarray((self._raw(count) >> np.uint64(11)) * 2.0**-53)

    def heavy_tailed(self, count: int) -> FloatArray:
        """Student's t with 4 degrees of freedom, mean 0, variance close to 1, within ±15."""
        return self._from_table(_HEAVY, count)

    def exponentials(self, count: int) -> FloatArray:
        """Exponential waiting times of mean 1, up to about 11."""
        return self._from_table(_EXPONENTIAL, count)

    def _raw(self, count: int) -> NDArray[np.uint64]:
        return np.asarray(self._bits.random_raw(count), dtype=np.uint64)

    def _from_table(self, table: FloatArray, count: int) -> FloatArray:
        raw = self._raw(count)
        cell = (raw >> np.uint64(64 - _TABLE_BITS)).astype(np.int64)
        below = raw >> np.uint64(64 - 52) & np.uint64((1 << _FRACTION_BITS) - 1)
        share = below * 2.0**-_FRACTION_BITS
        low = table[cell]
        return np.asarray(low + (table[cell + 1] - low) * share)
