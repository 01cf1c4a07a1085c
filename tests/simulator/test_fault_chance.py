from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.faults.chance import Chance

PINNED = [0.8331748283767769, 484, 7.99173978]
seeds = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3)


def test_the_first_draws_are_pinned():
    chance = Chance([7, 0, 1])
    assert [chance.random(), chance.whole(0, 1_000), chance.between(0.01, 100.0)] == PINNED


@given(seeds, st.integers(-(10**9), 10**9), st.integers(1, 2**32 - 1))
def test_a_whole_number_lies_in_its_span(given_seeds, low, width):
    assert low <= Chance(given_seeds).whole(low, low + width) < low + width


def test_every_choice_comes_about_as_often():
    chance = Chance([3])
    drawn = [chance.one_of("abc") for _ in range(3_000)]
    assert min(drawn.count(letter) for letter in "abc") > 900


def test_ratios_are_drawn_evenly():
    chance = Chance([4])
    drawn = [chance.between(0.01, 100.0) for _ in range(2_000)]
    assert all(0.01 <= value <= 100.0 for value in drawn)
    assert 900 < sum(value < 1.0 for value in drawn) < 1_100


def test_other_seeds_are_other_streams():
    assert Chance([1]).random() != Chance([2]).random()
