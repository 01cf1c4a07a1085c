"""Sends what lowers risk: closes, stop moves, cancels. Needs nothing but the terminal.

A close names its ticket; a close whose outcome is open is not repeated until evidence says it was
not done. Shares the order desk's lock.
"""

from __future__ import annotations

import math
import threading
from enum import IntEnum
from typing import NamedTuple

from bot.live.evidence import HISTORY_LEAD_S, EvidenceReader, magic_of
from bot.live.intents import IntentBook
from bot.live.record import Record
from bot.live.state import Intent, Setup, SetupStatus
from bot.model.broker import (
    MARKET_CLOSED_RETCODE,
    BrokerOrder,
    BrokerPosition,
    CancelOrder,
    CloseLots,
    MoveStop,
    OrderState,
    SendOutcome,
    SendResult,
)
from bot.model.events import StopMoved
from bot.model.settings import BotSettings
from bot.ports import Broker, Ok
from bot.rules.entry import exit_price

_EXIT_LEG = 1
_DOUBLINGS_MAX = 3
_DOUBLINGS_MAX_CLOSED = 6
_ANY_PRICE_FRACTION = 0.5


class CancelAnswer(IntEnum):
    """What is known after asking for a cancel."""

    CONFIRMED = 0
    FILLED = 1
    UNCONFIRMED = 2


class _Wait(NamedTuple):
    """Until when a refused request waits, how often it was refused in a row, and the market then.

    A closed market is waited for longer. Where it stood still as well, the wait ends early: after
    `moving_s`, as soon as a tick is newer than `tick_utc_s`.
    """

    until_s: float
    refusals_count: int
    moving_s: float = math.inf
    tick_utc_s: float = math.inf


_NO_WAIT = _Wait(0.0, 0)


