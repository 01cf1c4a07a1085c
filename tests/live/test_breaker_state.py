"""The sliding window of equity, and what the journal teaches after a crash."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.live.breaker_state import (
    SAMPLES_MAX_COUNT,
    BreakerState,
    EquitySample,
    Slip,
    Tripped,
    learn_breaker,
    note_equity,
)
from bot.live.state import BotState, state_from_document
from bot.model.breakers import Breaker, BreakerAction
from bot.model.decision import Brake

WINDOW_S = 300.0

steps = st.lists(
    st.tuples(st.floats(0.0, 120.0), st.floats(15_000.0, 25_000.0)), min_size=1, max_size=80
)


@given(steps)
def test_the_window_knows_the_highest_equity_of_its_time(
    path: list[tuple[float, float]],
) -> None:
    falling: list[EquitySample] = []
    seen: list[tuple[float, float]] = []
    now = 0.0
    for wait_s, equity in path:
        now += wait_s
        seen.append((now, equity))
        peak = note_equity(falling, EquitySample(now, equity), WINDOW_S)
        assert peak == max(money for at, money in seen if at >= now - WINDOW_S)


@given(steps)
def test_a_saved_window_goes_on_where_it_was(path: list[tuple[float, float]]) -> None:
    state, straight = BotState(), BotState()
    now = 0.0
    for wait_s, equity in path:
        now += wait_s
        state = state_from_document(state.document())
        peaks = [
            note_equity(one.breakers.equity_falling, EquitySample(now, equity), WINDOW_S)
            for one in (state, straight)
        ]
        assert peaks[0] == peaks[1]


def test_the_window_is_bounded_and_then_remembers_a_peak_too_long_never_too_short() -> None:
    falling: list[EquitySample] = []
    for number in range(SAMPLES_MAX_COUNT * 3):
        peak = note_equity(falling, EquitySample(number * 0.01, 20_000.0 - number), WINDOW_S)
        assert peak == 20_000.0
    assert len(falling) == SAMPLES_MAX_COUNT


def test_a_sample_exactly_as_old_as_the_window_still_counts() -> None:
    falling: list[EquitySample] = []
    note_equity(falling, EquitySample(0.0, 20_000.0), WINDOW_S)
    assert note_equity(falling, EquitySample(300.0, 19_000.0), WINDOW_S) == 20_000.0
    assert note_equity(falling, EquitySample(300.1, 19_000.0), WINDOW_S) == 19_000.0


def test_a_clock_that_steps_back_forgets_nothing() -> None:
    falling: list[EquitySample] = []
    note_equity(falling, EquitySample(10_000.0, 20_000.0), WINDOW_S)
    assert note_equity(falling, EquitySample(5_000.0, 19_000.0), WINDOW_S) == 20_000.0


def tripped_line(breaker: str = "consecutive_losses") -> dict[str, object]:
    return {
        "event": "BreakerTripped",
        "breaker": breaker,
        "value": 5.0,
        "limit": 5.0,
        "action": "block",
        "resets": "person",
        "at_utc_s": 1_000.0,
        "day": 20_000,
    }


def reset_line(breaker: str = "consecutive_losses") -> dict[str, object]:
    return {"event": "BreakerReset", "breaker": breaker, "by": "person", "at_utc_s": 2_000.0}


def test_a_trip_that_only_the_journal_knows_holds_after_the_crash() -> None:
    state = BreakerState()
    learn_breaker(state, tripped_line(), 0)
    (tripped,) = state.in_order()
    assert (tripped.value, tripped.limit, tripped.day) == (5.0, 5.0, 20_000)
    assert tripped.action == BreakerAction.BLOCK


def test_a_trip_that_both_know_keeps_what_the_snapshot_says() -> None:
    state = BreakerState()
    known = Tripped("consecutive_losses", 1, 6.0, 5.0, 900.0, 20_000, is_flat_asked=True)
    state.tripped[known.breaker] = known
    learn_breaker(state, tripped_line(), 0)
    assert state.in_order() == [known]


def test_a_reset_that_only_the_journal_knows_takes_its_evidence_along() -> None:
    state = BreakerState()
    state.tripped["consecutive_losses"] = Tripped("consecutive_losses", 1, 5.0, 5.0, 1.0, 1)
    learn_breaker(state, reset_line(), newest_setup_id=7)
    assert state.tripped == {}
    assert state.losses_after_setup_id == 7


def test_a_trip_and_reset_of_the_past_leave_newer_evidence_alone() -> None:
    state = BreakerState(losses_after_setup_id=3)
    learn_breaker(state, tripped_line(), 9)
    learn_breaker(state, reset_line(), 9)
    assert state.tripped == {}
    assert state.losses_after_setup_id == 3


def test_a_breaker_of_another_version_is_left_out() -> None:
    state = BreakerState()
    learn_breaker(state, tripped_line("moon_phase"), 0)
    assert state.tripped == {}


def test_each_reset_forgets_its_own_evidence_only() -> None:
    state = BreakerState(
        equity_falling=[EquitySample(1.0, 2.0)],
        disconnects_utc_s=[1.0],
        slips=[Slip(1, 0.2)],
    )
    for breaker in (Breaker.DAILY_DRAWDOWN, Breaker.DISK, Breaker.CONSECUTIVE_LOSSES):
        state.forget(breaker, 4)
    assert (len(state.equity_falling), len(state.disconnects_utc_s), len(state.slips)) == (1, 1, 1)
    for breaker in (Breaker.RAPID_LOSS, Breaker.DISCONNECTS, Breaker.SLIPPAGE):
        state.forget(breaker, 4)
    assert state.equity_falling == []
    assert state.disconnects_utc_s == []
    assert state.slips == []
    assert state.losses_after_setup_id == 4


def test_only_an_open_breaker_that_reduces_asks_for_smaller_trades() -> None:
    state = BreakerState()
    assert state.brake() == Brake.NONE
    state.tripped["slippage"] = Tripped("slippage", BreakerAction.BLOCK, 1.0, 0.5, 0.0, 1)
    assert state.brake() == Brake.NONE
    state.tripped["slippage"].action = BreakerAction.REDUCE
    assert state.brake() == Brake.REDUCE
