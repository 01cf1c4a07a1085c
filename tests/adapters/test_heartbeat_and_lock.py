import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot.adapters.clock import ManualClock
from bot.adapters.heartbeat import FileHeartbeat, HeartbeatFacts, read_heartbeat
from bot.adapters.instance_lock import InstanceLock
from bot.adapters.processes import started_mark
from bot.errors import AlreadyRunningError, StoreError

NOW = 1_784_019_600.0
ROOT = Path(__file__).resolve().parents[2]


def a_beat(path: Path, every_s: float = 5.0):
    bot_clock, host = ManualClock(NOW), ManualClock(NOW + 1e6)
    return bot_clock, host, FileHeartbeat(path, bot_clock, every_s=every_s, host=host)


def test_a_beat_tells_process_cycle_and_both_clocks(tmp_path):
    path = tmp_path / "state" / "heartbeat.json"
    _, _, heartbeat = a_beat(path)

    heartbeat.beat(17)

    mark = started_mark(os.getpid())
    expected = HeartbeatFacts(os.getpid(), 17, NOW, NOW + 1e6, NOW + 1e6, mark)
    assert read_heartbeat(path) == expected
    assert [p.name for p in path.parent.iterdir()] == ["heartbeat.json"]


def test_beats_are_written_at_most_every_few_seconds_of_the_host(tmp_path):
    path = tmp_path / "heartbeat.json"
    bot_clock, host, heartbeat = a_beat(path)
    heartbeat.beat(1)
    bot_clock.sleep(3600.0)
    host.sleep(4.9)
    heartbeat.beat(2)
    assert read_heartbeat(path).cycle_count == 1

    host.sleep(0.1)
    heartbeat.beat(3)
    assert read_heartbeat(path).cycle_count == 3


def test_a_beat_that_cannot_be_written_does_not_stop_trading(tmp_path):
    path = tmp_path / "state" / "heartbeat.json"
    _, host, heartbeat = a_beat(path)
    path.parent.rmdir()
    heartbeat.beat(1)
    assert heartbeat.missed_count == 1

    path.parent.mkdir()
    host.sleep(5.0)
    heartbeat.beat(2)
    assert read_heartbeat(path).cycle_count == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"{}",
        b'{"pid": 1, "cycle_count": "2", "at_utc_s": 1.0, "host_utc_s": 1.0}',
        b'{"pid": 1, "cycle_count": 2, "at_utc_s": null, "host_utc_s": 1.0}',
        b" " * 5000,
    ],
)
def test_what_is_no_heartbeat_reads_as_none(tmp_path, content):
    path = tmp_path / "heartbeat.json"
    assert read_heartbeat(path) is None

    path.write_bytes(content)

    assert read_heartbeat(path) is None


def test_whole_seconds_are_a_heartbeat_too(tmp_path):
    path = tmp_path / "heartbeat.json"
    document = {"pid": 1, "cycle_count": 2, "at_utc_s": 3, "host_utc_s": 4}
    path.write_text(json.dumps(document), encoding="utf-8")

    assert read_heartbeat(path) == HeartbeatFacts(1, 2, 3.0, 4.0, 4.0)


def test_a_second_bot_on_the_same_account_is_refused_naming_the_first(tmp_path):
    with (
        InstanceLock(tmp_path, 7, "FivePercentOnline-Real"),
        pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}.*login 7 at FivePercent"),
    ):
        InstanceLock(tmp_path, 7, "FivePercentOnline-Real").acquire()


def test_after_release_the_next_may_run(tmp_path):
    lock = InstanceLock(tmp_path, 7, "Server")
    lock.acquire()
    lock.release()
    lock.release()

    with InstanceLock(tmp_path, 7, "Server"):
        assert list(tmp_path.glob("*.pid"))
    assert list(tmp_path.glob("*.pid")) == []


def test_other_accounts_and_servers_do_not_collide(tmp_path):
    with (
        InstanceLock(tmp_path, 7, "A/B"),
        InstanceLock(tmp_path, 8, "A/B"),
        InstanceLock(tmp_path, 7, "C"),
        InstanceLock(tmp_path, 0, ""),
    ):
        assert {path.parent for path in tmp_path.rglob("*.lock")} == {tmp_path}
        assert len(list(tmp_path.glob("*.lock"))) == 4


def test_the_refusal_works_without_knowing_who_holds_it(tmp_path):
    with InstanceLock(tmp_path, 7, "S"):
        for content in (b"not a number", b"\xff\xff", None):
            (holder,) = list(tmp_path.glob("*.pid")) or [tmp_path / "account-7-S.pid"]
            if content is None:
                holder.unlink()
            else:
                holder.write_bytes(content)

            with pytest.raises(AlreadyRunningError, match="another bot already trades login 7"):
                InstanceLock(tmp_path, 7, "S").acquire()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StoreError, match="cannot lock"):
        InstanceLock(tmp_path / "file", 7, "S").acquire()


def test_a_killed_bots_lock_is_free_although_its_files_are_there(tmp_path):
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from bot.adapters.instance_lock import InstanceLock
        lock = InstanceLock(Path(sys.argv[1]), 7, "S")
        lock.acquire()
        print("held", flush=True)
        sys.stdin.read()
        """
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert child.stdout.readline() == "held\n"
    with pytest.raises(AlreadyRunningError, match=f"process {child.pid}"):
        InstanceLock(tmp_path, 7, "S").acquire()

    child.send_signal(signal.SIGKILL)
    child.communicate()

    assert list(tmp_path.glob("*.pid"))
    with InstanceLock(tmp_path, 7, "S"):
        assert (tmp_path / "account-7-S.pid").read_text(encoding="ascii") == f"{os.getpid()}\n"


def test_a_beat_within_a_cycle_says_alive_and_no_new_cycle(tmp_path):
    path = tmp_path / "heartbeat.json"
    bot_clock, host, heartbeat = a_beat(path)
    heartbeat.beat(7)
    before = read_heartbeat(path)
    assert before is not None
    assert before.started
    bot_clock.sleep(60.0)
    host.sleep(60.0)
    heartbeat.beat(7)
    after = read_heartbeat(path)
    assert after is not None
    assert (after.cycle_count, after.at_utc_s) == (7, before.at_utc_s)
    assert after.host_utc_s == before.host_utc_s
    assert after.alive_utc_s == before.alive_utc_s + 60.0


def test_a_completed_cycle_is_told_although_the_process_just_said_it_lives(tmp_path):
    path = tmp_path / "heartbeat.json"
    _, host, heartbeat = a_beat(path)
    heartbeat.beat(7)
    host.sleep(6.0)
    heartbeat.beat(7)
    heartbeat.beat(8)
    beat = read_heartbeat(path)
    assert beat is not None
    assert beat.cycle_count == 8
