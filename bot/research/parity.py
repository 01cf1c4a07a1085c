"""Compares what was lived with what the walk would have done, trade by trade, and says why not.

Both sides are tables of trades. Trades are paired by symbol and side, nearest in time first; each
difference of a pair gets the first cause that explains it, and so does a trade only one side has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.backtest.engine import Walked
from bot.model.decision import ExitReason
from bot.report.trades import TradeRow

_CENT_MONEY = 0.005
_PRICE_NOISE = 1e-9
_LOTS_NOISE = 1e-9
_PAIR_WITHIN_S = 6 * 3_600.0


class Cause(Enum):
    """Why a trade was not the same on both sides."""

    TIMING = "timing"
    SLIPPAGE = "slippage"
    SIZE = "size"
    EXIT = "exit"
    COSTS = "costs"
    ONLY_LIVED = "only lived"
    ONLY_WALKED = "only walked"


@dataclass(frozen=True, slots=True)
class PairedTrade:
    """A trade as either side saw it; times UTC seconds, prices of the symbol, money net of costs.

    `close_price` is the mean over the lots closed.
    """

    symbol: str
    side: int
    opened_utc_s: float
    closed_utc_s: float
    open_price: float
    close_price: float
    lots: float
    reason: str
    gross_money: float
    costs_money: float
    risk_money: float

    @property
    def net_money(self) -> float:
        """What the trade brought, costs included."""
        return self.gross_money + self.costs_money


@dataclass(frozen=True, slots=True)
class Difference:
    """One trade that differs: its cause, by how much money, and both sides where there are two."""

    cause: Cause
    words: str
    money: float
    opened_utc_s: float
    lived: PairedTrade | None
    walked: PairedTrade | None


@dataclass(frozen=True, slots=True)
class Parity:
    """How alike two tables of trades are; `differences` in the order of time."""

    lived_count: int
    walked_count: int
    same_count: int
    differences: tuple[Difference, ...]

    @property
    def is_equal(self) -> bool:
        """Whether every trade has its equal on the other side."""
        return not self.differences

    def by_cause(self) -> dict[str, tuple[int, float]]:
        """How many differences each cause explains, and their money (lived less walked)."""
        counts = Counter(one.cause.value for one in self.differences)
        return {
            cause: (count, sum(o.money for o in self.differences if o.cause.value == cause))
            for cause, count in sorted(counts.items())
        }


def walked_trades(walked: Walked, names: Sequence[str]) -> list[PairedTrade]:
    """The trades of a walk, in the order in which they were closed."""
    return [
        PairedTrade(
            symbol=names[trade.symbol],
            side=int(trade.side),
            opened_utc_s=float(trade.opened_s),
            closed_utc_s=float(trade.closed_s),
            open_price=float(trade.open_price),
            close_price=float(trade.close_price),
            lots=float(trade.lots),
            reason=ExitReason(int(trade.reason)).name,
            gross_money=int(trade.gross_minor) / 100.0,
            costs_money=int(trade.commission_minor + trade.swap_minor) / 100.0,
            risk_money=float(trade.risk_money),
        )
        for trade in walked.trades
    ]


def lived_trades(rows: Iterable[TradeRow]) -> list[PairedTrade]:
    """The closed trades of a journal."""
    return [
        PairedTrade(
            symbol=row.symbol,
            side=1 if row.side.lower() in ("buy", "long") else -1,
            opened_utc_s=row.opened_utc_s,
            closed_utc_s=row.closed_utc_s,
            open_price=row.open_price,
            close_price=row.close_price or 0.0,
            lots=row.lots,
            reason=row.reason,
            gross_money=row.gross_money,
            costs_money=row.commission_money + row.swap_money,
            risk_money=row.risk_money,
        )
        for row in rows
        if row.closed_utc_s is not None
    ]


def compare_trades(
    lived: Sequence[PairedTrade], walked: Sequence[PairedTrade], cycle_s: float
) -> Parity:
    """Pair and judge; the lived side may notice a fill up to a cycle of `cycle_s` seconds later."""
    pairs, alone = _pairs(lived, walked)
    unlike = [one for pair in pairs if (one := _judged(*pair, cycle_s)) is not None]
    same_count = len(pairs) - len(unlike)
    found = sorted([*unlike, *alone], key=lambda one: one.opened_utc_s)
    return Parity(len(lived), len(walked), same_count, tuple(found))


_Pair = tuple[PairedTrade, PairedTrade]


def _pairs(
    lived: Sequence[PairedTrade], walked: Sequence[PairedTrade]
) -> tuple[list[_Pair], list[Difference]]:
    """Trades of one symbol and side, nearest openings first; and those without a partner."""
    near = sorted(
        (abs(a.opened_utc_s - b.opened_utc_s), i, k)
        for i, a in enumerate(lived)
        for k, b in enumerate(walked)
        if a.symbol == b.symbol and a.side == b.side
    )
    used_lived, used_walked, pairs = set[int](), set[int](), list[_Pair]()
    for away_s, i, k in near:
        if away_s <= _PAIR_WITHIN_S and i not in used_lived and k not in used_walked:
            used_lived.add(i)
            used_walked.add(k)
            pairs.append((lived[i], walked[k]))
    alone = [_only_lived(trade) for i, trade in enumerate(lived) if i not in used_lived]
    alone += [_only_walked(trade) for k, trade in enumerate(walked) if k not in used_walked]
    return pairs, alone


def _judged(lived: PairedTrade, walked: PairedTrade, cycle_s: float) -> Difference | None:
    money = lived.net_money - walked.net_money
    for cause, words in _complaints(lived, walked, cycle_s):
        return Difference(cause, words, money, lived.opened_utc_s, lived, walked)
    return None


def _complaints(
    lived: PairedTrade, walked: PairedTrade, cycle_s: float
) -> Iterable[tuple[Cause, str]]:
    late_s = abs(lived.opened_utc_s - walked.opened_utc_s)
    if late_s > cycle_s:
        yield Cause.TIMING, f"opened {late_s:.0f} s apart"
    if abs(lived.open_price - walked.open_price) > _PRICE_NOISE:
        yield Cause.SLIPPAGE, f"opened at {lived.open_price:g}, walked at {walked.open_price:g}"
    if abs(lived.lots - walked.lots) > _LOTS_NOISE:
        yield Cause.SIZE, f"{lived.lots:g} lots, walked {walked.lots:g}"
    if lived.reason != walked.reason:
        yield Cause.EXIT, f"closed by {lived.reason}, walked {walked.reason}"
    if abs(lived.closed_utc_s - walked.closed_utc_s) > cycle_s:
        yield Cause.EXIT, f"closed {abs(lived.closed_utc_s - walked.closed_utc_s):.0f} s apart"
    if abs(lived.gross_money - walked.gross_money) > _CENT_MONEY:
        yield Cause.EXIT, f"closed at {lived.close_price:g}, walked at {walked.close_price:g}"
    if abs(lived.costs_money - walked.costs_money) > _CENT_MONEY:
        yield Cause.COSTS, f"costs of {lived.costs_money:.2f}, walked {walked.costs_money:.2f}"


def _only_lived(trade: PairedTrade) -> Difference:
    words = "no such trade in the walk"
    return Difference(Cause.ONLY_LIVED, words, trade.net_money, trade.opened_utc_s, trade, None)


def _only_walked(trade: PairedTrade) -> Difference:
    words = "the walk traded, the account did not"
    return Difference(Cause.ONLY_WALKED, words, -trade.net_money, trade.opened_utc_s, None, trade)
