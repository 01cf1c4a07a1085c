"""Falls, rows of losses and missed trades, on results small enough to know."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backtest.inputs import QUOTE, SAMPLE, Inputs, records
from bot.backtest.records import TRADE
from bot.research.montecarlo import figures_of, losses_in_row, trade_fractions, wider

FRACTIONS = st.lists(st.floats(-0.05, 0.05), min_size=1, max_size=30)


def test_a_fall_is_measured_from_the_highest_balance_before_it() -> None:
    path = figures_of(np.array([[0.1, -0.5, 0.2]]))
    assert path.drawdown_fraction.tolist() == pytest.approx([0.5])
    assert path.final_fraction.tolist() == pytest.approx([1.1 * 0.5 * 1.2 - 1.0])


def test_a_first_loss_is_a_fall_from_the_start() -> None:
    assert figures_of(np.array([[-0.1]])).drawdown_fraction.tolist() == pytest.approx([0.1])


@pytest.mark.parametrize(
    ("results", "count"),
    [([], 0), ([1.0], 0), ([-1.0, -1.0, 1.0, -1.0], 2), ([-1.0, 0.0, -1.0], 2)],
)
def test_the_longest_row_of_losses(results: list[float], count: int) -> None:
    assert losses_in_row(np.array(results)) == count


@given(FRACTIONS, st.randoms())
def test_shuffled_results_end_at_the_same_balance(results: list[float], random: object) -> None:
    shuffled = list(results)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    ends = [figures_of(np.array([order])).final_fraction[0] for order in (results, shuffled)]
    assert ends[0] == pytest.approx(ends[1])


def test_a_trade_is_a_fraction_of_the_balance_before_it_in_order_of_closing() -> None:
    trades = records(TRADE, 2)
    trades.closed_s, trades.net_minor = (2.0, 1.0), (-11_000, 10_000)
    assert trade_fractions(trades, 1_000.0).tolist() == pytest.approx([0.1, -0.1])


def test_a_wider_spread_moves_the_ask_alone() -> None:
    quotes, samples = records(QUOTE, 1), records(SAMPLE, 1)
    quotes.bid, quotes.ask, samples.spread_price = 1.0, 1.2, 0.2
    none = np.zeros(0)
    inputs = Inputs(None, None, quotes, samples, None, None, none, none, none, 0)  # type: ignore[arg-type]
    found = wider(inputs, 2.0)
    assert (found.quotes.bid[0], found.quotes.ask[0]) == pytest.approx((1.0, 1.4))
    assert found.samples.spread_price[0] == pytest.approx(0.4)
    assert quotes.ask[0] == 1.2
