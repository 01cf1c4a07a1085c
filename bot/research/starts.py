"""Where a challenge can begin in a history, and what a walk from there on has to read.

A walk finds its place in the calendar, the scans and the spread samples by going through them from
the beginning. That costs a walk of twenty years nothing and thousands of short ones most of their
time, so each start gets views that begin where it does; what it walks is the same to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.backtest.inputs import Inputs, Records
from bot.errors import DataError
from bot.model.signal import SignalVerdict
from bot.research.market import PreparedMarket
from bot.rules.calendar import weekday_of

_SATURDAY = 5


@dataclass(frozen=True, slots=True, eq=False)
class Starts:
    """Every server day a challenge can begin on: `days` their numbers, `moments_s` their midnights.

    The other arrays are places in `inputs`, one per start; `samples` has a column per symbol.
    """

    inputs: Inputs
    end_s: float
    days: NDArray[np.int64]
    moments_s: NDArray[np.float64]
    windows: NDArray[np.int64]
    scans: NDArray[np.int64]
    groups: NDArray[np.int64]
    samples: NDArray[np.int64]

    def __len__(self) -> int:
        """How many starts there are."""
        return len(self.days)

    def over(self, inputs: Inputs) -> Starts:
        """The same starts in inputs with other terms or scans, but the same prices and clock."""
        scans = np.searchsorted(np.ascontiguousarray(inputs.scans.at_s), self.moments_s)
        return replace(self, inputs=inputs, scans=scans)

    def next_from(self, moment_s: float) -> int:
        """The place of the first start after a moment; `len(self)` where there is none."""
        return int(np.searchsorted(self.moments_s, moment_s, side="right"))

    def inputs_at(self, place: int) -> Inputs:
        """What a walk from the start at `place` reads; prices are shared, never copied."""
        whole = self.inputs
        contracts: Records = whole.contracts.copy()
        contracts.first_sample = self.samples[place]
        day = int(self.days[place]) - whole.first_day
        return whole._replace(
            contracts=contracts,
            windows=whole.windows[self.windows[place] :],
            scans=whole.scans[self.scans[place] :],
            groups_from_s=whole.groups_from_s[self.groups[place] :],
            groups=whole.groups[self.groups[place] :],
            midnights_s=whole.midnights_s[day:],
            first_day=whole.first_day + day,
        )


def starts_of(market: PreparedMarket) -> Starts:
    """The starts of a market: server days from Monday to Friday that scan with enough history.

    Raises `DataError` where there is none.
    """
    inputs = market.inputs
    days = start_days(inputs.scans)
    days = days[(days >= inputs.first_day) & (days < inputs.first_day + len(inputs.midnights_s))]
    if not len(days):
        message = "no day to start on: the span has no daily scan with enough bars before it"
        raise DataError(message)
    moments = inputs.midnights_s[days - inputs.first_day]
    inside = (moments >= market.start_s) & (moments < market.end_s)
    days, moments = days[inside], moments[inside]
    return Starts(
        inputs=inputs,
        end_s=market.end_s,
        days=days,
        moments_s=moments,
        windows=_page(np.ascontiguousarray(inputs.windows.from_s), moments),
        scans=np.searchsorted(np.ascontiguousarray(inputs.scans.at_s), moments),
        groups=_page(inputs.groups_from_s, moments),
        samples=_samples(inputs, moments),
    )


def start_days(scans: Records) -> NDArray[np.int64]:
    """Server days from Monday to Friday on which a symbol with enough history is scanned."""
    known = np.asarray(scans.verdict) != SignalVerdict.TOO_FEW_BARS.value
    days: NDArray[np.int64] = np.unique(np.asarray(scans.day)[known])
    is_workday = [weekday_of(int(day)) < _SATURDAY for day in days]
    return np.compress(is_workday, days)


def _page(from_s: NDArray[np.float64], moments: NDArray[np.float64]) -> NDArray[np.int64]:
    """The page that holds at each moment; the first one before any begins."""
    found: NDArray[np.int64] = np.searchsorted(from_s, moments, side="right") - 1
    return np.maximum(found, 0)


def _samples(inputs: Inputs, moments: NDArray[np.float64]) -> NDArray[np.int64]:
    """The first spread sample that can matter: as many before the start as the trader keeps."""
    kept = int(inputs.terms[0].pace.spread_samples_max_count)
    places = np.zeros((len(moments), len(inputs.contracts)), dtype=np.int64)
    times = np.asarray(inputs.samples.time_s)
    for number, contract in enumerate(inputs.contracts):
        first, end = int(contract.first_sample), int(contract.end_sample)
        own = np.ascontiguousarray(times[first:end])
        found = first + np.searchsorted(own, moments) - kept - 1
        places[:, number] = np.maximum(found, first)
    return places
