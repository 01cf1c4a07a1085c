"""Worlds small enough to check by head: a scripted market, the simulated terminal, the real bot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.adapters.clock import ManualClock
from bot.adapters.json_store import JsonStore
from bot.adapters.jsonl_journal import JsonlJournal
from bot.adapters.mt5_client import MT5Client
from bot.errors import BrokerUnavailableError
from bot.live.build import Bot, Ports, build_bot
from bot.live.loop import skip, start, tick
from bot.live.migrations import MIGRATIONS
from bot.live.state import SCHEMA_VERSION, Setup, SetupStatus
from bot.model.settings import BotSettings
from bot.params import load_settings
from bot.ports import Broker, Command, Machine, NewsCalendar
from bot.simulator.config import AccountConfig
from bot.simulator.faults import SimpleFaults
from bot.simulator.feed import Market, SymbolFeed
from bot.simulator.quotes import BarArrays, QuoteArrays
from bot.simulator.symbols import default_contract
from bot.simulator.terminal import SimulatedTerminal
from bot.timezones import firm_day_table

PARAMS = Path(__file__).resolve().parents[1] / "params" / "current_params.json"
QUOTE_EVERY_S = 10
TUESDAY_NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC).timestamp()
"""A quiet moment: 14:00 server, US summer time, no rollover, no weekend near."""

Waypoints = Sequence[tuple[float, float, float]]
"""(minutes after the start, bid, ask): the quote holds until the next one."""


def a_market(
    paths: Mapping[str, Waypoints], minutes: float, start_utc_s: float = TUESDAY_NOON
) -> Market:
    """A market whose quotes follow `paths`, one quote every ten seconds."""
    end_utc_s = int(start_utc_s + minutes * 60)
    feeds = {name: _feed(name, path, (int(start_utc_s), end_utc_s)) for name, path in paths.items()}
    return Market("scripted", feeds, int(start_utc_s), end_utc_s)


def _feed(name: str, path: Waypoints, window: tuple[int, int]) -> SymbolFeed:
    start, end = window
    times = np.arange(start, end, QUOTE_EVERY_S, dtype=np.int64)
    moments = np.array([start + minute * 60.0 for minute, _, _ in path])
    index = np.maximum(0, np.searchsorted(moments, times, side="right") - 1)
    bid = np.array([b for _, b, _ in path])[index]
    ask = np.array([a for _, _, a in path])[index]
    opens = np.arange(start - start % 60, end, 60, dtype=np.int64)
    at = np.minimum(np.searchsorted(times, opens), len(times) - 1)
    price = bid[at]
    bars = BarArrays(
        opens,
        price,
        price.copy(),
        price.copy(),
        price.copy(),
        np.ones(len(opens), dtype=np.int64),
        np.ones(len(opens), dtype=np.int64),
    )
    quotes = QuoteArrays(times * 1000, bid, ask)
    return SymbolFeed(default_contract(name), 60, bars, {}, quotes)


@dataclass(slots=True)
class Spool:
    """Commands of a person, taken once."""

    waiting: list[Command] = field(default_factory=list)
    unfinished: list[Command] = field(default_factory=list)
    said_count: int = 0

    def say(self, verb: str, reason: str = "test", argument: str = "") -> None:
        """Queue a command."""
        self.said_count += 1
        self.waiting.append(Command(f"{verb}-{self.said_count}", verb, reason, argument))

    def take(self) -> Sequence[Command]:
        """Hand over what is waiting."""
        taken, self.waiting = self.waiting, []
        self.unfinished += taken
        return taken

    def acknowledge(self, command_id: str) -> None:
        """Forget a command that was carried out."""
        self.unfinished = [c for c in self.unfinished if c.command_id != command_id]

    def begin_again(self) -> None:
        """Another process begins: what was not acknowledged waits again."""
        self.waiting, self.unfinished = [*self.unfinished, *self.waiting], []


class Pulse:
    """A heartbeat that only counts."""

    def __init__(self) -> None:
        self.beats_count = 0

    def beat(self, cycle_count: int) -> None:
        """Count it."""
        self.beats_count = cycle_count


@cache
def shipped_settings() -> BotSettings:
    """The shipped parameters, read once: settings never change, tests replace what they vary."""
    return load_settings(PARAMS)


def settings_for(*symbols: str, **changes: object) -> BotSettings:
    """The shipped parameters over `symbols`; `changes` replace whole groups or fields of them."""
    settings = shipped_settings()
    chosen = tuple(item for item in settings.symbols if item.symbol in symbols)
    settings = replace(
        settings,
        symbols=chosen,
        schedule=replace(settings.schedule, connected_before_entry_s=0.0),
    )
    return replace(settings, **changes)  # type: ignore[arg-type]


class OneThread:
    """A broker whose calls all run on one thread of its own, whoever asks (FAULTS T04)."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._thread = ThreadPoolExecutor(max_workers=1)

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._broker, name)
        return lambda *args: self._thread.submit(method, *args).result()


