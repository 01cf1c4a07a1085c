"""The real adapters on the simulated disk: death and loss of power at every operation."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.clock import ManualClock
from bot.adapters.command_spool import CommandSpool, submit
from bot.adapters.json_store import JsonStore
from bot.adapters.jsonl_journal import JsonlJournal
from bot.errors import StateCorruptError, StoreError
from bot.model.events import BotStopped, Event, HaltLatched
from bot.model.market import OffsetTable
from tools.storm.disk import ROOT, SimDisk
from tools.storm.disk_damage import back_up, empty, fill_with_nul, flip_bytes, restore
from tools.storm.disk_faults import read_only, refused, sync_fails
from tools.storm.model import DeathError

STATE, JOURNAL, COMMANDS = ROOT / "state", ROOT / "journal", ROOT / "commands"
UTC_DAYS = OffsetTable(np.array([0], dtype=np.int64), np.array([0], dtype=np.int64))
NOON = 20_000 * 86_400.0 + 43_200.0
SEEDS = range(4)


def a_promise(number: int) -> Event:
    """A durable event: on disk when `record` returns."""
    return HaltLatched(halt=str(number), reason="test", resets="never")


def a_store() -> JsonStore:
    return JsonStore(STATE, 1, sleep=lambda _: None)


def a_journal(clock: ManualClock) -> JsonlJournal:
    return JsonlJournal(JOURNAL, clock, UTC_DAYS, sleep=lambda _: None)


@dataclass(slots=True)
class Life:
    """One process that saves and records; `acknowledged_*` is what the adapters promised."""

    saved: list[int] = field(default_factory=list)
    started_save: int = 0
    recorded: list[int] = field(default_factory=list)
    started_record: int = 0

    def live(self, clock: ManualClock) -> None:
        store, journal = a_store(), a_journal(clock)
        store.load("bot")
        for number in range(1, 5):
            self.started_record = number
            journal.record(a_promise(number))
            self.recorded.append(number)
            journal.record(BotStopped(reason="a line nobody forces out" * number))
            self.started_save = number
            store.save("bot", {"number": number, "filler": "x" * 700})
            self.saved.append(number)
            clock.sleep(30_000.0)  # so that days roll


def numbers_of(journal: JsonlJournal) -> list[int]:
    told = (event for event in journal.events() if event["event"] == "HaltLatched")
    return [int(str(event["halt"])) for event in told]


def operations_count() -> int:
    disk = SimDisk()
    with disk.installed():
        Life().live(ManualClock(NOON))
    return disk.changes_count


def a_death(life: Life, at: int, moment: str) -> SimDisk:
    """The disk after the process died at change number `at`, before or after it."""
    disk, count = SimDisk(), 0

    def die(name: str, path: Path) -> None:
        nonlocal count
        count += 1
        if count == at:
            raise DeathError

    if moment == "before":
        disk.before_operation = die
    else:
        disk.after_operation = die
    with disk.installed(), pytest.raises(DeathError):
        life.live(ManualClock(NOON))
    disk.before_operation = disk.after_operation = None
    return disk


def check_promises(disk: SimDisk, life: Life) -> None:
    with disk.installed():
        state = a_store().load("bot")
        journal = a_journal(ManualClock(NOON + 200_000.0))
        recorded = numbers_of(journal)
        journal.record(BotStopped(reason="still writable"))
        a_store().save("bot", {"number": 99})
        assert a_store().load("bot") == {"number": 99}
    number = 0 if state is None else int(str(state["number"]))
    assert number in {life.saved[-1] if life.saved else 0, life.started_save}
    assert recorded[: len(life.recorded)] == life.recorded
    assert recorded in (life.recorded, [*life.recorded, life.started_record])


@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_process_dies_at_every_operation(moment):
    count = operations_count()
    assert count > 40
    for at in range(1, count + 1):
        life = Life()
        disk = a_death(life, at, moment)
        disk.kill()
        check_promises(disk, life)


@pytest.mark.parametrize("seed", SEEDS)
def test_power_is_lost_at_every_operation(seed):
    for at in range(1, operations_count() + 1):
        life = Life()
        disk = a_death(life, at, "before")
        disk.crash(random.Random(seed * 1000 + at))
        check_promises(disk, life)


def test_power_is_lost_again_while_recovering():
    """A second loss within the start after the first; the promises are those of the first life."""
    for at in range(10, operations_count(), 3):
        for again in range(1, 12, 2):
            life = Life()
            disk = a_death(life, at, "before")
            disk.crash(random.Random(at))
            lose_power_while_recovering(disk, again)
            disk.crash(random.Random(again))
            check_promises(disk, life)


def lose_power_while_recovering(disk: SimDisk, at: int) -> None:
    left = at

    def die(name: str, path: Path) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise DeathError

    disk.before_operation = die
    with disk.installed():
        try:
            a_journal(ManualClock(NOON + 200_000.0))
            a_store().load("bot")
        except DeathError:
            pass
    disk.before_operation = None


@pytest.mark.parametrize("times", [1, 5, 9])
def test_a_held_file_is_waited_for_in_simulated_time(times):
    disk, slept = SimDisk(), list[float]()
    with disk.installed():
        store = JsonStore(STATE, 1, sleep=slept.append)
        store.save("bot", {"number": 1})
        disk.break_with(refused("D02", times, "bot"))
        store.save("bot", {"number": 2})

    assert disk.struck_count == {"D02": times}
    assert len(slept) == times
    assert sum(slept) <= 2.5


@pytest.mark.parametrize("fault", [refused("D02", None), read_only(), sync_fails()])
def test_a_failed_save_keeps_the_generation_before_and_heals(fault):
    disk = SimDisk()
    with disk.installed():
        store = a_store()
        store.save("bot", {"number": 1})
        disk.break_with(fault)
        with pytest.raises(StoreError):
            store.save("bot", {"number": 2})
        disk.heal()
        assert a_store().load("bot") == {"number": 1}
        store.save("bot", {"number": 3})
        assert a_store().load("bot") == {"number": 3}


@pytest.mark.parametrize("room", [0, 1, 40, 120])
def test_a_full_disk_leaves_a_whole_journal(room):
    disk = SimDisk()
    with disk.installed():
        journal = a_journal(ManualClock(NOON))
        journal.record(BotStopped(reason="before"))
        disk.free_bytes = room
        with pytest.raises(StoreError):
            journal.record(BotStopped(reason="does not fit"))
        disk.heal()
        journal.record(BotStopped(reason="after"))
        reasons = [event["reason"] for event in a_journal(ManualClock(NOON)).events()]

    assert reasons == ["before", "after"]
    assert disk.struck_count["D03"] >= 1


def test_a_failed_fsync_takes_the_event_back():
    disk = SimDisk()
    with disk.installed():
        journal = a_journal(ManualClock(NOON))
        disk.break_with(sync_fails(where="journal", times=1))
        with pytest.raises(StoreError):
            journal.record(a_promise(1))
        journal.record(a_promise(2))
    disk.crash(random.Random(1))
    with disk.installed():
        assert numbers_of(a_journal(ManualClock(NOON))) == [2]


@pytest.mark.parametrize("damage", [empty, fill_with_nul])
def test_a_damaged_newest_generation_gives_way_to_the_one_before(damage: Callable[..., bool]):
    disk = SimDisk()
    with disk.installed():
        store = a_store()
        store.save("bot", {"number": 1})
        store.save("bot", {"number": 2})
        damage(disk, STATE / "bot.json")
        assert a_store().load("bot") == {"number": 1}


def test_two_damaged_generations_are_refused_and_never_empty():
    for seed in range(40):
        disk, rng = SimDisk(), random.Random(seed)
        with disk.installed():
            store = a_store()
            store.save("bot", {"number": 1})
            store.save("bot", {"number": 2})
            flip_bytes(disk, STATE / "bot.json", rng)
            flip_bytes(disk, STATE / "bot.prev.json", rng)
            with pytest.raises(StateCorruptError):
                a_store().load("bot")


def test_an_old_backup_of_the_state_is_older_than_its_journal():
    disk = SimDisk()
    with disk.installed():
        store, journal = a_store(), a_journal(ManualClock(NOON))
        store.save("bot", {"number": 1})
        backup = back_up(disk, STATE)
        journal.record(BotStopped(reason="later"))
        store.save("bot", {"number": 2})
        assert restore(disk, STATE, backup)
        assert a_store().load("bot") == {"number": 1}
        assert len(a_journal(ManualClock(NOON)).events()) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_command_is_never_lost_and_never_done_after_its_acknowledgement(moment):
    disk = SimDisk()

    def die(name: str, path: Path) -> None:
        raise DeathError

    with disk.installed():
        spool = CommandSpool(COMMANDS, lambda: NOON)
        submitted = submit(COMMANDS, "pause", "why", NOON)
        assert list(spool.take()) == [submitted]
        setattr(disk, f"{moment}_operation", die)
        with pytest.raises(DeathError):
            spool.acknowledge(submitted.command_id)
        disk.before_operation = disk.after_operation = None
        disk.kill()
        taken_again = list(CommandSpool(COMMANDS, lambda: NOON).take())

    assert taken_again == ([submitted] if moment == "before" else [])


@pytest.mark.parametrize("seed", range(20))
def test_the_page_of_a_killed_process_is_forced_out_before_a_new_one_is_begun(seed: int) -> None:
    disk, clock = SimDisk(), ManualClock(NOON)
    with disk.installed():
        journal = a_journal(clock)
        journal.record(a_promise(1))
        journal.record(BotStopped(reason="a line nobody forced out"))
        disk.kill()
        clock.sleep(86_400.0)
        a_journal(clock).record(a_promise(2))
        disk.crash(random.Random(seed))
        events = a_journal(clock).events()
    assert [event["event"] for event in events] == ["HaltLatched", "BotStopped", "HaltLatched"]
