"""One seed's world: the same every time, another one for another seed."""

from __future__ import annotations

import random

import pytest

from bot.live.loop import start, tick
from bot.live.state import SetupStatus
from bot.simulator.terminal import SimulatedTerminal
from tools.storm.clock import StormClock
from tools.storm.model import DeathError
from tools.storm.scene import Stage, new_stage, wire
from tools.storm.scene_markets import stretch_for
from tools.storm.scene_plan import server_of
from tools.storm.scene_profiles import PROFILES, drawn_settings, eager_settings
from tools.storm.scene_setups import SetupSource

DAY_S = 86_400.0


def a_stage(seed: int = 3, days_count: int = 2) -> Stage:
    return new_stage(seed, days_count, lambda _function, _seconds: None)


def test_a_seed_has_one_world() -> None:
    one, other = a_stage(), a_stage()
    assert (one.scene.now_utc_s, one.profile) == (other.scene.now_utc_s, other.profile)
    assert one.stretch.market.name == other.stretch.market.name
    assert one.scene.rng.random() == other.scene.rng.random()


def test_seeds_begin_at_other_moments() -> None:
    begins = {a_stage(seed).scene.now_utc_s for seed in range(6)}
    assert len(begins) == 6


def test_a_market_is_made_once_and_lived_by_many_seeds() -> None:
    first = stretch_for(1, random.Random(1), 5)
    again = stretch_for(5, random.Random(2), 5)
    assert first.market is again.market
    assert first.end_utc_s - first.start_utc_s == 5 * DAY_S


def test_a_stretch_and_its_healing_lie_within_its_market() -> None:
    for seed in range(30):
        stretch = stretch_for(1, random.Random(seed), 10)
        assert stretch.market.start_utc_s < stretch.start_utc_s
        assert stretch.end_utc_s + 1_800.0 < stretch.market.end_utc_s


def test_each_profile_trades_the_pinned_account_with_its_risk_within_the_ceiling() -> None:
    drawn = {drawn_settings(random.Random(seed))[0] for seed in range(60)}
    assert drawn == set(PROFILES)
    for profile in PROFILES.values():
        settings = profile(eager_settings())
        risk = settings.risk
        assert settings.account.login == server_of(a_stage().scene.terminal).state.account.login
        assert 0.0 < risk.risk_per_trade_balance_fraction <= risk.risk_ceiling_balance_fraction
        assert sum(settings.exits.close_fractions) == pytest.approx(1.0)


def test_the_wall_clock_may_err_while_the_market_and_durations_stay_true() -> None:
    stage = a_stage()
    scene, clock = stage.scene, stage.clock
    began_utc_s = scene.now_utc_s
    scene.clock_error_s = -7_200.0
    clock.sleep(30.0)
    assert scene.now_utc_s == began_utc_s + 30.0
    assert scene.terminal.now_utc_s == pytest.approx(began_utc_s + 30.0, abs=0.001)
    assert clock.now_utc_s() == began_utc_s + 30.0 - 7_200.0
    assert clock.monotonic_s() == 30.0


def test_no_sleep_takes_the_market_back() -> None:
    stage = a_stage()
    began_utc_s = stage.scene.now_utc_s
    stage.clock.sleep(-5.0)
    StormClock(stage.scene).run_to(began_utc_s - 60.0)
    assert stage.scene.now_utc_s == began_utc_s


def test_hooks_hear_of_the_traders_calls_and_of_nobody_elses() -> None:
    stage, heard = a_stage(), []
    stage.plan.watch(stage.scene, lambda _sent: None, lambda _sent, _answer: None)
    stage.scene.hooks.append(heard.append)
    stage.scene.terminal.initialize()
    stage.plan.is_trading = True
    stage.scene.terminal.account_info()
    stage.plan.is_trading = False
    stage.scene.terminal.account_info()
    assert heard == ["before account_info", "after account_info"]


def test_a_request_is_noted_before_a_hook_may_end_the_process() -> None:
    stage, told = a_stage(), []

    def dies(words: str) -> None:
        if words == "before order_send":
            raise DeathError(words)

    stage.plan.watch(stage.scene, told.append, lambda _sent, _answer: None)
    stage.scene.hooks.append(dies)
    stage.scene.terminal.initialize()
    stage.plan.is_trading = True
    with pytest.raises(DeathError):
        stage.scene.terminal.order_send({"action": 1, "symbol": "EURUSD"})
    assert [sent.request["symbol"] for sent in told] == ["EURUSD"]
    assert stage.scene.sends == told
    assert told[0].login == server_of(stage.scene.terminal).state.account.login


def test_setups_of_the_source_are_traded_as_any_other() -> None:
    stage = a_stage(days_count=7)
    stage.clock.sleep(3.25 * DAY_S)  # to Tuesday morning
    scene, source = stage.scene, SetupSource(random.Random(4), stage.scene.now_utc_s)
    with stage.disk.installed():
        bot = wire(stage, scene.settings, lambda _event: None)
        start(bot)
        scene.bot = bot
        added_count, seen = 0, set()
        for turn in range(600):
            tick(bot)
            added_count += source.before_cycle(scene)
            seen |= {setup.status for setup in bot.state.setups.values()}
            stage.clock.sleep(270.0 if turn % 2 else 30.0)  # two looks make a tick fresh
        created = [e for e in bot.ports.journal.events() if e["event"] == "SetupCreated"]
    assert added_count >= 5
    assert len(created) >= added_count
    assert {SetupStatus.AWAITING_ENTRY, SetupStatus.FILLED} <= seen


def test_the_source_waits_for_a_trader() -> None:
    stage = a_stage()
    source = SetupSource(random.Random(4), stage.scene.now_utc_s)
    stage.clock.sleep(DAY_S / 2)
    assert stage.scene.bot is None
    assert not source.before_cycle(stage.scene)


def test_the_truth_is_seen_beneath_the_faults() -> None:
    stage = a_stage()
    stage.plan.add("N01", probability=1.0)
    stage.scene.terminal.initialize()
    assert stage.scene.terminal.positions_get() is None
    assert isinstance(stage.scene.terminal, SimulatedTerminal)
    assert server_of(stage.scene.terminal).state.positions == {}
