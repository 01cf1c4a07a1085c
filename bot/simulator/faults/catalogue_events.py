"""The catalogue's faults that happen by themselves: money, other hands, prices, clocks."""

from __future__ import annotations

from math import inf
from typing import Final

from bot.simulator.faults import clocks, events
from bot.simulator.faults.kind import FaultKind, Parameter

_DAY_S: Final = 86_400.0
_YEAR_S: Final = 365.0 * _DAY_S


def _step(fraction: float, direction: str) -> dict[str, Parameter]:
    return {
        "fraction": Parameter(fraction, "how far, as a part of the price", least=0.0, most=0.9),
        "direction": Parameter(direction, "which way", choices=("adverse", "up", "down")),
    }


EVENT_KINDS: Final = (
    FaultKind(
        fault_id="B27",
        name="ids differ",
        does="Positions get ids of their own; order, deal and position are linked by history only. "
        "Or history lists a filled pending order twice, as placed and as filled.",
        how="server",
        for_s=inf,
        parameters={"what": Parameter("positions", "whose", choices=("positions", "orders"))},
        begin=events.renumber,
    ),
    FaultKind(
        fault_id="B31",
        name="stop-out",
        does="The server closes the worst positions as for want of margin.",
        how="server",
        parameters={"positions_count": Parameter(1, "how many; 0 is all", least=0)},
        begin=events.stop_out,
    ),
    FaultKind(
        fault_id="B32",
        name="gap through the stop",
        does="From the next quote on all prices are a step away; stops fill beyond their level.",
        how="market",
        parameters=_step(0.02, "adverse"),
        begin=events.gap,
    ),
    FaultKind(
        fault_id="B33",
        name="rollover spread",
        does="Spreads are multiplied for a while, for triggers too.",
        how="market",
        for_s=3600.0,
        parameters={"factor": Parameter(50.0, "by how much", least=1.0, most=1e4)},
        begin=events.widen_spread,
    ),
    FaultKind(
        fault_id="B34",
        name="money without a trade",
        does="A deposit, withdrawal, credit, charge, commission, dividend or swap is booked.",
        how="server",
        parameters={
            "kind": Parameter("deposit", "what", choices=(*events.MONEY_KINDS, "swap")),
            "money": Parameter(100.0, "how much, in account currency", least=0.0, most=1e9),
        },
        begin=events.move_money,
    ),
    FaultKind(
        fault_id="B43",
        name="foreign position",
        does="A position that is not the script's own appears.",
        how="server",
        parameters={
            "side": Parameter("buy", "which", choices=("buy", "sell")),
            "lots": Parameter(0.0, "volume; 0 is the smallest", least=0.0, most=1e6),
            "magic": Parameter(0, "whose", least=0),
            "comment": Parameter("", "its comment"),
        },
        begin=events.trade_by_hand,
    ),
    FaultKind(
        fault_id="C01",
        name="server offset moves",
        does="The server's clock is set to another offset from UTC.",
        how="server clock",
        for_s=inf,
        parameters={"shift_s": Parameter(3600, "ahead", least=-_DAY_S, most=_DAY_S)},
        begin=clocks.move_offset,
    ),
    FaultKind(
        fault_id="C02",
        name="short or long day",
        does="The server day that is now has 23 or 25 hours.",
        how="server clock",
        for_s=inf,
        parameters={"hours": Parameter(23, "its length", choices=(23, 25))},
        begin=clocks.bend_day,
    ),
    FaultKind(
        fault_id="C03",
        name="other changeover dates",
        does="The server changes to and from summer time on the European dates.",
        how="server clock",
        for_s=inf,
        parameters={
            "zone": Parameter(
                "Europe/Athens",
                "the zone it follows",
                words="names of the time zone database",
                fits=clocks.is_zone,
            ),
            "shift_s": Parameter(0, "ahead of the zone", least=-_DAY_S, most=_DAY_S),
        },
        begin=clocks.change_zone,
    ),
    FaultKind(
        fault_id="C04",
        name="host clock steps",
        does="The computer's own clock is off by seconds; `host_clock_error_s` says by how much.",
        how="host clock",
        for_s=inf,
        parameters={"step_s": Parameter(5.0, "ahead", least=-_DAY_S, most=_DAY_S)},
        begin=clocks.step_host_clock,
    ),
    FaultKind(
        fault_id="C05",
        name="host clock absurd",
        does="The computer's own clock is off by up to a year and more.",
        how="host clock",
        for_s=inf,
        parameters={"step_s": Parameter(-_YEAR_S, "ahead", least=-1e10, most=1e10)},
        begin=clocks.step_host_clock,
    ),
    FaultKind(
        fault_id="X12",
        name="dividend or roll gap",
        does="All prices move by a step without any trade, and bars with them.",
        how="market",
        parameters=_step(0.005, "down"),
        begin=events.gap,
    ),
)
