"""A firm's rules of one phase as numbers, and the state a phase is in.

Absent is 0 throughout: a kind `NONE`, a fraction 0, a count 0. Money is account currency, days are
the firm's trading days, counted since 1970-01-01.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.model.account import TradingDay
from bot.model.numbered import Numbered


class PhaseKind(Numbered):
    """Whether a phase is passed for the next one, or lived in for payouts."""

    EVALUATION = 0
    FUNDED = 1


class DailyBase(Numbered):
    """What the day's loss is measured from; NONE is no daily rule."""

    NONE = 0
    INITIAL_BALANCE = 1
    DAY_START_BALANCE = 2
    DAY_START_EQUITY = 3
    DAY_START_MAX = 4
    INTRADAY_PEAK_EQUITY = 5


class AmountOf(Numbered):
    """What a loss limit is a share of: the initial balance, or its own base (day base or peak)."""

    INITIAL_BALANCE = 0
    BASE = 1


class HeldAgainst(Numbered):
    """Which figure of the account is held against a floor."""

    EQUITY = 0
    BALANCE = 1


class Compare(Numbered):
    """Whether a touch is enough."""

    AT_OR_BELOW = 0
    BELOW = 1


class LossAction(Numbered):
    """What a limit does: ends the account, or stops trading until the next reset."""

    TERMINATE = 0
    PAUSE_UNTIL_RESET = 1


class OverallKind(Numbered):
    """How the overall floor moves; NONE is no overall rule."""

    NONE = 0
    STATIC = 1
    TRAILING = 2


class TrailOn(Numbered):
    """What a trailing floor follows: at once, or as it stood at each reset."""

    NOTHING = 0
    BALANCE_REALTIME = 1
    EQUITY_REALTIME = 2
    BALANCE_EOD = 3
    MAX_EOD = 4


class OnPayout(Numbered):
    """What a payout does to a trailing floor."""

    NONE = 0
    REBASE_TO_BALANCE = 1


class TargetOn(Numbered):
    """Which profit counts towards the target."""

    CLOSED_BALANCE = 0
    EQUITY = 1


class DayKind(Numbered):
    """What makes a day count; NONE is no day rule."""

    NONE = 0
    PROFITABLE = 1
    OPENED = 2
    OPENED_OR_CLOSED = 3
    ANY = 4


class Denominator(Numbered):
    """What the best day is a share of."""

    TOTAL_NET_PROFIT = 0
    SUM_POSITIVE_DAYS = 1


class SnapshotPolicy(Numbered):
    """Which readings begin a day: the last ones before the reset, or the higher of both sides."""

    PREV_CLOSE = 0
    MAX_PRE_POST = 1


class CashPolicy(Numbered):
    """Whether payouts and deposits move the day's base and stay out of its gain."""

    SHIFT_BASE = 0
    LITERAL = 1


class DailyRule(NamedTuple):
    """How much a day may lose."""

    loss_fraction: float
    base_kind: int
    amount_of: int
    tested_on: int
    compare: int
    action: int


class OverallRule(NamedTuple):
    """How much may be lost in all; a lock holds the floor at the initial balance from then on."""

    loss_fraction: float
    kind: int
    trail_on: int
    amount_of: int
    lock_profit_fraction: float
    tested_on: int
    compare: int
    action: int
    on_payout: int


class TargetRule(NamedTuple):
    """The profit, as a share of the initial balance, that passes (0: none)."""

    profit_fraction: float
    target_on: int
    flat_to_pass: bool


class DayRule(NamedTuple):
    """How many days of which kind; a profitable one earns a share of the initial balance."""

    kind: int
    needed_count: int
    threshold_fraction: float


class ConsistencyRule(NamedTuple):
    """The largest share the best day may have (0: no rule); it delays, it never ends an account."""

    share_fraction_max: float
    denominator: int
    delays_pass: bool
    delays_payout: bool


class EnginePolicy(NamedTuple):
    """How we read what firms do not publish."""

    snapshot: int
    cash: int


class ChallengeRules(NamedTuple):
    """The firm's rules for one phase, from the preset, with the engine's policies."""

    initial_balance_money: float
    phase_kind: int
    daily: DailyRule
    overall: OverallRule
    target: TargetRule
    days: DayRule
    consistency: ConsistencyRule
    time_limit_days: int
    inactive_days_max: int
    policy: EnginePolicy


class Observation(NamedTuple):
    """The account now, and what happened since the last look.

    `cash_money` is what deposits (+) and payouts (-) changed the balance by, `credit_money` what
    the firm credited without touching the balance.
    """

    balance_money: float
    equity_money: float
    cash_money: float
    credit_money: float
    has_exposure: bool
    opened_count: int
    closed_count: int


class DayEnd(NamedTuple):
    """What a closed day came to."""

    day: int
    balance_money: float
    equity_money: float
    gain_money: float
    needed_money: float
    is_counted: bool


class Tally(NamedTuple):
    """What the closed days add up to."""

    counted_days_count: int
    best_day_money: float
    positive_days_money: float


class ChallengeState(NamedTuple):
    """Where a phase stands; `day.base_money` is the base before cash operations of the day.

    `breach` and `breach_also` are `PhaseVerdict` values: latched with the first breach, whose
    higher floor names it; RUNNING is none.
    """

    day: TradingDay
    first_day: int
    balance_money: float
    equity_money: float
    day_cash_money: float
    day_credit_money: float
    phase_cash_money: float
    opened_count: int
    closed_count: int
    has_exposure: bool
    is_fresh: bool
    is_paused: bool
    breach: int
    breach_also: int
    tally: Tally
