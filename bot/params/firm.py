"""A firm's rule set as data: the schema of `params/firms/*.json`.

Percents are 0 to 100, money is account currency, leverage is the n of 1:n; null means not stated or
absent. A phase that carries `daily_loss`, `overall_loss` or `limits` replaces the preset's value
for that phase (null = the rule does not exist there). `bot.params.firm_rules` says what of it this
version enforces.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.params.base import Group
from bot.params.firm_terms import Conduct, Funded, Leverage, Meta

Pct = Annotated[float, Field(gt=0.0, le=100.0)]
Money = Annotated[float, Field(gt=0.0, le=100_000_000.0)]
Seconds = Annotated[float, Field(ge=0.0, le=604_800.0)]
Days = Annotated[int, Field(ge=1, le=400)]
Word = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
Title = Annotated[str, Field(min_length=1, max_length=80)]


class Clock(Group):
    """When the firm's day begins: local time `reset` in the zone `tz` (IANA or UTC+hh:mm)."""

    tz: Annotated[str, Field(pattern=r"^([A-Z][A-Za-z_]+/[A-Za-z_/]+|UTC[+-][0-9]{2}:[0-9]{2})$")]
    reset: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    label: Title
    assumed: bool = False


class DailyLoss(Group):
    """How much equity may fall within a day, and from where."""

    pct: Pct
    base: Literal[
        "initial_balance",
        "day_start_balance",
        "day_start_equity",
        "day_start_max",
        "intraday_peak_equity",
    ]
    amount_of: Literal["initial_balance", "base"]
    test: Literal["equity", "balance"]
    compare: Literal["at_or_below", "below"]
    action: Literal["terminate", "pause_until_reset"]


class Lock(Group):
    """Where a trailing floor stops trailing."""

    trigger_profit_pct: Pct
    floor_at: Literal["initial_balance"]


class OverallLoss(Group):
    """How much may be lost in all; a trailing floor names what it trails."""

    pct: Pct
    kind: Literal["static", "trailing"]
    trail_on: Literal["balance_realtime", "equity_realtime", "balance_eod", "max_eod"] | None
    amount_of: Literal["initial_balance", "peak"]
    lock: Lock | None
    test: Literal["equity", "balance"]
    compare: Literal["at_or_below", "below"]
    action: Literal["terminate", "pause_until_reset"]
    on_payout: Literal["none", "rebase_to_balance"]


class MinDays(Group):
    """Days of a kind that a phase needs before it is passed."""

    count: Days
    kind: Literal[
        "profitable_day", "trading_day_opened", "trading_day_opened_or_closed", "trading_day_any"
    ]
    threshold_pct: Pct | None
    threshold_of: Literal["initial_balance"] | None
    formula: str | None


class ProfitCap(Group):
    """Profit of a day above `amount` does not count."""

    amount: Money
    effect: Word


class Limits(Group):
    """Caps the firm prints; null is none. Lots may depend on the account size or the class."""

    max_lots: float | dict[str, float] | None
    max_positions: Annotated[int, Field(ge=1)] | None
    max_open_risk_pct: Pct | None
    max_risk_per_trade_pct: Pct | None
    max_margin_pct: Pct | None
    sl_required: bool
    sl_within_s: Seconds | None
    daily_profit_cap: ProfitCap | None
    min_trade_seconds: Seconds | None


class Phase(Group):
    """One step of the way, with the rules it replaces."""

    id: Word
    kind: Literal["evaluation", "funded"]
    target_pct: Pct | None
    target_on: Literal["closed_balance", "equity"]
    flat_to_pass: bool
    min_days: MinDays | None
    time_limit_days: Days | None
    min_days_for: Literal["scaling_only"] | None = None
    daily_loss: DailyLoss | None = None
    overall_loss: OverallLoss | None = None
    limits: Limits | None = None


class SpeechWindow(Group):
    """A wider window around speeches."""

    before_s: Seconds
    after_end_s: Seconds


class NewsRule(Group):
    """What must not happen around news; an action that is not a trigger is free."""

    phases: tuple[Word, ...]
    before_s: Seconds
    after_s: Seconds
    window_inclusive: bool
    impact: tuple[Literal["high", "medium", "low", "firm_list"], ...]
    calendar: Word
    scope: Literal["related_currency_or_index", "targeted_instrument", "any"]
    triggers: tuple[
        Literal["open_market", "pending_trigger", "close", "sl_tp_fill", "modify_sl_tp"], ...
    ]
    exempt_if_opened_before_s: Seconds | None
    effect: Word
    straddle_ban: bool
    speech_window: SpeechWindow | None = None


class WeekendHolding(Group):
    """Whether trades may be held over a weekend; null is not stated."""

    evaluation: bool | None
    funded: bool | None


class Holding(Group):
    """Whether trades may be held over night and weekend."""

    overnight: bool | None
    weekend: WeekendHolding
    max_market_break_h_funded: Annotated[float, Field(gt=0.0, le=100.0)] | None = None


class Consistency(Group):
    """The largest share one day may have in the profit; it delays, it never ends an account."""

    kind: Literal["best_day_share"]
    max_pct: Pct
    denominator: Literal["total_net_profit", "sum_positive_days"]
    day_profit: Word
    checked_at: tuple[Literal["pass", "payout", "scale"], ...]
    phases: tuple[Word, ...]
    effect: Word


class Inactivity(Group):
    """Days without activity after which the account lapses."""

    evaluation: Days | None
    funded: Days | None


class Activity(Group):
    """What keeps an account alive."""

    inactivity_days: Inactivity | None
    counts: Word | None
    since: Annotated[Word | None, Field(alias="from")]


class FirmPreset(Group):
    """One rule set of one firm, whole."""

    id: Word
    firm: Title
    program: Title
    variant: Title | None
    model: Literal["1-step", "2-step", "3-step", "instant"]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None
    account_sizes: tuple[Money, ...] | None
    legacy_account_sizes: tuple[Money, ...] | None = None
    default_size: Money
    platform: Title | None
    server_name: Title | None
    clock: Clock
    daily_loss: DailyLoss | None
    overall_loss: OverallLoss | None
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]
    news: tuple[NewsRule, ...]
    holding: Holding
    consistency: Consistency | None
    limits: Limits
    activity: Activity
    leverage: Leverage | None
    conduct: Conduct
    funded: Funded | None
    meta: Meta

    @property
    def label(self) -> str:
        """Firm, program and variant in one line."""
        return " ".join(part for part in (self.firm, self.program, self.variant) if part)

    def phase(self, phase_id: str) -> Phase | None:
        """The phase of that name, if there is one."""
        return next((phase for phase in self.phases if phase.id == phase_id), None)

    def daily_loss_in(self, phase: Phase) -> DailyLoss | None:
        """The daily rule of a phase: its own when it carries one, else the preset's."""
        return phase.daily_loss if "daily_loss" in phase.model_fields_set else self.daily_loss

    def overall_loss_in(self, phase: Phase) -> OverallLoss | None:
        """The overall rule of a phase: its own when it carries one, else the preset's."""
        own = "overall_loss" in phase.model_fields_set
        return phase.overall_loss if own else self.overall_loss

    def limits_in(self, phase: Phase) -> Limits | None:
        """The printed caps of a phase: its own when it carries them, else the preset's."""
        return phase.limits if "limits" in phase.model_fields_set else self.limits
