"""The simulated server's market as a walk is given it: its own quotes, bars and contracts.

Research and the simulated terminal never differ about what a bar is as quotes, or what a contract
costs: both get it from the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from bot.backtest.clockwork import Clockwork
from bot.backtest.groups import group_rows
from bot.backtest.inputs import QUOTE, SAMPLE, Inputs, Records, records
from bot.backtest.regime import Habits, board_of, regime_edges
from bot.backtest.samples import Sampling, samples_of
from bot.backtest.signals import Due, SignalBars, scans_of, schedule_of
from bot.backtest.terms import Policy, Slippage, record_of, terms_of, whole_cycles
from bot.model.market import Bars
from bot.model.news import NewsEvent
from bot.model.settings import BotSettings
from bot.research.contracts import contracts_of
from bot.research.news import MarketNews
from bot.research.sessions import MarketSessions
from bot.simulator.bar_collapse import D1_S, H4_S, MN1_S, W1_S
from bot.simulator.feed import Market, SymbolFeed, all_bars
from bot.simulator.quotes import BarArrays, QuoteArrays

_KEPT_COUNT = 8  # of each part; scans of 34 symbols and three years take 2 MB
_USUAL_KEPT_S = 3_600.0  # as the trader's gauge of spreads keeps it


_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True, eq=False)
class PreparedMarket:
    """A market ready to be walked: prices, contracts and what follows from prices alone.

    `names` are all symbols in the market's order, which is the order of the walk's slots.
    """

    names: tuple[str, ...]
    inputs: Inputs
    start_s: float
    end_s: float


class PreparedMarkets:
    """One market for many settings: what two settings have in common is made once.

    A trial that tunes exits or risk only gets its terms anew; one that tunes the signal also its
    scans. What was made for the latest settings is kept, and the first of each part, which most
    trials share.
    """

    def __init__(
        self, market: Market, span_s: tuple[float, float], news: Sequence[NewsEvent] = ()
    ) -> None:
        self.market = market
        self.events = tuple(news)
        self.names = tuple(market.feeds)
        self.span_s = span_s
        self._made: dict[tuple[str, Hashable], Any] = {}
        self._lock = RLock()
        self._numbers = {name: number for number, name in enumerate(self.names)}

    def of(
        self, settings: BotSettings, policy: Policy | None = None, stress: Slippage | None = None
    ) -> PreparedMarket:
        """Everything a walk of `settings` reads; raises `DataError` naming what cannot be."""
        terms = record_of(terms_of(settings, policy, stress))
        start_s, end_s = self.span_s
        contracts, quotes, samples = self._prices(settings)
        from_s, groups = self._groups(settings)
        midnights, first_day = self._midnights(settings)
        inputs = Inputs(
            terms=terms,
            contracts=contracts,
            quotes=quotes,
            samples=samples,
            windows=self._windows(settings),
            scans=self._scans(settings),
            groups_from_s=from_s,
            groups=groups,
            midnights_s=midnights,
            first_day=first_day,
        )
        return PreparedMarket(self.names, inputs, start_s, end_s)

    def _once(self, part: str, key: Hashable, make: Callable[[], _Part]) -> _Part:
        """What was made before, or made now; threads that want the same wait for each other."""
        place = (part, key)
        with self._lock:
            if place not in self._made:
                self._made[place] = make()
                self._forget(part)
            return cast("_Part", self._made[place])

    def _forget(self, part: str) -> None:
        """Drop the oldest of a part when there are many, but never its first."""
        alike = [place for place in self._made if place[0] == part]
        for oldest in alike[1 : len(alike) - _KEPT_COUNT]:
            del self._made[oldest]

    def _grid_s(self, settings: BotSettings) -> NDArray[np.float64]:
        step_s = whole_cycles(settings.schedule.spread_sample_s)
        return np.arange(self.span_s[0], self.span_s[1] + 1.0, step_s)

    def _clock(self, settings: BotSettings) -> Clockwork:
        key = (settings.schedule, settings.gate, settings.weekend, settings.firm_clock)
        return self._once("clock", key, lambda: Clockwork(settings, *self.span_s))

    def _midnights(self, settings: BotSettings) -> tuple[NDArray[np.float64], int]:
        clock = self._clock(settings)
        key = (settings.schedule, settings.gate, settings.weekend, settings.firm_clock)
        return self._once("midnights", key, clock.midnights_s)

    def _prices(self, settings: BotSettings) -> tuple[Records, Records, Records]:
        gate, schedule, entry = settings.gate, settings.schedule, settings.entry
        costs = (settings.commissions, settings.leverages, settings.account.currency)
        percentile_fraction = entry.spread_max_percentile_fraction
        key = (settings.symbols, gate, schedule, percentile_fraction, costs, settings.news.gate)

        def make() -> tuple[Records, Records, Records]:
            contracts = contracts_of(settings, self.market, self._numbers)
            self._news(settings).fill_contracts(contracts)
            grid_s = self._grid_s(settings)
            return contracts, *_prices(settings, self.market, contracts, grid_s)

        return self._once("prices", key, make)

    def _bars(self, settings: BotSettings) -> Mapping[str, SignalBars]:
        def make() -> Mapping[str, SignalBars]:
            clock = self._clock(settings)
            return {
                one.symbol: _bars(self.market.feeds[one.symbol], clock) for one in settings.symbols
            }

        return self._once("bars", settings.symbols, make)

    def _due(self, settings: BotSettings) -> list[Due]:
        table = self._clock(settings).table
        key = (settings.symbols, settings.schedule)
        return self._once("due", key, lambda: schedule_of(settings, table, *self.span_s))

    def _scans(self, settings: BotSettings) -> Records:
        def make() -> Records:
            bars = self._bars(settings)
            return scans_of(settings, bars, self._numbers, self._due(settings))

        return self._once("scans", (settings.symbols, settings.signal, settings.schedule), make)

    def _groups(self, settings: BotSettings) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        def make() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
            whose = (self.names, self._bars(settings))
            return group_rows(settings, whose, self._due(settings), self._clock(settings).table)

        key = (settings.symbols, settings.schedule, settings.exposure.correlation)
        return self._once("groups", key, make)

    def _windows(self, settings: BotSettings) -> Records:
        def make() -> Records:
            clock = self._clock(settings)
            news = self._news(settings)
            regime = _regime(settings, self.market, clock, self._grid_s(settings))
            sessions = MarketSessions(self.market, settings, clock.table)
            edges_s = [*news.edges_s(), *sessions.edges_s(*self.span_s)]
            found = clock.windows(regime, edges_s)
            sessions.fill_windows(found, self._numbers)
            self._prices(settings)
            news.fill_windows(found)
            return found

        regime = settings.breakers.spread_regime
        clock_key = (settings.schedule, settings.gate, settings.weekend, settings.firm_clock)
        key = (clock_key, settings.symbols, settings.entry, regime, settings.news.gate)
        return self._once("windows", key, make)

    def _news(self, settings: BotSettings) -> MarketNews:
        key = (settings.symbols, settings.news.gate)
        return self._once("news", key, lambda: MarketNews(settings, self.events, self._numbers))


def _regime(
    settings: BotSettings, market: Market, clock: Clockwork, grid_s: NDArray[np.float64]
) -> list[tuple[float, bool]]:
    """When the trader's breaker for wide spreads is open."""
    entry, schedule = settings.entry, settings.schedule
    quotes = [_quotes(market.feeds[item.symbol].quotes) for item in settings.symbols]
    board = board_of(quotes, grid_s, (entry.quote_age_max_s, schedule.spread_sample_s))
    habits = Habits(
        schedule.spread_samples_max_count,
        entry.spread_samples_min_count,
        entry.spread_max_percentile_fraction,
        round(_USUAL_KEPT_S / whole_cycles(schedule.spread_sample_s)),
    )
    limits = settings.breakers.spread_regime
    return regime_edges(board, habits, limits, ~clock.is_rollover(grid_s), grid_s)


