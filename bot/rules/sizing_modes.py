"""Where the base risk of a trade comes from: a fixed share, the day's budget, wins, or the score.

No mode raises the risk because of a loss: wins and scores alone raise it, and never above the
ceilings that `size_order` applies to whatever is granted here.
"""

from __future__ import annotations

from bot.model.decision import Refusal
from bot.model.settings import RiskSettings
from bot.model.sizing import (
    BaseReason,
    BaseRisk,
    BudgetFacts,
    BudgetSettings,
    ConfidenceSettings,
    DayTally,
    SizingFacts,
    SizingMode,
    SizingSettings,
    WinFacts,
    WinRateSettings,
)
from bot.rules._rule import rule

_CENT_NOISE = 1e-9
"""Money this close is equal: a budget spent to the cent is spent."""


@rule
def granted(balance_fraction: float, reason: int) -> BaseRisk:
    """A base risk, and why it is what it is."""
    return BaseRisk(balance_fraction, reason, Refusal.NONE.value, 0.0, 0.0)


@rule
def not_granted(refusal: int, value: float, limit: float) -> BaseRisk:
    """No base risk: `value` was held against `limit`."""
    return BaseRisk(0.0, BaseReason.BUDGET_CLOSED.value, refusal, value, limit)


@rule
def tally_after(tally: DayTally, net_money: float, risk_money: float) -> DayTally:
    """The day's tally after one more closed trade.

    A lost trade charges the budget with what it cost, and at least with the risk it was granted:
    what a small loss leaves over is not risked a second time. A win refills nothing.
    """
    if not net_money < 0.0:
        return DayTally(tally.charged_money, 0)
    charged_money = tally.charged_money + max(-net_money, risk_money, 0.0)
    return DayTally(charged_money, tally.losses_in_row_count + 1)


@rule
def budget_money(facts: BudgetFacts, s: BudgetSettings) -> float:
    """What the day may lose in this mode: a share of the equity it began with."""
    return s.budget_equity_fraction * facts.start_equity_money


@rule
def budget_left_money(facts: BudgetFacts, s: BudgetSettings) -> float:
    """What neither closed losses nor open risk have taken from the day's budget yet."""
    taken_money = facts.tally.charged_money + facts.open_risk_money
    return budget_money(facts, s) - taken_money


@rule
def budget_closed(facts: BudgetFacts, least_money: float, s: BudgetSettings) -> BaseRisk:
    """Why the day's budget grants no further trade, or a grant of 0 without a refusal."""
    if facts.slots_used_count >= s.trades_max_count:
        cap = Refusal.ENTRIES_TODAY_AT_CAP.value
        return not_granted(cap, float(facts.slots_used_count), float(s.trades_max_count))
    if facts.tally.losses_in_row_count >= s.losses_in_row_max_count:
        row_count, most_count = facts.tally.losses_in_row_count, s.losses_in_row_max_count
        return not_granted(Refusal.LOSSES_IN_A_ROW.value, float(row_count), float(most_count))
    left_money = budget_left_money(facts, s)
    if not left_money >= least_money - _CENT_NOISE:
        return not_granted(Refusal.DAY_BUDGET_SPENT.value, least_money, left_money)
    return granted(0.0, BaseReason.BUDGET_SHARE.value)


@rule
def daily_budget_risk(balance_money: float, facts: BudgetFacts, s: BudgetSettings) -> BaseRisk:
    """The rest of the day's budget, split evenly over the slots left, within least and most.

    Closed once the slots, the budget or the patience with losses in a row are used up.
    """
    if not balance_money > 0.0:
        return not_granted(Refusal.ACCOUNT_UNKNOWN.value, 0.0, 0.0)
    least_money = s.risk_balance_fraction_min * balance_money
    closed = budget_closed(facts, least_money, s)
    if closed.refusal != Refusal.NONE.value:
        return closed
    left_money = budget_left_money(facts, s)
    share_money = left_money / (s.trades_max_count - facts.slots_used_count)
    share = share_money / balance_money
    if share < s.risk_balance_fraction_min:
        return granted(s.risk_balance_fraction_min, BaseReason.BUDGET_LEAST.value)
    if share > s.risk_balance_fraction_max:
        return granted(s.risk_balance_fraction_max, BaseReason.BUDGET_MOST.value)
    return granted(share, BaseReason.BUDGET_SHARE.value)


