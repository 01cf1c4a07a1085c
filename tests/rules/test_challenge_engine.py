"""A phase lived through its observations: days, cash, pauses, breaches and passes."""

from __future__ import annotations

import pytest
from builders_challenge import (
    DAILY,
    NO_DAILY,
    NO_SHARE,
    OVERALL,
    a_look,
    high_stakes,
    prev_close,
)

from bot.model.challenge import (
    CashPolicy,
    ChallengeRules,
    ChallengeState,
    Compare,
    DailyBase,
    DayKind,
    DayRule,
    Denominator,
    LossAction,
    Observation,
    OnPayout,
    OverallKind,
    TargetOn,
    TrailOn,
)
from bot.model.decision import PhaseVerdict
from bot.rules.challenge import floors
from bot.rules.challenge_engine import (
    begin,
    day_now,
    end_of_day,
    next_day,
    observe,
    progress_of,
    verdict_now,
)

RULES = high_stakes()
TRAILING = OVERALL._replace(kind=OverallKind.TRAILING.value)


def lived(rules: ChallengeRules, *days: list[Observation]) -> ChallengeState:
    """The state after the looks of each day; every list is a day of its own."""
    state = begin(1, rules)
    for number, looks in enumerate(days):
        state = next_day(state, rules) if number else state
        for look in looks:
            state = observe(state, look, rules)
    return state


def daily_floor(state: ChallengeState, rules: ChallengeRules = RULES) -> float:
    return floors(day_now(state, rules), rules).daily_money


def test_a_phase_begins_at_its_initial_balance() -> None:
    state = lived(RULES, [a_look(20_500.0)])
    assert state.day.base_money == 20_000.0
    assert daily_floor(state) == 19_000.0


@pytest.mark.parametrize(
    ("look", "base"),
    [(a_look(20_500.0, 20_700.0), 20_700.0), (a_look(20_000.0, 19_000.5), 20_200.0)],
)
def test_the_first_reading_past_the_reset_may_raise_the_base(
    look: Observation, base: float
) -> None:
    assert lived(RULES, [a_look(20_200.0)], [look]).day.base_money == base
    assert lived(prev_close(RULES), [a_look(20_200.0)], [look]).day.base_money == 20_200.0


def test_the_second_reading_of_a_day_raises_nothing() -> None:
    state = lived(RULES, [a_look(20_200.0)], [a_look(20_200.0), a_look(20_900.0)])
    assert state.day.base_money == 20_200.0


def test_money_paid_in_before_the_first_reading_is_counted_once() -> None:
    state = lived(RULES, [a_look(20_000.0)], [a_look(20_150.0, cash=150.0)])
    assert day_now(state, RULES).base_money == 20_150.0


def test_a_payout_moves_the_base_and_a_literal_reading_leaves_it() -> None:
    before, payout = [a_look(21_500.0)], [a_look(20_000.0, cash=-1_500.0)]
    state = lived(RULES, before, payout)
    assert daily_floor(state) == 19_000.0
    assert state.breach == PhaseVerdict.RUNNING
    literal = RULES._replace(policy=RULES.policy._replace(cash=CashPolicy.LITERAL.value))
    state = lived(literal, before, payout)
    assert daily_floor(state, literal) == pytest.approx(20_425.0)
    assert state.breach == PhaseVerdict.BREACHED_DAILY


def test_a_deposit_is_no_gain_of_the_day_and_no_step_to_the_target() -> None:
    state = lived(RULES, [a_look(21_600.0, cash=1_600.0)])
    end, progress = end_of_day(state, RULES), progress_of(state, RULES)
    assert (end.gain_money, end.is_counted) == (0.0, False)
    assert progress.closed_profit_money == 0.0
    literal = RULES._replace(policy=RULES.policy._replace(cash=CashPolicy.LITERAL.value))
    assert end_of_day(lived(literal, [a_look(21_600.0, cash=1_600.0)]), literal).is_counted


def test_a_payout_takes_the_profit_it_pays_out_of_the_targets_balance() -> None:
    state = lived(RULES, [a_look(21_600.0)], [a_look(20_600.0, cash=-1_000.0)])
    assert progress_of(state, RULES).closed_profit_money == pytest.approx(600.0)


def test_a_credit_raises_the_base_and_is_no_gain() -> None:
    state = lived(RULES, [a_look(20_000.0, 20_150.0, credit=150.0)])
    assert daily_floor(state) == pytest.approx(20_150.0 * 0.95)
    assert end_of_day(state, RULES).gain_money == 0.0


def test_a_base_of_the_initial_balance_is_moved_by_nothing() -> None:
    rules = RULES._replace(daily=DAILY._replace(base_kind=DailyBase.INITIAL_BALANCE.value))
    state = lived(rules, [a_look(21_000.0)], [a_look(20_500.0, cash=-500.0)])
    assert daily_floor(state, rules) == 19_000.0