def _bars(feed: SymbolFeed, clock: Clockwork) -> SignalBars:
    def of(timeframe_s: int) -> Bars:
        found = all_bars(feed, timeframe_s, clock.table)
        return _plain(found)

    return SignalBars(of(D1_S), of(W1_S), of(MN1_S), of(H4_S), feed.contract.tick_size)


def _plain(bars: BarArrays) -> Bars:
    return Bars(bars.open_utc_s, bars.open, bars.high, bars.low, bars.close)


def _prices(
    settings: BotSettings, market: Market, contracts: Records, grid_s: NDArray[np.float64]
) -> tuple[Records, Records]:
    """Quotes and spread samples of every symbol, one after the other; contracts say where."""
    quotes, samples = [], []
    quoted = sampled = 0
    traded = {item.symbol for item in settings.symbols}
    sampling = Sampling(
        settings.schedule.spread_sample_s,
        settings.entry.spread_max_percentile_fraction,
        settings.schedule.spread_samples_max_count,
    )
    for contract, (name, feed) in zip(contracts, market.feeds.items(), strict=True):
        own = _quotes(feed.quotes)
        taken = records(SAMPLE, 0)
        if name in traded:
            taken = samples_of(own, grid_s, sampling)
        contract.first_quote, contract.end_quote = quoted, quoted + len(own)
        contract.first_sample, contract.end_sample = sampled, sampled + len(taken)
        quoted, sampled = quoted + len(own), sampled + len(taken)
        quotes.append(own)
        samples.append(taken)
    return _joined(quotes), _joined(samples)


def _joined(parts: list[Records]) -> Records:
    return np.concatenate(parts).view(np.recarray)


def _quotes(source: QuoteArrays) -> Records:
    found = records(QUOTE, len(source))
    found.time_s = source.time_utc_ms / 1000.0
    found.bid, found.ask = source.bid, source.ask
    return found
