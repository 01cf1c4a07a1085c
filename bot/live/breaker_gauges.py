"""Measures what the breakers are held against, once per cycle; decides nothing.

A gauge that cannot be read now gives no reading: nothing trips and nothing heals on it (I8).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.live.as_rules import trading_day
from bot.live.breaker_state import (
    DISCONNECTS_KEPT_COUNT,
    HOUR_S,
    BreakerState,
    EquitySample,
    Slip,
    note_equity,
)
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record
from bot.live.spreads import SpreadBook
from bot.live.state import DayAnchor, SetupStatus, TradeResult
from bot.model.breakers import Breaker, BreakerLevel, Reading
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.model.sizing import SizingMode
from bot.ports import Machine, Ok, Read
from bot.rules import breakers as rules
from bot.rules.calendar import is_rollover_window, server_day

_USUAL_KEPT_S = 3_600.0
_RAPID_READS_COUNT = 2
"""One reading flattens nothing: a payout's deal may come a cycle after its balance (X10, B34)."""
_SAVE_FROM_SHARE = 0.5

_Gauge = Callable[[Evidence, DayAnchor], Reading | None]


@dataclass(frozen=True, slots=True)
class GaugeParts:
    """What is measured with: no machine in a simulated run; the server's clock and the firm's."""

    record: Record
    reader: EvidenceReader
    spreads: SpreadBook
    machine: Machine | None
    tables: tuple[OffsetTable, OffsetTable]


