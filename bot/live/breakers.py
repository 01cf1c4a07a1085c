"""Trips, holds and resets the circuit breakers, and answers for them at the entry gate.

A trip is latched once, with its firm day, value and limit; restarts change nothing. What lowers
risk is never asked here. A breaker that flattens does it through a halt, so that one sweep is
verified and confirmed for all of them.
"""

from __future__ import annotations

from bot.live.breaker_gauges import BreakerGauges, is_used
from bot.live.breaker_state import BreakerState, Tripped, may_person_reset
from bot.live.entry_checks import EntryAsk
from bot.live.evidence import Evidence
from bot.live.halts import HaltBook
from bot.live.record import Record
from bot.model.breakers import (
    RESETS,
    RESTING_STAYS,
    Breaker,
    BreakerAction,
    BreakerLevel,
    Reading,
    ResetRule,
)
from bot.model.decision import ALLOWED, Finding, Refusal
from bot.model.events import BreakerReset, BreakerResetRefused, BreakerTripped
from bot.model.settings import BotSettings
from bot.rules.breakers import is_reset_due

BY_PERSON = "person"
BY_PARAMETERS = "parameters"
_HALT_PREFIX = "breaker_"


class Breakers:
    """The one place where a breaker changes."""

    def __init__(
        self, settings: BotSettings, record: Record, halts: HaltBook, gauges: BreakerGauges
    ) -> None:
        self._settings = settings
        self._record = record
        self._halts = halts
        self._gauges = gauges
        self._is_blind = False
        self.readings: dict[Breaker, Reading] = {}

    def step(self, evidence: Evidence) -> None:
        """Reset what is due, then read every gauge; call it once the firm's day was rolled."""
        self._is_blind = False
        self._reset_due(evidence.now_utc_s)
        for breaker, reading in self._gauges.readings(evidence):
            self.readings[breaker] = reading  # only for the status page
            tripped = self._state.tripped.get(breaker.value)
            if tripped is None:
                self._trip_if_met(breaker, reading, evidence.now_utc_s)
            else:
                self._heal(tripped, reading, evidence.now_utc_s)
        self._ask_for_flat()

    def lost(self) -> None:
        """A cycle without evidence: the first of a blind spell counts as one more disconnect."""
        if self._is_blind:
            return
        self._is_blind = True
        self._gauges.lost(self._record.now_utc_s())
        for tripped in self._state.tripped.values():
            tripped.healed_since_utc_s = 0.0  # what cannot be seen heals nothing

    def finding(self, ask: EntryAsk) -> Finding:
        """`BREAKER_OPEN` with the figures of the first open breaker that blocks entries."""
        del ask
        return _against(self._blocking())

    def resting_finding(self, symbol: str, side: int, now_utc_s: float) -> Finding:
        """A fill is new risk too: no order rests behind an open breaker."""
        del symbol, side, now_utc_s
        return _against([t for t in self._blocking() if t.breaker not in RESTING_STAYS])

    def reset(self, name: str, reason: str) -> bool:
        """A person's reset; False, journalled with the cause, when it is not theirs to make."""
        tripped = self._state.tripped.get(name)
        why = ""
        if not reason.strip():
            why = "a reset needs a reason"
        elif tripped is None:
            why = "it is not tripped"
        elif not may_person_reset(name):
            why = "it resets only by its own rule"
        if tripped is None or why:
            self._record.event(BreakerResetRefused(breaker=name, reason=reason, why=why))
            return False
        self._reset(tripped, BY_PERSON, reason)
        return True

    @property
    def _state(self) -> BreakerState:
        return self._record.state.breakers

    def _blocking(self) -> list[Tripped]:
        return [t for t in self._state.in_order() if t.action != BreakerAction.REDUCE]

    def _trip_if_met(self, breaker: Breaker, reading: Reading, now_utc_s: float) -> None:
        if reading.level != BreakerLevel.TRIPPED:
            return
        day = self._record.state.day
        assert day is not None, "gauges read nothing before the first day"
        action = BreakerAction(getattr(self._settings.breakers, breaker.value).action)
        self._record.event(  # before the latch: the journal tells the next start of it
            BreakerTripped(
                breaker=breaker.value,
                value=reading.value,
                limit=reading.limit,
                action=action.name.lower(),
                resets=RESETS[breaker].rule.name.lower(),
            )
        )
        self._state.tripped[breaker.value] = Tripped(
            breaker=breaker.value,
            action=action.value,
            value=reading.value,
            limit=reading.limit,
            since_utc_s=now_utc_s,
            day=day.day,
        )
        self._record.save()

    def _heal(self, tripped: Tripped, reading: Reading, now_utc_s: float) -> None:
        """A condition heals only while readings say so, and resets on such a reading alone."""
        if RESETS[Breaker(tripped.breaker)].rule != ResetRule.HEALED:
            return
        if reading.level != BreakerLevel.CALM:
            tripped.healed_since_utc_s = 0.0
            return
        if tripped.healed_since_utc_s == 0.0:
            tripped.healed_since_utc_s = now_utc_s
            self._record.touch()
        self._reset_if_due(tripped, now_utc_s)

    def _reset_due(self, now_utc_s: float) -> None:
        for tripped in self._state.in_order():
            known = tripped.breaker in set(Breaker)
            if not known or not is_used(self._settings, Breaker(tripped.breaker)):
                self._reset(tripped, BY_PARAMETERS, "no longer in use")
            elif RESETS[Breaker(tripped.breaker)].rule != ResetRule.HEALED:
                self._reset_if_due(tripped, now_utc_s)

    def _reset_if_due(self, tripped: Tripped, now_utc_s: float) -> None:
        breaker, day = Breaker(tripped.breaker), self._record.state.day
        if day is None:
            return
        rule = RESETS[breaker].rule
        wait_s = self._wait_s(breaker)
        if is_reset_due(rule.value, tripped.trip, day.day, now_utc_s, wait_s):
            self._reset(tripped, rule.name.lower(), "its reset rule was met")

    def _wait_s(self, breaker: Breaker) -> float:
        s = self._settings.breakers
        waits = {
            Breaker.SLIPPAGE: s.slippage.wait_s,
            Breaker.SPREAD_REGIME: s.spread_regime.wait_s,
            Breaker.DISK: s.disk.wait_s,
            Breaker.MEMORY: s.memory.wait_s,
        }
        return waits.get(breaker, 0.0)

    def _reset(self, tripped: Tripped, by: str, reason: str) -> None:
        state = self._record.state
        self._record.event(
            BreakerReset(
                breaker=tripped.breaker,
                by=by,
                reason=reason,
                tripped_for_s=max(0.0, self._record.now_utc_s() - tripped.since_utc_s),
            )
        )
        state.breakers.tripped.pop(tripped.breaker, None)
        state.breakers.settled_utc_s[tripped.breaker] = self._record.now_utc_s()
        if tripped.breaker in set(Breaker):
            newest = state.results[-1].setup_id if state.results else 0
            state.breakers.forget(Breaker(tripped.breaker), newest)
        self._halts.clear(_HALT_PREFIX + tripped.breaker, f"breaker reset by {by}: {reason}")
        self._record.save()

    def _ask_for_flat(self) -> None:
        """Each trip asks once: a person who resumes is not asked again, the breaker still holds."""
        for tripped in self._state.in_order():
            if tripped.action != BreakerAction.FLATTEN or tripped.is_flat_asked:
                continue
            tripped.is_flat_asked = True
            resets = RESETS[Breaker(tripped.breaker)].rule
            reason = f"{tripped.breaker} {tripped.value:g}, limit {tripped.limit:g}"
            self._halts.latch(
                _HALT_PREFIX + tripped.breaker,
                reason,
                needs_person=resets != ResetRule.FIRM_DAY,
                flattens=True,
            )


def _against(blocking: list[Tripped]) -> Finding:
    if not blocking:
        return ALLOWED
    return Finding(Refusal.BREAKER_OPEN.value, blocking[0].value, blocking[0].limit)
