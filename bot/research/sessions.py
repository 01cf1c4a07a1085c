"""When the broker takes requests: sessions, asked once per stretch of the calendar."""

from __future__ import annotations

from collections.abc import Mapping

from bot.backtest.inputs import Records
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.rules.calendar import DAY_S, server_day, server_s, utc_from_server_s, weekday_of
from bot.simulator.feed import Market
from bot.simulator.sessions import is_session_open


class MarketSessions:
    """The sessions of the traded symbols, as the simulated server keeps them."""

    def __init__(self, market: Market, settings: BotSettings, table: OffsetTable) -> None:
        names = [item.symbol for item in settings.symbols]
        self._contracts = {name: market.feeds[name].contract for name in names}
        self._table = table

    def edges_s(self, start_s: float, end_s: float) -> list[float]:
        """Every moment at which some symbol opens or closes."""
        first, last = server_day(start_s, self._table), server_day(end_s, self._table)
        found: set[float] = set()
        for day in range(first, last + 1):
            seconds = {
                float(second)
                for contract in self._contracts.values()
                for session in contract.sessions[weekday_of(day)]
                for second in session
            }
            found |= {utc_from_server_s(day * DAY_S + second, self._table) for second in seconds}
        return sorted(found)

    def fill_windows(self, windows: Records, numbers: Mapping[str, int]) -> None:
        """Set the bit of each symbol that is closed in a stretch."""
        for window in windows:
            wall_s = server_s(float(window.from_s), self._table)
            for name, contract in self._contracts.items():
                if not is_session_open(contract, wall_s):
                    window.closed |= 1 << numbers[name]
