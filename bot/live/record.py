"""What every stage shares: the state, its store, the journal, and counted faults."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from bot.errors import StoreError
from bot.live.state import LEGAL_MOVES, STATE_NAME, BotState, Setup, SetupStatus
from bot.model.events import Event, FaultMet, SetupMoved
from bot.ports import MANAGE_ONLY, Clock, Journal, Store

_FAULT_REPORT_FACTOR = 10
_UNTOLD_MAX_COUNT = 1_000
_UNTOLD_RETRY_S = 5.0

_IDENTITIES: dict[str, tuple[str, ...]] = {
    "DealBooked": ("deal_ticket",),
    "DayOpened": ("date",),
    "DayClosed": ("date",),
    "PositionOpened": ("position_id",),
    "PositionClosed": ("position_id",),
    "RungTaken": ("position_id", "rung"),
    "CommandTaken": ("command_id",),
}
"""What makes an event the same event: after a crash it is not recorded a second time (I10)."""


def identity_of(kind: str, fields: Mapping[str, object]) -> tuple[str, object] | None:
    """The identity of an event that must be journalled once, None for all others."""
    names = _IDENTITIES.get(kind)
    if names is None or not all(isinstance(fields.get(name), (int, str)) for name in names):
        return None
    values = tuple(fields[name] for name in names)
    return None if values == (MANAGE_ONLY,) else (kind, values)  # met anew by each process


class Record:
    """Owns the state object; saves it whole, and says when it could not.

    Lines the disk refuses wait and are written, in their order, before any later one: a journal
    that takes lines again has no hole. Until then nothing is durable, and nothing is opened.
    """

    def __init__(self, state: BotState, store: Store, journal: Journal, clock: Clock) -> None:
        self.state = state
        self._store = store
        self._journal = journal
        self._clock = clock
        self._is_dirty = True
        self._saved_utc_s = 0.0
        self._untold: deque[Event] = deque()
        self._untold_due_s = 0.0
        self.is_durable = True
        self.is_clock_doubted = False  # our clock leapt, or is off the server's rule
        self.already_recorded: set[tuple[str, object]] = set()

    def now_utc_s(self) -> float:
        """Wall clock of the trader."""
        return self._clock.now_utc_s()

    def monotonic_s(self) -> float:
        """Seconds that never step back: for waits and back-offs."""
        return self._clock.monotonic_s()

    def event(self, event: Event) -> bool:
        """Journal an event; False when it has to wait for the disk (FAULTS D03-D05)."""
        is_waiting = bool(self._untold) and self.monotonic_s() < self._untold_due_s
        if not is_waiting and self.event_now(event):
            return True
        self._is_dirty = True
        if len(self._untold) < _UNTOLD_MAX_COUNT:
            self._untold.append(event)
        return False

    def event_now(self, event: Event) -> bool:
        """Journal an event now or not at all: for a caller that asks again or does without."""
        self._is_dirty = True
        if self.already_recorded and self._is_recorded(event):
            return True
        is_told = self._tell_waiting() and self._tell(event)
        if not is_told:
            self.is_durable = False
        return is_told

    def _tell(self, event: Event) -> bool:
        try:
            self._journal.record(event)
        except StoreError:
            self._untold_due_s = self.monotonic_s() + _UNTOLD_RETRY_S
            return False
        return True

    def _tell_waiting(self) -> bool:
        """Write what the disk refused before; whether nothing is left of it."""
        while self._untold and self._tell(self._untold[0]):
            self._untold.popleft()
        return not self._untold

    def _is_recorded(self, event: Event) -> bool:
        kind = type(event).__name__
        names = _IDENTITIES.get(kind)
        if names is None:
            return False
        return identity_of(kind, {n: getattr(event, n) for n in names}) in self.already_recorded

    def touch(self) -> None:
        """The state changed and has to be saved at the end of the cycle."""
        self._is_dirty = True

    def save(self) -> bool:
        """Write the state if it changed; False when it could not be written."""
        is_told = not self._untold or self._tell_waiting()
        if not self._is_dirty:
            self.is_durable = is_told
            return True
        self._saved_utc_s = self._clock.now_utc_s()
        try:
            self._store.save(STATE_NAME, self.state.document())
        except StoreError as error:
            was_durable, self.is_durable = self.is_durable, False
            if was_durable:
                self.fault("D03", str(error))
            return False
        self._is_dirty = False
        self.is_durable = is_told
        return True

    def save_if_old(self, max_age_s: float) -> None:
        """Save even an unchanged record now and then: the account last seen lives in it."""
        if self._clock.now_utc_s() - self._saved_utc_s >= max_age_s:
            self._is_dirty = True
        self.save()

    def fault(self, fault: str, detail: str) -> None:
        """Count a fault; journal the 1st, 10th, 100th … of a kind."""
        count = self.state.faults_count.get(fault, 0) + 1
        self.state.faults_count[fault] = count
        power = 1
        while power < count:
            power *= _FAULT_REPORT_FACTOR
        if power == count:
            self.event(FaultMet(fault=fault, detail=detail, count=count))

    def move(self, setup: Setup, status: SetupStatus, reason: str) -> None:
        """Change a setup's status along a legal transition and journal why."""
        assert status in _legal_from(setup), f"{setup.status} -> {status} is not a legal move"
        before, setup.status = setup.status, status
        setup.since_utc_s = self.now_utc_s()
        setup.missing_since_utc_s = 0.0
        self.event(
            SetupMoved(
                setup_id=setup.setup_id,
                symbol=setup.symbol,
                before=before.value,
                after=status.value,
                reason=reason,
                distance_r=setup.distance_r,
            )
        )
        if not setup.is_live:
            self.state.setups.pop(setup.setup_id, None)


def _legal_from(setup: Setup) -> frozenset[SetupStatus]:

    return LEGAL_MOVES.get(setup.status, frozenset())
