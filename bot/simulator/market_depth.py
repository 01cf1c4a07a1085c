"""The depth of market of symbols that have one: made up, but consistent with what is traded.

Level k of a side lies k ticks behind the best price and holds k + 1 times the volume of the best
one, which is what the contract offers at each quote, or ten times the smallest volume where any
amount is filled. Sells come first and prices fall, as the package lists them.
"""

from __future__ import annotations

from typing import Final

from bot.simulator.state import SymbolDesk
from bot.simulator.struct_sequence import new_struct
from bot.simulator.structs import BookInfo

_SELL, _BUY = 1, 2
_UNITS: Final = 10
_LOTS_DIGITS: Final = 8


def depth_of(desk: SymbolDesk) -> tuple[BookInfo, ...]:
    """Every level of the book at the last quote; nothing before the first one."""
    tape, contract = desk.tape, desk.contract
    if tape.bid <= 0.0:
        return ()
    best_lots = contract.liquidity_lots or contract.volume_min * _UNITS
    sells = [
        _level(_SELL, tape.ask + number * contract.tick_size, best_lots * (number + 1), desk)
        for number in reversed(range(contract.book_depth))
    ]
    buys = [
        _level(_BUY, tape.bid - number * contract.tick_size, best_lots * (number + 1), desk)
        for number in range(contract.book_depth)
    ]
    return (*sells, *buys)


def _level(kind: int, price: float, lots: float, desk: SymbolDesk) -> BookInfo:
    lots = round(lots, _LOTS_DIGITS)
    return new_struct(BookInfo, (kind, round(price, desk.contract.digits), int(lots), lots))
