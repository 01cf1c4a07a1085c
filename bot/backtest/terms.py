"""The trader's settings as one record: what rules take as named tuples, a walk holds as fields.

The tuned numbers are an argument of the compiled walk, not constants in it: another parameter file
is another record, never another compilation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple, cast

import numpy as np

from bot.backtest.inputs import Records
from bot.model.breakers import BreakerSettings
from bot.model.challenge import ChallengeRules
from bot.model.coast import CoastSettings
from bot.model.conduct import ConductSettings
from bot.model.exposure import ExposureSettings
from bot.model.reserves import LossLadders, ResetPolicy, SlippageSettings
from bot.model.settings import (
    AdmissionSettings,
    BotSettings,
    BrakeSettings,
    EntrySettings,
    ExitSettings,
    RiskSettings,
    WeekendSettings,
)
from bot.model.sizing import SizingMode, SizingSettings

CYCLE_S = 60.0
"""A walk looks once a minute, as `bot replay` does."""

NEVER_S = math.inf


class Pace(NamedTuple):
    """How often the trader looks and how long it waits; see `ScheduleSettings`."""

    cycle_s: float
    spread_retry_s: float
    resting_check_s: float
    deals_check_s: float
    spread_sample_s: float
    spread_samples_max_count: int
    blind_safe_after_s: float
    connected_before_entry_s: float
    requests_per_day_max_count: int
    scan_symbols_per_cycle_count: int
    revalidate_waiting_setups: bool
    reset_policy: int
    has_regime: bool


class Policy(NamedTuple):
    """What a walk does where the trader waits for a person.

    A breaker that only a person resets is reset after `person_reset_s`; inf never, as in a replay.
    With `knows_spreads` the trader has watched spreads since the recording began, as one that ran
    before this account did; else only since its start.
    """

    person_reset_s: float = NEVER_S
    stops_at_verdict: bool = True
    knows_spreads: bool = False


class Slippage(NamedTuple):
    """How much worse than the simulated price deals are booked: a stress, 0 by default.

    Prices in R of the trade for stops and market entries; spreads are multiplied.
    """

    stop_r: float = 0.0
    market_r: float = 0.0


class Terms(NamedTuple):
    """Everything a walk is tuned by."""

    entry: EntrySettings
    risk: RiskSettings
    admission: AdmissionSettings
    sizing: SizingSettings
    brakes: BrakeSettings
    ladders: LossLadders
    exits: ExitSettings
    weekend: WeekendSettings
    rules: ChallengeRules
    coast: CoastSettings
    exposure: ExposureSettings
    conduct: ConductSettings
    breakers: BreakerSettings
    slippage: SlippageSettings
    pace: Pace
    policy: Policy
    stress: Slippage
    points_full: float
    minor_per_unit: float
    stop_out_level_fraction: float
    is_budget_mode: bool
    counts_day_losses: bool


def terms_of(
    settings: BotSettings, policy: Policy | None = None, stress: Slippage | None = None
) -> Terms:
    """The trader's settings as a walk needs them, for an account in cents."""
    is_budget = settings.sizing.mode == SizingMode.DAILY_BUDGET
    return Terms(
        entry=settings.entry,
        risk=settings.risk,
        admission=settings.admission,
        sizing=settings.sizing,
        brakes=settings.brakes,
        ladders=settings.ladders,
        exits=settings.exits,
        weekend=settings.weekend,
        rules=settings.rules,
        coast=settings.coast,
        exposure=settings.exposure,
        conduct=settings.conduct,
        breakers=settings.breakers,
        slippage=settings.gate.slippage,
        pace=_pace(settings),
        policy=policy or Policy(),
        stress=stress or Slippage(),
        points_full=settings.signal.points_full,
        minor_per_unit=100.0,
        stop_out_level_fraction=0.5,
        is_budget_mode=is_budget,
        counts_day_losses=settings.breakers.day_losses.every_mode or is_budget,
    )


def record_of(terms: Terms) -> Records:
    """`terms` as an array of one record with nested fields; tuples of numbers are sub-arrays."""
    filled = np.zeros(1, _dtype_of(terms))
    _fill(filled[0], terms)
    return filled.view(np.recarray)


def _pace(settings: BotSettings) -> Pace:
    schedule = settings.schedule
    return Pace(
        cycle_s=CYCLE_S,
        spread_retry_s=whole_cycles(schedule.spread_retry_s),
        resting_check_s=whole_cycles(schedule.resting_check_s),
        deals_check_s=schedule.deals_check_s,
        spread_sample_s=whole_cycles(schedule.spread_sample_s),
        spread_samples_max_count=schedule.spread_samples_max_count,
        blind_safe_after_s=schedule.blind_safe_after_s,
        connected_before_entry_s=schedule.connected_before_entry_s,
        requests_per_day_max_count=schedule.requests_per_day_max_count,
        scan_symbols_per_cycle_count=schedule.scan_symbols_per_cycle_count,
        revalidate_waiting_setups=schedule.revalidate_waiting_setups,
        reset_policy=int(ResetPolicy(settings.gate.reset_policy)),
        has_regime=settings.breakers.spread_regime.use,
    )


def whole_cycles(interval_s: float) -> float:
    """What an interval comes to when it is looked at once per cycle: the next whole cycle."""
    return max(1.0, math.ceil(interval_s / CYCLE_S)) * CYCLE_S


_Value = object


def _dtype_of(value: _Value) -> np.dtype[np.void]:
    fields: list[tuple[str, object] | tuple[str, object, tuple[int]]] = []
    for name, part in _fields(value).items():
        if hasattr(part, "_fields"):
            fields.append((name, _dtype_of(part)))
        elif isinstance(part, tuple):
            fields.append((name, "f8", (len(part),)))
        else:
            fields.append((name, _code(name, part)))
    return np.dtype(fields, align=True)


def _code(name: str, value: _Value) -> str:
    if isinstance(value, bool):
        return "?"
    if isinstance(value, Enum | int):
        return "i8"
    if isinstance(value, float):
        return "f8"
    message = f"terms.{name} is {value!r}: a walk holds numbers only"
    raise TypeError(message)


def _fill(record: np.void, value: _Value) -> None:
    for name, part in _fields(value).items():
        if hasattr(part, "_fields"):
            _fill(record[name], part)
        else:
            record[name] = cast("float", part)


def _fields(value: _Value) -> Mapping[str, _Value]:
    return cast("Mapping[str, _Value]", value._asdict())  # type: ignore[attr-defined]
