import math

import numpy as np
import pytest

from bot.simulator.bar_statistics import (
    size_autocorrelation,
    weekend_gaps_fraction,
    weekend_volatility_ratio,
)
from tools.generated_market import DATA, PAGE, ROOT, main, page
from tools.likeness import TOLERANCES, Tolerance

H1, D1 = 3_600, 86_400
MONDAY = 1_704_664_800  # 2024-01-08 00:00 server


@pytest.mark.skipif(not (DATA / "h1").is_dir(), reason="the recorded bars are not at hand")
def test_generated_bars_lie_within_the_tolerance_of_recorded_ones():
    text, outside = page(DATA)
    assert outside == []
    assert text.count("| within |") == 16


def test_the_page_in_the_docs_says_that_everything_is_within():
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    assert "everything lies within it" in text
    assert "outside:" not in text


def test_without_recorded_bars_nothing_is_written(tmp_path, capsys):
    before = (ROOT / PAGE).read_bytes()
    assert main([str(tmp_path)]) == 1
    assert "no recorded bars to compare with" in capsys.readouterr().err
    assert (ROOT / PAGE).read_bytes() == before


@pytest.mark.parametrize(
    ("tolerance", "made", "real", "is_admitted"),
    [
        (Tolerance(0.5, 2.0, is_ratio=True), 10.0, 20.0, True),
        (Tolerance(0.5, 2.0, is_ratio=True), 9.9, 20.0, False),
        (Tolerance(0.5, 2.0, is_ratio=True), 41.0, 20.0, False),
        (Tolerance(-0.1, 0.1, is_ratio=False), 0.25, 0.30, True),
        (Tolerance(-0.1, 0.1, is_ratio=False), 0.15, 0.30, False),
        (Tolerance(-0.1, 0.1, is_ratio=False), math.nan, 0.30, True),
    ],
)
def test_a_tolerance_admits_what_lies_between_its_ends(tolerance, made, real, is_admitted):
    assert tolerance.admits(made, real) is is_admitted


def test_a_flat_market_would_be_noticed():
    assert not TOLERANCES["kurtosis"].admits(3.0, 18.2)
    assert not TOLERANCES["lag 1"].admits(0.0, 0.25)


def test_sizes_that_repeat_every_third_bar_correlate_at_that_lag_only():
    sizes = np.tile([3.0, 1.0, 1.0], 60) * 1e-3
    signs = np.where(np.arange(180) % 2 == 0, 1, -1)
    closes = np.exp(np.concatenate([[0.0], np.cumsum(sizes * signs)]))
    opens = MONDAY + np.arange(181, dtype=np.int64) * H1
    assert size_autocorrelation(opens, closes, H1, 3) == pytest.approx(1.0)
    assert size_autocorrelation(opens, closes, H1, 1) == pytest.approx(-0.5, abs=0.01)


def test_a_lag_without_thirty_pairs_has_no_figure():
    opens = MONDAY + np.arange(60, dtype=np.int64) * H1
    assert math.isnan(size_autocorrelation(opens, np.full(60, 1.1), H1, 40))


def test_gaps_are_those_of_weekends_not_of_nights_or_holes_of_weeks():
    opens = MONDAY + np.array([0, 1, 3, 13, 14], dtype=np.int64) * D1
    open_price = np.array([1.0, 1.5, np.e, 7.0, 7.0])
    gaps = weekend_gaps_fraction(opens, open_price, np.ones(5))
    assert gaps.tolist() == pytest.approx([1.0])


def test_quiet_weekends_show_in_the_ratio():
    opens = MONDAY + np.arange(14 * 24 + 1, dtype=np.int64) * H1
    is_weekend = (opens[1:] - MONDAY) // D1 % 7 >= 5
    moves = np.where(is_weekend, 0.5, 1.0) * np.where(np.arange(14 * 24) % 2, 1, -1) * 1e-3
    closes = np.exp(np.concatenate([[0.0], np.cumsum(moves)]))
    assert weekend_volatility_ratio(opens, closes, H1) == pytest.approx(0.5)
    assert math.isnan(weekend_volatility_ratio(opens[:50], closes[:50], H1))
