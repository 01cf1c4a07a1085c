"""Every kind of limit on both sides: bases, amounts, comparisons, trails, locks, pauses."""

from __future__ import annotations

import math

import pytest
from builders_challenge import DAILY, NO_DAILY, NO_OVERALL, OVERALL, high_stakes
from builders_money import BRAKES, DAY, an_account

from bot.model.account import Account, Floors, Trail
from bot.model.challenge import (
    AmountOf,
    Compare,
    DailyBase,
    HeldAgainst,
    LossAction,
    OverallKind,
    TrailOn,
)
from bot.model.decision import Brake, PhaseVerdict
from bot.rules.challenge import (
    brake,
    breached_floor,
    day_after,
    first_day,
    floors,
    is_floor_broken,
    is_pause_due,
    raise_day_base,
    start_base_money,
)
from bot.rules.challenge_trail import (
    closing_trail,
    live_trail,
    raised_trail,
    rebased_trail,
    total_floor_money,
)

RULES = high_stakes(100_000.0)
TRAILING = OVERALL._replace(kind=OverallKind.TRAILING.value, loss_fraction=0.06)


def daily(**changes: object) -> object:
    return RULES._replace(daily=DAILY._replace(**changes))


def trailing(**changes: object) -> object:
    return RULES._replace(overall=TRAILING._replace(**changes))


@pytest.mark.parametrize(
    ("base", "balance", "equity", "expected"),
    [
        (DailyBase.INITIAL_BALANCE, 105_000.0, 107_000.0, 100_000.0),
        (DailyBase.DAY_START_BALANCE, 105_000.0, 107_000.0, 105_000.0),
        (DailyBase.DAY_START_BALANCE, 105_000.0, 101_000.0, 105_000.0),
        (DailyBase.DAY_START_EQUITY, 102_000.0, 103_000.0, 103_000.0),
        (DailyBase.DAY_START_EQUITY, 102_000.0, 101_000.0, 101_000.0),
        (DailyBase.DAY_START_MAX, 105_000.0, 107_000.0, 107_000.0),
        (DailyBase.DAY_START_MAX, 105_000.0, 101_000.0, 105_000.0),
        (DailyBase.INTRADAY_PEAK_EQUITY, 105_000.0, 107_000.0, 107_000.0),
        (DailyBase.NONE, 105_000.0, 107_000.0, 107_000.0),
    ],
)
def test_each_base_starts_the_day_where_the_firm_says(
    base: DailyBase, balance: float, equity: float, expected: float
) -> None:
    assert start_base_money(balance, equity, daily(base_kind=base.value)) == expected


@pytest.mark.parametrize(
    ("amount_of", "floor"), [(AmountOf.BASE, 101_650.0), (AmountOf.INITIAL_BALANCE, 102_000.0)]
)
def test_the_same_day_has_two_floors_by_what_the_amount_is_a_share_of(
    amount_of: AmountOf, floor: float
) -> None:
    rules = daily(amount_of=amount_of.value)
    day = day_after(DAY, 105_000.0, 107_000.0, rules)
    assert floors(day, rules).daily_money == pytest.approx(floor)


@pytest.mark.parametrize(
    ("compare", "money", "is_broken"),
    [
        (Compare.AT_OR_BELOW, 97_000.0001, False),
        (Compare.AT_OR_BELOW, 97_000.0, True),
        (Compare.BELOW, 97_000.0, False),
        (Compare.BELOW, 96_999.9999, True),
    ],
)
def test_a_touch_breaks_a_floor_or_only_what_lies_below(
    compare: Compare, money: float, is_broken: bool
) -> None:
    assert is_floor_broken(money, 97_000.0, compare.value) is is_broken


@pytest.mark.parametrize(
    ("tested_on", "equity", "balance", "expected"),
    [
        (HeldAgainst.EQUITY, 95_000.0, 99_000.0, PhaseVerdict.BREACHED_DAILY),
        (HeldAgainst.BALANCE, 95_000.0, 99_000.0, PhaseVerdict.RUNNING),
        (HeldAgainst.BALANCE, 99_000.0, 95_000.0, PhaseVerdict.BREACHED_DAILY),
    ],
)
def test_a_limit_is_held_against_the_figure_the_firm_names(
    tested_on: HeldAgainst, equity: float, balance: float, expected: PhaseVerdict
) -> None:
    limits = Floors(95_000.0, 90_000.0, 100_000.0)
    account = Account(balance, equity, 0.0, equity)
    assert breached_floor(account, limits, daily(tested_on=tested_on.value)) == expected


def test_a_limit_that_pauses_ends_nothing() -> None:
    pausing = daily(action=LossAction.PAUSE_UNTIL_RESET.value)
    limits = Floors(95_000.0, 90_000.0, 100_000.0)
    assert is_pause_due(an_account(95_000.0), limits, pausing)
    assert not is_pause_due(an_account(95_000.01), limits, pausing)
    assert breached_floor(an_account(95_000.0), limits, pausing) == PhaseVerdict.RUNNING
    both = breached_floor(an_account(90_000.0), limits, pausing)
    assert both == PhaseVerdict.BREACHED_TOTAL


def test_an_overall_limit_may_pause_too() -> None:
    overall = OVERALL._replace(action=LossAction.PAUSE_UNTIL_RESET.value)
    rules = RULES._replace(overall=overall, daily=NO_DAILY)
    limits = Floors(-math.inf, 90_000.0, 100_000.0)
    assert is_pause_due(an_account(90_000.0), limits, rules)
    assert not is_pause_due(an_account(90_000.01), limits, rules)


