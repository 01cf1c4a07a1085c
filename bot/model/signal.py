"""Nouns of the strategy: its settings, what it looks at and the signal it answers with."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from bot.model.market import Bars, FloatArray, IntArray


class Pillar(IntEnum):
    """Parts of the confluence score; the value is the bit in a signal's masks."""

    TREND_VOTE = 0
    LOCATION = 1
    GOLDEN_ZONE = 2
    LIQUIDITY_SWEEP = 3
    STRUCTURE_BREAK = 4
    H4_CONFIRMATION = 5
    RISK_REWARD = 6


class QualityFilter(IntEnum):
    """Checks outside the score, counted against a minimum; the value is the bit in the masks."""

    ATR_REGIME = 16
    ADX_REGIME = 17
    ZSCORE = 18
    SWING_PATTERN = 19
    DISPLACEMENT = 20
    CANDLE_REJECTION = 21
    MOMENTUM = 22
    FRAMEWORK = 23


class SignalVerdict(IntEnum):
    """Why a closed daily bar is, or is not, a signal; the first that applies is reported."""

    SIGNAL = 0
    TOO_FEW_BARS = 1
    NO_DIRECTION = 2
    NO_LEVELS = 3
    STOP_TOO_NARROW = 4
    STOP_TOO_WIDE = 5
    RR_TOO_LOW = 6
    SCORE_TOO_LOW = 7
    QUALITY_TOO_LOW = 8


class MixedDirection(IntEnum):
    """Which way to trade when MN1, W1 and D1 have no majority.

    NO_TRADE: none. DAILY: the daily trend, none when that is mixed. DAILY_OR_LONG: the daily
    trend, long when that is mixed (what the reviewed bot did).
    """

    NO_TRADE = 0
    DAILY = 1
    DAILY_OR_LONG = 2


class Volatility(IntEnum):
    """Whether the score of a symbol is boosted as a volatile asset's."""

    NORMAL = 0
    HIGH = 1


class TrendSettings(NamedTuple):
    """The trend vote of one timeframe: two averages and a breakout, from closes alone."""

    fast_bars: int
    slow_bars: int
    breakout_bars: int
    closes_min_count: int
    d1_window_bars: int
    when_mixed: int


class LevelSettings(NamedTuple):
    """The leg, the entry in its retracement, the stop beyond it and what the trade must offer.

    `*_atr` are multiples of the daily ATR.
    """

    pivot_wing_bars: int
    leg_lookback_bars: int
    leg_break_bars: int
    leg_swing_bars: int
    leg_candle_bars: int
    leg_pivots_count: int
    use_fallback_leg: bool
    entry_retrace_fraction: float
    entry_at_close_atr: float
    leg_buffer_atr: float
    structure_bars: int
    structure_pivots_count: int
    structure_extreme_bars: int
    structure_buffer_atr: float
    fallback_stop_atr: float
    stop_min_atr: float
    stop_max_atr: float
    target_extension_fraction: float
    rr_min_r: float


class PillarSettings(NamedTuple):
    """Which pillars count, how much each weighs, and the numbers each one asks for."""

    enabled_mask: int
    weights: tuple[float, ...]
    trend_votes_min_count: int
    location_near_atr: float
    location_pivots_count: int
    location_pivot_age_bars: int
    location_range_bars: int
    location_range_fraction: float
    zone_min_fraction: float
    zone_max_fraction: float
    sweep_bars: int
    sweep_pivots_count: int
    structure_age_bars: int
    structure_pivots_count: int
    structure_needs_break: bool
    confirmation_bars: int
    confirmation_breakout_bars: int
    confirmation_body_fraction: float
    pin_wick_per_body: float
    rr_good_r: float


