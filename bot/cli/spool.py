"""Hands a person's command to the running trader, and waits until it was taken."""

from __future__ import annotations

from bot.adapters.clock import SystemClock
from bot.adapters.command_spool import submit
from bot.cli import console
from bot.cli.evidence import status_fold, trader_pulse
from bot.cli.folders import RunFolder
from bot.errors import BotError
from bot.report.status import STALE_AFTER_S, Status
from bot.report.text import duration

_LOOK_EVERY_S = 0.1


class NobodyListensError(BotError):
    """No trader runs in this folder, so that nobody would carry the command out."""


def send(run: RunFolder, verb: str, reason: str, wait_s: float, argument: str = "") -> None:
    """Spool `verb`, a reset with its breaker as `argument`; returns once the trader took it.

    Raises `NobodyListensError` when no trader runs, or none took it within `wait_s`.
    """
    clock = SystemClock()
    _require_trader(run, verb)
    command = submit(run.commands, verb, reason, clock.now_utc_s(), argument)
    waiting = run.commands / f"{command.command_id}.json"
    deadline_s = clock.monotonic_s() + wait_s
    while waiting.exists():
        if clock.monotonic_s() >= deadline_s:
            message = f"{verb} is in {run.commands} but was not taken within {duration(wait_s)}"
            raise NobodyListensError(message)
        clock.sleep(_LOOK_EVERY_S)
    refusal = run.commands / "rejected" / f"{command.command_id}.reason.txt"
    if refusal.exists():
        message = f"the trader refused {verb}: {refusal.read_text(encoding='utf-8').strip()}"
        raise NobodyListensError(message)
    console.say(f"{verb} taken by the trader: {reason}")


def standing(run: RunFolder) -> Status:
    """What is open and resting as far as the journal knows."""
    return status_fold(run).status(None, None, None)


def _require_trader(run: RunFolder, verb: str) -> None:
    pulse = trader_pulse(run)
    if pulse is not None and pulse.wall_utc_s - pulse.beat_utc_s <= STALE_AFTER_S:
        return
    seen = "it never ran here"
    if pulse is not None:
        seen = f"its last cycle was {duration(pulse.wall_utc_s - pulse.beat_utc_s)} ago"
    message = (
        f"no trader runs in {run.root} ({seen}), so nobody would carry out {verb}; "
        "act in the terminal itself, every position has its stop there"
    )
    raise NobodyListensError(message)
