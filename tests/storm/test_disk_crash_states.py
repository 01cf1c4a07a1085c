"""The real trader trades while every state a crash could leave is opened by the real adapters."""

import pytest

from tools.storm.crash_days import CrashPlan, try_days
from tools.storm.crash_states import document


@pytest.mark.slow
def test_no_crash_of_a_trading_day_loses_or_doubles_what_was_acknowledged():
    tried = try_days(CrashPlan(days_count=1, every_count=19))

    assert tried.broken == []
    assert tried.states_count > 400
    assert tried.durable_count > 5
    assert set(tried.operations) >= {"open", "write", "fsync", "replace"}
    found = document(tried, 1.0)
    assert found["crash_states"] == tried.states_count


@pytest.mark.slow
def test_a_trader_that_forces_nothing_out_is_caught():
    tried = try_days(CrashPlan(days_count=1, is_durable=False, every_count=97))

    assert any("power loss" in words for words in tried.broken)
    assert not any("process death" in words for words in tried.broken)
