"""What holds in every life of a phase: floors that never fall, bases that stand, sums that meet."""

from __future__ import annotations

import math

import pytest
from builders_challenge import DAILY, OVERALL, a_look, high_stakes, prev_close
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.challenge import (
    ChallengeRules,
    ChallengeState,
    DailyBase,
    Observation,
    OverallKind,
    TrailOn,
)
from bot.model.decision import PhaseVerdict
from bot.rules.challenge import floors
from bot.rules.challenge_engine import begin, day_now, end_of_day, next_day, observe

RULES = high_stakes()
TRAILING = OVERALL._replace(kind=OverallKind.TRAILING.value)


def daily_floor(state: ChallengeState, rules: ChallengeRules = RULES) -> float:
    return floors(day_now(state, rules), rules).daily_money


cents = st.integers(1_500_000, 2_800_000).map(lambda value: value / 100)
looks = st.builds(a_look, cents, cents, cash=st.sampled_from([0.0, 0.0, 0.0, 150.0, -900.0]))
days = st.lists(st.lists(looks, max_size=5), min_size=1, max_size=6)
kinds = st.sampled_from([kind.value for kind in DailyBase])
trails = st.sampled_from([kind.value for kind in TrailOn])
locks = st.sampled_from([0.0, 0.06])


@st.composite
def any_rules(draw: st.DrawFn) -> ChallengeRules:
    overall = TRAILING._replace(trail_on=draw(trails), lock_profit_fraction=draw(locks))
    overall = overall._replace(amount_of=draw(st.integers(0, 1)))
    daily = DAILY._replace(base_kind=draw(kinds), amount_of=draw(st.integers(0, 1)))
    rules = RULES._replace(daily=daily, overall=overall)
    return draw(st.sampled_from([rules, prev_close(rules)]))


@settings(max_examples=300, deadline=None)
@given(rules=any_rules(), history=days)
def test_a_trailing_floor_never_falls_and_a_base_stands_all_day(
    rules: ChallengeRules, history: list[list[Observation]]
) -> None:
    state, floor = begin(1, rules), -math.inf
    for number, looks_of_day in enumerate(history):
        state = next_day(state, rules) if number else state
        base = None
        for look in looks_of_day:
            state = observe(state, look, rules)
            now = floors(day_now(state, rules), rules).total_money
            assert now >= floor
            floor = now
            if rules.daily.base_kind != DailyBase.INTRADAY_PEAK_EQUITY:
                assert base is None or state.day.base_money == base
            base = state.day.base_money


@settings(max_examples=300, deadline=None)
@given(rules=any_rules(), history=days)
def test_a_breach_once_latched_keeps_its_name(
    rules: ChallengeRules, history: list[list[Observation]]
) -> None:
    state, named = begin(1, rules), PhaseVerdict.RUNNING.value
    for looks_of_day in history:
        for look in looks_of_day:
            state = observe(state, look, rules)
            assert named in (PhaseVerdict.RUNNING, state.breach)
            named = state.breach
            assert state.breach_also != state.breach or not named
        state = next_day(state, rules)


@settings(max_examples=300, deadline=None)
@given(history=days)
def test_gains_of_days_add_up_to_the_balance_without_what_was_paid_in(
    history: list[list[Observation]],
) -> None:
    state, gains, cash = begin(1, RULES), 0.0, 0.0
    for looks_of_day in history:
        for look in looks_of_day:
            flat = look._replace(equity_money=look.balance_money)
            state = observe(state, flat, RULES)
            cash += flat.cash_money
        gains += end_of_day(state, RULES).gain_money
        state = next_day(state, RULES)
    assert gains == pytest.approx(state.balance_money - RULES.initial_balance_money - cash)


@settings(max_examples=200, deadline=None)
@given(history=days)
def test_the_stricter_day_start_never_has_a_lower_floor(history: list[list[Observation]]) -> None:
    strict, literal = begin(1, RULES), begin(1, prev_close(RULES))
    for number, looks_of_day in enumerate(history):
        if number:
            strict, literal = next_day(strict, RULES), next_day(literal, prev_close(RULES))
        for look in looks_of_day:
            strict = observe(strict, look, RULES)
            literal = observe(literal, look, prev_close(RULES))
            assert daily_floor(strict) >= daily_floor(literal, prev_close(RULES))