class BreakerGauges:
    """One reading per breaker that is in use and can be measured now."""

    def __init__(self, settings: BotSettings, parts: GaugeParts) -> None:
        self._settings = settings
        self._s = settings.breakers
        self._p = parts
        self._table, self._firm_table = parts.tables
        self._usual: dict[str, tuple[float, float]] = {}
        self._machine_due_utc_s = 0.0
        self._spreads_due_utc_s = 0.0
        self._rapid_reads_count = 0
        gauges: dict[Breaker, _Gauge] = {
            Breaker.CONSECUTIVE_LOSSES: self._consecutive_losses,
            Breaker.DAY_LOSSES: self._day_losses,
            Breaker.RAPID_LOSS: self._rapid_loss,
            Breaker.DAILY_DRAWDOWN: self._daily_drawdown,
            Breaker.TRADES_PER_DAY: self._trades_per_day,
            Breaker.SLIPPAGE: self._slippage,
            Breaker.SPREAD_REGIME: self._spread_regime,
            Breaker.DISCONNECTS: self._disconnects,
            Breaker.REQUESTS_SOFT: self._requests_soft,
            Breaker.REQUESTS_HARD: self._requests_hard,
            Breaker.DISK: self._disk,
            Breaker.MEMORY: self._memory,
        }
        self._gauges = {b: gauge for b, gauge in gauges.items() if is_used(settings, b)}

    def readings(self, evidence: Evidence) -> Iterator[tuple[Breaker, Reading]]:
        """What can be said now, in the order of `Breaker`; nothing before the first day."""
        day = self._p.record.state.day
        if day is None:
            return
        is_machine_due = evidence.now_utc_s >= self._machine_due_utc_s
        for breaker, gauge in self._gauges.items():
            if not is_machine_due and breaker in (Breaker.DISK, Breaker.MEMORY):
                continue
            reading = gauge(evidence, day)
            if reading is not None:
                yield breaker, reading
        if is_machine_due:
            self._machine_due_utc_s = evidence.now_utc_s + self._s.check_s

    def lost(self, now_utc_s: float) -> None:
        """The link was lost, or the terminal gave no usable answer: one more in this hour."""
        times = self._state.disconnects_utc_s
        times.append(now_utc_s)
        del times[:-DISCONNECTS_KEPT_COUNT]
        self._p.record.touch()

    @property
    def _state(self) -> BreakerState:
        return self._p.record.state.breakers

    def _consecutive_losses(self, evidence: Evidence, day: DayAnchor) -> Reading:
        del evidence, day
        limits, last = self._s.consecutive_losses, self._state.losses_after_setup_id
        row = self._row(limits.scratch_r, lambda result: result.setup_id != last)
        return rules.losses_in_a_row(row, limits.max_count)

    def _day_losses(self, evidence: Evidence, day: DayAnchor) -> Reading | None:
        del evidence
        table, limits = self._firm_table, self._s.day_losses
        if not (limits.every_mode or self._settings.sizing.mode == SizingMode.DAILY_BUDGET):
            return None
        row = self._row(
            limits.scratch_r, lambda one: server_day(one.closed_utc_s, table) >= day.day
        )
        return rules.losses_in_a_row(row, limits.max_count)

    def _row(self, scratch_r: float, counts: Callable[[TradeResult], bool]) -> int:
        """Losses since the last win, newest first, as far back as results count."""
        row = 0
        for result in reversed(self._p.record.state.results):
            if rules.is_win(result.net_money) or not counts(result):
                break
            row += rules.is_loss(result.net_money, result.result_r, scratch_r)
        return row

    def _rapid_loss(self, evidence: Evidence, day: DayAnchor) -> Reading:
        del day
        limits, record = self._s.rapid_loss, self._p.record
        equity = evidence.account.equity_money - record.state.phase_cash_money
        falling = self._state.equity_falling
        sample = EquitySample(evidence.now_utc_s, equity)
        reading = rules.rapid_loss(note_equity(falling, sample, limits.window_s), equity, limits)
        if reading.value >= _SAVE_FROM_SHARE * reading.limit:
            record.touch()  # half the way: a crash must not forget where the fall began
        is_tripped = reading.level == BreakerLevel.TRIPPED
        self._rapid_reads_count = self._rapid_reads_count + 1 if is_tripped else 0
        if 0 < self._rapid_reads_count < _RAPID_READS_COUNT:
            return reading._replace(level=BreakerLevel.BETWEEN.value)
        return reading

    def _daily_drawdown(self, evidence: Evidence, day: DayAnchor) -> Reading:
        base, equity = trading_day(day).base_money, evidence.account.equity_money
        return rules.daily_drawdown(base, equity, self._s.daily_drawdown)

    def _trades_per_day(self, evidence: Evidence, day: DayAnchor) -> Reading:
        del evidence
        return rules.day_count(day.entries_count, self._s.trades_per_day)

    def _requests_soft(self, evidence: Evidence, day: DayAnchor) -> Reading:
        del evidence
        return rules.day_count(day.requests_count, self._s.requests_soft)

    def _requests_hard(self, evidence: Evidence, day: DayAnchor) -> Reading:
        del evidence
        return rules.day_count(day.requests_count, self._s.requests_hard)

    def _slippage(self, evidence: Evidence, day: DayAnchor) -> Reading | None:
        del evidence, day
        limits = self._s.slippage
        self._count_fills(limits.mean_fills_count)
        slips = [slip.slippage_r for slip in self._state.slips]
        if not slips:
            return None
        return rules.slippage(math.fsum(slips) / len(slips), len(slips), max(slips), limits)

    def _count_fills(self, kept_count: int) -> None:
        """Each open position of ours gives one slip, as `PositionOpened` states it."""
        state, own = self._p.record.state, self._state
        filled = state.live_setups(SetupStatus.FILLED)
        counted = {setup.setup_id for setup in filled} & set(own.slips_counted)
        for setup in filled:
            planned = abs(setup.entry_price - setup.stop_price)
            if setup.setup_id in counted or setup.ladder is None or planned <= 0.0:
                continue
            late = setup.side * (setup.ladder.open_price - setup.entry_price) / planned
            own.slips.append(Slip(setup.setup_id, late))
            counted.add(setup.setup_id)
        own.slips_counted = sorted(counted)
        del own.slips[:-kept_count]

    def _spread_regime(self, evidence: Evidence, day: DayAnchor) -> Reading | None:
        """At the spread book's own pace; not in the rollover window, where all of them widen."""
        del day
        now, schedule = evidence.now_utc_s, self._settings.schedule
        start, end = schedule.rollover_start_s, schedule.rollover_end_s
        if now < self._spreads_due_utc_s or is_rollover_window(now, self._table, start, end):
            return None
        self._spreads_due_utc_s = now + schedule.spread_sample_s
        limits = self._s.spread_regime
        wide = [self._is_wide(item.symbol, now) for item in self._settings.symbols]
        judged = [answer for answer in wide if answer is not None]
        return rules.spread_regime(sum(judged), len(judged), limits) if judged else None

    def _is_wide(self, symbol: str, now_utc_s: float) -> bool | None:
        """None without a fresh quote, or before the symbol's usual spread is known."""
        entry, spreads = self._settings.entry, self._p.spreads
        if spreads.samples_count(symbol) < entry.spread_samples_min_count:
            return None
        quote = self._p.reader.quote(symbol)
        if quote is None or now_utc_s - quote.time_utc_s > entry.quote_age_max_s:
            return None
        known_until, usual = self._usual.get(symbol, (0.0, 0.0))
        if now_utc_s >= known_until:
            usual = spreads.percentile_price(symbol)
            self._usual[symbol] = (now_utc_s + _USUAL_KEPT_S, usual)
        spread = quote.ask_price - quote.bid_price
        return bool(rules.is_spread_wide(spread, usual, self._s.spread_regime))

    def _disconnects(self, evidence: Evidence, day: DayAnchor) -> Reading:
        del day
        now, times = evidence.now_utc_s, self._state.disconnects_utc_s
        recent = [at for at in times if now - at < HOUR_S]
        quiet_s = now - times[-1] if times else math.inf
        return rules.disconnects(len(recent), quiet_s, self._s.disconnects)

    def _disk(self, evidence: Evidence, day: DayAnchor) -> Reading | None:
        del evidence, day
        machine = self._p.machine
        free = None if machine is None else self._read("D03", machine.disk_free_bytes())
        return None if free is None else rules.disk(free, self._s.disk)

    def _memory(self, evidence: Evidence, day: DayAnchor) -> Reading | None:
        del evidence, day
        machine = self._p.machine
        own = None if machine is None else self._read("P10", machine.memory_own_bytes())
        return None if own is None else rules.memory(own, self._s.memory)

    def _read(self, fault: str, read: Read[float]) -> float | None:
        if isinstance(read, Ok):
            return read.value
        self._p.record.fault(fault, read.reason)
        return None


def is_used(settings: BotSettings, breaker: Breaker) -> bool:
    """Whether the trader switched this breaker on."""
    return bool(getattr(settings.breakers, breaker.value).use)
