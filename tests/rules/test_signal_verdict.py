"""Score, quality and the one named verdict of a closed daily bar."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signal_worlds import (
    bars_of,
    case_at,
    everything_on,
    flat,
    random_features,
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
