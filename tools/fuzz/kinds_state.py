"""The snapshot, the journal and the confirmation: what a restart stands on."""

from __future__ import annotations

import json
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

from bot.adapters.clock import ManualClock
from bot.adapters.confirmations import Confirmation, Confirmations
from bot.adapters.envelope import EnvelopeError, document_bytes, seal, unseal
from bot.adapters.journal_lines import GENESIS, line_hash
from bot.adapters.json_store import JsonStore
from bot.adapters.jsonl_journal import JsonlJournal
from bot.cli.evidence import status_fold
from bot.cli.folders import RunFolder
from bot.errors import NeedsPersonError, StateCorruptError
from bot.live.journal_tail import read_journal_tail
from bot.live.state import SCHEMA_VERSION, STATE_NAME, BotState, state_from_document
from bot.model.events import EVENTS, BotStopped
from bot.timezones import server_offset_table
from tools.fuzz.edits import edited, text_of
from tools.fuzz.examples import example_of
from tools.fuzz.model import (
    Answer,
    Kind,
    demand,
    demand_finite,
    demand_kept,
    distinct,
    refused,
)
from tools.fuzz.strict import strict_value

NOON_UTC_S: Final = 1_773_748_800.0
_DAY_S: Final = 86_400.0
_NAMES: Final = ("2026-03-16.jsonl", "2026-03-17.jsonl")


def state_kinds() -> tuple[Kind, ...]:
    """Generations of the state, segments of the journal, the confirmation of the rules."""
    return (
        Kind("state", _states(), _read_state, _resealed),
        Kind("journal", _journals(), _read_journal, _rechained),
        Kind("confirmation", _confirmations(), _read_confirmation, _resealed),
    )


def _no_wait(_duration_s: float) -> None:
    return None


def _store(folder: Path) -> JsonStore:
    return JsonStore(folder, SCHEMA_VERSION, fsync=False, sleep=_no_wait)


def _states() -> tuple[bytes, ...]:
    documents = (BotState().document(), example_of(BotState).document())
    return tuple(
        seal(number, SCHEMA_VERSION, document_bytes(document))
        for number, document in enumerate(documents, start=7)
    )


def _read_state(folder: Path, raw: bytes) -> Answer:
    """Beside a valid generation, beside the same bytes, or alone: as the bytes' own hash says."""
    current, previous = folder / f"{STATE_NAME}.json", folder / f"{STATE_NAME}.prev.json"
    current.write_bytes(raw)
    beside = (_SAVED, raw, None)[zlib.crc32(raw) % 3]
    if beside is not None:
        previous.write_bytes(beside)
    store = _store(folder)
    try:
        document = store.load(STATE_NAME)
        demand("files there, and read as never saved", that=document is not None)
        state = state_from_document(document or {})
    except StateCorruptError as error:
        return refused(error, STATE_NAME)
    finally:
        demand_kept(folder, raw)
    valid = [found for found in (_document(raw), _document(beside or b"")) if found is not None]
    demand("loaded what no generation holds", that=document in valid)
    made = state.document()
    demand_finite(made, "state")
    _demand_carried(dict(document or {}), made, "state")
    store.save(STATE_NAME, made)
    demand("saved and loaded are not the same", that=_store(folder).load(STATE_NAME) == made)
    return Answer.ACCEPTED if _document(raw) is not None else Answer.REFUSED


def _document(raw: bytes) -> dict[str, object] | None:
    try:
        return unseal(raw).document
    except EnvelopeError:
        return None


def _demand_carried(given: object, made: object, where: str) -> None:
    """Nothing of an accepted document is dropped on the way, or turned into another kind."""
    if isinstance(given, dict) and isinstance(made, dict):
        for key, value in given.items():
            demand(f"{where}.{key} was dropped without a word", that=key in made)
            _demand_carried(value, made[key], f"{where}.{key}")
        return
    if isinstance(given, list) and isinstance(made, list) and len(given) == len(made):
        for index, (one, other) in enumerate(zip(given, made, strict=True)):
            _demand_carried(one, other, f"{where}[{index}]")
        return
    same = given == made and isinstance(given, bool) == isinstance(made, bool)
    demand(f"{where}: {given!r:.60} became {made!r:.60}", that=same)


def _resealed(rng: Random, raw: bytes) -> bytes:
    """Another document under a checksum that fits."""
    generation = unseal(raw)
    body = text_of(rng, edited(rng, generation.document))
    number = rng.choice((generation.number, generation.number, 0, 10**18))
    schema = rng.choice((*[generation.schema_version] * 6, 0, generation.schema_version + 1))
    return seal(number, schema, body)


