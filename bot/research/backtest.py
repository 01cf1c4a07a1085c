"""What one walk through recorded prices comes to: money, days, trades and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.backtest.inputs import Records
from bot.backtest.kinds import Trigger
from bot.model.breakers import BreakerAction
from bot.model.decision import PhaseVerdict, Refusal
from bot.report.refusals import refusal_says
from bot.report.text import day_text
from bot.research.backtest_days import DayPoint, WalkFacts, days_lost_count, days_of
from bot.research.backtest_trades import (
    Cut,
    TradeRow,
    by_hour,
    by_reason,
    by_side,
    by_symbol,
    by_weekday,
    cuts_of,
    trade_rows,
)
from bot.research.ratios import Ratios, ratios_of
from bot.rules.calendar import DAY_S, weekday_of

_CENTS = 100
_SATURDAY = 5
_WORST_DAYS_COUNT = 10

DROPPED = {
    "dropped_far_count": "price ran too far from the entry",
    "dropped_old_count": "setup grew too old",
    "dropped_stop_count": "price reached the stop before the entry",
    "dropped_thesis_count": "a newer scan no longer saw the setup",
}

_CUTS = {
    "symbol": by_symbol,
    "hour": by_hour,
    "weekday": by_weekday,
    "exit reason": by_reason,
    "side": by_side,
}


@dataclass(frozen=True, slots=True)
class MoneyLines:
    """Start plus every deal against the end, in money to the cent; `left_over_money` must be 0.

    `gross_money` is what prices moved, the spread included.
    """

    start_money: float
    gross_money: float
    commission_money: float
    swap_money: float
    net_money: float
    end_balance_money: float
    end_equity_money: float
    left_over_money: float
    deals_count: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """How long the account was in the market, as shares of the time walked."""

    in_market_fraction: float
    positions_max_count: int
    positions_mean_count: float
    held_mean_s: float
    held_longest_s: float


@dataclass(frozen=True, slots=True)
class Untraded:
    """One reason why setups were not traded, and how often it was given."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Halt:
    """A breaker that held every entry when the walk ended, as nobody reset it."""

    reason: str
    since_utc_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a report of one walk shows; `end_utc_s` is where the walk stopped."""

    verdict: str
    start_utc_s: float
    end_utc_s: float
    currency: str
    target_money: float | None
    money: MoneyLines
    days: tuple[DayPoint, ...]
    days_lost_count: int
    trades: tuple[TradeRow, ...]
    trades_open_count: int
    cuts: dict[str, tuple[Cut, ...]]
    ratios: Ratios
    exposure: Exposure
    worst_days: tuple[DayPoint, ...]
    halts: tuple[Halt, ...]
    setups_count: int
    dropped: tuple[Untraded, ...]
    refused: tuple[Untraded, ...]


def figures_of(facts: WalkFacts) -> Figures:
    """The figures of one walk."""
    walked, rules = facts.walked, facts.rules
    me = walked.account
    trades = trade_rows(walked, facts.prepared.names)
    days = days_of(facts)
    lost = days_lost_count(days)
    start_s, end_s = facts.prepared.start_s, float(me.now_s)
    target = rules.target.profit_fraction
    opened = len({int(deal.setup_id) for deal in walked.deals})
    return Figures(
        verdict=PhaseVerdict(int(me.verdict)).name,
        start_utc_s=start_s,
        end_utc_s=end_s,
        currency=facts.currency,
        target_money=rules.initial_balance_money * (1.0 + target) if target > 0.0 else None,
        money=_money(facts),
        days=days,
        days_lost_count=lost,
        trades=trades,
        trades_open_count=opened - len(trades),
        cuts={name: cuts_of(trades, name_of) for name, name_of in _CUTS.items()},
        ratios=ratios_of(
            trading_day_equities(rules.initial_balance_money, days) if not lost else [],
            [trade.result_r for trade in trades],
            [trade.net_money for trade in trades],
        ),
        exposure=exposure_of(trades, start_s, end_s),
        worst_days=tuple(sorted((d for d in days if d.gain_money < 0.0), key=_gain))[
            :_WORST_DAYS_COUNT
        ],
        halts=_halts(me),
        setups_count=int(me.setups_count),
        dropped=tuple(Untraded(why, int(me[name])) for name, why in DROPPED.items()),
        refused=_refused(me.refusals_count),
    )


def trading_day_equities(start_money: float, days: Sequence[DayPoint]) -> list[float]:
    """The start and the equity after each weekday; what a weekend moves, Monday shows."""
    return [start_money, *(d.equity_money for d in days if weekday_of(d.day) < _SATURDAY)]


def exposure_of(trades: Sequence[TradeRow], start_utc_s: float, end_utc_s: float) -> Exposure:
    """How long closed trades were open between two moments."""
    length_s = max(1.0, end_utc_s - start_utc_s)
    edges = [(trade.opened_utc_s, 1) for trade in trades]
    edges += [(trade.closed_utc_s, -1) for trade in trades]
    open_count = most_count = 0
    busy_s, before_s = 0.0, start_utc_s
    for at_s, step in sorted(edges):
        busy_s += (at_s - before_s) * (open_count > 0)
        open_count, before_s = open_count + step, at_s
        most_count = max(most_count, open_count)
    held_s = [trade.closed_utc_s - trade.opened_utc_s for trade in trades]
    return Exposure(
        in_market_fraction=busy_s / length_s,
        positions_max_count=most_count,
        positions_mean_count=sum(held_s) / length_s,
        held_mean_s=sum(held_s) / len(held_s) if held_s else 0.0,
        held_longest_s=max(held_s, default=0.0),
    )


def _gain(day: DayPoint) -> float:
    return day.gain_money


def _money(facts: WalkFacts) -> MoneyLines:
    """Added up again from the deals; nothing is taken from the walk but its balance."""
    deals, me = facts.walked.deals, facts.walked.account
    gross, commission, swap = (
        int(deals[name].sum()) for name in ("profit_minor", "commission_minor", "swap_minor")
    )
    start = round(facts.rules.initial_balance_money * _CENTS)
    net = gross + commission + swap
    return MoneyLines(
        start_money=start / _CENTS,
        gross_money=gross / _CENTS,
        commission_money=commission / _CENTS,
        swap_money=swap / _CENTS,
        net_money=net / _CENTS,
        end_balance_money=int(me.balance_minor) / _CENTS,
        end_equity_money=int(me.equity_minor) / _CENTS,
        left_over_money=(int(me.balance_minor) - start - net) / _CENTS,
        deals_count=len(deals),
    )


def _halts(me: Records) -> tuple[Halt, ...]:
    """Breakers that have held entries for more than a day when the walk ends."""
    found = []
    for trigger in Trigger:
        trip = me.trips[trigger.value]
        is_holding = trip.on and trip.action != BreakerAction.REDUCE.value
        if is_holding and me.now_s - trip.since_s > DAY_S:
            found.append(Halt(trigger.name.lower().replace("_", " "), float(trip.since_s)))
    return tuple(found)


def _refused(counts: Sequence[int]) -> tuple[Untraded, ...]:
    given = np.asarray(counts).tolist()
    found = [
        Untraded(refusal_says(refusal.name), int(given[refusal.value]))
        for refusal in Refusal
        if given[refusal.value]
    ]
    return tuple(sorted(found, key=lambda row: -row.count))


def span_text(figures: Figures) -> str:
    """First and last day walked."""
    return f"{day_text(figures.days[0].day)} to {day_text(figures.days[-1].day)}"
