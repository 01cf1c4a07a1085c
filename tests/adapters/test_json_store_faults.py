import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from test_json_store import FIRST, SECOND, a_store, files, two_generations

from bot.errors import StateCorruptError, StoreError


class Held:
    """os.replace as on Windows while another program holds the file."""

    def __init__(self, monkeypatch, times: int, error: OSError) -> None:
        self.left = times
        real = os.replace

        def replace(source, target):
            if self.left:
                self.left -= 1
                raise error
            return real(source, target)

        monkeypatch.setattr(os, "replace", replace)


@pytest.fixture
def windows_error():
    error = OSError("held by another program")
    error.winerror = 32
    return error


def test_a_file_held_by_another_program_is_tried_again(tmp_path, monkeypatch, windows_error):
    waits: list[float] = []
    store = a_store(tmp_path, sleep=waits.append)
    store.save("state", FIRST)
    Held(monkeypatch, 3, windows_error)

    store.save("state", SECOND)

    assert a_store(tmp_path).load("state") == SECOND
    assert len(waits) == 3


@pytest.mark.parametrize("kind", [PermissionError(13, "Permission denied"), None])
def test_a_file_that_stays_held_is_given_up_in_bounded_time(
    tmp_path, monkeypatch, windows_error, kind
):
    waits: list[float] = []
    store = a_store(tmp_path, sleep=waits.append)
    store.save("state", FIRST)
    held = Held(monkeypatch, 1_000, kind or windows_error)

    with pytest.raises(StoreError, match="cannot write"):
        store.save("state", SECOND)

    assert len(waits) == 9
    assert 2.0 <= sum(waits) <= 2.5
    assert a_store(tmp_path).load("state") == FIRST
    held.left = 0
    store.save("state", SECOND)
    assert a_store(tmp_path).load("state") == SECOND


@pytest.mark.parametrize("failing_call", [1, 2])
def test_a_rename_that_fails_for_good_keeps_a_valid_generation(tmp_path, monkeypatch, failing_call):
    two_generations(tmp_path)
    store = a_store(tmp_path)
    real, calls = os.replace, []

    def replace(source, target):
        calls.append(source)
        if len(calls) == failing_call:
            raise OSError(5, "Input/output error")
        return real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(StoreError, match="Input/output error"):
        store.save("state", {"third": 1})
    monkeypatch.undo()

    assert a_store(tmp_path).load("state") == SECOND
    store.save("state", {"third": 1})
    assert a_store(tmp_path).load("state") == {"third": 1}


@pytest.mark.parametrize("name", ["fsync", "open", "write"])
def test_a_failing_disk_is_told_and_the_old_generation_stays(tmp_path, monkeypatch, name):
    store = a_store(tmp_path, fsync=True)
    store.save("state", FIRST)

    def fail(*_args, **_kwargs):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, name, fail)
    with pytest.raises(StoreError, match="Input/output error"):
        store.save("state", SECOND)
    monkeypatch.undo()

    assert a_store(tmp_path).load("state") == FIRST


def test_after_a_failed_save_the_same_document_is_written_when_asked_again(tmp_path, monkeypatch):
    store = a_store(tmp_path)
    store.save("state", FIRST)
    monkeypatch.setattr(os, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space")))
    with pytest.raises(StoreError):
        store.save("state", SECOND)
    monkeypatch.undo()

    store.save("state", SECOND)

    assert a_store(tmp_path).load("state") == SECOND


def test_a_full_disk_keeps_the_old_generation(tmp_path):
    """The limit is the operating system's own: no file of the child may pass 4 KB."""
    a_store(tmp_path).save("state", FIRST)
    script = textwrap.dedent(
        """
        import resource, signal, sys
        from pathlib import Path
        from bot.adapters.json_store import JsonStore
        from bot.errors import StoreError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        store = JsonStore(Path(sys.argv[1]), 1)
        try:
            store.save("state", {"big": "x" * 100_000})
        except StoreError as error:
            print(error)
        """
    )

    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )

    assert "cannot write" in told.stdout
    assert a_store(tmp_path).load("state") == FIRST
    assert set(files(tmp_path)) == {"state.json"}
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 4096


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write read-only folders")
def test_a_read_only_folder_is_told(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="cannot write"):
            a_store(tmp_path).save("state", FIRST)
    finally:
        tmp_path.chmod(0o700)


def test_a_process_killed_while_saving_leaves_a_generation_it_wrote(tmp_path):
    """Real kills: the child saves counted documents until it is killed."""
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from bot.adapters.json_store import JsonStore
        store = JsonStore(Path(sys.argv[1]), 1, fsync=False)
        number = int((store.load("state") or {"number": 0})["number"])
        while True:
            number += 1
            store.save("state", {"number": number, "setups": ["x" * 200] * 50})
            sys.stdout.write(f"{number}\\n")
            sys.stdout.flush()
        """
    )
    acknowledged = 0
    for lines_count in (1, 7, 40, 150, 3):
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        )
        for _ in range(lines_count):
            acknowledged = int(child.stdout.readline())
        child.kill()
        rest = child.communicate()[0].split()
        acknowledged = int(rest[-1]) if rest and rest[-1].isdigit() else acknowledged
        loaded = a_store(tmp_path).load("state")

        assert loaded["number"] >= acknowledged
        assert len(loaded["setups"]) == 50


def test_the_first_save_makes_the_folder(tmp_path):
    a_store(tmp_path / "new" / "state").save("state", FIRST)

    assert a_store(tmp_path / "new" / "state").load("state") == FIRST


def test_quarantined_copies_are_bounded(tmp_path):
    for number in range(1, 100):
        (tmp_path / f"state.corrupt-{number}.json").write_bytes(b"%d" % number)
    (tmp_path / "state.json").write_bytes(b"garbage")

    with pytest.raises(StateCorruptError, match=r"copied to state\.corrupt-99\.json"):
        a_store(tmp_path).load("state")

    assert len(files(tmp_path)) == 100
    assert (tmp_path / "state.corrupt-99.json").read_bytes() == b"garbage"
