"""A live-looking run folder, written by the real adapters from hand-made events."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.clock import ManualClock
from bot.adapters.json_store import JsonStore
from bot.adapters.jsonl_journal import JsonlJournal
from bot.cli.folders import RunFolder
from bot.live.state import SCHEMA_VERSION
from bot.model.events import (
    BotStarted,
    DayClosed,
    DayOpened,
    DealBooked,
    OrderRefused,
    PositionOpened,
    SetupCreated,
    SetupMoved,
    SymbolScanned,
)
from bot.report.text import day_number
from bot.rules.calendar import day_start_utc_s
from bot.timezones import server_offset_table

DAY = day_number("2026-11-16")
NO_DEAL = {"fee_money": 0.0, "swap_money": 0.0}


def at(hours: float, day: int = DAY) -> float:
    return day_start_utc_s(day, server_offset_table()) + hours * 3_600.0


@dataclass
class Written:
    folder: Path
    clock: ManualClock
    journal: JsonlJournal


def write_run(folder: Path, *, mode: str = "live") -> Written:
    """One closed day and a running one with an open trade and two waiting setups."""
    run = RunFolder(folder)
    clock = ManualClock(at(0.0))
    journal = JsonlJournal(run.journal, clock, server_offset_table(), fsync=False)
    names = ("EURUSD", "XAUUSD")
    journal.record(
        BotStarted("0.1.0", "7f3a", "high_stakes", "step1", 77, "Srv", "USD", 20_000.0, mode, names)
    )
    journal.record(_opened("2026-11-16"))
    journal.record(
        SymbolScanned(
            "EURUSD", at(0), "SCORE_TOO_LOW", "buy", 0.4, 3.0, ("trend",), ("sweep",), 0, 0, 0
        )
    )
    clock.advance_to(at(24.0))
    journal.record(_closed("2026-11-16"))
    journal.record(_opened("2026-11-17"))
    clock.advance_to(at(30.0))
    for setup_id, symbol in ((1, "EURUSD"), (2, "XAUUSD")):
        journal.record(SetupCreated(setup_id, symbol, "buy", 1.1, 1.095, 5.0, at(200.0)))
    journal.record(OrderRefused(2, "XAUUSD", "SPREAD_TOO_WIDE", 0.2, 0.0, 0))
    journal.record(PositionOpened(1, "EURUSD", "buy", 100, 0.24, 0.24, 1.1, 1.1, 1.095, 0.0, 120.0))
    journal.record(
        DealBooked(
            1, 1, 100, 1, "EURUSD", 1, "IN", "EXPERT", 0.24, 1.1, 0.0, 0.0, -0.96, 0.0, True, at(30)
        )
    )
    journal.record(SetupMoved(1, "EURUSD", "awaiting_entry", "filled", "filled", 0.02))
    _write_state(run)
    return Written(folder, clock, journal)


def beat(folder: Path, age_s: float = 0.0) -> None:
    """A heartbeat of that age."""
    path = RunFolder(folder).heartbeat
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"pid": 1, "cycle_count": 9, "at_utc_s": at(31.0), "host_utc_s": time.time() - age_s}
    path.write_text(json.dumps(document))


def _write_state(run: RunFolder) -> None:
    seen = {"at_utc_s": at(31.0), "balance_money": 19_999.04, "equity_money": 20_010.0}
    day = {"day": DAY + 1, "lowest_equity_money": 19_980.0, "lowest_equity_utc_s": at(30.5)}
    setups = {"2": {"distance_r": 0.77}}
    document = {"login": 77, "last_seen": seen, "day": day, "setups": setups, "intents": {}}
    JsonStore(run.state, SCHEMA_VERSION, fsync=False).save("state", document)


def _opened(date: str) -> DayOpened:
    return DayOpened(date, 20_000.0, 20_000.0, 20_000.0, 19_000.0, 18_000.0, is_estimated=False)


def _closed(date: str) -> DayClosed:
    return DayClosed(
        date, 20_000.0, 20_000.0, 19_950.0, at(5.0), 0.0, False, 0, 0.0, 0, 8_640, 7_200.0, False
    )
