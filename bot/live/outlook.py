"""Notes for a person how the account stands: rungs, stakes, lean, news; decides nothing.

Looked at when the book changes and otherwise as seldom as the snapshot is saved.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from bot.live.as_rules import trading_day
from bot.live.breakers import Breakers
from bot.live.coast import CoastGuard
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.exposure import ExposureGate
from bot.live.news_gate import NewsGate
from bot.live.record import Record
from bot.live.risk_book import Charge, ChargeKind, RiskBook
from bot.live.state import DayAnchor
from bot.model.outlook import (
    BucketLine,
    GaugeLine,
    NewsLine,
    Outlook,
    Reserves,
    RungLine,
    StakeLine,
)
from bot.model.settings import BotSettings
from bot.rules.challenge import brake_base_money, floors
from bot.rules.challenge_trail import total_reference_money
from bot.rules.exposure import bucket_r

_NEWS_AHEAD_S = 86_400.0
_NEWS_MOST_COUNT = 5
_LEAN_LEAST_R = 0.005
_CENTS = 2


@dataclass(frozen=True, slots=True)
class OutlookParts:
    """What is looked at."""

    record: Record
    reader: EvidenceReader
    risks: RiskBook
    exposure: ExposureGate
    news: NewsGate
    breakers: Breakers
    coast: CoastGuard


class OutlookBook:
    """Keeps `BotState.outlook` up to date."""

    def __init__(self, settings: BotSettings, parts: OutlookParts) -> None:
        self._settings = settings
        self._p = parts
        self._looked: tuple[object, ...] = ()

    def step(self, evidence: Evidence) -> None:
        """Look again when the book changed, or the last look is as old as a snapshot may be."""
        state = self._p.record.state
        if state.day is None:
            return
        book = _book_of(state.day.day, evidence)
        is_changed = book != self._looked
        age_s = evidence.now_utc_s - state.outlook.at_utc_s
        if not is_changed and 0.0 <= age_s < self._settings.schedule.save_at_least_every_s:
            return
        self._looked = book
        state.outlook = self._look(evidence, state.day)
        if is_changed:
            self._p.record.touch()

    def _look(self, evidence: Evidence, day: DayAnchor) -> Outlook:
        now, charges = evidence.now_utc_s, self._p.risks.charges(evidence)
        levels = floors(trading_day(day), self._settings.rules)
        calendar, reason = self._p.news.standing(now)
        usual = self._settings.risk.risk_per_trade_balance_fraction
        return Outlook(
            at_utc_s=now,
            daily_floor_money=_told(levels.daily_money),
            total_floor_money=_told(levels.total_money),
            base_money=round(trading_day(day).base_money, _CENTS),
            usual_risk_money=round(usual * evidence.account.balance_money, _CENTS),
            coast_factor=self._p.coast.factor(evidence),
            reserves=_reserves(charges),
            rungs=self._rungs(day),
            stakes=[self._stake(charge) for charge in charges],
            buckets=self._buckets(evidence, charges),
            news=self._news(now),
            calendar=calendar,
            calendar_reason=reason,
            gauges=[
                GaugeLine(breaker.value, reading.value, reading.limit)
                for breaker, reading in self._p.breakers.readings.items()
                if math.isfinite(reading.value) and math.isfinite(reading.limit)
            ],
        )

    def _rungs(self, anchor: DayAnchor) -> list[RungLine]:
        """Every rung of loss by the equity it acts at, highest first."""
        day, rules = trading_day(anchor), self._settings.rules
        brakes, ladders = self._settings.brakes, self._settings.ladders
        base, initial = brake_base_money(day, rules), rules.initial_balance_money
        reference = total_reference_money(day.trail, rules)
        rungs = [
            ("warn", day.base_money - brakes.warn_base_fraction * base),
            ("reduce", day.base_money - brakes.reduce_base_fraction * base),
            ("flatten", day.base_money - brakes.flatten_base_fraction * base),
            ("any price", day.base_money - ladders.any_price_base_fraction * base),
            ("alarm", day.base_money - ladders.alarm_base_fraction * base),
            ("total caution", reference - ladders.caution_initial_fraction * initial),
            ("total severe", reference - ladders.severe_initial_fraction * initial),
            ("total flatten", reference - brakes.total_flatten_initial_fraction * initial),
        ]
        lines = [RungLine(name, round(money, _CENTS)) for name, money in rungs]
        return sorted(lines, key=lambda rung: -rung.equity_money)

    def _stake(self, charge: Charge) -> StakeLine:
        instrument = self._p.reader.instrument(charge.symbol)
        per_lot = 0.0 if instrument is None else instrument.spec.loss_money_per_price_per_lot
        is_bounded = math.isfinite(charge.money)
        return StakeLine(
            kind=charge.kind.value,
            symbol=charge.symbol,
            side=charge.side,
            lots=charge.lots,
            worst_money=round(charge.money, _CENTS) if is_bounded else None,
            price_money=per_lot * charge.lots,
        )

    def _buckets(self, evidence: Evidence, charges: list[Charge]) -> list[BucketLine]:
        """The lean of each bucket as the exposure gate counts it: the further of both ways."""
        usual = self._settings.risk.risk_per_trade_balance_fraction
        one_r_money = usual * evidence.account.balance_money
        bounded = [charge for charge in charges if math.isfinite(charge.money)]
        if not one_r_money > 0.0:
            return []
        held: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
        for charge in bounded:
            risk_r = (charge.case.stop_money + charge.case.commission_money) / one_r_money
            for leg in self._p.exposure.legs(charge.symbol):
                place = 0 if charge.kind == ChargeKind.POSITION else 1
                held[leg.bucket][place].append(leg.sign * charge.side * risk_r)
        leans = [BucketLine(name, _lean_r(*signed)) for name, signed in sorted(held.items())]
        told = [line for line in leans if abs(line.lean_r) >= _LEAN_LEAST_R]
        return sorted(told, key=lambda line: -abs(line.lean_r))

    def _news(self, now_utc_s: float) -> list[NewsLine]:
        """The next watched releases within a day, each with the symbols it concerns."""
        concerned: dict[tuple[float, str, str], list[str]] = defaultdict(list)
        for item in self._settings.symbols:
            for event in self._p.news.ahead(item.symbol, now_utc_s, _NEWS_AHEAD_S):
                concerned[event.utc_s, event.currency, event.title].append(item.symbol)
        return [
            NewsLine(at_utc_s, currency, title, symbols)
            for (at_utc_s, currency, title), symbols in sorted(concerned.items())
        ][:_NEWS_MOST_COUNT]


def _book_of(day: int, evidence: Evidence) -> tuple[object, ...]:
    """What a look depends on beside prices: the day, and what is open and resting."""
    positions = ((p.position_id, p.lots, p.stop_price) for p in evidence.positions)
    orders = ((o.ticket, o.lots, o.price) for o in evidence.orders)
    return (day, *positions, *orders)


def _told(floor_money: float) -> float:
    return round(floor_money, _CENTS) if math.isfinite(floor_money) else 0.0


def _lean_r(open_r: list[float], waiting_r: list[float]) -> float:
    opened, waiting = np.array(open_r, dtype=np.float64), np.array(waiting_r, dtype=np.float64)
    long_r, short_r = float(bucket_r(opened, waiting, 1)), float(bucket_r(opened, waiting, -1))
    return round(long_r if long_r >= short_r else -short_r, 3)


def _reserves(charges: list[Charge]) -> Reserves:
    cases = [charge.case for charge in charges if math.isfinite(charge.money)]
    return Reserves(
        stop_money=round(math.fsum(case.stop_money for case in cases), _CENTS),
        slippage_money=round(math.fsum(case.slippage_money for case in cases), _CENTS),
        commission_money=round(math.fsum(case.commission_money for case in cases), _CENTS),
        swap_money=round(math.fsum(case.swap_money for case in cases), _CENTS),
        gap_money=round(math.fsum(case.gap_money for case in cases), _CENTS),
    )
