"""Edges of the firm's rules that a fault planted in them would slip through."""

from __future__ import annotations

import pytest
from builders_challenge import DAILY, NO_SHARE, OVERALL, a_look, high_stakes
from builders_money import an_account

from bot.model.account import Floors, Progress, Trail
from bot.model.challenge import (
    DailyBase,
    Denominator,
    LossAction,
    OnPayout,
    OverallKind,
    TrailOn,
)
from bot.model.decision import PhaseVerdict
from bot.rules.challenge import breached_floor, is_pause_due
from bot.rules.challenge_days import (
    idle_days_count,
    is_inactive,
    is_out_of_time,
    is_payout_consistent,
    is_target_reached,
    share_base_money,
)
from bot.rules.challenge_engine import begin, day_now, next_day, observe, progress_of
from bot.rules.challenge_trail import raised_trail, total_floor_money, total_reference_money

RULES = high_stakes()
LIMITS = Floors(daily_money=19_000.0, total_money=18_000.0, initial_balance_money=20_000.0)
PAUSE = LossAction.PAUSE_UNTIL_RESET.value
TRAILING = OVERALL._replace(
    kind=OverallKind.TRAILING.value,
    trail_on=TrailOn.BALANCE_REALTIME.value,
    on_payout=OnPayout.REBASE_TO_BALANCE.value,
)


def test_a_limit_that_ends_the_account_is_no_pause() -> None:
    hit = an_account(17_000.0, 17_000.0)
    assert not is_pause_due(hit, LIMITS, RULES)
    assert is_pause_due(hit, LIMITS, RULES._replace(daily=DAILY._replace(action=PAUSE)))
    assert is_pause_due(hit, LIMITS, RULES._replace(overall=OVERALL._replace(action=PAUSE)))


def test_a_limit_that_pauses_ends_no_account() -> None:
    hit = an_account(17_000.0, 17_000.0)
    paused = RULES._replace(overall=OVERALL._replace(action=PAUSE))
    high_total = LIMITS._replace(total_money=19_500.0)
    assert breached_floor(hit, high_total, paused) == PhaseVerdict.BREACHED_DAILY
    both = paused._replace(daily=DAILY._replace(action=PAUSE))
    assert breached_floor(hit, LIMITS, both) == PhaseVerdict.RUNNING


def test_the_daily_limit_alone_is_named_though_the_total_floor_is_higher() -> None:
    by_balance = RULES._replace(overall=OVERALL._replace(loss_fraction=0.01, tested_on=1))
    account = an_account(18_900.0, 25_000.0)
    limits = LIMITS._replace(total_money=19_800.0)
    assert breached_floor(account, limits, by_balance) == PhaseVerdict.BREACHED_DAILY


@pytest.mark.parametrize(("best_money", "kept"), [(500.0, True), (500.01, False)])
def test_the_best_days_share_delays_a_payout_where_the_rule_says_so(
    best_money: float, kept: bool
) -> None:
    share = NO_SHARE._replace(share_fraction_max=0.5, delays_payout=True)
    progress = Progress(1_000.0, 3, False, best_day_money=best_money)
    assert is_payout_consistent(progress, RULES._replace(consistency=share)) is kept
    free = share._replace(delays_payout=False, delays_pass=True)
    assert is_payout_consistent(progress, RULES._replace(consistency=free))


def test_a_share_is_taken_of_the_very_profit() -> None:
    progress = Progress(1_000.0, 3, False, positive_days_money=1_500.0)
    assert share_base_money(progress, RULES) == 1_000.0
    days = NO_SHARE._replace(denominator=Denominator.SUM_POSITIVE_DAYS.value)
    assert share_base_money(progress, RULES._replace(consistency=days)) == 1_500.0


