"""Score, quality and the one named verdict of a closed daily bar."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from signal_worlds import (
    ALL_PILLARS,
    bars_of,
    case_at,
    everything_on,
    flat,
    market_of,
    random_features,
    random_h4,
    recommended,
    view_of,
)

from bot.indicators import features_of
from bot.model.market import Bars
from bot.model.signal import (
    Case,
    Direction,
    Levels,
    MixedDirection,
    Pillar,
    QualityFilter,
    Signal,
    SignalSettings,
    SignalVerdict,
    SignalView,
    Volatility,
    check_names,
)
from bot.rules.signal import bits_count, detect_signal, judged, verdict_of, weighted_share

SETTINGS = everything_on()
ONES = (1.0,) * len(Pillar)


# --- score --------------------------------------------------------------------------------------


def test_the_score_is_the_passed_weight_per_enabled_weight() -> None:
    weights = (2.0, 1.0, 1.0, 5.0, 1.0, 1.0, 1.0)
    assert weighted_share(0b0000001, 0b0000111, weights) == 0.5
    assert weighted_share(0b0000110, 0b0000111, weights) == 0.5
    assert weighted_share(0b0000111, 0b0000111, weights) == 1.0
    assert weighted_share(0b0000000, 0b0000111, weights) == 0.0


def test_a_disabled_pillar_is_in_neither_part_of_the_score() -> None:
    assert weighted_share(0b1, 0b11, ONES) == 0.5
    assert weighted_share(0b1, 0b01, ONES) == 1.0
    assert weighted_share(0b101, 0b011, ONES) == 0.5


def test_no_pillar_at_all_scores_nothing() -> None:
    assert weighted_share(0, 0, ONES) == 0.0


@given(st.integers(0, 127), st.integers(1, 127), st.integers(0, 6))
@settings(max_examples=200, deadline=None)
def test_one_more_yes_never_lowers_the_score(passed: int, enabled: int, bit: int) -> None:
    weights = (0.5, 1.0, 2.0, 1.0, 0.25, 4.0, 1.0)
    before = weighted_share(passed & enabled, enabled, weights)
    after = weighted_share((passed | 1 << bit) & enabled, enabled, weights)
    assert 0.0 <= before <= after <= 1.0


@given(st.integers(0, 2**24))
@settings(max_examples=100, deadline=None)
def test_bits_are_counted(mask: int) -> None:
    assert bits_count(mask) == mask.bit_count()


def judged_signal(passed: int, volatility: Volatility, wanted: SignalSettings) -> Signal:
    case = case_at(bars_of(flat(3)), rr_r=9.0)
    return judged(case, Direction(1, 2, 1, 1, 0), passed, volatility.value, wanted)


def test_a_volatile_symbol_has_its_score_boosted_up_to_full() -> None:
    wanted = SETTINGS._replace(volatile_boost_factor=1.5, points_full=7.0)
    for passed, calm, boosted in ((0b11, 2 / 7, 3 / 7), (0b111111, 6 / 7, 1.0)):
        assert judged_signal(passed, Volatility.NORMAL, wanted).score_fraction == calm
        found = judged_signal(passed, Volatility.HIGH, wanted)
        assert found.score_fraction == pytest.approx(boosted)
        assert found.points == pytest.approx(7.0 * boosted)


def test_points_are_the_score_on_the_scale_of_sizing() -> None:
    wanted = SETTINGS._replace(points_full=14.0)
    assert judged_signal(0b1111, Volatility.NORMAL, wanted).points == 8.0


# --- verdict ------------------------------------------------------------------------------------

LIMITS = SETTINGS._replace(
    score_min_fraction=0.5,
    levels=SETTINGS.levels._replace(stop_min_atr=1.0, stop_max_atr=3.0, rr_min_r=1.5),
    filters=SETTINGS.filters._replace(passes_min_count=2),
)


def judged_case(one_r_price: float = 4.0, rr_r: float = 2.0) -> Case:
    levels = Levels(100.0, 100.0 - one_r_price, one_r_price, rr_r)
    return case_at(bars_of(flat(3)), atr_price=2.0)._replace(levels=levels)


@pytest.mark.parametrize(
    ("one_r_price", "verdict"),
    [
        (1.99, SignalVerdict.STOP_TOO_NARROW),
        (2.0, SignalVerdict.SIGNAL),
        (6.0, SignalVerdict.SIGNAL),
        (6.01, SignalVerdict.STOP_TOO_WIDE),
    ],
)
def test_the_stop_is_neither_narrower_nor_wider_than_allowed(
    one_r_price: float, verdict: SignalVerdict
) -> None:
    assert verdict_of(judged_case(one_r_price), 0.9, 5, LIMITS) == verdict


@pytest.mark.parametrize(
    ("rr_r", "verdict"), [(1.49, SignalVerdict.RR_TOO_LOW), (1.5, SignalVerdict.SIGNAL)]
)
def test_the_least_room_is_enforced(rr_r: float, verdict: SignalVerdict) -> None:
    assert verdict_of(judged_case(rr_r=rr_r), 0.9, 5, LIMITS) == verdict


@pytest.mark.parametrize(
    ("score", "quality", "verdict"),
    [
        (0.5, 2, SignalVerdict.SIGNAL),
        (0.49, 2, SignalVerdict.SCORE_TOO_LOW),
        (0.5, 1, SignalVerdict.QUALITY_TOO_LOW),
        (0.49, 1, SignalVerdict.SCORE_TOO_LOW),
    ],
)
def test_score_and_quality_have_their_minimum(
    score: float, quality: int, verdict: SignalVerdict
) -> None:
    assert verdict_of(judged_case(), score, quality, LIMITS) == verdict


def test_too_few_daily_bars_are_not_judged() -> None:
    features = random_features(5, SETTINGS)
    view = view_of(features, 200)
    for least, is_judged in ((201, True), (202, False)):
        found = detect_signal(features, view, SETTINGS._replace(bars_min_count=least))
        assert (found.verdict != SignalVerdict.TOO_FEW_BARS) is is_judged
    nothing = detect_signal(features, SignalView(-1, -1, -1, -1, 0), SETTINGS)
    assert nothing.verdict == SignalVerdict.TOO_FEW_BARS
    assert nothing.side == 0


def rising(count: int) -> Bars:
    return bars_of([(100.0 + i, 101.5 + i, 99.5 + i, 101.0 + i) for i in range(count)])


def test_opposite_trends_without_a_tie_break_give_no_direction() -> None:
    """Daily up, weekly and monthly unknown: one vote is no majority."""
    nothing = bars_of([])
    features = features_of(rising(220), nothing, nothing, nothing, SETTINGS)
    view = SignalView(219, -1, -1, -1, 0)
    for when_mixed, side in ((MixedDirection.NO_TRADE, 0), (MixedDirection.DAILY, 1)):
        trend = SETTINGS.trend._replace(when_mixed=when_mixed.value)
        found = detect_signal(features, view, SETTINGS._replace(trend=trend))
        assert found.side == side
        assert (found.verdict == SignalVerdict.NO_DIRECTION) is (side == 0)
        assert (found.trend_mn1, found.trend_w1, found.trend_d1) == (0, 0, 1)


def test_a_market_that_does_not_move_has_no_levels() -> None:
    dot = bars_of([(100.0, 100.0, 100.0, 100.0)] * 220)
    features = features_of(dot, dot, dot, dot, SETTINGS)
    trend = SETTINGS.trend._replace(when_mixed=MixedDirection.DAILY_OR_LONG.value)
    view = SignalView(219, 219, 219, 219, 0)
    found = detect_signal(features, view, SETTINGS._replace(trend=trend))
    assert found.side == 1
    assert found.verdict == SignalVerdict.NO_LEVELS
    assert found.atr_price == 0.0


def test_nothing_broken_and_no_fallback_allowed_has_no_levels() -> None:
    candles = [(100.0 + i * 0.01, 102.0 + i * 0.01, 98.0, 100.0 + i * 0.01) for i in range(220)]
    bars = bars_of(candles)
    for is_allowed in (True, False):
        levels = SETTINGS.levels._replace(use_fallback_leg=is_allowed)
        wanted = SETTINGS._replace(levels=levels)
        features = features_of(bars, bars, bars, bars, wanted)
        found = detect_signal(features, SignalView(219, 219, 219, 219, 0), wanted)
        assert (found.verdict == SignalVerdict.NO_LEVELS) is not is_allowed


def test_checks_are_named_for_people_in_bit_order() -> None:
    mask = 1 << QualityFilter.ZSCORE.value | 1 << Pillar.RISK_REWARD.value | 1
    assert check_names(mask) == ("trend_vote", "risk_reward", "zscore")
    assert check_names(0) == ()


def test_no_two_checks_share_a_bit() -> None:
    bits = [check.value for check in (*Pillar, *QualityFilter)]
    assert len(set(bits)) == len(bits)


def test_a_recommended_market_gives_signals_and_every_kind_of_refusal_has_a_name() -> None:
    wanted = recommended()
    seen: set[int] = set()
    for seed in range(16):
        features = random_features(seed, wanted)
        for d1_index in range(198, 260):
            seen.add(detect_signal(features, view_of(features, d1_index), wanted).verdict)
    assert seen >= {SignalVerdict.SIGNAL, SignalVerdict.SCORE_TOO_LOW, SignalVerdict.RR_TOO_LOW}
    assert seen >= {SignalVerdict.QUALITY_TOO_LOW, SignalVerdict.TOO_FEW_BARS}
    assert all(SignalVerdict(one) for one in seen - {SignalVerdict.SIGNAL})


# --- properties ---------------------------------------------------------------------------------


def signal_of(h4: Bars, d1_index: int) -> Signal:
    features = features_of(*market_of(h4), SETTINGS)
    return detect_signal(features, view_of(features, d1_index), SETTINGS)


def upside_down(h4: Bars) -> Bars:
    """Mirrored at a price on the grid, so that every price stays exact and positive."""
    top = 4096.0
    return Bars(
        h4.open_utc_s,
        top - h4.open_price,
        top - h4.low_price,
        top - h4.high_price,
        top - h4.close_price,
    )


@given(st.integers(0, 400), st.integers(205, 239))
@settings(max_examples=60, deadline=None)
def test_a_market_upside_down_is_traded_the_other_way(seed: int, d1_index: int) -> None:
    h4 = random_h4(np.random.default_rng(seed), 240)
    assume(h4.high_price.max() < 4000.0)
    found, mirrored = signal_of(h4, d1_index), signal_of(upside_down(h4), d1_index)
    assert mirrored.side == -found.side
    assert mirrored.passed_mask == found.passed_mask
    assert mirrored.verdict == found.verdict
    if found.stop_price != 0.0:
        assert mirrored.entry_price == pytest.approx(4096.0 - found.entry_price, rel=1e-9)
        assert mirrored.stop_price == pytest.approx(4096.0 - found.stop_price, rel=1e-9)


@given(st.integers(0, 400), st.integers(205, 239), st.sampled_from([-8, -3, 4]))
@settings(max_examples=60, deadline=None)
def test_the_unit_of_price_changes_no_decision(seed: int, d1_index: int, power: int) -> None:
    h4 = random_h4(np.random.default_rng(seed), 240)
    scale = 2.0**power
    scaled = Bars(h4.open_utc_s, *(price * scale for price in h4[1:]))
    found, other = signal_of(h4, d1_index), signal_of(scaled, d1_index)
    priceless = ("entry_price", "stop_price", "atr_price")
    for name, ours, theirs in zip(Signal._fields, found, other, strict=True):
        assert theirs == (ours * scale if name in priceless else ours), name


@given(st.integers(0, 400), st.integers(200, 239), st.integers(0, ALL_PILLARS))
@settings(max_examples=60, deadline=None)
def test_every_answer_with_levels_makes_sense(seed: int, d1_index: int, enabled: int) -> None:
    pillars = SETTINGS.pillars._replace(enabled_mask=max(1, enabled))
    wanted = SETTINGS._replace(pillars=pillars)
    features = random_features(seed, wanted, 240)
    found = detect_signal(features, view_of(features, d1_index), wanted)
    assert all(math.isfinite(part) for part in found)
    assert found.passed_mask & ~found.enabled_mask == 0
    assert 0.0 <= found.score_fraction <= 1.0
    if found.verdict == SignalVerdict.SIGNAL:
        width = found.side * (found.entry_price - found.stop_price) / found.atr_price
        assert wanted.levels.stop_min_atr - 1e-9 <= width <= wanted.levels.stop_max_atr + 1e-9
        assert found.rr_r >= wanted.levels.rr_min_r
        assert found.score_fraction >= wanted.score_min_fraction
        assert found.quality_count >= wanted.filters.passes_min_count


@given(st.integers(0, 200), st.integers(205, 239), st.sampled_from(list(Pillar)))
@settings(max_examples=60, deadline=None)
def test_what_a_disabled_pillar_would_weigh_changes_nothing(
    seed: int, d1_index: int, pillar: Pillar
) -> None:
    features = random_features(seed, SETTINGS, 240)
    view = view_of(features, d1_index)
    answers = []
    for weight in (0.1, 10.0):
        weights = tuple(weight if one == pillar else 1.0 for one in Pillar)
        without = SETTINGS.pillars._replace(
            enabled_mask=ALL_PILLARS & ~(1 << pillar.value), weights=weights
        )
        answers.append(detect_signal(features, view, SETTINGS._replace(pillars=without)))
    assert answers[0] == answers[1]
