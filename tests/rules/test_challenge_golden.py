"""The firm's worked histories, step by step, through the rules that trade live."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.model.account import Account, Progress, TradingDay
from bot.model.decision import PhaseVerdict
from bot.model.market import OffsetTable
from bot.model.settings import ChallengeRules
from bot.rules.calendar import DAY_S, days_ended_count, server_day, server_s
from bot.rules.challenge import (
    daily_allowance_money,
    daily_loss_money,
    floor_room_money,
    floors,
    is_floor_touched,
    is_profitable_day,
    is_target_reached,
    open_day,
    profitable_day_gain,
    shift_day,
    verdict,
)
from bot.timezones import offset_table, server_offset_table

PRESET = "the5ers_high_stakes_classic"
FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "rules"
Vector = dict[str, Any]

pytestmark = pytest.mark.skipif(
    not (FOLDER / "golden.json").exists(), reason="the worked histories are not beside the checkout"
)


@cache
def vectors(kind: str) -> list[Vector]:
    path = FOLDER / "golden.json"
    if not path.exists():
        return []
    everything: list[Vector] = json.loads(path.read_text(encoding="utf-8"))["vectors"]
    return [v for v in everything if v["kind"] == kind and v.get("preset") == PRESET]


@cache
def preset() -> Vector:
    everything: Vector = json.loads((FOLDER / "presets.json").read_text(encoding="utf-8"))
    found: Vector = everything["presets"][PRESET]
    return found


def rules_of(vector: Vector) -> ChallengeRules:
    phase = next(p for p in preset()["phases"] if p["id"] == vector["phase"])
    return ChallengeRules(
        initial_balance_money=float(vector["initial_balance"]),
        daily_loss_base_fraction=preset()["daily_loss"]["pct"] / 100,
        total_loss_initial_fraction=preset()["overall_loss"]["pct"] / 100,
        target_initial_fraction=phase["target_pct"] / 100,
        profitable_day_initial_fraction=phase["min_days"]["threshold_pct"] / 100,
        profitable_days_min_count=phase["min_days"]["count"],
    )


def utc_s(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def date_of(day: int) -> str:
    return datetime.fromtimestamp(day * DAY_S, UTC).date().isoformat()


def cents(value: float) -> float:
    """Four decimals, as the histories are written."""
    return round(value, 4)


@dataclass
class Life:
    """A phase lived through snapshots: the day's anchor, the days counted, the breach latched."""

    rules: ChallengeRules
    table: OffsetTable
    shifts_base: bool
    day: TradingDay | None = None
    balance: float = 0.0
    equity: float = 0.0
    cash: float = 0.0
    profitable_days: int = 0
    breach: PhaseVerdict = PhaseVerdict.RUNNING
    breach_also: list[str] = field(default_factory=list)

    def roll(self, now_utc_s: float) -> list[Vector]:
        """Close every day that ended since the last snapshot, with the values it left."""
        if self.day is None:
            initial = self.rules.initial_balance_money
            self.day = open_day(server_day(now_utc_s, self.table), initial, initial)
            return []
        closed = []
        for _ in range(days_ended_count(self.day.day, now_utc_s, self.table)):
            gain = profitable_day_gain(
                self.balance, self.equity, self.day.start_balance_money, self.cash
            )
            is_profitable = is_profitable_day(gain, self.rules)
            self.profitable_days += is_profitable
            closed.append(
                {
                    "date": date_of(self.day.day),
                    "balance": self.balance,
                    "equity": self.equity,
                    "gain": cents(gain),
                    "needed": cents(
                        self.rules.profitable_day_initial_fraction
                        * self.rules.initial_balance_money
                    ),
                    "profitable": is_profitable,
                }
            )
            self.day = open_day(self.day.day + 1, self.balance, self.equity)
            self.cash = 0.0
        return closed

    def step(self, snapshot: Vector) -> Vector:
        """One snapshot in, everything the firm would show out."""
        closed = self.roll(utc_s(snapshot["t_utc"]))
        assert self.day is not None
        self.balance, self.equity = snapshot["balance"], snapshot["equity"]
        if "cash_op" in snapshot and self.shifts_base:
            self.day = shift_day(self.day, snapshot["cash_op"]["amount"])
        account = Account(self.balance, self.equity, 0.0, self.equity)
        progress = Progress(
            self.balance - self.rules.initial_balance_money,
            self.profitable_days,
            bool(snapshot["open_positions"]),
        )
        now = PhaseVerdict(verdict(account, self.day, progress, self.rules))
        limits = floors(self.day, self.rules)
        self.latch(now, account)
        allowance = daily_allowance_money(self.day, self.rules)
        loss = daily_loss_money(self.day, account)
        answer: Vector = {
            "trading_day": date_of(self.day.day),
            "daily_base": cents(self.day.base_money),
            "daily_allowance": cents(allowance),
            "daily_floor": cents(limits.daily_money),
            "daily_loss_used": cents(loss),
            "daily_used_pct_of_allowance": cents(100 * loss / allowance),
            "daily_room": cents(floor_room_money(self.equity, limits.daily_money)),
            "overall_floor": cents(limits.total_money),
            "overall_room": cents(floor_room_money(self.equity, limits.total_money)),
            "breached": self.breach != PhaseVerdict.RUNNING,
            "profitable_days": self.profitable_days,
            "target_reached": is_target_reached(progress, self.rules),
            "phase_passed": now == PhaseVerdict.PASSED and self.breach == PhaseVerdict.RUNNING,
        }
        if closed:
            answer["days_closed"] = closed
        if self.breach != PhaseVerdict.RUNNING:
            answer["breach_rule"] = NAMES[self.breach]
        if self.breach_also:
            answer["breach_also"] = self.breach_also
        return answer

    def latch(self, now: PhaseVerdict, account: Account) -> None:
        assert self.day is not None
        if self.breach != PhaseVerdict.RUNNING or now not in NAMES:
            return
        self.breach = now
        limits = floors(self.day, self.rules)
        other = {
            PhaseVerdict.BREACHED_DAILY: (limits.total_money, "overall_loss"),
            PhaseVerdict.BREACHED_TOTAL: (limits.daily_money, "daily_loss"),
        }
        floor_money, name = other[now]
        if is_floor_touched(account.equity_money, floor_money):
            self.breach_also = [name]


