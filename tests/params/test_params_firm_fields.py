"""Each field of a preset becomes a number of the rules; what firms do not publish is switched."""

from __future__ import annotations

from typing import Any

import pytest
from params_files import SHIPPED
from test_params_firm import a_preset

from bot.model.challenge import (
    CashPolicy,
    DailyBase,
    DayKind,
    EnginePolicy,
    OverallKind,
    SnapshotPolicy,
)
from bot.model.firm_clock import SERVER_MIDNIGHT, FirmClock
from bot.params import load_preset, to_rules
from bot.params.firm_rules import to_clock
from bot.timezones import firm_day_table

DAILY, OVERALL, PHASE = "daily_loss", "overall_loss", "phases__0"
TRAILING = {f"{OVERALL}__kind": "trailing", f"{OVERALL}__trail_on": "max_eod"}
LOCK = {"trigger_profit_pct": 5, "floor_at": "initial_balance"}


@pytest.mark.parametrize(
    ("changes", "place", "value"),
    [
        ({f"{DAILY}__pct": 3.3}, "daily.loss_fraction", 0.033),
        ({f"{DAILY}__base": "initial_balance"}, "daily.base_kind", DailyBase.INITIAL_BALANCE),
        ({f"{DAILY}__base": "day_start_balance"}, "daily.base_kind", DailyBase.DAY_START_BALANCE),
        ({f"{DAILY}__base": "day_start_equity"}, "daily.base_kind", DailyBase.DAY_START_EQUITY),
        ({f"{DAILY}__base": "intraday_peak_equity"}, "daily.base_kind", 5),
        ({DAILY: None}, "daily.base_kind", DailyBase.NONE),
        ({f"{DAILY}__amount_of": "initial_balance"}, "daily.amount_of", 0),
        ({f"{DAILY}__test": "balance"}, "daily.tested_on", 1),
        ({f"{DAILY}__compare": "below"}, "daily.compare", 1),
        ({f"{DAILY}__action": "pause_until_reset"}, "daily.action", 1),
        ({OVERALL: None}, "overall.kind", OverallKind.NONE),
        (TRAILING, "overall.kind", OverallKind.TRAILING),
        (TRAILING | {f"{OVERALL}__trail_on": "balance_realtime"}, "overall.trail_on", 1),
        (TRAILING | {f"{OVERALL}__trail_on": "equity_realtime"}, "overall.trail_on", 2),
        (TRAILING | {f"{OVERALL}__trail_on": "balance_eod"}, "overall.trail_on", 3),
        (TRAILING | {f"{OVERALL}__trail_on": "max_eod"}, "overall.trail_on", 4),
        (TRAILING | {f"{OVERALL}__amount_of": "peak"}, "overall.amount_of", 1),
        (TRAILING | {f"{OVERALL}__lock": LOCK}, "overall.lock_profit_fraction", 0.05),
        ({f"{OVERALL}__test": "balance"}, "overall.tested_on", 1),
        ({f"{OVERALL}__compare": "below"}, "overall.compare", 1),
        ({f"{OVERALL}__action": "pause_until_reset"}, "overall.action", 1),
        ({f"{OVERALL}__on_payout": "rebase_to_balance"}, "overall.on_payout", 1),
        ({f"{PHASE}__target_pct": None}, "target.profit_fraction", 0.0),
        ({f"{PHASE}__target_on": "equity"}, "target.target_on", 1),
        ({f"{PHASE}__flat_to_pass": False}, "target.flat_to_pass", False),
        ({f"{PHASE}__time_limit_days": 30}, "time_limit_days", 30),
        ({f"{PHASE}__kind": "funded"}, "phase_kind", 1),
        ({f"{PHASE}__kind": "funded"}, "inactive_days_max", 60),
        ({"activity__inactivity_days": None}, "inactive_days_max", 0),
        ({f"{PHASE}__min_days": None}, "days.needed_count", 0),
        ({f"{PHASE}__min_days__kind": "trading_day_opened"}, "days.kind", DayKind.OPENED),
        ({f"{PHASE}__min_days__kind": "trading_day_opened_or_closed"}, "days.kind", 3),
        ({f"{PHASE}__min_days__kind": "trading_day_any"}, "days.kind", DayKind.ANY),
        ({f"{PHASE}__min_days__threshold_pct": 0.25}, "days.threshold_fraction", 0.0025),
        ({f"{PHASE}__min_days__count": 7}, "days.needed_count", 7),
    ],
)
def test_each_field_of_a_preset_becomes_its_number(
    changes: dict[str, object], place: str, value: object
) -> None:
    rules: Any = to_rules(a_preset(**changes), "step1", 20_000.0)
    for name in place.split("."):
        rules = getattr(rules, name)
    assert rules == value


@pytest.mark.parametrize(
    ("kind", "checked_at", "delays"),
    [
        ("evaluation", ["pass"], (True, False)),
        ("evaluation", ["payout"], (False, False)),
        ("funded", ["payout"], (False, True)),
        ("funded", ["pass", "payout"], (False, True)),
        ("funded", ["scale"], (True, False)),
    ],
)
def test_a_best_day_share_delays_what_the_firm_checks_in_this_phase(
    kind: str, checked_at: list[str], delays: tuple[bool, bool]
) -> None:
    share = {
        "kind": "best_day_share",
        "max_pct": 35,
        "denominator": "sum_positive_days",
        "day_profit": "net",
        "checked_at": checked_at,
        "phases": ["step1"],
        "effect": "delays",
    }
    preset = a_preset(consistency=share, phases__0__kind=kind)
    rule = to_rules(preset, "step1", 20_000.0).consistency
    assert (rule.delays_pass, rule.delays_payout) == delays
    assert (rule.share_fraction_max, rule.denominator) == (0.35, 1)
    other = to_rules(preset, "step2", 20_000.0).consistency
    assert (other.share_fraction_max, other.delays_pass, other.delays_payout) == (0.0, False, False)


def test_the_engines_policies_are_switched_by_the_trader() -> None:
    policy = EnginePolicy(SnapshotPolicy.PREV_CLOSE.value, CashPolicy.LITERAL.value)
    assert to_rules(a_preset(), "step1", 20_000.0, policy).policy == policy
    assert to_rules(a_preset(), "step1", 20_000.0).policy == (1, 0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("the5ers_high_stakes_classic", SERVER_MIDNIGHT),
        ("ftmo_2step_standard", FirmClock("Europe/Prague", 0)),
        ("fundingpips_zero", FirmClock("UTC+03:00", 0)),
        ("aquafunded_2step", FirmClock("UTC+00:00", 0)),
    ],
)
def test_the_day_begins_where_the_preset_says(name: str, expected: FirmClock) -> None:
    assert to_clock(load_preset(SHIPPED / "firms" / f"{name}.json")) == expected


def test_every_shipped_preset_has_a_day() -> None:
    for file in (SHIPPED / "firms").glob("*.json"):
        assert len(firm_day_table(to_clock(load_preset(file))).offsets_s) > 0
