"""What could have happened to the same account: days and trades in other orders, at other costs.

One account trades through the whole history. Its days are drawn again in blocks (what follows
what within a block is kept), its trades are shuffled, some are missed, and the whole is walked
again at worse prices. None of it makes a new market: every path is made of the days that were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.backtest.engine import Engine, Stretch, Walked, walk_account
from bot.backtest.inputs import Inputs, Records
from bot.backtest.terms import Policy, Slippage
from bot.model.decision import PhaseVerdict
from bot.model.settings import BotSettings
from bot.research.day_walk import (
    block_days_count,
    drawn_days,
    live_days,
    live_days_compiled,
    lived_days,
)
from bot.research.market import PreparedMarkets
from bot.research.starts import starts_of
from bot.research.study_folder import Row

SLIPPAGES_R = (0.05, 0.1, 0.2)
SPREAD_FACTORS = (1.5, 2.0, 3.0)
MISSED_FRACTIONS = (0.05, 0.1, 0.2, 0.3)
BASE_KEY = "walk/as it was"
_PIECE_COUNT = 500
_PASSED = PhaseVerdict.PASSED.value
_DAILY, _TOTAL = PhaseVerdict.BREACHED_DAILY.value, PhaseVerdict.BREACHED_TOTAL.value

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MonteAsk:
    """What is asked: how many paths, in blocks of how many days (0 chooses)."""

    paths_count: int = 1_000
    block_days_count: int = 0
    seed: int = 0
    person_reset_s: float = 86_400.0
    engine: Engine = Engine.COMPILED

    def document(self) -> dict[str, object]:
        """What makes it the same question."""
        return {
            "paths": self.paths_count,
            "block_days": self.block_days_count,
            "person_reset_s": self.person_reset_s,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Figures of many paths, one entry each: final balance and deepest fall as fractions."""

    final_fraction: Floats
    drawdown_fraction: Floats
    losses_in_row_count: NDArray[np.int64]


class MonteStudy:
    """One walked account, and what else could have become of it."""

    def __init__(self, markets: PreparedMarkets, settings: BotSettings, ask: MonteAsk) -> None:
        self.markets = markets
        self.settings = settings
        self.ask = ask

    @cached_property
    def walked(self) -> Walked:
        """The account as it was, through the whole history."""
        return self._walk(None, 1.0)

    @property
    def initial_money(self) -> float:
        """What the account began with."""
        return self.settings.rules.initial_balance_money

    @cached_property
    def trades_fraction(self) -> Floats:
        """Every trade's net result as a fraction of the balance before it, in closing order."""
        return trade_fractions(self.walked.trades, self.initial_money)

    @cached_property
    def lived(self) -> Records:
        """Every day of the account as fractions of the balance it began with."""
        return lived_days(self.walked.days, self.initial_money)

    @cached_property
    def block_count(self) -> int:
        """Days per block."""
        return self.ask.block_days_count or block_days_count(self.lived)

    def pieces(self) -> Iterator[tuple[str, Callable[[], Row]]]:
        """Every piece of work under its key."""
        yield BASE_KEY, lambda: self._walk_row(None, 1.0)
        for slip in SLIPPAGES_R:
            stress = Slippage(slip, slip)
            yield f"walk/slippage {slip:g} R", _bound(self._walk_row, stress, 1.0)
        for factor in SPREAD_FACTORS:
            yield f"walk/spread x {factor:g}", _bound(self._walk_row, None, factor)
        for number, first in enumerate(range(0, self.ask.paths_count, _PIECE_COUNT)):
            count = min(_PIECE_COUNT, self.ask.paths_count - first)
            yield f"days/{number}", _bound(self._days_row, number, count)
            yield f"shuffle/{number}", _bound(self._missed_row, number, count, 0.0)
            for missed in MISSED_FRACTIONS:
                key = f"missed {100 * missed:g} %/{number}"
                yield key, _bound(self._missed_row, number, count, missed)

    def _walk(self, stress: Slippage | None, spread_factor: float) -> Walked:
        policy = Policy(self.ask.person_reset_s, stops_at_verdict=False, knows_spreads=True)
        market = self.markets.of(self.settings, policy, stress)
        starts = starts_of(market).over(wider(market.inputs, spread_factor))
        stretch = Stretch(float(starts.moments_s[0]), starts.end_s)
        return walk_account(starts.inputs_at(0), stretch, self.ask.engine)

    def _walk_row(self, stress: Slippage | None, spread_factor: float) -> Row:
        plain = stress is None and spread_factor == 1.0
        walked = self.walked if plain else self._walk(stress, spread_factor)
        trades = trade_fractions(walked.trades, self.initial_money)
        figures = figures_of(trades[None, :])
        return {
            "trades": len(trades),
            "net_r": float(np.asarray(walked.trades.result_r).sum()),
            "final": float(walked.account.balance_minor) / 100.0 / self.initial_money - 1.0,
            "drawdown": float(figures.drawdown_fraction[0]),
            "losses_in_row": int(figures.losses_in_row_count[0]),
            "lowest": float(np.asarray(walked.days.lowest_equity_money).min(initial=np.inf))
            / self.initial_money
            - 1.0
            if len(walked.days)
            else 0.0,
        }

    def _days_row(self, number: int, count: int) -> Row:
        generator = np.random.default_rng((self.ask.seed, 1, number))
        days = len(self.lived)
        drawn = np.array(
            [drawn_days(days, days, self.block_count, generator) for _ in range(count)]
        ).reshape(count, days)
        gains = np.asarray(self.lived.gain_fraction)[drawn]
        answers = [self._answer(path) for path in drawn]
        row = _row(figures_of(gains))
        row |= {
            "passed": [int(answer == _PASSED) for answer in answers],
            "daily": [int(answer == _DAILY) for answer in answers],
            "total": [int(answer == _TOTAL) for answer in answers],
        }
        return row

    def _answer(self, drawn: NDArray[np.int64]) -> int:
        live = live_days_compiled if self.ask.engine is Engine.COMPILED else live_days
        return live(self.lived, drawn, 1.0, self.settings.rules)[0]

    def _missed_row(self, number: int, count: int, missed_fraction: float) -> Row:
        """Missed trades keep their order; with none missed, the order is shuffled."""
        generator = np.random.default_rng((self.ask.seed, 2, number, round(1e6 * missed_fraction)))
        trades = np.tile(self.trades_fraction, (count, 1))
        if missed_fraction > 0.0:
            trades = np.where(generator.random(trades.shape) < missed_fraction, 0.0, trades)
        else:
            trades = generator.permuted(trades, axis=1)
        return _row(figures_of(trades))


