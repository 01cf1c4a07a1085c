"""The journal on a disk that breaks: what was acknowledged is read again, once, in order."""

from __future__ import annotations

from fuzz_disk import DEATHS, FAULTS, Ward, machine_settings, no_wait
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.adapters.clock import ManualClock
from bot.adapters.journal_files import read_events
from bot.adapters.jsonl_journal import JsonlJournal
from bot.errors import StoreError
from bot.model.events import BotStopped, HaltLatched
from bot.timezones import server_offset_table

NOON_UTC_S = 1_773_748_800.0
DAY_S = 86_400.0
SEAM = "JournalMended"
ITS_OWN = ("FaultMet", SEAM)
TABLE = server_offset_table()
deaths = st.none() | st.integers(0, 6)


class Journal(RuleBasedStateMachine):
    """The model: the words handed over, in order, and which of them have to be there.

    A durable word that was acknowledged must survive a loss of power; any word that was
    acknowledged must survive the death of the process. No other word may appear, none twice.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ward = Ward()
        self.folder = self.ward.disk.root / "journal"
        self.clock = ManualClock(NOON_UTC_S)
        self.journal: JsonlJournal | None = None
        self.said = 0
        self.owed: list[str] = []
        self.owed_on_power_loss: list[str] = []
        self.has_lost_power = False

    @initialize()
    def first_opened(self) -> None:
        self.another_process_opens("kill", 0, None)

    @precondition(lambda self: self.journal is not None)
    @rule(is_durable=st.booleans(), length=st.integers(0, 300), dies_after=deaths)
    def record(self, is_durable: bool, length: int, dies_after: int | None) -> None:
        word = f"word {self.said} " + "é" * length
        self.said += 1
        event = (
            HaltLatched(halt="x", reason=word, resets="person", flattens=False)
            if is_durable
            else BotStopped(reason=word)
        )
        assert event.DURABLE is is_durable
        journal = self.journal
        assert journal is not None
        ended = self.ward.attempt(lambda: journal.record(event), dies_after)
        if ended == "done":
            self.owed.append(word)
            if event.DURABLE:
                self.owed_on_power_loss = list(self.owed)
        elif ended == "died":
            self.journal = None

    @rule(days=st.sampled_from([-3.0, -0.1, 0.01, 0.4, 1.0, 5.0]))
    def time_passes_or_the_clock_is_set(self, days: float) -> None:
        """Files rotate with the server day; a clock that steps back reopens no older one."""
        now = max(NOON_UTC_S - 30 * DAY_S, self.clock.now_utc_s() + days * DAY_S)
        self.clock = ManualClock(now)
        if self.journal is not None:
            self.journal._clock = self.clock  # the host's clock was set

    @rule(fault=st.sampled_from(sorted(FAULTS)))
    def the_disk_breaks(self, fault: str) -> None:
        self.ward.disk.break_with(FAULTS[fault]())

    @rule(room=st.integers(0, 1_000))
    def the_disk_is_full(self, room: int) -> None:
        self.ward.disk.free_bytes = room

    @rule()
    def the_disk_is_mended(self) -> None:
        self.ward.disk.heal()

    @precondition(lambda self: self.journal is not None)
    @rule()
    def somebody_reads(self) -> None:
        """Another process may read at any time, and changes nothing."""
        before = {path: self.ward.disk.read(path) for path in self.ward.disk.files(self.folder)}
        with self.ward.disk.installed():
            self.ward.disk.faults.clear()
            self.check(self.owed)
        after = {path: self.ward.disk.read(path) for path in self.ward.disk.files(self.folder)}
        assert after == before

    @rule(how=st.sampled_from(DEATHS), seed=st.integers(0, 999), dies_after=deaths)
    def another_process_opens(self, how: str, seed: int, dies_after: int | None) -> None:
        self.ward.bury(how, seed)
        self.journal = None
        if how == "crash":
            self.has_lost_power = True
            self.owed = list(self.owed_on_power_loss)
        opened: list[JsonlJournal] = []

        def open_it() -> None:
            opened.append(JsonlJournal(self.folder, self.clock, TABLE, sleep=no_wait))

        if self.ward.attempt(open_it, dies_after) != "done":
            return
        self.journal = opened[0]
        with self.ward.disk.installed():
            self.owed = self.check(self.owed)
        if how == "crash":
            self.owed_on_power_loss = [w for w in self.owed if w in self.owed_on_power_loss]

    def check(self, owed: list[str]) -> list[str]:
        """Owed words are there in order, each once; what else is there was handed over."""
        lines = read_events(self.folder)
        words = [str(line["reason"]) for line in lines if line["event"] not in ITS_OWN]
        seams = [line for line in lines if line["event"] == SEAM]
        assert not seams or self.has_lost_power, "a mended place, and no power was lost"
        numbered = [int(str(line["seq"])) for line in lines if line["event"] != SEAM]
        assert numbered == sorted(set(numbered)), "a number given twice"
        assert seams or numbered == list(range(1, len(lines) + 1)), "a number left out"
        assert len(set(words)) == len(words), "a word was written twice"
        assert [word for word in words if word in set(owed)] == owed, "an acknowledged word is lost"
        numbers = [int(word.split()[1]) for word in words]
        assert numbers == sorted(numbers), "words out of order"
        assert all(number < self.said for number in numbers), "a word nobody said"
        days = [int(str(line["day"])) for line in lines]
        assert days == sorted(days), "an older day was reopened"
        return words

    def teardown(self) -> None:
        if self.journal is not None:
            journal = self.journal
            with self.ward.disk.installed():
                self.ward.disk.heal()
                try:
                    journal.close()
                except StoreError:
                    return


TestJournal = Journal.TestCase
TestJournal.settings = machine_settings(examples_count=60)