@rule
def shrunk_win_fraction(wins: WinFacts, s: WinRateSettings) -> float:
    """The rate of wins, drawn towards the prior as if that many trades had been seen before.

    The mean of the beta distribution that the prior and the trades leave: 20 trades alone are
    noise (their rate has a standard error of 11 points).
    """
    seen_count = wins.trades_count + s.prior_weight_count
    if not seen_count > 0.0:
        return s.prior_fraction
    return (wins.wins_count + s.prior_fraction * s.prior_weight_count) / seen_count


@rule
def win_rate_step(wins: WinFacts, s: WinRateSettings) -> int:
    """The step (`BaseReason`) of the shrunk rate: above top, above high, below low, or usual."""
    if wins.trades_count < s.trades_min_count:
        return BaseReason.WINS_TOO_FEW_TRADES.value
    rate = shrunk_win_fraction(wins, s)
    if rate < s.low_below_fraction:
        return BaseReason.WINS_LOW.value
    if wins.trades_count - wins.losses_in_row_count < s.trades_min_count:
        return BaseReason.WINS_USUAL.value  # a loss must not be what completes the evidence
    if rate > s.top_above_fraction:
        return BaseReason.WINS_TOP.value
    if rate > s.high_above_fraction:
        return BaseReason.WINS_HIGH.value
    return BaseReason.WINS_USUAL.value


@rule
def win_rate_risk(base_fraction: float, wins: WinFacts, s: WinRateSettings) -> BaseRisk:
    """The fixed risk times the factor of the win rate's step; 1 while trades are too few."""
    step = win_rate_step(wins, s)
    factor = 1.0
    if step == BaseReason.WINS_LOW.value:
        factor = s.low_factor
    elif step == BaseReason.WINS_HIGH.value:
        factor = s.high_factor
    elif step == BaseReason.WINS_TOP.value:
        factor = s.top_factor
    return granted(base_fraction * factor, step)


@rule
def confidence_risk(base_fraction: float, score_fraction: float, s: ConfidenceSettings) -> BaseRisk:
    """The fixed risk times the factor of the score's step; a score that is no number is low.

    The score is counted here, so its points do not scale the risk a second time.
    """
    if not score_fraction >= s.low_below_fraction:
        return granted(base_fraction * s.low_factor, BaseReason.SCORE_LOW.value)
    if score_fraction >= s.high_from_fraction:
        return granted(base_fraction * s.high_factor, BaseReason.SCORE_HIGH.value)
    return granted(base_fraction, BaseReason.SCORE_USUAL.value)


@rule
def is_score_counted(base: BaseRisk) -> bool:
    """Whether the mode has scaled the risk by the score, so that its points must not do it too."""
    return base.reason >= BaseReason.SCORE_LOW.value


@rule
def base_risk(
    balance_money: float, facts: SizingFacts, risk: RiskSettings, s: SizingSettings
) -> BaseRisk:
    """What the chosen mode grants a trade before any factor and limit."""
    base_fraction = risk.risk_per_trade_balance_fraction
    if s.mode == SizingMode.DAILY_BUDGET.value:
        return daily_budget_risk(balance_money, facts.budget, s.budget)
    if s.mode == SizingMode.WIN_RATE.value:
        return win_rate_risk(base_fraction, facts.wins, s.win_rate)
    if s.mode == SizingMode.CONFIDENCE.value:
        return confidence_risk(base_fraction, facts.score_fraction, s.confidence)
    return granted(base_fraction, BaseReason.PARAMETER.value)
