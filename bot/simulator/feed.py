"""The market as the simulated server is fed with it, and how recorded bars become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from bot.errors import DataError
from bot.model.market import Bars, FloatArray, IntArray, OffsetTable
from bot.simulator.bar_collapse import (
    D1_S,
    H1_S,
    H4_S,
    MN1_S,
    TERMINAL_TIMEFRAMES_S,
    W1_S,
    collapse_bars,
    join_bars,
)
from bot.simulator.quotes import (
    BarArrays,
    QuoteArrays,
    QuotePath,
    on_tick_grid,
    quotes_from_bars,
)
from bot.simulator.session_clock import open_spans_utc_s
from bot.simulator.spreads import SpreadProfile, default_spread_profile
from bot.simulator.symbols import SymbolContract, default_contract
from bot.timezones import server_offset_table

MID = "mid"
_STRATEGY_TIMEFRAMES_S: Final = (H1_S, H4_S, D1_S, W1_S, MN1_S)
_COVERAGE_SLACK_S: Final = 4 * D1_S  # a weekend and a holiday at either end of the window


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class SymbolFeed:
    """One symbol of a market.

    `base_bars` cover the live window in bars of `base_timeframe_s`, and `quotes` are those bars
    replayed. `extra_history` holds, by timeframe in seconds (a month is 30 days), what came before
    `Market.start_utc_s`. A longer bar that was still forming at the start is there as far as it had
    come; `all_bars` joins it with its rest.
    """

    contract: SymbolContract
    base_timeframe_s: int
    base_bars: BarArrays
    extra_history: Mapping[int, BarArrays]
    quotes: QuoteArrays


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Feeds by listed symbol name, over the half-open live window."""

    name: str
    feeds: Mapping[str, SymbolFeed]
    start_utc_s: int
    end_utc_s: int


class BarSource(Protocol):
    """Recorded bars of one symbol and timeframe, validated; `price_basis` is "bid" or "mid".

    Spreads and tick counts may be missing as a whole (None) or, where 0, row by row.
    """

    @property
    def bars(self) -> Bars:
        """The bars, by UTC open time."""

    @property
    def price_basis(self) -> str:
        """Which price the bars show."""

    @property
    def spread_points(self) -> IntArray | None:
        """Spread of each bar in points of the contract."""

    @property
    def tick_volume(self) -> IntArray | None:
        """Ticks counted in each bar."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceBars:
    """The plainest `BarSource`."""

    bars: Bars
    price_basis: str = "bid"
    spread_points: IntArray | None = None
    tick_volume: IntArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Which window of recorded bars lives, and how.

    `spreads` by symbol name replace the default profiles where the bars bring no spread;
    `base_timeframe_s` 0 takes, symbol by symbol, the finest timeframe that covers the window.
    """

    start_utc_s: int
    end_utc_s: int
    path: QuotePath = field(default_factory=QuotePath)
    spreads: Mapping[str, SpreadProfile] = field(default_factory=dict)
    suffix: str = ""
    base_timeframe_s: int = 0

    def __post_init__(self) -> None:
        if self.start_utc_s >= self.end_utc_s:
            message = f"start_utc_s {self.start_utc_s} is not before end_utc_s {self.end_utc_s}"
            raise DataError(message)


def all_bars(feed: SymbolFeed, timeframe_s: int, clock: OffsetTable) -> BarArrays:
    """History and live window of `feed` as one series of `timeframe_s`, server-clock aligned.

    Without history at that timeframe the series begins with the live window. Raises `DataError`
    for a timeframe finer than the base.
    """
    if timeframe_s < feed.base_timeframe_s:
        message = f"bars of {timeframe_s} s cannot come from a base of {feed.base_timeframe_s} s"
        raise DataError(message)
    live = collapse_bars(feed.base_bars, timeframe_s, clock)
    history = feed.extra_history.get(timeframe_s)
    return live if history is None else join_bars(history, live)


def market_from_bars(
    name: str, sources: Mapping[str, Mapping[int, BarSource]], replay: Replay
) -> Market:
    """The market that lived through recorded bars, given by symbol and timeframe in seconds.

    Mid prices are lowered by half the spread to bid; bars outside a symbol's sessions are left out;
    W1 and MN1 come from shorter bars. Raises `DataError` for an unknown symbol or timeframe, and
    when no timeframe of a symbol covers the window.
    """
    clock = server_offset_table()
    feeds: dict[str, SymbolFeed] = {}
    for symbol, by_timeframe in sources.items():
        contract = default_contract(symbol, replay.suffix)
        profile = replay.spreads.get(symbol) or default_spread_profile(symbol)
        listed = {
            timeframe_s: _bid_bars(by_timeframe[timeframe_s], timeframe_s, contract, profile)
            for timeframe_s in sorted(by_timeframe)
        }
        base_s = _base_timeframe_s(symbol, listed, replay)
        base_bars = _within(listed[base_s], replay.start_utc_s, replay.end_utc_s - base_s + 1)
        history = _histories(listed, replay.start_utc_s, base_s)
        quotes = quotes_from_bars(base_bars, base_s, contract, clock, replay.path)
        feeds[contract.name] = SymbolFeed(contract, base_s, base_bars, history, quotes)
    return Market(name, feeds, replay.start_utc_s, replay.end_utc_s)


