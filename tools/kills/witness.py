"""Somebody who saw the account at every reset, whoever was dead then."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from bot.cli.simulated_account import account_config
from bot.model.settings import BotSettings
from bot.rules.calendar import day_start_utc_s, server_day
from bot.simulator.feed import Market
from bot.simulator.remote_host import HostedTerminal
from bot.timezones import firm_day_table

WITNESS_NAME: Final = "witness.txt"


class Sight(NamedTuple):
    """The account at a moment."""

    utc_s: float
    balance_money: float
    equity_money: float


class WitnessedTerminal(HostedTerminal):
    """A terminal that writes down the account before and after each reset of the firm's day."""

    def __init__(self, market: Market, settings: BotSettings, path: Path) -> None:
        super().__init__(market, account_config(settings))
        self._table = firm_day_table(settings.firm_clock)
        self._cycle_s = settings.schedule.poll_interval_s
        self._path = path

    def advance_to(self, utc_s: float) -> None:
        """Advance; near a reset, look."""
        super().advance_to(utc_s)
        day = server_day(utc_s + self._cycle_s, self._table)
        since_reset_s = utc_s - day_start_utc_s(day, self._table)
        if -self._cycle_s <= since_reset_s < self._cycle_s:
            info = self._server.book.info()
            with self._path.open("a", encoding="ascii") as file:
                file.write(f"{utc_s!r} {info.balance!r} {info.equity!r}\n")


def sights(path: Path) -> list[Sight]:
    """What was seen, in order."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="ascii").splitlines()
    return [Sight(*(float(word) for word in line.split())) for line in lines]
