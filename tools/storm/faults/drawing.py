"""Draws single faults: a window in the safety phase, and parameters that end within it."""

from __future__ import annotations

import random
from typing import Final

from tools.storm.faults.draws import Setting, Span
from tools.storm.faults.plan import PlannedFault
from tools.storm.faults.row import FaultRow, Pace, Scenic, Terminal

_SYMBOL_INDEX: Final = "symbol_index"
_WINDOW_LEAST_S: Final = 3600.0
_LASTS_SHARE: Final = 0.7
_WHOLE_SHARE: Final = 0.5
_REPEATED_SHARE: Final = 0.5
_SYMBOL_SHARE: Final = 0.5
_OF_ONE_SYMBOL: Final = frozenset(
    {"B11", "B12", "B13", "B14", "B15", "B16", "B17", "B28", "B32", "B33", "B37", "B43"}
    | {"C09", "C10", "X01", "X02", "X04", "X05", "X06", "X09", "X12"}
)
"""Kinds that concern the terminal's first symbol or all of them unless one is named."""


_ONE_AT_A_TIME: Final = frozenset({"C02"})
"""A day has 23 or 25 hours: strikes that overlapped would make one of 35 hours."""


def drawn_fault(row: FaultRow, rng: random.Random, safety_s: float) -> PlannedFault:
    """The fault with everything drawn, in a window of its own within `safety_s` seconds.

    Half of the windows are the whole phase, the others of any length from an hour on.
    """
    if rng.random() < _WHOLE_SHARE:
        return whole_fault(row, rng, safety_s)
    way = row.way
    tail_s = way.lasts_s if isinstance(way, Terminal) else 0.0
    return _within(row, rng, _window(rng, safety_s, tail_s))


def whole_fault(row: FaultRow, rng: random.Random, safety_s: float) -> PlannedFault:
    """The fault with its parameters drawn; it may strike in the whole of `safety_s` seconds."""
    return _within(row, rng, (0.0, safety_s))


def _within(row: FaultRow, rng: random.Random, window: tuple[float, float]) -> PlannedFault:
    """The fault in this window.

    Of a fault of the terminal the window is when episodes may begin: it ends early enough for the
    last one to be over within the safety phase. `fits` tells beforehand whether there is room.
    """
    way = row.way
    assert isinstance(way, Terminal | Scenic), "what is proved elsewhere is not drawn"
    tail_s = way.lasts_s if isinstance(way, Terminal) else 0.0
    start_s, end_s = window[0], window[1] - tail_s
    parameters = {name: draw.draw(rng) for name, draw in way.draws.items()}
    if isinstance(way, Terminal):
        if way.for_s is not None:
            for_s = min(float(way.for_s.draw(rng)), _LASTS_SHARE * (end_s - start_s))
            parameters["for_s"] = round(for_s, 1)
            end_s -= for_s
        parameters |= _schedule(row, way, rng, (start_s, end_s))
    if row.fault_id in _ONE_AT_A_TIME and "every_s" in parameters:
        parameters["every_s"] = max(float(parameters["every_s"]), float(parameters["for_s"]))
    return PlannedFault(row.fault_id, parameters, start_s, round(end_s, 1))


def fits(row: FaultRow, safety_s: float) -> bool:
    """Whether a safety phase of that length can hold the fault and its end."""
    way = row.way
    if isinstance(way, Scenic):
        return True
    return isinstance(way, Terminal) and safety_s > way.lasts_s + _WINDOW_LEAST_S


def _window(rng: random.Random, safety_s: float, tail_s: float) -> tuple[float, float]:
    """A window, short ones as often as long ones, at least an hour longer than the tail."""
    least_s = min(_WINDOW_LEAST_S + tail_s, safety_s)
    long_s = float(Span(least_s, safety_s).draw(rng)) if least_s < safety_s else safety_s
    long_s = min(long_s, safety_s)
    start_s = round(rng.uniform(0.0, safety_s - long_s), 1)
    return start_s, start_s + long_s


def _schedule(
    row: FaultRow, way: Terminal, rng: random.Random, window: tuple[float, float]
) -> dict[str, Setting]:
    start_s, end_s = window
    chosen: dict[str, Setting] = {}
    if row.fault_id in _OF_ONE_SYMBOL and rng.random() < _SYMBOL_SHARE:
        chosen[_SYMBOL_INDEX] = rng.randrange(16)
    if way.pace is Pace.CALLS:
        assert way.chance is not None, "what strikes calls has a chance"
        return chosen | {"probability": way.chance.draw(rng)}
    chosen["at_s"] = round(rng.uniform(start_s, end_s - 1.0), 1)
    if rng.random() < _REPEATED_SHARE:
        lasts = way.for_s is not None
        chosen["every_s"] = (Span(1800.0, 86_400.0) if lasts else Span(14_400.0, 172_800.0)).draw(
            rng
        )
    return chosen
