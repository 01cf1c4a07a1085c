"""The command spool: fresh commands are handed out, stale and broken ones never, none is lost."""

from __future__ import annotations

import json

from fuzz_disk import Ward, machine_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from bot.adapters.command_spool import AGE_MAX_S, VERBS, CommandSpool, submit
from bot.ports import Command

NOON_UTC_S = 1_773_748_800.0
GARBAGE = (
    b"",
    b"{",
    b"[]",
    b"\0" * 100,
    b'{"verb":"flatten"}',
    b'{"command_id":"x","verb":"flatten","reason":"","submitted_utc_s":NaN}',
    b'{"command_id":"x","verb":"buy","reason":"","submitted_utc_s":1773748800}',
    b'{"command_id":"x","verb":"resume","reason":"\\ud800","submitted_utc_s":1773748800}',
    b'{"command_id":"../x","verb":"resume","reason":"","submitted_utc_s":1773748800}',
    b'{"command_id":"x","verb":"resume","reason":"","submitted_utc_s":' + b"9" * 400 + b"}",
    b'{"\\ud800":1}',
    b"[" * 4_000,
)
deaths = st.none() | st.integers(0, 4)


class Spool(RuleBasedStateMachine):
    """The model: when each command was handed in, and what became of it.

    `handed_out` is this process's memory; `acknowledged` is for ever. A machine that lost its
    power needs longer to come back than a command lives.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ward = Ward()
        self.folder = self.ward.disk.root / "commands"
        self.now_utc_s = NOON_UTC_S
        self.handed_in: dict[str, float] = {}
        self.handed_out: set[str] = set()
        self.acknowledged: set[str] = set()
        self.maybe_acknowledged: set[str] = set()
        self.garbage: dict[str, bytes] = {}
        self.spool = self.a_spool()

    def a_spool(self) -> CommandSpool:
        with self.ward.disk.installed():
            return CommandSpool(self.folder, lambda: self.now_utc_s)

    @precondition(lambda self: len(self.handed_in) < 15)
    @rule(verb=st.sampled_from(VERBS), reason=st.text("abc é", max_size=20))
    def a_person_commands(self, verb: str, reason: str) -> None:
        """Another process writes; the trader may be dead meanwhile."""
        argument = "day_losses" if verb == "reset" else ""
        words = f"why {reason}".strip()
        with self.ward.disk.installed():
            command = submit(self.folder, verb, words, self.now_utc_s, argument)
        assert command.command_id not in self.handed_in
        self.handed_in[command.command_id] = self.now_utc_s

    @precondition(lambda self: len(self.garbage) < 10)
    @rule(content=st.sampled_from(GARBAGE))
    def something_else_is_put_there(self, content: bytes) -> None:
        name = f"garbage-{len(self.garbage)}.json"
        self.ward.disk.overwrite(self.folder / name, content)
        self.garbage[name] = content

    @precondition(lambda self: self.handed_out | self.acknowledged)
    @rule(which=st.integers(0, 14), age_s=st.sampled_from([-400.0, 0.0, 30.0]))
    def a_file_is_copied_back(self, which: int, age_s: float) -> None:
        """Repeated: the same id once more, as it was or with another date (FAULTS H10)."""
        known = sorted(self.handed_out | self.acknowledged)
        command_id = known[which % len(known)]
        document = {
            "command_id": command_id,
            "verb": "resume",
            "reason": "again",
            "argument": "",
            "submitted_utc_s": self.handed_in[command_id] + age_s,
        }
        name = f"zz-copy-{which}.json"
        self.ward.disk.overwrite(self.folder / name, json.dumps(document).encode())
        self.the_trader_takes(None)

    @rule(seconds=st.sampled_from([0.5, 10.0, 59.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.now_utc_s += seconds

    @rule(dies_after=deaths)
    def the_trader_takes(self, dies_after: int | None) -> None:
        taken: list[Command] = []
        spool = self.spool
        ended = self.ward.attempt(lambda: taken.extend(spool.take()), dies_after)
        for command in taken:
            assert command.command_id in self.handed_in, "a command nobody gave"
            assert command.command_id not in self.handed_out, "handed out twice"
            assert command.command_id not in self.acknowledged, "done, and handed out again"
            age_s = self.now_utc_s - self.handed_in[command.command_id]
            assert age_s <= AGE_MAX_S, f"{age_s} s old"
            self.handed_out.add(command.command_id)
        if ended == "died":
            self.another_process("kill")
        else:
            self.check_nothing_forgotten()
            self.check_garbage_set_aside()

    @precondition(lambda self: self.handed_out - self.acknowledged)
    @rule(which=st.integers(0, 14), dies_after=deaths)
    def the_trader_acknowledges(self, which: int, dies_after: int | None) -> None:
        waiting = sorted(self.handed_out - self.acknowledged)
        command_id = waiting[which % len(waiting)]
        spool = self.spool
        ended = self.ward.attempt(lambda: spool.acknowledge(command_id), dies_after)
        if ended == "done":
            self.acknowledged.add(command_id)
        else:
            self.maybe_acknowledged.add(command_id)
            self.another_process("kill")

    @rule(how=st.sampled_from(["kill", "crash"]))
    def another_process(self, how: str) -> None:
        """What was taken and not acknowledged is handed out again while it is fresh."""
        self.now_utc_s += 0.5 if how == "kill" else 120.0
        self.ward.bury(how, len(self.handed_in))
        self.handed_out = set()
        self.spool = self.a_spool()

    def check_nothing_forgotten(self) -> None:
        for command_id, at_utc_s in self.handed_in.items():
            is_fresh = self.now_utc_s - at_utc_s <= AGE_MAX_S
            known = self.handed_out | self.acknowledged | self.maybe_acknowledged
            assert not is_fresh or command_id in known, "a fresh command was passed over"

    def check_garbage_set_aside(self) -> None:
        """Every byte that was put there is still somewhere, and out of the way."""
        disk = self.ward.disk
        kept = [disk.read(path) for path in disk.files(self.folder / "rejected")]
        for name, content in self.garbage.items():
            assert disk.read(self.folder / name) is None, "garbage waits for ever"
            assert content in kept


TestSpool = Spool.TestCase
TestSpool.settings = machine_settings(examples_count=60)
