import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.atomic_file import sync_folder, write_all
from tools.storm.disk import ROOT, SimDisk
from tools.storm.disk_damage import (
    back_up,
    cut,
    empty,
    fill_with_nul,
    flip_bytes,
    remove_folder,
    restore,
)
from tools.storm.disk_faults import (
    LOCK_VIOLATION,
    Operation,
    read_only,
    read_refused,
    refused,
    sync_fails,
)
from tools.storm.model import DeathError

FOLDER = ROOT / "state"
NAMES = "abc"


def a_disk() -> SimDisk:
    disk = SimDisk()
    with disk.installed():
        FOLDER.mkdir()
        sync_folder(ROOT)
    return disk


steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(NAMES), st.booleans()),
        st.tuples(st.just("append"), st.sampled_from(NAMES), st.booleans()),
        st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("unlink"), st.sampled_from(NAMES), st.none()),
        st.tuples(st.just("sync"), st.none(), st.none()),
    ),
    max_size=25,
)


class Diary:
    """Does steps on a disk and keeps what the disk owes."""

    def __init__(self, disk: SimDisk) -> None:
        self.disk = disk
        self.letter = 0
        self.written: list[tuple[int, bytes]] = []
        self.synced: dict[str, bytes] = {}  # content forced out and unchanged since, by name now
        self.owed: dict[str, bytes | None] = {}  # and the name forced out too, unchanged since
        self.changed: set[str] = set()

    def content(self) -> bytes:
        self.letter += 1
        return bytes([self.letter]) * (50 + 37 * self.letter)

    def do(self, kind: str, name: str | None, extra) -> None:
        getattr(self, kind)(name, extra)

    def write(self, name: str, is_synced: bool) -> None:
        content = self.content()
        is_new = not (FOLDER / name).exists()
        write_all(FOLDER / name, content, fsync=is_synced)
        self._wrote(name, 0, content)
        self._settle(name, content, is_synced, is_new)

    def append(self, name: str, is_synced: bool) -> None:
        content = self.content()
        path = FOLDER / name
        is_new = not path.exists()
        with path.open("ab") as file:
            at = file.tell()
            file.write(content)
            file.flush()
            if is_synced:
                os.fsync(file.fileno())
        self._wrote(name, at, content)
        self._settle(name, path.read_bytes(), is_synced, is_new)

    def rename(self, name: str, other: str) -> None:
        if name == other or not (FOLDER / name).exists():
            return
        (FOLDER / name).replace(FOLDER / other)
        content = self.synced.pop(name, None)
        self.synced.pop(other, None)
        if content is not None:
            self.synced[other] = content
        self._rename_pending(name, other)

    def unlink(self, name: str, _) -> None:
        if (FOLDER / name).exists():
            (FOLDER / name).unlink()
            self.synced.pop(name, None)
            self._rename_pending(name)

    def sync(self, *_) -> None:
        sync_folder(FOLDER)
        self.changed.clear()
        for name in NAMES:
            path = FOLDER / name
            if not path.exists():
                self.owed[name] = None
            elif name in self.synced:
                self.owed[name] = self.synced[name]

    def _wrote(self, name: str, at: int, content: bytes) -> None:
        self.written.append((at, content))

    def _settle(self, name: str, content: bytes, is_synced: bool, is_new: bool) -> None:
        self.owed.pop(name, None)
        self.synced.pop(name, None)
        if is_new:
            self.changed.add(name)
        if is_synced:
            self.synced[name] = content
            if name not in self.changed:
                self.owed[name] = content

    def _rename_pending(self, *names: str) -> None:
        for name in names:
            self.owed.pop(name, None)
            self.changed.add(name)


def told(disk: SimDisk) -> dict[Path, bytes | None]:
    return {path: disk.read(path) for path in disk.files(ROOT)}


@given(steps, st.integers(0, 2**32))
@settings(max_examples=400, deadline=None)
def test_what_was_forced_out_with_its_folder_survives_every_loss_of_power(doings, seed):
    disk = a_disk()
    with disk.installed():
        diary = Diary(disk)
        for doing in doings:
            diary.do(*doing)

    disk.crash(random.Random(seed))

    for name, content in diary.owed.items():
        assert disk.read(FOLDER / name) == content, name


