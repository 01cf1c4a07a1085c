"""What is taken off when the worst case no longer fits, and that it is no more than needed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.reserves import GuardItems
from bot.rules.guard import plan_relief

ORDER, POSITION = 0, 1
Row = tuple[int, float, float]
"""(rank, relief money, lots)."""


def items(*rows: Row, least: float = 0.01, step: float = 0.01) -> GuardItems:
    """Orders go as a whole, positions on a grid."""
    ranks = np.array([row[0] for row in rows], dtype=np.int64)
    return GuardItems(
        ranks,
        np.array([row[1] for row in rows], dtype=np.float64),
        np.array([row[2] for row in rows], dtype=np.float64),
        np.full(len(rows), least),
        np.where(ranks == ORDER, 0.0, step),
    )


def plan(shortfall_money: float, book: GuardItems) -> list[float]:
    return [float(lots) for lots in plan_relief(shortfall_money, book)]


def test_nothing_is_taken_off_without_a_shortfall() -> None:
    book = items((ORDER, 100.0, 1.0), (POSITION, 100.0, 1.0))
    assert plan(0.0, book) == [0.0, 0.0]
    assert plan(-5.0, book) == [0.0, 0.0]
    assert plan(5.0, items()) == []


def test_resting_orders_go_before_any_position() -> None:
    book = items((POSITION, 500.0, 1.0), (ORDER, 100.0, 1.0), (ORDER, 60.0, 0.6))
    assert plan(150.0, book) == [0.0, 1.0, 0.6]
    assert plan(170.0, book) == [0.02, 1.0, 0.6]


def test_one_order_that_is_enough_goes_alone_and_it_is_the_smallest_such() -> None:
    book = items((ORDER, 300.0, 3.0), (ORDER, 120.0, 1.2), (ORDER, 100.0, 1.0))
    assert plan(110.0, book) == [0.0, 1.2, 0.0]
    assert plan(120.0, book) == [0.0, 1.2, 0.0]
    assert plan(120.01, book) == [3.0, 0.0, 0.0]


def test_where_none_is_enough_alone_the_largest_goes_first_so_that_the_fewest_go() -> None:
    book = items((ORDER, 60.0, 1.0), (ORDER, 50.0, 2.0), (ORDER, 40.0, 3.0))
    assert plan(75.0, book) == [1.0, 0.0, 3.0]


def test_a_position_is_reduced_by_the_steps_that_are_needed_and_no_more() -> None:
    book = items((POSITION, 100.0, 1.0))
    assert plan(30.0, book) == [0.3]
    assert plan(30.01, book) == [0.31]
    assert plan(0.5, book) == [0.01]


def test_what_stays_is_tradable_or_nothing_stays() -> None:
    book = items((POSITION, 100.0, 1.0), least=0.2)
    assert plan(5.0, book) == [0.2]
    assert plan(80.0, book) == [0.8]
    assert plan(81.0, book) == [1.0]


def test_all_goes_when_even_all_is_not_enough() -> None:
    book = items((ORDER, 100.0, 1.0), (POSITION, 100.0, 2.0))
    assert plan(1_000.0, book) == [1.0, 2.0]


def test_what_cannot_be_acted_on_is_left_out() -> None:
    book = items((ORDER, 0.0, 1.0), (POSITION, 100.0, 1.0))
    assert plan(50.0, book) == [0.0, 0.5]


def test_equal_ones_go_in_their_order() -> None:
    book = items((ORDER, 50.0, 1.0), (ORDER, 50.0, 1.0))
    assert plan(40.0, book) == [1.0, 0.0]
    assert plan(90.0, book) == [1.0, 1.0]


row = st.tuples(
    st.sampled_from([ORDER, POSITION]),
    st.floats(0.5, 500.0),
    st.integers(1, 300).map(lambda n: n / 100),
)


@given(rows=st.lists(row, min_size=1, max_size=8), share=st.floats(0.0, 1.5))
def test_the_plan_frees_the_shortfall_or_everything_and_positions_only_after_orders(
    rows: list[Row], share: float
) -> None:
    book = items(*rows)
    total = sum(money for _, money, _ in rows)
    shortfall = share * total
    off = plan(shortfall, book)
    freed = sum(m * cut / lots for (_, m, lots), cut in zip(rows, off, strict=True))
    assert freed >= min(shortfall, total) - 1e-6
    touches_position = any(cut > 0.0 for (k, _, _), cut in zip(rows, off, strict=True) if k)
    if touches_position:
        assert all(cut == lots for (k, _, lots), cut in zip(rows, off, strict=True) if not k)
    assert all(0.0 <= cut <= lots for (_, _, lots), cut in zip(rows, off, strict=True))


@given(rows=st.lists(row, min_size=1, max_size=8), share=st.floats(0.01, 0.99))
def test_nothing_that_goes_could_have_stayed(rows: list[Row], share: float) -> None:
    shortfall = share * sum(money for _, money, _ in rows)
    off = plan(shortfall, items(*rows))
    freed = [m * cut / lots for (_, m, lots), cut in zip(rows, off, strict=True)]
    for place, (kind, _, _) in enumerate(rows):
        same_kind_is_all = off[place] > 0.0 and kind == ORDER
        if same_kind_is_all and not any(cut for (k, _, _), cut in zip(rows, off, strict=True) if k):
            assert sum(freed) - freed[place] < shortfall + 1e-6


@pytest.mark.parametrize("need", [0.1, 0.3, 0.7, 0.9])
def test_binary_noise_takes_no_step_more(need: float) -> None:
    assert plan(need, items((POSITION, 1.0, 1.0), step=0.1, least=0.1)) == [need]
