"""One life of the trader on a terminal in another process; as a script, a life from scratch."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.adapters.clock import SystemClock
from bot.adapters.instance_lock import InstanceLock
from bot.adapters.terminal_surface import TerminalSurface
from bot.cli.folders import RunFolder
from bot.cli.simulated_account import simulated_settings
from bot.cli.terminal_process_place import line_in
from bot.cli.wiring import Trader, World
from bot.model.settings import BotSettings
from bot.params import load_settings
from bot.simulator.remote_client import RemoteClock, RemoteTerminal, TerminalLine
from tools.kills.points import ENVIRONMENT_NAME, KillPoint, arm, point_of

PARAMS = Path(__file__).resolve().parents[2] / "params" / "current_params.json"
SYMBOLS = ("EURUSD", "GBPUSD", "USDJPY", "AUDUSD", "XAUUSD", "NAS100", "BTCUSD", "ETHUSD")
_CYCLE_S = 300.0  # five times the demo's: a simulated day costs a second or two
STILL_CYCLES_COUNT = 4
"""The last cycles of a life that ends well see a market that stands still: nothing is under way."""

RECOVERED_NAME = "recovered.txt"
"""In the run folder: a line for each life that completed a cycle, with the host's moment."""


@dataclass(frozen=True, slots=True)
class Life:
    """Where a trader lives, until when, and where it dies on the way."""

    place: Path
    folder: Path
    until_utc_s: float
    cycles_max_count: int
    point: KillPoint


def eager_settings() -> BotSettings:
    """The shipped settings, but with a trade nearly every day: much to lose, much to double."""
    settings = simulated_settings(load_settings(PARAMS), SYMBOLS)
    signal, exits = settings.signal, settings.exits
    return replace(
        settings,
        schedule=replace(
            settings.schedule,
            poll_interval_s=_CYCLE_S,
            blind_safe_after_s=_CYCLE_S,
            connected_before_entry_s=0.0,
        ),
        signal=signal._replace(
            score_min_fraction=0.1,
            levels=signal.levels._replace(rr_min_r=0.2, entry_at_close_atr=1.5, stop_max_atr=6.0),
            filters=signal.filters._replace(passes_min_count=0),
        ),
        exits=exits._replace(targets_r=tuple(0.25 * target for target in exits.targets_r)),
    )


class LifeClock(RemoteClock):
    """The terminal's clock; notes when the first cycle is done, and when the life is over."""

    def __init__(self, line: TerminalLine, life: Life) -> None:
        super().__init__(line, SystemClock().sleep)
        self._life = life
        self._left_count = life.cycles_max_count
        self._is_first = True
        self.trader: Trader | None = None

    def sleep(self, duration_s: float) -> None:
        """Sleep; the sleep after a cycle may be the last."""
        trader = self.trader
        if trader is None or trader.bot.cycles_count == 0 or duration_s < 1.0:
            super().sleep(duration_s)
            return
        if self._is_first:
            self._is_first = False
            _note_recovered(self._life.folder)
        self._left_count -= 1
        if self._left_count == 0 or self.now_utc_s() >= self._life.until_utc_s + duration_s:
            trader.bot.is_stopping = True
        elif self._left_count >= STILL_CYCLES_COUNT:
            super().sleep(duration_s)


def live(life: Life, settings: BotSettings) -> None:
    """Start, trade, and end in good order unless the life's point comes first."""
    run = RunFolder(life.folder)
    account = settings.account
    line = line_in(life.place)
    with InstanceLock(run.state, account.login, account.server):
        clock = LifeClock(line, life)
        arm(life.point)
        terminal = cast(TerminalSurface, RemoteTerminal(line))
        world = World(terminal, clock, "kills", is_durable=True, calendar=DeclaredCalendar("kills"))
        clock.trader = Trader(world, settings, run, lambda _event: None)
        clock.trader.live()


def _note_recovered(folder: Path) -> None:
    with (folder / RECOVERED_NAME).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()} {SystemClock().monotonic_s()}\n")


def main() -> None:
    """A life in a process of its own, started as the system starts one."""
    parser = argparse.ArgumentParser(prog="tools.kills.victim", description=__doc__)
    parser.add_argument("place", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("until_utc_s", type=float)
    parser.add_argument("cycles_max_count", type=int)
    given = parser.parse_args()
    point = point_of(os.environ[ENVIRONMENT_NAME])
    life = Life(given.place, given.folder, given.until_utc_s, given.cycles_max_count, point)
    live(life, eager_settings())


if __name__ == "__main__":
    main()