@given(steps, st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_nothing_appears_that_was_never_written(doings, seed):
    disk = a_disk()
    with disk.installed():
        diary = Diary(disk)
        for doing in doings:
            diary.do(*doing)

    disk.crash(random.Random(seed))

    for path in disk.files(ROOT):
        assert path.parent == FOLDER
        assert path.name in NAMES
        for at, byte in enumerate(disk.read(path) or b""):
            fits = (w[at - o] == byte for o, w in diary.written if 0 <= at - o < len(w))
            assert byte == 0 or any(fits), (path, at, byte)


@given(steps, st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_the_death_of_the_process_alone_loses_nothing(doings, seed):
    disk = a_disk()
    with disk.installed():
        diary = Diary(disk)
        for doing in doings:
            diary.do(*doing)
    before = told(disk)

    disk.kill()

    assert told(disk) == before


@given(steps, st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_a_seed_repeats_exactly(doings, seed):
    outcomes = []
    for _ in range(2):
        disk = a_disk()
        with disk.installed():
            diary = Diary(disk)
            for doing in doings:
                diary.do(*doing)
        disk.crash(random.Random(seed))
        outcomes.append(told(disk))

    assert outcomes[0] == outcomes[1]


def outcomes_of(act, tries: int = 200) -> set[tuple[tuple[str, bytes | None], ...]]:
    seen = set()
    for seed in range(tries):
        disk = a_disk()
        with disk.installed():
            act()
        disk.crash(random.Random(seed))
        seen.add(tuple((path.name, disk.read(path)) for path in disk.files(ROOT)))
    return seen


def test_an_unforced_write_may_be_lost_kept_torn_or_zeros():
    def act() -> None:
        write_all(FOLDER / "a", b"", fsync=True)
        sync_folder(FOLDER)
        write_all(FOLDER / "a", b"word", fsync=False)

    contents = {files[0][1] for files in outcomes_of(act)}

    assert {b"", b"word", b"wo", b"\0\0\0\0", b"w\0\0\0"} <= contents
    assert all(content in b"word" or content.rstrip(b"\0") in b"word" for content in contents)


def test_a_rename_may_be_lost_or_done_before_its_folder_is_forced_out():
    def act() -> None:
        write_all(FOLDER / "a", b"old", fsync=True)
        write_all(FOLDER / "b", b"new", fsync=True)
        sync_folder(FOLDER)
        (FOLDER / "b").replace(FOLDER / "a")

    assert outcomes_of(act) == {(("a", b"old"), ("b", b"new")), (("a", b"new"),)}


def test_names_may_reach_the_disk_out_of_order():
    def act() -> None:
        write_all(FOLDER / "a", b"1", fsync=True)
        write_all(FOLDER / "b", b"2", fsync=True)

    found = {tuple(name for name, _ in files) for files in outcomes_of(act)}

    assert found == {(), ("a",), ("b",), ("a", "b")}


def test_a_file_in_a_folder_that_was_forced_out_survives_although_the_folder_is_new():
    def act() -> None:
        (FOLDER / "deep" / "er").mkdir(parents=True)
        write_all(FOLDER / "deep" / "er" / "a", b"1", fsync=True)
        sync_folder(FOLDER / "deep" / "er")

    assert outcomes_of(act) == {(("a", b"1"),)}


def test_an_open_file_can_neither_be_replaced_nor_unlinked():
    disk = a_disk()
    with disk.installed():
        write_all(FOLDER / "a", b"1", fsync=True)
        write_all(FOLDER / "b", b"2", fsync=True)
        descriptor = os.open(FOLDER / "a", os.O_RDONLY)
        with pytest.raises(PermissionError):
            (FOLDER / "a").unlink()
        with pytest.raises(PermissionError):
            (FOLDER / "b").replace(FOLDER / "a")
        os.close(descriptor)
        (FOLDER / "b").replace(FOLDER / "a")

    assert disk.read(FOLDER / "a") == b"2"


def write_and_die(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"seen by all")
        file.flush()
        file.write(b", never written")
        os.fsync(file.fileno())


def test_a_dead_process_changes_nothing_while_it_unwinds():
    disk = a_disk()

    def die(name: str, path: Path) -> None:
        if name == Operation.FSYNC:
            raise DeathError

    disk.before_operation = die
    with disk.installed():
        with pytest.raises(DeathError):
            write_and_die(FOLDER / "a")
        with pytest.raises(DeathError):
            (FOLDER / "b").mkdir()
        disk.before_operation = None
        disk.kill()
        (FOLDER / "b").mkdir()

    assert disk.read(FOLDER / "a") == b"seen by all"
    assert disk.programs.open_count == 0


def test_hooks_surround_every_change_and_nothing_else():
    disk = a_disk()
    heard: list[str] = []
    disk.before_operation = lambda name, path: heard.append(f"before {name} {path.name}")
    disk.after_operation = lambda name, path: heard.append(f"after {name} {path.name}")
    with disk.installed():
        write_all(FOLDER / "a", b"1", fsync=True)
        (FOLDER / "a").read_bytes()
        (FOLDER / "a").replace(FOLDER / "b")

    assert heard == [
        f"{when} {what}"
        for what in ("open a", "write a", "fsync a", "replace a")
        for when in ("before", "after")
    ]


def test_a_held_file_is_refused_as_often_as_asked_and_each_refusal_is_counted():
    disk = a_disk()
    struck: list[str] = []
    disk = SimDisk(struck=struck.append)
    disk.break_with(refused("D02", 2, "a.txt", LOCK_VIOLATION))
    with disk.installed():
        for _ in range(2):
            with pytest.raises(PermissionError) as caught:
                write_all(ROOT / "a.txt", b"1", fsync=True)
            assert vars(caught.value)["winerror"] == LOCK_VIOLATION
        write_all(ROOT / "b.txt", b"1", fsync=True)
        write_all(ROOT / "a.txt", b"1", fsync=True)

    assert struck == ["D02", "D02"]
    assert disk.struck_count == {"D02": 2}


def test_a_full_disk_takes_what_fits_and_then_nothing():
    disk = a_disk()
    disk.free_bytes = 3
    with disk.installed():
        descriptor = os.open(FOLDER / "a", os.O_WRONLY | os.O_CREAT)
        assert os.write(descriptor, b"12345") == 3
        with pytest.raises(OSError, match="No space left"):
            os.write(descriptor, b"45")
        disk.heal()
        assert os.write(descriptor, b"45") == 2
        os.close(descriptor)

    assert disk.read(FOLDER / "a") == b"12345"
    assert disk.struck_count == {"D03": 2}


def test_a_read_only_disk_is_read_but_not_changed():
    disk = a_disk()
    with disk.installed():
        write_all(FOLDER / "a", b"1", fsync=True)
        disk.break_with(read_only())
        with pytest.raises(OSError, match="Read-only"):
            write_all(FOLDER / "a", b"2", fsync=True)
        with pytest.raises(OSError, match="Read-only"):
            (FOLDER / "a").unlink()
        assert (FOLDER / "a").read_bytes() == b"1"


def test_what_could_not_be_forced_out_may_still_be_lost():
    contents = set()
    for seed in range(50):
        disk = a_disk()
        with disk.installed():
            write_all(FOLDER / "a", b"1", fsync=True)
            sync_folder(FOLDER)
            disk.break_with(sync_fails())
            with pytest.raises(OSError, match="Input/output"):
                write_all(FOLDER / "a", b"2", fsync=True)
        disk.crash(random.Random(seed))
        contents.add(disk.read(FOLDER / "a"))

    assert contents >= {b"1", b"2"}


def test_a_file_that_cannot_be_read_says_so():
    disk = a_disk()
    disk.overwrite(FOLDER / "a", b"1")
    disk.break_with(read_refused("D14", 1))
    with disk.installed():
        with pytest.raises(PermissionError):
            (FOLDER / "a").read_bytes()
        assert (FOLDER / "a").read_bytes() == b"1"


def test_other_paths_are_real_and_nothing_stays_replaced(tmp_path):
    before = os.open, os.replace, open
    disk = SimDisk()
    with disk.installed():
        (tmp_path / "real").write_bytes(b"1")
        assert [path.name for path in tmp_path.iterdir()] == ["real"]
        with pytest.raises(RuntimeError, match="already"), SimDisk().installed():
            pass
        assert not ROOT.joinpath("real").exists()

    assert (os.open, os.replace, open) == before
    assert (tmp_path / "real").read_bytes() == b"1"
    assert not ROOT.exists()


def test_files_folders_and_text_read_as_on_any_disk():
    disk = SimDisk(now_utc_s=lambda: 1_770_000_000.5)
    with disk.installed():
        (ROOT / "deep" / "er").mkdir(parents=True)
        (ROOT / "deep" / "er" / "words.txt").write_text("grün\nblau\n", encoding="utf-8")
        (ROOT / "deep" / "x.json").touch()

        assert (ROOT / "deep" / "er" / "words.txt").read_text(encoding="utf-8") == "grün\nblau\n"
        assert sorted(path.name for path in (ROOT / "deep").iterdir()) == ["er", "x.json"]
        assert [path.name for path in (ROOT / "deep").glob("*.json")] == ["x.json"]
        assert [path.name for path in (ROOT / "deep").rglob("*.txt")] == ["words.txt"]
        status = (ROOT / "deep" / "er" / "words.txt").stat()
        assert (status.st_size, status.st_mtime) == (11, 1_770_000_000.5)
        assert (ROOT / "deep").is_dir()
        assert not (ROOT / "deep").is_file()
        with pytest.raises(FileNotFoundError):
            (ROOT / "none" / "x").read_bytes()
        with pytest.raises(FileExistsError):
            (ROOT / "deep").mkdir()
        with pytest.raises(OSError, match="not empty"):
            (ROOT / "deep").rmdir()


def test_damage_is_done_behind_the_programs_back_and_durably():
    disk = a_disk()
    path = FOLDER / "a"
    disk.overwrite(path, b"12345678")
    rng = random.Random(1)

    assert flip_bytes(disk, path, rng)
    assert disk.read(path) != b"12345678"
    assert fill_with_nul(disk, path)
    assert disk.durable(path) == bytes(8)
    assert cut(disk, path, rng)
    assert len(disk.read(path) or b"") < 8
    disk.overwrite(path, b"1")
    assert empty(disk, path)
    assert disk.read(path) == b""
    assert not empty(disk, path)
    assert not flip_bytes(disk, path, rng)
    assert remove_folder(disk, FOLDER)
    assert disk.files(FOLDER) == ()


def test_a_backup_comes_back_whole():
    disk = a_disk()
    disk.overwrite(FOLDER / "a", b"old")
    backup = back_up(disk, FOLDER)
    assert not restore(disk, FOLDER, backup)
    disk.overwrite(FOLDER / "a", b"new")
    disk.overwrite(FOLDER / "b", b"new")

    assert restore(disk, FOLDER, backup)

    assert told(disk) == {FOLDER / "a": b"old"}
    assert disk.durable(FOLDER / "b") is None
