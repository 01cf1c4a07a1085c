"""What a firm demands and the bot leaves to the trader is said; caps and rules in words."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest
from builders_challenge import DAILY, NO_DAILY, NO_OVERALL, OVERALL, high_stakes
from params_files import SHIPPED, a_document, a_file, put

from bot.model.challenge import AmountOf, ChallengeRules, Compare, LossAction
from bot.params import FirmPreset, load_preset, load_settings, not_enforced
from bot.params.firm_caps import to_caps
from bot.params.firm_news import news_rules
from bot.params.firm_rules import described_rules
from bot.params.rules_text import daily_text, days_text, rules_in_words, share_text, total_text


def shipped(name: str) -> FirmPreset:
    return load_preset(SHIPPED / "firms" / f"{name}.json")


@pytest.mark.parametrize(
    ("name", "phase", "words"),
    [
        ("the5ers_high_stakes_classic", "step1", "source is your own"),
        ("the5ers_high_stakes_classic", "funded", "every trade must be closed"),
        ("the5ers_bootcamp", "step1", "daily_loss: the firm has none"),
        ("fintokei_protrader", "step1", "overall_loss: none is known"),
        ("seacrest_1step", "step1", "target: not known"),
        ("ftmo_2step_standard", "funded", "exits from 120 s before to 120 s after count too"),
        ("ftmo_2step_standard", "funded", "over the weekend"),
        ("ftmo_2step_standard", "funded", "market break of more than 2 h"),
        ("fundednext_stellar_lite", "step1", "paid add-on"),
        ("e8_signature", "funded", "best day may be at most 35 %"),
        ("e8_classic", "step1", "strategy must be your own"),
        ("goat_2step_standard", "funded", "above 3000 does not count"),
        ("blue_guardian_3step", "step1", "not known; ask the firm"),
    ],
)
def test_what_the_bot_cannot_do_for_the_trader_is_said(name: str, phase: str, words: str) -> None:
    assert any(words in note for note in not_enforced(shipped(name), phase))


@pytest.mark.parametrize(
    ("name", "phase", "words"),
    [
        ("the5ers_high_stakes_classic", "step1", "must be closed"),
        ("the5ers_high_stakes_classic", "step1", "weekend"),
        ("the5ers_high_stakes_classic", "step1", "daily_loss"),
        ("the5ers_bootcamp", "funded", "daily_loss"),
        ("ftmo_2step_standard", "step1", "exits from"),
        ("ftmo_2step_swing", "funded", "weekend"),
        ("e8_signature", "step1", "best day"),
        ("the5ers_high_stakes_classic", "step9", ""),
    ],
)
def test_nothing_is_said_where_the_rule_does_not_hold(name: str, phase: str, words: str) -> None:
    assert not any(words in note for note in not_enforced(shipped(name), phase))


@pytest.mark.parametrize(
    ("name", "phase", "caps"),
    [
        ("the5ers_high_stakes_classic", "step1", (inf, inf, inf, inf, inf)),
        ("fundednext_stellar_lite", "step1", (inf, inf, inf, inf, inf)),
        ("fundednext_stellar_lite", "funded", (0.03, inf, inf, inf, 0.7)),
        ("fundingpips_zero", "funded", (0.01, inf, inf, inf, inf)),
        ("goat_pay_later", "step1", (inf, 0.02, inf, inf, inf)),
        ("e8_classic", "step1", (inf, inf, 50.0, inf, inf)),
    ],
)
def test_the_caps_of_a_phase_reach_the_gate(name: str, phase: str, caps: object) -> None:
    assert to_caps(shipped(name), phase, 100_000.0) == caps


def test_the_caps_of_the_phase_are_in_the_settings(tmp_path: Path) -> None:
    document = put(a_document(), "account.firm_preset", "fundednext_stellar_2step")
    document = put(document, "account.phase", "funded")
    caps = load_settings(a_file(tmp_path, document)).firm_caps
    assert (caps.open_risk_initial_fraction_max, caps.margin_equity_fraction_max) == (0.03, 0.7)


@pytest.mark.parametrize(
    ("initial", "lots"), [(1_000.0, 2.5), (5_000.0, 2.5), (99_999.0, 20.0), (100_000.0, 40.0)]
)
def test_lots_by_account_size_are_those_of_the_size_reached(initial: float, lots: float) -> None:
    assert to_caps(shipped("alpha_one"), "step1", initial).lots_max == lots


def test_news_rules_hold_in_the_phases_the_firm_names() -> None:
    (rule,) = news_rules(shipped("the5ers_high_stakes_classic"), "step1")
    assert (rule.rule.before_s, rule.rule.after_s, rule.rule.triggers) == (120.0, 120.0, 3)
    assert rule.effect == "soft_breach_profit_removed_loss_kept"
    assert news_rules(shipped("ftmo_2step_standard"), "step1") == ()
    (funded,) = news_rules(shipped("ftmo_2step_standard"), "funded")
    assert funded.rule.triggers == 1 + 2 + 4 + 8
    (everywhere,) = news_rules(shipped("the5ers_bootcamp"), "step2")
    assert (everywhere.rule.triggers, everywhere.rule.bans_straddle) == (0, True)
    (speech,) = news_rules(shipped("fundingpips_zero"), "funded")
    assert (speech.rule.exempt_if_opened_before_s, speech.rule.speech_before_s) == (18_000.0, 600.0)


def with_parts(**parts: object) -> ChallengeRules:
    return high_stakes()._replace(**parts)


def test_a_phases_rules_are_told_in_words_with_their_money() -> None:
    words = dict(rules_in_words(high_stakes()))
    assert words["daily loss"] == (
        "5 % below the higher of balance and equity at the day's start, touch = breach"
    )
    assert (
        words["total loss"]
        == "10 % of the initial balance = 2\u202f000.00 below it, touch = breach"
    )
    assert words["target"] == "8 % of the initial balance = 1\u202f600.00"
    assert words["days"] == "3 profitable ones of at least 0.5 % of the initial balance = 100.00"
    assert words["inactivity"] == "a new trade at least every 30 days"
    assert (words["best day"], words["time limit"]) == ("no rule", "none")


def test_other_kinds_of_limits_have_their_own_words() -> None:
    assert daily_text(with_parts(daily=NO_DAILY)) == "none"
    assert total_text(with_parts(overall=NO_OVERALL)) == "none known"
    pausing = DAILY._replace(
        amount_of=AmountOf.INITIAL_BALANCE.value,
        compare=Compare.BELOW.value,
        action=LossAction.PAUSE_UNTIL_RESET.value,
    )
    assert daily_text(with_parts(daily=pausing)).endswith("below it = pause until the reset")
    trailing = OVERALL._replace(kind=2, trail_on=1, amount_of=1, lock_profit_fraction=0.06)
    assert total_text(with_parts(overall=trailing)) == (
        "10 % of the peak, trailing the highest balance, touch = breach, "
        "locked at the initial balance from +6 % on"
    )


def test_every_shipped_phase_can_be_told_in_words() -> None:
    for file in sorted((SHIPPED / "firms").glob("*.json")):
        preset = load_preset(file)
        for phase in preset.phases:
            rules = described_rules(preset, phase.id, 100_000.0)
            assert all(text for _, text in rules_in_words(rules)), (preset.id, phase.id)
    ftmo = described_rules(shipped("ftmo_1step"), "step1", 100_000.0)
    assert share_text(ftmo) == "at most 50 %, else it delays the pass"
    swing = described_rules(shipped("ftmo_2step_swing"), "step1", 1.0)
    assert days_text(swing) == "4 with an opened trade"
