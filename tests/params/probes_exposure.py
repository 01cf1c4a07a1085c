"""Questions to the rules of exposure, conduct and coasting; a live parameter changes an answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from bot.model.account import Progress
from bot.model.challenge import TargetOn
from bot.model.coast import ClosedProfit, CoastRisk, CoastStage
from bot.model.conduct import EntryTimes, Requests
from bot.model.decision import ExitReason
from bot.model.exposure import MarginFacts, NightPlan, Returns, SizedEntry
from bot.model.market import SymbolSpec
from bot.model.settings import BotSettings
from bot.rules import coast, conduct, correlation, exposure

_SPEC = SymbolSpec(5, 1e-5, 1e5, 0.01, 50.0, 0.01, 1e5, 1e5, 0.0, 0.0, 4.0, -3.0, 1.0, 1_000.0)

SHELL_ONLY = {"exposure.correlation_days_count"}
"""How many bars are kept to be looked at is the shell's business."""


def exposure_answers(settings: BotSettings) -> Iterator[Any]:
    s = settings.exposure
    for step in range(1, 2_400):
        yield exposure.currency_finding(step / 100.0, 0.01, s)
        yield exposure.group_finding(step / 2.0, 0.1, 1_000.0, s)
        yield exposure.one_side_finding(step / 2.0, 0.1, 1_000.0, s)
        facts = MarginFacts(20_000.0, 10_000.0, 5_000.0 + step * 10.0, 0.5)
        yield exposure.stop_out_finding(facts, s)
    plan = NightPlan(0, s.hold_nights_count, 2, 5)
    yield exposure.charged_nights(plan)
    for money in range(1, 3_000, 3):
        yield exposure.swap_finding(SizedEntry(1, 1.0, float(money), _SPEC), plan, s)
    yield from _groups(settings)


def _groups(settings: BotSettings) -> Iterator[Any]:
    s, rng = settings.exposure.correlation, np.random.default_rng(3)
    for tenth in range(31):
        alike = np.array([[1.0, tenth / 30.0], [tenth / 30.0, 1.0]])
        yield correlation.groups_of(alike, s).tolist()
    for days in range(5, 60):
        returns = Returns(rng.normal(size=(2, days)), np.array([0, 0]))
        yield correlation.likeness(returns, s).tolist()


def conduct_answers(settings: BotSettings) -> Iterator[Any]:
    s = settings.conduct
    for second in range(0, 4_000, 2):
        yield conduct.spacing_finding(EntryTimes(float(second), 1e9), s)
        yield conduct.spacing_finding(EntryTimes(1e9, second * 25.0), s)
        yield conduct.exit_must_wait(float(second), ExitReason.TARGET.value, s)
        for today in (0, 1_000):
            yield conduct.stop_edit_is_due(second * 4.0, Requests(today, 300), s)
            yield conduct.stop_edit_is_due(float(second), Requests(today, 300), s)
    rising = np.linspace(0.001, 0.02, 60)
    for count in range(60):
        yield conduct.size_cap_fraction(rising[:count], s)


def coast_answers(settings: BotSettings) -> Iterator[Any]:
    s, rules = settings.coast, settings.rules
    assert rules.target.target_on == TargetOn.CLOSED_BALANCE.value
    for profit, days in product(range(0, 2_000, 20), (0, 3)):
        now = Progress(float(profit), days, has_exposure=False)
        yield coast.coast_stage(now, rules, s)
        for stage, risk in product(CoastStage, (CoastRisk(120.0, 180.0), CoastRisk(500.0, 900.0))):
            yield coast.coast_factor(stage.value, float(profit), 20_000.0, risk, s)
    for best in range(20_000, 26_000, 50):
        yield coast.lock_floor_money(ClosedProfit(20_000.0, float(best), 0.0), s)
