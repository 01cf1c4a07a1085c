"""One table of trades, folded from what the journal says of positions and their deals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.report.documents import Document, flag, kind, number, text, whole

_CENTS_DIGITS = 2


@dataclass(frozen=True, slots=True)
class RungRow:
    """One rung of a trade's ladder that was taken."""

    rung: int
    lots: float
    price: float
    profit_r: float
    at_utc_s: float


@dataclass(frozen=True, slots=True)
class TradeRow:
    """One trade; while it is open `closed_utc_s`, `close_price` and `result_r` are None.

    Money is what its deals have booked so far; of a closed trade what the broker settled.
    `slippage_money` is what the fill cost against the planned price, positive when it cost.
    """

    setup_id: int
    position_id: int
    symbol: str
    side: str
    lots: float
    opened_utc_s: float
    open_price: float
    planned_price: float
    stop_price: float
    risk_money: float
    slippage_r: float
    slippage_money: float
    stop_now_price: float
    rungs: tuple[RungRow, ...] = ()
    closed_utc_s: float | None = None
    close_price: float | None = None
    gross_money: float = 0.0
    commission_money: float = 0.0
    swap_money: float = 0.0
    net_money: float = 0.0
    result_r: float | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether any of it is still in the market."""
        return self.closed_utc_s is None


class TradeFold:
    """Takes documents in journal order; `rows` is the table so far, by position, oldest first."""

    def __init__(self) -> None:
        self.rows: dict[int, TradeRow] = {}
        self._tickets: set[int] = set()

    def take(self, document: Document) -> None:
        """Fold one document; events that are not about a trade change nothing."""
        handler = _HANDLERS.get(kind(document))
        if handler is not None and not self._is_known_deal(document):
            handler(self.rows, document)

    def _is_known_deal(self, document: Document) -> bool:
        """Whether this deal was folded before: a crash may journal one a second time."""
        if kind(document) != "DealBooked":
            return False
        ticket = whole(document, "deal_ticket")
        is_known = ticket in self._tickets
        self._tickets.add(ticket)
        return is_known


def trades_of(documents: Iterable[Document]) -> tuple[TradeRow, ...]:
    """Every trade the documents tell of, in the order they opened."""
    fold = TradeFold()
    for document in documents:
        fold.take(document)
    return tuple(fold.rows.values())


def _opened(rows: dict[int, TradeRow], document: Document) -> None:
    position_id = whole(document, "position_id")
    risk_money = number(document, "risk_money")
    slippage_r = number(document, "slippage_r")
    before = rows.get(position_id)
    row = TradeRow(
        setup_id=whole(document, "setup_id"),
        position_id=position_id,
        symbol=text(document, "symbol"),
        side=text(document, "side"),
        lots=number(document, "lots"),
        opened_utc_s=number(document, "at_utc_s"),
        open_price=number(document, "price"),
        planned_price=number(document, "planned_price"),
        stop_price=number(document, "stop_price"),
        risk_money=risk_money,
        slippage_r=slippage_r,
        slippage_money=round(slippage_r * risk_money, _CENTS_DIGITS),
        stop_now_price=number(document, "stop_price"),
    )
    if before is not None:  # its deals were booked before the opening was noticed
        row = replace(
            row,
            opened_utc_s=before.opened_utc_s,
            gross_money=before.gross_money,
            commission_money=before.commission_money,
            swap_money=before.swap_money,
            net_money=before.net_money,
        )
    rows[position_id] = row


def _rung_taken(rows: dict[int, TradeRow], document: Document) -> None:
    row = rows.get(whole(document, "position_id"))
    if row is None:
        return
    rung = RungRow(
        rung=whole(document, "rung"),
        lots=number(document, "lots"),
        price=number(document, "price"),
        profit_r=number(document, "profit_r"),
        at_utc_s=number(document, "at_utc_s"),
    )
    rows[row.position_id] = replace(row, rungs=(*row.rungs, rung))


def _stop_moved(rows: dict[int, TradeRow], document: Document) -> None:
    row = rows.get(whole(document, "position_id"))
    if row is not None:
        rows[row.position_id] = replace(row, stop_now_price=number(document, "after_price"))


def _deal_booked(rows: dict[int, TradeRow], document: Document) -> None:
    position_id = whole(document, "position_id")
    if position_id == 0 or not flag(document, "is_own"):
        return
    row = rows.get(position_id) or _row_from_deal(document)
    if not row.is_open:
        return  # the closing line already holds the broker's sums
    commission = number(document, "commission_money") + number(document, "fee_money")
    row = replace(
        row,
        gross_money=round(row.gross_money + number(document, "profit_money"), _CENTS_DIGITS),
        commission_money=round(row.commission_money + commission, _CENTS_DIGITS),
        swap_money=round(row.swap_money + number(document, "swap_money"), _CENTS_DIGITS),
    )
    net_money = row.gross_money + row.commission_money + row.swap_money
    rows[position_id] = replace(row, net_money=round(net_money, _CENTS_DIGITS))


def _row_from_deal(document: Document) -> TradeRow:
    """A row for a deal that was booked before its position was journalled as opened."""
    fill_price = number(document, "price")
    is_opening = text(document, "entry") == "IN"
    is_long = (whole(document, "side") > 0) == is_opening  # a sell deal closes a long
    return TradeRow(
        setup_id=whole(document, "setup_id"),
        position_id=whole(document, "position_id"),
        symbol=text(document, "symbol"),
        side="buy" if is_long else "sell",
        lots=number(document, "lots"),
        opened_utc_s=number(document, "time_utc_s"),
        open_price=fill_price,
        planned_price=fill_price,
        stop_price=0.0,
        risk_money=0.0,
        slippage_r=0.0,
        slippage_money=0.0,
        stop_now_price=0.0,
    )


def _closed(rows: dict[int, TradeRow], document: Document) -> None:
    position_id = whole(document, "position_id")
    open_price = number(document, "open_price")
    row = rows.get(position_id) or TradeRow(
        setup_id=whole(document, "setup_id"),
        position_id=position_id,
        symbol=text(document, "symbol"),
        side=text(document, "side"),
        lots=number(document, "lots"),
        opened_utc_s=number(document, "opened_utc_s"),
        open_price=open_price,
        planned_price=open_price,
        stop_price=0.0,
        risk_money=0.0,
        slippage_r=0.0,
        slippage_money=0.0,
        stop_now_price=0.0,
    )
    rows[position_id] = replace(
        row,
        opened_utc_s=number(document, "opened_utc_s"),
        closed_utc_s=number(document, "closed_utc_s"),
        close_price=number(document, "close_price"),
        gross_money=number(document, "gross_money"),
        commission_money=number(document, "commission_money"),
        swap_money=number(document, "swap_money"),
        net_money=number(document, "net_money"),
        risk_money=number(document, "risk_money"),
        result_r=number(document, "result_r"),
        reason=text(document, "reason"),
    )


_HANDLERS = {
    "PositionOpened": _opened,
    "RungTaken": _rung_taken,
    "StopMoved": _stop_moved,
    "DealBooked": _deal_booked,
    "PositionClosed": _closed,
}
