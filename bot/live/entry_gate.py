"""Standing reasons not to raise risk: asked before any price or size is looked at."""

from __future__ import annotations

from bot.live.entry_checks import EntryAsk, EntryCheck, RestingCheck
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record
from bot.live.state import BotState
from bot.model.coast import TargetPolicy
from bot.model.decision import ALLOWED, EntryRoute, Finding, PhaseVerdict, Refusal
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.ports import Broker, Ok
from bot.rules.calendar import (
    friday_close_within,
    is_rollover_window,
    is_weekend,
    offset_at,
    resting_lead_s,
)

OPERATOR_PAUSE = "paused"
FIRM_PAUSE = "firm_pause"
"""Halt of a day on which the firm's own limit stops trading until its next reset."""


class EntryGate:
    """Says no for the account, the clock or the symbol; keeps only since when the link is up."""

    def __init__(
        self,
        settings: BotSettings,
        record: Record,
        wires: tuple[EvidenceReader, Broker],
        table: OffsetTable,
    ) -> None:
        self._settings = settings
        self._record = record
        self._reader, self._broker = wires
        self._table = table
        self._connected_since_utc_s: float | None = None
        self.standing_checks: list[EntryCheck] = []
        self.sized_checks: list[EntryCheck] = []
        self.resting_checks: list[RestingCheck] = []

    def observe(self, evidence: Evidence) -> None:
        """Note the link once per cycle; entries wait until it has held for a while (N05)."""
        if not evidence.terminal.is_connected:
            self._connected_since_utc_s = None
        elif self._connected_since_utc_s is None:
            self._connected_since_utc_s = evidence.now_utc_s

    def lost(self) -> None:
        """The terminal gave no usable answer this cycle."""
        self._connected_since_utc_s = None

    def finding(self, ask: EntryAsk) -> Finding:
        """The first standing reason against an entry, or `ALLOWED`; asked before any sizing."""
        refusal = self._own_refusal(ask)
        if refusal == Refusal.NONE and ask.route == EntryRoute.LIMIT.value:
            refusal = self.resting_clock_refusal(ask.symbol, ask.evidence.now_utc_s)
        if refusal != Refusal.NONE:
            return Finding(refusal.value, 0.0, 0.0)
        return _first_against(self.standing_checks, ask)

    def sized_finding(self, ask: EntryAsk) -> Finding:
        """The first reason against an entry of this size, or `ALLOWED`."""
        return _first_against(self.sized_checks, ask)

    def resting_finding(self, symbol: str, side: int, now_utc_s: float) -> Finding:
        """Why an order on `symbol` must not rest until it is looked at again, or `ALLOWED` (I15).

        A fill is new risk: behind a halt nothing rests, a person's pause included. An order is gone
        before a window opens, not at the next look within it.
        """
        if self._record.state.halts:
            return Finding(Refusal.HALTED.value, 0.0, 0.0)
        refusal = self.resting_clock_refusal(symbol, now_utc_s)
        if refusal != Refusal.NONE:
            return Finding(refusal.value, 0.0, 0.0)
        for check in self.resting_checks:
            finding = check.resting_finding(symbol, side, now_utc_s)
            if finding.refusal != Refusal.NONE:
                return finding
        return ALLOWED

    def _own_refusal(self, ask: EntryAsk) -> Refusal:
        for check in (self._account_refusal, self._terminal_refusal):
            refusal = check(ask.evidence)
            if refusal != Refusal.NONE:
                return refusal
        return self._symbol_refusal(ask.symbol, ask.side, ask.evidence.now_utc_s)

    def _account_refusal(self, evidence: Evidence) -> Refusal:
        state = self._record.state
        halted = _halt_refusal(state)
        if halted != Refusal.NONE:
            return halted
        if state.is_target_announced and self._settings.coast.policy == TargetPolicy.STOP:
            return Refusal.TARGET_REACHED
        if state.day is None or not (self._record.is_durable and evidence.account.trade_allowed):
            is_saved = self._record.is_durable
            return Refusal.ACCOUNT_UNKNOWN if is_saved else Refusal.STATE_NOT_SAVED
        if self._reader.withheld_money > 0.0:
            return Refusal.ACCOUNT_UNKNOWN  # money left without a deal: size nothing on it
        if state.day.requests_count >= self._settings.schedule.requests_per_day_max_count:
            return Refusal.REQUESTS_AT_CAP
        return Refusal.NONE

    def _terminal_refusal(self, evidence: Evidence) -> Refusal:
        terminal = evidence.terminal
        if not (terminal.is_connected and terminal.trade_allowed and terminal.api_allowed):
            return Refusal.TERMINAL_NOT_READY
        offset = self._broker.clock_offset_s()
        if not isinstance(offset, Ok):
            return Refusal.TERMINAL_NOT_READY  # no tick fits our clock: one of the two is wrong
        if offset.value != offset_at(evidence.now_utc_s, self._table):
            self._record.fault("C01", f"server clock UTC{offset.value / 3600.0:+g} h")
            return Refusal.TERMINAL_NOT_READY
        since = self._connected_since_utc_s
        wait_s = self._settings.schedule.connected_before_entry_s
        if since is None or evidence.now_utc_s - since < wait_s:
            return Refusal.TERMINAL_NOT_READY
        return Refusal.NONE

    def _symbol_refusal(self, symbol: str, side: int, now_utc_s: float) -> Refusal:
        state = self._record.state
        if state.has_unknown(symbol):
            return Refusal.UNRESOLVED_INTENT
        instrument = self._reader.instrument(symbol)
        is_blocked = state.blocked_until_utc_s.get(symbol, 0.0) > now_utc_s
        if is_blocked or instrument is None:
            return Refusal.SYMBOL_BLOCKED
        if not (instrument.can_open_long if side > 0 else instrument.can_open_short):
            return Refusal.SYMBOL_BLOCKED
        return self.clock_refusal(symbol, now_utc_s)

    def resting_clock_refusal(self, symbol: str, now_utc_s: float) -> Refusal:
        """The same for what rests: until it is looked at again, it may fill."""
        refusal = self.clock_refusal(symbol, now_utc_s)
        if refusal != Refusal.NONE:
            return refusal
        lead_s = resting_lead_s(self._settings.schedule.resting_check_s)
        return self.clock_refusal(symbol, now_utc_s + lead_s)

    def clock_refusal(self, symbol: str, now_utc_s: float) -> Refusal:
        """Rollover, weekend and the hours before it: nothing may be opened nor fill (I15)."""
        schedule = self._settings.schedule
        if is_rollover_window(
            now_utc_s, self._table, schedule.rollover_start_s, schedule.rollover_end_s
        ):
            return Refusal.ROLLOVER_WINDOW
        instrument = self._reader.instrument(symbol)
        if instrument is None or instrument.is_24_7:
            return Refusal.NONE
        if is_weekend(now_utc_s, self._table):
            return Refusal.OUTSIDE_SESSION
        before_close_s = self._settings.weekend.entries_stop_before_close_s
        if friday_close_within(now_utc_s, self._table, before_close_s):
            return Refusal.WEEKEND_CLOSE
        return Refusal.NONE


def _halt_refusal(state: BotState) -> Refusal:
    """What stands latched: a person's pause, the firm's, the end of the phase, any other halt."""
    if OPERATOR_PAUSE in state.halts:
        return Refusal.PAUSED
    if FIRM_PAUSE in state.halts:
        return Refusal.DAY_PAUSED_BY_FIRM
    if state.verdict == PhaseVerdict.OUT_OF_TIME.name:
        return Refusal.TIME_LIMIT_OVER
    if state.halts or state.verdict != PhaseVerdict.RUNNING.name:
        return Refusal.HALTED
    return Refusal.NONE


def _first_against(checks: list[EntryCheck], ask: EntryAsk) -> Finding:
    for check in checks:
        finding = check.finding(ask)
        if finding.refusal != Refusal.NONE:
            return finding
    return ALLOWED
