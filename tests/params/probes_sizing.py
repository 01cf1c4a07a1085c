"""Questions to the sizing pipeline's modes and steps, whichever mode is chosen."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

from bot.live.sizing_facts import wins_of
from bot.live.state import TradeResult
from bot.model.account import Account
from bot.model.settings import BotSettings
from bot.model.sizing import (
    UNREDUCED,
    BaseRisk,
    BudgetFacts,
    DayTally,
    Leverage,
    RiskFactors,
    SizeCaps,
    SizingFacts,
    WinFacts,
)
from bot.model.trade import Book
from bot.rules.order_caps import order_caps
from bot.rules.sizing_factors import drawdown_factor, reduction
from bot.rules.sizing_modes import (
    base_risk,
    confidence_risk,
    daily_budget_risk,
    win_rate_risk,
)

BALANCE = 20_000.0
_RESULTS = [TradeResult(n, "EURUSD", float(n), 50.0 * (-1) ** n, 0.5) for n in range(300)]
_ACCOUNT = Account(BALANCE, BALANCE, 0.0, BALANCE)
_FACTS = SizingFacts(0.72, BudgetFacts(BALANCE, 0.0, 0, DayTally()), WinFacts(40, 39, 0))


def a_grant(settings: BotSettings) -> BaseRisk:
    """What the chosen mode grants on a fresh day, with many wins and a middling score."""
    return base_risk(BALANCE, _FACTS, settings.risk, settings.sizing)


def a_start(settings: BotSettings) -> RiskFactors:
    """Nothing reduces but a fresh start."""
    return UNREDUCED._replace(start=settings.sizing.start_factor)


def the_caps(settings: BotSettings) -> SizeCaps:
    """The caps of an empty book on a contract of the first leverage the firm prints."""
    book = Book(0.0, 0.0, 0.0, 0, 0, 0, 0, 0)
    firm = settings.leverages[0].leverage if settings.leverages else math.inf
    leverage = Leverage(settings.sizing.leverage_max, firm)
    return order_caps(_ACCOUNT, book, BALANCE, settings.admission, leverage)


def mode_answers(settings: BotSettings) -> Iterator[Any]:
    """Every mode asked about budgets, wins and scores; then the drawdown and the caps."""
    s, base = settings.sizing, settings.risk.risk_per_trade_balance_fraction
    yield a_grant(settings)
    for charged, slots, row in product(range(0, 900, 15), range(6), range(4)):
        facts = BudgetFacts(BALANCE, 0.0, slots, DayTally(float(charged), row))
        yield daily_budget_risk(BALANCE, facts, s.budget)
    for trades in range(60):
        for wins in range(trades + 1):
            yield win_rate_risk(base, WinFacts(trades, wins, 0), s.win_rate)
    yield wins_of(_RESULTS, s.win_rate.window_count)
    for step in range(101):
        yield confidence_risk(base, step / 100, s.confidence)
        yield drawdown_factor(step / 250, s.drawdown)
    yield reduction(a_start(settings))
    yield the_caps(settings)