class FilterSettings(NamedTuple):
    """Which quality filters count, how many must agree, and the numbers each one asks for."""

    enabled_mask: int
    passes_min_count: int
    atr_rank_bars: int
    atr_rank_min_fraction: float
    atr_rank_max_fraction: float
    adx_bars: int
    adx_min: float
    adx_rising_bars: int
    zscore_bars: int
    zscore_min: float
    pattern_wing_bars: int
    pattern_age_bars: int
    pattern_impulse_atr: float
    pattern_pullback_min_fraction: float
    pattern_pullback_max_fraction: float
    pattern_recovery_fraction: float
    displacement_bars: int
    displacement_body_atr: float
    rejection_bars: int
    rejection_wick_fraction: float
    momentum_bars: int
    momentum_fast_bars: int
    framework_pivots_count: int
    framework_near_fraction: float


class SignalSettings(NamedTuple):
    """Every tuned number of the strategy, as the rules see it."""

    bars_min_count: int
    atr_bars: int
    score_min_fraction: float
    points_full: float
    volatile_boost_factor: float
    trend: TrendSettings
    levels: LevelSettings
    pillars: PillarSettings
    filters: FilterSettings


class Pivots(NamedTuple):
    """Swing points in bar order, and how many of them were confirmed at the close of each bar.

    At bar t only `high_index[:high_count[t]]` may be looked at; the same for lows.
    """

    high_index: IntArray
    high_count: IntArray
    low_index: IntArray
    low_count: IntArray


class Features(NamedTuple):
    """Closed bars of one symbol and what was computed from them once; entry t knows bars <= t.

    `d1_break_up_index[t]` is the newest bar <= t that broke structure upwards, -1 if none did.
    """

    d1: Bars
    w1: Bars
    mn1: Bars
    h4: Bars
    d1_atr_price: FloatArray
    d1_adx: FloatArray
    d1_zscore: FloatArray
    d1_momentum_fraction: FloatArray
    d1_momentum_fast_fraction: FloatArray
    d1_break_up_index: IntArray
    d1_break_down_index: IntArray
    d1_pivots: Pivots
    d1_pattern_pivots: Pivots
    h4_pivots: Pivots


class SignalView(NamedTuple):
    """Where to look: the last bar of each timeframe closed at the decision, -1 if none is."""

    d1_index: int
    w1_index: int
    mn1_index: int
    h4_index: int
    volatility: int


class Direction(NamedTuple):
    """The trend votes (1 up, -1 down, 0 mixed) and the side they give (0 for none)."""

    side: int
    votes_count: int
    mn1: int
    w1: int
    d1: int


class Leg(NamedTuple):
    """A move in trade direction, mirrored: prices times side, so that `far` lies above `near`."""

    near_price: float
    far_price: float
    extreme_price: float
    is_found: bool


class Levels(NamedTuple):
    """Mirrored entry and stop, their distance (1R), and the room to the target in R."""

    entry_price: float
    stop_price: float
    one_r_price: float
    rr_r: float


class Case(NamedTuple):
    """One direction of one symbol at one closed bar: what every pillar and filter looks at.

    `close_price`, `leg` and `levels` are mirrored.
    """

    side: int
    votes_count: int
    d1_index: int
    h4_index: int
    close_price: float
    atr_price: float
    leg: Leg
    levels: Levels


class Signal(NamedTuple):
    """The whole answer for one closed daily bar.

    `side` is 0 when there is no direction; prices are 0 when there are no levels. The masks hold
    the bits of `Pillar` and `QualityFilter`; a check that is not enabled is in neither.
    `score_fraction` is the weight of the passed pillars per weight of the enabled ones (times the
    boost of a volatile symbol, at most 1); `points` is that on the scale of position sizing.
    """

    verdict: int
    side: int
    entry_price: float
    stop_price: float
    atr_price: float
    rr_r: float
    score_fraction: float
    points: float
    passed_mask: int
    enabled_mask: int
    quality_count: int
    trend_mn1: int
    trend_w1: int
    trend_d1: int


def check_names(mask: int) -> tuple[str, ...]:
    """Names of the pillars and filters whose bits are set, in bit order, for people to read."""
    checks = (*Pillar, *QualityFilter)
    return tuple(check.name.lower() for check in checks if mask >> check.value & 1)