def test_a_base_that_follows_the_days_peak_rises_within_the_day_and_falls_with_the_next() -> None:
    kind = DailyBase.INTRADAY_PEAK_EQUITY.value
    rules = RULES._replace(daily=DAILY._replace(base_kind=kind))
    looks = [a_look(20_000.0, 20_800.0), a_look(20_000.0, 20_100.0)]
    state = lived(rules, looks)
    assert daily_floor(state, rules) == pytest.approx(20_800.0 * 0.95)
    later = lived(prev_close(rules), looks, [a_look(20_000.0, 20_050.0)])
    assert later.day.base_money == 20_100.0
    paid = lived(rules, [a_look(20_500.0, cash=500.0)])
    assert day_now(paid, rules).base_money == 20_500.0


def test_a_payout_may_start_a_trailing_floor_anew() -> None:
    overall = TRAILING._replace(
        loss_fraction=0.04,
        trail_on=TrailOn.BALANCE_EOD.value,
        on_payout=OnPayout.REBASE_TO_BALANCE.value,
    )
    rules = RULES._replace(overall=overall)
    grown = [a_look(22_000.0)]
    kept = lived(rules, grown, [a_look(22_000.0)])
    assert floors(day_now(kept, rules), rules).total_money == pytest.approx(21_200.0)
    paid = lived(rules, grown, [a_look(21_000.0, cash=-1_000.0)])
    assert floors(day_now(paid, rules), rules).total_money == pytest.approx(20_200.0)
    plain = rules._replace(overall=overall._replace(on_payout=OnPayout.NONE.value))
    paid = lived(plain, grown, [a_look(21_200.01, cash=-799.99)])
    assert floors(day_now(paid, plain), plain).total_money == pytest.approx(21_200.0)


@pytest.mark.parametrize(
    ("equity", "is_paused"), [(19_400.01, False), (19_400.0, False), (19_399.99, True)]
)
def test_a_pause_below_its_level_lasts_until_the_reset(equity: float, is_paused: bool) -> None:
    pause, below = LossAction.PAUSE_UNTIL_RESET.value, Compare.BELOW.value
    rules = RULES._replace(daily=DAILY._replace(loss_fraction=0.03, action=pause, compare=below))
    state = lived(rules, [a_look(20_000.0, equity), a_look(20_000.0)])
    assert state.is_paused is is_paused
    assert state.breach == PhaseVerdict.RUNNING
    assert not next_day(state, rules).is_paused


def test_a_breach_is_latched_with_its_name_and_the_one_beside_it() -> None:
    state = lived(RULES, [a_look(19_500.0)], [a_look(19_500.0, 17_600.0), a_look(25_000.0)])
    assert state.breach == PhaseVerdict.BREACHED_DAILY
    assert state.breach_also == PhaseVerdict.BREACHED_TOTAL
    later = observe(next_day(state, RULES), a_look(30_000.0), RULES)
    assert verdict_now(later, RULES) == PhaseVerdict.BREACHED_DAILY


def test_after_losses_the_overall_floor_names_the_breach() -> None:
    state = lived(RULES, [a_look(19_300.0)], [a_look(18_700.0)], [a_look(18_700.0, 17_000.0)])
    assert state.breach == PhaseVerdict.BREACHED_TOTAL
    assert state.breach_also == PhaseVerdict.BREACHED_DAILY


def test_without_a_daily_rule_only_the_overall_floor_ends_the_account() -> None:
    rules = RULES._replace(daily=NO_DAILY)
    state = lived(rules, [a_look(20_000.0, 18_000.01)])
    assert state.breach == PhaseVerdict.RUNNING
    assert observe(state, a_look(18_000.0), rules).breach == PhaseVerdict.BREACHED_TOTAL


@pytest.mark.parametrize(
    ("kind", "trades", "is_counted"),
    [
        (DayKind.OPENED, (1, 0), True),
        (DayKind.OPENED, (0, 1), False),
        (DayKind.OPENED_OR_CLOSED, (0, 1), True),
        (DayKind.OPENED_OR_CLOSED, (1, 0), True),
        (DayKind.OPENED_OR_CLOSED, (0, 0), False),
        (DayKind.ANY, (1, 0), True),
        (DayKind.ANY, (0, 1), False),
        (DayKind.NONE, (1, 1), False),
    ],
)
def test_trading_days_count_by_what_was_traded(
    kind: DayKind, trades: tuple[int, int], is_counted: bool
) -> None:
    rules = RULES._replace(days=DayRule(kind.value, 2, 0.0))
    state = lived(rules, [a_look(20_000.0, trades=trades)], [a_look(20_000.0)])
    assert state.tally.counted_days_count == int(is_counted)


