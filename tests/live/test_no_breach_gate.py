"""The gate at work: what exists is reduced, the night is looked at, the last rungs hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import World, a_market, settings_for

from bot.live.risk_book import ChargeKind, RiskBook
from bot.live.state import Intent, SetupStatus
from bot.model.broker import CloseLots, OrderRequest, SendOutcome
from bot.model.reserves import ReserveTerms, ResetPolicy
from bot.model.settings import BotSettings
from bot.ports import Broker

ENTRY, STOP = 1.1000, 1.0950
EURUSD = [(0.0, 1.09995, 1.10000)]
GBPUSD = [(0.0, 1.25995, 1.26)]
TUESDAY_EVENING = datetime(2026, 3, 17, 20, 20, tzinfo=UTC).timestamp()
"""40 minutes before the server's midnight, ten before the window of the reset night."""
FRIDAY = datetime(2026, 3, 20, 15, 0, tzinfo=UTC).timestamp()
WEDNESDAY = datetime(2026, 3, 18, 12, 0, tzinfo=UTC).timestamp()


def a_world(
    tmp_path: Path,
    gbpusd: list[tuple[float, float, float]] = GBPUSD,
    start_utc_s: float | None = None,
    settings: BotSettings | None = None,
) -> World:
    paths = {"EURUSD": EURUSD, "GBPUSD": gbpusd}
    market = a_market(paths, 600) if start_utc_s is None else a_market(paths, 600, start_utc_s)
    return World(tmp_path, market, settings or settings_for("EURUSD", "GBPUSD")).start()


def risks_of(world: World) -> RiskBook:
    world.bot.stages.reader.invalidate()
    return world.bot.stages.guard.risks


def relieved(world: World) -> list[tuple[object, object, object]]:
    return [(e["cause"], e["action"], e["symbol"]) for e in world.events("ExposureRelieved")]


def with_policy(policy: ResetPolicy) -> BotSettings:
    settings = settings_for("EURUSD", "GBPUSD")
    return replace(settings, gate=replace(settings.gate, reset_policy=policy))


def filled(world: World) -> World:
    world.run_minutes(1)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED
    return world


def own_lots(world: World) -> float:
    return sum(p.volume for p in world.terminal.positions_get() if p.symbol == "EURUSD")


def test_a_position_is_reduced_by_what_the_floor_needs_and_no_more(tmp_path: Path) -> None:
    world = filled(a_world(tmp_path))
    before = own_lots(world)
    world.open_foreign("GBPUSD", 1, 0.82, 1.2500)  # 902 and its slippage at the stop
    world.run_minutes(1)
    assert relieved(world) == [("floor", "reduce", "EURUSD")]
    assert 0.0 < own_lots(world) < before
    world.run_minutes(5)
    assert len(relieved(world)) == 1, "the floor is clear again: nothing more goes"
    event = world.events("ExposureRelieved")[0]
    assert event["lots"] == pytest.approx(before - own_lots(world))
    assert event["relief_money"] >= event["shortfall_money"]
    assert any(p.symbol == "GBPUSD" for p in world.terminal.positions_get())


def test_a_position_goes_as_a_whole_when_a_part_is_not_enough(tmp_path: Path) -> None:
    world = filled(a_world(tmp_path))
    world.open_foreign("GBPUSD", 1, 1.20, 1.2500)
    world.run_minutes(1)
    assert relieved(world) == [("floor", "close", "EURUSD")]
    assert own_lots(world) == 0.0
    assert world.events("PositionClosed")[-1]["reason"] == "BRAKE"


def test_the_worst_case_counts_everything_and_nets_nothing(tmp_path: Path) -> None:
    world = a_world(tmp_path).run_minutes(1)
    world.open_foreign("GBPUSD", 1, 0.10, 1.2500)
    one = risks_of(world).book(world.bot.stages.reader.evidence(), "GBPUSD")
    world.open_foreign("GBPUSD", -1, 0.10, 1.2700)
    two = risks_of(world).book(world.bot.stages.reader.evidence(), "GBPUSD")
    assert one.open_risk_money > 100.0
    assert two.open_risk_money == pytest.approx(2.0 * one.open_risk_money, rel=0.02)
    assert two.symbol_risk_money == two.open_risk_money
    assert (two.positions_count, two.lots_total) == (2, pytest.approx(0.2))


