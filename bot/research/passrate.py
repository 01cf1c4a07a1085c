"""How likely a configuration is to pass: a challenge begun on every day of a history.

The work is cut into pieces, each kept in the study's folder when it is done: the strategy's own
attempts, attempts with random entries (the yardstick), and attempts at other risks per trade.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bot.backtest.engine import Engine, Stretch, walk_account
from bot.backtest.terms import Policy
from bot.model.settings import BotSettings
from bot.model.sizing import SizingMode
from bot.research.attempts import (
    Attempt,
    Ending,
    Patience,
    Step,
    attempts_in,
    attempts_of,
    row_of,
)
from bot.research.day_walk import (
    block_days_count,
    drawn_days,
    live_days,
    live_days_compiled,
    lived_days,
)
from bot.research.market import PreparedMarkets
from bot.research.phases import Phase
from bot.research.random_entries import Yardstick, yardstick_of
from bot.research.starts import Starts, starts_of
from bot.research.study_folder import Row

_PIECE_COUNT = 64
_RANDOM_STARTS_MAX_COUNT = 260
_RISK_STARTS_MAX_COUNT = 520
_PATHS_PIECE_COUNT = 250
CALIBRATION_KEY = "random/first"


@dataclass(frozen=True, slots=True)
class PassAsk:
    """What a pass rate is asked about; risks are fractions of the balance."""

    every_count: int = 1
    days_max: int = 365
    is_tended: bool = False
    person_reset_s: float = 86_400.0
    random_seeds_count: int = 20
    risks_fraction: tuple[float, ...] = ()
    paths_count: int = 0
    block_days_count: int = 0
    seed: int = 0
    threads_count: int = 2
    engine: Engine = Engine.COMPILED

    def document(self) -> dict[str, object]:
        """What makes it the same question; threads and engine do not."""
        return {
            "every": self.every_count,
            "days_max": self.days_max,
            "is_tended": self.is_tended,
            "person_reset_s": self.person_reset_s,
            "random_seeds": self.random_seeds_count,
            "risks_fraction": list(self.risks_fraction),
            "paths": self.paths_count,
            "block_days": self.block_days_count,
        }


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of work under its key in the study's folder."""

    key: str
    work: Callable[[], Row]


