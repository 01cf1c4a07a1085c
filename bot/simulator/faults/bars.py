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
_BY_POSITION_ARGS_COUNT: Final = 4


def misplace_forming(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X03: the forming bar is not there yet, or the next one is there too early.

    Positions count from the newest bar, so they shift by one, as they would in the terminal.
    """
    shape = injection.word("shape")
    if call.name == _BY_POSITION:
        return _shifted(injection, call, proceed)
    answer = proceed(call)
    if not isinstance(answer, np.ndarray) or not len(answer):
        return answer
    length_s = timeframe_length_s(int(str(call.args[1]))) or 0
    is_forming = int(answer["time"][-1]) + length_s > injection.world.state.now_wall_ms // 1000
    if not is_forming:
        return answer
    injection.note = f"forming bar {shape}"
    return _closed(answer[:-1]) if shape == "absent" else _with_next(answer, length_s)


def _shifted(injection: Injection, call: Call, proceed: Proceed) -> object:
    """The answer with positions off by one; bars a month long have no next one here."""
    shape, place = injection.word("shape"), _place(call)
    if place is None:
        return proceed(call)
    start, count, length_s = place
    is_early = shape == "early"
    start = start - 1 if is_early else start + 1
    answer = proceed(Call(call.name, (*call.args[:2], max(start, 0), count), call.kwargs))
    if not isinstance(answer, np.ndarray) or not len(answer):
        return answer
    injection.note = f"forming bar {shape}"
    return answer if start >= 0 else _closed(_with_next(answer, length_s)[-count:])


def _place(call: Call) -> tuple[int, int, int] | None:
    """Start, count and a bar's seconds of a call by position that the package accepts."""
    if len(call.args) != _BY_POSITION_ARGS_COUNT or not all(
        isinstance(value, int) for value in call.args[1:]
    ):
        return None
    timeframe, start, count = (int(str(value)) for value in call.args[1:])
    length_s = timeframe_length_s(timeframe)
    return None if length_s is None or start < 0 or count < 1 else (start, count, length_s)


def _with_next(bars: Bars, length_s: int) -> Bars:
    """A bar that has just begun at the last close, after the others."""
    after = bars[-1:].copy()
    for name in ("open", "high", "low"):
        after[name] = after["close"]
    after["time"] += length_s
    after["tick_volume"] = 1
    return _closed(np.concatenate([bars, after]))


def revise(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X04: a closed bar of each series is not what it was when it was read first."""

    def revised(bars: Bars) -> Bars:
        row_back = min(injection.whole("back_count"), len(bars) - 1)
        open_s = injection.memory.setdefault(call.args[:2], int(bars["time"][-1 - row_back]))
        for row in np.flatnonzero(bars["time"] == open_s):
            bars["close"][row] *= 1.0 + injection.number("fraction")
            bars["high"][row] = max(bars["high"][row], bars["close"][row])
            bars["low"][row] = min(bars["low"][row], bars["close"][row])
            injection.note = f"bar of {open_s} revised"
        return bars

    return _edited(call, proceed, revised)


def disorder(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X05: a bar is missing, two are swapped, or one comes twice."""
    shape = injection.word("shape")

    def disordered(bars: Bars) -> Bars:
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

    return _edited(call, proceed, disordered)


def _edited(call: Call, proceed: Proceed, edit: Callable[[Bars], Bars]) -> object:
    """A read-only copy of the bars, edited."""
    answer = proceed(call)
    if not isinstance(answer, np.ndarray) or not len(answer):
        return answer
    return _closed(edit(answer.copy()))


def _closed(bars: Bars) -> Bars:
    bars.flags.writeable = False
    return bars
