"""The server's clock: what its stamps mean in UTC, and how far from UTC it really is.

Every stamp of the terminal is the server's wall clock written as epoch seconds (BEHAVIOUR 6). An
offset table says what that clock shows by the firm's rule; fresh ticks measure what it shows in
fact. The difference, normally zero, shifts every conversion (FAULTS C01, C03).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import inf

import numpy as np

from bot.model.market import IntArray, OffsetTable
from bot.ports import Ok, Read, Unknown

_ROUND_S = 900  # offsets of time zones are whole quarters of an hour
_RESIDUAL_MAX_S = 60.0
_LOOK_GAP_MAX_S = 61.0  # two looks of a one-minute cycle, with a second of jitter
_CONFIRM_S = 60.0
_OUT_OF_STEP_MAX_S = 20.0
_REMEASURE_AFTER_S = 600.0
_LEAP_MIN_S = 120.0

MEASURED_AGE_MAX_S = 900.0
"""A measurement this old says nothing of the clocks of now: every symbol was looked at each cycle
for five minutes, and no fresh tick fitted (FAULTS C01, C03)."""


@dataclass(slots=True)
class _Look:
    wall_s: float
    at_monotonic_s: float


class ServerTime:
    """Converts between server wall clock and UTC; measures the offset from ticks.

    `shift_s` is how far the measured clock is from the rule, 0 until ticks said otherwise.
    """

    def __init__(self, table: OffsetTable) -> None:
        self._table = table
        self.shift_s = 0
        self._is_measured = False
        self._measured = _Look(0.0, 0.0)  # our clock and the monotonic one at the measurement
        self._looks: dict[str, _Look] = {}
        self._candidate: _Look | None = None
        self._candidate_shift_s = 0
        self._starts_utc_s: list[int] = table.starts_utc_s.tolist()
        self._offsets_s: list[int] = table.offsets_s.tolist()
        self._span = (inf, -inf, 0)  # the offset asked for last, and where it holds
        # what the clock shows where an offset ends: before it that offset holds, and so a doubled
        # hour is read as its first pass, a skipped hour with the offset that follows
        self._ends_wall = table.starts_utc_s[1:] + table.offsets_s[:-1]
        self._ends_wall_s: list[int] = self._ends_wall.tolist()

    def offset_s(self, now_utc_s: float) -> int:
        """What to add to UTC now to read the server's clock: measured if it was, else the rule."""
        return self._table_offset_s(now_utc_s) + self.shift_s

    def measured_offset_s(self, now_utc_s: float, monotonic_s: float) -> Read[float]:
        """The offset once ticks confirmed it, while that is not older than `MEASURED_AGE_MAX_S`.

        Conversions go on with the last measured shift; only what raises risk waits for a new tick.
        A clock of ours that leapt since is not the one that was measured (C05).
        """
        if not self._is_measured:
            return Unknown("the server's clock was not yet confirmed by a fresh tick")
        age_s = monotonic_s - self._measured.at_monotonic_s
        leapt_s = now_utc_s - self._measured.wall_s - age_s
        if abs(leapt_s) > _LEAP_MIN_S:
            return Unknown(f"our clock leapt by {leapt_s:+.0f} s, and no tick has fitted it since")
        if age_s > MEASURED_AGE_MAX_S:
            return Unknown(f"no tick has fitted our clock for {age_s:.0f} s: one of the two drifts")
        return Ok(float(self.offset_s(now_utc_s)))

    def wants_ticks(self, monotonic_s: float) -> bool:
        """Whether the measurement is missing or old, so that more symbols should be looked at."""
        age_s = monotonic_s - self._measured.at_monotonic_s
        return not self._is_measured or age_s > _REMEASURE_AFTER_S

    def see(self, symbol: str, wall_s: float, now_utc_s: float, monotonic_s: float) -> None:
        """Learn from one look at a symbol's last tick.

        A tick's age is known only when the stamp advanced between two looks at the same symbol not
        more than a minute apart. Until there was one, a stamp that fits the rule confirms the rule;
        an old stamp alone would fit a wrong quarter of an hour. Looks that lie further apart can
        only confirm what was measured: a stamp that advanced and fits it.
        """
        look = self._looks.get(symbol)
        if look is None:
            self._looks[symbol] = _Look(wall_s, monotonic_s)
            is_fresh = has_advanced = False
        else:
            has_advanced = wall_s > look.wall_s
            is_fresh = has_advanced and monotonic_s - look.at_monotonic_s <= _LOOK_GAP_MAX_S
            look.wall_s, look.at_monotonic_s = wall_s, monotonic_s
        if is_fresh or has_advanced or not self._is_measured:
            shift_s = self._shift_from(wall_s, now_utc_s)
            if not is_fresh and self._is_measured and shift_s != self.shift_s:
                return
            if shift_s == 0 or (self._is_measured and shift_s == self.shift_s):
                self._accept(shift_s, _Look(now_utc_s, monotonic_s))
            elif shift_s is not None and is_fresh:
                self._consider(shift_s, _Look(wall_s, monotonic_s), now_utc_s)

    def utc_s(self, wall_s: float) -> float:
        """The UTC moment of a server stamp; in a doubled hour the earlier of the two."""
        shifted_s = wall_s - self.shift_s
        index = bisect_right(self._ends_wall_s, shifted_s)
        return float(shifted_s - self._offsets_s[index])

    def utc_array(self, wall_s: IntArray) -> IntArray:
        """UTC moments of many server stamps, by the same rule as `utc_s`."""
        shifted_s = wall_s - self.shift_s
        index = np.searchsorted(self._ends_wall, shifted_s, side="right")
        return shifted_s - self._table.offsets_s[index]

    def wall_s(self, utc_s: float) -> float:
        """What the server's clock shows at a UTC moment, past or to come."""
        return utc_s + self._table_offset_s(utc_s) + self.shift_s

    def forget_looks(self) -> None:
        """After a reconnect a stamp that advanced says nothing about its age."""
        self._looks.clear()

    def _shift_from(self, wall_s: float, now_utc_s: float) -> int | None:
        """How far this stamp says the clock is from the rule; None when it is not a fresh one."""
        difference_s = wall_s - now_utc_s
        offset_s = round(difference_s / _ROUND_S) * _ROUND_S
        if abs(difference_s - offset_s) >= _RESIDUAL_MAX_S:
            return None
        return offset_s - self._table_offset_s(now_utc_s)

    def _consider(self, shift_s: int, look: _Look, now_utc_s: float) -> None:
        """A clock off the rule is believed when its stamps keep step with ours for a while.

        After an outage the terminal may deliver old ticks as new ones; those do not keep step.
        """
        first = self._candidate
        if first is None or shift_s != self._candidate_shift_s:
            self._candidate, self._candidate_shift_s = look, shift_s
            return
        wall_passed_s = look.wall_s - first.wall_s
        passed_s = look.at_monotonic_s - first.at_monotonic_s
        if abs(wall_passed_s - passed_s) > _OUT_OF_STEP_MAX_S:
            self._candidate = look
        elif wall_passed_s >= _CONFIRM_S:
            self._accept(shift_s, _Look(now_utc_s, look.at_monotonic_s))

    def _accept(self, shift_s: int, measured: _Look) -> None:
        self.shift_s = shift_s
        self._is_measured = True
        self._measured = measured
        self._candidate = None

    def _table_offset_s(self, utc_s: float) -> int:
        from_utc_s, until_utc_s, offset_s = self._span
        if from_utc_s <= utc_s < until_utc_s:
            return offset_s
        place = max(0, bisect_right(self._starts_utc_s, utc_s) - 1)
        ends = [*self._starts_utc_s[1:], inf]
        offset_s = self._offsets_s[place]
        self._span = (self._starts_utc_s[place], ends[place], offset_s)
        return offset_s
