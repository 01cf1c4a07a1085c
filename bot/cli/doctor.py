"""What the doctor looks at, in the order in which things depend on each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.cli import doctor_machine as machine
from bot.cli.doctor_rows import Row, failed, passed
from bot.cli.doctor_terminal import terminal_rows
from bot.cli.folders import RunFolder
from bot.cli.live_terminal import NoTerminalError, attached_package
from bot.cli.wiring import World
from bot.errors import ParamsError
from bot.model.settings import BotSettings
from bot.params import load_settings


def examine(params: Path, folder: RunFolder, *, is_simulated: bool) -> Iterator[Row]:
    """Every check, as it is made; what depends on a failed one is left out."""
    yield machine.python_row()
    yield machine.disk_row(folder.root)
    yield machine.write_row(folder.root)
    yield machine.journal_row(folder)
    try:
        settings = load_settings(params)
    except ParamsError as error:
        yield failed("parameters", str(error))
        return
    yield passed("parameters", f"{params}, hash {settings.params_hash}")
    yield machine.rules_row(settings)
    yield machine.state_row(folder, settings)
    yield machine.instance_row(folder, settings)
    yield from _terminal_part(settings, is_simulated=is_simulated)


def _terminal_part(settings: BotSettings, *, is_simulated: bool) -> Iterator[Row]:
    if is_simulated:
        from bot.cli.doctor_simulated import simulated_world  # noqa: PLC0415 -- only for this

        world, settings = simulated_world(settings)
        yield from terminal_rows(world, settings)
        return
    try:
        terminal = attached_package()
    except NoTerminalError as error:
        yield failed("terminal", str(error))
        return
    yield from terminal_rows(World(terminal, SystemClock(), "check", is_durable=False), settings)