class ExitDesk:
    """Closes, moves stops and cancels; remembers only when a refused request may be tried again."""

    def __init__(
        self,
        settings: BotSettings,
        record: Record,
        reader: EvidenceReader,
        wires: tuple[Broker, IntentBook, threading.RLock],
    ) -> None:
        self._settings = settings
        self._record = record
        self._reader = reader
        self._broker, self._intents, self._lock = wires
        self._retries: dict[int, _Wait] = {}
        self.is_any_price = False

    def lift_price_limit(self) -> None:
        """From now on any price will do, and no wait of milder times holds an exit back."""
        if not self.is_any_price:
            self._retries.clear()
        self.is_any_price = True

    def close(
        self, position: BrokerPosition, lots: float, reason: str, rung: int = -1
    ) -> SendOutcome | None:
        """Close `lots` of a position; None when it must wait (open outcome, back-off)."""
        with self._lock:
            is_waiting = self._must_wait(position.ticket) and not self._moves_again(position)
            if is_waiting or self._has_open_close(position, lots):
                return None
            price = self._close_price(position)
            intent = self._close_intent(position, min(lots, position.lots), price, rung)
            self._intents.open(intent, None, reason)
            outcome = self._broker.send(
                CloseLots(
                    symbol=position.symbol,
                    ticket=position.ticket,
                    position_side=position.side,
                    lots=intent.lots,
                    price=price,
                    deviation_price=self._deviation_price(position),
                    magic=intent.magic,
                    comment=reason[:20],
                    is_whole=intent.lots >= position.lots,
                )
            )
            self._after(position, intent, outcome)
            return outcome

    def move_stop(
        self, setup: Setup, position: BrokerPosition, levels: tuple[float, float], reason: str
    ) -> bool:
        """Set stop and target together; True once the broker confirmed."""
        with self._lock:
            if self._must_wait(-position.ticket):
                return False
            stop_price, target_price = levels
            outcome = self._broker.send(
                MoveStop(position.symbol, position.ticket, stop_price, target_price)
            )
            self._reader.invalidate()
            if outcome.result != SendResult.DONE:
                self._back_off(-position.ticket)
                self._record.fault("B12", f"{position.symbol} stop {stop_price:g}: {outcome.text}")
                return False
            self._note_stop(setup, position, stop_price, reason)
            return True

    def cancel(self, setup: Setup, reason: str) -> CancelAnswer:
        """Cancel a setup's resting order and verify it in orders, positions and history (B45)."""
        with self._lock:
            ticket = setup.order_ticket
            if not self._must_wait(ticket):
                outcome = self._broker.send(CancelOrder(setup.symbol, ticket))
                self._reader.invalidate()
                if outcome.result not in (SendResult.DONE, SendResult.WORLD_CHANGED):
                    self._back_off(ticket)
                    self._record.fault("B45", f"cancel {setup.symbol} ({reason}): {outcome.text}")
            return self.cancel_answer(setup)

    def cancel_orphan(self, order: BrokerOrder) -> bool:
        """Cancel an own order that no setup owns; True once the broker took it."""
        with self._lock:
            if self._must_wait(order.ticket):
                return False
            outcome = self._broker.send(CancelOrder(order.symbol, order.ticket))
            self._reader.invalidate()
            if outcome.result != SendResult.DONE:
                self._back_off(order.ticket)
            return outcome.result == SendResult.DONE

    def cancel_answer(self, setup: Setup) -> CancelAnswer:
        """Evidence about a resting order that was asked to go; silence concludes nothing."""
        evidence = self._reader.evidence()
        if evidence.order(setup.order_ticket) is not None:
            return CancelAnswer.UNCONFIRMED
        for position in evidence.positions:
            if position.position_id == setup.order_ticket or position.magic == setup.order_magic:
                return CancelAnswer.FILLED
        finished = self._broker.finished_orders(setup.created_utc_s - HISTORY_LEAD_S)
        if not isinstance(finished, Ok):
            return CancelAnswer.UNCONFIRMED
        for order in finished.value:
            if order.ticket == setup.order_ticket:
                filled = order.state == OrderState.FILLED
                return CancelAnswer.FILLED if filled else CancelAnswer.CONFIRMED
        return CancelAnswer.UNCONFIRMED

    def _close_intent(
        self, position: BrokerPosition, lots: float, price: float, rung: int
    ) -> Intent:
        setup_id = self._record.state.position_setups.get(position.position_id, 0)
        return Intent(
            intent_id=0,
            magic=magic_of(self._settings.magic_base, setup_id, 0, _EXIT_LEG),
            setup_id=setup_id,
            symbol=position.symbol,
            action="close",
            side=-position.side,
            lots=lots,
            price=price,
            stop_price=0.0,
            risk_money=0.0,
            created_utc_s=self._record.now_utc_s(),
            ticket=position.position_id,
            lots_before=position.lots,
            rung=rung,
        )

    def _after(self, position: BrokerPosition, intent: Intent, outcome: SendOutcome) -> None:
        self._reader.invalidate()
        self._intents.answer(intent, outcome)
        if outcome.result in (SendResult.DONE, SendResult.PARTIAL):
            self._retries.pop(position.ticket, None)
        elif outcome.retcode == MARKET_CLOSED_RETCODE:
            self._wait_for_market(position)
        else:
            self._back_off(position.ticket)

    def _has_open_close(self, position: BrokerPosition, lots: float) -> bool:
        """Whether a close of unknown outcome forbids this one.

        A full close waits for another full close only: done twice it finds no position. A partial
        one waits for any, since both could be executed.
        """
        is_full = lots >= position.lots
        return any(
            intent.action == "close"
            and intent.ticket == position.position_id
            and (not is_full or intent.lots >= intent.lots_before)
            for intent in self._record.state.intents.values()
        )

    def _close_price(self, position: BrokerPosition) -> float:
        """The closing side now; an exit that is wanted does not wait for a readable quote."""
        quote = self._reader.quote(position.symbol)
        return position.open_price if quote is None else exit_price(position.side, quote)

    def _must_wait(self, key: int) -> bool:
        return self._retries.get(key, _NO_WAIT).until_s > self._record.monotonic_s()

    def _moves_again(self, position: BrokerPosition) -> bool:
        """Whether a market that stood still has shown a newer tick: flat within a minute (I7)."""
        wait = self._retries.get(position.ticket, _NO_WAIT)
        if self._record.monotonic_s() < wait.moving_s:
            return False
        quote = self._reader.quote(position.symbol)
        return quote is not None and quote.time_utc_s > wait.tick_utc_s

    def _back_off(self, key: int) -> None:
        """Each refusal in a row doubles the wait, to 40 s at most: flat within a minute (I7)."""
        count = self._retries.get(key, _NO_WAIT).refusals_count
        most = 0 if self.is_any_price else _DOUBLINGS_MAX
        self._retries[key] = _Wait(self._in_s(min(count, most)), count + 1)

    def _wait_for_market(self, position: BrokerPosition) -> None:
        """A closed market is not flooded: there the wait grows on, in an emergency too (I19)."""
        count = self._retries.get(position.ticket, _NO_WAIT).refusals_count
        self._retries[position.ticket] = _Wait(
            self._in_s(min(count, _DOUBLINGS_MAX_CLOSED)),
            count + 1,
            self._in_s(min(count, _DOUBLINGS_MAX)),
            self._stood_still_utc_s(position.symbol),
        )

    def _stood_still_utc_s(self, symbol: str) -> float:
        """The time of the last tick where it is old; infinite where ticks go on all the same."""
        quote = self._reader.quote(symbol)
        if quote is None:
            return -math.inf
        age_s = self._record.now_utc_s() - quote.time_utc_s
        return quote.time_utc_s if age_s > self._settings.entry.quote_age_max_s else math.inf

    def _in_s(self, doublings: int) -> float:
        wait_s = self._settings.schedule.flatten_retry_s * 2.0**doublings
        return self._record.monotonic_s() + wait_s

    def _deviation_price(self, position: BrokerPosition) -> float:
        """Wide on purpose: an exit that is wanted is wanted at the market's price.

        In an emergency no price is too bad, whatever the spread: staying is worse.
        """
        if self.is_any_price:
            return position.open_price * _ANY_PRICE_FRACTION
        return abs(position.open_price - position.stop_price) or position.open_price * 0.01

    def _note_stop(
        self, setup: Setup, position: BrokerPosition, stop_price: float, reason: str
    ) -> None:
        if setup.status == SetupStatus.FILLED and setup.ladder is not None:
            setup.ladder.stop_price = stop_price
        self._record.event(
            StopMoved(
                setup_id=setup.setup_id,
                symbol=setup.symbol,
                position_id=position.position_id,
                before_price=position.stop_price,
                after_price=stop_price,
                reason=reason,
            )
        )
