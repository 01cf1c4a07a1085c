"""The news of a market as a walk reads them: which symbol is how near to a release, and when.

The rules of `bot.rules.news` are asked once per stretch of the calendar and symbol, beforehand; the
answers stand in the stretch as bits, one per symbol, or one per thing that a symbol bets on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.backtest.inputs import Records
from bot.errors import DataError
from bot.live.news_table import NewsTable
from bot.model.decision import EntryRoute, Refusal
from bot.model.news import NewsEvent, NewsSettings
from bot.model.settings import BotSettings
from bot.rules.news import (
    gap_is_near,
    gate_is_on,
    lead_s,
    nearest_s,
    straddle_finding,
    window_finding,
)

_LEGS_PER_SYMBOL_COUNT = 2
_BITS_COUNT = 63


class MarketNews:
    """The releases a market is walked through; always known in time, as a declared calendar is."""

    def __init__(
        self, settings: BotSettings, events: Sequence[NewsEvent], numbers: Mapping[str, int]
    ) -> None:
        self._gate: NewsSettings = settings.news.gate
        self._is_on = bool(gate_is_on(self._gate)) and len(events) > 0
        read = DeclaredCalendar("study", tuple(events)).events()
        self._table = NewsTable(read, settings.symbols, self._gate)
        self._symbols = [item.symbol for item in settings.symbols]
        self._numbers = numbers
        self._legs: dict[tuple[str, bool], int] = {}
        self._check_room()

    def edges_s(self) -> list[float]:
        """Every moment at which an answer about the news may change."""
        if not self._is_on:
            return []
        gate = self._gate
        leads = {lead_s(route.value, gate) for route in (EntryRoute.MARKET, EntryRoute.LIMIT)}
        before = {*leads, gate.gap_before_s, gate.straddle_s}
        after = {gate.after_s, gate.straddle_s}
        moments = {float(at_s) for name in self._symbols for at_s in self._table.moments_of(name)}
        begins = {moment - wait_s for moment in moments for wait_s in before}
        return sorted(begins | {moment + wait_s for moment in moments for wait_s in after})

    def fill_contracts(self, contracts: Records) -> None:
        """Number what each traded symbol bets on."""
        for row in contracts:
            row.news_leg0 = row.news_leg1 = -1
        for name in self._symbols:
            row = contracts[self._numbers[name]]
            legs = self._table.legs_of(name)[:_LEGS_PER_SYMBOL_COUNT]
            for place, leg in enumerate(legs):
                number = self._legs.setdefault((leg.currency, leg.is_index), len(self._legs))
                row[f"news_leg{place}"], row[f"news_sign{place}"] = number, leg.sign

    def fill_windows(self, windows: Records) -> None:
        """Write what the gate answers in each stretch; `fill_contracts` comes first."""
        if not self._is_on:
            return
        reach_s = max(self._reaches_s())
        for name in self._symbols:
            bit = 1 << self._numbers[name]
            moments = self._table.moments_of(name)
            for place in _near(windows.from_s, moments, reach_s):
                self._mark(windows[place], moments, bit)
        for (currency, _), number in self._legs.items():
            moments = self._table.moments_of_currency(currency)
            for place in _near(windows.from_s, moments, reach_s):
                window = windows[place]
                away_s = nearest_s(window.from_s, moments)
                if straddle_finding(1, away_s, self._gate).refusal != Refusal.NONE.value:
                    window.news_straddle |= 1 << number

    def _mark(self, window: Records, moments: NDArray[np.float64], bit: int) -> None:
        now, gate = float(window.from_s), self._gate
        for route, field in ((EntryRoute.MARKET, "news_market"), (EntryRoute.LIMIT, "news_limit")):
            finding = window_finding(now, moments, lead_s(route.value, gate), gate.after_s)
            if finding.refusal != Refusal.NONE.value:
                window[field] |= bit
        if gap_is_near(now, moments, gate):
            window.news_gap |= bit

    def _reaches_s(self) -> tuple[float, ...]:
        gate = self._gate
        rests_s = lead_s(EntryRoute.LIMIT.value, gate)
        return (rests_s, gate.before_s, gate.after_s, gate.gap_before_s, gate.straddle_s)

    def _check_room(self) -> None:
        if self._is_on and max(self._numbers.values()) >= _BITS_COUNT:
            message = f"news are walked for at most {_BITS_COUNT} symbols, not {len(self._numbers)}"
            raise DataError(message)


def _near(
    from_s: NDArray[np.float64], moments: NDArray[np.float64], reach_s: float
) -> NDArray[np.intp]:
    """Which stretches begin within reach of a release: only there is an answer not no."""
    if len(moments) == 0:
        return np.empty(0, dtype=np.intp)
    begins = np.asarray(from_s)
    after = np.searchsorted(moments, begins - reach_s)
    following = moments[np.minimum(after, len(moments) - 1)]
    is_near = (after < len(moments)) & (following <= begins + reach_s)
    return np.flatnonzero(is_near)
