"""`bot run --simulated`: the process that trades live, on a simulated terminal's process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.adapters.clock import SystemClock
from bot.adapters.instance_lock import InstanceLock
from bot.adapters.terminal_surface import TerminalSurface
from bot.cli.folders import RunFolder, write_manifest
from bot.cli.live_run import log_event, start_log, until_told
from bot.cli.manifest import manifest_of
from bot.cli.simulated_account import account_pin
from bot.cli.terminal_process_place import line_in
from bot.cli.wiring import Trader, World
from bot.errors import ParamsError
from bot.model.settings import BotSettings
from bot.simulator.remote_client import RemoteClock, RemoteTerminal

SIMULATED: Final = "simulated terminal"
"""The mode as journal and pages name it."""

FOLDER: Final = Path("runs") / "simulated"
"""Where such a run is unless told otherwise."""


def trade_simulated(place: Path, settings: BotSettings, wanted: RunFolder) -> None:
    """Trade on the terminal started in the folder `place` until told to stop.

    Everything but terminal, clock and calendar is what trades live, forced to disk as there. The
    run is in runs/simulated unless told otherwise. Raises `BrokerUnavailableError` when no
    terminal answers, `ParamsError` for a folder that holds another kind of run.
    """
    folder = wanted if wanted.root != Path() else RunFolder(FOLDER)
    settings = replace(settings, account=account_pin(settings))
    account = settings.account
    _demand_simulated(folder)
    line = line_in(place)
    start_log(folder)
    with InstanceLock(folder.state, account.login, account.server):
        write_manifest(folder, manifest_of(SIMULATED, settings, {}))
        terminal = cast(TerminalSurface, RemoteTerminal(line))
        clock = RemoteClock(line, SystemClock().sleep)
        calendar = DeclaredCalendar(SIMULATED)
        world = World(terminal, clock, SIMULATED, is_durable=True, calendar=calendar)
        until_told(Trader(world, settings, folder, log_event))


def _demand_simulated(folder: RunFolder) -> None:
    """A live record must never meet a simulated account."""
    from bot.cli.folders import read_manifest  # noqa: PLC0415

    known = read_manifest(folder)
    kind = "nothing" if known is None else known.get("kind")
    if kind not in ("nothing", SIMULATED) or (known is None and folder.is_used()):
        message = (
            f"{folder.root} holds a run of kind {kind!r}; allowed with --simulated: "
            "an empty folder, or one of an earlier run on a simulated terminal"
        )
        raise ParamsError(message)
