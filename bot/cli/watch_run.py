"""The body of `bot watch`: wires supervisor, alerts and the trader's files."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from loguru import logger

from bot.adapters.clock import SystemClock
from bot.adapters.instance_lock import InstanceLock
from bot.adapters.json_store import JsonStore
from bot.cli.folders import RunFolder
from bot.cli.interrupt import interruptible
from bot.cli.live_run import machine_folder
from bot.cli.options import params_path
from bot.cli.simulated_account import account_pin
from bot.cli.terminal_process_place import line_in
from bot.cli.terminal_process_trader import FOLDER as SIMULATED_FOLDER
from bot.cli.watch_place import TraderPlace
from bot.cli.watch_words import words_of
from bot.errors import BotError, StateCorruptError, StoreError
from bot.params import load_settings
from bot.report.plain import plain
from bot.watch.alert_address import alert_address
from bot.watch.alerts import Channel, Outbox, Severity
from bot.watch.journal_news import JournalNews, Line
from bot.watch.restarts import RestartPace
from bot.watch.supervisor import Patience, Supervisor

LOOK_EVERY_S: Final = 1.0
_LAST_WORDS_S: Final = 15.0
_SCHEMA_VERSION: Final = 1
_FORMAT: Final = "{time:YYYY-MM-DD HH:mm:ss,SSS} - {level} - {message}"


class Wanted(NamedTuple):
    """The options of the verb."""

    params: Path | None
    data_folder: Path
    terminal_path: str
    simulated: Path | None
    stall_s: float

    def folder(self) -> RunFolder:
        """Where `bot run` with these options keeps its files."""
        if self.simulated is not None and self.data_folder == Path():
            return RunFolder(SIMULATED_FOLDER)
        return RunFolder(self.data_folder)

    def words(self) -> tuple[str, ...]:
        """The options of `bot run`."""
        words = [
            "--params",
            str(params_path(self.params)),
            "--data-folder",
            str(self.folder().root),
        ]
        if self.terminal_path:
            words += ["--terminal", self.terminal_path]
        if self.simulated is not None:
            words += ["--simulated", str(self.simulated)]
        return tuple(words)


class NoHttpClientError(BotError):
    """Alerts to an address need the HTTP client, which is not installed."""


class LogChannel:
    """The console and a rotated file; a console that is frozen holds up only the log's thread."""

    name = "log"
    severity_min = Severity.INFO

    def send(self, text: str) -> None:
        """One log line for each line of text."""
        for line in text.splitlines():
            level, _, words = line.partition(": ")
            logger.log(level, plain(words))


def supervise(wanted: Wanted) -> int:
    """Supervise until it is over; the exit code.

    Raises `AlreadyRunningError` beside another, and `BrokerUnavailableError` where no simulated
    terminal was started in the folder that is named.
    """
    settings, run = load_settings(params_path(wanted.params)), wanted.folder()
    if wanted.simulated is not None:
        line_in(wanted.simulated)  # a trader that can never start is not to be restarted for ever
    with ExitStack() as held:
        account = settings.account if wanted.simulated is None else account_pin(settings)
        folders = [run.watch] if wanted.simulated else [machine_folder(), run.watch]
        for folder in folders:
            held.enter_context(InstanceLock(folder, account.login, account.server, "bot watch"))
        channels = _channels()
        held.callback(logger.complete)
        _start_log(run)
        return _Watch(wanted, run, channels).live()


class _Watch:
    """One life of the supervisor."""

    def __init__(self, wanted: Wanted, run: RunFolder, channels: list[Channel]) -> None:
        self._clock = SystemClock()
        self._store = JsonStore(run.watch, _SCHEMA_VERSION)
        saved = self._saved("alerts")
        self._outbox = Outbox(channels, lambda alerts: self._store.save("alerts", alerts), saved)
        self._news = JournalNews(run.journal, self._saved("cursor"))
        self._store_quietly("cursor", self._news.cursor)
        ended = self._news.has_ended_on_purpose
        self._supervisor = Supervisor(
            (TraderPlace(run, wanted.words(), self._store, ended), self._tell, self._clock),
            RestartPace(np.random.default_rng(os.getpid()).random),
            Patience(beat_s=wanted.stall_s),
        )
        self._is_over = threading.Event()

    def live(self) -> int:
        """Step until it is over; alerts are delivered by a thread that nothing waits for."""
        post = threading.Thread(target=self._deliver, daemon=True)
        post.start()
        try:
            with interruptible(self._supervisor.stop):
                while (code := self._supervisor.step()) is None:
                    self._hear_news()
                    self._clock.sleep(LOOK_EVERY_S)
            self._hear_news()
        finally:
            self._is_over.set()
            post.join(_LAST_WORDS_S)  # what is not told by then is told by the next supervisor
        return code

    def _deliver(self) -> None:
        while True:
            is_last = self._is_over.is_set()
            self._outbox.deliver(self._clock.monotonic_s())
            if is_last:
                return
            self._is_over.wait(LOOK_EVERY_S)

    def _hear_news(self) -> None:
        if self._news.read(self._hear) and self._outbox.is_saved:
            self._store_quietly("cursor", self._news.cursor)

    def _hear(self, kind: str, severity: Severity, line: Line) -> None:
        self._tell(f"journal {kind} {line.get('seq', '')}", severity, words_of(kind, line))

    def _tell(self, key: str, severity: Severity, text: str) -> None:
        self._outbox.raise_alert(key, severity, text, self._clock.now_utc_s())

    def _saved(self, name: str) -> Mapping[str, object]:
        """What an earlier life left; nothing when it cannot be read: trading is watched anyway."""
        try:
            return self._store.load(name) or {}
        except (StateCorruptError, StoreError) as error:
            logger.warning(plain(f"{error}"))
            return {}

    def _store_quietly(self, name: str, document: Mapping[str, object]) -> None:
        with suppress(StoreError):  # an older cursor tells twice, and loses nothing
            self._store.save(name, document)


def _channels() -> list[Channel]:
    address = alert_address(os.environ)
    if not address:
        return [LogChannel()]
    if find_spec("httpx") is None:
        message = "alerts to an address need httpx: pip install challenge-bot[watch]"
        raise NoHttpClientError(message)
    from bot.watch.alert_http import HttpChannel  # noqa: PLC0415

    return [LogChannel(), HttpChannel(address)]


def _start_log(run: RunFolder) -> None:
    logger.remove()
    logger.add(
        sys.stderr, level="INFO", format=_FORMAT, enqueue=True, backtrace=False, diagnose=False
    )
    logger.add(
        run.logs / "alerts.log",
        format=_FORMAT,
        enqueue=True,
        backtrace=False,
        diagnose=False,
        rotation="10 MB",
        retention=10,
        encoding="utf-8",
    )
