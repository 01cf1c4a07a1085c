"""The firm's day: opened once, closed once, rebuilt when a reset was missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from bot.live.as_rules import challenge_state, keep_day
from bot.live.deal_history import DealHistory
from bot.live.evidence import Evidence
from bot.live.halts import HaltBook
from bot.live.record import Record
from bot.live.state import DayAnchor, LastSeen
from bot.model.account import TradingDay
from bot.model.challenge import (
    ChallengeRules,
    ChallengeState,
    DayKind,
    Observation,
    OverallKind,
)
from bot.model.events import DayClosed, DayOpened
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.ports import Broker, Ok
from bot.rules.calendar import DAY_S, day_start_utc_s, offset_at, server_day
from bot.rules.challenge import day_after, first_day, floors, raise_day_base
from bot.rules.challenge_engine import end_of_day, next_day, started_day
from bot.rules.challenge_trail import raised_trail
from bot.timezones import server_offset_table

_LEAP_MIN_S = 120.0
_CLOSED_DAYS_MAX_COUNT = 4
"""A weekend and two holidays: as long a time without a tick of any symbol."""


class DayBook:
    """Rolls the firm's day; `on_day_closed` is told after each closed day is on disk."""

    def __init__(
        self,
        settings: BotSettings,
        record: Record,
        wires: tuple[Broker, HaltBook],
        table: OffsetTable,
    ) -> None:
        self._settings = settings
        self._record = record
        self._broker, self._halts = wires
        self._history = DealHistory(self._broker)
        self._table = table
        self.on_day_closed: Callable[[int], None] = lambda _day: None
        self._requests_before_count = 0
        self._shift_s: float | None = None  # the server's clock against its rule, as last measured
        self._anchor_s: tuple[float, float] | None = None  # server's moment and monotonic, by ticks

    def see(self, evidence: Evidence) -> None:
        """Remember the account at the end of a cycle: the close of a day that may end next."""
        account = evidence.account
        state = self._record.state
        state.last_seen = LastSeen(evidence.now_utc_s, account.balance_money, account.equity_money)
        if state.day is not None:
            sent = self._broker.requests_sent_count()
            state.day.requests_count += sent - self._requests_before_count
            self._requests_before_count = sent

    def roll(self, evidence: Evidence) -> None:
        """Open the first day, or close and open each of the firm's dates that passed, once (I20).

        A clock that steps back opens nothing: a date that was opened stays the running one.
        """
        state = self._record.state
        today = self._today(evidence.now_utc_s)
        if state.day is None:
            self._open_first(today, evidence)
            return
        while state.day.day < today:
            self._roll_one(state.day, today, evidence)

    def _today(self, now_utc_s: float) -> int:
        """The firm's date by this machine's clock, or by the server's own where that is earlier.

        A machine whose clock runs ahead must not take the day's base before the firm does (C04),
        and one that leaps opens no day at all until a tick newer than the leap confirms it (C05).
        """
        offset = self._broker.clock_offset_s()
        if isinstance(offset, Ok):
            self._shift_s = offset.value - offset_at(now_utc_s, server_offset_table())
        server_utc_s = now_utc_s + (self._shift_s or 0.0)
        believed_s = server_utc_s
        if isinstance(offset, Ok):
            self._anchor_s = (server_utc_s, self._record.monotonic_s())
        else:
            believed_s = self._believed_s(server_utc_s)
        self._record.is_clock_doubted = believed_s < server_utc_s or bool(self._shift_s)
        return min(server_day(now_utc_s, self._table), server_day(believed_s, self._table))

    def _believed_s(self, server_utc_s: float) -> float:
        """The server's moment while no tick confirms it: a leap is not believed."""
        if self._anchor_s is None:
            return self._without_a_tick_s(server_utc_s)
        expected_s = self._anchor_s[0] + self._record.monotonic_s() - self._anchor_s[1]
        return server_utc_s if server_utc_s - expected_s <= _LEAP_MIN_S else expected_s

    def _without_a_tick_s(self, server_utc_s: float) -> float:
        """A process that saw no tick yet believes its clock for as long as markets may close."""
        day = self._record.state.day
        if day is None:
            return server_utc_s
        last_s = day_start_utc_s(day.day + _CLOSED_DAYS_MAX_COUNT + 1, self._table) - 1.0
        return min(server_utc_s, last_s)

    def _clock_offset_s(self, now_utc_s: float) -> float:
        """The server's clock against UTC as last measured (a market may be closed); else 0."""
        if self._shift_s is None:
            return 0.0
        return self._shift_s + offset_at(now_utc_s, server_offset_table())

    def _open_first(self, today: int, evidence: Evidence) -> None:
        """The first day of a record: the reset's balance comes from the trades booked since.

        Money paid in or out before this start belongs to the initial balance. What a trailing
        floor followed before is read from the deals: the highest balance there ever was.
        """
        rules = self._settings.rules
        reset = day_start_utc_s(today, self._table)
        account = evidence.account
        balance = self._history.start_balance(reset, account.balance_money)
        before = first_day(today - 1, rules)
        if rules.overall.kind == OverallKind.TRAILING:
            peak = self._history.peak_balance(0.0, account.balance_money)
            before = before._replace(trail=raised_trail(before.trail, peak, rules))
        day = day_after(before, balance, balance, rules)
        day = raise_day_base(day, account.balance_money, account.equity_money, rules)
        is_estimated = evidence.now_utc_s - reset > self._settings.schedule.poll_interval_s
        memory = self._record.state.challenge
        memory.first_day = memory.first_day or today  # a rebuilt record may know an earlier one
        self._open(day, (evidence, is_estimated))

    def _roll_one(self, day: DayAnchor, today: int, evidence: Evidence) -> None:
        """Close `day` and open the next; values are the last seen before the reset if near it."""
        state, rules = self._record.state, self._settings.rules
        reset = day_start_utc_s(day.day + 1, self._table)
        before = state.last_seen
        is_fresh = before is not None and self._is_near(before, reset, evidence.now_utc_s)
        closing = before if is_fresh and before is not None else self._rebuilt(reset, evidence)
        ending = self._ending(day, closing)
        opening = next_day(ending, rules).day
        if day.day + 1 == today:
            opening = self._first_look(opening, reset, evidence)
        if not is_fresh:  # unsure: the stricter of all readings
            for seen in (before, self._now(evidence) if day.day + 1 == today else None):
                if seen is not None:
                    balance, equity = seen.balance_money, seen.equity_money
                    opening = raise_day_base(opening, balance, equity, rules)
        self._close(day, ending, is_estimated=not is_fresh)
        self._open(opening, (evidence, not is_fresh))

    def _is_near(self, seen: LastSeen, reset_utc_s: float, now_utc_s: float) -> bool:
        """Whether the bot looked shortly before and shortly after the reset."""
        blind_s = self._settings.schedule.blind_safe_after_s
        return reset_utc_s - seen.at_utc_s <= blind_s and now_utc_s - reset_utc_s <= blind_s

    def _rebuilt(self, reset_utc_s: float, evidence: Evidence) -> LastSeen:
        """The account at a reset nobody saw: its balance from the deals, equity never above."""
        balance = self._history.balance_at(reset_utc_s, evidence.account.balance_money)
        seen = self._record.state.last_seen
        equity = balance if seen is None else min(balance, seen.equity_money)
        return LastSeen(reset_utc_s, balance, equity)

    def _now(self, evidence: Evidence) -> LastSeen:
        account = evidence.account
        return LastSeen(evidence.now_utc_s, account.balance_money, account.equity_money)

    def _first_look(self, opening: TradingDay, reset: float, evidence: Evidence) -> TradingDay:
        """The day's start after the first reading past its reset, by the snapshot policy."""
        account = evidence.account
        cash = 0.0
        if account.balance_money != opening.start_balance_money:
            cash = self._history.cash_since(reset)
        look = Observation(
            balance_money=account.balance_money,
            equity_money=account.equity_money,
            cash_money=cash,
            credit_money=0.0,
            has_exposure=bool(evidence.positions),
            opened_count=0,
            closed_count=0,
        )
        return started_day(opening, look, self._settings.rules)

    def _ending(self, day: DayAnchor, closing: LastSeen) -> ChallengeState:
        """The phase at the end of `day`, with the day's trades where the firm counts them."""
        ending = challenge_state(self._record.state, day, closing)
        if self._settings.rules.days.kind in (DayKind.NONE, DayKind.PROFITABLE):
            return ending
        start, end = (day_start_utc_s(number, self._table) for number in (day.day, day.day + 1))
        opened, closed = self._history.trades_between(start, end)
        return ending._replace(opened_count=opened, closed_count=closed)

    def _open(self, day: TradingDay, origin: tuple[Evidence, bool]) -> None:
        evidence, is_estimated = origin
        equity = evidence.account.equity_money
        levels = floors(day, self._settings.rules)
        anchor = DayAnchor(
            day=day.day,
            base_money=day.base_money,
            start_balance_money=day.start_balance_money,
            is_estimated=is_estimated,
            lowest_equity_money=equity,
            lowest_equity_utc_s=evidence.now_utc_s,
            marked_low_money=equity,
        )
        keep_day(anchor, day)
        self._record.state.day = anchor
        self._record.event(
            DayOpened(
                date=date_text(day.day),
                balance_money=day.start_balance_money,
                equity_money=equity,
                base_money=day.base_money,
                daily_floor_money=told_floor(levels.daily_money),
                total_floor_money=told_floor(levels.total_money),
                is_estimated=is_estimated,
            )
        )
        self._halts.new_day(day.day)
        self._record.save()

    def _close(self, day: DayAnchor, ending: ChallengeState, *, is_estimated: bool) -> None:
        state, rules = self._record.state, self._settings.rules
        end, tally, date = (
            end_of_day(ending, rules),
            next_day(ending, rules).tally,
            date_text(day.day),
        )
        memory = state.challenge
        memory.best_day_money = tally.best_day_money
        memory.positive_days_money = tally.positive_days_money
        if end.is_counted and date not in state.profitable_days:
            state.profitable_days.append(date)
        self._record.event(
            DayClosed(
                date=date,
                balance_money=end.balance_money,
                equity_money=end.equity_money,
                lowest_equity_money=day.lowest_equity_money,
                lowest_equity_utc_s=day.lowest_equity_utc_s,
                profitable_day_gain_money=round(end.gain_money, 2),
                is_profitable_day=bool(end.is_counted and _counts_profit(rules)),
                profitable_days_count=len(state.profitable_days),
                closed_profit_money=round(
                    end.balance_money - rules.initial_balance_money - state.phase_cash_money, 2
                ),
                requests_count=day.requests_count,
                cycles_count=day.cycles_count,
                clock_offset_s=self._clock_offset_s(self._record.now_utc_s()),
                is_estimated=is_estimated,
                is_counted_day=bool(end.is_counted),
                best_day_money=round(tally.best_day_money, 2),
                positive_days_money=round(tally.positive_days_money, 2),
                is_tally_told=True,
            ),
        )
        self.on_day_closed(day.day)


def _counts_profit(rules: ChallengeRules) -> bool:
    return rules.days.kind == DayKind.PROFITABLE


def told_floor(floor_money: float) -> float:
    """A floor as the journal holds it: 0 where the firm has no such rule."""
    return max(0.0, floor_money)


def date_text(day: int) -> str:
    """A day as YYYY-MM-DD."""
    return datetime.fromtimestamp(day * DAY_S, UTC).strftime("%Y-%m-%d")
