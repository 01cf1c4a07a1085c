"""Finished orders and deals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bot.simulator.position_rows import shown_until_ms
from bot.simulator.requests import CallRefusedError
from bot.simulator.retcodes import argument_error
from bot.simulator.structs import TradeDeal, TradeOrder
from bot.simulator.surface.arguments import (
    GROUP_UNITS_MAX,
    demand_count,
    is_in_group,
    text_of,
    ticket_of,
    wall_second,
)
from bot.simulator.surface.base import Surface, guarded

_DATES_COUNT: Final = 2
_Row = TypeVar("_Row", TradeDeal, TradeOrder)


@dataclass(frozen=True, slots=True)
class _Sources(Generic[_Row]):
    """Where rows come from: a range of seconds, a ticket, a position id."""

    between: Callable[[int, int], Sequence[_Row]]
    by_ticket: Callable[[int], Sequence[_Row]]
    by_position: Callable[[int], Sequence[_Row]]


class HistoryCalls(Surface):
    """history_orders_* and history_deals_*; dates are inclusive seconds of the server's clock."""

    @guarded
    def history_orders_total(self, *args: object) -> int:
        """(date_from, date_to): how many orders finished in the range."""
        demand_count(args, 2, 2)
        dates = wall_second(args, 0), wall_second(args, 1)
        return len(self._shown_orders(self._state.ledger.orders_between(*dates)))

    @guarded
    def history_orders_get(self, /, *args: object, **kwargs: object) -> tuple[TradeOrder, ...]:
        """Finished orders: two dates (+ group=), or ticket=, or position=."""
        ledger = self._state.ledger
        sources = _Sources(
            ledger.orders_between, ledger.orders_by_ticket, ledger.orders_of_position
        )
        return tuple(self._shown_orders(_selected(sources, args, kwargs)))

    @guarded
    def history_deals_total(self, *args: object) -> int:
        """(date_from, date_to): how many deals lie in the range."""
        demand_count(args, 2, 2)
        dates = wall_second(args, 0), wall_second(args, 1)
        return len(self._shown_deals(self._state.ledger.deals_between(*dates)))

    @guarded
    def history_deals_get(self, /, *args: object, **kwargs: object) -> tuple[TradeDeal, ...]:
        """Deals: two dates (+ group=), or ticket= of an order, or position=."""
        ledger = self._state.ledger
        sources = _Sources(ledger.deals_between, ledger.deals_of_order, ledger.deals_of_position)
        return tuple(self._shown_deals(_selected(sources, args, kwargs)))

    def _shown_orders(self, rows: Sequence[TradeOrder]) -> Sequence[TradeOrder]:
        """Without those that are too fresh to be shown."""
        delay_s = self._state.delays.history_s
        if not delay_s:
            return rows
        latest_ms = shown_until_ms(self._state, delay_s)
        return [row for row in rows if row.time_done_msc <= latest_ms]

    def _shown_deals(self, rows: Sequence[TradeDeal]) -> Sequence[TradeDeal]:
        delay_s = self._state.delays.history_s
        if not delay_s:
            return rows
        latest_ms = shown_until_ms(self._state, delay_s)
        return [row for row in rows if row.time_msc <= latest_ms]


def _selected(
    sources: _Sources[_Row], args: tuple[object, ...], kwargs: Mapping[str, object]
) -> tuple[_Row, ...]:
    """Two dates by position, else a ticket, else a position id; anything else is refused."""
    if len(args) == _DATES_COUNT:
        rows = sources.between(wall_second(args, 0), wall_second(args, 1))
        if "group" not in kwargs:
            return tuple(rows)
        group = text_of(kwargs, "group", GROUP_UNITS_MAX)
        return tuple(row for row in rows if is_in_group(row.symbol, group))
    if args:
        raise CallRefusedError(argument_error("Unnamed arguments not allowed"))
    if "ticket" in kwargs:
        return tuple(sources.by_ticket(ticket_of(kwargs, "ticket")))
    if "position" in kwargs:
        return tuple(sources.by_position(ticket_of(kwargs, "position")))
    raise CallRefusedError(argument_error())
