"""What reads show that is not what is: rows hidden, invented, late, or all as they were before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from bot.simulator.faults.answers import BAR_READS, BOOK_READS, HISTORY_READS, changed, is_selected
from bot.simulator.faults.seam import Call
from bot.simulator.faults.world import World, quoted
from bot.simulator.order_rows import STATE_FILLED
from bot.simulator.position_rows import PositionBoard
from bot.simulator.struct_sequence import StructSequence
from bot.simulator.structs import TradeDeal, TradeOrder, TradePosition
from bot.simulator.symbol_board import SymbolBoard

Rows = tuple[StructSequence, ...]
Proceed = Callable[[Call], object]

_TICK_READS: Final = frozenset({"copy_ticks_from", "copy_ticks_range"})
_ROW_READS: Final = BOOK_READS | HISTORY_READS
_PRICED: Final = frozenset({"order_calc_margin", "order_calc_profit", "market_book_get"})
_TOTAL: Final = "_total"
_NOT_FOUND: Final = -4
_PLACED: Final = 1  # ORDER_STATE_PLACED
PENDING_KINDS: Final = range(2, 8)
OUT_OF_STEP: Final = "out of step"
_PIPE_CODES: Final = {
    "broken": (-10002, -10004),
    "stuck": (-10001, -10001),
    OUT_OF_STEP: (-10000, -10000),
}
PIPES: Final = tuple(_PIPE_CODES)
"""What can be left of the pipe, and with which codes the first call and all others fail."""


class RowView:
    """Changes the rows of positions, orders and history; totals count what is shown."""

    functions = _ROW_READS
    is_wall = False

    def answer(self, call: Call, proceed: Proceed) -> object:
        """The rows as this view shows them; refused calls stay refused."""
        answer = proceed(call)
        if answer is None:
            return None
        if not call.name.endswith(_TOTAL):
            return self.rows(call.name, cast("Rows", answer), call.kwargs)
        getter = call.name.removesuffix(_TOTAL) + "_get"
        listed = cast("Rows", proceed(Call(getter, call.args)))
        return len(self.rows(getter, listed, {}))

    def rows(self, getter: str, rows: Rows, kwargs: Mapping[str, object]) -> Rows:
        """What `getter` lists instead of `rows` when called with `kwargs`."""
        del getter, kwargs
        return rows


class ListedTwice(RowView):
    """Shows filled pending orders twice in the history: as placed, and as filled."""

    functions = frozenset({"history_orders_get", "history_orders_total"})

    def rows(self, getter: str, rows: Rows, kwargs: Mapping[str, object]) -> Rows:
        """The rows, each filled pending order after its own placement."""
        return tuple(shown for row in rows for shown in _both(row))


def _both(row: StructSequence) -> Rows:
    if not isinstance(row, TradeOrder) or row.state != STATE_FILLED:
        return (row,)
    if row.type not in PENDING_KINDS:
        return (row,)
    placed = changed(row, state=_PLACED, volume_current=row.volume_initial, position_id=0)
    return (placed, row)


class NotYetVisible(RowView):
    """Hides everything one order led to: the order, its deals and the position it opened."""

    def __init__(self, order_ticket: int, where: str = "all") -> None:
        self._ticket = order_ticket
        self._where = where

    def rows(self, getter: str, rows: Rows, kwargs: Mapping[str, object]) -> Rows:
        """The rows without those of the order, where it is hidden."""
        if self._where not in ("all", getter.split("_", maxsplit=1)[0]):
            return rows
        return tuple(row for row in rows if not self._is_of_order(row))

    def _is_of_order(self, row: StructSequence) -> bool:
        if isinstance(row, TradeDeal):
            return row.order == self._ticket
        return isinstance(row, TradeOrder | TradePosition) and row.ticket == self._ticket


class StillThere(RowView):
    """Shows a position as it was, although it has been reduced or closed."""

    functions = frozenset({"positions_get", "positions_total"})

    def __init__(self, position: TradePosition) -> None:
        self._position = position

    def rows(self, getter: str, rows: Rows, kwargs: Mapping[str, object]) -> Rows:
        """The rows with the old one in place of the new one, or added."""
        ticket = self._position.ticket
        others = tuple(row for row in cast("tuple[TradePosition, ...]", rows) if row[0] != ticket)
        return (*others, self._position) if is_selected(self._position, kwargs) else others


class InFlight(RowView):
    """Shows an order that the server has accepted and not yet executed."""

    functions = frozenset({"orders_get", "orders_total"})

    def __init__(self, order: TradeOrder) -> None:
        self._order = order

    def rows(self, getter: str, rows: Rows, kwargs: Mapping[str, object]) -> Rows:
        """The rows and the order."""
        return (*rows, self._order) if is_selected(self._order, kwargs) else rows


class CutOff(RowView):
    """A terminal without its server: it goes on showing what it knew when the link was lost.

    The server trades on behind it. Bars, ticks and history end at that moment, and what other
    faults hid or invented then stays hidden or invented.
    """

    functions = (
        _ROW_READS
        | BAR_READS
        | _TICK_READS
        | _PRICED
        | {"account_info", "symbol_info", "symbol_info_tick", "symbols_get"}
    )

    def __init__(self, world: World) -> None:
        state = world.state
        board, book = SymbolBoard(state), PositionBoard(state)
        self._world, self._state = world, state
        self._views = [view for view in world.overlays if isinstance(view, RowView)]
        self._since_ms = state.now_ms
        self._since_wall_ms = state.now_wall_ms
        self._book: dict[str, tuple[TradePosition | TradeOrder, ...]] = {
            "positions_get": book.positions(),
            "orders_get": book.orders(),
        }
        self._account = changed(world.server.book.info(), trade_allowed=False)
        self._ticks = {name: board.tick(name) for name in board.names()}
        self._infos = {name: board.info(name) for name in board.names()}
        self._quotes = {n: (desk.tape.bid, desk.tape.ask) for n, desk in state.desks.items()}

    def answer(self, call: Call, proceed: Proceed) -> object:
        """The answer as of the moment the link was lost."""
        if call.name in _ROW_READS:
            return super().answer(call, proceed)
        if call.name in BAR_READS:
            return self._bars(call, proceed)
        if call.name in _PRICED:
            with quoted(self._state, self._quotes):
                return proceed(call)
        answer = proceed(call)
        if answer is None or answer is False:
            return answer
        if call.name in _TICK_READS:
            return self._old_ticks(cast("NDArray[np.void]", answer))
        return self._figures(call, answer)

    def rows(self, getter: str, rows: Rows, kwargs: Mapping[str, object]) -> Rows:
        """Positions and orders of then; of the history what was over by then."""
        if getter in self._book:
            rows = tuple(row for row in self._book[getter] if is_selected(row, kwargs))
        else:
            stamp = "time_msc" if getter.startswith("history_deals") else "time_done_msc"
            rows = tuple(row for row in rows if getattr(row, stamp) <= self._since_wall_ms)
        for view in self._views:
            if getter in view.functions:
                rows = view.rows(getter, rows, kwargs)
        return rows

    def _figures(self, call: Call, answer: object) -> object:
        if call.name == "account_info":
            return self._account
        if call.name == "symbols_get":
            listed = cast("tuple[StructSequence, ...]", answer)
            return tuple(self._infos[str(row._asdict()["name"])] for row in listed)
        remembered = self._ticks if call.name == "symbol_info_tick" else self._infos
        row = remembered[str(call.args[0])]
        return self._world.fail(call, _NOT_FOUND) if row is None else row

    def _bars(self, call: Call, proceed: Proceed) -> object:
        """Bars are a pure function of the moment: the clock is set back for the one call."""
        now_ms = self._state.now_ms
        self._state.now_ms = self._since_ms
        try:
            return proceed(call)
        finally:
            self._state.now_ms = now_ms

    def _old_ticks(self, ticks: NDArray[np.void]) -> NDArray[np.void]:
        old = ticks[ticks["time_msc"] <= self._since_wall_ms]
        old.flags.writeable = False
        return old


class Unreachable:
    """Every call fails with the same error."""

    functions: frozenset[str] = frozenset()
    is_wall = True

    def __init__(self, world: World, code: int) -> None:
        self._world = world
        self._code = code

    def answer(self, call: Call, proceed: Proceed) -> object:
        """A failure; `shutdown` alone works without a terminal."""
        return proceed(call) if call.name == "shutdown" else self._world.fail(call, self._code)


class PipeLost:
    """The pipe to the terminal is of no use: nothing works until `initialize` succeeds.

    A broken pipe is noticed after the first failing call (-10002, then -10004); a stuck one gives
    -10001 for ever; in one that is out of step every answer belongs to another call, -10000
    (BEHAVIOUR 4). While the terminal is down `initialize` finds none (-10003).
    """

    functions: frozenset[str] = frozenset()

    def __init__(self, world: World, pipe: str) -> None:
        self._world = world
        self._codes = _PIPE_CODES[pipe]
        self._was_noticed = False
        self.is_down = pipe != OUT_OF_STEP
        self.is_lost = True
        """False once the script is connected again."""

    @property
    def is_wall(self) -> bool:
        """Whether nothing gets through."""
        return self.is_lost

    def answer(self, call: Call, proceed: Proceed) -> object:
        """The failure that fits the state of the pipe."""
        if not self.is_lost or call.name == "shutdown":
            return proceed(call)
        if call.name == "initialize":
            if self.is_down:
                return self._world.fail(call, -10003)
            answer = proceed(call)
            self.is_lost = answer is not True
            return answer
        code = self._codes[self._was_noticed]
        self._was_noticed = True
        return self._world.fail(call, code)
