"""A symbol's contract as a walk reads it: the simulated server's terms, the trader's costs."""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.backtest.inputs import CONTRACT, Records, records
from bot.errors import DataError
from bot.live.exposure import legs_of
from bot.model.exposure import Leg
from bot.model.settings import BotSettings, SymbolSettings
from bot.simulator.feed import Market
from bot.simulator.symbols import SymbolContract
from bot.simulator.valuation import FOREX, FOREX_NO_LEVERAGE, money_per_price, tick_money

_SWAP_IN_BASE_MONEY = 2
_DOLLAR = "USD"


def contracts_of(settings: BotSettings, market: Market, numbers: Mapping[str, int]) -> Records:
    """One `CONTRACT` per symbol of the market; raises `DataError` where money cannot be found."""
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
