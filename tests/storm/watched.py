"""A small world under the eyes of all 25 invariants, and hands that break one of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from builders import TUESDAY_NOON, Waypoints, World, a_market, settings_for

from bot.live.evidence import magic_of, setup_of_magic
from bot.model.events import Event, OrderIntended
from bot.simulator.config import AccountConfig
from bot.simulator.faults import FaultPlan
from bot.simulator.faults.seam import Call, Method
from bot.simulator.state import Position
from tools.storm.invariants import CANARY, fresh_checkers
from tools.storm.model import Scene, Sent, Violation, told

ENTRY, STOP = 1.1000, 1.0950  # 1R is 50 pips
AT_ENTRY = (0.0, 1.09995, 1.10000)
ABOVE = (0.0, 1.10100, 1.10105)
MINUTES = 6_000


class FolderDisk:
    """A real folder as a scene's disk; everything written is durable."""

    def read(self, path: Path) -> bytes | None:
        """The file's content."""
        return path.read_bytes() if path.is_file() else None

    durable = read

    def files(self, folder: Path) -> tuple[Path, ...]:
        """Every file below."""
        return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))

    def overwrite(self, path: Path, content: bytes) -> None:
        """Change it."""
        path.write_bytes(content)

    def remove(self, path: Path) -> None:
        """Take it away."""
        path.unlink()


class TellingPlan(FaultPlan):
    """Tells of requests while the trader is at work; what others send is not its doing."""

    def __init__(self) -> None:
        super().__init__(1)
        self.watched: Watched | None = None

    def around(self, call: Call, method: Method) -> object:
        """The call, told of before if it is a request."""
        if call.name == "order_send" and self.watched is not None:
            self.watched.before_send(dict(call.args[0]))  # type: ignore[call-overload]
        return super().around(call, method)


class Watched:
    """A world, its scene, and what the checkers said."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plan = TellingPlan()
        self.plan.install(world.terminal)
        self.scene = Scene(
            seed=1,
            rng=random.Random(1),
            settings=world.settings,
            terminal=world.terminal,
            disk=FolderDisk(),
            state_folder=world.folder / "state",
            journal_folder=world.folder / "journal",
            plan=self.plan,
        )
        self.checkers = fresh_checkers()
        self.violations: list[Violation] = []
        self.start()

    @property
    def ids(self) -> set[str]:
        """The invariants that were broken."""
        return {violation.invariant_id for violation in self.violations}

    @property
    def said(self) -> str:
        """All that was said."""
        return "; ".join(f"{v.invariant_id}: {v.told}" for v in self.violations)

    def start(self) -> None:
        """A trader is born."""
        self._at_work(self.world.start)
        self.scene.bot = self.world.bot
        self.scene.starts_utc_s.append(self.now_utc_s)
        self.look()

    def restart(self) -> None:
        """It dies, and the next one starts on the same files."""
        self.die()
        self._at_work(self.world.restart)
        self.scene.bot = self.world.bot
        self.scene.starts_utc_s.append(self.now_utc_s)
        self.look()

    def die(self) -> None:
        """It is dead."""
        self.scene.bot = None
        self.scene.deaths_count += 1
        self.look()

    def cycle(self, cycles_count: int = 1, cycle_s: float = 10.0) -> None:
        """So many cycles of the trader, each looked at."""
        for _ in range(cycles_count):
            self.world.clock.sleep(cycle_s)
            self._at_work(self.world.cycle)
            self.look()

    def idle(self, looks_count: int = 1, cycle_s: float = 10.0) -> None:
        """Time passes and the trader completes cycles in which it does nothing."""
        for _ in range(looks_count):
            self.world.clock.sleep(cycle_s)
            self.world.bot.cycles_count += 1
            self.look()

    def look(self) -> None:
        """Ask every checker."""
        self.scene.now_utc_s = self.now_utc_s
        self.violations += told(self.checkers, self.scene)

    def end(self) -> None:
        """The last reckoning."""
        for checker in self.checkers:
            for words in checker.at_end(self.scene):
                self.violations.append(Violation(checker.invariant_id, self.now_utc_s, words))

    def send(self, request: Mapping[str, object]) -> object:
        """A request as if the trader had sent it, counted by its own client too."""
        self.world.bot.ports.broker._requests_sent_count += 1
        return self._at_work(lambda: self.world.terminal.order_send(dict(request)))

    def slip_in(self, request: Mapping[str, object]) -> int:
        """A request nobody sees leave, a late one for instance; the order's ticket."""
        answer = self.world.terminal.order_send(dict(request))
        assert answer.retcode == self.world.terminal.TRADE_RETCODE_DONE, answer
        return int(answer.order)

    def intend(self, magic: int, **changes: object) -> None:
        """The journal holds the intent of a request that is about to leave."""
        fields: dict[str, object] = {
            "intent_id": 1_000 + len(self.world.events("OrderIntended")),
            "magic": magic,
            "setup_id": setup_of_magic(magic),
            "symbol": "EURUSD",
            "action": "open_market",
            "side": "buy",
            "lots": 0.1,
            "price": ENTRY,
            "stop_price": STOP,
            "risk_money": 120.0,
            "base_risk_fraction": 0.006,
            "confluence_factor": 1.0,
            "brake_factor": 1.0,
            "evidence": "by hand",
            **changes,
        }
        self.tell(OrderIntended(**fields))  # type: ignore[arg-type]

    def tell(self, event: Event) -> None:
        """Put a line into the journal, as the trader would."""
        assert self.world.bot.record.event(event)

    def before_send(self, request: Mapping[str, object]) -> None:
        """Ask every checker about a request that is about to leave."""
        self.scene.now_utc_s = self.now_utc_s
        sent = Sent(self.now_utc_s, self.world.terminal._server.state.account.login, request)
        self.violations += told(self.checkers, self.scene, sent)
        self.scene.sends.append(sent)

    @property
    def now_utc_s(self) -> float:
        """The true moment."""
        return self.world.terminal.now_utc_s

    @property
    def position(self) -> Position:
        """The one open position."""
        (position,) = self.world.terminal._state.positions.values()
        return position

    def _at_work(self, act):  # type: ignore[no-untyped-def]
        self.plan.watched = self
        try:
            return act()
        finally:
            self.plan.watched = None


