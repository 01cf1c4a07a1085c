"""Where each setup is: folded from SetupCreated and SetupMoved."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.report.documents import Document, kind, number, text, whole

WAITING = ("awaiting_entry", "awaiting_spread")
RESTING = "pending"
FILLED = "filled"
LIVE = (*WAITING, RESTING, FILLED)


@dataclass(frozen=True, slots=True)
class SetupRow:
    """One idea and its status; `refusal` is the last thing that kept it from being sent."""

    setup_id: int
    symbol: str
    side: str
    entry_price: float
    stop_price: float
    points: float
    expires_utc_s: float
    status: str
    since_utc_s: float
    distance_r: float | None = None
    reason: str = ""
    refusal: str = ""

    def at_distance(self, distance_r: float) -> SetupRow:
        """The same setup at another distance from its entry."""
        return replace(self, distance_r=distance_r)


class SetupFold:
    """Takes documents in journal order; `rows` holds live setups only, oldest first."""

    def __init__(self) -> None:
        self.rows: dict[int, SetupRow] = {}

    def take(self, document: Document) -> None:
        """Fold one document; events that are not about a setup change nothing."""
        event = kind(document)
        if event == "SetupCreated":
            row = _created(document)
            self.rows[row.setup_id] = row
        elif event == "SetupMoved":
            self._moved(document)
        elif event == "OrderRefused":
            self._refused(document)

    def in_status(self, *statuses: str) -> tuple[SetupRow, ...]:
        """Live setups in one of `statuses`, oldest first."""
        return tuple(row for row in self.rows.values() if row.status in statuses)

    def _moved(self, document: Document) -> None:
        row = self.rows.get(whole(document, "setup_id"))
        if row is None:
            return
        status = text(document, "after")
        if status not in LIVE:
            del self.rows[row.setup_id]
            return
        self.rows[row.setup_id] = replace(
            row,
            status=status,
            since_utc_s=number(document, "at_utc_s"),
            distance_r=number(document, "distance_r"),
            reason=text(document, "reason"),
            refusal="",
        )

    def _refused(self, document: Document) -> None:
        row = self.rows.get(whole(document, "setup_id"))
        if row is not None:
            self.rows[row.setup_id] = replace(row, refusal=text(document, "refusal"))


def _created(document: Document) -> SetupRow:
    return SetupRow(
        setup_id=whole(document, "setup_id"),
        symbol=text(document, "symbol"),
        side=text(document, "side"),
        entry_price=number(document, "entry_price"),
        stop_price=number(document, "stop_price"),
        points=number(document, "points"),
        expires_utc_s=number(document, "expires_utc_s"),
        status=WAITING[0],
        since_utc_s=number(document, "at_utc_s"),
    )
