import pytest

from bot.adapters.clock import ManualClock, SystemClock


def test_a_manual_clock_advances_only_by_sleeping():
    clock = ManualClock(1_000.0)

    clock.sleep(2.5)

    assert (clock.now_utc_s(), clock.monotonic_s()) == (1_002.5, 2.5)


def test_whoever_lives_on_the_clock_is_told_of_each_new_moment():
    told = []
    clock = ManualClock(1_000.0, told.append)

    clock.sleep(60)
    clock.sleep(0)
    clock.sleep(-5)
    clock.advance_to(1_100.0)

    assert told == [1_060.0, 1_100.0]


@pytest.mark.parametrize("moment", [999.9, float("nan"), float("inf")])
def test_a_manual_clock_never_steps_back_or_into_nonsense(moment):
    clock = ManualClock(1_000.0)

    with pytest.raises(ValueError, match="must be finite and not before"):
        clock.advance_to(moment)


def test_a_clock_cannot_start_at_no_time():
    with pytest.raises(ValueError, match="start_utc_s = nan"):
        ManualClock(float("nan"))


def test_the_system_clock_waits_and_never_waits_backwards():
    clock = SystemClock()
    before = clock.monotonic_s()

    clock.sleep(-1.0)
    clock.sleep(0.01)

    assert 0.01 <= clock.monotonic_s() - before < 5.0
    assert clock.now_utc_s() > 1_700_000_000
