"""One event as one short line, for watching: symbol first, then what happened with its figures."""

from __future__ import annotations

from collections.abc import Callable

from bot.model import events
from bot.model.events import Event
from bot.report import text as words


def headline(event: Event) -> str:
    """The line; empty for events that are too frequent to watch."""
    writer = _WRITERS.get(type(event).__name__)
    return "" if writer is None else writer(event)


def _opened(event: Event) -> str:
    assert isinstance(event, events.PositionOpened)
    return (
        f"[{event.symbol}] {event.side} {words.lots(event.lots)} at {words.price(event.price)}, "
        f"stop {words.price(event.stop_price)}, risk {words.money(event.risk_money)}"
    )


def _closed(event: Event) -> str:
    assert isinstance(event, events.PositionClosed)
    return (
        f"[{event.symbol}] closed {words.signed_money(event.net_money)} "
        f"{words.r_multiple(event.result_r)}, {event.reason.lower().replace('_', ' ')}"
    )


def _rung(event: Event) -> str:
    assert isinstance(event, events.RungTaken)
    return f"[{event.symbol}] rung {event.rung + 1} at {words.r_multiple(event.profit_r)}"


def _moved(event: Event) -> str:
    assert isinstance(event, events.SetupMoved)
    return f"[{event.symbol}] {event.after.replace('_', ' ')}: {event.reason}"


def _created(event: Event) -> str:
    assert isinstance(event, events.SetupCreated)
    entry, stop = words.price(event.entry_price), words.price(event.stop_price)
    return f"[{event.symbol}] setup {event.setup_id} {event.side} at {entry}, stop {stop}"


def _refused(event: Event) -> str:
    assert isinstance(event, events.OrderRefused)
    return f"[{event.symbol}] refused: {event.refusal.lower().replace('_', ' ')}"


def _brake(event: Event) -> str:
    assert isinstance(event, events.BrakeChanged)
    return f"brake {event.after}: day's loss {words.pct(event.loss_base_fraction)}"


def _halt(event: Event) -> str:
    assert isinstance(event, events.HaltLatched)
    return f"HALT {event.halt}: {event.reason}"


def _cleared(event: Event) -> str:
    assert isinstance(event, events.HaltCleared)
    return f"halt {event.halt} lifted: {event.reason}"


def _day_closed(event: Event) -> str:
    assert isinstance(event, events.DayClosed)
    gain = words.signed_money(event.profitable_day_gain_money)
    return f"day {event.date} closed at {words.money(event.balance_money)}, {gain}"


def _phase(event: Event) -> str:
    assert isinstance(event, events.PhaseDecided)
    return f"PHASE {event.verdict} at {words.money(event.equity_money)}"


def _target(event: Event) -> str:
    assert isinstance(event, events.TargetReached)
    return f"target reached: {words.money(event.balance_money)}"


def _fault(event: Event) -> str:
    assert isinstance(event, events.FaultMet)
    return f"fault {event.fault} no. {event.count}: {event.detail}"


def _flat(event: Event) -> str:
    assert isinstance(event, events.FlattenFinished)
    return f"flat: {event.closed_count} closed, {event.cancelled_count} cancelled"


def _command(event: Event) -> str:
    assert isinstance(event, events.CommandTaken)
    return f"command {event.verb}: {event.reason}"


def _started(event: Event) -> str:
    assert isinstance(event, events.BotStarted)
    return (
        f"started {event.mode}, version {event.version}, parameters {event.params_hash}, "
        f"{event.preset} {event.phase}, account {event.login} at {event.server}"
    )


def _stopped(event: Event) -> str:
    assert isinstance(event, events.BotStopped)
    return f"stopped: {event.reason}"


def _reconciled(event: Event) -> str:
    assert isinstance(event, events.Reconciled)
    counts = f"{event.positions_count} positions, {event.orders_count} orders"
    return f"compared with the broker: {counts}, {len(event.findings)} findings"


def _resolved(event: Event) -> str:
    assert isinstance(event, events.IntentResolved)
    return f"[{event.symbol}] unknown outcome settled: {event.resolution}"


_WRITERS: dict[str, Callable[[Event], str]] = {
    "BotStarted": _started,
    "BotStopped": _stopped,
    "BrakeChanged": _brake,
    "CommandTaken": _command,
    "DayClosed": _day_closed,
    "FaultMet": _fault,
    "FlattenFinished": _flat,
    "HaltCleared": _cleared,
    "HaltLatched": _halt,
    "IntentResolved": _resolved,
    "OrderRefused": _refused,
    "PhaseDecided": _phase,
    "PositionClosed": _closed,
    "PositionOpened": _opened,
    "Reconciled": _reconciled,
    "RungTaken": _rung,
    "SetupCreated": _created,
    "SetupMoved": _moved,
    "TargetReached": _target,
}
