"""What is true in a scene: the server's books beneath all faults, and the journal on its disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from bot.adapters.journal_files import day_path
from bot.live.evidence import MAGIC_BASE_SHIFT
from bot.live.state import BotState
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.rules.calendar import server_day
from bot.simulator.server import TradeServer
from bot.simulator.state import Position, RestingOrder, ServerState
from bot.simulator.structs import TradeDeal
from bot.timezones import firm_day_table
from tools.storm.invariants.exemptions import REASONS
from tools.storm.invariants.journal_tail import JournalTail, Line
from tools.storm.invariants.reach import Reach
from tools.storm.model import Checker, Scene, Sent

DEAL, PENDING, LEVELS, REMOVE = 1, 5, 6, 8
ENTRY_IN, ENTRY_OUT = 0, 1
REASON_ROLLOVER: Final = 7
_LEG_MASK: Final = 0xFF
_MENDED_STARTS: Final = 3
_DAMAGE: Final = frozenset({"D01", "D07", "D08", "D09", "D10", "D13", "H08", "P14", "P16"})


class Damage:
    """Whether somebody changed durable content behind the program's back not long ago.

    Fresh through the next few starts: the first of them meets it, and a person may have to come.
    """

    def __init__(self) -> None:
        self.is_fresh = False
        self._count = 0
        self._starts_count = -_MENDED_STARTS - 1

    def note(self, scene: Scene) -> None:
        """Look once more."""
        count = sum(n for fault_id, n in scene.fired.items() if fault_id in _DAMAGE)
        if count != self._count:
            self._count, self._starts_count = count, len(scene.starts_utc_s)
        self.is_fresh = len(scene.starts_utc_s) <= self._starts_count + _MENDED_STARTS


class Sight:
    """Shared by all checkers of one scene; looks anew once per round of questions."""

    def __init__(self) -> None:
        self.journal = JournalTail()
        self.reach = Reach()
        self.damage = Damage()
        self.server: TradeServer
        self.settings: BotSettings
        self.firm_table: OffsetTable
        self._scene: Scene | None = None
        self._served: set[int] = set()
        self._sent: Sent | None = None
        self._books = (-1, -1)
        self._page = (-1, "")
        self._day_asked, self._day_told = (-1.0, 0), 0
        self._positions: list[Position] = []
        self._orders: list[RestingOrder] = []

    def look(self, scene: Scene, who: Checker) -> None:
        """Look after a cycle; the first who asks in a round makes the others see the same."""
        if not self._served or id(who) in self._served:
            self._served.clear()
            self._meet(scene)
            self.journal.read_on(scene, may_turn=self._may_turn(scene))
            self.reach.note(scene, self.settings.schedule.poll_interval_s)
            self.damage.note(scene)
        self._served.add(id(who))

    def _may_turn(self, scene: Scene) -> bool:
        """Whether the journal may have a newer file than the one that is read."""
        day = self.firm_day(scene.now_utc_s)
        if day != self._page[0]:
            self._page = (day, day_path(scene.journal_folder, day).name)
        return self.journal.page != self._page[1]

    def look_at(self, scene: Scene, sent: Sent) -> None:
        """Look before a request goes out."""
        if sent is not self._sent:
            self._sent = sent
            self._meet(scene)
            self.journal.read_on(scene)

    def _meet(self, scene: Scene) -> None:
        if scene is not self._scene:
            self._scene = scene
            self.server = next(iter(scene.terminal._seats.values())).server
            self.settings = scene.settings
            self.firm_table = firm_day_table(scene.settings.firm_clock)
        if scene.bot is not None:
            self.settings = scene.bot.settings

    @property
    def state(self) -> ServerState:
        """The books of the trader's own account."""
        return self.server.state

    @property
    def deals(self) -> Sequence[TradeDeal]:
        """Every deal there ever was, in order."""
        return self.state.ledger._deals.rows

    @property
    def deal_times_utc_s(self) -> Sequence[float]:
        """The true moment of each of `deals`."""
        return self.state.ledger._deals.times_utc_s

    @property
    def own_positions(self) -> list[Position]:
        """Open positions with our magic."""
        self._read_books()
        return self._positions

    @property
    def own_orders(self) -> list[RestingOrder]:
        """Resting orders with our magic."""
        self._read_books()
        return self._orders

    def own_keys(self) -> list[tuple[int, int]]:
        """Ticket and key of everything of ours that is open or rests."""
        positions = [(p.ticket, p.magic) for p in self.own_positions]
        return positions + [(o.ticket, o.magic) for o in self.own_orders]

    def is_own(self, magic: int) -> bool:
        """Whether a magic number is ours."""
        return magic >> MAGIC_BASE_SHIFT == self.settings.magic_base

    def firm_day(self, utc_s: float) -> int:
        """The firm's day of a true moment; most ask about the same one."""
        asked = (utc_s, id(self.firm_table))
        if asked != self._day_asked:
            self._day_asked, self._day_told = asked, server_day(utc_s, self.firm_table)
        return self._day_told

    @property
    def balance_money(self) -> float:
        """The server's balance."""
        return self.state.ledger.balance_minor / self.state.converter.minor_per_unit

    @property
    def equity_money(self) -> float:
        """The server's equity."""
        return self.server.book.totals().equity_minor / self.state.converter.minor_per_unit

    def _read_books(self) -> None:
        books = (id(self.state), self.state.books_version)
        if books != self._books:
            self._books = books
            self._positions = [p for p in self.state.positions.values() if self.is_own(p.magic)]
            self._orders = [o for o in self.state.orders.values() if self.is_own(o.magic)]


