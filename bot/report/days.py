"""The fold of the journal into server days: what happened on each, and what stood at its end."""

from __future__ import annotations

from bot.model.firm_clock import SERVER_MIDNIGHT, FirmClock
from bot.model.market import OffsetTable
from bot.report.day_record import BrakeLine, DayRecord, HaltLine, Low, OpeningLine
from bot.report.documents import Document, kind, number, text, whole
from bot.report.money import DealBook, deal_of
from bot.report.setups import RESTING, WAITING, SetupFold
from bot.report.text import day_number
from bot.report.trades import TradeFold
from bot.rules.calendar import server_day
from bot.timezones import firm_day_table

ENTRY_ACTIONS = ("open_market", "place_limit")


class DayFold:
    """Takes documents in journal order and keeps every server day they tell of.

    `changed` collects days whose record changed after it was closed (a deal that became known
    late), so that their pages can be written again; the reader empties it.
    """

    def __init__(self) -> None:
        self.days: dict[int, DayRecord] = {}
        self.deals = DealBook()
        self.trades = TradeFold()
        self.setups = SetupFold()
        self.started: Document | None = None
        self.halts: dict[str, HaltLine] = {}
        self.clock: OffsetTable = firm_day_table(SERVER_MIDNIGHT)
        self.last_seq = -1
        self.openings: dict[int, set[int]] = {}
        self.changed: set[int] = set()
        self._last_refusal: dict[int, str] = {}
        self._first_opened_utc_s: float | None = None

    def take(self, document: Document) -> None:
        """Fold one document; one whose `seq` was already taken changes nothing."""
        seq = whole(document, "seq")
        if seq <= self.last_seq:
            return
        self.last_seq = seq
        self.trades.take(document)
        self.setups.take(document)
        handler = _HANDLERS.get(kind(document))
        if handler is not None:
            handler(self, document)

    def record_of(self, day: int) -> DayRecord:
        """The record of a server day, made when it is first spoken of."""
        record = self.days.get(day)
        if record is None:
            record = self.days[day] = DayRecord(day, started=self.started)
        return record

    def day_at(self, document: Document, field_name: str) -> DayRecord:
        """The record of the server day of the moment in `field_name`."""
        day = server_day(number(document, field_name), self.clock)
        record = self.record_of(day)
        if record.closed is not None:
            self.changed.add(day)
        return record

    def has_begun_by(self, utc_s: float) -> bool:
        """Whether the first day was opened before this moment."""
        return self._first_opened_utc_s is not None and self._first_opened_utc_s < utc_s

    def note_opened(self, utc_s: float) -> None:
        """A day was opened; the first one is remembered."""
        if self._first_opened_utc_s is None:
            self._first_opened_utc_s = utc_s

    def stand(self, record: DayRecord) -> None:
        """Note in `record` what is open, resting and waiting now."""
        rows = self.trades.rows.values()
        record.open_trades = tuple(row for row in rows if row.is_open)
        record.resting = self.setups.in_status(RESTING)
        record.waiting = self.setups.in_status(*WAITING)

    def last_opening_utc_s(self, day: int) -> float | None:
        """When a position was last opened up to the end of `day`; None if never."""
        for earlier in sorted(self.days, reverse=True):
            openings = self.days[earlier].openings
            if earlier <= day and openings:
                return openings[-1].at_utc_s
        return None

    def count_refusal(self, record: DayRecord, document: Document) -> None:
        """Count a refusal, and the repeats of the setup's previous one that it closes."""
        setup_id, refusal = whole(document, "setup_id"), text(document, "refusal")
        previous = self._last_refusal.get(setup_id)
        repeats = whole(document, "repeated_count")
        if previous is not None and repeats > 0:
            record.refusals[previous] += repeats
        record.refusals[refusal] += 1
        self._last_refusal[setup_id] = refusal


def _here(fold: DayFold, document: Document) -> DayRecord:
    return fold.record_of(whole(document, "day"))


def _started(fold: DayFold, document: Document) -> None:
    fold.started = document
    fold.clock = _clock_of(document)
    record = _here(fold, document)
    record.started = document
    record.starts_count += 1


def _clock_of(started: Document) -> OffsetTable:
    """The firm's day as a start names it; older journals were all of server midnights."""
    if "day_zone" not in started:
        return firm_day_table(SERVER_MIDNIGHT)
    return firm_day_table(FirmClock(text(started, "day_zone"), whole(started, "day_reset_s")))


def _day_opened(fold: DayFold, document: Document) -> None:
    record = fold.record_of(day_number(text(document, "date")))
    record.opened = document
    fold.note_opened(number(document, "at_utc_s"))
    record.started = fold.started
    low = Low(number(document, "equity_money"), number(document, "at_utc_s"))
    record.low = low if record.low is None else min(record.low, low)