def passing(rules: ChallengeRules, *profits: float) -> ChallengeState:
    """Days that each close with a profit, and the morning after them."""
    balance, days = rules.initial_balance_money, []
    for profit in profits:
        balance += profit
        days.append([a_look(balance)])
    return lived(rules, *days, [a_look(balance)])


@pytest.mark.parametrize(
    ("profits", "expected"),
    [
        ((600.0, 500.0, 500.0), PhaseVerdict.PASSED),
        ((600.0, 500.0, 499.99), PhaseVerdict.RUNNING),
        ((1_600.0, 100.0), PhaseVerdict.RUNNING),
        ((1_600.0, 100.0, 99.99), PhaseVerdict.RUNNING),
        ((1_600.0, 100.0, 100.0), PhaseVerdict.PASSED),
    ],
)
def test_a_phase_passes_at_the_reset_that_counts_its_last_day(
    profits: tuple[float, ...], expected: PhaseVerdict
) -> None:
    state = passing(RULES, *profits)
    assert verdict_now(state, RULES) == expected
    open_again = observe(state, a_look(state.balance_money, has_exposure=True), RULES)
    assert verdict_now(open_again, RULES) == PhaseVerdict.RUNNING


def test_a_phase_that_need_not_be_flat_passes_with_a_trade_open() -> None:
    rules = RULES._replace(target=RULES.target._replace(flat_to_pass=False))
    state = passing(rules, 600.0, 500.0, 500.0)
    state = observe(state, a_look(state.balance_money, has_exposure=True), rules)
    assert verdict_now(state, rules) == PhaseVerdict.PASSED


def test_an_equity_target_is_met_by_floating_profit() -> None:
    target = RULES.target._replace(target_on=TargetOn.EQUITY.value, flat_to_pass=False)
    rules = RULES._replace(target=target, days=DayRule(0, 0, 0.0))
    floating = lived(rules, [a_look(20_000.0, 21_600.0, has_exposure=True)])
    assert verdict_now(floating, rules) == PhaseVerdict.PASSED
    closed = rules._replace(target=target._replace(target_on=TargetOn.CLOSED_BALANCE.value))
    assert verdict_now(floating, closed) == PhaseVerdict.RUNNING


def test_a_phase_without_a_target_never_passes() -> None:
    rules = RULES._replace(target=RULES.target._replace(profit_fraction=0.0))
    assert verdict_now(passing(rules, 600.0, 500.0, 5_000.0), rules) == PhaseVerdict.RUNNING


@pytest.mark.parametrize(
    ("denominator", "profits", "expected"),
    [
        (Denominator.SUM_POSITIVE_DAYS, (1_000.0, -500.0, 1_000.0, 200.0), PhaseVerdict.PASSED),
        (Denominator.SUM_POSITIVE_DAYS, (1_000.0, 999.99), PhaseVerdict.RUNNING),
        (Denominator.SUM_POSITIVE_DAYS, (1_000.0, 1_000.0), PhaseVerdict.PASSED),
        (Denominator.TOTAL_NET_PROFIT, (1_000.0, -400.0, 1_000.0, 100.0), PhaseVerdict.RUNNING),
        (Denominator.TOTAL_NET_PROFIT, (1_000.0, -400.0, 1_000.0, 400.0), PhaseVerdict.PASSED),
    ],
)
def test_a_best_day_above_its_share_delays_the_pass(
    denominator: Denominator, profits: tuple[float, ...], expected: PhaseVerdict
) -> None:
    share = NO_SHARE._replace(
        share_fraction_max=0.5, denominator=denominator.value, delays_pass=True
    )
    rules = RULES._replace(consistency=share, days=DayRule(0, 0, 0.0))
    state = passing(rules, *profits)
    assert verdict_now(state, rules) == expected
    for_payout = rules._replace(consistency=share._replace(delays_pass=False, delays_payout=True))
    assert verdict_now(state, for_payout) == PhaseVerdict.PASSED


def test_the_running_day_is_part_of_the_share() -> None:
    share = NO_SHARE._replace(
        share_fraction_max=0.5,
        denominator=Denominator.SUM_POSITIVE_DAYS.value,
        delays_pass=True,
    )
    rules = RULES._replace(consistency=share, days=DayRule(0, 0, 0.0))
    state = lived(rules, [a_look(20_600.0)], [a_look(22_000.0)])
    assert progress_of(state, rules).best_day_money == pytest.approx(1_400.0)
    assert verdict_now(state, rules) == PhaseVerdict.RUNNING


@pytest.mark.parametrize(
    ("limit_days", "expected"),
    [(0, PhaseVerdict.RUNNING), (2, PhaseVerdict.OUT_OF_TIME), (3, PhaseVerdict.RUNNING)],
)
def test_a_time_limit_ends_a_phase_that_has_not_passed(
    limit_days: int, expected: PhaseVerdict
) -> None:
    rules = RULES._replace(time_limit_days=limit_days)
    assert verdict_now(lived(rules, [], [], []), rules) == expected
