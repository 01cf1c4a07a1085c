"""One event as one short line, for watching: symbol first, then what happened with its figures."""

from __future__ import annotations

from functools import singledispatch

from bot.model import events
from bot.model.events import Event
from bot.report import text as words
from bot.report.breakers import figures_text
from bot.report.refusals import refusal_figures, refusal_says


@singledispatch
def headline(event: Event) -> str:
    """The line; empty for events that are too frequent to watch."""
    del event
    return ""


@headline.register
def _opened(event: events.PositionOpened) -> str:
    return (
        f"[{event.symbol}] {event.side} {words.lots(event.lots)} at {words.price(event.price)}, "
        f"stop {words.price(event.stop_price)}, risk {words.money(event.risk_money)}"
    )


@headline.register
def _closed(event: events.PositionClosed) -> str:
    return (
        f"[{event.symbol}] closed {words.signed_money(event.net_money)} "
        f"{words.r_multiple(event.result_r)}, {event.reason.lower().replace('_', ' ')}"
    )


@headline.register
def _rung(event: events.RungTaken) -> str:
    return f"[{event.symbol}] rung {event.rung + 1} at {words.r_multiple(event.profit_r)}"


@headline.register
def _moved(event: events.SetupMoved) -> str:
    return f"[{event.symbol}] {event.after.replace('_', ' ')}: {event.reason}"


@headline.register
def _created(event: events.SetupCreated) -> str:
    entry, stop = words.price(event.entry_price), words.price(event.stop_price)
    return f"[{event.symbol}] setup {event.setup_id} {event.side} at {entry}, stop {stop}"


@headline.register
def _refused(event: events.OrderRefused) -> str:
    figures = refusal_figures(event.refusal, event.value, event.limit, event.symbol)
    told = f": {figures}" if figures else ""
    return f"[{event.symbol}] refused: {refusal_says(event.refusal)}{told}"


@headline.register
def _brake(event: events.BrakeChanged) -> str:
    return f"brake {event.after}: day's loss {words.pct(event.loss_base_fraction)}"


@headline.register
def _halt(event: events.HaltLatched) -> str:
    return f"HALT {event.halt}: {event.reason}"


@headline.register
def _cleared(event: events.HaltCleared) -> str:
    return f"halt {event.halt} lifted: {event.reason}"


@headline.register
def _tripped(event: events.BreakerTripped) -> str:
    figures = figures_text(event.breaker, event.value, event.limit)
    return f"BREAKER {event.breaker}: {figures}; {event.action}"


@headline.register
def _reset(event: events.BreakerReset) -> str:
    return f"breaker {event.breaker} reset by {event.by}: {event.reason}"


@headline.register
def _reset_refused(event: events.BreakerResetRefused) -> str:
    return f"reset of breaker {event.breaker} refused: {event.why}"


@headline.register
def _day_closed(event: events.DayClosed) -> str:
    gain = words.signed_money(event.profitable_day_gain_money)
    return f"day {event.date} closed at {words.money(event.balance_money)}, {gain}"


@headline.register
def _phase(event: events.PhaseDecided) -> str:
    return f"PHASE {event.verdict} at {words.money(event.equity_money)}"


@headline.register
def _target(event: events.TargetReached) -> str:
    return f"target reached: {words.money(event.balance_money)}"


@headline.register
def _fault(event: events.FaultMet) -> str:
    return f"fault {event.fault} no. {event.count}: {event.detail}"


@headline.register
def _flat(event: events.FlattenFinished) -> str:
    return f"flat: {event.closed_count} closed, {event.cancelled_count} cancelled"


@headline.register
def _command(event: events.CommandTaken) -> str:
    return f"command {event.verb}: {event.reason}"


@headline.register
def _started(event: events.BotStarted) -> str:
    return (
        f"started {event.mode}, version {event.version}, parameters {event.params_hash}, "
        f"{event.preset} {event.phase}, account {event.login} at {event.server}"
    )


@headline.register
def _stopped(event: events.BotStopped) -> str:
    return f"stopped: {event.reason}"


@headline.register
def _reconciled(event: events.Reconciled) -> str:
    counts = f"{event.positions_count} positions, {event.orders_count} orders"
    return f"compared with the broker: {counts}, {len(event.findings)} findings"


@headline.register
def _resolved(event: events.IntentResolved) -> str:
    return f"[{event.symbol}] unknown outcome settled: {event.resolution}"


@headline.register
def _calendar(event: events.CalendarChanged) -> str:
    told = f": {event.reason}" if event.reason else ""
    says = "the news calendar is fresh" if event.after == "FRESH" else refusal_says(event.after)
    return f"{says}{told}"


@headline.register
def _coast(event: events.CoastChanged) -> str:
    lock = f", profit locked at {words.money(event.lock_floor_money)}"
    left = words.pct(event.coast_factor, 0)
    locked = lock if event.lock_floor_money else ""
    return f"coast {event.after.lower()}: trades risk {left} of the usual{locked}"


@headline.register
def _emergency(event: events.EmergencyChanged) -> str:
    rung = event.after.lower().replace("_", " ")
    return f"EMERGENCY {rung}: {words.money(event.room_money)} above the floor"


@headline.register
def _relieved(event: events.ExposureRelieved) -> str:
    lots, money = words.lots(event.lots), words.money(event.relief_money)
    return f"[{event.symbol}] {event.action} {lots} lots: gives back {money}"


@headline.register
def _night(event: events.ResetNightJudged) -> str:
    room = words.signed_money(event.room_money)
    return f"before the reset: tomorrow's room {room}, {event.policy}: {event.action}"


@headline.register
def _idle(event: events.InactivityNoticed) -> str:
    limit = f" of {event.limit_days}" if event.limit_days else ""
    return f"no trade opened for {event.idle_days_count} days{limit}"
