"""Takes exposure off, one action at a time: the plan is the rule's, the sending is done here."""

from __future__ import annotations

import math
from enum import Enum

import numpy as np

from bot.live.evidence import Evidence, EvidenceReader
from bot.live.exit_desk import ExitDesk
from bot.live.pending_queue import PendingQueue
from bot.live.record import Record
from bot.live.risk_book import Charge, ChargeKind, RiskBook
from bot.live.state import Setup, SetupStatus
from bot.model.broker import SendResult
from bot.model.decision import ExitReason
from bot.model.events import ExposureRelieved
from bot.model.reserves import GuardItems
from bot.rules.guard import plan_relief

_ORDERS_FIRST, _THEN_POSITIONS = 0, 1
_LOTS_NOISE = 1e-9
_IN_FLIGHT_MAX_S = 60.0
FLOOR_CAUSE, RESET_CAUSE = "floor", "reset_night"
_WORDS = {
    FLOOR_CAUSE: "worst case would touch a floor",
    RESET_CAUSE: "worst case would touch tomorrow's floor",
}
REFUSED_ROW = (0.0, 0.0, 0.0, 0.0, 0.0)


class ReliefMode(Enum):
    """Whether a position may be reduced on its volume grid, or only go as a whole."""

    IN_PART = "in_part"
    WHOLE = "whole"


class Relief:
    """Carries out the first action of the plan that can be carried out now."""

    def __init__(
        self,
        record: Record,
        wires: tuple[EvidenceReader, RiskBook],
        desks: tuple[ExitDesk, PendingQueue],
    ) -> None:
        self._record = record
        self._reader, self._risks = wires
        self._exits, self._pending = desks

    def act(self, shortfall_money: float, mode: ReliefMode, cause: str) -> str:
        """Take one thing off towards `shortfall_money`; the action's name, "" when none could be.

        What the broker refuses now is left out and the plan is made again without it. A close
        whose outcome is open may have been done: only what it would not have freed is taken off.
        """
        evidence = self._reader.evidence()
        charges = self._own(evidence)
        in_flight = self._in_flight(charges)
        need_money = shortfall_money - math.fsum(in_flight.values())
        refused = set(in_flight)
        while need_money > 0.0:
            plan = plan_relief(need_money, self._items(charges, refused, mode))
            places = [i for i in range(len(charges)) if plan[i] > 0.0]
            if not places:
                return ""
            place = places[0]
            charge, lots = charges[place], float(plan[place])
            if self._take_off(charge, lots, cause):
                return self._note(charge, lots, (shortfall_money, cause))
            refused.add(place)
        return ""

    def _in_flight(self, charges: list[Charge]) -> dict[int, float]:
        """What closes of unknown outcome would free, by the place of what they close.

        They are waited for a minute at most; then the floor counts more than one position.
        """
        freed: dict[int, float] = {}
        for intent in self._record.state.intents.values():
            age_s = self._record.now_utc_s() - intent.created_utc_s
            if not (intent.is_unknown and 0.0 <= age_s < _IN_FLIGHT_MAX_S):
                continue
            for place, charge in enumerate(charges):
                if charge.kind == ChargeKind.POSITION and charge.ticket == intent.ticket:
                    freed[place] = _freed_money(charge, min(intent.lots, charge.lots))
        return freed

    def _own(self, evidence: Evidence) -> list[Charge]:
        """What may be acted on: resting orders of setups, own positions, losses with a bound."""
        state = self._record.state
        pending = {s.order_ticket for s in state.live_setups(SetupStatus.PENDING)}
        positions = {
            p.position_id
            for p in evidence.positions
            if self._reader.is_own(p.magic) or p.position_id in state.position_setups
        }
        known = {ChargeKind.ORDER: pending, ChargeKind.POSITION: positions}
        own = [
            charge
            for charge in self._risks.charges(evidence)
            if charge.ticket in known.get(charge.kind, ()) and math.isfinite(charge.money)
        ]
        return sorted(own, key=lambda c: (c.kind != ChargeKind.ORDER, c.ticket))

    def _items(self, charges: list[Charge], refused: set[int], mode: ReliefMode) -> GuardItems:
        rows = [
            REFUSED_ROW if place in refused else self._row(charge, mode)
            for place, charge in enumerate(charges)
        ]
        columns = np.array(rows, dtype=np.float64).reshape(-1, 5).T
        return GuardItems(columns[0].astype(np.int64), *columns[1:])

    def _row(self, charge: Charge, mode: ReliefMode) -> tuple[float, ...]:
        """Commission is paid by closing, too, so taking off gives back all but that."""
        relief_money = charge.money - charge.case.commission_money
        rank = _ORDERS_FIRST if charge.kind == ChargeKind.ORDER else _THEN_POSITIONS
        instrument = self._reader.instrument(charge.symbol)
        if rank == _ORDERS_FIRST or mode == ReliefMode.WHOLE or instrument is None:
            return (rank, relief_money, charge.lots, charge.lots, 0.0)
        spec = instrument.spec
        return (rank, relief_money, charge.lots, spec.lots_min, spec.lots_step)

    def _take_off(self, charge: Charge, lots: float, cause: str) -> bool:
        if charge.kind == ChargeKind.ORDER:
            setup = self._setup_of(charge)
            return setup is not None and self._pending.withdraw(
                setup, SetupStatus.CANCELLED, _WORDS[cause]
            )
        return self._close(charge, lots)

    def _close(self, charge: Charge, lots: float) -> bool:
        position = self._reader.evidence().position(charge.ticket)
        if position is None:
            return False
        reason = ExitReason.BRAKE.name
        outcome = self._exits.close(position, lots, reason)
        if outcome is None or outcome.result not in _TAKEN:
            return False
        setup = self._setup_of(charge)
        is_whole = lots >= position.lots - _LOTS_NOISE
        if is_whole and setup is not None and setup.ladder is not None:
            setup.ladder.close_reason = reason
        return True

    def _setup_of(self, charge: Charge) -> Setup | None:
        state = self._record.state
        if charge.kind == ChargeKind.POSITION:
            return state.setups.get(state.position_setups.get(charge.ticket, 0))
        pending = state.live_setups(SetupStatus.PENDING)
        return next((s for s in pending if s.order_ticket == charge.ticket), None)

    def _note(self, charge: Charge, lots: float, why: tuple[float, str]) -> str:
        shortfall_money, cause = why
        setup = self._setup_of(charge)
        is_whole = lots >= charge.lots - _LOTS_NOISE
        action = "close" if is_whole else "reduce"
        if charge.kind == ChargeKind.ORDER:
            action = "cancel"
        self._record.event(
            ExposureRelieved(
                cause=cause,
                action=action,
                setup_id=setup.setup_id if setup is not None else 0,
                symbol=charge.symbol,
                ticket=charge.ticket,
                lots=lots,
                relief_money=round(_freed_money(charge, lots), 2),
                shortfall_money=round(shortfall_money, 2),
            )
        )
        return action


def _freed_money(charge: Charge, lots: float) -> float:
    """What the worst case shrinks by when `lots` go; their commission is paid all the same."""
    return (charge.money - charge.case.commission_money) * lots / charge.lots


_TAKEN = (SendResult.DONE, SendResult.PARTIAL, SendResult.UNKNOWN)
"""An unknown outcome counts as taken this cycle: evidence decides before anything is repeated."""
