"""The catalogue's faults of the broker's conditions: links, permissions, specifications, limits."""

from __future__ import annotations

from math import inf
from typing import Final

from bot.simulator.faults import conditions
from bot.simulator.faults.kind import FaultKind, Parameter
from bot.simulator.faults.views import PIPES

_DAY_S: Final = 86_400.0
_SWITCHES: Final = (
    "algo_trading",
    "python_api",
    "account_experts",
    "account_trading",
    "connected",
)


def _factor(default: float, meaning: str) -> dict[str, Parameter]:
    return {"factor": Parameter(default, meaning, least=1e-6, most=1e6)}


CONDITION_KINDS: Final = (
    FaultKind(
        fault_id="B04",
        name="no connection",
        does="The terminal has no link to its server: 10031, and reads show what was known before.",
        how="switch and view",
        for_s=60.0,
        begin=conditions.lose_link,
    ),
    FaultKind(
        fault_id="B11",
        name="volume rules changed",
        does="Smallest volume and volume step are multiplied (10014).",
        how="specification",
        for_s=inf,
        parameters=_factor(10.0, "by how much"),
        begin=conditions.change_volumes,
    ),
    FaultKind(
        fault_id="B12",
        name="stops level raised",
        does="Stops and pending prices must keep a multiple of their distance (10016, 10015).",
        how="specification",
        for_s=600.0,
        parameters=_factor(20.0, "by how much"),
        begin=conditions.raise_stops_level,
    ),
    FaultKind(
        fault_id="B13",
        name="frozen",
        does="Orders and positions with a level near the market can be neither changed nor closed "
        "(10029).",
        how="specification",
        for_s=600.0,
        parameters={"points": Parameter(1_000_000, "the freeze level", least=0)},
        begin=conditions.freeze,
    ),
    FaultKind(
        fault_id="B14",
        name="filling mode changed",
        does="The symbol accepts another filling mode than before (10030).",
        how="specification",
        for_s=inf,
        parameters={
            "mask": Parameter("other", "what is left", choices=("other", "fok", "ioc", "none"))
        },
        begin=conditions.change_filling,
    ),
    FaultKind(
        fault_id="B15",
        name="symbol restricted",
        does="The symbol's trade mode becomes disabled, long, short or close only (10017, 10042, "
        "10043, 10044).",
        how="specification",
        for_s=3600.0,
        parameters={"mode": Parameter(3, "SYMBOL_TRADE_MODE_*", choices=(0, 1, 2, 3))},
        begin=conditions.restrict,
    ),
    FaultKind(
        fault_id="B16",
        name="early close",
        does="The session ends before its time: 10018, no quotes, no triggers.",
        how="market",
        for_s=7200.0,
        begin=conditions.close_market,
    ),
    FaultKind(
        fault_id="B17",
        name="no margin",
        does="The margin asked for grows until nothing can be opened (10019).",
        how="specification",
        for_s=600.0,
        parameters=_factor(10_000.0, "by how much"),
        begin=conditions.shrink_margin,
    ),
    FaultKind(
        fault_id="B20",
        name="permission off",
        does="AutoTrading (10027), the Python option (None, -8), experts (10026), trading (10017) "
        "or the link (10031) is switched off.",
        how="switch",
        for_s=600.0,
        parameters={"switch": Parameter("algo_trading", "which", choices=_SWITCHES)},
        begin=conditions.switch_off,
    ),
    FaultKind(
        fault_id="B21",
        name="limit reached",
        does="A limit on resting orders, positions or volume per side is lowered (10033, 10040, "
        "10034).",
        how="specification",
        for_s=600.0,
        parameters={
            "limit": Parameter("volume", "of what", choices=("volume", "orders", "positions")),
            "most": Parameter(0.01, "lots, orders or positions allowed", least=0.0),
        },
        begin=conditions.lower_limit,
    ),
    FaultKind(
        fault_id="B28",
        name="remainder under the minimum",
        does="The smallest volume grows above what partial closes leave; the step stays.",
        how="specification",
        for_s=inf,
        parameters=_factor(10.0, "by how much"),
        begin=conditions.raise_minimum,
    ),
    FaultKind(
        fault_id="B36",
        name="contract or leverage changed",
        does="Contract size or leverage is multiplied, also for what is open.",
        how="specification",
        for_s=inf,
        parameters={
            "what": Parameter("contract", "which", choices=("contract", "leverage")),
            **_factor(0.1, "by how much"),
        },
        begin=conditions.change_terms,
    ),
    FaultKind(
        fault_id="B39",
        name="terminal gone",
        does="The terminal is killed: -10002, then -10004 (broken pipe) or -10001 for ever (stuck "
        "pipe), until `initialize` succeeds; -10003 while it is down. Or it is there and its "
        "answers are out of step: -10000 until `initialize`.",
        how="every call",
        for_s=120.0,
        parameters={
            "pipe": Parameter("broken", "what is left", choices=PIPES),
            "build": Parameter(0, "the build it comes back with; 0 is the same", least=0),
        },
        begin=conditions.kill_terminal,
    ),
    FaultKind(
        fault_id="B42",
        name="maintenance",
        does="The broker's server is down: no link, no quotes, no triggers.",
        how="switch, view and market",
        for_s=1800.0,
        begin=conditions.maintain,
    ),
    FaultKind(
        fault_id="B44",
        name="account disabled",
        does="The broker lets the account trade no more (10026, 10017).",
        how="switch",
        for_s=inf,
        begin=conditions.disable_account,
    ),
    FaultKind(
        fault_id="B46",
        name="deleted at the trigger",
        does="The server deletes a triggered order instead of filling it.",
        how="switch",
        for_s=inf,
        begin=conditions.delete_at_trigger,
    ),
    FaultKind(
        fault_id="N04",
        name="outage",
        does="The link is lost for minutes to hours: 10031, and reads show what was known before.",
        how="switch and view",
        for_s=600.0,
        begin=conditions.lose_link,
    ),
    FaultKind(
        fault_id="N05",
        name="flapping link",
        does="The link comes and goes.",
        how="switch and view",
        for_s=300.0,
        parameters={
            "down_s": Parameter(5.0, "how long it is away", least=0.001),
            "up_s": Parameter(5.0, "how long it is there", least=0.001),
        },
        begin=conditions.flap,
    ),
    FaultKind(
        fault_id="C06",
        name="midnight missed",
        does="Nothing can be reached from before to after the next server midnight.",
        how="every call",
        parameters={
            "before_s": Parameter(300.0, "from so long before", least=0.0),
            "after_s": Parameter(300.0, "to so long after", least=0.0),
        },
        begin=conditions.miss_midnight,
    ),
    FaultKind(
        fault_id="C09",
        name="closed or stale",
        does="Quotes stop: because the market is closed (10018), or because the feed is dead.",
        how="market",
        for_s=7200.0,
        parameters={"cause": Parameter("stale", "why", choices=("closed", "stale"))},
        begin=conditions.stale_or_closed,
    ),
    FaultKind(
        fault_id="C10",
        name="calendar edge",
        does="A whole day without a session that no calendar knows of.",
        how="market",
        for_s=_DAY_S,
        begin=conditions.close_market,
    ),
)
