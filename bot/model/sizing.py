"""Nouns of sizing: what a mode grants, what reduces it, what limits it, and the answer.

Every step of the pipeline is a field, so that the journal can say why an order has its size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from bot.model.numbered import Numbered


class SizingMode(Numbered):
    """Where the base risk of a trade comes from; the value is the parameter's place in order."""

    FIXED_PER_TRADE = 0
    DAILY_BUDGET = 1
    WIN_RATE = 2
    CONFIDENCE = 3


class BaseReason(Numbered):
    """Why a mode grants the base risk it grants."""

    PARAMETER = 0
    BUDGET_SHARE = 1
    BUDGET_LEAST = 2
    BUDGET_MOST = 3
    BUDGET_REST = 4
    BUDGET_CLOSED = 5
    WINS_TOO_FEW_TRADES = 6
    WINS_LOW = 7
    WINS_USUAL = 8
    WINS_HIGH = 9
    WINS_TOP = 10
    SCORE_LOW = 11
    SCORE_USUAL = 12
    SCORE_HIGH = 13


class SizeLimit(Numbered):
    """The step that fixed the size, in the order of the pipeline; the tightest binds."""

    NONE = 0
    RISK = 1
    CEILING = 2
    FIRM_RISK = 3
    DAILY_FLOOR = 4
    TOTAL_FLOOR = 5
    CUMULATIVE = 6
    SYMBOL_RISK = 7
    MARGIN = 8
    LEVERAGE = 9
    FIRM_LOTS = 10
    CONTRACT_LOTS = 11
    USUAL_SIZE = 12


class DrawdownSettings(NamedTuple):
    """From `start` to `full` below the peak of the closed balance, risk falls to `least`."""

    start_fraction: float
    full_fraction: float
    least_factor: float


class BudgetSettings(NamedTuple):
    """Mode `daily_budget`: a share of the day's first equity, split over the day's slots."""

    budget_equity_fraction: float
    risk_balance_fraction_min: float
    risk_balance_fraction_max: float
    trades_max_count: int
    losses_in_row_max_count: int


class WinRateSettings(NamedTuple):
    """Mode `win_rate`: steps of the risk on a rate that is shrunk towards a prior."""

    window_count: int
    trades_min_count: int
    prior_fraction: float
    prior_weight_count: float
    low_below_fraction: float
    high_above_fraction: float
    top_above_fraction: float
    low_factor: float
    high_factor: float
    top_factor: float


class ConfidenceSettings(NamedTuple):
    """Mode `confidence`: steps of the risk on the signal's score, 0 to 1."""

    low_below_fraction: float
    high_from_fraction: float
    low_factor: float
    high_factor: float


class SizingSettings(NamedTuple):
    """How a trade's risk is chosen before any limit, and its largest value per equity."""

    mode: int
    start_factor: float
    leverage_max: float
    drawdown: DrawdownSettings
    budget: BudgetSettings
    win_rate: WinRateSettings
    confidence: ConfidenceSettings


class DayTally(NamedTuple):
    """What the day's closed trades leave for the next: budget charged, losses in a row."""

    charged_money: float = 0.0
    losses_in_row_count: int = 0


class BudgetFacts(NamedTuple):
    """The day as `daily_budget` sees it.

    `open_risk_money` is what may still be lost between entry and stop by all that is open, resting
    or unresolved; each of those holds a slot, as does each entry of the day.
    """

    start_equity_money: float
    open_risk_money: float
    slots_used_count: int
    tally: DayTally


class WinFacts(NamedTuple):
    """The latest closed trades within the window; the row of trades without a win is the newest."""

    trades_count: int
    wins_count: int
    losses_in_row_count: int


class SizingFacts(NamedTuple):
    """What a mode may look at; only the facts of the chosen mode need to be true."""

    score_fraction: float
    budget: BudgetFacts
    wins: WinFacts


class BaseRisk(NamedTuple):
    """What the mode grants, as a share of the balance, and why; or the `Refusal` with figures."""

    balance_fraction: float
    reason: int
    refusal: int
    value: float
    limit: float


class RiskFactors(NamedTuple):
    """What reduces the base risk from outside the setup; 1 leaves it, nothing raises it."""

    drawdown: float
    total_loss: float
    coast: float
    start: float


UNREDUCED = RiskFactors(1.0, 1.0, 1.0, 1.0)
"""Nothing reduces."""


@dataclass(frozen=True, slots=True)
class LeverageTerms:
    """The firm's leverage 1:n of an asset class."""

    asset_class: str
    leverage: float


class Leverage(NamedTuple):
    """A position's largest value per equity, and the firm's 1:n for its asset class (inf: none)."""

    value_max: float
    margin: float


class SizeCaps(NamedTuple):
    """What one order may take, besides the rooms; an infinite cap does not exist.

    `firm_risk_money` counts the worst case, reserves included, `symbol_risk_money` the loss at the
    stop. `margin_money` may still be tied up as margin, `notional_money` is the position's largest
    value. `margin_leverage` is the firm's for the asset class: margin is never counted for less
    than it demands, whatever the terminal answers. `usual_risk_money` is the largest risk at the
    stop that does not stand out among the own latest entries.
    """

    firm_risk_money: float
    symbol_risk_money: float
    lots: float
    margin_money: float
    notional_money: float
    margin_leverage: float
    usual_risk_money: float = math.inf


UNCAPPED = SizeCaps(math.inf, math.inf, math.inf, math.inf, math.inf, math.inf)
"""No cap at all."""


class Limit(NamedTuple):
    """The tightest limit so far: risk at the stop that it allows, and its `SizeLimit`."""

    money: float
    step: int


class Lots(NamedTuple):
    """The sizing answer and every step that led to it; 0 lots carry a `Refusal`.

    `intended_money` is base x factors of the balance, `limit` the step that bound. Of a refusal,
    `value` was held against `limit_value`.
    """

    lots: float
    risk_money: float
    base: BaseRisk
    confluence_factor: float
    brake_factor: float
    factors: RiskFactors
    intended_money: float
    limit: Limit
    refusal: int
    value: float
    limit_value: float
