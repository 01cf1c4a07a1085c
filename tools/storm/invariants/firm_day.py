"""The firm's floors as the server's own books say they must be at least."""

from __future__ import annotations

import math
from bisect import bisect_left

from bot.model.account import NO_TRAIL, Floors, TradingDay
from bot.model.challenge import ChallengeRules, DailyBase
from bot.rules.calendar import day_start_utc_s
from bot.rules.challenge import floors, start_base_money
from bot.simulator.ledger import DEAL_CREDIT
from tools.storm.invariants.sight import Sight
from tools.storm.model import Scene

_NEAR_S = 120.0
_BALANCE = 2
_OF_EQUITY = (DailyBase.DAY_START_EQUITY.value, DailyBase.INTRADAY_PEAK_EQUITY.value)


class FirmDay:
    """The day that is, and the lowest base it can have had at its reset.

    The balance at the reset is exact: the server's deals say it. The equity of that instant is
    taken from looks within two minutes of it, the lower of both sides, and left out otherwise, so
    the floor is never stricter than the firm's. Payouts lower it, deposits do not raise it.
    """

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self.day = -1
        self.base_money = 0.0
        self._seen: tuple[float, float] | None = None
        self._levels: tuple[object, Floors] | None = None
        self._payouts: list[tuple[float, float]] = []
        self._deals_read = 1  # the first one is the initial balance

    def look(self, scene: Scene) -> None:
        """Note the account now; opens the day when it has begun since."""
        sight = self._sight
        day, equity = sight.firm_day(scene.now_utc_s), sight.equity_money
        if day != self.day:
            self.day = day
            self.base_money = self._base(scene.now_utc_s, equity)
        self._seen = (scene.now_utc_s, equity)

    def floors(self) -> Floors:
        """Daily and total floor, each at most as high as the firm's."""
        rules = self._sight.settings.rules
        ever_money = self.paid_out_money(-math.inf)
        facts = (self.day, self.base_money, ever_money, rules)
        if self._levels is None or self._levels[0] != facts:
            self._levels = (facts, self._floors(rules, ever_money))
        return self._levels[1]

    def _floors(self, rules: ChallengeRules, ever_money: float) -> Floors:
        paid_money = self.paid_out_money(self._reset_utc_s())
        start = TradingDay(self.day, self.base_money + paid_money, 0.0, NO_TRAIL)
        answer = floors(start, rules)
        total = answer.total_money + ever_money
        daily = answer.daily_money if self.base_money > 0.0 else -math.inf
        return Floors(daily, total, answer.initial_balance_money)

    def balance_at(self, utc_s: float) -> float:
        """The balance before everything booked at or after a true moment, once there was one."""
        sight = self._sight
        place = max(1, bisect_left(sight.deal_times_utc_s, utc_s))
        later = math.fsum(
            deal.profit + deal.swap + deal.commission + deal.fee
            for deal in sight.deals[place:]
            if deal.type != DEAL_CREDIT
        )
        return round(sight.balance_money - later, 2)

    def paid_out_money(self, since_utc_s: float) -> float:
        """What was taken out of the account since, as a negative amount."""
        sight = self._sight
        for place in range(self._deals_read, len(sight.deals)):
            deal = sight.deals[place]
            if deal.type == _BALANCE and deal.profit < 0.0:
                self._payouts.append((sight.deal_times_utc_s[place], deal.profit))
        self._deals_read = max(1, len(sight.deals))
        return math.fsum(money for at_utc_s, money in self._payouts if at_utc_s >= since_utc_s)

    def _reset_utc_s(self) -> float:
        return float(day_start_utc_s(self.day, self._sight.firm_table))

    def _base(self, now_utc_s: float, equity_money: float) -> float:
        reset, rules = self._reset_utc_s(), self._sight.settings.rules
        balance = self.balance_at(reset)
        near = [equity_money] if now_utc_s - reset <= _NEAR_S else []
        if near and self._seen is not None and reset - self._seen[0] <= _NEAR_S:
            near.append(self._seen[1])
        if len(near) < 2:  # noqa: PLR2004 - both sides of the reset
            if rules.daily.base_kind in _OF_EQUITY:
                return 0.0
            near = [balance]
        return float(start_base_money(balance, min(near), rules))
