"""The facts the sizing modes look at: the day's closed trades, the latest wins, the peak."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record
from bot.live.state import DayAnchor, Setup, TradeResult
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.model.sizing import BudgetFacts, DayTally, SizingFacts, SizingMode, WinFacts
from bot.model.trade import Book
from bot.rules.calendar import server_day
from bot.rules.sizing import money_at_stop
from bot.rules.sizing_factors import drawdown_fraction
from bot.rules.sizing_modes import tally_after

NO_DAY = BudgetFacts(0.0, 0.0, 0, DayTally())
NO_WINS = WinFacts(0, 0, 0)


class SizingFactsBook:
    """Collects what a mode asks for, when it asks; remembers the peak and the day's first equity.

    A new peak counts once the balance has held still for a while: money paid in shows in the
    balance before its deal does, and must not pass for profit (B07, B34).
    """

    def __init__(
        self, settings: BotSettings, record: Record, reader: EvidenceReader, table: OffsetTable
    ) -> None:
        self._settings = settings
        self._record = record
        self._reader = reader
        self._table = table
        self._closed_money = math.nan
        self._closed_since_s = 0.0

    def step(self, evidence: Evidence) -> None:
        """Once per cycle, after the day was rolled: a new day's equity, and the peak."""
        state = self._record.state
        if state.sizing.pinned != state.pinned:
            state.sizing.pinned, state.sizing.peak_money = state.pinned, 0.0
        self._note_peak(evidence)
        day = state.day
        if day is not None and state.sizing.day != day.day:
            state.sizing.day = day.day
            equity = evidence.account.equity_money - day.cash_money
            state.sizing.start_equity_money = min(equity, day.base_money)
            self._record.touch()

    def drawdown_fraction(self, evidence: Evidence) -> float:
        """How far the closed balance stands below its peak, deposits and payouts left out."""
        state = self._record.state
        cash_money = state.phase_cash_money
        peak_money = state.sizing.peak_money + cash_money
        return float(drawdown_fraction(evidence.account.balance_money, peak_money))

    def facts(self, setup: Setup, evidence: Evidence, book: Book) -> SizingFacts:
        """What the chosen mode looks at; `book` is without the setup's own order or position."""
        state, sizing = self._record.state, self._settings.sizing
        score = setup.points / self._settings.signal.points_full
        is_budget = sizing.mode == SizingMode.DAILY_BUDGET
        is_rate = sizing.mode == SizingMode.WIN_RATE
        return SizingFacts(
            score_fraction=score,
            budget=self._budget(setup, evidence, book) if is_budget else NO_DAY,
            wins=wins_of(state.results, sizing.win_rate.window_count) if is_rate else NO_WINS,
        )

    def _note_peak(self, evidence: Evidence) -> None:
        state, sizing = self._record.state, self._record.state.sizing
        closed_money = round(evidence.account.balance_money - state.phase_cash_money, 2)
        now = self._record.monotonic_s()
        if closed_money != self._closed_money:
            self._closed_money, self._closed_since_s = closed_money, now
        still_s = 2.0 * self._settings.schedule.deals_check_s
        is_first = sizing.peak_money <= 0.0
        if is_first or (closed_money > sizing.peak_money and now - self._closed_since_s >= still_s):
            sizing.peak_money = closed_money
            self._record.touch()

    def _budget(self, setup: Setup, evidence: Evidence, book: Book) -> BudgetFacts:
        state = self._record.state
        day = state.day
        if day is None or state.sizing.day != day.day:
            return NO_DAY  # no equity to take a share of: the mode grants nothing
        waiting_count = book.resting_count + book.unknown_count
        return BudgetFacts(
            start_equity_money=state.sizing.start_equity_money + min(0.0, day.cash_money),
            open_risk_money=self._open_risk_money(setup, evidence)
            + book.resting_risk_money
            + book.unknown_risk_money,
            slots_used_count=day.entries_count + waiting_count,
            tally=self._tally(day),
        )

    def _open_risk_money(self, setup: Setup, evidence: Evidence) -> float:
        """What open positions may still lose between entry and stop; floating profit is not it."""
        risks: list[float] = []
        for p in evidence.positions:
            if p.position_id == setup.order_ticket and evidence.order(p.position_id) is None:
                continue  # the one judged; while its order rests it is a part that filled
            instrument = self._reader.instrument(p.symbol)
            if instrument is None:
                return math.inf
            levels = (p.open_price, p.stop_price)
            risks.append(money_at_stop(p.side, *levels, p.lots, instrument.spec))
        return math.fsum(risks)

    def _tally(self, day: DayAnchor) -> DayTally:
        tally = DayTally()
        for result in self._record.state.results:
            if server_day(result.closed_utc_s, self._table) == day.day:
                tally = tally_after(tally, result.net_money, risk_money_of(result))
        return tally


def wins_of(results: Sequence[TradeResult], window_count: int) -> WinFacts:
    """Wins among the latest closed trades, newest last; breaking even is no win."""
    latest = results[-window_count:]
    row_count = 0
    for result in reversed(latest):
        if result.net_money > 0.0:
            break
        row_count += 1
    wins_count = sum(result.net_money > 0.0 for result in latest)
    return WinFacts(len(latest), wins_count, row_count)


def risk_money_of(result: TradeResult) -> float:
    """The risk a closed trade was granted, from its result in money and in R; 0 if not known."""
    if result.result_r == 0.0:
        return 0.0
    return abs(result.net_money / result.result_r)
