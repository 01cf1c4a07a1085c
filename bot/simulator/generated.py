"""A whole market out of a seed: currencies that agree with each other, metals, indices, crypto."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from bot.errors import DataError
from bot.model.market import FloatArray, IntArray, OffsetTable
from bot.rules.calendar import DAY_S
from bot.simulator.bar_collapse import D1_S, H1_S, H4_S, M1_S, MN1_S, W1_S, collapse_bars
from bot.simulator.feed import Market, SymbolFeed
from bot.simulator.generated_factors import (
    FactorPath,
    Grid,
    common_shocks,
    factor_path,
    make_grid,
)
from bot.simulator.generated_noise import NoiseSource
from bot.simulator.generated_table import FACTORS, correlation, legs_of
from bot.simulator.generated_world import World, draw_world
from bot.simulator.quotes import (
    BarArrays,
    ExtremeOrder,
    QuotePath,
    on_tick_grid,
    quotes_from_bars,
)
from bot.simulator.session_clock import open_spans_utc_s, server_times_s, utc_times_s
from bot.simulator.spreads import default_spread_profile
from bot.simulator.symbols import SymbolContract, default_contract
from bot.timezones import server_offset_table

HISTORY_TIMEFRAMES_S: Final = (H1_S, H4_S, D1_S, W1_S, MN1_S)
_HISTORY_DAYS_COUNT: Final = 900
_ANCHOR_SPREAD: Final = 0.04  # the live window starts within this share of the anchor price
_BRIDGE_FRACTION: Final = 0.9  # measured hourly and minute ranges are narrower than Brownian ones
_TICKS_PER_VOLATILITY: Final = 900.0
_HISTORY_PULL, _LIVE_PULL = 0.8, 0.0  # keeps years of history near the anchor; weeks run free
_SPREAD_NOISE: Final = (
    0.85,
    0.25,
)  # a bar's spread: this share of the profile, plus an exponential


class GeneratedOptions(TypedDict, total=False):
    """What may be left out: days of history before the start, symbol suffix, replay of bars."""

    history_days_count: int
    suffix: str
    path: QuotePath


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """One grid and the factors' paths on it."""

    grid: Grid
    paths: dict[int, FactorPath]


def generated_market(
    seed: int,
    symbols: Sequence[str],
    start_utc_s: int,
    days_count: int,
    **options: Unpack[GeneratedOptions],
) -> Market:
    """The market of `seed`: the same bytes on every platform and Python, another seed another one.

    It lives for `days_count` server days from the server midnight at or before `start_utc_s`, in
    minute bars; `history_days_count` (900) days before come as H1, H4, D1, W1 and MN1 bars. The
    prices of a symbol do not depend on which others are asked for. Raises `DataError` for an
    unknown symbol and for a negative seed or an empty window.
    """
    clock = server_offset_table()
    history_days_count = options.get("history_days_count", _HISTORY_DAYS_COUNT)
    suffix = options.get("suffix", "")
    _check_window(seed, symbols, days_count, history_days_count)
    contracts = {name: default_contract(name, suffix) for name in symbols}
    first_live_day = int(server_times_s(np.array([start_utc_s]), clock)[0]) // DAY_S
    first_day = first_live_day - history_days_count
    world = draw_world(seed, first_day, history_days_count + days_count, clock)
    edges = np.array([first_day, first_live_day, first_live_day + days_count]) * DAY_S
    origin, start, end = utc_times_s(edges, clock).tolist()
    factors = sorted({leg for name in symbols for leg in legs_of(name) if leg is not None})
    history = _stretch(world, make_grid(origin, start, H1_S, world, clock), factors, _HISTORY_PULL)
    live = _stretch(world, make_grid(start, end, M1_S, world, clock), factors, _LIVE_PULL)
    path = options.get("path", QuotePath(ExtremeOrder.RANDOM, seed))
    feeds = {}
    for name, contract in contracts.items():
        source = _SymbolSource(name, contract, seed, clock)
        feeds[contract.name] = _feed(source, history, live, path)
    return Market(f"generated {seed}", feeds, start, end)


def _check_window(
    seed: int, symbols: Sequence[str], days_count: int, history_days_count: int
) -> None:
    message = ""
    if not symbols:
        message = "symbols is empty; allowed: at least one"
    if seed < 0:
        message = f"seed is {seed}; allowed: 0 or more"
    if days_count < 1:
        message = f"days_count is {days_count}; allowed: 1 or more"
    if history_days_count < 1:
        message = f"history_days_count is {history_days_count}; allowed: 1 or more"
    if message:
        raise DataError(message)


def _stretch(world: World, grid: Grid, factors: list[int], pull_fraction: float) -> _Stretch:
    shocks = common_shocks(world, grid)
    paths = {index: factor_path(index, world, grid, shocks, pull_fraction) for index in factors}
    return _Stretch(grid, paths)


