"""The simulated server's market as a walk is given it: its own quotes, bars and contracts.

Research and the simulated terminal never differ about what a bar is as quotes, or what a contract
costs: both get it from the same functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import RLock
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from bot.backtest.clockwork import Clockwork
from bot.backtest.groups import group_rows
from bot.backtest.inputs import CONTRACT, QUOTE, SAMPLE, Inputs, Records, records
from bot.backtest.regime import Habits, board_of, regime_edges
from bot.backtest.samples import Sampling, samples_of
from bot.backtest.signals import Due, SignalBars, scans_of, schedule_of
from bot.backtest.terms import Policy, Slippage, record_of, terms_of, whole_cycles
from bot.errors import DataError
from bot.live.exposure import legs_of
from bot.model.exposure import Leg
from bot.model.market import Bars
from bot.model.settings import BotSettings, SymbolSettings
from bot.simulator.bar_collapse import D1_S, H4_S, MN1_S, W1_S
from bot.simulator.feed import Market, SymbolFeed, all_bars
from bot.simulator.quotes import BarArrays, QuoteArrays
from bot.simulator.symbols import SymbolContract
from bot.simulator.valuation import FOREX, FOREX_NO_LEVERAGE, money_per_price, tick_money

_SWAP_IN_BASE_MONEY = 2
_DOLLAR = "USD"
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

    def __init__(self, market: Market, span_s: tuple[float, float]) -> None:
        self.market = market
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
        key = (settings.symbols, gate, schedule, entry.spread_max_percentile_fraction, costs)

        def make() -> tuple[Records, Records, Records]:
            contracts = _contracts(settings, self.market, self._numbers)
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
            return clock.windows(_regime(settings, self.market, clock, self._grid_s(settings)))

        regime = settings.breakers.spread_regime
        clock_key = (settings.schedule, settings.gate, settings.weekend, settings.firm_clock)
        return self._once("windows", (clock_key, settings.symbols, settings.entry, regime), make)


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


def _contracts(settings: BotSettings, market: Market, numbers: Mapping[str, int]) -> Records:
    found = records(CONTRACT, len(numbers))
    items = {item.symbol: item for item in settings.symbols}
    buckets: dict[str, int] = {}
    crosses = Crosses(settings.account.currency, market)
    for row, (name, feed) in zip(found, market.feeds.items(), strict=True):
        _fill_contract(row, feed.contract)
        crosses.fill(row, feed.contract)
        item = items.get(name)
        row.is_traded = item is not None
        if item is not None:
            _fill_terms(row, item, settings)
            _fill_buckets(row, legs_of(item), buckets)
    return found


def _fill_contract(row: Records, contract: SymbolContract) -> None:
    row.digits, row.tick_size_price = contract.digits, contract.tick_size
    row.contract_size, row.point_price = contract.contract_size, contract.point
    row.money_per_price, row.tick_money = money_per_price(contract), tick_money(contract)
    row.lots_min, row.lots_max = contract.volume_min, contract.volume_max
    row.lots_step = contract.volume_step
    row.stops_level_price = contract.stops_level * contract.point
    row.freeze_level_price = contract.freeze_level * contract.point
    row.broker_commission_money_per_lot = contract.commission_money_per_lot_round_trip
    row.broker_commission_fraction = contract.commission_fraction_of_notional
    row.swap_mode = contract.swap_mode
    row.swap_long, row.swap_short = contract.swap_long, contract.swap_short
    row.triple_weekday = (contract.swap_rollover3days - 1) % 7
    size, rate = contract.contract_size, contract.margin_rate
    if contract.margin_initial > 0.0:
        row.margin_per_lot = contract.margin_initial * rate
    elif contract.calc_mode == FOREX:
        row.margin_per_lot = size / contract.leverage * rate
    elif contract.calc_mode == FOREX_NO_LEVERAGE:
        row.margin_per_lot = size * rate
    else:
        row.margin_per_lot_price = size / _leverage(contract) * rate


def _leverage(contract: SymbolContract) -> float:
    """Contracts for difference with leverage (mode 4); all others are bound in full."""
    return contract.leverage if contract.calc_mode == 4 else 1.0  # noqa: PLR2004 -- the mode's code


def _fill_terms(row: Records, item: SymbolSettings, settings: BotSettings) -> None:
    row.is_24_7 = item.trades_weekends
    terms = [one for one in settings.commissions if one.asset_class == item.asset_class]
    dearest = terms or list(settings.commissions)
    row.commission_money_per_lot = max((t.money_per_lot for t in dearest), default=0.0)
    row.commission_fraction = max((t.notional_fraction for t in dearest), default=0.0)
    gaps = settings.gate.gaps_of(item.symbol, item.asset_class)
    row.gap_weekend_fraction, row.gap_news_fraction, row.gap_rollover_fraction = gaps
    known = (t.leverage for t in settings.leverages if t.asset_class == item.asset_class)
    row.leverage = next(known, math.inf)


def _fill_buckets(row: Records, legs: tuple[Leg, ...], buckets: dict[str, int]) -> None:
    numbered = [(buckets.setdefault(leg.bucket, len(buckets)), leg.sign) for leg in legs]
    padded = [*numbered, (-1, 0)][:2]
    (row.bucket0, row.sign0), (row.bucket1, row.sign1) = padded
    row.dollar_sign = next((leg.sign for leg in legs if leg.bucket == _DOLLAR), 0)


class Crosses:
    """Finds the way from a currency to the account's, as the simulated server's converter does."""

    def __init__(self, currency: str, market: Market) -> None:
        self._currency = currency
        self._legs: dict[tuple[str, str], tuple[int, int]] = {}
        numbers = {name: number for number, name in enumerate(market.feeds)}
        contracts = [feed.contract for feed in market.feeds.values()]
        for contract in sorted(contracts, key=lambda c: c.asset_class != "fx"):
            base, profit = contract.currency_base, contract.currency_profit
            if base != profit:
                number = numbers[contract.name]
                self._legs.setdefault((base, profit), (number, 1))
                self._legs.setdefault((profit, base), (number, -1))

    def fill(self, row: Records, contract: SymbolContract) -> None:
        """Write the symbol's ways into its contract."""
        wanted = contract.currency_margin
        if contract.calc_mode not in (FOREX, FOREX_NO_LEVERAGE) and not contract.margin_initial:
            wanted = contract.currency_profit
        self._set(row.profit, self._way(contract.currency_profit, contract.name))
        self._set(row.margin, self._way(wanted, contract.name))
        base: tuple[tuple[int, int], ...] = ()
        if contract.swap_mode == _SWAP_IN_BASE_MONEY:
            base = self._way(contract.currency_base, contract.name)
        self._set(row.base, base)

    def _set(self, cross: Records, way: tuple[tuple[int, int], ...]) -> None:
        padded = [*way, (-1, 0), (-1, 0)]
        (cross.symbol0, cross.power0), (cross.symbol1, cross.power1) = padded[:2]

    def _way(self, currency: str, wanted_by: str) -> tuple[tuple[int, int], ...]:
        if currency == self._currency:
            return ()
        direct = self._legs.get((currency, self._currency))
        if direct is not None:
            return (direct,)
        for middle in sorted({source for source, _ in self._legs}):
            first = self._legs.get((currency, middle))
            second = self._legs.get((middle, self._currency))
            if first is not None and second is not None:
                return (first, second)
        message = f"{wanted_by} needs {currency} in {self._currency}, but no symbol converts it"
        raise DataError(message)
