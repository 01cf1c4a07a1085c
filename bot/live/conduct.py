"""Keeps the account's conduct unremarkable: entries spaced, sizes as usual, exits not hurried.

Protective orders are never asked here: a missing stop, a brake, a repair and a person act at once.
"""

from __future__ import annotations

import math

import numpy as np

from bot.live.conduct_state import ConductState, EntryNote
from bot.live.entry_checks import EntryAsk
from bot.live.evidence import Evidence
from bot.live.record import Record
from bot.live.state import Intent, Ladder, Setup, SetupStatus
from bot.model.conduct import EntryTimes, Requests
from bot.model.decision import ALLOWED, Finding, Refusal
from bot.model.settings import BotSettings
from bot.rules.conduct import (
    ENTRY_GAP_HARD_LEAST_S,
    exit_must_wait,
    size_cap_fraction,
    spacing_finding,
    stop_edit_is_due,
)

_REPLACED_WITHIN_S = 5.0
_EDITS_KEPT_COUNT = 200


class ConductGovernor:
    """Spaces entries and knows the usual size; told of each entry the broker may have taken."""

    def __init__(self, settings: BotSettings, record: Record) -> None:
        self._settings = settings.conduct
        self._record = record
        self._entered_cycle = (0, -1)

    def finding(self, ask: EntryAsk) -> Finding:
        """`ENTRY_TOO_SOON` after another entry, of any symbol or of this one.

        An order put back a moment after it was withdrawn to be re-sized is no new entry.
        """
        now = ask.evidence.now_utc_s
        if self._is_replacement(ask.setup_id, now):
            return ALLOWED
        finding = spacing_finding(self._times(ask.symbol, now), self._settings)
        if finding.refusal == Refusal.NONE and self._cycle() == self._entered_cycle:
            return Finding(Refusal.ENTRY_TOO_SOON.value, 0.0, finding.limit)
        return finding

    def note(self, intent: Intent) -> None:
        """An entry was sent and taken, or may have been."""
        now, setup = self._record.now_utc_s(), self._record.state.setups.get(intent.setup_id)
        if setup is not None and self._is_replacement(setup.setup_id, now):
            at_utc_s = self._last_of(setup.setup_id)
        else:
            at_utc_s, self._entered_cycle = now, self._cycle()
        seen = self._record.state.last_seen
        balance = seen.balance_money if seen is not None else 0.0
        fraction = intent.risk_money / balance if balance > 0.0 else 0.0
        self._state.note(EntryNote(intent.setup_id, intent.symbol, at_utc_s, fraction))
        self._record.touch()

    def usual_risk_money(self, setup: Setup, evidence: Evidence) -> float:
        """The most a setup may risk without standing out among the entries before it."""
        others = [
            entry.risk_balance_fraction
            for entry in self._state.entries
            if entry.setup_id != setup.setup_id and entry.risk_balance_fraction > 0.0
        ]
        cap = size_cap_fraction(np.array(others, dtype=np.float64), self._settings)
        return float(cap) * evidence.account.balance_money

    @property
    def _state(self) -> ConductState:
        return self._record.state.conduct

    def _cycle(self) -> tuple[int, int]:
        day = self._record.state.day
        return (0, 0) if day is None else (day.day, day.cycles_count)

    def _times(self, symbol: str, now_utc_s: float) -> EntryTimes:
        """Since the last entry sent, filled or unresolved.

        A moment far ahead was stamped by a wrong clock: waiting for it would stop trading.
        """
        state = self._record.state
        moments = [(entry.symbol, entry.at_utc_s) for entry in self._state.entries]
        moments += [
            (setup.symbol, setup.ladder.opened_utc_s)
            for setup in state.live_setups(SetupStatus.FILLED)
            if setup.ladder is not None
        ]
        moments += [(i.symbol, i.created_utc_s) for i in state.intents.values() if i.is_unknown]
        ahead_s = max(self._settings.entry_gap_s, ENTRY_GAP_HARD_LEAST_S)
        since = [
            (name, max(0.0, now_utc_s - at)) for name, at in moments if at - now_utc_s <= ahead_s
        ]
        return EntryTimes(
            min((s for _, s in since), default=math.inf),
            min((s for name, s in since if name == symbol), default=math.inf),
        )

    def _is_replacement(self, setup_id: int, now_utc_s: float) -> bool:
        setup = self._record.state.setups.get(setup_id)
        if setup is None or setup.status != SetupStatus.AWAITING_ENTRY:
            return False
        withdrawn_s = now_utc_s - setup.since_utc_s
        was_taken = self._last_of(setup_id) > -math.inf
        return was_taken and 0.0 <= withdrawn_s <= _REPLACED_WITHIN_S

    def _last_of(self, setup_id: int) -> float:
        moments = (e.at_utc_s for e in self._state.entries if e.setup_id == setup_id)
        return max(moments, default=-math.inf)


class Patience:
    """Holds back the bot's own unhurried exits and stop edits; asked by the position keeper."""

    def __init__(self, settings: BotSettings, record: Record) -> None:
        self._settings = settings
        self._record = record
        self._edited_s: dict[int, float] = {}

    def must_wait(self, ladder: Ladder, reason: int) -> bool:
        """Whether our own exit for `reason` (`ExitReason`) waits for the least holding."""
        held_s = self._record.now_utc_s() - ladder.opened_utc_s
        return bool(exit_must_wait(held_s, reason, self._settings.conduct))

    def stop_edit_is_due(self, position_id: int) -> bool:
        """Whether a standing stop may be moved up now; what waits is merged into the next edit."""
        edited_s = self._edited_s.get(position_id, -math.inf)
        since_s = self._record.monotonic_s() - edited_s
        day = self._record.state.day
        soft_count = self._settings.breakers.requests_soft.max_count
        requests = Requests(day.requests_count if day is not None else 0, soft_count)
        return bool(stop_edit_is_due(since_s, requests, self._settings.conduct))

    def note_stop_edit(self, position_id: int) -> None:
        """A stop was moved; only the latest positions are remembered."""
        self._edited_s.pop(position_id, None)
        self._edited_s[position_id] = self._record.monotonic_s()
        while len(self._edited_s) > _EDITS_KEPT_COUNT:
            del self._edited_s[next(iter(self._edited_s))]
