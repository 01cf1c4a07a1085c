"""Measures once per closed daily bar which symbols move together, from bars the scanner read."""

from __future__ import annotations

import numpy as np

from bot.live.record import Record
from bot.model.events import GroupsMeasured
from bot.model.exposure import Returns
from bot.model.market import Bars, FloatArray, OffsetTable
from bot.model.settings import BotSettings
from bot.rules.calendar import server_day, weekday_of
from bot.rules.correlation import groups_of, likeness, log_returns

_SATURDAY = 5


class Correlations:
    """Keeps the latest closes of each symbol; the groups live in the state.

    Until the symbols of an earlier measurement have their bars again (after a restart) the groups
    of then stand.
    """

    def __init__(self, settings: BotSettings, record: Record, table: OffsetTable) -> None:
        self._settings = settings.exposure.correlation
        self._classes = {item.symbol: item.asset_class for item in settings.symbols}
        self._record = record
        self._table = table
        self._closes: dict[str, dict[int, float]] = {}
        self._is_noted = self._is_due = False

    def note(self, symbol: str, d1: Bars) -> None:
        """Take a symbol's closed daily bars, of which only the window is kept."""
        kept = min(len(d1.open_utc_s), self._settings.window_bars_count + 1)
        start = len(d1.open_utc_s) - kept
        self._closes[symbol] = {
            int(server_day(float(opened), self._table)): float(close)
            for opened, close in zip(d1.open_utc_s[start:], d1.close_price[start:], strict=True)
        }
        self._is_noted = self._is_due = True

    def step(self) -> None:
        """Measure once the scanner has been quiet for a cycle: one measurement per scan."""
        is_quiet, self._is_noted = not self._is_noted, False
        if not (self._is_due and is_quiet):
            return
        self._is_due = False
        state = self._record.state.exposure
        if len(self._closes) < min(state.measured_count, len(self._classes)):
            return
        groups = self._measured()
        if groups != state.groups or len(self._closes) != state.measured_count:
            state.groups, state.measured_count = groups, len(self._closes)
            self._record.event(GroupsMeasured(_lines(groups), state.measured_count))

    def together(self, first: str, second: str) -> bool:
        """Whether two symbols are one group; one never measured belongs to its asset class."""
        if first == second:
            return True
        groups = self._record.state.exposure.groups
        if first in groups and second in groups:
            return groups[first] == groups[second]
        return self.class_of(first) == self.class_of(second)

    def class_of(self, symbol: str) -> str:
        """Asset class of a traded symbol; all others are one class of their own."""
        return self._classes.get(symbol, "")

    def _measured(self) -> dict[str, str]:
        names = sorted(name for name in self._closes if name in self._classes)
        if not names:
            return {}
        kinds = sorted(set(self._classes.values()))
        classes = np.array([kinds.index(self._classes[name]) for name in names], dtype=np.int64)
        returns = Returns(log_returns(self._table_of(names)), classes)
        found = groups_of(likeness(returns, self._settings), self._settings)
        return {name: names[int(group)] for name, group in zip(names, found, strict=True)}

    def _table_of(self, names: list[str]) -> FloatArray:
        """Closes by symbol and day, on the weekdays that at least half of the symbols have."""
        counts: dict[int, int] = {}
        for name in names:
            for day in self._closes[name]:
                counts[day] = counts.get(day, 0) + 1
        days = sorted(d for d, n in counts.items() if 2 * n >= len(names) and _is_workday(d))
        window = days[-self._settings.window_bars_count - 1 :]
        rows = [[self._closes[name].get(day, np.nan) for day in window] for name in names]
        return np.array(rows, dtype=np.float64).reshape(len(names), len(window))


def _is_workday(day: int) -> bool:
    return int(weekday_of(day)) < _SATURDAY


def _lines(groups: dict[str, str]) -> tuple[str, ...]:
    members: dict[str, list[str]] = {}
    for name, group in groups.items():
        members.setdefault(group, []).append(name)
    return tuple(" ".join(names) for names in members.values() if len(names) > 1)
