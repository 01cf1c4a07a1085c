from dataclasses import replace
from pathlib import Path

import pytest

from tools.storm.endurance import EndurancePlan, document, endure
from tools.storm.endurance_gauge import Period
from tools.storm.endurance_verdict import (
    CYCLE_GROWTH_MAX,
    GROWTH_MAX_MIB_PER_YEAR,
    complaints,
    growth_mib_per_year,
)

FIRST = Period(
    day=30.0,
    resident_mib=100.0,
    blocks_count=300_000,
    handles_count=6,
    threads_count=1,
    cycles_count=43_200,
    cycle_median_ms=1.0,
    cycle_99th_ms=5.0,
    trades_count=50,
    journal_mib=1.0,
    state_kib=20.0,
)


def a_year(**last: float) -> list[Period]:
    """Twelve equal months; what is named is reached in the last, in even steps from the fourth."""
    months = []
    for number in range(12):
        share = max(0, number - 3) / 8.0
        grown = {
            name: getattr(FIRST, name) + share * (value - getattr(FIRST, name))
            for name, value in last.items()
        }
        months.append(replace(FIRST, day=30.0 * (number + 1), **grown))
    return months


def test_a_year_in_which_nothing_grows_is_bounded():
    assert complaints(a_year()) == []
    assert growth_mib_per_year(a_year()) == 0.0


def test_memory_may_grow_by_the_limit_and_not_beyond():
    per_year = 240.0 / 365.0  # from the fourth month's end to the last's
    within = a_year(resident_mib=100.0 + 0.99 * GROWTH_MAX_MIB_PER_YEAR * per_year)
    beyond = a_year(resident_mib=100.0 + 1.01 * GROWTH_MAX_MIB_PER_YEAR * per_year)

    assert complaints(within) == []
    assert [words.split()[0] for words in complaints(beyond)] == ["memory"]


def test_memory_of_the_first_quarter_is_warming_up():
    year = [replace(month, resident_mib=50.0) if month.day < 91 else month for month in a_year()]

    assert complaints(year) == []


@pytest.mark.parametrize("name", ["handles_count", "threads_count"])
def test_one_more_handle_or_thread_is_a_leak(name):
    year = a_year()
    year[-1] = replace(year[-1], **{name: getattr(FIRST, name) + 1})

    assert len(complaints(year)) == 1
    assert name in complaints(year)[0]


def test_a_cycle_that_grows_with_history_is_noticed():
    within = a_year()
    beyond = a_year()
    for month in range(9, 12):
        within[month] = replace(within[month], cycle_median_ms=CYCLE_GROWTH_MAX)
        beyond[month] = replace(beyond[month], cycle_median_ms=CYCLE_GROWTH_MAX + 0.01)

    assert complaints(within) == []
    assert len(complaints(beyond)) == 1


def test_too_few_periods_are_not_called_bounded():
    assert "too few" in complaints(a_year()[:3])[0]


@pytest.mark.slow
def test_a_short_life_trades_and_keeps_its_handles_threads_and_memory(tmp_path: Path):
    plan = EndurancePlan(days_count=9, seed=1, cycle_s=60.0, period_days=1.0)

    endured = endure(plan, tmp_path, lambda period: None)

    assert len(endured.periods) >= 6
    assert endured.periods[-1].trades_count > 0
    assert endured.verdict == "RUNNING"
    settled = endured.periods[2:]
    assert len({period.handles_count for period in settled}) == 1
    assert len({period.threads_count for period in settled}) == 1
    grown = settled[-1].blocks_count - settled[0].blocks_count
    assert grown < 3_000 * len(settled)
    found = document(endured)
    assert found["trades"] == endured.periods[-1].trades_count
    assert all("handles" not in words and "threads" not in words for words in found["complaints"])
