"""The honest yardstick: the same symbols, sides and stop distances, entered at random.

A strategy without an edge still passes some challenges by luck. These entries have nothing but
luck: as many as the strategy opened, with its shares of symbols and sides and its own stop
distances (as fractions of the price), on days drawn at random, at the price of that moment. They
pay the same costs and obey the same rules, so that what is left of the difference is the entry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.backtest.inputs import Inputs, Records
from bot.model.signal import SignalVerdict
from bot.rules.entry import levels_on_grid

_SIGNAL, _SILENT = SignalVerdict.SIGNAL.value, SignalVerdict.NO_DIRECTION.value
_TOO_FEW = SignalVerdict.TOO_FEW_BARS.value


@dataclass(frozen=True, slots=True, eq=False)
class Yardstick:
    """What random entries are drawn from: prices at every scan, and the strategy's signals."""

    inputs: Inputs
    bids: NDArray[np.float64]
    asks: NDArray[np.float64]
    signals: NDArray[np.int64]
    distances_fraction: NDArray[np.float64]

    @property
    def most_count(self) -> int:
        """As many entries as there are scans with a price."""
        return int((self.bids > 0.0).sum())

    def scans(self, count: int, seed: int) -> Records:
        """All scans of the market with about `count` of them random signals, the rest silent."""
        generator = np.random.default_rng(seed)
        found: Records = self.inputs.scans.copy()
        found.verdict[found.verdict != _TOO_FEW] = _SILENT
        found.side = 0
        found.entry_price = found.stop_price = 0.0
        drawn = self._drawn(count, generator)
        symbols = np.asarray(self.inputs.scans.symbol)
        for symbol in np.unique(symbols[drawn]):
            own = drawn[symbols[drawn] == symbol]
            usable = (symbols == symbol) & (self.bids > 0.0)
            places = np.flatnonzero(usable & (np.asarray(found.verdict) == _SILENT))
            chosen = generator.permutation(places)[: len(own)]
            for place, like in zip(chosen, own, strict=False):
                self._place(found[place], int(place), int(like))
        return found

    def _drawn(self, count: int, generator: np.random.Generator) -> NDArray[np.int64]:
        """Signals to take symbol, side and distance from, each at most once more than another."""
        rounds, rest = divmod(count, len(self.signals))
        parts = [self.signals] * rounds + [generator.permutation(self.signals)[:rest]]
        return generator.permutation(np.concatenate(parts))

    def _place(self, row: Records, place: int, like: int) -> None:
        model = self.inputs.scans[like]
        side = int(model.side)
        price = self.asks[place] if side > 0 else self.bids[place]
        distance = self.distances_fraction[like] * price
        tick = float(self.inputs.contracts[int(row.symbol)].tick_size_price)
        row.verdict, row.side, row.points = _SIGNAL, side, model.points
        row.entry_price, row.stop_price = levels_on_grid(side, price, price - side * distance, tick)


def yardstick_of(inputs: Inputs) -> Yardstick:
    """Prices and distances at every scan of a market."""
    scans = inputs.scans
    bids, asks = np.zeros(len(scans)), np.zeros(len(scans))
    symbols, at_s = np.asarray(scans.symbol), np.asarray(scans.at_s)
    for number, contract in enumerate(inputs.contracts):
        quotes = inputs.quotes[int(contract.first_quote) : int(contract.end_quote)]
        rows = np.flatnonzero(symbols == number)
        last = np.searchsorted(np.ascontiguousarray(quotes.time_s), at_s[rows], side="right") - 1
        rows, last = rows[last >= 0], last[last >= 0]
        bids[rows], asks[rows] = np.asarray(quotes.bid)[last], np.asarray(quotes.ask)[last]
    signals = np.flatnonzero((np.asarray(scans.verdict) == _SIGNAL) & (bids > 0.0))
    entry, stop = np.asarray(scans.entry_price), np.asarray(scans.stop_price)
    distances = np.zeros(len(scans))
    distances[signals] = np.abs(entry[signals] - stop[signals]) / entry[signals]
    return Yardstick(inputs, bids, asks, signals, distances)