def _journals() -> tuple[bytes, ...]:
    """Two days' files: every event there is, once each, as the journal itself writes them."""
    with tempfile.TemporaryDirectory() as name:
        folder, clock = Path(name), ManualClock(NOON_UTC_S - _DAY_S)
        journal = JsonlJournal(folder, clock, server_offset_table(), fsync=False)
        for day in range(len(_NAMES)):
            clock.advance_to(NOON_UTC_S + (day - 1) * _DAY_S)
            for kind in EVENTS.values():
                journal.record(example_of(kind))
                clock.sleep(1.0)
        journal.close()
        return tuple((folder / name).read_bytes() for name in _NAMES)


def _read_journal(root: Path, raw: bytes) -> Answer:
    """The newer day's file or the older one's: a whole one in place, others as their hash says."""
    folder = root / "journal"
    folder.mkdir()
    fuzzed = _JOURNAL.index(raw) if raw in _JOURNAL else zlib.crc32(raw) % 2
    for index, name in enumerate(_NAMES):
        (folder / name).write_bytes(raw if index == fuzzed else _JOURNAL[index])
    clock, table = ManualClock(NOON_UTC_S + 3_600.0), server_offset_table()
    try:
        journal = JsonlJournal(folder, clock, table, fsync=False, sleep=_no_wait)
        lines = list(journal.events())
        journal.record(BotStopped(reason="fuzz"))
        journal.close()
        again = list(journal.events())
        demand("recorded, and not read again", that=again[-1].get("reason") == "fuzz")
        demand("recording changed the past", that=again[: len(lines)] == lines)
        status_fold(RunFolder(folder.parent))
        read_journal_tail(BotState(), journal, clock.now_utc_s(), table)
    except NeedsPersonError as error:
        return refused(error, ".jsonl", "journal")
    finally:
        _demand_lines_kept(folder, raw)
    demand_finite(lines, "journal")
    return Answer.ACCEPTED


def _demand_lines_kept(folder: Path, raw: bytes) -> None:
    """The bytes are a file's beginning, and what was cut off is a file of its own."""
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for content in contents:
        common = _common_count(content, raw)
        if common == len(raw):
            return
        if any(raw.endswith(cut) and len(raw) - len(cut) <= common for cut in contents if cut):
            return
    demand("lines of the journal are nowhere any more", that=False)


def _common_count(one: bytes, other: bytes) -> int:
    count = min(len(one), len(other))
    if one[:count] == other[:count]:
        return count
    low, high = 0, count
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _rechained(rng: Random, raw: bytes) -> bytes:
    """Other values in some lines, every checksum and link made to fit again."""
    lines = raw.splitlines()
    wrong = {rng.randrange(len(lines)) for _ in range(rng.choice((1, 1, 3)))}
    previous: str = str(json.loads(lines[0])["prev"]) if lines else GENESIS
    written = []
    for number, line in enumerate(lines):
        document = json.loads(line)
        del document["crc"], document["prev"]
        tree = edited(rng, document) if number in wrong else document
        if isinstance(tree, dict):
            tree["prev"] = previous
        body = text_of(rng, tree).replace(b"\n", b"").removesuffix(b"}")
        whole = body + b',"crc":"%08x"}' % zlib.crc32(body)
        written.append(whole)
        previous = line_hash(whole)
    return b"\n".join(written) + b"\n"


def _confirmations() -> tuple[bytes, ...]:
    facts = {"account.phase": '"step1"', "limits.daily": "5", "terms": '["a", "b"]'}
    told = Confirmation(facts, "a trader", NOON_UTC_S)
    with tempfile.TemporaryDirectory() as name:
        book = Confirmations(Path(name))
        book.save(told)
        book.save(replace(told, by="another trader"))
        return distinct(path.read_bytes() for path in sorted(Path(name).glob("*.json")))


def _read_confirmation(folder: Path, raw: bytes) -> Answer:
    (folder / "rules_confirmed.json").write_bytes(raw)
    try:
        found = Confirmations(folder, sleep=_no_wait).load()
    except StateCorruptError as error:
        return refused(error, "rules_confirmed")
    finally:
        demand_kept(folder, raw)
    demand("a file there, and read as never confirmed", that=found is not None)
    assert found is not None
    strict_value(raw)
    demand_finite(found.confirmed_utc_s, "confirmed_utc_s")
    document = unseal(raw).document
    _demand_carried(document["facts"], dict(found.facts), "facts")
    return Answer.ACCEPTED


_SAVED: Final = _states()[1]
_JOURNAL: Final = _journals()
