"""Small files that processes leave for each other: commands, the heartbeat, the flag, addresses."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Final

from bot.adapters.clock import ManualClock
from bot.adapters.command_spool import CommandSpool, submit
from bot.adapters.heartbeat import FileHeartbeat, read_heartbeat
from bot.adapters.jsonl_journal import JsonlJournal
from bot.adapters.manage_only import FlaggedCommands, flag
from bot.cli.terminal_process_place import line_in
from bot.errors import BrokerUnavailableError
from bot.model.events import CommandTaken
from bot.ports import MANAGE_ONLY, Command
from bot.timezones import server_offset_table
from tools.fuzz.edits import json_edit
from tools.fuzz.model import Answer, Kind, demand, demand_finite, demand_kept, emptied, refused
from tools.fuzz.strict import strict_value

_NOW_UTC_S: Final = 1_773_748_800.0
_VERBS: Final = {"pause", "resume", "flatten", "reset"}
_AGES_S: Final = (-10.0, 60.0)
_SCRATCH_NAME: Final = "written"


def signal_kinds(scratch: Path) -> tuple[Kind, ...]:
    """Command, heartbeat, manage-only flag, and where a simulated terminal is."""
    return (
        Kind("command", _commands(scratch), _read_command, json_edit),
        Kind("heartbeat", _heartbeats(scratch), _read_beat, json_edit),
        Kind("manage-only flag", _flags(scratch), _read_flag, json_edit),
        Kind("terminal place", _places(), _read_place, json_edit),
    )


def _commands(scratch: Path) -> tuple[bytes, ...]:
    folder = emptied(scratch / _SCRATCH_NAME)
    submit(folder, "flatten", "news ahead", _NOW_UTC_S - 3.0)
    submit(folder, "resume", "", _NOW_UTC_S - 2.0)
    submit(folder, "reset", "looked at it", _NOW_UTC_S - 1.0, "consecutive_losses")
    return tuple(path.read_bytes() for path in sorted(folder.glob("*.json")))


def _read_command(folder: Path, raw: bytes) -> Answer:
    spool_folder = folder / "commands"
    spool = CommandSpool(spool_folder, lambda: _NOW_UTC_S)
    (spool_folder / "fuzzed.json").write_bytes(raw)
    taken = list(spool.take())
    demand_kept(spool_folder, raw)
    for command in taken:
        spool.acknowledge(command.command_id)
    demand_kept(spool_folder, raw)
    demand("a command done twice", that=not list(spool.take()))
    if not taken:
        reasons = list((spool_folder / "rejected").glob("*.reason.txt"))
        demand("refused without a reason", that=len(reasons) == 1)
        demand("refused without a word", that=bool(reasons[0].read_text("utf-8").strip()))
        return Answer.REFUSED
    (command,) = taken
    document = strict_value(raw)
    assert isinstance(document, dict)
    demand(f"verb {command.verb!r}", that=command.verb in _VERBS)
    demand("not the words that were written", that=command.reason == document["reason"])
    age_s = _NOW_UTC_S - document["submitted_utc_s"]
    demand(f"{age_s} s old", that=_AGES_S[0] <= age_s <= _AGES_S[1])
    _journalled(folder, command)
    return Answer.ACCEPTED


def _journalled(folder: Path, command: Command) -> None:
    """What is carried out can be written down."""
    clock = ManualClock(_NOW_UTC_S)
    journal = JsonlJournal(folder / "journal", clock, server_offset_table(), fsync=False)
    journal.record(CommandTaken(command.command_id, command.verb, command.reason, command.argument))
    demand("not journalled as said", that=journal.events()[0]["reason"] == command.reason)
    journal.close()


def _heartbeats(scratch: Path) -> tuple[bytes, ...]:
    clock = ManualClock(_NOW_UTC_S)
    path = emptied(scratch / _SCRATCH_NAME) / "heartbeat.json"
    FileHeartbeat(path, clock, host=clock).beat(17)
    older = {"pid": 4, "cycle_count": 2, "at_utc_s": _NOW_UTC_S, "host_utc_s": 1.0}
    return path.read_bytes(), json.dumps(older).encode()


def _read_beat(folder: Path, raw: bytes) -> Answer:
    path = folder / "heartbeat.json"
    path.write_bytes(raw)
    beat = read_heartbeat(path)
    demand_kept(folder, raw)
    if beat is None:
        return Answer.REFUSED
    strict_value(raw)
    for name in ("at_utc_s", "host_utc_s", "alive_utc_s"):
        value = getattr(beat, name)
        demand(f"{name} is {value!r}", that=isinstance(value, float) and math.isfinite(value))
    for name in ("pid", "cycle_count"):
        value = getattr(beat, name)
        demand(f"{name} is {value!r}", that=type(value) is int and value >= 0)
    return Answer.ACCEPTED


class _Silent:
    """A spool nobody wrote to."""

    def take(self) -> tuple[Command, ...]:
        """Nothing."""
        return ()

    def acknowledge(self, command_id: str) -> None:
        """Nothing was handed out."""


def _flags(scratch: Path) -> tuple[bytes, ...]:
    path = emptied(scratch / _SCRATCH_NAME) / "manage_only.json"
    flag(path, "5 crashes within 10 minutes", _NOW_UTC_S)
    return (path.read_bytes(),)


def _read_flag(folder: Path, raw: bytes) -> Answer:
    """Whatever stands in it, the flag stands: nothing may be entered."""
    path = folder / "manage_only.json"
    path.write_bytes(raw)
    taken = FlaggedCommands(_Silent(), path).take()
    demand_kept(folder, raw)
    demand("the flag stands and nobody is told", that=[c.verb for c in taken] == [MANAGE_ONLY])
    _journalled(folder, taken[0])
    is_ours = taken[0].reason.startswith("5 crashes")
    return Answer.ACCEPTED if is_ours else Answer.REFUSED


def _places() -> tuple[bytes, ...]:
    document = {"address": "127.0.0.1:51234", "key": "00ff" * 16, "pid": 4711}
    return (json.dumps(document).encode(),)


def _read_place(folder: Path, raw: bytes) -> Answer:
    (folder / "terminal.json").write_bytes(raw)
    try:
        line = line_in(folder)
    except BrokerUnavailableError as error:
        return refused(error, "terminal")
    finally:
        demand_kept(folder, raw)
    demand("no line", that=line is not None)
    demand_finite(strict_value(raw))
    return Answer.ACCEPTED
