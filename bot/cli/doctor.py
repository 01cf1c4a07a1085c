"""What the doctor looks at, in the order in which things depend on each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.cli import doctor_machine as machine
from bot.cli.doctor_calendar import calendar_row
from bot.cli.doctor_rows import Row, failed, passed
from bot.cli.doctor_terminal import terminal_rows
from bot.cli.folders import RunFolder
from bot.cli.live_terminal import NoTerminalError, attached_package
from bot.cli.wiring import World
from bot.errors import NeedsPersonError, ParamsError
from bot.model.settings import BotSettings
from bot.params import Loaded, load


def examine(params: Path, folder: RunFolder, terminal_path: str | None) -> Iterator[Row]:
    """Every check, as it is made; what depends on a failed one is left out.

    `terminal_path` names one of several terminals, empty the only one, None a simulated one.
    """
    yield machine.python_row()
    yield machine.disk_row(folder.root)
    yield machine.write_row(folder.root)
    yield machine.journal_row(folder)
    try:
        loaded = load(params)
        settings = loaded.settings
    except ParamsError as error:
        yield failed("parameters", str(error))
        return
    yield passed("parameters", f"{params}, hash {settings.params_hash}")
    yield machine.rules_row(settings)
    if terminal_path is not None:
        yield _confirmed_row(loaded, folder)
        yield calendar_row(folder.root, settings)
    yield machine.state_row(folder, settings)
    yield machine.instance_row(folder, settings)
    yield from _terminal_part(settings, terminal_path)


def _confirmed_row(loaded: Loaded, folder: RunFolder) -> Row:
    from bot.cli.rules_confirm import confirmed_row  # noqa: PLC0415 -- not for a simulated one
    from bot.cli.rules_confirmed import standing_of  # noqa: PLC0415

    try:
        standing = standing_of(loaded, folder, SystemClock().now_utc_s())
    except NeedsPersonError as error:
        return failed("confirmed", str(error))
    return confirmed_row(loaded, folder, standing)


def _terminal_part(settings: BotSettings, terminal_path: str | None) -> Iterator[Row]:
    if terminal_path is None:
        from bot.cli.doctor_simulated import simulated_world  # noqa: PLC0415 -- only for this

        world, settings = simulated_world(settings)
        yield from terminal_rows(world, settings)
        return
    try:
        terminal = attached_package()
    except NoTerminalError as error:
        yield failed("terminal", str(error))
        return
    clock = SystemClock()
    world = World(terminal, clock, "check", is_durable=False, terminal_path=terminal_path)
    yield from terminal_rows(world, settings)
