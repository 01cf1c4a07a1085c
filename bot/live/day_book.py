"""The server day's record: opened once, closed once, rebuilt when a midnight was missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from bot.errors import BrokerUnavailableError
from bot.live.deal_book import net_money
from bot.live.evidence import Evidence
from bot.live.halts import HaltBook
from bot.live.record import Record
from bot.live.state import DayAnchor, LastSeen
from bot.model.account import TradingDay
from bot.model.broker import BrokerDeal, DealEntry
from bot.model.events import DayClosed, DayOpened
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.ports import Broker, Ok
from bot.rules.calendar import DAY_S, day_start_utc_s, server_day
from bot.rules.challenge import (
    floors,
    is_profitable_day,
    open_day,
    profitable_day_gain,
    raise_day_base,
)


class DayBook:
    """Rolls the day; `on_day_closed` is told after each closed day is on disk."""

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
        self._table = table
        self.on_day_closed: Callable[[int], None] = lambda _day: None
        self._requests_before_count = 0

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
        """Open the first day, or close and open each server date that has passed, once (I20)."""
        state = self._record.state
        today = server_day(evidence.now_utc_s, self._table)
        if state.day is None:
            self._open_first(today, evidence)
            return
        while state.day.day < today:
            self._roll_one(state.day, today, evidence)

    def _open_first(self, today: int, evidence: Evidence) -> None:
        """The first day of a record: midnight's balance comes from the trades booked since.

        Money paid in or out before this start belongs to the initial balance.
        """
        midnight = day_start_utc_s(today, self._table)
        account = evidence.account
        trades = [d for d in self._deals_since(midnight) if d.entry != DealEntry.NONE]
        balance = round(account.balance_money - net_money(trades), 2)
        anchor = raise_day_base(
            open_day(today, balance, balance), account.balance_money, account.equity_money
        )
        is_estimated = evidence.now_utc_s - midnight > self._settings.schedule.poll_interval_s
        self._open(anchor, (evidence, is_estimated))

    def _roll_one(self, day: DayAnchor, today: int, evidence: Evidence) -> None:
        """Close `day` and open the next; values are the last seen before midnight if near it."""
        state = self._record.state
        midnight = day_start_utc_s(day.day + 1, self._table)
        seen = state.last_seen
        blind_s = self._settings.schedule.blind_safe_after_s
        is_fresh = seen is not None and midnight - seen.at_utc_s <= blind_s
        is_fresh = is_fresh and evidence.now_utc_s - midnight <= blind_s
        if is_fresh and seen is not None:
            balance, equity = seen.balance_money, seen.equity_money
        else:
            balance = self._balance_at(midnight, evidence)
            equity = min(balance, seen.equity_money) if seen is not None else balance
        self._close(day, balance, equity, is_estimated=not is_fresh)
        anchor = open_day(day.day + 1, balance, equity)
        if day.day + 1 == today:
            account = evidence.account
            anchor = raise_day_base(anchor, account.balance_money, account.equity_money)
        if not is_fresh and seen is not None:
            anchor = raise_day_base(anchor, seen.balance_money, seen.equity_money)
        self._open(anchor, (evidence, not is_fresh))

    def _open(self, anchor: TradingDay, origin: tuple[Evidence, bool]) -> None:
        evidence, is_estimated = origin
        equity = evidence.account.equity_money
        number, base, balance = anchor
        levels = floors(anchor, self._settings.rules)
        self._record.state.day = DayAnchor(
            day=number,
            base_money=base,
            start_balance_money=balance,
            is_estimated=is_estimated,
            lowest_equity_money=equity,
            lowest_equity_utc_s=evidence.now_utc_s,
            marked_low_money=equity,
        )
        self._record.event(
            DayOpened(
                date=date_text(number),
                balance_money=balance,
                equity_money=equity,
                base_money=base,
                daily_floor_money=levels.daily_money,
                total_floor_money=levels.total_money,
                is_estimated=is_estimated,
            )
        )
        self._halts.new_day(number)
        self._record.save()

    def _close(self, day: DayAnchor, balance: float, equity: float, *, is_estimated: bool) -> None:
        state, rules = self._record.state, self._settings.rules
        gain = profitable_day_gain(balance, equity, day.start_balance_money, day.cash_money)
        is_profitable = bool(is_profitable_day(gain, rules))
        date = date_text(day.day)
        if is_profitable and date not in state.profitable_days:
            state.profitable_days.append(date)
        offset = self._broker.clock_offset_s()
        self._record.event(
            DayClosed(
                date=date,
                balance_money=balance,
                equity_money=equity,
                lowest_equity_money=day.lowest_equity_money,
                lowest_equity_utc_s=day.lowest_equity_utc_s,
                profitable_day_gain_money=round(gain, 2),
                is_profitable_day=is_profitable,
                profitable_days_count=len(state.profitable_days),
                closed_profit_money=round(
                    balance - rules.initial_balance_money - state.phase_cash_money, 2
                ),
                requests_count=day.requests_count,
                cycles_count=day.cycles_count,
                clock_offset_s=offset.value if isinstance(offset, Ok) else 0.0,
                is_estimated=is_estimated,
            ),
        )
        self.on_day_closed(day.day)

    def _balance_at(self, moment_utc_s: float, evidence: Evidence) -> float:
        """Balance at a past moment: today's less every deal booked since."""
        change = net_money(self._deals_since(moment_utc_s))
        return round(evidence.account.balance_money - change, 2)

    def _deals_since(self, moment_utc_s: float) -> list[BrokerDeal]:
        read = self._broker.deals(moment_utc_s)
        if isinstance(read, Ok):
            return [deal for deal in read.value if deal.time_utc_s >= moment_utc_s]
        raise BrokerUnavailableError(f"deals since midnight: {read.reason}")


def date_text(day: int) -> str:
    """A server day as YYYY-MM-DD."""
    return datetime.fromtimestamp(day * DAY_S, UTC).strftime("%Y-%m-%d")