def test_an_unknown_request_counts_in_full(tmp_path: Path) -> None:
    world = filled(a_world(tmp_path))
    charges = risks_of(world).charges(world.bot.stages.reader.evidence())
    assert [c.kind for c in charges] == [ChargeKind.POSITION]
    known = risks_of(world).worst_case_money(world.bot.stages.reader.evidence())
    setup = world.add_setup("GBPUSD", 1, 1.26, 1.25)
    setup.attempts_count = 1
    intent = Intent(9, 77, setup.setup_id, "GBPUSD", "open_market", 1, 0.12, 1.26, 1.25, 120.0, 0.0)
    intent.is_unknown = True
    world.bot.state.intents[9] = intent
    charge = risks_of(world).charges(world.bot.stages.reader.evidence())[-1]
    assert charge.kind == ChargeKind.INTENT
    assert charge.case.stop_money == pytest.approx(120.0)
    assert charge.money > 120.0
    unknown = risks_of(world).worst_case_money(world.bot.stages.reader.evidence())
    assert known - unknown == pytest.approx(charge.money)


def terms_at(tmp_path: Path, start_utc_s: float, minutes: float = 1.0) -> ReserveTerms:
    world = a_world(tmp_path, start_utc_s=start_utc_s).run_minutes(minutes)
    risks = risks_of(world)
    instrument = world.bot.stages.reader.instrument("EURUSD")
    assert instrument is not None
    return risks.terms(instrument, 1.1)


def test_reserves_follow_the_clock(tmp_path: Path) -> None:
    quiet = terms_at(tmp_path / "quiet", TUESDAY_EVENING - 36_000.0)
    assert quiet == ReserveTerms(0.1, 0.0, 1.0)
    assert terms_at(tmp_path / "triple", WEDNESDAY).nights_count == 3.0
    friday = terms_at(tmp_path / "friday", FRIDAY)
    assert friday.gap_price == 0.0
    late = terms_at(tmp_path / "late", FRIDAY + 2.9 * 3_600.0)
    assert late.gap_price == pytest.approx(0.005 * 1.1)
    midnight = terms_at(tmp_path / "midnight", TUESDAY_EVENING + 16 * 60.0)
    assert midnight.gap_price == pytest.approx(0.001 * 1.1)


def test_a_news_window_reserves_its_gap(tmp_path: Path) -> None:
    world = a_world(tmp_path).run_minutes(1)
    risks = risks_of(world)
    instrument = world.bot.stages.reader.instrument("EURUSD")
    assert instrument is not None
    risks.clock.in_news = lambda symbol, _now: symbol == "EURUSD"
    assert risks.terms(instrument, 1.1).gap_price == pytest.approx(0.003 * 1.1)


def test_the_calendar_of_the_news_gate_is_the_one_that_is_asked(tmp_path: Path) -> None:
    stages = a_world(tmp_path).bot.stages
    assert stages.guard.risks.clock.in_news == stages.news.news_gap_is_near


WINNER = [*GBPUSD, (4.0, 1.26795, 1.268)]
"""A foreign position of a lot that earns 795: tomorrow's floor would stand at 19 755."""


def a_winning_night(tmp_path: Path, policy: ResetPolicy, stop: float = 1.2604) -> World:
    world = a_world(tmp_path, WINNER, TUESDAY_EVENING, with_policy(policy)).run_minutes(1)
    world.open_foreign("GBPUSD", 1, 1.0, 1.2599)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.status == SetupStatus.AWAITING_ENTRY or own_lots(world) > 0.0
    world.run_minutes(3)
    move_foreign_stop(world, stop)
    return world


def move_foreign_stop(world: World, stop: float) -> None:
    terminal = world.terminal
    ticket = next(p.ticket for p in terminal.positions_get() if p.symbol == "GBPUSD")
    answer = terminal.order_send(
        {"action": terminal.TRADE_ACTION_SLTP, "symbol": "GBPUSD", "position": ticket, "sl": stop}
    )
    assert answer.retcode == terminal.TRADE_RETCODE_DONE


def test_a_winning_night_is_trimmed_before_tomorrows_floor_rises(tmp_path: Path) -> None:
    world = a_winning_night(tmp_path, ResetPolicy.TRIM)
    before = own_lots(world)
    assert before > 0.0
    world.run_minutes(4)
    assert relieved(world) == [], "the window has not begun"
    world.run_minutes(4)
    assert relieved(world) == [("reset_night", "reduce", "EURUSD")]
    assert 0.0 < own_lots(world) < before
    said = world.events("ResetNightJudged")
    assert [line["action"] for line in said] == ["reduce", "fits"]
    assert said[0]["base_tomorrow_money"] == pytest.approx(20_795.0, abs=10.0)
    assert said[0]["room_money"] < 0.0 < said[1]["room_money"]


def test_the_close_policy_takes_whole_positions(tmp_path: Path) -> None:
    world = a_winning_night(tmp_path, ResetPolicy.CLOSE).run_minutes(8)
    assert relieved(world) == [("reset_night", "close", "EURUSD")]
    assert own_lots(world) == 0.0


def test_the_keep_policy_says_so_and_touches_nothing(tmp_path: Path) -> None:
    world = a_winning_night(tmp_path, ResetPolicy.KEEP)
    before = own_lots(world)
    world.run_minutes(8)
    assert relieved(world) == []
    assert own_lots(world) == before
    assert [line["action"] for line in world.events("ResetNightJudged")] == ["keep"]


