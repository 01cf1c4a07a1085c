"""Correlation groups as the trader measures them: after each scan, from closed daily bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.backtest.compiled import machine
from bot.backtest.signals import Due, SignalBars
from bot.backtest.terms import CYCLE_S
from bot.model.broker import Timeframe
from bot.model.exposure import CorrelationSettings, Returns
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.rules.calendar import server_day
from bot.rules.correlation import groups_of, likeness, log_returns
from bot.rules.timeframes import last_closed_index

_SATURDAY = 5
_ALWAYS_S = 0.0


def measure(
    closes: NDArray[np.float64], classes: NDArray[np.int64], settings: CorrelationSettings
) -> NDArray[np.int64]:
    """The group of each row of closes."""
    return groups_of(likeness(Returns(log_returns(closes), classes), settings), settings)


_MEASURE = machine(measure)


class DailyCloses:
    """Closes of every traded symbol by server day, to be looked at as of a moment."""

    def __init__(
        self, settings: BotSettings, bars: Mapping[str, SignalBars], table: OffsetTable
    ) -> None:
        self._table = table
        self._window = settings.exposure.correlation.window_bars_count + 1
        self._symbols = [item.symbol for item in settings.symbols]
        self._d1 = [bars[name].d1 for name in self._symbols]
        self._days = [
            np.array([server_day(float(one), table) for one in d1.open_utc_s], dtype=np.int64)
            for d1 in self._d1
        ]
        self._last = [-1] * len(self._symbols)

    def note(self, place: int, at_s: float) -> None:
        """The scan of a symbol read its bars."""
        opens = self._d1[place].open_utc_s
        self._last[place] = last_closed_index(opens, Timeframe.D1.value, at_s, self._table)

    @property
    def noted(self) -> list[int]:
        """Symbols that have bars, by name."""
        known = [place for place, last in enumerate(self._last) if last >= 0]
        return sorted(known, key=lambda place: self._symbols[place])

    def table(self, places: Sequence[int]) -> NDArray[np.float64]:
        """Closes by symbol and day, on the weekdays that at least half of the symbols have."""
        spans = {place: self._span(place) for place in places}
        pooled = np.concatenate([self._days[place][span] for place, span in spans.items()])
        days, counts = np.unique(pooled, return_counts=True)
        shared = days[(2 * counts >= len(places)) & ((days + 3) % 7 < _SATURDAY)]
        window = shared[-self._window :]
        rows = np.full((len(places), len(window)), np.nan)
        for row, (place, span) in enumerate(spans.items()):
            own = self._days[place][span]
            at = np.searchsorted(own, window)
            fits = (at < len(own)) & (own[np.minimum(at, len(own) - 1)] == window)
            rows[row, fits] = self._d1[place].close_price[span][at[fits]]
        return rows

    def _span(self, place: int) -> slice:
        end = self._last[place] + 1
        return slice(max(0, end - self._window), end)


def group_rows(
    settings: BotSettings,
    market: tuple[tuple[str, ...], Mapping[str, SignalBars]],
    due: Sequence[Due],
    table: OffsetTable,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Groups of every symbol of the market, and the cycle from which each row holds.

    Until a symbol was measured it belongs to its asset class.
    """
    names, bars = market
    closes = DailyCloses(settings, bars, table)
    kinds = sorted({item.asset_class for item in settings.symbols})
    classes = [kinds.index(item.asset_class) for item in settings.symbols]
    numbers = [names.index(item.symbol) for item in settings.symbols]
    from_s, rows = [_ALWAYS_S], [_by_class(len(names), numbers, classes)]
    for place, one in enumerate(due):
        closes.note(one.place, one.at_s)
        if place + 1 < len(due) and due[place + 1].at_s <= one.at_s + CYCLE_S:
            continue
        places = closes.noted
        if not places:
            continue
        own = np.array([classes[k] for k in places], dtype=np.int64)
        found = _MEASURE(closes.table(places), own, settings.exposure.correlation)
        row = _by_class(len(names), numbers, classes)
        if len(places) == len(numbers):
            for k, group in zip(places, found, strict=True):
                row[numbers[k]] = group
        from_s.append(one.at_s + 2.0 * CYCLE_S)
        rows.append(row)
    return np.array(from_s), np.stack(rows)


def _by_class(count: int, numbers: Sequence[int], classes: Sequence[int]) -> NDArray[np.int64]:
    row = np.full(count, -1, dtype=np.int64)
    row[list(numbers)] = classes
    return row
