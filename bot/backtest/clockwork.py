"""The calendar of a walk: stretches of cycles in which every rule of the clock answers alike.

The rules of `bot.rules.calendar` are asked once per stretch, beforehand; the walk only reads.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.backtest.inputs import WINDOW, Records, records
from bot.backtest.terms import CYCLE_S
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.rules.calendar import (
    DAY_S,
    FRIDAY_CLOSE_S,
    HOUR_S,
    day_start_utc_s,
    friday_close_within,
    in_window,
    is_rollover_window,
    is_week_open,
    is_weekend,
    next_day_start_utc_s,
    resting_lead_s,
    seconds_into_day,
    server_day,
    utc_from_server_s,
    weekday_of,
)
from bot.timezones import firm_day_table, server_offset_table

_FRIDAY, _MONDAY = 4, 0
_WEEK_OPEN_S = 2 * HOUR_S


class Clockwork:
    """Windows and midnights from the first to the last moment, on cycles counted from the first."""

    def __init__(self, settings: BotSettings, start_s: float, end_s: float) -> None:
        self._settings = settings
        self._start_s, self._end_s = start_s, end_s
        self.table = server_offset_table()
        self.firm_table = firm_day_table(settings.firm_clock)
        self._resting_lead_s = resting_lead_s(settings.schedule.resting_check_s)

    def windows(
        self, regime: Sequence[tuple[float, bool]] = (), news_edges_s: Sequence[float] = ()
    ) -> Records:
        """One record per stretch; `regime` says from when on spreads are wide across the board.

        A stretch begins at the first cycle at or after each of `news_edges_s`, and one later, for
        windows that hold their last moment.
        """
        edges = [(self._cycle_at(at_s), is_wide) for at_s, is_wide in regime]
        news = {self._cycle_at(at_s) + late_s for at_s in news_edges_s for late_s in (0.0, CYCLE_S)}
        moments = {self._start_s, *self._moments(), *(at_s for at_s, _ in edges), *news}
        kept = sorted(one for one in moments if self._start_s <= one <= self._end_s)
        found = records(WINDOW, len(kept))
        waiting, is_wide = deque(edges), False
        for window, at_s in zip(found, kept, strict=True):
            while waiting and waiting[0][0] <= at_s:
                is_wide = waiting.popleft()[1]
            self._fill(window, at_s)
            window.is_regime_wide = is_wide
        return found

    def is_rollover(self, grid_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each moment lies in the rollover window."""
        schedule = self._settings.schedule
        starts = self.table.starts_utc_s
        index = np.maximum(np.searchsorted(starts, grid_s, side="right") - 1, 0)
        seconds = (grid_s + self.table.offsets_s[index]) % DAY_S
        begin, end = schedule.rollover_start_s, schedule.rollover_end_s
        if begin <= end:
            return np.asarray((seconds >= begin) & (seconds < end), dtype=np.bool_)
        return np.asarray((seconds >= begin) | (seconds < end), dtype=np.bool_)

    def midnights_s(self) -> tuple[NDArray[np.float64], int]:
        """The server's midnights after the start, and the server day that begins at the first."""
        first = server_day(self._start_s, self.table) + 1
        last = server_day(self._end_s, self.table) + 1
        moments = [day_start_utc_s(day, self.table) for day in range(first, last + 1)]
        return np.array(moments, dtype=np.float64), first

    def _cycle_at(self, moment_s: float) -> float:
        """The first cycle at or after a moment."""
        return self._start_s + math.ceil((moment_s - self._start_s) / CYCLE_S) * CYCLE_S

    def _moments(self) -> set[float]:
        first = server_day(self._start_s, self.table) - 1
        last = server_day(self._end_s, self.table) + 1
        found: set[float] = set()
        for day in range(first, last + 1):
            walls = [day * DAY_S + second for second in self._seconds_of(weekday_of(day))]
            found |= {self._cycle_at(utc_from_server_s(wall, self.table)) for wall in walls}
            found |= self._firm_moments(day)
        return found

    def _seconds_of(self, weekday: int) -> list[float]:
        """Seconds of a server day at which an answer may change."""
        schedule, gate = self._settings.schedule, self._settings.gate
        seconds = [
            0.0,
            schedule.rollover_start_s,
            schedule.rollover_end_s,
            (schedule.rollover_start_s - gate.rollover_lead_s) % DAY_S,
            (schedule.rollover_start_s - self._resting_lead_s) % DAY_S,
            DAY_S - self._resting_lead_s,
        ]
        if weekday == _MONDAY:
            seconds.append(_WEEK_OPEN_S)
        stop_s = self._settings.weekend.entries_stop_before_close_s
        for lead_s in (stop_s, stop_s + self._resting_lead_s, gate.weekend_lead_s):
            close_s = (_FRIDAY - weekday) * DAY_S + FRIDAY_CLOSE_S - lead_s
            if 0.0 <= close_s < DAY_S:
                seconds.append(close_s)
        return seconds

    def _firm_moments(self, day: int) -> set[float]:
        """The firm's midnight, the look before it, and where the reset begins to be near."""
        reset = day_start_utc_s(day, self.firm_table)
        near = reset - self._settings.gate.reset_window_s
        midnight = self._cycle_at(reset)
        return {midnight, midnight - CYCLE_S, self._cycle_at(near)}

    def _fill(self, window: Records, at_s: float) -> None:
        settings, table = self._settings, self.table
        schedule, gate = settings.schedule, settings.gate
        window.from_s = at_s
        window.server_day = server_day(at_s, table)
        window.weekday = weekday_of(int(window.server_day))
        self._fill_firm(window, at_s)
        window.is_rollover = is_rollover_window(
            at_s, table, schedule.rollover_start_s, schedule.rollover_end_s
        )
        window.is_weekend = is_weekend(at_s, table)
        before_close_s = settings.weekend.entries_stop_before_close_s
        window.is_friday_late = friday_close_within(at_s, table, before_close_s)
        ahead_s = at_s + self._resting_lead_s
        window.is_rollover_ahead = is_rollover_window(
            ahead_s, table, schedule.rollover_start_s, schedule.rollover_end_s
        )
        window.is_weekend_ahead = is_weekend(ahead_s, table)
        window.is_friday_late_ahead = friday_close_within(ahead_s, table, before_close_s)
        window.is_week_open = is_week_open(at_s, table)
        window.is_weekend_reserve = bool(
            window.is_weekend
            or friday_close_within(at_s, table, gate.weekend_lead_s)
            or window.is_week_open
        )
        start_s = (schedule.rollover_start_s - gate.rollover_lead_s) % DAY_S
        second = seconds_into_day(at_s, table)
        window.is_rollover_reserve = in_window(second, start_s, schedule.rollover_end_s)

    def _fill_firm(self, window: Records, at_s: float) -> None:
        table: OffsetTable = self.firm_table
        window.firm_day = server_day(at_s, table)
        window.firm_day_start_s = day_start_utc_s(int(window.firm_day), table)
        window.firm_day_end_s = next_day_start_utc_s(at_s, table)
        near_s = window.firm_day_end_s - at_s
        window.is_reset_near = near_s <= self._settings.gate.reset_window_s
