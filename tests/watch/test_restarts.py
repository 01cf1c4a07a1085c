"""When a trader is started again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.watch.restarts import CALM_S, RESTARTS_SPAN_S, WAIT_MAX_S, WAIT_MIN_S, RestartPace


def _pace(chance: float = 1.0) -> RestartPace:
    return RestartPace(lambda: chance)


def test_waits_grow_from_one_second_to_a_minute() -> None:
    pace = _pace()
    waits = [pace.died(float(number), 1.0).wait_s for number in range(7)]
    assert waits == [1.0, 3.0, 9.0, 27.0, 60.0, 60.0, 60.0]


def test_a_calm_life_forgives_the_waits_before() -> None:
    for lived_s, wait_s in ((CALM_S - 1.0, 9.0), (CALM_S, 1.0)):
        pace = _pace()
        pace.died(0.0, 1.0)
        pace.died(1.0, 1.0)
        assert pace.died(2.0 + lived_s, lived_s).wait_s == wait_s


def test_the_fifth_restart_in_ten_minutes_lets_it_manage_only() -> None:
    pace = _pace()
    assert [pace.died(at, 1.0).is_manage_only for at in (0.0, 60.0, 120.0, 180.0)] == [False] * 4
    assert pace.died(RESTARTS_SPAN_S - 1.0, 1.0).is_manage_only


def test_a_restart_ten_minutes_ago_no_longer_counts() -> None:
    pace = _pace()
    for at in (0.0, 60.0, 120.0, 180.0):
        pace.died(at, 1.0)
    assert not pace.died(RESTARTS_SPAN_S, 1.0).is_manage_only


@given(
    st.lists(st.tuples(st.floats(0.0, 1e5), st.floats(0.0, 2e3), st.floats(0.0, 1.0)), max_size=40)
)
def test_no_wait_is_shorter_than_a_second_or_longer_than_a_minute(
    lives: list[tuple[float, float, float]],
) -> None:
    drawn = [0.0]
    pace, now_s = RestartPace(lambda: drawn[0]), 0.0
    for passed_s, lived_s, chance in lives:
        now_s, drawn[0] = now_s + passed_s, chance
        assert WAIT_MIN_S <= pace.died(now_s, lived_s).wait_s <= WAIT_MAX_S