class Watcher(Checker):
    """A checker with its own place in deals and journal lines, and a tally of what it excused.

    `slowest_s` is, where the promise has a time, the longest that was needed.
    """

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.excused: Counter[str] = Counter()
        self.checked_count = 0
        self._lines_read = self._cuts_read = self._deals_read = 0

    @property
    def slowest_s(self) -> float:
        """Nothing timed."""
        return 0.0

    def excuse(self, exemption_id: str) -> None:
        """Count the use of a named exemption."""
        assert exemption_id in REASONS, f"{exemption_id} is no named exemption"
        self.excused[exemption_id] += 1

    def new_lines(self) -> list[Line]:
        """Journal lines since the last call, each once."""
        fresh, again = self.standing_lines(), self.sight.journal.again
        return [line for place, line in fresh if place not in again] if fresh else []

    def standing_lines(self) -> list[tuple[int, Line]]:
        """Lines since the last call with their places; after a loss what came back comes again."""
        journal = self.sight.journal
        if self._lines_read == len(journal.lines) and self._cuts_read == len(journal.cuts):
            return []
        for cut in journal.cuts[self._cuts_read :]:
            self._lines_read = min(self._lines_read, cut)
            self.on_cut(cut)
        self._cuts_read = len(journal.cuts)
        first, self._lines_read = self._lines_read, len(journal.lines)
        return list(enumerate(journal.lines[first:], start=first))

    def on_cut(self, place: int) -> None:
        """Lines from `place` on are no longer in the journal."""

    def new_deals(self) -> Sequence[TradeDeal]:
        """The server's deals since the last call."""
        fresh = self.sight.deals[self._deals_read :]
        self._deals_read += len(fresh)
        return fresh


def is_opening(request: Mapping[str, object]) -> bool:
    """Whether a request raises exposure: a deal that names no position, or a pending order."""
    action = request.get("action")
    return action == PENDING or (action == DEAL and not request.get("position"))


def number(request: Mapping[str, object], name: str) -> float:
    """A figure of a request, 0 when it is not there."""
    value = request.get(name, 0.0)
    return float(value) if isinstance(value, (int, float)) else 0.0


def whole(request: Mapping[str, object], name: str) -> int:
    """A whole figure of a request, 0 when it is not there."""
    value = request.get(name, 0)
    return value if isinstance(value, int) else 0


def leg_of(magic: int) -> int:
    """Which part of a setup's requests a key belongs to: 0 entries, others exits."""
    return magic & _LEG_MASK


def strikes(scene: Scene, *fault_ids: str) -> int:
    """How often these faults struck the terminal."""
    return sum(1 for one in scene.plan.fired if one.fault_id in fault_ids)


def struck_since(scene: Scene, utc_s: float, *prefixes: str) -> bool:
    """Whether a fault whose id begins so struck the terminal at or after a moment."""
    for one in reversed(scene.plan.fired):
        if one.at_utc_s < utc_s:
            return False
        if one.fault_id.startswith(prefixes):
            return True
    return False


def belief(scene: Scene) -> BotState | None:
    """What the running trader holds to be true; None while it is dead."""
    return None if scene.bot is None else scene.bot.state
