"""Bars and ticks as arrays."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

import numpy as np

from bot.simulator.bar_collapse import D1_S, MN1_S, W1_S
from bot.simulator.bar_series import BarSeries, BarView
from bot.simulator.bar_table import Rates
from bot.simulator.constants import Constants
from bot.simulator.server import TradeServer
from bot.simulator.surface.arguments import c_int, demand_parsed_count, symbol_at, wall_second
from bot.simulator.surface.base import Surface, guarded, refusal
from bot.simulator.ticks import Ticks, no_ticks, ticks_between

_CALL_FAILED: Final = -1
_INVALID_PARAMS: Final = -2
_NOT_FOUND: Final = -4
_DAY_LENGTHS: Final = {
    Constants.TIMEFRAME_D1: D1_S,
    Constants.TIMEFRAME_W1: W1_S,
    Constants.TIMEFRAME_MN1: MN1_S,
}
_HOUR_FLAG: Final = 0x4000
_TICKS_KEY: Final = 0  # no timeframe has this code
_MS_PER_S: Final = 1000
_TICK_FLAGS: Final = (
    Constants.COPY_TICKS_ALL,
    Constants.COPY_TICKS_INFO,
    Constants.COPY_TICKS_TRADE,
)


def timeframe_length_s(code: int) -> int | None:
    """Seconds of a TIMEFRAME_* code (a month counts 30 days); None for any other number."""
    return _TIMEFRAMES.get(code)


class RateCalls(Surface):
    """copy_rates_* and copy_ticks_*; every array is read-only and ends with the forming bar."""

    def __init__(self, server: TradeServer) -> None:
        super().__init__(server)
        self._series: dict[tuple[str, int], BarSeries] = {}
        self._asked_ms: dict[tuple[str, int], int] = {}

    def _synchronise(self) -> None:
        self._asked_ms.clear()

    @guarded
    def copy_rates_from(self, *args: object) -> Rates:
        """(symbol, timeframe, date_from, count): the last `count` bars opening by the date."""
        demand_parsed_count(args, 4, 4)
        count = c_int(args[3])
        series, view = self._series_at(args)
        wall_s = wall_second(args, 2)
        self._demand_allowed_count(count)
        high = series.count_opened_by(view, wall_s)
        return self._copied(args, series, view, (high - count, high))

    @guarded
    def copy_rates_from_pos(self, *args: object) -> Rates:
        """(symbol, timeframe, start_pos, count): bars counted back from the forming one, 0."""
        demand_parsed_count(args, 4, 4)
        start, count = c_int(args[2]), c_int(args[3])
        series, view = self._series_at(args)
        self._demand_allowed_count(count)
        if start < 0:
            raise refusal(_INVALID_PARAMS)
        high = max(0, view.bars_count - start)
        return self._copied(args, series, view, (high - count, high))

    @guarded
    def copy_rates_range(self, *args: object) -> Rates:
        """(symbol, timeframe, date_from, date_to): bars opening within both dates, inclusive."""
        demand_parsed_count(args, 4, 4)
        series, view = self._series_at(args)
        from_s, to_s = wall_second(args, 2), wall_second(args, 3)
        low = series.count_opened_by(view, from_s - 1)
        high = max(low, series.count_opened_by(view, to_s))
        if high - low >= self._state.terminal.bars_max_count:
            raise refusal(_CALL_FAILED)
        return self._copied(args, series, view, (low, high))

    @guarded
    def copy_ticks_from(self, *args: object) -> Ticks:
        """(symbol, date_from, count, flags): up to `count` ticks from a whole second on."""
        demand_parsed_count(args, 4, 4)
        count, flags = c_int(args[2]), c_int(args[3])
        low, high = self._tick_span(args, wall_second(args, 1), None)
        if count <= 0:
            raise refusal(_INVALID_PARAMS)
        return self._ticks(args, (low, min(high, low + count)), flags)

    @guarded
    def copy_ticks_range(self, *args: object) -> Ticks:
        """(symbol, date_from, date_to, flags): ticks between two whole seconds, inclusive."""
        demand_parsed_count(args, 4, 4)
        flags = c_int(args[3])
        span = self._tick_span(args, wall_second(args, 1), wall_second(args, 2))
        return self._ticks(args, span, flags)

    def _series_at(self, args: tuple[object, ...]) -> tuple[BarSeries, BarView]:
        """The series of symbol and timeframe with what is visible now."""
        timeframe_s = timeframe_length_s(c_int(args[1]))
        desk = self._state.desks.get(symbol_at(args, 0))
        if desk is None:
            raise refusal(_CALL_FAILED)
        if timeframe_s is None:
            raise refusal(_INVALID_PARAMS)
        key = (desk.name, timeframe_s)
        series = self._series.get(key)
        if series is None or not series.is_of(desk.feed, self._state.clock):
            series = self._series[key] = BarSeries(desk.feed, timeframe_s, self._state.clock)
        return series, series.view(self._state.now_ms)

    def _copied(
        self, args: tuple[object, ...], series: BarSeries, view: BarView, span: tuple[int, int]
    ) -> Rates:
        """Bars of the span as far as they are here by now."""
        absent = self._absent_count((symbol_at(args, 0), c_int(args[1])), view.bars_count)
        low = max(span[0], absent)
        return series.copy(view, low, max(low, span[1]))

    def _absent_count(self, key: tuple[str, int], count: int) -> int:
        """How many of the oldest of `count` rows are still on their way from the server.

        A first request starts the download. Refused with -1 while nothing is here at all.
        """
        terminal, now_ms = self._state.terminal, self._state.now_ms
        if terminal.history_sync_s <= 0.0:
            return 0
        asked_ms = self._asked_ms.setdefault(key, now_ms)
        if now_ms - asked_ms >= terminal.history_sync_s * _MS_PER_S:
            return 0
        if count and terminal.history_local_count <= 0:
            raise refusal(_CALL_FAILED)
        return max(0, count - terminal.history_local_count)

    def _demand_allowed_count(self, count: int) -> None:
        """A count of 0 or less, or as large as "max bars in chart", fails as a whole."""
        if not 0 < count < self._state.terminal.bars_max_count:
            raise refusal(_INVALID_PARAMS)

    def _tick_span(
        self, args: tuple[object, ...], from_s: int, to_s: int | None
    ) -> tuple[int, int]:
        desk = self._state.desks.get(symbol_at(args, 0))
        if desk is None:
            raise refusal(_NOT_FOUND)
        clock, tape = self._state.clock, desk.tape
        times = tape.quotes.time_utc_ms
        tape.seek(self._state.now_ms)
        high = tape.cursor + 1
        absent = self._absent_count((desk.name, _TICKS_KEY), high)
        low = max(bisect_left(times.data, clock.utc_ms(from_s)), absent)
        if to_s is not None:
            high = min(high, int(np.searchsorted(times, clock.utc_ms(to_s), side="right")))
        return low, max(low, high)

    def _ticks(self, args: tuple[object, ...], span: tuple[int, int], flags: int) -> Ticks:
        if flags not in _TICK_FLAGS:
            raise refusal(_INVALID_PARAMS)
        if flags == Constants.COPY_TICKS_TRADE:
            return no_ticks()  # nothing is traded at an exchange here: no last price, no volume
        desk = self._state.desks[symbol_at(args, 0)]
        return ticks_between(desk.tape.quotes, *span, self._state.clock)


def _length_s(name: str, code: int) -> int:
    if code in _DAY_LENGTHS:
        return _DAY_LENGTHS[code]
    unit_s = 3600 if name.startswith("TIMEFRAME_H") else 60
    return unit_s * (code & ~_HOUR_FLAG)


_TIMEFRAMES: Final = {
    code: _length_s(name, code)
    for name, code in vars(Constants).items()
    if name.startswith("TIMEFRAME_")
}
