"""A script's clock: what follows it, what stays real, and that all of it is put back."""

from __future__ import annotations

import asyncio
import datetime
import queue
import signal
import sys
import threading
import time
import types
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import pytest

from bot.simulator.script_clock import HostTime, Pace, ScriptClock
from bot.simulator.script_time import host_time, simulated_time

# Naive dates are what scripts ask for.
# ruff: noqa: DTZ001, DTZ002, DTZ003, DTZ005, DTZ007, DTZ011, DTZ901
START_S = 1_772_445_600.0  # Monday 2026-03-02 10:00 UTC
DAY_S = 86_400.0
HOST = host_time()


class HandHost:
    """A host clock moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def as_host(self) -> HostTime:
        return HostTime(lambda: self.now_s, self.wait)

    def wait(self, duration_s: float) -> None:
        self.now_s += duration_s


def _clock(pace: Pace, host: HostTime = HOST, length_s: float = DAY_S) -> ScriptClock:
    clock = ScriptClock((START_S, START_S + length_s), pace, host, lambda: None)
    clock._base_host_s = host.monotonic_s()
    clock._own_threads_count = threading.active_count()
    return clock


@contextmanager
def _living(pace: Pace) -> Iterator[ScriptClock]:
    clock = ScriptClock((START_S, START_S + DAY_S), pace, HOST, lambda: None)
    clock.start()
    try:
        with simulated_time(clock):
            yield clock
    finally:
        clock.close()


STILL = Pace(speed=0.0)


# --- the clock ----------------------------------------------------------------------------------


def test_the_clock_runs_by_itself_at_its_speed() -> None:
    host = HandHost()
    clock = _clock(Pace(speed=60.0), host.as_host())
    host.now_s += 3.0
    assert clock.now_utc_s() == START_S + 120.0  # a second behind, the script's own


def test_a_jump_ends_at_once_with_the_clock_moved_on() -> None:
    host = HandHost()
    clock = _clock(Pace(is_paced=False), host.as_host())
    clock.sleep(3600.0)
    assert clock.now_utc_s() == START_S + 3600.0
    assert host.now_s == 100.0


def test_a_paced_sleep_takes_its_share_of_real_time() -> None:
    host = HandHost()
    clock = _clock(Pace(speed=60.0, is_paced=True), host.as_host())
    clock.sleep(120.0)
    assert host.now_s == pytest.approx(102.0)
    assert clock.now_utc_s() == pytest.approx(START_S + 120.0)


def test_a_clock_of_speed_zero_moves_by_waiting_only() -> None:
    host = HandHost()
    clock = _clock(STILL, host.as_host())
    host.now_s += 1000.0
    assert clock.now_utc_s() == START_S
    clock.sleep(5.0)
    assert clock.now_utc_s() == START_S + 5.0


def test_a_sleeping_thread_does_not_rush_the_others() -> None:
    host = HandHost()
    clock = _clock(Pace(is_paced=False), host.as_host())
    clock._own_threads_count -= 1  # as if this thread were a second one
    clock.sleep(60.0)
    assert host.now_s == pytest.approx(101.0)


@pytest.mark.parametrize("duration_s", [-1.0, -0.001, float("inf"), float("nan")])
def test_a_sleep_must_be_a_length_of_time(duration_s: float) -> None:
    with pytest.raises(ValueError, match="sleep length must be non-negative"):
        _clock(STILL).sleep(duration_s)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C interrupts, also where these tests were started in the background and ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_at_the_end_the_main_thread_is_interrupted_and_time_stands() -> None:
    clock = _clock(STILL, length_s=60.0)
    clock.sleep(59.0)
    assert not clock.is_over
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 -- it may arrive one step later
        clock.sleep(1.0)
        time.sleep(0)
    assert clock.is_over
    assert clock.now_utc_s() == START_S + 60.0


# --- what follows it ----------------------------------------------------------------------------


def test_every_way_to_ask_for_the_time_says_the_same() -> None:
    with _living(STILL):
        assert time.time() == START_S
        assert time.time_ns() == int(START_S) * 10**9
        assert datetime.datetime.now(datetime.UTC).timestamp() == START_S
        assert datetime.datetime.now().timestamp() == START_S
        assert datetime.datetime.utcnow() == datetime.datetime(2026, 3, 2, 10)
        assert datetime.datetime.today().timestamp() == START_S
        assert datetime.date.today() == datetime.datetime.now().date()
        assert time.gmtime().tm_hour == 10
        assert time.strftime("%Y", time.gmtime()) == time.strftime("%Y") == "2026"
        assert time.ctime() == time.asctime(time.localtime()) == time.asctime()
        assert pd.Timestamp.now("UTC").timestamp() == START_S
        assert pd.Timestamp.utcnow().timestamp() == START_S
        assert pd.Timestamp.now().to_pydatetime() == datetime.datetime.now()


def test_durations_follow_sleeps() -> None:
    with _living(STILL):
        before = time.monotonic(), time.perf_counter(), time.monotonic_ns(), time.perf_counter_ns()
        time.sleep(10)
        assert time.monotonic() - before[0] == 10
        assert time.perf_counter() - before[1] == 10
        assert time.monotonic_ns() - before[2] == pytest.approx(10**10, abs=1000)
        assert time.perf_counter_ns() - before[3] == pytest.approx(10**10, abs=1000)


def test_waits_with_a_timeout_take_simulated_time() -> None:
    with _living(STILL) as clock:
        assert threading.Event().wait(20) is False
        assert clock.elapsed_s() == 20
        with pytest.raises(queue.Empty):
            queue.Queue[int]().get(timeout=15)
        assert clock.elapsed_s() == 35


def test_coroutines_sleep_in_simulated_time() -> None:
    async def several() -> None:
        await asyncio.gather(asyncio.sleep(5), asyncio.sleep(7))

    with _living(STILL) as clock:
        asyncio.run(several())
        assert clock.elapsed_s() == pytest.approx(7, abs=0.01)


def test_a_timer_rings_in_simulated_time() -> None:
    rang: list[float] = []
    with _living(Pace(speed=600.0)) as clock:
        timer = threading.Timer(60, lambda: rang.append(clock.elapsed_s()))
        timer.start()
        timer.join()
    assert 60 <= rang[0] < 600


# --- dates stay dates ---------------------------------------------------------------------------


def test_dates_made_by_a_script_are_the_real_thing() -> None:
    real = datetime.datetime
    with _living(STILL):
        made = datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC)
        assert type(made) is real
        assert type(datetime.datetime.now()) is real
        assert type(datetime.datetime.strptime("2024-01-02", "%Y-%m-%d")) is real
        assert repr(made).startswith("datetime.datetime(2024, 1, 2")
        assert isinstance(made, datetime.datetime)
        assert isinstance(made, datetime.date)
        assert issubclass(pd.Timestamp, datetime.datetime)
        assert type(made) == datetime.datetime  # noqa: E721 -- as scripts compare types
        assert not isinstance("2024-01-02", datetime.date)
        assert datetime.datetime.min == real.min


def test_a_script_s_own_date_class_knows_the_simulated_now() -> None:
    with _living(STILL):

        class Stamp(datetime.datetime):
            pass

        assert type(Stamp.now()) is Stamp
        assert Stamp.now(datetime.UTC).timestamp() == START_S
        assert not isinstance(datetime.datetime.now(), Stamp)


# --- and back -----------------------------------------------------------------------------------


def test_everything_is_put_back_also_where_a_script_imported_it_to() -> None:
    names = ("sleep", "time", "monotonic", "perf_counter", "localtime", "strftime")
    before = {name: getattr(time, name) for name in names}
    classes = datetime.datetime, datetime.date
    wait, now = threading.Condition.wait, pd.Timestamp.now
    late = types.ModuleType("imported_by_a_script")
    early = types.ModuleType("imported_before")
    vars(early)["nap"] = time.sleep
    sys.modules |= {early.__name__: early, late.__name__: late}
    try:
        with _living(STILL):
            assert vars(early)["nap"] is time.sleep is not before["sleep"]
            vars(late).update(nap=time.sleep, when=datetime.datetime)
        assert vars(early)["nap"] is vars(late)["nap"] is before["sleep"]
        assert vars(late)["when"] is datetime.datetime
    finally:
        del sys.modules[early.__name__], sys.modules[late.__name__]
    assert before == {name: getattr(time, name) for name in names}
    assert (datetime.datetime, datetime.date) == classes
    assert type(datetime.datetime) is type
    assert threading.Condition.wait is wait
    assert pd.Timestamp.now == now


def test_a_class_may_hold_a_simulated_function_as_it_may_hold_a_builtin() -> None:
    with _living(STILL):

        class Formatter:
            converter = time.localtime

        assert Formatter().converter(0).tm_year in (1969, 1970)
