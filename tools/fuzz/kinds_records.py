"""A simulated account's ledger and manifest, histories of accounts, and the watcher's own notes."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from bot.adapters.json_store import JsonStore
from bot.cli.folders import RunFolder, read_manifest
from bot.cli.rules_history import read_histories
from bot.cli.rules_lived import lived
from bot.cli.rules_presets import PresetBook, shipped_book
from bot.cli.simulated import LedgerLine, RequestLedger
from bot.cli.watch_words import words_of
from bot.errors import DataError, StateCorruptError
from bot.watch.alerts import Alert, Outbox, Severity
from bot.watch.journal_news import JournalNews
from tools.fuzz.edits import edited, json_edit, text_of
from tools.fuzz.kinds_params import PARAMS
from tools.fuzz.model import Answer, Kind, demand, demand_finite, demand_kept, refused
from tools.fuzz.strict import strict_value

_NOW_UTC_S: Final = 1_773_748_800.0
_STEP_MAX: Final = 300
_DAY: Final = "2026-03-17.jsonl"


def record_kinds() -> tuple[Kind, ...]:
    """What simulations, `bot rules replay` and `bot watch` read."""
    return (
        Kind("simulated ledger", (_ledger(),), _read_ledger, _lines_edit),
        Kind("manifest", (_manifest(),), _read_manifest, json_edit),
        Kind("account histories", (_histories(), _one_history()), _read_histories, json_edit),
        Kind("journal, watched", (_watched(),), _read_watched, _lines_edit),
        Kind("watcher's notes", (_cursor(), _alerts()), _read_notes, json_edit),
    )


def _ledger() -> bytes:
    request = {"action": 1, "symbol": "EURUSD", "volume": 0.23, "type": 0, "sl": 1.095}
    with tempfile.TemporaryDirectory() as name:
        ledger = RequestLedger(Path(name) / "requests.jsonl")
        for number in range(4):
            line = LedgerLine(_NOW_UTC_S + 10.0 * number, {**request, "magic": 10**17 + number})
            ledger.append(line)
        ledger.close()
        return (Path(name) / "requests.jsonl").read_bytes()


def _read_ledger(folder: Path, raw: bytes) -> Answer:
    path = folder / "requests.jsonl"
    path.write_bytes(raw)
    try:
        lines = RequestLedger(path).lines()
    except StateCorruptError as error:
        return refused(error, "requests.jsonl")
    finally:
        kept = b"".join(found.read_bytes() for found in sorted(folder.iterdir(), key=_by_age))
        demand("a line of the ledger is gone", that=sorted(kept) == sorted(raw))
    before_s = -math.inf
    for line, text in zip(lines, raw.split(b"\n"), strict=False):
        strict_value(text)
        demand_finite([line.at_utc_s, dict(line.request)], "ledger")
        demand("requests that run back", that=line.at_utc_s >= before_s)
        before_s = line.at_utc_s
    return Answer.ACCEPTED


def _by_age(path: Path) -> tuple[bool, str]:
    return path.name != "requests.jsonl", path.name


def _lines_edit(rng: Random, raw: bytes) -> bytes:
    lines = raw.splitlines()
    at = rng.randrange(len(lines))
    lines[at] = text_of(rng, edited(rng, json.loads(lines[at]))).replace(b"\n", b"")
    return b"\n".join(lines) + b"\n"


def _manifest() -> bytes:
    document = {"kind": "demo", "seed": 7, "symbols": ["EURUSD"], "params_hash": "abc", "rules": {}}
    return json.dumps(document, indent=2).encode()


def _read_manifest(folder: Path, raw: bytes) -> Answer:
    run = RunFolder(folder)
    run.manifest.write_bytes(raw)
    try:
        found = read_manifest(run)
    except StateCorruptError as error:
        return refused(error, run.manifest.name)
    finally:
        demand_kept(folder, raw)
    demand("a manifest there, and read as none", that=found is not None)
    demand("not what is written", that=strict_value(raw) == found)
    return Answer.ACCEPTED


@cache
def _presets() -> PresetBook:
    return shipped_book(PARAMS / "current_params.json")


def _path_step(day: int, money: float) -> dict[str, object]:
    return {
        "t_utc": f"2026-05-{day:02d}T12:00:00Z",
        "balance": money,
        "equity": money,
        "open_positions": 0,
        "expect": {"daily_floor": 19_000},
    }


def _path() -> dict[str, object]:
    return {
        "id": "F1",
        "kind": "equity_path",
        "title": "two days",
        "preset": "the5ers_high_stakes_new",
        "phase": "step1",
        "initial_balance": 20_000,
        "policy": {"snapshot": "prev_close", "cash_ops": "shift_base"},
        "steps": [_path_step(4, 20_000), _path_step(5, 20_800)],
    }


def _histories() -> bytes:
    clock = {"id": "F2", "kind": "clock", "preset": "the5ers_high_stakes_new", "phase": "step1"}
    step = {"t_utc": "2026-05-04T12:00:00Z", "expect": {"trading_day": "2026-05-04"}}
    vectors = [_path(), {**clock, "steps": [step]}]
    return json.dumps({"note": "by hand", "vectors": vectors}).encode()


def _one_history() -> bytes:
    profits = {"preset": None, "daily_profits": [100, 300.5, -20], "max_pct": 30}
    step = {**profits, "denominator": "total_net_profit", "expect": {"passes": False}}
    return json.dumps({"id": "F3", "kind": "consistency", "steps": [step]}).encode()


def _read_histories(folder: Path, raw: bytes) -> Answer:
    path = folder / "histories.json"
    path.write_bytes(raw)
    try:
        vectors = read_histories(path)
    except DataError as error:
        return refused(error, "histories.json")
    finally:
        demand_kept(folder, raw)
    strict_value(raw)
    found = list(lived(vectors, _presets()))
    demand("a history left out", that=len(found) == len(vectors))
    for history in found:
        for step in history.steps:
            demand_finite(dict(step.answer), history.name[:_STEP_MAX])
    return Answer.ACCEPTED if all(not history.errors for history in found) else Answer.REFUSED


def _watched() -> bytes:
    lines = [
        {"seq": 1, "at_utc_s": _NOW_UTC_S, "event": "BotStarted", "mode": "live"},
        {"seq": 2, "at_utc_s": _NOW_UTC_S, "event": "HaltLatched", "halt": "x", "reason": "y"},
        {"seq": 3, "at_utc_s": _NOW_UTC_S, "event": "SymbolScanned"},
        {"seq": 4, "at_utc_s": _NOW_UTC_S, "event": "BotStopped", "reason": "asked"},
    ]
    return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)


def _read_watched(folder: Path, raw: bytes) -> Answer:
    """The watcher goes on whatever stands there, tells of what it cannot read, and reads once."""
    (folder / _DAY).write_bytes(raw)
    news = JournalNews(folder, {"file": _DAY, "offset": 0})
    heard: list[str] = []

    def hear(kind: str, severity: Severity, line: Mapping[str, object]) -> None:
        demand(f"severity {severity}", that=severity in Severity)
        words = words_of(kind, line)
        words.encode("utf-8", errors="backslashreplace")
        heard.append(kind)

    for _ in range(20):
        if not news.read(hear):
            break
    demand("never done reading", that=not news.read(hear))
    demand_kept(folder, raw)
    news.has_ended_on_purpose()
    return Answer.REFUSED if "JournalLine" in heard else Answer.ACCEPTED


def _cursor() -> bytes:
    return json.dumps({"file": _DAY, "offset": 17}).encode()


def _alerts() -> bytes:
    alert = Alert("k", Severity.WARNING, "t", 1.5, ["log"])
    return json.dumps({"alerts": [asdict(alert)]}).encode()


class _Deaf:
    """A channel that takes everything."""

    name = "log"
    severity_min = Severity.INFO

    def send(self, text: str) -> None:
        """Hear it, as a log would write it."""
        text.encode("utf-8")


def _read_notes(folder: Path, raw: bytes) -> Answer:
    """The store has its own kind; here its documents: whole, yet of another program."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return Answer.REFUSED
    if not isinstance(document, dict):
        return Answer.REFUSED
    store = JsonStore(folder, 1, fsync=False)
    (folder / _DAY).write_bytes(b'{"event":"BotStopped"}\n')
    news = JournalNews(folder, document)
    news.read(lambda _kind, _severity, _line: None)
    outbox = Outbox([_Deaf()], lambda alerts: store.save("alerts", alerts), document)
    outbox.raise_alert("k", Severity.WARNING, "again", _NOW_UTC_S)
    outbox.deliver(0.0)
    demand("an alert that is never told", that=outbox.waiting_count() == 0)
    return Answer.ACCEPTED
