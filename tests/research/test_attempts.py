"""A challenge begun anywhere is the same as one that walked there, and luck is a yardstick."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.backtest.engine import Stretch, walk_account
from bot.backtest.terms import Policy
from bot.cli.span import span_of
from bot.cli.study import StudyAsk, open_study
from bot.model.signal import SignalVerdict
from bot.research.attempts import (
    DAY_S,
    Attempt,
    Ending,
    Patience,
    Step,
    attempts_in,
    attempts_of,
    lapse_s,
    row_of,
)
from bot.research.market import PreparedMarket
from bot.research.passrate import PassAsk, PassStudy, at_risk, entry_rate
from bot.research.phases import evaluation_phases
from bot.research.random_entries import yardstick_of
from bot.research.starts import starts_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PARAMS = Path(__file__).resolve().parents[2] / "params" / "current_params.json"
recorded = pytest.mark.skipif(not DATA.exists(), reason="needs the recorded market data")


@pytest.mark.parametrize(("idle_days", "is_lapsed"), [(30.9, False), (31.0, True)])
def test_an_account_lapses_after_more_idle_days_than_allowed(
    idle_days: float, is_lapsed: bool
) -> None:
    opened = np.array([2.0 * DAY_S])
    found = lapse_s(opened, (0.0, (2.0 + idle_days) * DAY_S), 30)
    assert (found < np.inf) == is_lapsed


def test_without_an_inactivity_rule_nothing_lapses() -> None:
    assert lapse_s(np.zeros(0), (0.0, 900.0 * DAY_S), 0) == np.inf


def test_attempts_survive_being_written_down() -> None:
    attempts = [
        Attempt(19_000, (Step(Ending.PASSED, 12.5, 9), Step(Ending.CUT, 3.0, 1)), 13.0),
        Attempt(19_001, (Step(Ending.DAILY_LOSS, 2.0, 4),), 0.0),
    ]
    assert attempts_in(row_of(attempts)) == attempts


@pytest.fixture(scope="module")
def study() -> PassStudy:
    ask = StudyAsk(DATA, span_of("20230101", "20230430", None), PARAMS, "EURUSD,XAUUSD")
    opened = open_study(ask)
    phases = evaluation_phases(PARAMS, opened.settings)
    return PassStudy(opened.markets, phases, PassAsk(every_count=10, days_max=40, is_tended=True))


@pytest.fixture(scope="module")
def market(study: PassStudy) -> PreparedMarket:
    return study.markets.of(study.phases[0].settings, Policy(knows_spreads=True))


@recorded
@pytest.mark.slow
def test_a_walk_from_the_middle_books_what_one_that_looked_through_everything_books(
    study: PassStudy, market: PreparedMarket
) -> None:
    starts = starts_of(market)
    for place in range(0, len(starts), 7):
        stretch = Stretch(float(starts.moments_s[place]), market.end_s)
        quick = walk_account(starts.inputs_at(place), stretch)
        whole = walk_account(market.inputs, stretch)
        assert quick.deals.tolist() == whole.deals.tolist()
        assert quick.days.tolist() == whole.days.tolist()


@recorded
@pytest.mark.slow
def test_the_second_step_has_its_own_target(study: PassStudy) -> None:
    first, second = study.phases
    assert (first.name, second.name) == ("step1", "step2")
    assert first.settings.rules.target.profit_fraction == pytest.approx(0.08)
    assert second.settings.rules.target.profit_fraction == pytest.approx(0.05)
    assert study.starts[1].inputs.terms[0].rules.target.profit_fraction == pytest.approx(0.05)


@recorded
@pytest.mark.slow
def test_one_that_sees_the_future_passes_and_random_entries_do_not_more_often(
    study: PassStudy, market: PreparedMarket
) -> None:
    starts = starts_of(market)
    yard = yardstick_of(market.inputs)
    knowing, blind = market.inputs.scans.copy(), yard.scans(len(starts), 5)
    for symbol in np.unique(knowing.symbol):
        own = np.flatnonzero((knowing.symbol == symbol) & (yard.bids > 0.0))
        for place, later in zip(own[:-3], own[3:], strict=True):
            side = 1 if yard.bids[later] > yard.bids[place] else -1
            price = yard.asks[place] if side > 0 else yard.bids[place]
            row = knowing[place]
            row.verdict, row.side = SignalVerdict.SIGNAL.value, side
            row.entry_price, row.stop_price = price, price * (1.0 - side * 0.004)
            row.points = 5.0
    patience = Patience(110, is_tended=True)
    places = range(0, 30, 5)
    risky = study.markets.of(at_risk(study.phases[0].settings, 0.02), study.policy).inputs
    both = [
        attempts_of((starts.over(risky._replace(scans=scans)),), places, patience, 1)
        for scans in (knowing, blind)
    ]
    passed = [sum(a.steps[0].ending is Ending.PASSED for a in attempts) for attempts in both]
    assert passed[0] > passed[1], both


@recorded
@pytest.mark.slow
def test_random_entries_keep_symbols_sides_and_distances(market: PreparedMarket) -> None:
    yard = yardstick_of(market.inputs)
    count = len(yard.signals)
    assert count
    drawn = yard.scans(count, 3)
    is_signal = drawn.verdict == SignalVerdict.SIGNAL.value
    assert is_signal.sum() == count
    own = market.inputs.scans[yard.signals]
    assert sorted(drawn.symbol[is_signal]) == sorted(own.symbol)
    assert sorted(drawn.side[is_signal]) == sorted(own.side)
    distances = abs(drawn.entry_price - drawn.stop_price)[is_signal] / drawn.entry_price[is_signal]
    wanted = np.sort(yard.distances_fraction[yard.signals])
    assert np.sort(distances) == pytest.approx(wanted, abs=2e-4)


@recorded
@pytest.mark.slow
def test_pieces_done_twice_or_on_more_threads_are_the_same(study: PassStudy) -> None:
    alone = PassStudy(study.markets, study.phases, replace(study.ask, threads_count=1))
    rows = {piece.key: piece.work() for piece in study.strategy_pieces()}
    assert rows == {piece.key: piece.work() for piece in alone.strategy_pieces()}
    attempts = attempts_in(rows["strategy/0"])
    assert entry_rate(attempts) > 0.0
    assert study._random(20, 4) == alone._random(20, 4)
