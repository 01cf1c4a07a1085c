"""The sizing pipeline on the simulated terminal: modes, reductions, caps, the journal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import World, a_market, settings_for

from bot.live.state import SetupStatus, TradeResult
from bot.model.decision import Refusal
from bot.model.firm_clock import FirmClock
from bot.model.settings import BotSettings
from bot.model.sizing import LeverageTerms, SizingMode
from bot.report.why import decisions, why_lines
from bot.simulator.config import AccountConfig
from bot.simulator.feed import SymbolFeed

ENTRY, STOP = 1.1000, 1.0950
LOT_LOSES = 504.0  # 500 at the stop and 4 of commission
AT_ENTRY = [(0, 1.09995, 1.10000)]
NEAR_ENTRY = [(0, 1.10100, 1.10105)]


def in_mode(mode: SizingMode, *symbols: str, **changes: object) -> BotSettings:
    """The shipped parameters in another mode; the breaker of lost days has its own tests."""
    settings = settings_for(*(symbols or ("EURUSD",)))
    breakers = settings.breakers
    calm = breakers._replace(day_losses=breakers.day_losses._replace(use=False))
    sizing = settings.sizing._replace(mode=mode.value, **changes)
    return replace(settings, sizing=sizing, breakers=calm)


def a_world(
    tmp_path: Path, settings: BotSettings, path: list[tuple[float, float, float]] = AT_ENTRY
) -> World:
    return World(tmp_path, a_market({"EURUSD": path}, 600), settings).start()


def enter(world: World, points: float = 4.0, minutes: float = 1.0) -> None:
    world.add_setup("EURUSD", 1, ENTRY, STOP, points)
    world.run_minutes(minutes)


def a_result(world: World, number: int, net_money: float, risk_money: float = 120.0) -> TradeResult:
    now = world.clock.now_utc_s()
    return TradeResult(number, "GBPUSD", now, net_money, net_money / risk_money)


def volume(world: World) -> float:
    (position,) = world.terminal.positions_get()
    return float(position.volume)


def test_a_fresh_days_budget_is_split_over_its_three_trades(tmp_path: Path) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.DAILY_BUDGET))
    enter(world)
    assert volume(world) == 0.26  # 400 / 3 = 133.33


@pytest.mark.parametrize(
    ("losses", "lots", "refusal"),
    [
        ([-120.0], 0.27, Refusal.NONE),  # 280 left of 400 for two: 140
        ([-120.0, 30.0], 0.39, Refusal.NONE),  # 280 for one: held at the most, 200
        ([-120.0, -120.0], 0.0, Refusal.LOSSES_IN_A_ROW),
        ([-345.0], 0.0, Refusal.DAY_BUDGET_SPENT),
    ],
)
def test_losses_of_the_day_spend_the_budget(
    tmp_path: Path, losses: list[float], lots: float, refusal: Refusal
) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.DAILY_BUDGET))
    world.cycle()
    for number, net in enumerate(losses):
        world.bot.state.add_result(a_result(world, 100 + number, net))
        world.bot.state.day.entries_count += 1
    enter(world)
    if refusal == Refusal.NONE:
        assert volume(world) == lots
    else:
        assert world.terminal.positions_get() == ()
        assert world.events("SizeRefused")[0]["refusal"] == refusal.name


def test_losses_of_yesterday_leave_todays_budget_whole(tmp_path: Path) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.DAILY_BUDGET))
    world.cycle()
    for number in range(3):
        result = a_result(world, 100 + number, -120.0)
        world.bot.state.add_result(replace(result, closed_utc_s=result.closed_utc_s - 86_400.0))
    enter(world)
    assert volume(world) == 0.26


def test_the_budgets_day_is_the_firms_and_not_the_servers(tmp_path: Path) -> None:
    tokyo = FirmClock("Asia/Tokyo", 0)  # its day begins at 15:00 UTC, six hours before the server's
    world = a_world(tmp_path, replace(in_mode(SizingMode.DAILY_BUDGET), firm_clock=tokyo))
    world.run_minutes(190, cycle_s=60.0)
    world.bot.state.add_result(a_result(world, 100, -120.0))
    enter(world)
    assert volume(world) == 0.18  # 280 left of 400 for three, as on any day


def test_the_score_alone_scales_the_confidence_mode(tmp_path: Path) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.CONFIDENCE))
    enter(world, points=6.0)  # 6 of 7 points: 0.857
    assert volume(world) == 0.35  # 0.6 % x 1.5 = 180, and no confluence on top
    (intended,) = world.events("OrderIntended")
    assert (intended["base_reason"], intended["confluence_factor"]) == ("SCORE_HIGH", 1.0)


@pytest.mark.parametrize(("wins", "lots"), [(20, 0.35), (10, 0.23), (3, 0.11)])
def test_the_rate_of_wins_scales_the_fixed_risk(tmp_path: Path, wins: int, lots: float) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.WIN_RATE))
    for number in range(20):
        result = a_result(world, 100 + number, -60.0 if number < 20 - wins else 60.0)
        world.bot.state.add_result(result)
    enter(world)
    assert volume(world) == lots


def test_a_start_at_half_size_halves_the_order(tmp_path: Path) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.FIXED_PER_TRADE, start_factor=0.5))
    enter(world)
    assert volume(world) == 0.11


def test_a_drawdown_from_the_peak_reduces_the_order_and_says_so(tmp_path: Path) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.FIXED_PER_TRADE))
    world.cycle()
    world.bot.state.sizing.peak_money = 20_833.34  # 4 % above: half the way from 2 to 6
    enter(world)
    assert volume(world) == 0.17  # 120 x 0.75 = 90
    assert "x drawdown 0.75" in why(world)


def test_the_ladder_of_the_total_loss_reduces_the_order(tmp_path: Path) -> None:
    settings = in_mode(SizingMode.FIXED_PER_TRADE)
    ladders = settings.ladders._replace(caution_initial_fraction=-0.5, caution_factor=0.4)
    world = a_world(tmp_path, replace(settings, ladders=ladders))
    enter(world)
    assert volume(world) == 0.09  # 48 / 504
    assert "x total loss 0.40" in why(world)


def test_with_the_target_reached_trades_coast(tmp_path: Path) -> None:
    market = a_market({"EURUSD": AT_ENTRY}, 600)
    account = AccountConfig(balance_money=22_000.0)  # 10 % of profit, and no profitable day yet
    settings = in_mode(SizingMode.FIXED_PER_TRADE)
    world = World(tmp_path, market, settings, account=account).start()
    enter(world)
    assert volume(world) == 0.08  # 0.2 % of 22 000 = 44


def test_money_paid_in_is_no_peak_to_fall_from(tmp_path: Path) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.FIXED_PER_TRADE))
    world.run_minutes(5)
    world.terminal.operator.deposit(5_000.0)
    world.run_minutes(10)
    assert world.bot.state.sizing.peak_money == 20_000.0
    world.terminal.operator.deposit(-5_000.0)
    enter(world)
    assert volume(world) == 0.23


def test_a_balance_that_has_not_held_yet_is_no_peak(tmp_path: Path) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.FIXED_PER_TRADE))
    world.run_minutes(1)
    evidence = world.bot.stages.reader.evidence()
    early = replace(evidence.account, balance_money=25_000.0)  # its deal is not shown yet
    world.bot.stages.sizing.step(replace(evidence, account=early))
    assert world.bot.state.sizing.peak_money == 20_000.0


@pytest.mark.parametrize("path", [NEAR_ENTRY, AT_ENTRY])
def test_an_open_or_resting_trade_holds_its_slot_and_its_risk(
    tmp_path: Path, path: list[tuple[float, float, float]]
) -> None:
    settings = in_mode(SizingMode.DAILY_BUDGET, "EURUSD", "GBPUSD")
    later = [(0, 1.30500, 1.30505), (8, 1.29995, 1.30000)]
    market = a_market({"EURUSD": path, "GBPUSD": later}, 600)
    world = World(tmp_path, market, settings).start()
    enter(world, minutes=5)
    world.add_setup("GBPUSD", 1, 1.3000, 1.2950)
    world.run_minutes(20)
    (second,) = (p for p in world.terminal.positions_get() if p.symbol == "GBPUSD")
    # 400 less some 131 to 150 of the first, for two: 125 to 135
    assert 0.24 <= second.volume <= 0.26


def test_peak_and_first_equity_survive_a_restart(tmp_path: Path) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.DAILY_BUDGET))
    world.run_minutes(2)
    world.bot.state.sizing.peak_money = 21_000.0
    world.bot.record.touch()
    world.run_minutes(2)
    world.restart().run_minutes(1)
    assert world.bot.state.sizing.peak_money == 21_000.0
    assert world.bot.state.sizing.start_equity_money == 20_000.0


def test_a_higher_closed_balance_is_a_new_peak_once_it_has_held(tmp_path: Path) -> None:
    path = [(0, 1.09995, 1.10000), (2, 1.10900, 1.10905), (4, 1.11200, 1.11205)]
    world = a_world(tmp_path, in_mode(SizingMode.FIXED_PER_TRADE), path)
    enter(world, minutes=10)
    assert world.terminal.positions_get() == ()
    assert world.bot.state.sizing.peak_money == pytest.approx(world.balance)
    assert world.balance > 20_000.0


def test_the_firms_leverage_shrinks_what_the_terminal_would_allow(tmp_path: Path) -> None:
    settings = replace(in_mode(SizingMode.FIXED_PER_TRADE), leverages=(LeverageTerms("fx", 1.0),))
    world = a_world(tmp_path, settings)
    enter(world)
    assert volume(world) == 0.13  # 15 000 may be tied up, a lot ties up 110 000
    assert "bound by free margin" in why(world)


def test_a_fills_own_margin_is_not_held_against_it(tmp_path: Path) -> None:
    path = [(0, 1.10100, 1.10105), (10, 1.09990, 1.09995)]
    market = a_market({"EURUSD": path}, 240)
    feed = market.feeds["EURUSD"]
    dear = SymbolFeed(
        replace(feed.contract, leverage=1),
        feed.base_timeframe_s,
        feed.base_bars,
        feed.extra_history,
        feed.quotes,
    )
    settings = in_mode(SizingMode.FIXED_PER_TRADE)
    world = World(tmp_path, replace(market, feeds={"EURUSD": dear}), settings).start()
    enter(world, minutes=20)
    assert volume(world) == 0.13
    assert world.events("FillCompared") == []


def test_the_journal_holds_every_step_and_their_product(tmp_path: Path) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.FIXED_PER_TRADE, start_factor=0.5))
    enter(world, points=6.0)
    (line,) = world.events("OrderIntended")
    product = 20_000.0
    names = ["base_risk_fraction", "confluence_factor", "brake_factor", "drawdown_factor"]
    for name in [*names, "total_loss_factor", "coast_factor", "start_factor"]:
        product *= float(str(line[name]))
    assert line["intended_risk_money"] == pytest.approx(product)
    assert (line["limit_step"], line["base_reason"]) == ("RISK", "PARAMETER")
    assert line["limit_money"] == pytest.approx(78.0)


def test_a_refused_size_is_journalled_once_with_the_step_that_bound(tmp_path: Path) -> None:
    settings = in_mode(SizingMode.FIXED_PER_TRADE, leverage_max=0.05)
    world = a_world(tmp_path, settings)
    enter(world, minutes=10)  # a value of 1 000 at most: 0.009 lots
    (line,) = world.events("SizeRefused")
    assert (line["refusal"], line["limit_step"]) == ("LEVERAGE_AT_CAP", "LEVERAGE")
    assert "leverage" in why(world)
    (refused,) = world.events("OrderRefused")
    assert (refused["value"], refused["limit"]) == pytest.approx((5.04, 4.58), abs=0.01)


def test_a_resting_order_follows_the_budget_down(tmp_path: Path) -> None:
    world = a_world(tmp_path, in_mode(SizingMode.DAILY_BUDGET), NEAR_ENTRY)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.order_lots == 0.26
    world.bot.state.add_result(a_result(world, 100, -250.0))
    world.run_minutes(3)
    assert (setup.status, setup.order_lots) == (SetupStatus.PENDING, 0.11)  # 60, the least
    assert world.terminal.orders_get()[0].volume_current == 0.11


def why(world: World) -> str:
    return "\n".join(why_lines(decisions(world.events(), "EURUSD")))
