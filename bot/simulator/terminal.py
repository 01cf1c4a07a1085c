"""The simulated terminal: the package's surface over a market in memory."""

from __future__ import annotations

from dataclasses import replace
from math import floor
from typing import Final

from bot.errors import DataError
from bot.simulator import structs
from bot.simulator.config import AccountConfig, TerminalConfig
from bot.simulator.constants import Constants
from bot.simulator.faults.seam import Faults, Presence, Site, with_faults
from bot.simulator.feed import Market
from bot.simulator.operator import Operator
from bot.simulator.retcodes import ErrorPair
from bot.simulator.server import TradeServer
from bot.simulator.server_clock import ServerClock
from bot.simulator.surface.base import Seat, seat_at
from bot.simulator.surface.connection import ConnectionCalls
from bot.simulator.surface.history import HistoryCalls
from bot.simulator.surface.rates import RateCalls
from bot.simulator.surface.shortcuts import ShortcutCalls
from bot.simulator.symbol_struct import SymbolInfo

PACKAGE_FUNCTIONS: Final = (
    "initialize",
    "shutdown",
    "login",
    "version",
    "terminal_info",
    "account_info",
    "copy_ticks_from",
    "copy_ticks_range",
    "copy_rates_from",
    "copy_rates_from_pos",
    "copy_rates_range",
    "positions_total",
    "positions_get",
    "orders_total",
    "orders_get",
    "history_orders_total",
    "history_orders_get",
    "history_deals_total",
    "history_deals_get",
    "order_check",
    "order_send",
    "order_calc_margin",
    "order_calc_profit",
    "symbol_info",
    "symbol_info_tick",
    "symbol_select",
    "symbols_total",
    "symbols_get",
    "market_book_add",
    "market_book_release",
    "market_book_get",
    "last_error",
    "Close",
    "Buy",
    "Sell",
)
"""Every function of the package, as `MetaTrader5` exports them."""

_NO_FAULTS_ASKED: Final = ("last_error", "Close", "Buy", "Sell")
_MS_PER_S: Final = 1000
_TICKETS_PER_ACCOUNT: Final = 1_000_000
_TERMINAL_SWITCHES: Final = ("connected", "algo_trading", "python_api", "start", "ready_at_utc_s")
_MS_NOISE: Final = 1e-3  # binary noise of whole milliseconds in a float of seconds


class SimulatedTerminal(Constants, ConnectionCalls, RateCalls, HistoryCalls, ShortcutCalls):
    """One terminal, one account, one market; stands wherever the `MetaTrader5` module would.

    Time is the caller's: nothing happens between two calls of `advance_to`. Terminals share
    nothing. `operator` does what people and brokers do; it is not part of the package.
    """

    __version__ = "5.0.6231"
    __author__ = "MetaQuotes Ltd."

    Tick = structs.Tick
    TradeRequest = structs.TradeRequest
    OrderSendResult = structs.OrderSendResult
    OrderCheckResult = structs.OrderCheckResult
    TradePosition = structs.TradePosition
    TradeOrder = structs.TradeOrder
    TradeDeal = structs.TradeDeal
    AccountInfo = structs.AccountInfo
    TerminalInfo = structs.TerminalInfo
    BookInfo = structs.BookInfo
    SymbolInfo = SymbolInfo

    def __init__(
        self,
        market: Market,
        account: AccountConfig | None = None,
        terminal: TerminalConfig | None = None,
        clock: ServerClock | None = None,
    ) -> None:
        server = TradeServer(
            market, account or AccountConfig(), terminal or TerminalConfig(), clock or ServerClock()
        )
        super().__init__(server)
        self.operator = Operator(server)
        self._others: tuple[TradeServer, ...] = ()
        self._faults: Faults | None = None

    @property
    def now_utc_s(self) -> float:
        """The terminal's moment, UTC epoch seconds to the millisecond."""
        return self._state.now_ms / _MS_PER_S

    def advance_to(self, utc_s: float) -> None:
        """Let the market run up to and including `utc_s`, every event in time order.

        Raises `DataError` for a moment before `now_utc_s`.
        """
        now_ms = floor(utc_s * _MS_PER_S + _MS_NOISE)
        if now_ms < self._state.now_ms:
            message = f"cannot go back to {utc_s}; the terminal is at {self.now_utc_s}"
            raise DataError(message)
        while self._faults is not None and self._faults.next_moment_ms() <= now_ms:
            moment_ms = max(self._faults.next_moment_ms(), self._state.now_ms)
            for server in (self._server, *self._others):
                server.advance(moment_ms)
            self._faults.wake()
        if now_ms > self._state.now_ms:
            self._server.advance(now_ms)
        for server in self._others:
            server.advance(now_ms)

    def add_account(self, account: AccountConfig) -> Operator:
        """Open another account on the same server; `login` switches to it. Returns its operator.

        Raises `DataError` for a login that exists.
        """
        if account.login in self._seats:
            message = f"login {account.login} exists; logins: {sorted(self._seats)}"
            raise DataError(message)
        state, shift = self._state, len(self._seats) * _TICKETS_PER_ACCOUNT
        config = replace(
            state.terminal,
            first_order_ticket=state.terminal.first_order_ticket + shift,
            first_deal_ticket=state.terminal.first_deal_ticket + shift,
        )
        server = TradeServer(state.market, account, config, state.clock)
        server.advance(state.now_ms)
        self._seats[account.login] = seat_at(server)
        self._others = (*self._others, server)
        return Operator(server)

    def _change_to(self, seat: Seat) -> None:
        old, new = self._state.switches, seat.server.state.switches
        for name in _TERMINAL_SWITCHES:
            setattr(new, name, getattr(old, name))  # link and buttons are the terminal's
        super()._change_to(seat)
        self.operator = Operator(seat.server)
        servers = [other.server for other in self._seats.values()]
        self._others = tuple(server for server in servers if server is not seat.server)

    def trace_hash(self) -> str:
        """A digest of all deals and finished orders; equal runs give equal digests."""
        return self._state.ledger.trace_hash()

    def install_faults(self, faults: Faults) -> None:
        """Put `faults` around each call from now on; replaces what was installed."""
        methods = {
            name: getattr(type(self), name).__get__(self)
            for name in PACKAGE_FUNCTIONS
            if name not in _NO_FAULTS_ASKED
        }
        faults.attach(Site(self._server, methods, self._report, self._presence))
        self._faults = faults
        for name, method in methods.items():
            setattr(self, name, with_faults(name, method, faults, self._report))

    def _presence(self) -> Presence:
        return Presence(self._is_attached, self._server, (self._server, *self._others))

    def _report(self, error: ErrorPair) -> None:
        self._error = error
