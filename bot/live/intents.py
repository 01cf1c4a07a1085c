"""Requests that are about to be sent or whose outcome is open; settled by evidence alone.

An intent is on disk before its request leaves (I9). UNKNOWN is never resent: it is resolved by a
position, an order or a history row with its key, or by enough agreeing clean reads over enough
time that nothing came of it (FAULTS, outcome classes).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.live.evidence import HISTORY_LEAD_S, Evidence
from bot.live.grounds import Grounds
from bot.live.record import Record
from bot.live.sizing_words import order_intended
from bot.live.state import Intent
from bot.live.stopwatch import Stopwatch
from bot.model.broker import BrokerOrder, DealEntry, OrderState, SendOutcome, SendResult
from bot.model.events import IntentResolved, OrderAnswered
from bot.model.settings import ScheduleSettings
from bot.ports import Broker, Ok

ENTRY_ACTIONS = frozenset({"open_market", "place_limit"})
_ENTERED = (SendResult.DONE, SendResult.PARTIAL, SendResult.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Findings:
    """What became of an unknown entry: exactly one of the fields is set, or none yet."""

    position_id: int = 0
    resting: BrokerOrder | None = None
    is_absent: bool = False


class IntentBook:
    """Opens, settles and resolves intents; `on_entry` is told of each entry that may stand."""

    def __init__(self, record: Record, broker: Broker, schedule: ScheduleSettings) -> None:
        self._record = record
        self._broker = broker
        self._schedule = schedule
        self._waits = Stopwatch(record.monotonic_s)
        self.on_entry: Callable[[Intent], None] = lambda _intent: None

    def open(self, intent: Intent, grounds: Grounds | None, evidence_text: str) -> bool:
        """Put the intent on disk; False means it is not there and an entry must not be sent.

        An exit goes out all the same, and its line follows as soon as the disk takes it.
        """
        state = self._record.state
        intent.intent_id = state.next_intent_id
        state.next_intent_id += 1
        state.intents[intent.intent_id] = intent
        is_entry = intent.action in ENTRY_ACTIONS
        write = self._record.event_now if is_entry else self._record.event
        is_journalled = write(order_intended(intent, grounds, evidence_text))
        is_saved = self._record.save()
        if is_journalled and is_saved:
            return True
        if is_entry:
            del state.intents[intent.intent_id]
        return False

    def answer(self, intent: Intent, outcome: SendOutcome) -> None:
        """Journal what came back; an unknown outcome keeps the intent, every other ends it."""
        self._record.event(
            OrderAnswered(
                intent_id=intent.intent_id,
                setup_id=intent.setup_id,
                symbol=intent.symbol,
                action=intent.action,
                result=outcome.result.name,
                retcode=outcome.retcode,
                text=outcome.text,
                order_ticket=outcome.order_ticket,
                deal_ticket=outcome.deal_ticket,
                lots=outcome.lots,
                price=outcome.price,
            )
        )
        if intent.action in ENTRY_ACTIONS and outcome.result in _ENTERED:
            self.on_entry(intent)
        if outcome.result == SendResult.UNKNOWN:
            intent.is_unknown = True
            self._record.fault("B02", f"{intent.action} {intent.symbol}: {outcome.text}")
        else:
            self._record.state.intents.pop(intent.intent_id, None)

    def resolve(self, intent: Intent, resolution: str, evidence_text: str) -> None:
        """End an unknown intent by evidence."""
        self._record.state.intents.pop(intent.intent_id, None)
        self._record.event(
            IntentResolved(
                intent_id=intent.intent_id,
                setup_id=intent.setup_id,
                symbol=intent.symbol,
                resolution=resolution,
                evidence=evidence_text,
            )
        )

    def find_entry(self, intent: Intent, evidence: Evidence) -> Findings:
        """Look for an unknown entry: positions, orders, then history, then patience."""
        for position in evidence.positions:
            if position.magic == intent.magic:
                return Findings(position_id=position.position_id)
        for order in evidence.orders:
            if order.magic == intent.magic:
                return Findings(resting=order)
        since = min(intent.created_utc_s, self._record.now_utc_s()) - HISTORY_LEAD_S
        found = self._find_in_history(intent, since)
        if found is not None or not self._is_patience_over(intent):
            return found or Findings()
        whole = self._find_in_history(intent, 0.0)  # no clock says where the search may begin
        return whole or Findings(is_absent=True)

    def _find_in_history(self, intent: Intent, since_utc_s: float) -> Findings | None:
        """What history says of the intent; None when it was read and holds nothing of it."""
        deals = self._broker.deals(since_utc_s)
        orders = self._broker.finished_orders(since_utc_s)
        if not isinstance(deals, Ok) or not isinstance(orders, Ok):
            return Findings()
        for deal in deals.value:
            if deal.magic == intent.magic and deal.entry == DealEntry.IN:
                return Findings(position_id=deal.position_id)
        for order in orders.value:
            if order.magic == intent.magic:  # one that filled has a deal, shown now or later
                return Findings(is_absent=order.state != OrderState.FILLED)
        return None

    def _is_patience_over(self, intent: Intent) -> bool:
        """Count one more clean, agreeing read; absent after enough of them over enough time."""
        waited_s = self._waited_s(intent)
        return (
            intent.clean_reads_count >= self._schedule.unresolved_clean_reads_count
            and waited_s >= self._schedule.unresolved_span_s
        )

    def _waited_s(self, intent: Intent) -> float:
        """Seconds since the first clean read, this one counted; no step of a clock changes them."""
        if intent.clean_reads_count == 0:
            intent.first_clean_utc_s = self._record.now_utc_s()
            self._waits.start(intent.intent_id)
        intent.clean_reads_count += 1
        self._record.touch()
        return self._waits.elapsed_s(intent.intent_id)

    def close_was_done(self, intent: Intent, evidence: Evidence) -> bool | None:
        """Whether an unknown close took place; None while it cannot be told."""
        position = evidence.position(intent.ticket)
        if position is None:
            return True
        if position.lots < intent.lots_before:
            return True
        return False if self._is_grace_over(intent) else None

    def _is_grace_over(self, intent: Intent) -> bool:
        """A close that left the volume unchanged for long enough was not done.

        A full close may be repeated soon: a second one finds no position (10036). A partial close
        done twice would close too much, so it waits as long as an entry does.
        """
        waited_s = self._waited_s(intent)
        is_full = intent.lots >= intent.lots_before
        schedule = self._schedule
        wait_s = schedule.visible_grace_s if is_full else schedule.unresolved_span_s
        return (
            intent.clean_reads_count >= schedule.unresolved_clean_reads_count and waited_s >= wait_s
        )