def test_an_entry_that_tomorrow_has_no_room_for_is_refused(tmp_path: Path) -> None:
    world = a_world(tmp_path, WINNER, TUESDAY_EVENING).run_minutes(1)
    world.open_foreign("GBPUSD", 1, 1.0, 1.2599)
    world.run_minutes(5)
    move_foreign_stop(world, 1.2604)
    world.run_minutes(5)
    checks, night = world.bot.stages.gate.sized_checks, world.bot.stages.reset_night
    checks[:] = [check for check in checks if check is night]  # exposure has its own tests
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert own_lots(world) == 0.0
    assert setup.refusal == "RESET_NIGHT"
    refused = world.events("OrderRefused")[-1]
    assert refused["value"] < refused["limit"]


FALLING = [*GBPUSD, (4.0, 1.25195, 1.252), (8.0, 1.25075, 1.2508)]
"""A foreign lot loses 805 and then 925: 4.0 and 4.6 % of the day's base."""


def test_the_last_rungs_open_the_price_limit_and_then_alarm_every_cycle(tmp_path: Path) -> None:
    world = a_world(tmp_path, FALLING).run_minutes(1)
    world.open_foreign("GBPUSD", 1, 1.0, 1.2400)
    world.run_minutes(2)
    assert world.events("EmergencyChanged") == []
    assert not world.bot.stages.exits.is_any_price
    world.run_minutes(3)
    assert [e["after"] for e in world.events("EmergencyChanged")] == ["ANY_PRICE"]
    assert world.bot.stages.exits.is_any_price
    assert world.events("EmergencyAlarmed") == []
    world.run_minutes(3)
    assert [e["after"] for e in world.events("EmergencyChanged")] == ["ANY_PRICE", "ALARM"]
    alarms = len(world.events("EmergencyAlarmed"))
    world.run_minutes(1)
    assert len(world.events("EmergencyAlarmed")) == alarms + 6, "one in each cycle of ten seconds"
    assert "emergency" in world.bot.state.halts


class Listening:
    """A broker whose close requests are noted."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.closes: list[CloseLots] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._broker, name)

    def send(self, request: OrderRequest) -> SendOutcome:
        if isinstance(request, CloseLots):
            self.closes.append(request)
        return self._broker.send(request)


@pytest.mark.parametrize(("fallen_bid", "deviation_price"), [(1.2523, 0.005), (1.2519, 0.5 * 1.1)])
def test_an_emergency_closes_at_any_price(
    tmp_path: Path, fallen_bid: float, deviation_price: float
) -> None:
    heard: list[Listening] = []

    def listen(broker: Broker) -> Broker:
        heard.append(Listening(broker))
        return heard[-1]  # type: ignore[return-value]

    falling = [*GBPUSD, (4.0, fallen_bid, fallen_bid + 0.00005)]
    market = a_market({"EURUSD": EURUSD, "GBPUSD": falling}, 600)
    world = World(tmp_path, market, settings_for("EURUSD", "GBPUSD"), listen).start()
    filled(world)
    world.open_foreign("GBPUSD", 1, 1.0, 1.2540)  # the price will jump past its stop
    world.run_minutes(1)
    assert heard[-1].closes == []
    world.run_minutes(4)
    assert own_lots(world) == 0.0
    assert heard[-1].closes[-1].deviation_price == pytest.approx(deviation_price, rel=0.01)


def test_a_stop_fill_is_remembered_with_its_slippage_and_survives_a_restart(
    tmp_path: Path,
) -> None:
    market = a_market({"EURUSD": [*EURUSD, (5.0, 1.0948, 1.09485)]}, 600)
    world = filled(World(tmp_path, market, settings_for("EURUSD")).start())
    world.run_minutes(8)
    assert own_lots(world) == 0.0
    samples = world.bot.state.stop_fills.slipped_r["EURUSD"]
    assert samples == [pytest.approx((1.0950 - 1.0948) / 0.0050, abs=0.005)]
    assert world.restart().bot.state.stop_fills.slipped_r["EURUSD"] == samples


def test_the_total_floor_has_its_own_last_rungs_on_a_day_that_lost_little(tmp_path: Path) -> None:
    world = a_world(tmp_path, [*GBPUSD, (6.0, 1.25830, 1.25835)])
    world.terminal.operator.withdraw(1_700.0)  # before the first look: the account is worn
    world.run_minutes(1)
    world.open_foreign("GBPUSD", 1, 1.0, 1.2400)
    world.run_minutes(4)
    assert world.events("EmergencyChanged") == []
    world.run_minutes(3)
    (changed,) = world.events("EmergencyChanged")
    assert (changed["after"], changed["floor_money"]) == ("ANY_PRICE", 18_000.0)
    assert world.bot.stages.exits.is_any_price
