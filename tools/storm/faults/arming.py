"""Puts a plan into a scene: the terminal's faults into its `FaultPlan`, the others as injectors."""

from __future__ import annotations

from typing import Final

from tools.storm.faults.catalogue import CATALOGUE
from tools.storm.faults.draws import Setting
from tools.storm.faults.plan import PlannedFault, StormPlan
from tools.storm.faults.row import Scenic, Terminal
from tools.storm.model import Injector, Scene

SYMBOL_INDEX: Final = "symbol_index"
"""Which of the scene's symbols, counted round; a plan is drawn before its scene is known."""

_HARMLESS: Final = "B19"
_LONG_AGO_UTC_S: Final = 1.0
"""What keeps the place of a fault that was dropped: it would have had to begin in 1970."""

_WHOLE: Final = frozenset({"at_call", "times"})


def arm_plan(plan: StormPlan, scene: Scene) -> list[Injector]:
    """Arm every fault of the plan from the scene's present moment on; returns the injectors.

    The caller calls `before_cycle` of each before every cycle, and `heal` when the safety phase is
    over; what passes through the terminal ends by itself.
    """
    begin_utc_s = scene.now_utc_s
    injectors: list[Injector] = []
    armed_count = 0
    for fault in plan.faults:
        way = CATALOGUE[fault.fault_id].way
        if isinstance(way, Terminal):
            for _ in range(armed_count, fault.slot):
                scene.plan.add(_HARMLESS, until_utc_s=_LONG_AGO_UTC_S)
            armed_count = fault.slot + 1
            scene.plan.add(way.kind, **_settings(fault, scene, begin_utc_s))
        elif isinstance(way, Scenic):
            injector = way.make(fault.fault_id, fault.parameters)
            injector.arm(scene, begin_utc_s + fault.start_s, begin_utc_s + fault.end_s)
            injectors.append(injector)
    return injectors


def _settings(fault: PlannedFault, scene: Scene, begin_utc_s: float) -> dict[str, Setting]:
    settings = dict(fault.parameters)
    settings["from_utc_s"] = begin_utc_s + fault.start_s
    settings["until_utc_s"] = begin_utc_s + fault.end_s
    if "at_s" in settings:
        settings["at_utc_s"] = begin_utc_s + float(settings.pop("at_s"))
    if SYMBOL_INDEX in settings:
        symbols = scene.settings.symbols
        index = int(float(settings.pop(SYMBOL_INDEX)))
        settings["symbol"] = symbols[index % len(symbols)].symbol
    for name in _WHOLE & settings.keys():
        settings[name] = int(float(settings[name]))
    return settings
