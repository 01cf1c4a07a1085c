"""The trades of a walk as rows a person reads: names for numbers, money for cents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.backtest.engine import Walked
from bot.backtest.inputs import Records
from bot.backtest.kinds import DealKind
from bot.model.decision import ExitReason
from bot.rules.calendar import server_s, weekday_of
from bot.timezones import server_offset_table

_CENTS = 100.0
_DAY_S, _HOUR_S = 86_400, 3_600
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class ExitRow:
    """One closing deal of a trade: when, at which price, how many lots, what it booked."""

    at_utc_s: float
    price: float
    lots: float
    money: float


@dataclass(frozen=True, slots=True)
class TradeRow:
    """A closed trade; `lowest_r` and `highest_r` are the worst and best it stood at."""

    number: int
    symbol: str
    side: str
    opened_utc_s: float
    closed_utc_s: float
    planned_price: float
    open_price: float
    stop_price: float
    close_price: float
    lots: float
    points: float
    risk_money: float
    gross_money: float
    commission_money: float
    swap_money: float
    net_money: float
    result_r: float
    lowest_r: float
    highest_r: float
    reason: str
    rungs_count: int
    exits: tuple[ExitRow, ...]

    @property
    def is_won(self) -> bool:
        """Whether it earned something after costs."""
        return self.net_money > 0.0


@dataclass(frozen=True, slots=True)
class Cut:
    """All trades that have one thing in common; `expectancy_r` is the mean result."""

    name: str
    trades_count: int
    won_count: int
    result_r: float
    expectancy_r: float
    gross_money: float
    commission_money: float
    swap_money: float
    net_money: float


def trade_rows(walked: Walked, names: Sequence[str]) -> tuple[TradeRow, ...]:
    """Every closed trade, by the moment it was opened; `names` are the walk's symbols."""
    exits: dict[int, list[ExitRow]] = {}
    for deal in walked.deals:
        if deal.kind == DealKind.OUT.value:
            exits.setdefault(int(deal.setup_id), []).append(_exit(deal))
    ordered = sorted(walked.trades, key=lambda trade: (float(trade.opened_s), int(trade.symbol)))
    return tuple(
        _row(number, trade, names[int(trade.symbol)], exits.get(int(trade.setup_id), []))
        for number, trade in enumerate(ordered, start=1)
    )


def cuts_of(trades: Iterable[TradeRow], name_of: Callable[[TradeRow], str]) -> tuple[Cut, ...]:
    """The trades by what `name_of` says of each, names in ascending order."""
    groups: dict[str, list[TradeRow]] = {}
    for trade in trades:
        groups.setdefault(name_of(trade), []).append(trade)
    return tuple(_cut(name, groups[name]) for name in sorted(groups))


def by_symbol(trade: TradeRow) -> str:
    """Its symbol."""
    return trade.symbol


def by_hour(trade: TradeRow) -> str:
    """The server's hour it was opened in."""
    hour = int(server_s(trade.opened_utc_s, server_offset_table())) % _DAY_S // _HOUR_S
    return f"{hour:02d}:00"


def by_weekday(trade: TradeRow) -> str:
    """The server's weekday it was opened on, numbered so that Monday comes first."""
    day = int(server_s(trade.opened_utc_s, server_offset_table())) // _DAY_S
    weekday = weekday_of(day)
    return f"{weekday + 1} {_WEEKDAYS[weekday]}"


def by_reason(trade: TradeRow) -> str:
    """Why it ended."""
    return trade.reason


def by_side(trade: TradeRow) -> str:
    """Long or short."""
    return trade.side


def reason_words(reason: int) -> str:
    """An `ExitReason` as people say it."""
    return ExitReason(reason).name.lower().replace("_", " ")


def _exit(deal: Records) -> ExitRow:
    cents = int(deal.profit_minor) + int(deal.swap_minor) + int(deal.commission_minor)
    return ExitRow(float(deal.time_s), float(deal.price), float(deal.lots), cents / _CENTS)


def _row(number: int, trade: Records, symbol: str, exits: list[ExitRow]) -> TradeRow:
    return TradeRow(
        number=number,
        symbol=symbol,
        side="long" if trade.side > 0 else "short",
        opened_utc_s=float(trade.opened_s),
        closed_utc_s=float(trade.closed_s),
        planned_price=float(trade.planned_price),
        open_price=float(trade.open_price),
        stop_price=float(trade.stop_price),
        close_price=float(trade.close_price),
        lots=float(trade.lots),
        points=float(trade.points),
        risk_money=float(trade.risk_money),
        gross_money=int(trade.gross_minor) / _CENTS,
        commission_money=int(trade.commission_minor) / _CENTS,
        swap_money=int(trade.swap_minor) / _CENTS,
        net_money=int(trade.net_minor) / _CENTS,
        result_r=float(trade.result_r),
        lowest_r=float(trade.lowest_r),
        highest_r=float(trade.highest_r),
        reason=reason_words(int(trade.reason)),
        rungs_count=int(trade.rungs_count),
        exits=tuple(exits),
    )


def _cut(name: str, trades: Sequence[TradeRow]) -> Cut:
    result_r = sum(trade.result_r for trade in trades)
    return Cut(
        name=name.partition(" ")[2] if name[:1].isdigit() and " " in name else name,
        trades_count=len(trades),
        won_count=sum(trade.is_won for trade in trades),
        result_r=result_r,
        expectancy_r=result_r / len(trades),
        gross_money=round(sum(trade.gross_money for trade in trades), 2),
        commission_money=round(sum(trade.commission_money for trade in trades), 2),
        swap_money=round(sum(trade.swap_money for trade in trades), 2),
        net_money=round(sum(trade.net_money for trade in trades), 2),
    )
