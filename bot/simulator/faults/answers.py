"""Reading calls and rewriting their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.simulator.case import (
    ACTION_DEAL,
    ACTION_MODIFY,
    ACTION_PENDING,
    ACTION_REMOVE,
    ACTION_SLTP,
)
from bot.simulator.faults.injection import Injection, Proceed
from bot.simulator.faults.seam import Call
from bot.simulator.requests import CallRefusedError, parse_request
from bot.simulator.retcodes import RETCODE_TEXTS
from bot.simulator.state import ServerState
from bot.simulator.struct_sequence import StructSequence, new_struct
from bot.simulator.structs import (
    OrderCheckResult,
    OrderSendResult,
    TradeOrder,
    TradePosition,
    TradeRequest,
)
from bot.simulator.surface.arguments import is_in_group

SEND: Final = "order_send"
SENDS: Final = frozenset({SEND})
_SYMBOL_SECOND: Final = frozenset({"order_calc_margin", "order_calc_profit"})
_SYMBOL_FIRST: Final = frozenset(
    {
        "symbol_info",
        "symbol_info_tick",
        "symbol_select",
        "copy_ticks_from",
        "copy_ticks_range",
        "copy_rates_from",
        "copy_rates_from_pos",
        "copy_rates_range",
        "market_book_add",
        "market_book_release",
        "market_book_get",
    }
)
BAR_READS: Final = frozenset({"copy_rates_from", "copy_rates_from_pos", "copy_rates_range"})
INFO_READS: Final = frozenset({"symbol_info", "symbols_get"})
QUOTE_READS: Final = INFO_READS | {"symbol_info_tick"}
BOOK_READS: Final = frozenset({"positions_get", "positions_total", "orders_get", "orders_total"})
HISTORY_READS: Final = frozenset(
    {
        "history_orders_get",
        "history_orders_total",
        "history_deals_get",
        "history_deals_total",
    }
)
SYMBOL_CALLS: Final = _SYMBOL_FIRST | _SYMBOL_SECOND | INFO_READS
READS: Final = (
    (SYMBOL_CALLS - {"symbol_select"})
    | BOOK_READS
    | HISTORY_READS
    | {"account_info", "terminal_info", "version", "symbols_total", "order_check"}
)
"""Everything that only reads; what may fail without anything having happened."""

_Row = TypeVar("_Row", bound=StructSequence)


def changed(row: _Row, **fields: object) -> _Row:
    """A result with some fields replaced."""
    return new_struct(type(row), tuple((row._asdict() | fields).values()))


def request_of(call: Call) -> TradeRequest | None:
    """The trade request of an `order_send` call; None for one the package will not accept."""
    given: object = call.args[0] if len(call.args) == 1 else call.kwargs
    if len(call.args) > 1 or not isinstance(given, dict):
        return None
    try:
        return parse_request(given)
    except (CallRefusedError, SystemError):
        return None


def sent_request(injection: Injection, call: Call) -> TradeRequest | None:
    """The request of a call if the terminal passes it on to its server, else None."""
    request = request_of(call)
    return request if request is not None and injection.world.sends(request) else None


def known_request(call: Call) -> TradeRequest:
    """As `request_of`, for calls that were asked whether they carry one."""
    request = request_of(call)
    assert request is not None, "faults of requests concern only calls that carry one"
    return request


def with_request(call: Call, **fields: object) -> Call:
    """The same call with other values in its request."""
    given = call.args[0] if call.args else call.kwargs
    assert isinstance(given, Mapping), "faults of requests concern only calls that carry one"
    return Call(call.name, ({**given, **fields},))


def altered(call: Call, proceed: Proceed, **fields: object) -> object:
    """Send the request with other values; the answer echoes what the script asked for."""
    answer = proceed(with_request(call, **fields))
    if isinstance(answer, OrderSendResult):
        return changed(answer, request=known_request(call))
    return answer


def with_code(answer: object, code: int) -> object:
    """The same result under another return code."""
    if isinstance(answer, OrderSendResult):
        return changed(answer, retcode=code, comment=RETCODE_TEXTS[code])
    return answer


def refused_check(answer: object, code: int) -> object:
    """A result of `order_check` as a refusal: the code, and every number 0."""
    if not isinstance(answer, OrderCheckResult):
        return answer
    zeros = (0.0,) * 6
    return new_struct(OrderCheckResult, (code, *zeros, RETCODE_TEXTS[code], answer.request))


def symbol_of(call: Call, state: ServerState) -> str:
    """The symbol a call is about; "" when it is about none in particular."""
    place = 1 if call.name in _SYMBOL_SECOND else 0
    if call.name in _SYMBOL_FIRST or place:
        return str(call.args[place]) if len(call.args) > place else ""
    if call.name in (SEND, "order_check"):
        return _symbol_of_request(call, state)
    return str(call.kwargs.get("symbol", ""))


def _symbol_of_request(call: Call, state: ServerState) -> str:
    request = request_of(call)
    if request is None:
        return ""
    position, order = state.positions.get(request.position), state.orders.get(request.order)
    for owner in (position, order):
        if owner is not None:
            return owner.desk.name
    return request.symbol


@dataclass(frozen=True, slots=True)
class Requests:
    """Which trade requests a fault concerns; a request must meet every condition set.

    What the terminal refuses by itself never gets to where things go wrong.
    """

    actions: tuple[int, ...] = ()
    closes: bool | None = None
    of_open_position: bool = False
    with_levels: bool = False
    with_comment: bool = False

    def __call__(self, injection: Injection, call: Call) -> bool:
        """Whether the call carries such a request."""
        request = sent_request(injection, call)
        if request is None or (self.actions and request.action not in self.actions):
            return False
        if self.closes is not None and bool(request.position) != self.closes:
            return False
        if self.of_open_position and request.position not in injection.world.state.positions:
            return False
        if self.with_comment and not request.comment:
            return False
        return not self.with_levels or bool(request.sl or request.tp)


ANY_REQUEST: Final = Requests()
MARKET_DEALS: Final = Requests((ACTION_DEAL,))
ENTRIES: Final = Requests((ACTION_DEAL, ACTION_PENDING), closes=False)
CLOSES: Final = Requests((ACTION_DEAL,), closes=True)
CLOSES_OF_OPEN: Final = Requests((ACTION_DEAL,), closes=True, of_open_position=True)
STOP_EDITS: Final = Requests((ACTION_SLTP, ACTION_MODIFY))
REMOVALS: Final = Requests((ACTION_REMOVE,))


def is_selected(row: TradePosition | TradeOrder, kwargs: Mapping[str, object]) -> bool:
    """Whether `positions_get` or `orders_get` with these keywords would list the row."""
    if "ticket" in kwargs:
        return row.ticket == kwargs["ticket"]
    if "symbol" in kwargs:
        return row.symbol == kwargs["symbol"]
    return is_in_group(row.symbol, str(kwargs["group"])) if "group" in kwargs else True