def a_watched_world(
    tmp_path: Path,
    *waypoints: tuple[float, float, float],
    start_utc_s: float = TUESDAY_NOON,
    **changes: object,
) -> Watched:
    """A world of EURUSD whose quotes follow `waypoints`, with a started trader."""
    path: Waypoints = waypoints or (AT_ENTRY,)
    market = a_market({"EURUSD": path}, MINUTES, start_utc_s)
    account = AccountConfig(password=CANARY)
    return Watched(World(tmp_path, market, settings_for("EURUSD", **changes), account=account))


def with_position(tmp_path: Path, *later: tuple[float, float, float]) -> Watched:
    """The same with a long position of the trader's own."""
    watched = a_watched_world(tmp_path, AT_ENTRY, *later)
    watched.world.add_setup("EURUSD", 1, ENTRY, STOP)
    watched.cycle(6)
    assert watched.position.sl > 0.0
    assert not watched.violations, watched.said
    return watched


def with_order(tmp_path: Path, *later: tuple[float, float, float]) -> Watched:
    """The same with a resting order of the trader's own."""
    watched = a_watched_world(tmp_path, ABOVE, *later)
    watched.world.add_setup("EURUSD", 1, ENTRY, STOP)
    watched.cycle(6)
    assert len(watched.world.terminal._state.orders) == 1
    assert not watched.violations, watched.said
    return watched


def a_key(watched: Watched, setup_id: int, attempt: int = 1, leg: int = 0) -> int:
    """A key of the trader's own."""
    return magic_of(watched.world.settings.magic_base, setup_id, attempt, leg)


def an_entry(watched: Watched, magic: int, **changes: object) -> dict[str, object]:
    """A market entry with its stop, as the package takes it."""
    return {
        "action": 1,
        "symbol": "EURUSD",
        "volume": 0.1,
        "type": 0,
        "price": 1.10000,
        "deviation": 10,
        "sl": STOP,
        "tp": 1.1100,
        "type_filling": 1,
        "magic": magic,
        "comment": "by hand",
        **changes,
    }