NAMES = {
    PhaseVerdict.BREACHED_DAILY: "daily_loss",
    PhaseVerdict.BREACHED_TOTAL: "overall_loss",
}


def clock_of(vector: Vector) -> OffsetTable:
    override = vector.get("clock_override")
    if override is None:
        return server_offset_table()
    assert override["reset"] == "00:00"
    return offset_table(override["tz"])


def test_the_preset_is_the_one_these_rules_enforce() -> None:
    daily, overall = preset()["daily_loss"], preset()["overall_loss"]
    assert (daily["base"], daily["amount_of"]) == ("day_start_max", "base")
    assert (overall["kind"], overall["amount_of"]) == ("static", "initial_balance")
    assert {daily["test"], overall["test"]} == {"equity"}
    assert {daily["compare"], overall["compare"]} == {"at_or_below"}


def test_there_are_histories_to_replay() -> None:
    assert len(vectors("equity_path")) >= 20


@pytest.mark.parametrize("vector", vectors("equity_path"), ids=lambda v: v["id"])
def test_the_rules_live_the_firms_worked_history(vector: Vector) -> None:
    assert vector["policy"]["snapshot"] == "prev_close"
    life = Life(rules_of(vector), clock_of(vector), vector["policy"]["cash_ops"] == "shift_base")
    for snapshot in vector["steps"]:
        expected = snapshot["expect"]
        answer = life.step(snapshot)
        assert answer == expected, f"{vector['id']} at {snapshot['t_utc']}"


@pytest.mark.parametrize("vector", vectors("clock"), ids=lambda v: v["id"])
def test_the_trading_day_follows_new_york_over_both_changeovers(vector: Vector) -> None:
    table = server_offset_table()
    for snapshot in vector["steps"]:
        moment, expected = utc_s(snapshot["t_utc"]), snapshot["expect"]
        day = date.fromisoformat(expected["the5ers_day"])
        assert date_of(server_day(moment, table)) == day.isoformat()
        wall = datetime.fromtimestamp(server_s(moment, table), UTC)
        assert wall.replace(tzinfo=None).isoformat() == expected["server"]
