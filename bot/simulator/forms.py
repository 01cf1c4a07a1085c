"""Whether a request makes sense at all: its action, symbol, order type and tickets together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.simulator.case import Case, Route
from bot.simulator.checks import KIND_BITS
from bot.simulator.retcodes import INVALID, INVALID_ORDER, PASSED


def form(case: Case) -> int:
    """The refusal of a malformed request, or 0."""
    return _FORMS[case.route](case)


def _open_form(case: Case) -> int:
    if case.desk is None or case.request.type not in (0, 1):
        return INVALID
    return PASSED


def _close_form(case: Case) -> int:
    position = case.position
    if case.desk is None or case.request.type not in (0, 1):
        return INVALID
    if position is not None and (position.desk is not case.desk or position.side == case.side):
        return INVALID
    return PASSED


def _pending_form(case: Case) -> int:
    if case.desk is None or case.request.type in (0, 1):
        return INVALID
    return PASSED if case.request.type in KIND_BITS else INVALID_ORDER


def _levels_form(case: Case) -> int:
    position, request = case.position, case.request
    is_named = request.position or (case.state.is_netting and request.symbol)
    if not is_named or (request.symbol and case.desk is None):
        return INVALID
    return PASSED if position is None or position.desk is case.desk else INVALID


def _order_form(case: Case) -> int:
    return PASSED if case.order is not None else INVALID


def _close_by_form(case: Case) -> int:
    position, other = case.position, case.other
    if case.state.is_netting or not case.request.position or not case.request.position_by:
        return INVALID
    if position is None or other is None:
        return PASSED
    is_pair = position.desk is other.desk and position.side != other.side
    return PASSED if is_pair else INVALID


def _unknown_form(_case: Case) -> int:
    return INVALID


_FORMS: Final[dict[Route, Callable[[Case], int]]] = {
    Route.OPEN: _open_form,
    Route.CLOSE: _close_form,
    Route.PENDING: _pending_form,
    Route.LEVELS: _levels_form,
    Route.MODIFY: _order_form,
    Route.REMOVE: _order_form,
    Route.CLOSE_BY: _close_by_form,
    Route.UNKNOWN: _unknown_form,
}
