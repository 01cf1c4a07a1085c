"""One seed: a market, settings, days and releases, lived by the loop and walked, deal by deal."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bot.backtest.engine import Engine, Stretch, walk_account
from bot.backtest.kinds import DealKind
from bot.backtest.terms import CYCLE_S
from bot.cli.folders import RunFolder
from bot.cli.progress import Look
from bot.cli.simulation import Simulation, SimulationPlan
from bot.model.events import Event
from bot.model.settings import BotSettings
from bot.research.market import PreparedMarkets
from bot.rules.calendar import utc_from_server_s
from bot.timezones import server_offset_table
from tools.storm.scene_markets import Stretch as MarketStretch
from tools.storm.scene_markets import stretch_for
from tools.storm.scene_profiles import drawn_settings

DAYS_COUNT = 3
_BUY, _SELL = 0, 1
_PRICE_NOISE = 1e-9
_HISTORY_END_S = 7 * 86_400


class Deal(NamedTuple):
    """One deal; `moved_minor` is what it did to the balance, in cents."""

    at_utc_s: float
    symbol: str
    is_exit: bool
    side: int
    lots: float
    price: float
    moved_minor: int

    def equals(self, other: Deal) -> bool:
        """The same deal, noticed within a cycle."""
        return (
            self[1:4] == other[1:4]
            and abs(self.lots - other.lots) < _PRICE_NOISE
            and abs(self.price - other.price) < _PRICE_NOISE
            and self.moved_minor == other.moved_minor
            and abs(self.at_utc_s - other.at_utc_s) < CYCLE_S
        )


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a seed decides."""

    seed: int
    profile: str
    settings: BotSettings
    stretch: MarketStretch


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both sides' deals; `first_unlike` is the place of the first that differ, None when none."""

    scenario: Scenario
    lived: tuple[Deal, ...]
    walked: tuple[Deal, ...]

    @property
    def first_unlike(self) -> int | None:
        """Where the two part."""
        for place in range(max(len(self.lived), len(self.walked))):
            both = self.lived[place : place + 1], self.walked[place : place + 1]
            if not (both[0] and both[1] and both[0][0].equals(both[1][0])):
                return place
        return None


class Unwatched:
    """A run nobody looks at."""

    def moved(self, look: Look, now_utc_s: float) -> None:
        """Nobody."""

    def told(self, event: Event) -> None:
        """Nobody."""

    def finish(self) -> None:
        """Nobody."""


def scenario_of(seed: int) -> Scenario:
    """Everything a seed decides."""
    rng = random.Random(seed)  # noqa: S311 -- a scenario, no secret
    profile, settings = drawn_settings(rng)
    stretch = stretch_for(seed, rng, DAYS_COUNT)
    start_s = stretch.start_utc_s // CYCLE_S * CYCLE_S
    end_s = start_s + (stretch.end_utc_s - stretch.start_utc_s)
    exits = settings.exits._replace(
        targets_r=tuple(rng.uniform(0.5, 1.2) * target for target in settings.exits.targets_r)
    )
    settings = replace(
        settings,
        exits=exits,
        schedule=replace(settings.schedule, poll_interval_s=CYCLE_S),
        signal=settings.signal._replace(score_min_fraction=rng.choice((0.05, 0.1, 0.3))),
        risk=settings.risk._replace(entries_per_day_max_count=rng.choice((2, 4, 30))),
    )
    return Scenario(seed, profile, settings, replace(stretch, start_utc_s=start_s, end_utc_s=end_s))


def outcome_of(scenario: Scenario, folder: Path, engine: Engine) -> Outcome:
    """Live it and walk it; `folder` is the loop's run."""
    return Outcome(scenario, lived_deals(scenario, folder), walked_deals(scenario, engine))


def lived_deals(scenario: Scenario, folder: Path) -> tuple[Deal, ...]:
    """By the real loop on the simulated terminal."""
    stretch = scenario.stretch
    plan = SimulationPlan(
        run=RunFolder(folder),
        mode="parity",
        settings=scenario.settings,
        market=stretch.market,
        start_utc_s=stretch.start_utc_s,
        end_utc_s=stretch.end_utc_s,
        calendar=stretch.calendar,
    )
    simulation = Simulation(plan)
    simulation.live(Unwatched())
    terminal = simulation.terminal
    terminal.initialize()
    found = terminal.history_deals_get(1, int(stretch.end_utc_s) + _HISTORY_END_S) or ()
    table = server_offset_table()
    return tuple(
        Deal(
            utc_from_server_s(deal.time_msc / 1000.0, table),
            deal.symbol,
            bool(deal.entry),
            1 if deal.type == _BUY else -1,
            deal.volume,
            deal.price,
            round(100 * (deal.profit + deal.swap + deal.commission)),
        )
        for deal in found
        if deal.type in (_BUY, _SELL)
    )


def walked_deals(scenario: Scenario, engine: Engine) -> tuple[Deal, ...]:
    """By the walk."""
    stretch = scenario.stretch
    span_s = (stretch.start_utc_s, stretch.end_utc_s)
    markets = PreparedMarkets(stretch.market, span_s, stretch.calendar.events().events)
    ready = markets.of(scenario.settings)
    walked = walk_account(ready.inputs, Stretch(*span_s), engine)
    return tuple(
        Deal(
            float(deal.time_s),
            ready.names[deal.symbol],
            bool(deal.kind != DealKind.IN),
            int(deal.side),
            float(deal.lots),
            float(deal.price),
            int(deal.profit_minor + deal.commission_minor + deal.swap_minor),
        )
        for deal in walked.deals
    )
