"""The store on a disk that breaks: the last or the previous generation, or a named refusal."""

from __future__ import annotations

import random

import pytest
from fuzz_disk import DEATHS, FAULTS, Ward, machine_settings, no_wait
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.adapters.envelope import EnvelopeError, unseal
from bot.adapters.json_store import JsonStore
from bot.errors import StateCorruptError
from tools.storm.disk_damage import cut, empty, fill_with_nul, flip_bytes

NAMES = ("state.json", "state.prev.json")
texts = st.text(st.characters(codec="utf-8"), max_size=30)
deaths = st.none() | st.integers(0, 12)


def is_whole(raw: bytes) -> bool:
    try:
        unseal(raw)
    except EnvelopeError:
        return False
    return True


class Store(RuleBasedStateMachine):
    """The model: every document handed over, numbered, and which may come back at least.

    `oldest` is the number of the last one acknowledged or loaded; of the other generation's, once
    a file was damaged; -1 while none was.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ward = Ward()
        self.folder = self.ward.disk.root / "state"
        self.store = self.a_store()
        self.said: list[dict[str, object]] = []
        self.oldest = -1

    def a_store(self) -> JsonStore:
        return JsonStore(self.folder, 1, sleep=no_wait)

    def on_disk(self) -> dict[str, bytes]:
        found = {name: self.ward.disk.read(self.folder / name) for name in NAMES}
        return {name: content for name, content in found.items() if content is not None}

    @initialize()
    def saved_once(self) -> None:
        self.save("first", None)

    @precondition(lambda self: not self.ward.is_dead)
    @rule(text=texts, dies_after=deaths)
    def save(self, text: str, dies_after: int | None) -> None:
        document: dict[str, object] = {"number": len(self.said), "text": text}
        self.said.append(document)
        known, before = self.store, self.on_disk()
        ended = self.ward.attempt(lambda: known.save("state", document), dies_after)
        if ended == "done":
            self.oldest = len(self.said) - 1
            now = self.on_disk()
            assert NAMES[0] in now
            if is_whole(before.get(NAMES[0], b"")):
                assert now[NAMES[1]] == before[NAMES[0]], "the generation before was not kept"

    @precondition(lambda self: not self.ward.is_dead)
    @rule(fault=st.sampled_from(sorted(FAULTS)))
    def the_disk_breaks(self, fault: str) -> None:
        self.ward.disk.break_with(FAULTS[fault]())

    @precondition(lambda self: not self.ward.is_dead)
    @rule(room=st.integers(0, 400))
    def the_disk_is_full(self, room: int) -> None:
        self.ward.disk.free_bytes = room

    @precondition(lambda self: not self.ward.is_dead)
    @rule()
    def the_disk_is_mended(self) -> None:
        self.ward.disk.heal()

    @rule(how=st.sampled_from(DEATHS), seed=st.integers(0, 999))
    def another_process_loads(self, how: str, seed: int) -> None:
        self.ward.bury(how, seed)
        self.store = self.a_store()
        with self.ward.disk.installed():
            found = self.store.load("state")
        if found is None:
            assert self.oldest < 0, "an acknowledged document was forgotten"
            return
        assert found in self.said, "loaded what nobody saved"
        assert found["number"] >= self.oldest, "older than what was acknowledged"
        self.oldest = int(str(found["number"]))

    @precondition(lambda self: len(self.on_disk()) == len(NAMES))
    @rule(name=st.sampled_from(NAMES), seed=st.integers(0, 999), way=st.integers(0, 3))
    def a_file_is_damaged(self, name: str, seed: int, way: int) -> None:
        """One of the two: bits flipped, cut short, emptied, or zeros (FAULTS D01, D07)."""
        disk, rng, path = self.ward.disk, random.Random(seed), self.folder / name
        other = self.on_disk()[NAMES[1 - NAMES.index(name)]]
        try:
            number = unseal(other).document["number"]
        except EnvelopeError:
            return  # that one is damaged already; both at once is another rule
        ways = (
            lambda: flip_bytes(disk, path, rng),
            lambda: cut(disk, path, rng),
            lambda: empty(disk, path),
            lambda: fill_with_nul(disk, path),
        )
        ways[way]()
        self.oldest = min(self.oldest, int(str(number)))

    @precondition(lambda self: self.on_disk())
    @rule(seed=st.integers(0, 999))
    def all_files_are_damaged_for_a_while(self, seed: int) -> None:
        """Never read as empty: refused by name, and the files stay as they are (I11, D10)."""
        disk, rng, whole = self.ward.disk, random.Random(seed), self.on_disk()
        self.ward.bury("kill", seed)
        for name in whole:
            cut(disk, self.folder / name, rng)
        damaged = self.on_disk()
        with disk.installed(), pytest.raises(StateCorruptError) as refusal:
            self.a_store().load("state")
        assert all(name in str(refusal.value) for name in whole)
        assert self.on_disk() == damaged, "the damaged files were changed"
        for name, content in whole.items():
            disk.overwrite(self.folder / name, content)
        self.store = self.a_store()


TestStore = Store.TestCase
TestStore.settings = machine_settings(examples_count=60)
