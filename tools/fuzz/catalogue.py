"""Every kind of file the bot reads."""

from __future__ import annotations

from pathlib import Path

from tools.fuzz.kinds_calendar import calendar_kinds
from tools.fuzz.kinds_market import market_kinds
from tools.fuzz.kinds_params import params_kinds
from tools.fuzz.kinds_records import record_kinds
from tools.fuzz.kinds_signals import signal_kinds
from tools.fuzz.kinds_state import state_kinds
from tools.fuzz.model import Kind


def all_kinds(scratch: Path) -> tuple[Kind, ...]:
    """The kinds, most important first; `scratch` is a folder to write examples in."""
    return (
        *state_kinds(),
        *signal_kinds(scratch),
        *params_kinds(),
        *calendar_kinds(),
        *market_kinds(),
        *record_kinds(),
    )
