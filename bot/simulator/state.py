"""What changes on the simulated server: positions, resting orders and the books that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import DataError
from bot.simulator.config import HEDGING, AccountConfig, Delays, Switches, TerminalConfig
from bot.simulator.converter import Converter
from bot.simulator.feed import Market, SymbolFeed
from bot.simulator.ledger import Ledger
from bot.simulator.server_clock import ServerClock
from bot.simulator.symbols import SymbolContract
from bot.simulator.tape import Tape
from bot.simulator.valuation import MODELLED_CALC_MODES

LONG, SHORT = 1, -1
_MODELLED_SWAP_MODES = tuple(range(9))
_POSITIVE_FIGURES = (
    "point",
    "tick_size",
    "contract_size",
    "leverage",
    "volume_min",
    "volume_max",
    "volume_step",
)
_FIGURE_MAX = 1e15


@dataclass(slots=True, eq=False)
class Position:
    """One open position; `side` is 1 long, -1 short. Netting accounts have one per symbol.

    `swap_minor` is accrued swap in cents; `margin_money` is the margin its volume binds unhedged,
    at the prices of its opening (BEHAVIOUR 14, assumed fixed afterwards). Times are wall clock.
    `seen_minor` is the floating result as of the server's `seen_version`.
    """

    ticket: int
    identifier: int
    desk: SymbolDesk
    side: int
    lots: float
    open_price: float
    sl: float
    tp: float
    magic: int
    comment: str
    reason: int
    open_wall_ms: int
    update_wall_ms: int
    margin_money: float
    swap_minor: int = 0
    seen_minor: int = 0
    seen_version: int = -1

    @property
    def closing_price(self) -> float:
        """The side of the last quote at which the position would be closed."""
        tape = self.desk.tape
        return tape.bid if self.side == LONG else tape.ask


@dataclass(slots=True, eq=False)
class RestingOrder:
    """One order; `kind` is the package's ORDER_TYPE_*, `expiry_ms` UTC (0: never).

    A triggered stop-limit order changes kind and price and keeps its ticket. `lots` is what is
    still to be filled, `filled_lots` what has been; an order `is_working` when it takes what the
    next quotes offer at market. `closes` is the position it closes, if it is not to open one;
    `position_id` the position it has dealt in so far.
    """

    ticket: int
    desk: SymbolDesk
    kind: int
    lots: float
    price: float
    stoplimit_price: float
    sl: float
    tp: float
    type_time: int
    type_filling: int
    expiration_wall_s: int
    expiry_ms: int
    magic: int
    comment: str
    reason: int
    setup_wall_ms: int
    filled_lots: float = 0.0
    is_working: bool = False
    closes: Position | None = None
    position_id: int = 0

    @property
    def side(self) -> int:
        """1 for a buy, -1 for a sell."""
        return SHORT if self.kind % 2 else LONG


@dataclass(slots=True, eq=False)
class SymbolDesk:
    """Everything the server keeps for one symbol."""

    name: str
    feed: SymbolFeed
    contract: SymbolContract
    tape: Tape
    is_selected: bool = True
    is_visible: bool = True
    ticks_from_ms: int = 0
    positions: dict[int, Position] = field(default_factory=dict)
    orders: dict[int, RestingOrder] = field(default_factory=dict)

    @property
    def netted_position(self) -> Position | None:
        """The one position of a netting account in this symbol."""
        return next(iter(self.positions.values()), None)

    @property
    def is_live(self) -> bool:
        """Whether a quote of this symbol can change the account's books."""
        return bool(self.positions or self.orders)


