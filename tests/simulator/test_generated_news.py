"""The demo's calendar announces the very releases its market jumps with."""

from __future__ import annotations

import numpy as np

from bot.model.news import Impact
from bot.rules.calendar import DAY_S, seconds_into_day, weekday_of
from bot.simulator.generated import generated_market
from bot.simulator.generated_news import generated_news
from bot.simulator.generated_table import DOLLAR_EVENT_SERVER_S, FACTORS
from bot.timezones import server_offset_table

MONDAY = 1_772_402_400  # 2026-03-01 22:00 UTC, the server's Monday midnight
TABLE = server_offset_table()


def test_releases_are_in_order_within_the_live_days_on_weekdays() -> None:
    news = generated_news(7, MONDAY, 60)
    times = [event.utc_s for event in news]
    assert times == sorted(times)
    assert len(times) > 10
    assert times[0] >= MONDAY
    assert times[-1] < MONDAY + 60 * DAY_S
    for moment in times:
        assert weekday_of(int((moment + 2 * 3_600) // DAY_S)) < 5


def test_every_release_comes_at_its_currency_s_hour_with_high_impact() -> None:
    hours = {factor.name: factor.event_server_s for factor in FACTORS if factor.events_per_day}
    hours["USD"] = DOLLAR_EVENT_SERVER_S
    seen = set()
    for event in generated_news(7, MONDAY, 200):
        assert seconds_into_day(event.utc_s, TABLE) == hours[event.currency]
        assert event.impact == Impact.HIGH.value
        seen.add(event.currency)
    assert {"USD", "EUR", "GBP"} <= seen


def test_the_market_of_the_same_seed_jumps_at_a_dollar_release() -> None:
    days_count = 30
    market = generated_market(7, ("EURUSD",), MONDAY, days_count)
    releases = [e.utc_s for e in generated_news(7, MONDAY, days_count) if e.currency == "USD"]
    bars = market.feeds["EURUSD"].base_bars
    moves = np.abs(np.diff(np.log(bars.close)))
    at = np.searchsorted(bars.open_utc_s, releases)
    near = [moves[max(i - 2, 0) : i + 2].max() for i in at]
    assert releases
    assert np.median(near) > 5 * np.median(moves)