class World:
    """One account on the simulated terminal and a bot that may die and be started again."""

    def __init__(
        self,
        folder: Path,
        market: Market,
        settings: BotSettings,
        wrap: Callable[[Broker], Broker] = lambda broker: broker,
        account: AccountConfig | None = None,
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.terminal = SimulatedTerminal(market, account=account or AccountConfig())
        self.faults = SimpleFaults()
        self.terminal.install_faults(self.faults)
        self.clock = ManualClock(float(market.start_utc_s), self.terminal.advance_to)
        self.spool = Spool()
        self.pulse = Pulse()
        self.machine: Machine | None = None
        self.wrap = wrap
        self.calendar: NewsCalendar = DeclaredCalendar("test")
        self.bot = self._new_bot()

    def _new_bot(self) -> Bot:
        settings = self.settings
        broker = MT5Client(
            self.terminal,
            settings.account,
            settings.symbols,
            settings.broker_suffixes,
            self.clock,
            commissions=settings.commissions,
        )
        store = JsonStore(self.folder / "state", SCHEMA_VERSION, fsync=False, migrations=MIGRATIONS)
        journal = JsonlJournal(
            self.folder / "journal",
            self.clock,
            firm_day_table(self.settings.firm_clock),
            fsync=False,
        )
        ports = Ports(
            self.wrap(broker),
            self.clock,
            store,
            journal,
            self.spool,
            self.pulse,
            self.calendar,
            self.machine,
        )
        return build_bot(ports, settings, "test")

    def start(self) -> World:
        """Start the bot, as a process would."""
        start(self.bot)
        return self

    def restart(self) -> World:
        """Drop the bot without a word and start a new one on the same files and broker."""
        self.spool.begin_again()
        self.bot = self._new_bot()
        return self.start()

    def run_minutes(self, minutes: float, cycle_s: float = 10.0) -> World:
        """Cycle until `minutes` have passed."""
        until = self.clock.now_utc_s() + minutes * 60.0
        while self.clock.now_utc_s() < until:
            self.clock.sleep(cycle_s)
            self.cycle()
        return self

    def cycle(self) -> None:
        """One cycle as `run` would do it."""
        try:
            tick(self.bot)
        except BrokerUnavailableError as error:
            skip(self.bot, error)

    def add_setup(
        self, symbol: str, side: int, entry_price: float, stop_price: float, points: float = 4.0
    ) -> Setup:
        """Put a setup into the entry queue, as the scanner would."""
        state, now = self.bot.state, self.clock.now_utc_s()
        setup = Setup(
            setup_id=state.next_setup_id,
            symbol=symbol,
            side=side,
            entry_price=entry_price,
            stop_price=stop_price,
            points=points,
            bar_utc_s=now - 86_400.0,
            created_utc_s=now,
            expires_utc_s=now + self.settings.entry.expiry_s,
            status=SetupStatus.AWAITING_ENTRY,
            since_utc_s=now,
        )
        state.next_setup_id += 1
        state.setups[setup.setup_id] = setup
        self.bot.record.touch()
        return setup

    def open_foreign(self, symbol: str, side: int, lots: float, stop_price: float) -> int:
        """A position of somebody else's: no magic of ours. Returns its ticket."""
        terminal = self.terminal
        answer = terminal.order_send(
            {
                "action": terminal.TRADE_ACTION_DEAL,
                "symbol": symbol,
                "volume": lots,
                "type": terminal.ORDER_TYPE_BUY if side > 0 else terminal.ORDER_TYPE_SELL,
                "sl": stop_price,
                "type_filling": terminal.ORDER_FILLING_IOC,
            }
        )
        assert answer.retcode == terminal.TRADE_RETCODE_DONE, answer
        return int(answer.order)

    def events(self, kind: str = "") -> list[Mapping[str, object]]:
        """Everything journalled so far, or of one kind."""
        lines = self.bot.ports.journal.events()
        return [line for line in lines if not kind or line["event"] == kind]

    @property
    def balance(self) -> float:
        """The broker's balance."""
        return float(self.terminal.account_info().balance)

    @property
    def equity(self) -> float:
        """The broker's equity."""
        return float(self.terminal.account_info().equity)
