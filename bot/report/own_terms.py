"""Room in the trader's own terms: so many full stops, or a gap of so many pips."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from bot.model.outlook import Outlook, StakeLine
from bot.report.pips import distance_text
from bot.report.setups import SetupRow
from bot.report.trades import TradeRow

_WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
_MANY = 99
_POSITION = "position"


class Yardstick(NamedTuple):
    """A trade the trader knows: what its full stop costs, and one unit of price against it.

    `symbol` is empty and `price_money` 0 where no trade is known yet: only stops are counted then.
    """

    symbol: str
    full_stop_money: float
    price_money: float


def in_own_terms(room_money: float, stick: Yardstick | None) -> str:
    """The room as full stops and as a gap: `two full stops on GBPJPY, or a gap of 38.0 pips`.

    Empty without a yardstick; a room that is used up says so.
    """
    if stick is None or not stick.full_stop_money > 0.0:
        return ""
    if not room_money > 0.0:
        return "used up"
    count = math.floor(room_money / stick.full_stop_money)
    on = f" on {stick.symbol}" if stick.symbol else ""
    stops = f"{_count_text(count)} full stop{'' if count == 1 else 's'}{on}"
    if count == 0:
        stops = f"less than one full stop{on}"
    if not stick.price_money > 0.0:
        return stops
    gap = distance_text(room_money / stick.price_money, stick.symbol)
    return f"{stops}, or a gap of {gap}"


def yardstick(
    outlook: Outlook | None, trades: Iterable[TradeRow], setups: Iterable[SetupRow]
) -> Yardstick | None:
    """What room is measured in; None when neither a trade nor the usual risk is known.

    The largest open position, else the nearest setup, else the latest trade, else the risk alone.
    A setup is measured by the usual risk at its stop, a trade by the risk it was opened with.
    """
    rows = list(trades)
    usual_money = outlook.usual_risk_money if outlook is not None else 0.0
    stake = _largest(outlook.stakes if outlook is not None else ())
    if stake is not None:
        own = [row for row in rows if row.symbol == stake.symbol and row.is_open]
        full_stop_money = own[-1].risk_money if own else usual_money
        return Yardstick(stake.symbol, full_stop_money, stake.price_money)
    nearest = min(setups, key=_distance, default=None)
    if nearest is not None and usual_money > 0.0:
        one_r = abs(nearest.entry_price - nearest.stop_price)
        return Yardstick(nearest.symbol, usual_money, _ratio(usual_money, one_r))
    if rows:
        last = rows[-1]
        one_r = abs(last.open_price - last.stop_price)
        return Yardstick(last.symbol, last.risk_money, _ratio(last.risk_money, one_r))
    return Yardstick("", usual_money, 0.0) if usual_money > 0.0 else None


def _largest(stakes: Iterable[StakeLine]) -> StakeLine | None:
    """The open position that a unit of price hurts most in money, of those that are known."""
    known = [s for s in stakes if s.kind == _POSITION and s.price_money > 0.0]
    return max(known, key=lambda stake: stake.worst_money or math.inf, default=None)


def _distance(row: SetupRow) -> float:
    return math.inf if row.distance_r is None else row.distance_r


def _ratio(money: float, distance_price: float) -> float:
    return money / distance_price if distance_price > 0.0 else 0.0


def _count_text(count: int) -> str:
    if count < len(_WORDS):
        return _WORDS[count]
    return str(count) if count <= _MANY else f"more than {_MANY}"