def _bound(work: Callable[..., Row], *given: object) -> Callable[[], Row]:
    return lambda: work(*given)


def trade_fractions(trades: Records, initial_money: float) -> Floats:
    """Each trade's net result as a fraction of the balance before it, in the order of closing."""
    order = np.argsort(np.asarray(trades.closed_s), kind="stable")
    net = np.asarray(trades.net_minor)[order] / 100.0
    before = initial_money + np.concatenate(([0.0], np.cumsum(net)[:-1])) if len(net) else net
    return np.asarray(net / before, dtype=np.float64)


def wider(inputs: Inputs, factor: float) -> Inputs:
    """The same market with every spread multiplied; bids stay where they are."""
    if factor == 1.0:
        return inputs
    quotes, samples = inputs.quotes.copy(), inputs.samples.copy()
    quotes.ask = quotes.bid + (quotes.ask - quotes.bid) * factor
    samples.spread_price = samples.spread_price * factor
    samples.usual_price = samples.usual_price * factor
    return inputs._replace(quotes=quotes, samples=samples)


def figures_of(results_fraction: Floats) -> Path:
    """Figures of paths, a row each, that compound; a result of 0 neither loses nor ends a row."""
    count = len(results_fraction)
    balance = np.concatenate((np.ones((count, 1)), np.cumprod(1.0 + results_fraction, 1)), axis=1)
    peaks = np.maximum.accumulate(balance, axis=1)
    return Path(
        balance[:, -1] - 1.0,
        (1.0 - balance / peaks).max(axis=1),
        np.array([losses_in_row(row) for row in results_fraction], dtype=np.int64),
    )


def losses_in_row(results: Floats) -> int:
    """The longest row of losses; results of 0 are passed over."""
    lost = results[results != 0.0] < 0.0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], lost, [False])).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _row(path: Path) -> dict[str, object]:
    return {
        "final": [round(float(value), 6) for value in path.final_fraction],
        "drawdown": [round(float(value), 6) for value in path.drawdown_fraction],
        "losses_in_row": path.losses_in_row_count.tolist(),
    }


def joined(rows: Mapping[str, Row], prefix: str, name: str) -> list[float]:
    """A figure of every path of a kind, from all its pieces."""
    found: list[float] = []
    for key, row in rows.items():
        if key.startswith(prefix):
            values = row[name]
            assert isinstance(values, Sequence)
            found += [float(value) for value in values]
    return found
