"""Copies the broker's deals into the journal, each exactly once (I12).

Σ(profit + swap + commission + fee) of the booked deals is the change of the balance to the cent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from bot.live.evidence import Evidence, EvidenceReader, setup_of_magic
from bot.live.record import Record
from bot.live.state import BotState
from bot.model.broker import BrokerDeal, DealEntry
from bot.model.events import DealBooked
from bot.model.market import OffsetTable
from bot.model.settings import ScheduleSettings
from bot.ports import Broker, Ok
from bot.rules.calendar import server_day

_OVERLAP_S = 7_200.0
_KEEP_SEEN_S = 172_800.0


class DealBook:
    """Asks for new deals when something changed, and at an interval anyway.

    `booked_money` is what the deals booked by this process came to.
    """

    def __init__(
        self,
        schedule: ScheduleSettings,
        record: Record,
        wires: tuple[Broker, EvidenceReader],
        table: OffsetTable,
    ) -> None:
        self._schedule = schedule
        self._record = record
        self._broker, self._reader = wires
        self._table = table
        self._fingerprint: tuple[object, ...] = ()
        self._due_utc_s = 0.0
        self.booked_money = 0.0

    def step(self, evidence: Evidence) -> None:
        """Book new deals if balance or positions changed since the last look.

        The first day has to be open: it says from which moment on deals are ours to book.
        """
        if self._record.state.day is None:
            return
        fingerprint = (
            evidence.account.balance_money,
            tuple((p.position_id, p.lots) for p in evidence.positions),
        )
        if fingerprint == self._fingerprint and evidence.now_utc_s < self._due_utc_s:
            return
        if self.sync():
            self._fingerprint = fingerprint
            self._due_utc_s = evidence.now_utc_s + self._schedule.deals_check_s

    def sync(self) -> bool:
        """Book every deal not seen yet, oldest first; False when history could not be read."""
        state = self._record.state
        read = self._broker.deals(state.deals_since_utc_s)
        if not isinstance(read, Ok):
            self._record.fault("N01", f"deals: {read.reason}")
            return False
        fresh = [deal for deal in read.value if deal.ticket not in state.seen_deals]
        for deal in sorted(fresh, key=lambda d: (d.time_utc_s, d.ticket)):
            if deal.entry == DealEntry.NONE and deal.time_utc_s <= state.first_start_utc_s:
                state.seen_deals[deal.ticket] = deal.time_utc_s  # part of the initial balance
            elif not self._book(deal):
                return False
        if fresh:
            self._forget(max(deal.time_utc_s for deal in fresh))
        return True

    def _book(self, deal: BrokerDeal) -> bool:
        """Journal one deal; False when it has to wait for its day or for the disk."""
        state = self._record.state
        day = state.day
        is_cash = deal.entry == DealEntry.NONE
        if is_cash and day is not None and server_day(deal.time_utc_s, self._table) > day.day:
            return False  # its day has not been opened yet
        is_own = self._reader.is_own(deal.magic) or deal.position_id in state.position_setups
        setup_id = state.position_setups.get(deal.position_id, 0)
        if setup_id == 0 and self._reader.is_own(deal.magic):
            setup_id = setup_of_magic(deal.magic)
            if deal.position_id:
                state.position_setups[deal.position_id] = setup_id
        is_recorded = self._record.event_now(
            DealBooked(
                deal_ticket=deal.ticket,
                order_ticket=deal.order_ticket,
                position_id=deal.position_id,
                setup_id=setup_id,
                symbol=deal.symbol,
                side=deal.side,
                entry=deal.entry.name,
                reason=deal.reason.name,
                lots=deal.lots,
                price=deal.price,
                profit_money=deal.profit_money,
                swap_money=deal.swap_money,
                commission_money=deal.commission_money,
                fee_money=deal.fee_money,
                is_own=is_own,
                time_utc_s=deal.time_utc_s,
            )
        )
        if is_recorded:
            state.seen_deals[deal.ticket] = deal.time_utc_s
            self.booked_money = round(self.booked_money + net_money([deal]), 2)
            self._note_opened(deal)
            if is_cash:
                shift_cash(state, net_money([deal]), server_day(deal.time_utc_s, self._table))
        return is_recorded

    def _note_opened(self, deal: BrokerDeal) -> None:
        """Whoever opens a trade keeps the account from lying idle."""
        memory = self._record.state.challenge
        if deal.entry == DealEntry.IN:
            memory.last_opened_utc_s = max(memory.last_opened_utc_s, deal.time_utc_s)

    def _forget(self, newest_utc_s: float) -> None:
        """Move the window on; deals may arrive late, so it overlaps (B07)."""
        state = self._record.state
        state.deals_since_utc_s = max(state.deals_since_utc_s, newest_utc_s - _OVERLAP_S)
        oldest = state.deals_since_utc_s - _KEEP_SEEN_S
        state.seen_deals = {t: at for t, at in state.seen_deals.items() if at >= oldest}


def shift_cash(state: BotState, cash_money: float, day_number: int) -> None:
    """Money paid in or out is no profit: of its own day, nor of the phase."""
    state.phase_cash_money = round(state.phase_cash_money + cash_money, 2)
    if state.day is not None and state.day.day == day_number:
        state.day.cash_money = round(state.day.cash_money + cash_money, 2)


def may_be_new(state: BotState, ticket: int, at_utc_s: float) -> bool:
    """Whether a deal's money may be missing in `state`: after its start, and not known to it."""
    oldest = max(state.first_start_utc_s, state.deals_since_utc_s - _KEEP_SEEN_S)
    return at_utc_s > oldest and ticket not in state.seen_deals


def net_money(deals: Iterable[BrokerDeal]) -> float:
    """What deals changed the balance by, to the cent."""
    return round(
        math.fsum(
            money
            for d in deals
            for money in (d.profit_money, d.swap_money, d.commission_money, d.fee_money)
        ),
        2,
    )