class PassStudy:
    """A market, the phases of a challenge, and everything that is lived in them."""

    def __init__(self, markets: PreparedMarkets, phases: Sequence[Phase], ask: PassAsk) -> None:
        self.markets = markets
        self.phases = tuple(phases)
        self.ask = ask

    @property
    def policy(self) -> Policy:
        """How a walk takes what waits for a person."""
        return Policy(self.ask.person_reset_s, stops_at_verdict=True, knows_spreads=True)

    @property
    def patience(self) -> Patience:
        """How long a phase is followed."""
        return Patience(self.ask.days_max, self.ask.is_tended, self.ask.engine)

    @cached_property
    def starts(self) -> tuple[Starts, ...]:
        """The days a challenge can begin on, per phase over that phase's terms."""
        first = self.markets.of(self.phases[0].settings, self.policy)
        begun = starts_of(first)
        later = (self.markets.of(one.settings, self.policy) for one in self.phases[1:])
        return (begun, *(begun.over(one.inputs) for one in later))

    @cached_property
    def yardstick(self) -> Yardstick:
        """What random entries are drawn from."""
        return yardstick_of(self.starts[0].inputs)

    def places(self, most_count: int | None = None) -> list[int]:
        """The starts that are lived: every Nth, thinned evenly to at most `most_count`."""
        chosen = list(range(0, len(self.starts[0]), self.ask.every_count))
        if most_count is None or len(chosen) <= most_count:
            return chosen
        return chosen[:: math.ceil(len(chosen) / most_count)]

    def strategy_pieces(self) -> Iterator[Piece]:
        """The configuration itself, from every start."""
        places = self.places()
        for number, first in enumerate(range(0, len(places), _PIECE_COUNT)):
            part = places[first : first + _PIECE_COUNT]
            yield Piece(f"strategy/{number}", _bound(self._live, self.starts, part))

    def random_pieces(self, rows: Mapping[str, Row]) -> Iterator[Piece]:
        """Random entries by seed: the first piece shows how many signals make as many entries."""
        own = entry_rate(of_kind(rows, "strategy/"))
        if not (own > 0.0 and len(self.yardstick.signals) and self.ask.random_seeds_count):
            return
        signals_count = self._signals_count(own, 1.0)
        yield Piece(CALIBRATION_KEY, lambda: self._random(signals_count, 0))
        for seed in range(1, self.ask.random_seeds_count + 1):
            yield Piece(f"random/{seed}", _bound(self._calibrated, rows, seed))

    def risk_pieces(self) -> Iterator[Piece]:
        """The configuration at other risks per trade, from fewer starts."""
        for risk in self.ask.risks_fraction:
            yield Piece(f"risk/{risk:.6f}", _bound(self._at_risk, risk))

    def path_pieces(self) -> Iterator[Piece]:
        """Bootstrapped paths: the lived days of one long walk in other orders."""
        for number, first in enumerate(range(0, self.ask.paths_count, _PATHS_PIECE_COUNT)):
            count = min(_PATHS_PIECE_COUNT, self.ask.paths_count - first)
            yield Piece(f"paths/{number}", _bound(self._paths, number, count))

    def _live(self, starts: tuple[Starts, ...], places: Sequence[int]) -> Row:
        lived = attempts_of(starts, places, self.patience, self.ask.threads_count)
        return row_of(lived)

    def _signals_count(self, own_rate: float, taken_fraction: float) -> int:
        span_days = (self.starts[0].end_s - float(self.starts[0].moments_s[0])) / 86_400.0
        wanted = own_rate * span_days / max(taken_fraction, 0.05)
        return int(min(max(1, round(wanted)), self.yardstick.most_count))

    def _random(self, signals_count: int, seed: int) -> Row:
        scans = self.yardstick.scans(signals_count, 1_000 * self.ask.seed + seed)
        starts = tuple(one.over(one.inputs._replace(scans=scans)) for one in self.starts)
        places = self.places(_RANDOM_STARTS_MAX_COUNT)
        return {**self._live(starts, places), "signals_count": signals_count}

    def _calibrated(self, rows: Mapping[str, Row], seed: int) -> Row:
        own = entry_rate(of_kind(rows, "strategy/"))
        tried = entry_rate(attempts_in(rows[CALIBRATION_KEY]))
        return self._random(self._signals_count(own, tried / own), seed)

    def _at_risk(self, risk_fraction: float) -> Row:
        starts = []
        for phase, begun in zip(self.phases, self.starts, strict=True):
            settings = at_risk(phase.settings, risk_fraction)
            starts.append(begun.over(self.markets.of(settings, self.policy).inputs))
        return self._live(tuple(starts), self.places(_RISK_STARTS_MAX_COUNT))

    @cached_property
    def _lived(self) -> np.recarray[tuple[int], np.dtype[np.void]]:
        """Every day of one account that trades on through the whole history."""
        policy = self.policy._replace(stops_at_verdict=False)
        settings = self.phases[0].settings
        market = self.markets.of(settings, policy)
        begun = self.starts[0].over(market.inputs)
        stretch = Stretch(float(begun.moments_s[0]), begun.end_s)
        walked = walk_account(begun.inputs_at(0), stretch, self.ask.engine)
        lived: np.recarray[tuple[int], np.dtype[np.void]] = lived_days(
            walked.days, settings.rules.initial_balance_money
        )
        return lived

    def _paths(self, number: int, count: int) -> Row:
        generator = np.random.default_rng((self.ask.seed, number))
        block = self.ask.block_days_count or block_days_count(self._lived)
        return row_of([self._path(generator, block, k) for k in range(count)]) | {"block": block}

    def _path(self, generator: np.random.Generator, block_count: int, number: int) -> Attempt:
        live = live_days_compiled if self.ask.engine is Engine.COMPILED else live_days
        steps: list[Step] = []
        waited = 0.0
        for phase in self.phases:
            drawn = drawn_days(len(self._lived), self.ask.days_max, block_count, generator)
            answer, days = live(self._lived, drawn, 1.0, phase.settings.rules)
            steps.append(Step(Ending(answer), float(days), 0))
            if answer != Ending.PASSED:
                break
            waited += days
        return Attempt(number, tuple(steps), waited if len(steps) > 1 else 0.0)


def _bound(work: Callable[..., Row], *given: object) -> Callable[[], Row]:
    return lambda: work(*given)


def of_kind(rows: Mapping[str, Row], prefix: str) -> list[Attempt]:
    """The attempts of every piece whose key begins so, by the day they began."""
    found = [one for key, row in rows.items() if key.startswith(prefix) for one in attempts_in(row)]
    return sorted(found, key=lambda one: one.day)


def entry_rate(attempts: Sequence[Attempt]) -> float:
    """Entries per day of the first phase; 0 where nothing was lived."""
    days = sum(one.steps[0].days for one in attempts)
    return sum(one.steps[0].entries_count for one in attempts) / days if days > 0.0 else 0.0


def at_risk(settings: BotSettings, risk_fraction: float) -> BotSettings:
    """The settings with another risk per trade; reduced risk and ceiling keep their ratio.

    In the daily-budget mode the budget and its bounds are scaled alike.
    """
    risk = settings.risk
    factor = risk_fraction / risk.risk_per_trade_balance_fraction
    sizing = settings.sizing
    if sizing.mode == SizingMode.DAILY_BUDGET.value:
        budget = sizing.budget
        sizing = sizing._replace(
            budget=budget._replace(
                budget_equity_fraction=budget.budget_equity_fraction * factor,
                risk_balance_fraction_min=budget.risk_balance_fraction_min * factor,
                risk_balance_fraction_max=budget.risk_balance_fraction_max * factor,
            )
        )
    changed = risk._replace(
        risk_per_trade_balance_fraction=risk_fraction,
        risk_reduced_balance_fraction=risk.risk_reduced_balance_fraction * factor,
        risk_ceiling_balance_fraction=risk.risk_ceiling_balance_fraction * factor,
    )
    return replace(settings, risk=changed, sizing=sizing)
