"""A script's clock at work: what takes time in its world, how much, and what does not."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.script_clock import HostTime, Pace, ScriptClock

START_S = 1_772_445_600.0  # Monday 2026-03-02 10:00 UTC
DAY_S = 86_400.0


class HandHost:
    """A host clock moved by hand; waiting on it takes no time of ours."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def wait(self, duration_s: float) -> None:
        self.now_s += duration_s


def _clock(host: HandHost, pace: Pace | None = None, length_s: float = DAY_S) -> ScriptClock:
    time = HostTime(lambda: host.now_s, host.wait)
    clock = ScriptClock((START_S, START_S + length_s), pace or Pace(), time, lambda: None)
    clock._base_host_s = host.now_s
    clock._own_threads_count = threading.active_count()
    return clock


def test_ten_minutes_of_sleep_take_ten_seconds() -> None:
    host = HandHost()
    clock = _clock(host)
    for _ in range(10):
        clock.sleep(60.0)
    assert clock.elapsed_s() == 600.0
    assert host.now_s - 100.0 == pytest.approx(10.0)


@given(st.lists(st.tuples(st.floats(0.5, 300.0), st.floats(0.0, 0.2)), max_size=30))
def test_short_computing_between_waits_changes_nothing(steps: list[tuple[float, float]]) -> None:
    host, undisturbed = HandHost(), HandHost()
    clock, same_clock = _clock(host), _clock(undisturbed)
    for wait_s, computing_s in steps:
        host.now_s += min(computing_s, wait_s / 60.0)
        clock.sleep(wait_s)
        same_clock.sleep(wait_s)
        assert clock.now_utc_s() == same_clock.now_utc_s()


@given(st.lists(st.tuples(st.floats(0.0, 90.0), st.floats(0.0, 3.0)), max_size=30))
def test_the_clock_stays_near_its_speed_and_never_steps_back(
    steps: list[tuple[float, float]],
) -> None:
    host = HandHost()
    clock = _clock(host)
    before_utc_s = clock.now_utc_s()
    for wait_s, computing_s in steps:
        clock.sleep(wait_s)
        host.now_s += computing_s
        now_utc_s = clock.now_utc_s()
        assert now_utc_s >= before_utc_s
        assert abs(now_utc_s - START_S - (host.now_s - 100.0) * 60.0) <= 60.0 + 1e-3
        before_utc_s = now_utc_s


def test_a_second_of_computing_is_free_and_more_is_not() -> None:
    host = HandHost()
    clock = _clock(host)
    host.now_s += 0.99
    assert clock.elapsed_s() == 0.0
    host.now_s += 0.02
    assert clock.elapsed_s() == pytest.approx(0.01 * 60.0)


def test_a_busy_script_sees_the_clock_run_on_evenly() -> None:
    host = HandHost()
    clock = _clock(host)
    host.now_s += 2.0
    assert clock.elapsed_s() == pytest.approx(60.0)
    host.now_s += 0.01
    assert clock.elapsed_s() == pytest.approx(60.6)
    clock.sleep(0.06)
    host.now_s += 0.01
    assert clock.elapsed_s() == pytest.approx(61.2)


def test_after_a_rest_computing_counts_anew() -> None:
    host = HandHost()
    clock = _clock(host)
    host.now_s += 3.0
    began_s = clock.elapsed_s()
    clock.sleep(90.0)
    host.now_s += 0.9
    assert clock.elapsed_s() == pytest.approx(began_s + 90.0)


def test_the_time_of_computing_is_taken_off_the_next_wait() -> None:
    host = HandHost()
    clock = _clock(host)
    host.now_s += 0.4
    clock.sleep(60.0)
    assert host.now_s == pytest.approx(101.0)
    assert clock.elapsed_s() == 60.0


def test_what_the_simulator_itself_needs_takes_no_time() -> None:
    host = HandHost()
    clock = _clock(host)
    with clock.standing():
        host.now_s += 30.0
        assert clock.elapsed_s() == 0.0
    host.now_s += 0.3
    assert clock.elapsed_s() == 0.0


def test_patience_counts_and_what_is_beyond_it_does_not() -> None:
    host = HandHost()
    clock = _clock(host)
    host.now_s += 2.0
    before_s = clock.elapsed_s()
    with clock.standing(0.02):
        host.now_s += 5.0
    assert clock.elapsed_s() - before_s == pytest.approx(1.2)


def test_a_wait_inside_a_call_is_the_script_s_time() -> None:
    host = HandHost()
    clock = _clock(host)
    with clock.standing():
        clock.sleep(120.0)
    assert clock.elapsed_s() == 120.0
    host.now_s += 2.0
    assert clock.elapsed_s() == pytest.approx(180.0)


def test_no_duration_is_exactly_nothing() -> None:
    clock = _clock(HandHost())
    first, second = clock.shown_utc_s(), clock.shown_utc_s()
    assert 0.0 < second - first < 1e-4
    assert clock.shown_elapsed_s() < clock.shown_elapsed_s()


def test_a_clock_that_stands_gives_the_same_answer_twice() -> None:
    clock = _clock(HandHost(), Pace(speed=0.0))
    assert clock.shown_utc_s() == clock.shown_utc_s() == START_S


def test_a_jump_takes_no_real_time_and_computing_is_taken_off_it() -> None:
    host = HandHost()
    clock = _clock(host, Pace(is_paced=False))
    for _ in range(20):
        host.now_s += 0.1
        clock.sleep(3600.0)
    assert clock.elapsed_s() == 20 * 3600.0
    assert host.now_s == pytest.approx(102.0)


def test_the_end_waits_for_what_is_still_free() -> None:
    host = HandHost()
    clock = _clock(host, length_s=60.0)
    host.now_s += 1.9
    assert not clock._is_at_the_end()
    host.now_s += 0.2
    assert clock._is_at_the_end()