def history_before(
    symbol: str, by_timeframe: Mapping[int, BarSource], replay: Replay
) -> dict[int, BarArrays]:
    """What recorded bars of one symbol tell of the time before the window, by timeframe."""
    contract = default_contract(symbol, replay.suffix)
    profile = replay.spreads.get(symbol) or default_spread_profile(symbol)
    listed = {
        timeframe_s: _bid_bars(by_timeframe[timeframe_s], timeframe_s, contract, profile)
        for timeframe_s in sorted(by_timeframe)
    }
    return _histories(listed, replay.start_utc_s, min(listed, default=0))


def _histories(
    listed: Mapping[int, BarArrays], start_utc_s: int, base_s: int
) -> dict[int, BarArrays]:
    clock = server_offset_table()
    targets = sorted({*listed, *_STRATEGY_TIMEFRAMES_S}) if listed else []
    return {
        target_s: _history(listed, target_s, start_utc_s, clock)
        for target_s in targets
        if target_s >= base_s
    }


def _bid_bars(
    source: BarSource, timeframe_s: int, contract: SymbolContract, profile: SpreadProfile
) -> BarArrays:
    """`source` on the contract's tick grid as bid prices, inside its sessions."""
    if timeframe_s not in TERMINAL_TIMEFRAMES_S or timeframe_s > D1_S:
        message = f"{contract.name}: bars of {timeframe_s} s cannot be replayed; allowed: M1 to D1"
        raise DataError(message)
    clock = server_offset_table()
    bars = source.bars
    spreads = _spreads(source, timeframe_s, profile, clock)
    shift_price = spreads * (0.5 * contract.point) if source.price_basis == MID else 0.0
    opens, closes = (
        on_tick_grid(prices - shift_price, contract)
        for prices in (bars.open_price, bars.close_price)
    )
    highs = on_tick_grid(bars.high_price - shift_price, contract)
    lows = on_tick_grid(bars.low_price - shift_price, contract)
    ticks = source.tick_volume
    listed = BarArrays(
        bars.open_utc_s,
        opens,
        np.maximum(highs, np.maximum(opens, closes)),
        np.minimum(lows, np.minimum(opens, closes)),
        closes,
        np.ones(len(opens), dtype=np.int64) if ticks is None else np.maximum(ticks, 1),
        spreads,
    )
    starts, ends = open_spans_utc_s(bars.open_utc_s, timeframe_s, contract, clock)
    return listed.take(ends > starts)


def _spreads(
    source: BarSource, timeframe_s: int, profile: SpreadProfile, clock: OffsetTable
) -> IntArray:
    """The recorded spread where there is one, else the profile's; long bars get its narrowest."""
    opens = source.bars.open_utc_s
    points: FloatArray = np.full(len(opens), min(profile.points_by_ny_hour))
    if timeframe_s <= H1_S:
        points = profile.points_at(opens, timeframe_s, clock)
    ordinary = np.maximum(np.rint(points), 1).astype(np.int64)
    recorded = source.spread_points
    return ordinary if recorded is None else np.where(recorded > 0, recorded, ordinary)


def _base_timeframe_s(symbol: str, listed: Mapping[int, BarArrays], replay: Replay) -> int:
    candidates = [replay.base_timeframe_s] if replay.base_timeframe_s else sorted(listed)
    for timeframe_s in candidates:
        bars = listed.get(timeframe_s)
        if bars is None or len(bars) == 0:
            continue
        first, last = int(bars.open_utc_s[0]), int(bars.open_utc_s[-1]) + timeframe_s
        begins = first <= replay.start_utc_s + _COVERAGE_SLACK_S
        if begins and last >= replay.end_utc_s - _COVERAGE_SLACK_S:
            return timeframe_s
    held = {
        timeframe_s: (int(bars.open_utc_s[0]), int(bars.open_utc_s[-1]))
        for timeframe_s, bars in listed.items()
        if len(bars)
    }
    message = (
        f"{symbol}: no bars cover {replay.start_utc_s} to {replay.end_utc_s} (UTC seconds); "
        f"there are, by timeframe in seconds, first and last open: {held or 'none'}"
    )
    raise DataError(message)


def _history(
    listed: Mapping[int, BarArrays], target_s: int, start_utc_s: int, clock: OffsetTable
) -> BarArrays:
    """Bars of `target_s` closed before the start, filled up at both ends from finer ones."""
    usable = [
        timeframe_s for timeframe_s in sorted(listed, reverse=True) if timeframe_s <= target_s
    ]
    joined = listed[usable[0]].take(slice(0, 0))
    first, end = start_utc_s, 0
    for timeframe_s in usable:
        closed = _within(listed[timeframe_s], 0, start_utc_s - timeframe_s + 1)
        if len(closed) == 0:
            continue
        before = closed.take(closed.open_utc_s + timeframe_s <= first if end else slice(None))
        after = closed.take(closed.open_utc_s >= end if end else slice(0, 0))
        joined = join_bars(collapse_bars(before, target_s, clock), joined)
        joined = join_bars(joined, collapse_bars(after, target_s, clock))
        first = min(first, int(closed.open_utc_s[0]))
        end = max(end, int(closed.open_utc_s[-1]) + timeframe_s)
    return joined


def _within(bars: BarArrays, from_utc_s: int, to_utc_s: int) -> BarArrays:
    """The bars that open from `from_utc_s` up to, not including, `to_utc_s`."""
    low, high = np.searchsorted(bars.open_utc_s, [from_utc_s, to_utc_s]).tolist()
    return bars.take(slice(low, high))
