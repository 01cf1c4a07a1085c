"""Years of an account through everything that can go wrong: not one promise is broken.

Each seed is a world of its own; together they are two account-years. The seeds are
spread over workers in parts, and any that fails is lived again with `bot storm --replay SEED`.
"""

from __future__ import annotations

import pytest

from tools.storm.campaign import order_of
from tools.storm.campaign_ask import command_for
from tools.storm.episode import Episode
from tools.storm.results import DAYS_PER_ACCOUNT_YEAR

PARTS_COUNT = 22
SEEDS_PER_PART = 5
DAYS = 7


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS_COUNT))
def test_the_account_survives_the_storm(part: int) -> None:
    first = part * SEEDS_PER_PART
    for seed in range(first, first + SEEDS_PER_PART):
        order = order_of(seed, DAYS)
        told = Episode(order).run()
        assert told.violations == [], command_for(order)
        assert told.recovery.naked_stop_s <= 10.0, command_for(order)


MENDED = (104, 132, 139)
"""Seeds beyond the years that once broke a promise: shut market, failed read, torn journal."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", MENDED)
def test_a_mended_seed_stays_mended(seed: int) -> None:
    order = order_of(seed, DAYS)
    assert Episode(order).run().violations == [], command_for(order)


def test_these_are_two_account_years() -> None:
    trading_days = PARTS_COUNT * SEEDS_PER_PART * DAYS * 5 / 7
    assert trading_days >= 2.0 * DAYS_PER_ACCOUNT_YEAR
