"""Which rules a request must pass, in the order the server looks for them (BEHAVIOUR 10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.simulator import checks, geometry
from bot.simulator.case import Case, Route
from bot.simulator.forms import form
from bot.simulator.retcodes import PASSED

Rule = Callable[[Case], int]

SERVER_ONLY: Final = frozenset({checks.session, checks.quotes})
"""What `order_check` does not look at: it promises nothing about sessions and dealing."""

RULES: Final[dict[Route, tuple[Rule, ...]]] = {
    Route.OPEN: (
        checks.permission,
        form,
        checks.opening_mode,
        checks.order_mask,
        checks.filling,
        checks.volume,
        geometry.instant_price,
        geometry.entry_stops,
        geometry.frozen,
        checks.session,
        checks.quotes,
        checks.position_count,
        checks.direction_volume,
        checks.one_side,
        checks.money,
    ),
    Route.CLOSE: (
        checks.permission,
        form,
        checks.any_mode,
        checks.filling,
        checks.volume,
        geometry.instant_price,
        geometry.frozen,
        checks.session,
        checks.quotes,
        checks.existence,
        checks.close_volume,
        checks.closing_order,
        checks.oldest_first,
    ),
    Route.PENDING: (
        checks.permission,
        form,
        checks.opening_mode,
        checks.order_mask,
        checks.filling,
        checks.volume,
        geometry.pending_price,
        geometry.pending_stops,
        checks.expiration,
        checks.session,
        checks.quotes,
        checks.order_count,
        checks.direction_volume,
        checks.one_side,
    ),
    Route.LEVELS: (
        checks.permission,
        form,
        checks.any_mode,
        geometry.position_stops,
        geometry.frozen,
        checks.session,
        checks.quotes,
        checks.existence,
        checks.changes,
    ),
    Route.MODIFY: (
        checks.permission,
        form,
        checks.any_mode,
        geometry.pending_price,
        geometry.pending_stops,
        checks.expiration,
        geometry.frozen,
        checks.session,
        checks.quotes,
        checks.changes,
    ),
    Route.REMOVE: (checks.permission, form, checks.any_mode, geometry.frozen, checks.session),
    Route.CLOSE_BY: (
        checks.permission,
        form,
        checks.order_mask,
        geometry.frozen,
        checks.session,
        checks.existence,
        checks.closing_order,
        checks.oldest_first,
    ),
    Route.UNKNOWN: (checks.permission, form),
}


def first_refusal(case: Case, *, skipping: frozenset[Rule] = frozenset()) -> int:
    """The code of the first rule that refuses; 0 when all pass."""
    rules = RULES[case.route]
    if skipping:
        rules = tuple(rule for rule in rules if rule not in skipping)
    for rule in rules:
        code = rule(case)
        if code != PASSED:
            return code
    return PASSED
