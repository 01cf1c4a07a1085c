"""Runs the trader on a real terminal: folders, log, lock, signals."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from loguru import logger

from bot.adapters.clock import SystemClock
from bot.adapters.instance_lock import InstanceLock
from bot.adapters.machine import HostMachine
from bot.adapters.terminal_surface import TerminalSurface
from bot.cli.calendar_files import file_calendar
from bot.cli.folders import RunFolder, write_manifest
from bot.cli.interrupt import interruptible
from bot.cli.manifest import manifest_of
from bot.cli.wiring import Trader, World
from bot.errors import BotError, ParamsError
from bot.model.events import Event
from bot.model.settings import AccountPin, BotSettings
from bot.report.headline import headline
from bot.report.plain import plain

LIVE = "live"
_LOG_FORMAT = "{time:YYYY-MM-DD HH:mm:ss,SSS} - {level} - {message}"
_WARNINGS = frozenset({"FaultMet", "HaltLatched", "BrakeChanged", "BreakerTripped", "PhaseDecided"})


def trade(
    terminal: TerminalSurface,
    settings: BotSettings,
    folder: RunFolder,
    terminal_path: str,
    mode: str = LIVE,
) -> None:
    """Trade until a signal or command ends it; raises the errors a person has to act on.

    An account that is not pinned is refused before the terminal is asked anything (I14). What is
    unforeseen is logged and ends the process: stops stand at the broker, starting is recovering.
    """
    account = settings.account
    demand_pinned(account)
    start_log(folder)
    try:
        everywhere = InstanceLock(machine_folder(), account.login, account.server)
        with everywhere, InstanceLock(folder.state, account.login, account.server):
            write_manifest(folder, manifest_of(mode, settings, {}))
            clock = SystemClock()
            world = World(
                terminal,
                clock,
                mode,
                is_durable=True,
                terminal_path=terminal_path,
                machine=HostMachine(folder.state),
                calendar=file_calendar(settings, folder.root, clock),
            )
            trader = Trader(world, settings, folder, log_event)
            until_told(trader)
    except BotError as error:
        logger.error(plain(f"ended: {error}"))
        raise
    finally:
        logger.complete()


def demand_pinned(account: AccountPin) -> None:
    """Only a named account is traded. Raises `ParamsError`."""
    if account.login == 0 or not account.server:
        raise ParamsError(
            f"account.login = {account.login}, account.server = {account.server!r}: live trading "
            "needs both, as the terminal shows them; allowed: the one account that may be traded"
        )


def machine_folder() -> Path:
    """One place for the locks of this machine, whichever folder a bot is started from (I23)."""
    folder = Path(os.environ.get("PROGRAMDATA") or tempfile.gettempdir()) / "challenge-bot"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def until_told(trader: Trader) -> None:
    """Live until a signal or command ends it; what is unforeseen is logged and raised."""

    def stop() -> None:
        trader.bot.is_stopping = True

    unforeseen = logger.catch(message="ended by the unforeseen", reraise=True, exclude=BotError)
    with interruptible(stop), unforeseen:
        trader.live()


def start_log(folder: RunFolder) -> None:
    """Log to stderr and to a rotated file, written by a thread of its own (FAULTS P07)."""
    logger.remove()
    logger.add(
        sys.stderr,
        level="INFO",
        format=_LOG_FORMAT,
        enqueue=True,
        backtrace=False,
        diagnose=False,
    )
    logger.add(
        folder.logs / "bot.log",
        level="DEBUG",
        format=_LOG_FORMAT,
        enqueue=True,
        backtrace=False,
        diagnose=False,
        rotation="10 MB",
        retention=20,
        encoding="utf-8",
    )


def log_event(event: Event) -> None:
    """The journal's words in the log; what is too frequent to watch goes to the file alone."""
    kind = type(event).__name__
    line = headline(event)
    if not line:
        logger.debug(kind)
        return
    level = "WARNING" if kind in _WARNINGS else "INFO"
    logger.log(level, plain(f"{kind}: {line}"))
