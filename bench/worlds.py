"""What the measurements stand on: the real bot on the simulated terminal, the terminal timed."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.adapters.clock import ManualClock
from bot.adapters.command_spool import CommandSpool
from bot.adapters.heartbeat import FileHeartbeat
from bot.adapters.json_store import JsonStore
from bot.adapters.jsonl_journal import JsonlJournal
from bot.adapters.mt5_client import MT5Client
from bot.cli.simulated_account import account_config, simulated_settings
from bot.cli.simulation import CYCLE_S
from bot.errors import BrokerUnavailableError
from bot.live.build import Bot, Ports, build_bot
from bot.live.loop import skip, start, tick
from bot.live.state import SCHEMA_VERSION, Setup, SetupStatus
from bot.model.settings import BotSettings
from bot.params import load_settings
from bot.simulator.feed import Market
from bot.simulator.generated import generated_market
from bot.simulator.symbols import conversion_symbols
from bot.simulator.terminal import SimulatedTerminal
from bot.timezones import server_offset_table

ROOT = Path(__file__).resolve().parents[1]
TUESDAY_UTC_S = datetime(2026, 3, 17, 12, 0, tzinfo=UTC).timestamp()
SEED = 7

SYMBOLS = (
    "EURUSD", "GBPUSD", "USDJPY", "AUDUSD", "NZDUSD", "USDCAD", "USDCHF", "XAUUSD", "EURGBP",
    "EURJPY", "GBPJPY", "AUDJPY", "CADJPY", "CHFJPY", "NZDJPY", "EURAUD", "EURCAD", "EURCHF",
    "EURNZD", "GBPAUD", "GBPCAD", "GBPCHF", "GBPNZD", "AUDCAD", "AUDCHF", "AUDNZD", "CADCHF",
    "NZDCAD", "NZDCHF", "XAGUSD",
)  # fmt: skip


class TimedTerminal:
    """A terminal whose own time is counted, so that it can be told from the bot's."""

    def __init__(self, terminal: SimulatedTerminal) -> None:
        self.inner = terminal
        self.spent_s = 0.0
        self.calls_count = 0
        self._timed: dict[str, object] = {}

    def __getattr__(self, name: str) -> object:
        if name not in self._timed:
            value = getattr(self.inner, name)
            self._timed[name] = self._counting(value) if callable(value) else value
        return self._timed[name]

    def _counting(self, function: Callable[..., object]) -> Callable[..., object]:
        def timed(*arguments: object, **named: object) -> object:
            began = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.spent_s += time.process_time() - began
                self.calls_count += 1

        return timed


@dataclass
class World:
    """One bot, its terminal and its clock; `advance` runs the market on, `cycle` the bot."""

    bot: Bot
    terminal: TimedTerminal
    clock: ManualClock
    files: tempfile.TemporaryDirectory[str]
    """Removed when the world is."""
    advance_spent_s: float = 0.0

    def advance(self, seconds: float) -> None:
        began = time.process_time()
        self.clock.sleep(seconds)
        self.advance_spent_s += time.process_time() - began

    def cycle(self) -> None:
        try:
            tick(self.bot)
        except BrokerUnavailableError as error:
            skip(self.bot, error)


def replay_settings(symbols: Sequence[str], cycle_s: float = CYCLE_S) -> BotSettings:
    """The shipped parameters as `bot demo` and `bot replay` use them."""
    settings = load_settings(ROOT / "params" / "current_params.json")
    settings = simulated_settings(settings, tuple(symbols))
    return replace(settings, schedule=replace(settings.schedule, poll_interval_s=cycle_s))


def live_settings(symbols: Sequence[str]) -> BotSettings:
    """The shipped parameters with the live intervals, on the simulated account."""
    live = load_settings(ROOT / "params" / "current_params.json")
    return replace(simulated_settings(live, tuple(symbols)), schedule=live.schedule)


def generated_world_market(symbols: Sequence[str], days_count: int) -> Market:
    wanted = tuple(dict.fromkeys((*symbols, *conversion_symbols(symbols))))
    return generated_market(SEED, wanted, int(TUESDAY_UTC_S), days_count)


def a_world(market: Market, settings: BotSettings) -> World:
    """A started bot on `market`; files without fsync, as in demo and replay."""
    files = tempfile.TemporaryDirectory(prefix="bench-")
    folder = Path(files.name)
    inner = SimulatedTerminal(market, account=account_config(settings))
    clock = ManualClock(float(market.start_utc_s), inner.advance_to)
    terminal = TimedTerminal(inner)
    broker = MT5Client(
        terminal,  # type: ignore[arg-type]
        settings.account,
        settings.symbols,
        settings.broker_suffixes,
        clock,
        commissions=settings.commissions,
    )
    ports = Ports(
        broker,
        clock,
        JsonStore(folder / "state", SCHEMA_VERSION, fsync=False),
        JsonlJournal(folder / "journal", clock, server_offset_table(), fsync=False),
        CommandSpool(folder / "commands", clock.now_utc_s),
        FileHeartbeat(folder / "heartbeat.json", clock),
        DeclaredCalendar("bench"),
    )
    clock.sleep(3_600.0)
    bot = build_bot(ports, settings, "bench")
    start(bot)
    return World(bot, terminal, clock, files)


def put_setup(world: World, symbol: str, distance_r: float) -> None:
    """A buy setup `distance_r` below the market, its stop 2 % away, as the scanner would queue."""
    tick_now = world.terminal.inner.symbol_info_tick(symbol)
    assert tick_now is not None
    one_r_price = tick_now.ask * 0.02
    entry_price = tick_now.ask - distance_r * one_r_price
    state, now = world.bot.state, world.clock.now_utc_s()
    setup = Setup(
        setup_id=state.next_setup_id,
        symbol=symbol,
        side=1,
        entry_price=entry_price,
        stop_price=entry_price - one_r_price,
        points=4.0,
        bar_utc_s=now - 86_400.0,
        created_utc_s=now,
        expires_utc_s=now + world.bot.settings.entry.expiry_s,
        status=SetupStatus.AWAITING_ENTRY,
        since_utc_s=now,
    )
    state.next_setup_id += 1
    state.setups[setup.setup_id] = setup
    world.bot.record.touch()


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def median_ms(values: Sequence[float]) -> float:
    return statistics.median(values) * 1_000.0


def resident_mib() -> float:
    """Resident memory of this process."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096 / 2**20
