"""What holds for the signal of any market: symmetry, units, sense."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from signal_worlds import (
    ALL_PILLARS,
    everything_on,
    market_of,
    random_features,
    random_h4,
    view_of,
)

from bot.indicators import features_of
from bot.model.market import Bars
from bot.model.signal import Pillar, Signal, SignalVerdict
from bot.rules.signal import detect_signal

SETTINGS = everything_on()


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
