"""Faults of bars: forming, revised, missing, out of order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.simulator.faults.injection import Injection, Proceed
from bot.simulator.faults.seam import Call
from bot.simulator.surface.rates import timeframe_length_s

Bars = NDArray[np.void]

_MIDDLE_NEEDS_COUNT: Final = 4
_BY_POSITION: Final = "copy_rates_from_pos"


def misplace_forming(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X03: the forming bar is not there yet, or the next one is there too early.

    Positions count from the newest bar, so they shift by one, as they would in the terminal.
    """
    shape = injection.word("shape")
    if call.name == _BY_POSITION:
        injection.note = f"forming bar {shape}"
        return _shifted(call, proceed, absent=shape == "absent")
    answer = proceed(call)
    if not isinstance(answer, np.ndarray) or not len(answer):
        return answer
    length_s = timeframe_length_s(int(str(call.args[1]))) or 0
    is_forming = int(answer["time"][-1]) + length_s > injection.world.state.now_wall_ms // 1000
    if not is_forming:
        return answer
    injection.note = f"forming bar {shape}"
    return _closed(answer[:-1]) if shape == "absent" else _with_next(answer, length_s)


def _shifted(call: Call, proceed: Proceed, *, absent: bool) -> object:
    symbol, timeframe, start, count = call.args
    start, count = int(str(start)), int(str(count))
    if absent:
        return proceed(Call(call.name, (symbol, timeframe, start + 1, count), call.kwargs))
    if start > 0:
        return proceed(Call(call.name, (symbol, timeframe, start - 1, count), call.kwargs))
    answer = proceed(call)
    if not isinstance(answer, np.ndarray) or not len(answer):
        return answer
    length_s = timeframe_length_s(int(str(timeframe))) or 0
    return _closed(_with_next(answer, length_s)[-count:])


def _with_next(bars: Bars, length_s: int) -> Bars:
    """A bar that has just begun at the last close, after the others."""
    after = bars[-1:].copy()
    for name in ("open", "high", "low"):
        after[name] = after["close"]
    after["time"] += length_s
    after["tick_volume"] = 1
    return _closed(np.concatenate([bars, after]))


def revise(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X04: a closed bar is not what it was when it was read first."""
    return _edited(injection, call, proceed, _revised)


def _revised(injection: Injection, bars: Bars) -> Bars:
    symbol_time = injection.memory.setdefault(
        "time", int(bars["time"][-1 - min(injection.whole("back_count"), len(bars) - 1)])
    )
    rows = np.flatnonzero(bars["time"] == symbol_time)
    if len(rows):
        row = int(rows[0])
        bars["close"][row] *= 1.0 + injection.number("fraction")
        bars["high"][row] = max(bars["high"][row], bars["close"][row])
        bars["low"][row] = min(bars["low"][row], bars["close"][row])
        injection.note = f"bar of {symbol_time} revised"
    return bars


def disorder(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X05: a bar is missing, two are swapped, or one comes twice."""
    return _edited(injection, call, proceed, _disordered)


def _disordered(injection: Injection, bars: Bars) -> Bars:
    shape = injection.word("shape")
    if len(bars) < _MIDDLE_NEEDS_COUNT:
        return bars
    injection.note = f"bar {shape}"
    middle = len(bars) // 2
    if shape == "missing":
        return np.delete(bars, middle)
    if shape == "twice":
        return np.insert(bars, middle, bars[middle])
    bars[[middle - 1, middle]] = bars[[middle, middle - 1]]
    return bars


def _edited(
    injection: Injection,
    call: Call,
    proceed: Proceed,
    edit: Callable[[Injection, Bars], Bars],
) -> object:
    """A read-only copy of the bars, edited."""
    answer = proceed(call)
    if not isinstance(answer, np.ndarray) or not len(answer):
        return answer
    return _closed(edit(injection, answer.copy()))


def _closed(bars: Bars) -> Bars:
    bars.flags.writeable = False
    return bars
