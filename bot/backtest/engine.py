"""Runs a walk: plain Python to look into, machine code for everything else.

    walked = walk_account(inputs, Span(start_s, end_s))

Both engines run the same functions and book the same cents.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from bot.backtest.compiled import CACHE, machine
from bot.backtest.inputs import Inputs, Records, Walker
from bot.backtest.reference import by_reference
from bot.backtest.state import new_walker
from bot.backtest.walk import walk
from bot.errors import DataError

_TRADES_ROOM_COUNT = 512
_DAYS_ROOM_COUNT = 512
_ROOM_MAX_COUNT = 1 << 22
_DAY_S = 86_400.0
_MONEY_COLUMNS = ("profit_minor", "commission_minor", "swap_minor")


class Engine(Enum):
    """What runs a walk."""

    PLAIN = "plain"
    COMPILED = "compiled"


class Stretch(NamedTuple):
    """From the first cycle of a walk to its last, UTC seconds."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """What a walk left: its account, and one record per trade, deal and closed day of the firm.

    `account` is an `ACCOUNT` record; the others are arrays of `TRADE`, `DEAL` and `DAY`.
    """

    account: Records
    trades: Records
    deals: Records
    days: Records


def walk_account(inputs: Inputs, stretch: Stretch, engine: Engine = Engine.COMPILED) -> Walked:
    """Walk one account; raises `DataError` where its books do not balance to the cent."""
    room = _TRADES_ROOM_COUNT
    while True:
        w = new_walker(inputs, room, _days_room_count(stretch))
        w.me.start_s, w.me.end_s = stretch
        if engine is Engine.COMPILED:
            _run_compiled(w)
        else:
            walk(w)
        if not w.me.is_full:
            return _balanced(inputs, w)
        if room >= _ROOM_MAX_COUNT:
            message = f"a walk of more than {_ROOM_MAX_COUNT} trades: is the cost model empty?"
            raise DataError(message)
        room *= 8


def walk_accounts(
    inputs: Inputs, stretches: Iterable[Stretch], threads_count: int = 1
) -> Iterator[Walked]:
    """One account per stretch, compiled, in the order given; threads share the inputs."""
    if threads_count == 1:
        yield from (walk_account(inputs, stretch) for stretch in stretches)
        return
    with ThreadPoolExecutor(threads_count) as pool:
        yield from pool.map(lambda stretch: walk_account(inputs, stretch), stretches)


def is_compiled() -> bool:
    """Whether a compiled walk starts at once; else the first one takes about a minute."""
    return bool(_run_compiled.signatures) or CACHE.has_code  # type: ignore[attr-defined]


def _days_room_count(stretch: Stretch) -> int:
    """Room for every day of the stretch: a walk of decades keeps its first years too."""
    return max(_DAYS_ROOM_COUNT, math.ceil((stretch.end_s - stretch.start_s) / _DAY_S) + 2)


def _by_pointer(w: Walker) -> None:
    walk(by_reference(w))


_run_compiled = machine(_by_pointer)


def _balanced(inputs: Inputs, w: Walker) -> Walked:
    """The walk's books, once the deals have been added up again."""
    me = w.me
    deals = w.deals[: me.deals_count]
    start_minor = inputs.terms[0].rules.initial_balance_money * inputs.terms[0].minor_per_unit
    moved = sum(
        int(deals[name].sum()) for name in ("profit_minor", "commission_minor", "swap_minor")
    )
    if me.balance_minor != round(float(start_minor)) + moved:
        message = (
            f"the walk's balance of {me.balance_minor} cents is not its start of {start_minor:.0f} "
            f"and the {moved} cents of its {len(deals)} deals: a defect of the walk"
        )
        raise DataError(message)
    return Walked(
        account=w.me,
        trades=w.trades[: me.trades_count].copy(),
        deals=deals.copy(),
        days=w.days[: me.days_count].copy(),
    )
