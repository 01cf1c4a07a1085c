"""Quotes copied from a real terminal onto a simulated one: a dry run.

Prices and bars are the real terminal's; the account, its orders and its money are simulated, so
nothing is ever sent to the real one. Of its surface only reads of prices and charts are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, Protocol

import numpy as np

from bot.errors import DataError
from bot.model.market import OffsetTable
from bot.rules.calendar import DAY_S, utc_from_server_s
from bot.simulator.bar_collapse import M1_S
from bot.simulator.config import AccountConfig
from bot.simulator.faults.seam import Call, Failure, Faults, Method, Site
from bot.simulator.feed import Market, SymbolFeed
from bot.simulator.feed_ticks import minute_bars
from bot.simulator.quotes import QuoteArrays, on_tick_grid
from bot.simulator.retcodes import ErrorPair
from bot.simulator.state import SymbolDesk
from bot.simulator.symbols import SymbolContract
from bot.simulator.terminal import SimulatedTerminal
from bot.timezones import server_offset_table

_MS: Final = 1000
_GROWTH: Final = 1.5
_FIRST_ROOM: Final = 4_096
_YEARS_S: Final = 3_660 * DAY_S  # a dry run ends by being stopped, not by its market's end

CHART_READS: Final = (
    "copy_rates_from",
    "copy_rates_from_pos",
    "copy_rates_range",
    "copy_ticks_from",
    "copy_ticks_range",
)
"""Functions answered by the real terminal itself."""


class RealTick(Protocol):
    """A tick as the package gives it; `time_msc` counts on the server's clock."""

    @property
    def time_msc(self) -> int:
        """When it came."""

    @property
    def bid(self) -> float:
        """Bid, 0 when there is none."""

    @property
    def ask(self) -> float:
        """Ask, 0 when there is none."""


class QuoteTerminal(Protocol):
    """What a dry run asks of a real terminal."""

    def symbol_info_tick(self, symbol: str, /) -> RealTick | None:
        """The last tick."""

    def last_error(self) -> ErrorPair:
        """Code and words of the last failure."""


class _Growing:
    """Quotes of one symbol in arrays with room to spare."""

    def __init__(self, contract: SymbolContract) -> None:
        self._contract = contract
        self._times = np.zeros(_FIRST_ROOM, dtype=np.int64)
        self._prices = np.zeros((2, _FIRST_ROOM), dtype=np.float64)
        self._count = 0
        self._seen: tuple[int, float, float] | None = None

    def take(self, tick: RealTick, time_utc_ms: int) -> bool:
        """Append a tick that is new and whole, as of `time_utc_ms`; whether it was."""
        seen = (int(tick.time_msc), float(tick.bid), float(tick.ask))
        if seen == self._seen or not 0.0 < seen[1] <= seen[2]:
            return False
        self._seen = seen
        if self._count == len(self._times):
            self._make_room()
        prices = on_tick_grid(np.array(seen[1:]), self._contract)
        self._times[self._count] = time_utc_ms
        self._prices[:, self._count] = prices[0], max(prices[0], prices[1])
        self._count += 1
        return True

    def quotes(self) -> QuoteArrays:
        """What has been taken so far; views that later ticks do not change."""
        count = self._count
        return QuoteArrays(self._times[:count], self._prices[0, :count], self._prices[1, :count])

    def _make_room(self) -> None:
        room = int(len(self._times) * _GROWTH)
        times, prices = np.zeros(room, dtype=np.int64), np.zeros((2, room), dtype=np.float64)
        times[: self._count], prices[:, : self._count] = self._times, self._prices
        self._times, self._prices = times, prices


class LiveCopy(Faults):
    """Copies the real terminal's last ticks before every call of the simulated one.

    A tick keeps its own stamp where the simulated clock has not passed it; one that was seen late
    counts from the moment it was seen. `now_utc_s` is the host's clock.
    """

    def __init__(
        self, real: QuoteTerminal, terminal: SimulatedTerminal, now_utc_s: Callable[[], float]
    ) -> None:
        self._real, self._terminal, self._now_utc_s = real, terminal, now_utc_s
        self._clock = server_offset_table()
        self._desks: Mapping[str, SymbolDesk] = {}
        self._growing: dict[str, _Growing] = {}

    def attach(self, site: Site) -> None:
        """Called by the terminal."""
        self._desks = site.server.state.desks
        self._growing = {name: _Growing(desk.contract) for name, desk in self._desks.items()}

    def around(self, call: Call, method: Method) -> object:
        """Copy, then run the call; charts are the real terminal's own."""
        self.copy()
        if call.name not in CHART_READS:
            return method(*call.args, **call.kwargs)
        answer = getattr(self._real, call.name)(*call.args, **call.kwargs)
        return Failure(None, self._real.last_error()) if answer is None else answer

    def copy(self) -> int:
        """Read every symbol's last tick and let the market run to now; how many were new."""
        before_ms = round(self._terminal.now_utc_s * _MS)
        now_ms = max(int(self._now_utc_s() * _MS), before_ms)
        taken = [name for name in self._desks if self._take(name, before_ms, now_ms)]
        self._terminal.advance_to(now_ms / _MS)
        return len(taken)

    def _take(self, name: str, before_ms: int, now_ms: int) -> bool:
        tick = self._real.symbol_info_tick(name)
        if tick is None or now_ms <= before_ms:
            return False
        time_utc_ms = min(max(_utc_ms(tick.time_msc, self._clock), before_ms + 1), now_ms)
        growing, desk = self._growing[name], self._desks[name]
        if not growing.take(tick, time_utc_ms):
            return False
        quotes = growing.quotes()
        desk.feed = replace(desk.feed, quotes=quotes)
        desk.tape.continue_with(quotes)
        return True


def dry_run_terminal(
    real: QuoteTerminal,
    contracts: Mapping[str, SymbolContract],
    account: AccountConfig,
    now_utc_s: Callable[[], float],
) -> SimulatedTerminal:
    """A simulated account on the real terminal's prices, from `now_utc_s()` on.

    Give the contract of every symbol by its listed name. The simulated clock follows `now_utc_s`:
    each call first lets the market run to it. Raises `DataError` without a symbol.
    """
    if not contracts:
        message = "contracts is empty; allowed: at least one symbol of the real terminal"
        raise DataError(message)
    start_utc_s = int(now_utc_s())
    no_quotes = _Growing(next(iter(contracts.values()))).quotes()
    feeds = {
        name: SymbolFeed(contract, M1_S, minute_bars(no_quotes, contract), {}, no_quotes)
        for name, contract in contracts.items()
    }
    market = Market("dry run", feeds, start_utc_s, start_utc_s + _YEARS_S)
    terminal = SimulatedTerminal(market, account)
    terminal.install_faults(LiveCopy(real, terminal, now_utc_s))
    return terminal


def _utc_ms(time_msc: int, clock: OffsetTable) -> int:
    seconds, rest_ms = divmod(int(time_msc), _MS)
    return int(utc_from_server_s(float(seconds), clock)) * _MS + rest_ms