@dataclass(frozen=True, slots=True, eq=False)
class _SymbolSource:
    """Who a symbol is, for the functions that draw its bars."""

    name: str
    contract: SymbolContract
    seed: int
    clock: OffsetTable


def _feed(source: _SymbolSource, history: _Stretch, live: _Stretch, path: QuotePath) -> SymbolFeed:
    scale = _anchor_price(source)
    live_mids = _mids(source.name, live) * scale
    history_mids = _mids(source.name, history)
    history_mids = history_mids * (scale / history_mids[-1])
    base_bars = _bars(source, live, live_mids)
    hours = _bars(source, history, history_mids)
    extra = {tf: collapse_bars(hours, tf, source.clock) for tf in HISTORY_TIMEFRAMES_S}
    quotes = quotes_from_bars(base_bars, M1_S, source.contract, source.clock, path)
    return SymbolFeed(source.contract, M1_S, base_bars, extra, quotes)


def _anchor_price(source: _SymbolSource) -> float:
    """The symbol's price at the live start: the ratio of its anchors, each moved a little."""
    price = 1.0
    for leg, power in zip(legs_of(source.name), (1, -1), strict=True):
        if leg is None:
            continue
        factor = FACTORS[leg]
        draw = float(NoiseSource(source.seed, f"anchor {factor.name}").uniforms(1)[0])
        anchor = factor.anchor_price * (1 + _ANCHOR_SPREAD * (2 * draw - 1))
        price = price * anchor if power == 1 else price / anchor
    return price


def _mids(name: str, stretch: _Stretch) -> FloatArray:
    """Relative mid prices at the grid's steps: the ratio of the symbol's legs."""
    base, quote = (None if leg is None else stretch.paths[leg].levels for leg in legs_of(name))
    if base is None:
        assert quote is not None
        return 1 / quote
    return base if quote is None else base / quote


def _volatility_fraction(name: str, stretch: _Stretch) -> FloatArray:
    legs = [leg for leg in legs_of(name) if leg is not None]
    first = stretch.paths[legs[0]].volatility_fraction
    if len(legs) == 1:
        return first
    second = stretch.paths[legs[1]].volatility_fraction
    shared = 2 * correlation(legs[0], legs[1])
    return np.sqrt(np.maximum(first * first + second * second - first * second * shared, 0.0))


def _bars(source: _SymbolSource, stretch: _Stretch, mids: FloatArray) -> BarArrays:
    """Bid bars of the steps inside the symbol's sessions."""
    grid = stretch.grid
    starts, ends = open_spans_utc_s(grid.open_utc_s, grid.step_s, source.contract, source.clock)
    is_open = ends > starts
    volatility = _volatility_fraction(source.name, stretch)[is_open]
    noise = NoiseSource(source.seed, f"bars {grid.step_s} {source.name}")
    opens, closes = mids[:-1][is_open], mids[1:][is_open]
    highs, lows = _extremes(opens, closes, volatility, noise)
    spreads = _spread_points(source, stretch, is_open, noise)
    half_spread_price = spreads * (0.5 * source.contract.point)
    open_bids, high_bids, low_bids, close_bids = (
        on_tick_grid(mid - half_spread_price, source.contract)
        for mid in (opens, highs, lows, closes)
    )
    ticks = np.rint(5 + volatility * _TICKS_PER_VOLATILITY * grid.step_s).astype(np.int64)
    opens_utc_s = grid.open_utc_s[is_open]
    return BarArrays(opens_utc_s, open_bids, high_bids, low_bids, close_bids, ticks, spreads)


def _extremes(
    opens: FloatArray, closes: FloatArray, volatility: FloatArray, noise: NoiseSource
) -> tuple[FloatArray, FloatArray]:
    """High and low of a Brownian bridge from open to close, drawn independently.

    The highest point of a bridge is (move + sqrt(move² + 2 E variance)) / 2 above its start, with E
    exponential of mean 1; the lowest mirrors it.
    """
    moves = closes - opens
    reach = opens * volatility * _BRIDGE_FRACTION
    doubled = 2 * reach * reach
    up = np.sqrt(moves * moves + doubled * noise.exponentials(len(opens)))
    down = np.sqrt(moves * moves + doubled * noise.exponentials(len(opens)))
    return opens + 0.5 * (moves + up), opens + 0.5 * (moves - down)


def _spread_points(
    source: _SymbolSource, stretch: _Stretch, is_open: NDArray[np.bool_], noise: NoiseSource
) -> IntArray:
    grid = stretch.grid
    opens = grid.open_utc_s[is_open]
    profile = default_spread_profile(source.name)
    points = profile.points_at(opens, grid.step_s, source.clock)
    stress = np.ones(len(opens))
    for leg in legs_of(source.name):
        if leg is not None:
            stress = np.maximum(stress, stretch.paths[leg].spread_factor[is_open])
    base, slope = _SPREAD_NOISE
    drawn = points * stress * (base + slope * noise.exponentials(len(opens)))
    return np.maximum(np.rint(drawn), 1).astype(np.int64)
