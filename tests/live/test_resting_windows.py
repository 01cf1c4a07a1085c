"""Orders are gone before a window opens in which they must not fill (I15)."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import TUESDAY_NOON, World, a_market, settings_for

from bot.live.entry_checks import EntryAsk
from bot.model.decision import EntryRoute, Refusal


@pytest.mark.parametrize(
    ("hours", "symbol", "refusal"),
    [
        (8.0 + 50 / 60, "EURUSD", Refusal.ROLLOVER_WINDOW),  # 23:50 server
        (8.0 + 50 / 60, "GBPUSD", Refusal.ROLLOVER_WINDOW),
        (3 * 24.0 + 8.0 + 49 / 60 - 2.0, "EURUSD", Refusal.WEEKEND_CLOSE),  # two hours before it
    ],
)
def test_an_order_rests_no_more_two_looks_before_a_window_opens(
    tmp_path: Path, hours: float, symbol: str, refusal: Refusal
) -> None:
    settings = settings_for("EURUSD", "GBPUSD")
    stop_s = settings.weekend.entries_stop_before_close_s
    world = World(
        tmp_path,
        a_market({"EURUSD": [(0.0, 1.10100, 1.10105)], "GBPUSD": [(0.0, 1.25, 1.2501)]}, 60),
        settings,
    ).start()
    gate, lead_s = world.bot.stages.gate, 2.0 * settings.schedule.resting_check_s
    opens_utc_s = TUESDAY_NOON + hours * 3_600.0 - (stop_s - 7_200.0 if hours > 24.0 else 0.0)
    ask = Refusal.NONE
    assert gate.clock_refusal(symbol, opens_utc_s - 1.0) == ask
    assert gate.clock_refusal(symbol, opens_utc_s) == refusal
    assert gate.resting_finding(symbol, 1, opens_utc_s - lead_s - 1.0).refusal == ask.value
    assert gate.resting_finding(symbol, 1, opens_utc_s - lead_s).refusal == refusal.value
    assert gate.resting_finding(symbol, 1, opens_utc_s).refusal == refusal.value


def test_nothing_is_left_to_rest_right_before_a_window_but_a_market_order_may_go(
    tmp_path: Path,
) -> None:
    market = a_market({"EURUSD": [(0.0, 1.10100, 1.10105)]}, 700)
    world = World(tmp_path, market, settings_for("EURUSD")).start()
    world.run_minutes(8 * 60 + 48.5, cycle_s=60.0)  # 23:48:30 server
    evidence = world.bot.stages.reader.evidence()
    routes = (EntryRoute.LIMIT, EntryRoute.MARKET)
    asks = [EntryAsk("EURUSD", 1, evidence, route=route.value) for route in routes]
    found = [world.bot.stages.gate.finding(ask).refusal for ask in asks]
    assert found == [Refusal.ROLLOVER_WINDOW.value, Refusal.NONE.value]
