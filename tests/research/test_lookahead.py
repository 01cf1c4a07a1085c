"""A signal that knows the future is caught, and its bar and column are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walk_builders import PARAMS

from bot.backtest.inputs import SCAN, Records, records
from bot.backtest.signals import SignalBars
from bot.model.market import Bars
from bot.params import load_settings
from bot.research import lookahead
from bot.research.lookahead import (
    StrategyError,
    check_shipped,
    check_strategy,
    load_strategy,
    random_cuts,
)
from bot.simulator.feed import SymbolFeed
from bot.simulator.generated import generated_market

BARS_COUNT = 300
DAY_S = 86_400


def bars(count: int = BARS_COUNT) -> Bars:
    rng = np.random.default_rng(3)
    close = 1.1 + np.cumsum(rng.normal(0, 0.002, count))
    opens = 1_600_000_000 + DAY_S * np.arange(count)
    return Bars(opens, close, close + 0.001, close - 0.001, close)


def mean_of_five(found: Bars) -> np.ndarray[Any, Any]:
    answer = np.full(len(found.close_price), np.nan)
    for row in range(4, len(answer)):
        answer[row] = found.close_price[row - 4 : row + 1].mean()
    return answer


def knows_tomorrow(found: Bars) -> np.ndarray[Any, Any]:
    tomorrow = np.append(found.close_price[1:], found.close_price[-1])
    return np.column_stack([found.close_price, tomorrow > found.close_price])


def knows_the_whole_range(found: Bars) -> np.ndarray[Any, Any]:
    """The usual mistake: scaled by the highest price of all times."""
    answer = np.zeros(len(found.close_price), dtype=[("trend", "f8"), ("scaled", "f8")])
    answer["scaled"] = found.close_price / found.high_price.max()
    return answer


def cuts(count: int = 20) -> list[int]:
    return random_cuts(2, BARS_COUNT - 1, count, 7)


def test_an_honest_signal_is_let_go() -> None:
    checked = check_strategy("EURUSD", mean_of_five, bars(), cuts())
    assert checked.leaks == ()
    assert checked.values_count == sum(cuts())


def test_a_signal_that_knows_tomorrow_is_caught_by_bar_and_column() -> None:
    leaks = check_strategy("EURUSD", knows_tomorrow, bars(), cuts()).leaks
    assert leaks
    assert {leak.column for leak in leaks} == {"column 1"}
    assert all(leak.bar == leak.cut for leak in leaks)  # only the last bar lacked its tomorrow
    assert "column 'column 1'" in leaks[0].text()


def test_a_signal_scaled_by_the_whole_history_is_caught_by_its_columns_name() -> None:
    leaks = check_strategy("EURUSD", knows_the_whole_range, bars(), cuts()).leaks
    assert {leak.column for leak in leaks} == {"scaled"}
    assert leaks[0].bar == "2020-09-13 12:26 UTC"  # the very first bar is scaled differently


@settings(deadline=None, max_examples=25)
@given(st.integers(0, BARS_COUNT - 40), st.integers(1, 30))
def test_one_value_that_looks_some_bars_ahead_is_found_at_that_bar(row: int, ahead: int) -> None:
    def cheats(found: Bars) -> np.ndarray[Any, Any]:
        answer = np.zeros(len(found.close_price))
        if len(answer) > row + ahead:
            answer[row] = found.close_price[row + ahead]
        return answer

    all_cuts = list(range(2, BARS_COUNT))
    leaks = check_strategy("EURUSD", cheats, bars(), all_cuts).leaks
    caught = [cut for cut in all_cuts if row < cut <= row + ahead]
    assert len(leaks) == len(caught)


def test_chance_is_refused_before_it_is_called_a_leak() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(StrategyError, match="asked twice"):
        check_strategy("EURUSD", lambda found: rng.random(len(found[0])), bars(), cuts())


def test_a_strategy_cannot_spoil_the_bars_of_the_next_cut() -> None:
    def spoils(found: Bars) -> np.ndarray[Any, Any]:
        answer = found.close_price.copy()
        found.close_price[:] = 0.0
        return answer

    assert check_strategy("EURUSD", spoils, bars(), cuts()).leaks == ()


@pytest.mark.parametrize(
    ("strategy", "says"),
    [
        (lambda _: 1.0, r"shape \(\)"),
        (lambda found: found.close_price[1:], r"shape \(299,\) for 300 bars"),
        (lambda _: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_an_answer_of_the_wrong_form_is_refused(strategy: Callable[..., Any], says: str) -> None:
    with pytest.raises(StrategyError, match=says):
        check_strategy("EURUSD", strategy, bars(), cuts())


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("json", "must be module:function"),
        (":loads", "must be module:function"),
        ("no_such_module:f", "No module named"),
        ("json:no_such_name", "no_such_name"),
        ("json:__name__", "allowed: a function"),
    ],
)
def test_a_strategy_that_is_not_there_is_named(named: str, says: str) -> None:
    with pytest.raises(StrategyError, match=says):
        load_strategy(named)


def test_a_strategy_beside_the_person_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_signals_here.py").write_text("def detect(bars):\n    return bars[4]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    strategy = load_strategy("own_signals_here:detect")
    assert check_strategy("EURUSD", strategy, bars(), cuts()).leaks == ()


@pytest.mark.parametrize("count", [1, 2, 20])
def test_the_last_moment_is_always_cut(count: int) -> None:
    found = random_cuts(5, 90, count, 7)
    assert found[-1] == 90
    assert len(found) <= count
    assert found == sorted(found)


# --- the shipped scans --------------------------------------------------------------------------


def feed() -> tuple[SymbolFeed, tuple[float, float]]:
    market = generated_market(7, ("EURUSD",), 1_772_409_600, 20, history_days_count=40)
    return market.feeds["EURUSD"], (float(market.start_utc_s), float(market.end_utc_s))


def scans_by(price_of: Callable[[SignalBars, float], float]) -> Callable[..., Records]:
    """Scans whose entry price is what `price_of` reads from the bars at the scan's moment."""

    def scans(_settings: object, found: Any, _numbers: object, due: Any) -> Records:
        rows = records(SCAN, len(due))
        for row, one in zip(rows, due, strict=True):
            row.at_s, row.day = one.at_s, one.day
            row.entry_price = price_of(found["EURUSD"], one.at_s)
        return rows

    return scans


def last_closed_week(found: SignalBars, at_s: float) -> float:
    closed = found.w1.open_utc_s + 7 * DAY_S <= at_s
    return float(found.w1.close_price[closed][-1])


def running_week(found: SignalBars, at_s: float) -> float:
    begun = found.w1.open_utc_s <= at_s
    return float(found.w1.close_price[begun][-1])


@pytest.mark.parametrize(("price_of", "is_caught"), [(last_closed_week, 0), (running_week, 1)])
def test_a_scan_that_reads_a_week_before_its_end_is_caught(
    monkeypatch: pytest.MonkeyPatch, price_of: Callable[..., float], is_caught: int
) -> None:
    one, span_s = feed()
    settings_ = load_settings(PARAMS)
    item = next(item for item in settings_.symbols if item.symbol == "EURUSD")
    monkeypatch.setattr(lookahead, "scans_of", scans_by(price_of))
    moments = random_cuts(int(span_s[0]) + 3 * DAY_S, int(span_s[1]), 12, 7)
    checked = check_shipped(replace(settings_, symbols=(item,)), one, span_s, moments)
    assert bool(checked.leaks) == bool(is_caught)
    assert {leak.column for leak in checked.leaks} <= {"entry_price"}
    assert checked.values_count > 0