class ServerState:
    """The whole server at one moment; `version` grows whenever anything readable may differ.

    Raises `DataError` for a market or contract that cannot be simulated exactly.
    """

    def __init__(
        self, market: Market, account: AccountConfig, terminal: TerminalConfig, clock: ServerClock
    ) -> None:
        self.market = market
        self.account = account
        self.terminal = terminal
        self.clock = clock
        self.is_netting = account.margin_mode != HEDGING
        self.switches = Switches()
        self.delays = Delays()
        self.desks: dict[str, SymbolDesk] = {
            name: _new_desk(name, feed, int(market.start_utc_s))
            for name, feed in market.feeds.items()
        }
        contracts: Mapping[str, SymbolContract] = {n: d.contract for n, d in self.desks.items()}
        tapes = {name: desk.tape for name, desk in self.desks.items()}
        self.converter = Converter(account, contracts, tapes)
        self.ledger = Ledger(clock, self.converter.minor_per_unit, terminal)
        self.positions: dict[int, Position] = {}
        self.orders: dict[int, RestingOrder] = {}
        self.now_ms = int(market.start_utc_s * 1000)
        self._wall_of_ms, self._wall_ms, self._wall_table = -1, 0, clock.table
        self.version = 0
        self.books_version = 0
        self.commission_due_minor = 0
        if terminal.market_watch is not None:
            self._open_market_watch(terminal.market_watch)

    @property
    def now_wall_ms(self) -> int:
        """The server's wall clock now, epoch milliseconds."""
        if self._wall_of_ms != self.now_ms or self._wall_table is not self.clock.table:
            self._wall_of_ms, self._wall_table = self.now_ms, self.clock.table
            self._wall_ms = self.clock.wall_ms(self.now_ms)
        return self._wall_ms

    def move_to(self, now_ms: int) -> None:
        """Set the clock; quotes are read on when somebody looks."""
        self.now_ms = now_ms
        self.version += 1

    def books_changed(self) -> None:
        """Positions, orders, balance or switches are no longer what they were."""
        self.books_version += 1
        self.version += 1

    def add_position(self, position: Position) -> None:
        """Enter a new position into both books."""
        self.positions[position.ticket] = position
        position.desk.positions[position.ticket] = position
        self.books_changed()

    def drop_position(self, position: Position) -> None:
        """Take a closed position out of both books."""
        del self.positions[position.ticket]
        del position.desk.positions[position.ticket]
        self.books_changed()

    def add_order(self, order: RestingOrder) -> None:
        """Enter a new resting order into both books."""
        self.orders[order.ticket] = order
        order.desk.orders[order.ticket] = order
        self.books_changed()

    def drop_order(self, order: RestingOrder) -> None:
        """Take a finished order out of both books."""
        del self.orders[order.ticket]
        del order.desk.orders[order.ticket]
        self.books_changed()

    def _open_market_watch(self, names: tuple[str, ...]) -> None:
        unknown = sorted(set(names) - set(self.desks))
        if unknown:
            message = f"market_watch names {unknown}; the market has: {', '.join(self.desks)}"
            raise DataError(message)
        for name, desk in self.desks.items():
            desk.is_selected = desk.is_visible = name in names
        for name in names:
            self.select_crosses(self.desks[name])

    def select_crosses(self, desk: SymbolDesk) -> None:
        """Select, without showing them, the symbols that convert this one's money."""
        for name in self.crosses_of(desk):
            self.desks[name].is_selected = True

    def is_cross_in_use(self, desk: SymbolDesk) -> bool:
        """Whether an open position of another symbol has its money converted by this one."""
        live = (other for other in self.desks.values() if other.positions and other is not desk)
        return any(desk.name in self.crosses_of(other) for other in live)

    def crosses_of(self, desk: SymbolDesk) -> set[str]:
        """The symbols that convert profit and margin of `desk`."""
        behind = self.converter.symbols_behind
        contract = desk.contract
        return {*behind(contract.currency_profit), *behind(contract.currency_margin)}


def _new_desk(name: str, feed: SymbolFeed, start_utc_s: int) -> SymbolDesk:
    contract = feed.contract
    if contract.name != name:
        message = f"feed {name!r} carries the contract of {contract.name!r}; names must agree"
        raise DataError(message)
    if contract.calc_mode not in MODELLED_CALC_MODES:
        allowed = ", ".join(map(str, MODELLED_CALC_MODES))
        message = f"{name}: calc_mode is {contract.calc_mode}; modelled: {allowed}"
        raise DataError(message)
    if contract.swap_mode not in _MODELLED_SWAP_MODES:
        allowed = ", ".join(map(str, _MODELLED_SWAP_MODES))
        message = f"{name}: swap_mode is {contract.swap_mode}; modelled: {allowed}"
        raise DataError(message)
    for figure in _POSITIVE_FIGURES:
        value = getattr(contract, figure)
        if not 0.0 < value < _FIGURE_MAX:
            message = f"{name}: {figure} is {value}; allowed: above 0 and finite"
            raise DataError(message)
    desk = SymbolDesk(name, feed, contract, Tape(feed.quotes))
    _remember_last_close(desk, start_utc_s)
    return desk


def _remember_last_close(desk: SymbolDesk, start_utc_s: int) -> None:
    """The tick a terminal still shows from before the market begins: the last close known then."""
    base_s, base = desk.feed.base_timeframe_s, desk.feed.base_bars
    ended = base.take(base.open_utc_s + base_s <= start_utc_s)
    sources = {base_s: ended} if len(ended) else dict(desk.feed.extra_history)
    for timeframe_s in sorted(sources):
        bars = sources[timeframe_s]
        if len(bars):
            bid = float(bars.close[-1])
            ask = bid + max(int(bars.spread_points[-1]), 0) * desk.contract.point
            time_s = min(int(bars.open_utc_s[-1]) + timeframe_s, start_utc_s)
            desk.tape.begin_with(bid, round(ask, desk.contract.digits), time_s * 1000)
            return