def test_a_limit_of_one_day_is_a_limit_and_zero_is_none() -> None:
    one = RULES._replace(time_limit_days=1)
    assert is_out_of_time(Progress(0.0, 0, False, days_elapsed_count=1), one)
    assert not is_out_of_time(Progress(0.0, 0, False, days_elapsed_count=0), one)
    assert not is_out_of_time(Progress(0.0, 0, False, days_elapsed_count=9), RULES)
    assert is_inactive(2, 1)
    assert not is_inactive(1, 1)
    assert not is_inactive(9, 0)
    assert (idle_days_count(5, 5), idle_days_count(5, 4), idle_days_count(5, 6)) == (0, 0, 1)


def test_a_deposit_starts_no_trailing_floor_anew_and_a_payout_does() -> None:
    rules = RULES._replace(overall=TRAILING)
    state = observe(begin(1, rules), a_look(22_000.0), rules)
    before = day_now(state, rules).trail.floor_money
    assert before == 20_000.0
    paid_in = observe(state, a_look(22_500.0, cash=500.0), rules)
    assert day_now(paid_in, rules).trail.floor_money >= before
    still = observe(state, a_look(21_000.0), rules)
    assert day_now(still, rules).trail.floor_money == before
    paid_out = observe(state, a_look(21_000.0, cash=-1_000.0), rules)
    assert day_now(paid_out, rules).trail.floor_money == 19_000.0
    cent_out = observe(state, a_look(21_999.5, cash=-0.5), rules)
    assert day_now(cent_out, rules).trail.floor_money == 19_999.5


def test_a_new_day_counts_cash_and_trades_from_nothing() -> None:
    state = observe(begin(1, RULES), a_look(20_000.0, trades=(2, 1)), RULES)
    fresh = next_day(state, RULES)
    assert (fresh.opened_count, fresh.closed_count, fresh.day_cash_money) == (0, 0, 0.0)
    assert (begin(1, RULES).is_paused, begin(1, RULES).tally) == (False, (0, 0.0, 0.0))


def test_a_lost_day_adds_nothing_to_the_winning_ones() -> None:
    state = observe(begin(1, RULES), a_look(19_999.5), RULES)
    assert progress_of(state, RULES).positive_days_money == 0.0


def test_a_deposit_is_no_profit_of_its_day() -> None:
    state = observe(begin(1, RULES), a_look(20_600.0, cash=500.0), RULES)
    assert progress_of(state, RULES).best_day_money == pytest.approx(100.0)


def test_credit_is_no_part_of_a_days_start() -> None:
    state = next_day(observe(begin(1, RULES), a_look(20_000.0), RULES), RULES)
    seen = observe(state, a_look(20_000.0, 20_300.0, credit=300.0), RULES)
    assert seen.day.base_money == 20_000.0


def test_a_floor_that_does_not_trail_ignores_a_trail() -> None:
    trail = Trail(25_000.0, 24_000.0, False)
    assert raised_trail(trail, 30_000.0, RULES) == trail
    assert total_floor_money(trail, RULES) == 18_000.0
    assert total_reference_money(trail, RULES) == 20_000.0


def test_a_locked_floor_stays_locked() -> None:
    rules = RULES._replace(overall=TRAILING._replace(lock_profit_fraction=0.1))
    locked = Trail(22_000.0, 20_000.0, True)
    assert raised_trail(locked, 23_000.0, rules) == Trail(23_000.0, 20_000.0, True)
    unlockable = RULES._replace(overall=TRAILING)
    assert raised_trail(locked, 23_000.0, unlockable).is_locked


def test_a_target_of_less_than_one_is_a_target() -> None:
    small = high_stakes(initial_money=10.0)
    assert is_target_reached(Progress(0.8, 3, False), small)
    assert not is_target_reached(Progress(0.79, 3, False), small)


def test_credit_raises_no_base_that_follows_equity() -> None:
    peak = DAILY._replace(base_kind=DailyBase.INTRADAY_PEAK_EQUITY.value)
    rules = RULES._replace(daily=peak)
    state = observe(begin(1, rules), a_look(20_000.0, 20_300.0, credit=300.0), rules)
    assert state.day.base_money == 20_000.0
    state = observe(state, a_look(20_100.0, 20_400.0), rules)
    assert state.day.base_money == 20_100.0
