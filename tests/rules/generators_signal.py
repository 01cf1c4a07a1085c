"""Random valid arguments for the strategy's rules: real shapes from random markets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from signal_worlds import SERVER, everything_on, market_of, random_h4

from bot.indicators import features_of
from bot.model.broker import Timeframe
from bot.model.market import Bars
from bot.model.signal import (
    Case,
    Direction,
    Features,
    Leg,
    MixedDirection,
    Pivots,
    SignalSettings,
    SignalView,
)
from bot.rules.levels import leg_of, levels_of, structure_price
from bot.rules.timeframes import view_at
from bot.rules.trend import direction_of

Generator = np.random.Generator

SETTINGS = everything_on()
CHARTS = tuple(
    features_of(*market_of(random_h4(np.random.default_rng(seed), 240), SERVER), SETTINGS)
    for seed in range(6)
)


def chart(rng: Generator) -> Features:
    return CHARTS[int(rng.integers(len(CHARTS)))]


def d1_index(rng: Generator) -> int:
    return int(rng.integers(120, 240))


def side(rng: Generator) -> int:
    return int(rng.choice([1, -1]))


def trend(rng: Generator) -> int:
    return int(rng.integers(-1, 2))


def view(rng: Generator, features: Features) -> SignalView:
    return view_at(features, d1_index(rng), SERVER, int(rng.integers(2)))


def settings(rng: Generator) -> SignalSettings:
    """Sometimes with something switched off, so that every branch is walked."""
    found = SETTINGS
    if rng.random() < 0.3:
        pillars = found.pillars._replace(enabled_mask=int(rng.integers(1, 128)))
        found = found._replace(pillars=pillars, filters=found.filters._replace(enabled_mask=0))
    return found._replace(
        bars_min_count=int(rng.integers(100, 150)),
        levels=found.levels._replace(use_fallback_leg=bool(rng.random() < 0.5)),
        trend=found.trend._replace(when_mixed=int(rng.choice(list(MixedDirection)))),
    )


def case(rng: Generator, features: Features) -> Case:
    """A case as `detect_signal` builds it, for either side."""
    at, one_side = view(rng, features), side(rng)
    atr_price = float(features.d1_atr_price[at.d1_index])
    close_price = float(one_side * features.d1.close_price[at.d1_index])
    leg = leg_of(features, at.d1_index, one_side, SETTINGS.levels)
    structure = structure_price(features, at, one_side, SETTINGS.levels)
    return Case(
        side=one_side,
        votes_count=direction_of(features, at, SETTINGS.trend).votes_count,
        d1_index=at.d1_index,
        h4_index=at.h4_index,
        close_price=close_price,
        atr_price=atr_price,
        leg=leg,
        levels=levels_of(leg, close_price, structure, atr_price, SETTINGS.levels),
    )


def direction(rng: Generator) -> Direction:
    return Direction(side(rng), int(rng.integers(4)), trend(rng), trend(rng), trend(rng))


def leg(rng: Generator) -> Leg:
    near, far, beyond = (float(price) for price in np.sort(rng.uniform(90.0, 110.0, 3)))
    return Leg(near, far, beyond, is_found=True)


def d1(rng: Generator) -> Bars:
    return chart(rng).d1


def pivots(rng: Generator) -> Pivots:
    return chart(rng).d1_pivots


def pivot_bars(rng: Generator) -> np.ndarray:
    """Some swing points of a daily chart, at least one."""
    found = chart(rng).d1_pivots.high_index
    first = int(rng.integers(0, found.size - 4))
    return found[first : first + int(rng.integers(1, 4))]


def with_case(rng: Generator) -> tuple[Features, Case]:
    features = chart(rng)
    return features, case(rng, features)


Arguments = Callable[[Generator], tuple[object, ...]]


def at_features(asks: str) -> Arguments:
    """Features, case and one group of the settings."""
    return lambda rng: (*with_case(rng), getattr(settings(rng), asks))


def at_daily_bars(asks: str) -> Arguments:
    """Daily bars, their swing points, case and one group of the settings."""

    def arguments(rng: Generator) -> tuple[object, ...]:
        features, one = with_case(rng)
        return features.d1, features.d1_pivots, one, getattr(SETTINGS, asks)

    return arguments


def at_h4_bars(asks: str) -> Arguments:
    def arguments(rng: Generator) -> tuple[object, ...]:
        features, one = with_case(rng)
        return features.h4, one, getattr(SETTINGS, asks)

    return arguments


def at_candle(*numbers: float) -> Arguments:
    return lambda rng: (d1(rng), side(rng), int(rng.integers(0, 240)), *numbers)


def at_prices(rng: Generator) -> tuple[object, ...]:
    first = int(rng.integers(0, 200))
    return d1(rng).high_price, side(rng), first, first + int(rng.integers(0, 30))


def at_leg(rng: Generator) -> tuple[object, ...]:
    features, one_side, last = chart(rng), side(rng), d1_index(rng)
    return features.d1, one_side, (last, last - int(rng.integers(0, 20))), SETTINGS.levels


def at_leg_start(rng: Generator) -> tuple[object, ...]:
    features, one_side, last = chart(rng), side(rng), d1_index(rng)
    return features.d1, one_side, (last, last - int(rng.integers(1, 20))), SETTINGS.levels


def at_swings(rng: Generator) -> tuple[object, ...]:
    features = chart(rng)
    return features.d1, features.d1_pivots, (d1_index(rng), side(rng)), SETTINGS.levels


def at_moment(rng: Generator) -> tuple[object, ...]:
    """Opens of one timeframe, its length and any moment of the same months."""
    features = chart(rng)
    bars, frame = (
        (features.h4, Timeframe.H4),
        (features.d1, Timeframe.D1),
        (features.w1, Timeframe.W1),
        (features.mn1, Timeframe.MN1),
    )[int(rng.integers(4))]
    moment_utc_s = float(features.d1.open_utc_s[0] + rng.integers(-10, 250 * 24) * 3_600)
    return bars.open_utc_s, int(frame), moment_utc_s, SERVER


def timeframe_s(rng: Generator) -> int:
    frames = [Timeframe.H1, Timeframe.H4, Timeframe.D1, Timeframe.W1, Timeframe.MN1]
    return int(rng.choice([int(frame) for frame in frames]))


def at_trend(rng: Generator) -> tuple[object, ...]:
    window_bars = int(rng.integers(1, 40))
    return d1(rng).close_price, int(rng.integers(-1, 240)), window_bars, SETTINGS.trend


def at_view(rng: Generator) -> tuple[object, ...]:
    features = chart(rng)
    return features, view(rng, features)


def at_judgement(rng: Generator) -> tuple[object, ...]:
    _, one = with_case(rng)
    mask = SETTINGS.pillars.enabled_mask | SETTINGS.filters.enabled_mask
    passed = int(rng.integers(0, 1 << 24)) & mask
    return one, direction(rng), passed, int(rng.integers(2)), settings(rng)


def at_swing_prices(rng: Generator) -> tuple[object, ...]:
    _, one = with_case(rng)
    near, beyond, far = (float(price) for price in np.sort(rng.uniform(-5.0, 5.0, 3)))
    close = one.close_price
    return (close + near, close + far, close + beyond), one, SETTINGS.filters
