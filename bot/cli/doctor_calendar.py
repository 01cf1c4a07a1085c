"""The doctor's look at the news calendar."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.cli.calendar_files import file_calendar
from bot.cli.doctor_rows import Row, passed, warned
from bot.live.news_table import judged_sources, state_name, verdict_on
from bot.model.decision import Refusal
from bot.model.news import NewsFallback
from bot.model.settings import BotSettings
from bot.rules.news import gate_is_on


def calendar_row(root: Path, settings: BotSettings) -> Row:
    """Whether entries would be blocked for want of a calendar."""
    gate, clock = settings.news.gate, SystemClock()
    if not gate_is_on(gate):
        return passed("news calendar", "the gate is off and the firm has no rule in this phase")
    read = file_calendar(settings, root, clock).events()
    finding, reason = verdict_on(judged_sources(read, clock.now_utc_s(), gate))
    if finding.refusal == Refusal.NONE:
        return passed("news calendar", f"fresh, {len(read.events)} events")
    blocks = gate.fallback == NewsFallback.BLOCK.value
    then = "no entries until it is fresh" if blocks else "fixed windows until it is fresh"
    first_line = reason.splitlines()[0]
    return warned("news calendar", f"{state_name(finding)}, {first_line}; {then} (bot calendar)")
