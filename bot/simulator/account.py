"""Profit, equity and margin of the account at any moment, in whole cents."""

from __future__ import annotations

from typing import Final, NamedTuple

from bot.simulator.converter import to_minor
from bot.simulator.margin import margin_of_symbol
from bot.simulator.state import Position, ServerState
from bot.simulator.struct_sequence import new_struct
from bot.simulator.structs import AccountInfo
from bot.simulator.valuation import money_per_price

_PERCENT_MODE: Final = 0


class Totals(NamedTuple):
    """The account in cents: floating result without and with swap, equity, margin bound."""

    profit_minor: int
    swap_minor: int
    equity_minor: int
    margin_minor: int

    @property
    def level_pct(self) -> float:
        """Equity in percent of margin; 0.0 without margin, as the terminal shows it."""
        return self.equity_minor / self.margin_minor * 100.0 if self.margin_minor else 0.0


def profit_minor(state: ServerState, position: Position, price: float, lots: float) -> int:
    """Result in cents of closing `lots` of a position at `price`, without swap and commission."""
    contract = position.desk.contract
    amount = (price - position.open_price) * position.side * lots * money_per_price(contract)
    rates = state.converter.rates(contract.currency_profit, state.now_ms)
    return state.converter.minor(amount, rates)


class AccountBook:
    """Reads the account's totals; computed when asked, remembered until something changes."""

    def __init__(self, state: ServerState) -> None:
        self._state = state
        self._totals = Totals(0, 0, 0, 0)
        self._totals_version = -1
        self._margin_minor = 0
        self._margin_version = -1
        self._info: AccountInfo | None = None
        self._info_shown = (-1, False, False)

    def totals(self) -> Totals:
        """Profit, swap, equity and margin now."""
        state = self._state
        if self._totals_version != state.version:
            profit = swap = 0
            for position in state.positions.values():
                profit += floating_minor(state, position)
                swap += position.swap_minor
            equity = state.ledger.balance_minor + state.ledger.credit_minor + profit + swap
            self._totals = Totals(profit, swap, equity, self.margin_minor())
            self._totals_version = state.version
        return self._totals

    def margin_minor(self) -> int:
        """Margin bound by all positions; changes only when positions do."""
        state = self._state
        if self._margin_version != state.books_version:
            money = 0.0
            for desk in state.desks.values():
                if desk.positions:
                    money += margin_of_symbol(desk.positions.values(), desk.contract)
            self._margin_minor = to_minor(money, state.converter.minor_per_unit)
            self._margin_version = state.books_version
        return self._margin_minor

    def stop_out_equity_minor(self) -> int:
        """The equity at or below which the server closes positions."""
        config = self._state.account
        if config.stop_out_mode == _PERCENT_MODE:
            return int(self.margin_minor() * config.stop_out_level / 100.0)
        return to_minor(config.stop_out_level, self._state.converter.minor_per_unit)

    def info(self) -> AccountInfo:
        """The account as `account_info` shows it."""
        switches = self._state.switches
        may_trade = switches.account_trading and switches.connected
        shown = (self._state.version, may_trade, switches.account_experts)
        if self._info is None or self._info_shown != shown:
            self._info = self._new_info(may_trade=may_trade)
            self._info_shown = shown
        return self._info

    def _new_info(self, *, may_trade: bool) -> AccountInfo:
        state, config = self._state, self._state.account
        totals, unit = self.totals(), self._state.converter.minor_per_unit
        values = (
            config.login,
            config.trade_mode,
            config.leverage,
            config.limit_orders,
            config.stop_out_mode,
            may_trade,
            state.switches.account_experts,
            config.margin_mode,
            config.currency_digits,
            config.fifo_close,
            state.ledger.balance_minor / unit,
            state.ledger.credit_minor / unit,
            (totals.profit_minor + totals.swap_minor) / unit,
            totals.equity_minor / unit,
            totals.margin_minor / unit,
            (totals.equity_minor - totals.margin_minor) / unit,
            totals.level_pct,
            config.margin_call_level,
            config.stop_out_level,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            config.name,
            config.server,
            config.currency,
            config.company,
        )
        return new_struct(AccountInfo, values)


def floating_minor(state: ServerState, position: Position) -> int:
    """Floating result of a position in cents at the last quote; 0 before any quote."""
    if position.seen_version != state.version:
        position.desk.tape.seek(state.now_ms)
        price = position.closing_price
        position.seen_minor = profit_minor(state, position, price, position.lots) if price else 0
        position.seen_version = state.version
    return position.seen_minor
