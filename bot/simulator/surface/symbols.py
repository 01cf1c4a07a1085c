"""The list of symbols, their contracts and last ticks, Market Watch and the depth of market."""

from __future__ import annotations

from typing import Final

from bot.simulator.market_depth import depth_of
from bot.simulator.requests import CallRefusedError
from bot.simulator.retcodes import terminal_error
from bot.simulator.server import TradeServer
from bot.simulator.structs import BookInfo, Tick
from bot.simulator.surface.arguments import (
    GROUP_UNITS_MAX,
    demand_count,
    demand_parsed_count,
    is_in_group,
    symbol_at,
    text_of,
)
from bot.simulator.surface.base import Surface, word
from bot.simulator.symbol_struct import SymbolInfo

_CALL_FAILED: Final = -1
_NOT_FOUND: Final = -4
_MS_PER_S: Final = 1000


class SymbolCalls(Surface):
    """symbols_*, symbol_* and market_book_*."""

    def __init__(self, server: TradeServer) -> None:
        super().__init__(server)
        self._open_books: set[str] = set()

    def symbols_total(self) -> int | None:
        """How many symbols the server offers."""
        return len(self._board.names()) if self._enter() else None

    def symbols_get(self, *args: object, **kwargs: object) -> tuple[SymbolInfo, ...] | bool | None:
        """All symbols, or those of a group mask; False for an argument of the wrong type."""
        if not self._enter():
            return None
        try:
            demand_count(args, 0, 1)
            named = {"group": args[0]} if args else kwargs
            group = text_of(named, "group", GROUP_UNITS_MAX) if "group" in named else ""
        except CallRefusedError as error:
            self._error = error.pair
            return False
        names = [name for name in self._board.names() if not group or is_in_group(name, group)]
        infos = (self._board.info(name) for name in names)
        return tuple(info for info in infos if info is not None)

    def symbol_info(self, *args: object) -> SymbolInfo | None:
        """One symbol's contract and quote, selected or not; None and -4 when unknown."""
        name = self._named_symbol(args)
        if name is None:
            return None
        info = self._board.info(name)
        if info is None:
            self._error = terminal_error(_NOT_FOUND)
        return info

    def symbol_info_tick(self, *args: object) -> Tick | None:
        """The last tick of a selected symbol, however old; else None and -4."""
        name = self._named_symbol(args)
        if name is None:
            return None
        tick = self._board.tick(name)
        if tick is None:
            self._error = terminal_error(_NOT_FOUND)
        return tick

    def symbol_select(self, *args: object) -> bool | None:
        """Put a symbol into Market Watch or, with a false second argument, take it out.

        A symbol with open positions or orders stays: False and -1. Putting one in selects what
        converts its money, unseen; such a cross stays selected while a position needs it.
        """
        if not self._enter():
            return False
        try:
            demand_parsed_count(args, 1, 2)
        except SystemError as error:
            word(error, "symbol_select")
            raise
        try:
            desk = self._state.desks.get(symbol_at(args, 0))
        except CallRefusedError as error:
            self._error = error.pair
            return False
        wants_in = bool(args[1]) if len(args) > 1 else True
        if desk is None or (desk.is_live and not wants_in):
            self._error = terminal_error(_CALL_FAILED)
            return False
        if wants_in and not desk.is_selected:
            wait_ms = int(self._state.terminal.first_tick_s * _MS_PER_S)
            desk.ticks_from_ms = self._state.now_ms + wait_ms
        desk.is_visible = wants_in
        desk.is_selected = wants_in or self._state.is_cross_in_use(desk)
        if wants_in:
            self._state.select_crosses(desk)
        self._state.version += 1
        return True

    def market_book_add(self, *args: object) -> bool | None:
        """Follow a symbol's depth of market; False, with Success, where there is none."""
        name = self._named_symbol(args)
        if name is None:
            return None
        desk = self._state.desks.get(name)
        if desk is None or not desk.is_selected or desk.contract.book_depth <= 0:
            return False
        self._open_books.add(name)
        return True

    def market_book_release(self, *args: object) -> bool | None:
        """Stop following; False, with Success, for a symbol that is not followed."""
        name = self._named_symbol(args)
        if name is None:
            return None
        is_followed = name in self._open_books
        self._open_books.discard(name)
        return is_followed

    def market_book_get(self, *args: object) -> tuple[BookInfo, ...] | None:
        """The depth of a followed symbol, sells first; None and -1 for any other."""
        name = self._named_symbol(args)
        if name is None:
            return None
        if name not in self._open_books:
            self._error = terminal_error(_CALL_FAILED)
            return None
        desk = self._state.desks[name]
        desk.tape.seek(self._state.now_ms)
        return depth_of(desk)

    def _named_symbol(self, args: tuple[object, ...]) -> str | None:
        if not self._enter():
            return None
        if len(args) == 1 and type(args[0]) is str and args[0] in self._state.desks:
            return args[0]  # the usual case, without a walk through the checks
        try:
            demand_count(args, 1, 1)
            return symbol_at(args, 0)
        except CallRefusedError as error:
            self._error = error.pair
            return None
