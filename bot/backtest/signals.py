"""What the daily scans say, computed once per symbol: the same rules on the same closed bars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.backtest.compiled import compiled, machine
from bot.backtest.inputs import SCAN, Records, records
from bot.backtest.terms import CYCLE_S
from bot.indicators import features_of
from bot.model.broker import Timeframe
from bot.model.market import Bars, OffsetTable
from bot.model.settings import BotSettings, SymbolSettings
from bot.model.signal import Features, Signal, SignalSettings, Volatility
from bot.rules.calendar import day_start_utc_s, is_weekend, server_day, weekday_of
from bot.rules.entry import levels_on_grid
from bot.rules.signal import detect_signal
from bot.rules.timeframes import last_closed_index, view_at

_MONDAY = 0


@dataclass(frozen=True, slots=True, eq=False)
class SignalBars:
    """Bars of one symbol, by UTC open time, history included; the last ones may be unfinished."""

    d1: Bars
    w1: Bars
    mn1: Bars
    h4: Bars
    tick_size_price: float


class Due(NamedTuple):
    """One scan: at which cycle, of which server day, of which traded symbol (settings' order)."""

    at_s: float
    day: int
    place: int


def schedule_of(
    settings: BotSettings, table: OffsetTable, start_s: float, end_s: float
) -> list[Due]:
    """Every scan between two moments: per server day, so many symbols a cycle, in order."""
    first, last = server_day(start_s, table), server_day(end_s, table)
    found: list[Due] = []
    for day in range(first, last + 1):
        found += _of_day(settings, table, day, start_s)
    return [due for due in found if start_s <= due.at_s <= end_s]


def _of_day(settings: BotSettings, table: OffsetTable, day: int, start_s: float) -> list[Due]:
    midnight = day_start_utc_s(day, table)
    is_free = is_weekend(midnight, table)
    waiting = {
        place: midnight + _wait_s(settings, item, day)
        for place, item in enumerate(settings.symbols)
        if item.trades_weekends or not is_free
    }
    found: list[Due] = []
    at_s = max(_cycle_at(min(waiting.values(), default=midnight), start_s), start_s)
    while waiting:
        due = [place for place, from_s in waiting.items() if from_s <= at_s]
        for place in due[: settings.schedule.scan_symbols_per_cycle_count]:
            del waiting[place]
            found.append(Due(at_s, day, place))
        if due or not waiting:
            at_s += CYCLE_S
        else:
            at_s = max(at_s + CYCLE_S, _cycle_at(min(waiting.values()), start_s))
    return found


def _wait_s(settings: BotSettings, item: SymbolSettings, day: int) -> float:
    schedule = settings.schedule
    is_first = weekday_of(day) == _MONDAY and not item.trades_weekends
    return schedule.scan_after_weekend_s if is_first else schedule.scan_after_midnight_s


def _cycle_at(moment_s: float, start_s: float) -> float:
    return start_s + math.ceil((moment_s - start_s) / CYCLE_S) * CYCLE_S


@compiled
def detect_all(
    features: Features,
    clock: OffsetTable,
    volatility: int,
    settings: SignalSettings,
    indexes: NDArray[np.int64],
) -> list[Signal]:
    """The signal at each daily bar of `indexes`."""
    return [
        detect_signal(features, view_at(features, index, clock, volatility), settings)
        for index in indexes
    ]


_DETECT_ALL = machine(detect_all)


def scans_of(
    settings: BotSettings,
    bars: Mapping[str, SignalBars],
    numbers: Mapping[str, int],
    due: Sequence[Due],
) -> Records:
    """The answers of every scan in `due`, in their order; `numbers` are the walk's symbols.

    A scan with no closed daily bar before it says nothing and is left out.
    """
    from bot.timezones import server_offset_table  # noqa: PLC0415

    table = server_offset_table()
    found: dict[int, tuple[NDArray[np.int64], list[Signal], SignalBars]] = {}
    for place, item in enumerate(settings.symbols):
        moments = [one.at_s for one in due if one.place == place]
        found[place] = _answers(settings, item, bars[item.symbol], (moments, table))
    seen = dict.fromkeys(found, 0)
    answers = records(SCAN, len(due))
    count = 0
    for one in due:
        indexes, signals, source = found[one.place]
        number = seen[one.place]
        seen[one.place] += 1
        if indexes[number] < 0:
            continue
        symbol = numbers[settings.symbols[one.place].symbol]
        opened = float(source.d1.open_utc_s[indexes[number]])
        _fill(answers[count], (one, symbol, opened), signals[number], source.tick_size_price)
        count += 1
    return answers[:count]


def _answers(
    settings: BotSettings,
    item: SymbolSettings,
    bars: SignalBars,
    when: tuple[list[float], OffsetTable],
) -> tuple[NDArray[np.int64], list[Signal], SignalBars]:
    moments, table = when
    opens = bars.d1.open_utc_s
    indexes = np.array(
        [last_closed_index(opens, Timeframe.D1.value, at_s, table) for at_s in moments],
        dtype=np.int64,
    )
    features = features_of(bars.d1, bars.w1, bars.mn1, bars.h4, settings.signal)
    volatility = (Volatility.HIGH if item.is_volatile else Volatility.NORMAL).value
    judged = np.unique(indexes[indexes >= 0])
    if not len(judged):
        return indexes, [], bars
    signals = dict(
        zip(
            judged.tolist(),
            _DETECT_ALL(features, table, volatility, settings.signal, judged),
            strict=True,
        )
    )
    return indexes, [signals.get(int(index), _NOTHING) for index in indexes], bars


_NOTHING = Signal(0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0, 0, 0)


def _fill(
    row: Records, which: tuple[Due, int, float], signal: Signal, tick_size_price: float
) -> None:
    due, symbol, bar_utc_s = which
    row.at_s, row.day, row.symbol, row.bar_utc_s = due.at_s, due.day, symbol, bar_utc_s
    row.verdict, row.side, row.points = signal.verdict, signal.side, signal.points
    if signal.entry_price > 0.0:
        levels = levels_on_grid(signal.side, signal.entry_price, signal.stop_price, tick_size_price)
        row.entry_price, row.stop_price = levels