def _day_closed(fold: DayFold, document: Document) -> None:
    record = fold.record_of(day_number(text(document, "date")))
    record.closed = document
    lowest_money = number(document, "lowest_equity_money")
    record.low = Low(lowest_money, number(document, "lowest_equity_utc_s"))
    fold.stand(record)


def _low_marked(fold: DayFold, document: Document) -> None:
    record = _here(fold, document)
    low = Low(number(document, "equity_money"), number(document, "at_utc_s"))
    record.low = low if record.low is None else min(record.low, low)


def _scanned(fold: DayFold, document: Document) -> None:
    record = _here(fold, document)
    verdict = text(document, "verdict")
    record.scans[verdict] += 1


def _setup_created(fold: DayFold, document: Document) -> None:
    _here(fold, document).setups_count += 1


def _refused(fold: DayFold, document: Document) -> None:
    fold.count_refusal(_here(fold, document), document)


def _intended(fold: DayFold, document: Document) -> None:
    record = _here(fold, document)
    record.requests_count += 1
    if fold.halts and text(document, "action") in ENTRY_ACTIONS:
        record.halted_entries_count += 1


def _answered(fold: DayFold, document: Document) -> None:
    record = _here(fold, document)
    result = text(document, "result")
    record.answers[result] += 1
    record.unknown_count += result == "UNKNOWN"


def _fault(fold: DayFold, document: Document) -> None:
    record = _here(fold, document)
    fault = text(document, "fault")
    record.faults[fault] = f"{text(document, 'detail')} (so far {whole(document, 'count')})"
    record.naked_count += fault == "B24"


def _brake(fold: DayFold, document: Document) -> None:
    _here(fold, document).brakes.append(
        BrakeLine(
            number(document, "at_utc_s"),
            text(document, "before"),
            text(document, "after"),
            number(document, "loss_base_fraction"),
        )
    )


def _halt_latched(fold: DayFold, document: Document) -> None:
    halt = HaltLine(
        text(document, "halt"),
        text(document, "reason"),
        text(document, "resets"),
        number(document, "at_utc_s"),
    )
    fold.halts[halt.halt] = halt
    _here(fold, document).halts.append(halt)


def _halt_cleared(fold: DayFold, document: Document) -> None:
    fold.halts.pop(text(document, "halt"), None)


def _position_opened(fold: DayFold, document: Document) -> None:
    record = _here(fold, document)
    row = fold.trades.rows[whole(document, "position_id")]
    record.openings.append(
        OpeningLine(
            row.setup_id,
            row.position_id,
            row.symbol,
            row.opened_utc_s,
            row.stop_price > 0.0,
            row.slippage_r,
            row.slippage_money,
        )
    )


def _position_closed(fold: DayFold, document: Document) -> None:
    record = fold.day_at(document, "closed_utc_s")
    position_id = whole(document, "position_id")
    if position_id not in record.closed_positions:
        record.closed_positions.append(position_id)
    record.naked_count += text(document, "reason") == "NAKED"
    if record.closed is not None:
        record.open_trades = tuple(
            row for row in record.open_trades if row.position_id != position_id
        )


def _deal(fold: DayFold, document: Document) -> None:
    deal = deal_of(document)
    if deal.is_cash and not fold.has_begun_by(deal.time_utc_s):
        return  # it is in the first day's start balance
    if not fold.deals.add(deal):
        return
    record = fold.days.get(server_day(deal.time_utc_s, fold.clock))
    if record is not None and record.closed is not None:
        fold.changed.add(record.day)
    if deal.is_own and deal.is_opening and deal.setup_id:
        fold.openings.setdefault(deal.setup_id, set()).add(deal.position_id)


def _phase_decided(fold: DayFold, document: Document) -> None:
    _here(fold, document).verdicts.append(text(document, "verdict"))


def _target_reached(fold: DayFold, document: Document) -> None:
    _here(fold, document).target_money = number(document, "target_money")


def _command(fold: DayFold, document: Document) -> None:
    line = f"{text(document, 'verb')}: {text(document, 'reason')}"
    _here(fold, document).commands.append(line)


_HANDLERS = {
    "BotStarted": _started,
    "DayOpened": _day_opened,
    "DayClosed": _day_closed,
    "EquityLowMarked": _low_marked,
    "SymbolScanned": _scanned,
    "SetupCreated": _setup_created,
    "OrderRefused": _refused,
    "OrderIntended": _intended,
    "OrderAnswered": _answered,
    "FaultMet": _fault,
    "BrakeChanged": _brake,
    "HaltLatched": _halt_latched,
    "HaltCleared": _halt_cleared,
    "PositionOpened": _position_opened,
    "PositionClosed": _position_closed,
    "DealBooked": _deal,
    "PhaseDecided": _phase_decided,
    "TargetReached": _target_reached,
    "CommandTaken": _command,
}
