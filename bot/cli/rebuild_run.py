"""A trader wired to look and to write, but not started: what `bot rebuild` works with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

from bot.adapters.clock import SystemClock
from bot.adapters.instance_lock import InstanceLock
from bot.adapters.json_store import JsonStore
from bot.adapters.terminal_surface import TerminalSurface
from bot.cli.folders import RunFolder
from bot.cli.options import params_path
from bot.cli.wiring import Trader, World
from bot.errors import RefusedError
from bot.live.rebuild import Rebuilt, rebuilt_state, why_lost, write_rebuilt
from bot.live.state import SCHEMA_VERSION, STATE_NAME
from bot.model.events import Event
from bot.model.settings import BotSettings
from bot.params import load_settings


class Rebuilding:
    """Looks, and writes what was looked at; the locks of the account are held meanwhile."""

    def __init__(self, trader: Trader, folder: RunFolder) -> None:
        self._trader = trader
        self._folder = folder

    def look(self) -> Rebuilt:
        """The state as it would be. Raises `RefusedError` when the one that is there is good."""
        bot = self._trader.bot
        reason = why_lost(bot)
        if not reason:
            message = f"the state in {self._folder.state} can be gone on with; nothing to rebuild"
            raise RefusedError(message)
        return rebuilt_state(bot, reason)

    def write(self, rebuilt: Rebuilt) -> None:
        """Journal and save it; the files that were there are kept under other names."""
        store = JsonStore(self._folder.state, SCHEMA_VERSION)
        write_rebuilt(self._trader.bot, rebuilt, partial(store.set_aside, STATE_NAME))


@contextmanager
def rebuilding(
    params: Path | None, data_folder: Path, terminal_path: str, simulated: Path | None
) -> Iterator[Rebuilding]:
    """The account's locks, its terminal and its files, until the work is done.

    Raises `AlreadyRunningError` while a trader runs.
    """
    settings = load_settings(params_path(params))
    with ExitStack() as held:
        if simulated is None:
            made = _live(settings, data_folder, terminal_path, held)
        else:
            made = _simulated(settings, data_folder, simulated, held)
        trader, folder = made
        held.callback(trader.close)
        yield Rebuilding(trader, folder)


def _live(
    settings: BotSettings, data_folder: Path, terminal_path: str, held: ExitStack
) -> tuple[Trader, RunFolder]:
    from bot.cli.live_run import LIVE, demand_pinned, machine_folder  # noqa: PLC0415
    from bot.cli.live_terminal import attached_package  # noqa: PLC0415

    terminal, folder, account = attached_package(), RunFolder(data_folder), settings.account
    demand_pinned(account)
    held.enter_context(InstanceLock(machine_folder(), account.login, account.server))
    held.enter_context(InstanceLock(folder.state, account.login, account.server))
    world = World(terminal, SystemClock(), LIVE, is_durable=True, terminal_path=terminal_path)
    return Trader(world, settings, folder, _say_nothing), folder


def _simulated(
    settings: BotSettings, data_folder: Path, place: Path, held: ExitStack
) -> tuple[Trader, RunFolder]:
    from bot.cli.simulated_account import account_pin  # noqa: PLC0415
    from bot.cli.terminal_process_place import line_in  # noqa: PLC0415
    from bot.cli.terminal_process_trader import FOLDER, SIMULATED  # noqa: PLC0415
    from bot.simulator.remote_client import RemoteClock, RemoteTerminal  # noqa: PLC0415

    folder = RunFolder(FOLDER if data_folder == Path() else data_folder)
    settings = replace(settings, account=account_pin(settings))
    account, line = settings.account, line_in(place)
    held.enter_context(InstanceLock(folder.state, account.login, account.server))
    terminal = cast(TerminalSurface, RemoteTerminal(line))
    world = World(terminal, RemoteClock(line, SystemClock().sleep), SIMULATED, is_durable=True)
    return Trader(world, settings, folder, _say_nothing), folder


def _say_nothing(event: Event) -> None:
    del event