def test_a_rule_that_does_not_exist_has_no_floor_and_is_never_hit() -> None:
    rules = RULES._replace(daily=NO_DAILY, overall=NO_OVERALL)
    limits = floors(first_day(1, rules), rules)
    assert (limits.daily_money, limits.total_money) == (-math.inf, -math.inf)
    assert breached_floor(an_account(1.0), limits, rules) == PhaseVerdict.RUNNING


@pytest.mark.parametrize(
    ("trail_on", "closing", "live"),
    [
        (TrailOn.BALANCE_EOD, 96_435.0, 94_000.0),
        (TrailOn.MAX_EOD, 98_435.0, 94_000.0),
        (TrailOn.BALANCE_REALTIME, 94_000.0, 96_435.0),
        (TrailOn.EQUITY_REALTIME, 94_000.0, 98_435.0),
        (TrailOn.NOTHING, 94_000.0, 94_000.0),
    ],
)
def test_a_trailing_floor_follows_what_the_firm_names_and_when(
    trail_on: TrailOn, closing: float, live: float
) -> None:
    rules = trailing(trail_on=trail_on.value)
    start = first_day(1, rules).trail
    at_reset = closing_trail(start, 102_435.0, 104_435.0, rules)
    within = live_trail(start, 102_435.0, 104_435.0, rules)
    assert total_floor_money(at_reset, rules) == pytest.approx(closing)
    assert total_floor_money(within, rules) == pytest.approx(live)


def test_a_static_floor_follows_nothing() -> None:
    trail = raised_trail(Trail(0.0, 0.0, is_locked=False), 120_000.0, RULES)
    assert total_floor_money(trail, RULES) == 90_000.0


@pytest.mark.parametrize(
    ("amount_of", "floor"), [(AmountOf.BASE, 98_700.0), (AmountOf.INITIAL_BALANCE, 99_000.0)]
)
def test_a_trailing_amount_is_a_share_of_the_peak_or_of_the_initial_balance(
    amount_of: AmountOf, floor: float
) -> None:
    rules = trailing(amount_of=amount_of.value)
    trail = raised_trail(first_day(1, rules).trail, 105_000.0, rules)
    assert total_floor_money(trail, rules) == pytest.approx(floor)


@pytest.mark.parametrize(
    ("peak", "floor", "is_locked"),
    [
        (105_999.99, 99_999.99, False),
        (106_000.0, 100_000.0, True),
        (130_000.0, 100_000.0, True),
    ],
)
def test_a_lock_holds_the_floor_at_the_initial_balance(
    peak: float, floor: float, is_locked: bool
) -> None:
    rules = trailing(lock_profit_fraction=0.06)
    trail = raised_trail(first_day(1, rules).trail, peak, rules)
    assert trail.is_locked is is_locked
    assert total_floor_money(trail, rules) == pytest.approx(floor)
    assert raised_trail(trail, 90_000.0, rules) == trail


def test_a_share_of_the_peak_jumps_when_it_locks() -> None:
    rules = trailing(lock_profit_fraction=0.06, amount_of=AmountOf.BASE.value)
    before = raised_trail(first_day(1, rules).trail, 105_999.99, rules)
    assert total_floor_money(before, rules) == pytest.approx(99_639.9906)
    assert total_floor_money(raised_trail(before, 106_000.0, rules), rules) == 100_000.0


def test_a_floor_known_from_the_journal_stands_without_its_peak() -> None:
    rules = trailing(trail_on=TrailOn.BALANCE_EOD.value)
    known = Trail(0.0, 97_000.0, is_locked=False)
    assert total_floor_money(known, rules) == 97_000.0
    assert total_floor_money(raised_trail(known, 101_000.0, rules), rules) == 97_000.0
    assert total_floor_money(Trail(0.0, 0.0, is_locked=False), rules) == 94_000.0


def test_a_rebased_floor_starts_from_what_a_payout_leaves() -> None:
    rules = trailing(loss_fraction=0.04)
    trail = rebased_trail(102_000.0, rules)
    assert trail == Trail(102_000.0, 98_000.0, is_locked=False)


@pytest.mark.parametrize(("first", "second"), [(20_000.0, 20_500.0), (20_500.0, 20_000.0)])
def test_the_stricter_of_two_starts_stands_whichever_comes_first(
    first: float, second: float
) -> None:
    rules = high_stakes()
    day = day_after(DAY, first, first, rules)
    assert raise_day_base(day, second, second, rules).base_money == 20_500.0


@pytest.mark.parametrize(
    ("equity", "expected"),
    [(146_500.01, Brake.REDUCE), (146_500.0, Brake.FLATTEN), (147_000.0, Brake.REDUCE)],
)
def test_brakes_shrink_with_an_allowance_that_does_not_grow(equity: float, expected: Brake) -> None:
    rules = daily(amount_of=AmountOf.INITIAL_BALANCE.value)
    day = DAY._replace(base_money=150_000.0)  # 3.5 % of 150 000 would be beyond the 5 000
    assert brake(day, an_account(equity), BRAKES, rules) == expected


@pytest.mark.parametrize(
    ("equity", "expected"), [(100_500.01, Brake.NONE), (100_500.0, Brake.FLATTEN)]
)
def test_the_total_brake_follows_a_trailing_floor(equity: float, expected: Brake) -> None:
    rules = trailing(trail_on=TrailOn.BALANCE_REALTIME.value)
    trail = raised_trail(first_day(1, rules).trail, 105_000.0, rules)  # floor 99 000
    day = DAY._replace(base_money=100_600.0, trail=trail)
    brakes = BRAKES._replace(total_flatten_initial_fraction=0.045)
    assert brake(day, an_account(equity), brakes, rules) == expected
