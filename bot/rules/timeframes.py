"""When a bar closes, and which bars of every timeframe a decision may see.

A decision belongs to one daily bar and is dated by that bar's own close, whenever the scan happens
to run: a scan ten minutes or two days later, a restart and a backtest all see the same bars. A bar
is visible when its close, computed from its own open and the server's calendar, is not after that
moment. Nothing depends on later bars being present, so removing or changing them changes nothing.
"""

from __future__ import annotations

import numpy as np

from bot.model.broker import Timeframe
from bot.model.market import IntArray, OffsetTable
from bot.model.signal import Features, SignalView
from bot.rules._rule import rule
from bot.rules.calendar import DAY_S, HOUR_S, server_s, utc_from_server_s

_DAYS_0000_TO_1970 = 719_468  # from 0000-03-01, the origin of the civil calendar arithmetic below
_DAYS_PER_400_YEARS = 146_097
_SHORTEST_MONTH_S = 28 * DAY_S - HOUR_S


@rule
def month_start_day(day: int, months_later: int) -> int:
    """First day (days since 1970-01-01) of the month of `day`, or of a month so much later.

    Proleptic Gregorian calendar, years counted from March so that the leap day comes last.
    """
    shifted = day + _DAYS_0000_TO_1970
    era = shifted // _DAYS_PER_400_YEARS
    day_of_era = shifted - era * _DAYS_PER_400_YEARS
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * day_of_year + 2) // 153
    month_count = (era * 400 + year_of_era) * 12 + march_month + months_later
    year = month_count // 12
    day_in_year = (153 * (month_count % 12) + 2) // 5
    return year * 365 + year // 4 - year // 100 + year // 400 + day_in_year - _DAYS_0000_TO_1970


@rule
def bar_close_utc_s(open_utc_s: float, timeframe_s: int, clock: OffsetTable) -> float:
    """The moment a bar that opened then is complete, on the server's calendar.

    H1 and H4 last their nominal length. D1 and W1 end at the same server time one or seven days
    later (23 or 25 hours at a clock change), MN1 at the first midnight of the next server month.
    A bar stamped later than its period began (a holiday) gets a late close: never an early one.
    """
    if timeframe_s < Timeframe.D1.value:
        return open_utc_s + timeframe_s
    wall_s = server_s(open_utc_s, clock)
    if timeframe_s == Timeframe.MN1.value:
        return utc_from_server_s(float(month_start_day(int(wall_s // DAY_S), 1) * DAY_S), clock)
    return utc_from_server_s(wall_s + timeframe_s, clock)


@rule
def shortest_s(timeframe_s: int) -> int:
    """The least a bar of this timeframe can last: a clock may skip an hour, February has 28 days.

    A bar that opened later than that ago is surely unfinished.
    """
    if timeframe_s < Timeframe.D1.value:
        return timeframe_s
    if timeframe_s == Timeframe.MN1.value:
        return _SHORTEST_MONTH_S
    return timeframe_s - HOUR_S


@rule
def last_closed_index(
    open_utc_s: IntArray, timeframe_s: int, moment_utc_s: float, clock: OffsetTable
) -> int:
    """Index of the newest bar whose close is not after the moment; -1 when there is none."""
    surely_open_s = moment_utc_s - shortest_s(timeframe_s)
    index = int(np.searchsorted(open_utc_s, surely_open_s, side="right")) - 1
    while (
        index >= 0 and bar_close_utc_s(float(open_utc_s[index]), timeframe_s, clock) > moment_utc_s
    ):
        index -= 1
    return index


@rule
def decision_utc_s(features: Features, d1_index: int, clock: OffsetTable) -> float:
    """The moment to which the decision on a daily bar belongs: that bar's close."""
    return bar_close_utc_s(float(features.d1.open_utc_s[d1_index]), Timeframe.D1.value, clock)


@rule
def view_at(features: Features, d1_index: int, clock: OffsetTable, volatility: int) -> SignalView:
    """What the decision on daily bar `d1_index` may see of every timeframe.

    Live and research call this alike: bars that closed after the decision, which a late scan
    already has, stay out of it. `volatility` is the symbol's (`Volatility`).
    """
    moment_utc_s = decision_utc_s(features, d1_index, clock)
    return SignalView(
        d1_index=d1_index,
        w1_index=last_closed_index(features.w1.open_utc_s, Timeframe.W1.value, moment_utc_s, clock),
        mn1_index=last_closed_index(
            features.mn1.open_utc_s, Timeframe.MN1.value, moment_utc_s, clock
        ),
        h4_index=last_closed_index(features.h4.open_utc_s, Timeframe.H4.value, moment_utc_s, clock),
        volatility=volatility,
    )


@rule
def latest_view(features: Features, clock: OffsetTable, volatility: int) -> SignalView:
    """The view at the newest daily bar; nothing is visible without one."""
    last = int(features.d1.open_utc_s.size) - 1
    if last < 0:
        return SignalView(-1, -1, -1, -1, volatility)
    return view_at(features, last, clock, volatility)
