"""Exposure on the simulated terminal: what is open, resting and unknown is counted in full."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import World, a_market, settings_for

from bot.live.exposure import legs_of
from bot.live.state import Intent, Setup, SetupStatus
from bot.model.market import Bars
from bot.model.settings import BotSettings

ENTRY, STOP = 1.1000, 1.0950  # 1R is 50 pips, 120 money
AT_ENTRY = [(0.0, 1.09995, 1.10000)]
NEAR = [(0.0, 1.10100, 1.10105)]  # 0.21 R away: the order rests
WIDE = {"currency_max_r": 99.0, "group_cap_fraction": 1.0, "one_side_cap_fraction": 1.0}
PAIRS = ("EURUSD", "AUDUSD", "NZDUSD")


def with_caps(settings: BotSettings, **caps: float) -> BotSettings:
    return replace(settings, exposure=settings.exposure._replace(**{**WIDE, **caps}))


def a_world(tmp_path: Path, resting: tuple[str, ...] = (), **caps: float) -> World:
    paths = {name: NEAR if name in resting else AT_ENTRY for name in PAIRS}
    settings = with_caps(settings_for(*PAIRS), **caps)
    world = World(tmp_path, a_market(paths, 600), settings).start()
    return world.run_minutes(1)


def ask(world: World, symbol: str, side: int = 1) -> Setup:
    stop = STOP if side > 0 else 2 * ENTRY - STOP
    setup = world.add_setup(symbol, side, ENTRY, stop)
    world.run_minutes(2)
    return setup


def test_a_currency_takes_trades_up_to_its_cap_and_then_only_against_the_lean(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path, currency_max_r=2.5)
    assert ask(world, "EURUSD").status == SetupStatus.FILLED
    assert ask(world, "AUDUSD").status == SetupStatus.FILLED
    third = ask(world, "NZDUSD")
    assert third.refusal == "CURRENCY_EXPOSURE"
    line = world.events("OrderRefused")[-1]
    assert (line["value"], line["limit"]) == (pytest.approx(2.87, abs=0.02), 2.5)
    third.refusal = ""
    world.bot.state.setups.pop(third.setup_id)
    against = world.add_setup("NZDUSD", -1, 1.09995, 1.10495)
    world.run_minutes(2)
    assert against.status == SetupStatus.FILLED


def test_a_resting_order_counts_and_is_no_hedge(tmp_path: Path) -> None:
    world = a_world(tmp_path, resting=("EURUSD",), currency_max_r=1.5)
    assert ask(world, "EURUSD").status == SetupStatus.PENDING
    assert ask(world, "AUDUSD").refusal == "CURRENCY_EXPOSURE"


def test_an_unknown_request_counts_in_full(tmp_path: Path) -> None:
    world = a_world(tmp_path, currency_max_r=1.5)
    lost = Intent(9, 77, 0, "AUDUSD", "open_market", 1, 0.23, ENTRY, STOP, 120.0, 0.0)
    lost.is_unknown = True
    world.bot.state.intents[9] = lost
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.cycle()
    assert world.events("OrderRefused")[-1]["refusal"] == "CURRENCY_EXPOSURE"


def test_until_measured_a_class_is_one_group_and_afterwards_the_measured_ones_are(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path, group_cap_fraction=0.2)  # 200 of 1 000
    assert ask(world, "EURUSD").status == SetupStatus.FILLED
    second = ask(world, "AUDUSD")
    assert second.refusal == "CORRELATED_EXPOSURE"
    world.bot.state.exposure.groups = {"EURUSD": "EURUSD", "AUDUSD": "AUDUSD"}
    world.run_minutes(1)
    assert second.status == SetupStatus.FILLED
    third = ask(world, "NZDUSD")  # never measured: it stands with its class
    assert third.refusal == "CORRELATED_EXPOSURE"


def test_one_direction_holds_its_share_and_the_other_is_free(tmp_path: Path) -> None:
    world = a_world(tmp_path, one_side_cap_fraction=0.2)
    assert ask(world, "EURUSD").status == SetupStatus.FILLED
    assert ask(world, "AUDUSD").refusal == "ONE_DIRECTION"


def test_the_dollar_has_two_sides_too(tmp_path: Path) -> None:
    paths = {"EURUSD": AT_ENTRY, "USDCAD": [(0.0, 1.30000, 1.30005)]}
    settings = with_caps(settings_for(*paths), one_side_cap_fraction=0.2)
    world = World(tmp_path, a_market(paths, 600), settings).start().run_minutes(1)
    assert ask(world, "EURUSD").status == SetupStatus.FILLED  # against the dollar
    sell = world.add_setup("USDCAD", -1, 1.30000, 1.30600)  # against it again
    world.run_minutes(2)
    assert sell.refusal == "ONE_DIRECTION"


def test_margin_of_what_rests_is_not_spent_twice(tmp_path: Path) -> None:
    paths = {"EURUSD": NEAR, "AUDUSD": AT_ENTRY}
    settings = with_caps(settings_for(*paths))
    risk = settings.risk._replace(margin_free_equity_fraction_min=0.98)
    world = World(tmp_path, a_market(paths, 600), replace(settings, risk=risk)).start()
    world.run_minutes(1)
    assert ask(world, "EURUSD").status == SetupStatus.PENDING
    assert ask(world, "AUDUSD").refusal == "MARGIN_LEVEL_TOO_LOW"


def test_the_worst_case_keeps_its_distance_from_the_stop_out(tmp_path: Path) -> None:
    world = a_world(tmp_path, stop_out_buffer_equity_fraction=0.99)
    assert ask(world, "EURUSD").refusal == "STOP_OUT_TOO_NEAR"


def test_a_trade_that_would_pay_too_much_swap_is_not_made(tmp_path: Path) -> None:
    world = a_world(tmp_path, swap_max_r=0.0001)
    assert ask(world, "EURUSD").refusal == "SWAP_TOO_DEAR"


def test_somebody_elses_position_counts(tmp_path: Path) -> None:
    world = a_world(tmp_path, currency_max_r=1.5)
    world.open_foreign("AUDUSD", 1, 0.23, STOP)
    assert ask(world, "EURUSD").refusal == "CURRENCY_EXPOSURE"


# --- groups -------------------------------------------------------------------------------------


def bars(world: World, closes: np.ndarray) -> Bars:
    count, end = len(closes), int(world.clock.now_utc_s()) // 86_400 * 86_400
    opens = np.array([end - 86_400 * (count - n) - 7_200 for n in range(count)], dtype=np.int64)
    return Bars(opens, closes, closes, closes, closes)


def test_the_scanner_s_daily_bars_are_measured_once_and_remembered(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    assert world.bot.state.exposure.measured_count == len(PAIRS)
    (line,) = world.events("GroupsMeasured")
    assert line["groups"] == ["AUDUSD EURUSD NZDUSD"]  # too few bars: the class is the group
    world.run_minutes(10)
    assert len(world.events("GroupsMeasured")) == 1


def test_groups_follow_the_returns_once_there_are_enough(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    rng = np.random.default_rng(5)
    one, other = (np.exp(np.cumsum(rng.normal(0.0, 0.01, 120))) for _ in range(2))
    correlations = world.bot.stages.correlations
    correlations.note("EURUSD", bars(world, one))
    correlations.note("AUDUSD", bars(world, 1.0 / one))
    correlations.note("NZDUSD", bars(world, other))
    world.run_minutes(1)
    assert world.events("GroupsMeasured")[-1]["groups"] == ["AUDUSD EURUSD"]
    world.restart()
    assert world.bot.stages.correlations.together("EURUSD", "AUDUSD")
    assert not world.bot.stages.correlations.together("EURUSD", "NZDUSD")


def test_a_restart_in_the_middle_of_a_scan_keeps_the_groups_of_yesterday(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.bot.state.exposure.groups = {"EURUSD": "EURUSD", "AUDUSD": "AUDUSD", "NZDUSD": "NZDUSD"}
    world.bot.record.touch()
    world.bot.record.save()
    world.restart()
    world.bot.stages.correlations.note("EURUSD", bars(world, np.ones(120)))
    world.run_minutes(1)
    assert not world.bot.stages.correlations.together("EURUSD", "AUDUSD")


def test_what_a_symbol_bets_on_is_plain() -> None:
    symbols = {item.symbol: item for item in settings_for(*NAMED).symbols}
    found = {name: [(leg.bucket, leg.sign) for leg in legs_of(symbols[name])] for name in NAMED}
    assert found == {
        "EURJPY": [("EUR", 1), ("JPY", -1)],
        "XAUUSD": [("XAU", 1), ("USD", -1)],
        "BTCUSD": [("BTC", 1), ("USD", -1)],
        "GER40": [("EUR index", 1)],
        "US30": [("USD index", 1)],
    }


NAMED = ("EURJPY", "XAUUSD", "BTCUSD", "GER40", "US30")


def test_a_resting_order_the_other_way_makes_no_room(tmp_path: Path) -> None:
    below = [(0.0, 1.09895, 1.09900)]  # a sell at 1.1000 rests above the market
    paths = {"EURUSD": AT_ENTRY, "AUDUSD": below, "NZDUSD": AT_ENTRY}
    settings = with_caps(settings_for(*paths), currency_max_r=1.5)
    world = World(tmp_path, a_market(paths, 600), settings).start().run_minutes(1)
    assert ask(world, "EURUSD").status == SetupStatus.FILLED
    assert ask(world, "AUDUSD", side=-1).status == SetupStatus.PENDING
    assert ask(world, "NZDUSD").refusal == "CURRENCY_EXPOSURE"
