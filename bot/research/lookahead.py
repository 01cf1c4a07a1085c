"""Whether signals know the future: computed on a history cut short they must not change.

A cut is a moment. What was said before it, computed from bars that had closed by then, must equal
what is said of the same moments by the whole history, value for value.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.adapters.bar_checks import written
from bot.backtest.inputs import SCAN, Records
from bot.backtest.signals import SignalBars, scans_of, schedule_of
from bot.errors import BotError, DataError
from bot.model.market import Bars
from bot.model.settings import BotSettings
from bot.simulator.bar_collapse import D1_S, H4_S, MN1_S, W1_S
from bot.simulator.feed import SymbolFeed, all_bars
from bot.timezones import server_offset_table

Strategy = Callable[[Bars], Any]
_BARS_MIN_COUNT = 3


class StrategyError(BotError):
    """A named strategy that cannot be loaded, or does not answer as it must."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A value that changed when later bars were taken away: of which bar, in which column."""

    symbol: str
    cut: str
    bar: str
    column: str
    whole: str
    cut_short: str

    def text(self) -> str:
        """The leak as one sentence."""
        return (
            f"{self.symbol}: at bar {self.bar} the column {self.column!r} is {self.whole} with the "
            f"whole history and {self.cut_short} with what was known at {self.cut}"
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """What was compared for one symbol: the first leak of each cut that has one."""

    symbol: str
    cuts_count: int
    values_count: int
    leaks: tuple[Leak, ...]


def random_cuts(low: int, high: int, count: int, seed: int) -> list[int]:
    """Up to `count` whole numbers from `low` to `high`, both included and always among them."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(low, high + 1, max(0, count - 2)).tolist()
    return sorted({low, high, *drawn}) if count > 1 else [high]


def check_shipped(
    settings: BotSettings, feed: SymbolFeed, span_s: tuple[float, float], cuts: Sequence[int]
) -> Checked:
    """The daily scans of the settings' only symbol, cut at UTC moments inside `span_s`."""
    symbol = settings.symbols[0].symbol
    whole = _scans(settings, feed, span_s)
    leaks, compared = [], 0
    for cut in cuts:
        known = whole[whole.at_s <= cut]
        short = _scans(settings, _cut_short(feed, cut), (span_s[0], float(cut)))
        compared += known.size * len(SCAN.names or ())
        leak = _scan_leak(symbol, cut, known, short)
        leaks += [leak] if leak else []
    return Checked(symbol, len(cuts), compared, tuple(leaks))


def check_strategy(symbol: str, strategy: Strategy, bars: Bars, cuts: Sequence[int]) -> Checked:
    """A strategy of one answer per bar, cut behind so many bars each time.

    Raises `StrategyError` when it answers otherwise, or not twice alike.
    """
    whole = _answer(strategy, bars)
    if _first_difference(whole, _answer(strategy, bars)) is not None:
        message = f"{symbol}: the strategy answers differently when asked twice; allowed: the same"
        raise StrategyError(message)
    leaks, compared = [], 0
    for cut in cuts:
        short = _answer(strategy, _taken(bars, cut))
        known = {name: values[:cut] for name, values in whole.items()}
        compared += cut * len(known)
        found = _first_difference(known, short)
        if found is not None:
            row, column = found
            known_until = written(int(bars.open_utc_s[cut - 1]))
            bar = written(int(bars.open_utc_s[row]))
            values = (str(known[column][row]), str(short[column][row]))
            leaks.append(Leak(symbol, known_until, bar, column, *values))
    return Checked(symbol, len(cuts), compared, tuple(leaks))


def load_strategy(named: str) -> Strategy:
    """The function of `module:function`, the working folder included in the search.

    Raises `StrategyError` naming what is not there.
    """
    module_name, colon, function_name = named.partition(":")
    if not (colon and module_name and function_name):
        message = f"--strategy {named!r}: must be module:function, as in my_signals:detect"
        raise StrategyError(message)
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = pkgutil.resolve_name(named)
    except (ImportError, AttributeError, ValueError) as error:
        message = f"--strategy {named!r} cannot be loaded: {error}"
        raise StrategyError(message) from error
    if not callable(found):
        message = f"--strategy {named!r} is {type(found).__name__}; allowed: a function of bars"
        raise StrategyError(message)
    strategy: Strategy = found
    return strategy


def closed_bars(feed: SymbolFeed, timeframe_s: int) -> Bars:
    """Every bar of a feed at `timeframe_s`, oldest first; raises `DataError` for too few."""
    found = _bars(feed, timeframe_s)
    count = len(found.open_utc_s)
    if count < _BARS_MIN_COUNT:
        message = f"{feed.contract.name}: {count} bars; allowed: {_BARS_MIN_COUNT} or more"
        raise DataError(message)
    return found


def _bars(feed: SymbolFeed, timeframe_s: int) -> Bars:
    found = all_bars(feed, timeframe_s, server_offset_table())
    return Bars(found.open_utc_s, found.open, found.high, found.low, found.close)


def _taken(bars: Bars, count: int) -> Bars:
    """The first `count` bars, in arrays of their own."""
    return Bars(
        bars.open_utc_s[:count].copy(),
        bars.open_price[:count].copy(),
        bars.high_price[:count].copy(),
        bars.low_price[:count].copy(),
        bars.close_price[:count].copy(),
    )


def _scans(settings: BotSettings, feed: SymbolFeed, span_s: tuple[float, float]) -> Records:
    table = server_offset_table()
    symbol = settings.symbols[0].symbol
    d1, w1, mn1, h4 = (_bars(feed, length_s) for length_s in (D1_S, W1_S, MN1_S, H4_S))
    bars = SignalBars(d1, w1, mn1, h4, feed.contract.tick_size)
    due = schedule_of(settings, table, *span_s)
    return scans_of(settings, {symbol: bars}, {symbol: 0}, due)


def _cut_short(feed: SymbolFeed, cut_utc_s: int) -> SymbolFeed:
    """The feed as it was known then: longer bars end as far as the base bars had closed."""
    closed = feed.base_bars.open_utc_s + feed.base_timeframe_s <= cut_utc_s
    return replace(feed, base_bars=feed.base_bars.take(closed))


def _scan_leak(symbol: str, cut: int, known: Records, short: Records) -> Leak | None:
    if len(known) != len(short):
        row = min(len(known), len(short))
        longer = known if len(known) > len(short) else short
        at = written(int(longer[row].at_s))
        counts = (f"{len(known)} scans", f"{len(short)} scans")
        return Leak(symbol, written(cut), at, "scan", *counts)
    columns = {name: np.asarray(known[name]) for name in SCAN.names or ()}
    found = _first_difference(columns, {name: np.asarray(short[name]) for name in columns})
    if found is None:
        return None
    row, column = found
    bar = written(int(known[row].bar_utc_s))
    return Leak(
        symbol, written(cut), bar, column, str(columns[column][row]), str(short[column][row])
    )


def _answer(strategy: Strategy, bars: Bars) -> dict[str, NDArray[Any]]:
    """What the strategy says of its own copy of the bars, as named columns of one row per bar."""
    try:
        answer = np.asarray(strategy(_taken(bars, len(bars.open_utc_s))))
    except Exception as error:
        message = f"the strategy failed on {len(bars.open_utc_s)} bars: {error!r}"
        raise StrategyError(message) from error
    if answer.ndim not in {1, 2} or len(answer) != len(bars.open_utc_s):
        message = (
            f"the strategy answered an array of shape {answer.shape} for {len(bars.open_utc_s)} "
            "bars; allowed: one row per bar"
        )
        raise StrategyError(message)
    if answer.dtype.names:
        return {name: answer[name] for name in answer.dtype.names}
    if answer.ndim == 1:
        return {"signal": answer}
    return {f"column {number}": answer[:, number] for number in range(answer.shape[1])}


def _first_difference(
    left: dict[str, NDArray[Any]], right: dict[str, NDArray[Any]]
) -> tuple[int, str] | None:
    """Row and column of the first value that differs; two NaN are alike."""
    found: tuple[int, str] | None = None
    for name, values in left.items():
        others = right[name]
        differs = (values != others) & ~((values != values) & (others != others))  # noqa: PLR0124
        if differs.any():
            row = int(np.argmax(differs))
            if found is None or row < found[0]:
                found = (row, name)
    return found
