"""When faults strike: both sides of every condition, and how a person types them."""

from __future__ import annotations

from math import inf

import pytest
from fault_builders import disturbed
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator_builders import START_S, after, buy, opened, terminal_of

from bot.errors import ParamsError
from bot.simulator.faults import FOR_EVER, FaultPlan, Schedule
from bot.simulator.faults.plan_text import settings_from_text
from bot.simulator.terminal import SimulatedTerminal


def failures(terminal: SimulatedTerminal, count: int) -> list[int]:
    """Which of so many reads failed, counted from 1."""
    return [n for n in range(1, count + 1) if terminal.positions_get() is None]


@pytest.mark.parametrize("rest", ["p:1", "times:ever", "call:1,times:ever"])
def test_a_fault_sleeps_to_the_very_millisecond_its_window_opens(rest: str) -> None:
    begin, end = START_S + 100.25, START_S + 200.5
    terminal, plan = disturbed(f"N01@from:{begin},until:{end},{rest}")
    for at_utc_s, is_hit in ((begin - 0.001, 0), (begin, 1), (end - 0.001, 1), (end, 0)):
        terminal.advance_to(at_utc_s)
        assert len(failures(terminal, 2)) == 2 * is_hit, at_utc_s
    assert len(plan.fired) == 4


# --- calls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "hit"),
    [
        ("", [1]),
        ("@call:3", [3]),
        ("@call:3,times:2", [3, 4]),
        ("@call:3,times:ever", [3, 4, 5, 6]),
        ("@times:2", [1, 2]),
        ("@times:ever", [1, 2, 3, 4, 5, 6]),
        ("@p:1", [1, 2, 3, 4, 5, 6]),
        ("@p:1,once", [1]),
        ("@p:1,times:4", [1, 2, 3, 4]),
        ("@for:ever", [1, 2, 3, 4, 5, 6]),
        ("@call:5,for:ever", [5, 6]),
        ("@call:7", []),
        ("@on:positions_get,call:2", [2]),
        ("@on:orders_get,times:ever", []),
    ],
)
def test_calls_are_counted_from_one(schedule: str, hit: list[int]) -> None:
    terminal, plan = disturbed(f"N01{schedule}")
    assert failures(terminal, 6) == hit
    assert [fired.call_number for fired in plan.fired] == hit


def test_only_calls_that_a_fault_concerns_are_counted() -> None:
    terminal, plan = disturbed("B02@call:2")
    terminal.positions_get()
    opened(terminal, buy("EURUSD", 0.1))
    terminal.account_info()
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert [(fired.call_number, fired.function) for fired in plan.fired] == [(4, "order_send")]


def test_a_symbol_limits_a_fault_to_calls_about_it() -> None:
    terminal = terminal_of({name: [(0, 1.1, 1.2)] for name in ("EURUSD", "GBPUSD")})
    plan = FaultPlan().add("N01", symbol="GBPUSD", times=0).add("B01", symbol="EURUSD", times=0)
    plan.install(terminal)
    assert terminal.symbol_info_tick("EURUSD") is not None
    assert terminal.symbol_info_tick("GBPUSD") is None
    assert terminal.positions_get(symbol="GBPUSD") is None
    assert terminal.positions_get() is not None
    assert terminal.order_calc_margin(0, "GBPUSD", 0.1, 1.2) is None
    ticket = opened(terminal, buy("GBPUSD", 0.1))
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    close = {"action": 6, "position": ticket, "sl": 1.0}  # the symbol follows from the ticket
    assert terminal.order_send(close) is not None


# --- moments -------------------------------------------------------------------------------------


def test_a_moment_hits_the_first_call_from_then_on() -> None:
    terminal, _ = disturbed(f"N01@time:{START_S + 10}")
    hit = [s for s in (0, 9.999, 10, 10.001) if after(terminal, s).positions_get() is None]
    assert hit == [10]


def test_an_episode_lasts_its_seconds_and_not_one_millisecond_more() -> None:
    terminal, plan = disturbed(f"N01@time:{START_S + 10},for:5")
    hit = [s for s in (9.999, 12, 14, 16.999, 17, 20) if after(terminal, s).positions_get() is None]
    assert hit == [12, 14, 16.999]  # five seconds from the first call it met
    assert len(plan.fired) == 3


def test_a_window_contains_its_first_moment_and_not_its_last() -> None:
    terminal, _ = disturbed(f"N01@p:1,from:{START_S + 10},until:{START_S + 20}")
    hit = [s for s in (9.999, 10, 19.999, 20) if after(terminal, s).positions_get() is None]
    assert hit == [10, 19.999]


def test_a_moment_repeats() -> None:
    terminal, plan = disturbed(f"B34@time:{START_S - 15},every:10,until:{START_S + 30}")
    after(terminal, 100)
    assert [fired.at_utc_s - START_S for fired in plan.fired] == [5, 15, 25]


def test_a_repeated_moment_may_have_an_end_by_count() -> None:
    terminal, plan = disturbed(f"B34@time:{START_S + 5},every:10,times:2")
    after(terminal, 100)
    assert [fired.at_utc_s - START_S for fired in plan.fired] == [5, 15]


def test_a_moment_that_is_over_strikes_at_once() -> None:
    terminal, plan = disturbed(f"B34@time:{START_S - 60}")
    assert terminal.positions_get() == ()
    assert [fired.at_utc_s for fired in plan.fired] == [START_S]


def test_a_change_of_the_world_can_wait_for_a_call() -> None:
    terminal, plan = disturbed("B15@on:account_info,call:2,for:60")
    terminal.account_info()
    opened(terminal, buy("EURUSD", 0.1))
    terminal.account_info()
    result = terminal.order_send(buy("EURUSD", 0.1))
    assert result is not None
    assert result.retcode == 10044
    after(terminal, 60)
    opened(terminal, buy("EURUSD", 0.1))
    assert [(fired.call_number, fired.function) for fired in plan.fired] == [(3, "account_info")]


def test_faults_can_be_added_to_a_plan_that_is_installed() -> None:
    terminal, plan = disturbed()
    plan.add("N01").add("B34", at_utc_s=START_S + 10)
    assert terminal.positions_get() is None
    after(terminal, 10)
    assert [fired.fault_id for fired in plan.fired] == ["N01", "B34"]


# --- chance --------------------------------------------------------------------------------------


def test_chance_is_about_as_frequent_as_it_should_be() -> None:
    terminal, _ = disturbed("N01@p:0.02")
    assert 20 <= len(failures(terminal, 2000)) <= 65


def test_each_fault_has_a_chance_of_its_own() -> None:
    both, _ = disturbed("N01@p:0.3,on:positions_get", "N01@p:0.3,on:orders_get")
    alone, _ = disturbed("N01@p:0.3,on:positions_get")
    seen = [(both.positions_get() is None, both.orders_get() is None) for _ in range(100)]
    assert [first for first, _ in seen] == [alone.positions_get() is None for _ in range(100)]
    assert any(first != second for first, second in seen)


@given(st.integers(0, 2**32), st.floats(0.05, 0.95))
@settings(max_examples=25, deadline=None)
def test_the_same_seed_strikes_the_same_calls(seed: int, probability: float) -> None:
    hits = [failures(disturbed(f"N01@p:{probability!r}", seed=seed)[0], 60) for _ in range(2)]
    assert hits[0] == hits[1]


# --- what contradicts itself ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"at_call": -1}, "at_call is -1; allowed: a whole number from 1"),
        ({"at_call": 1.5}, "at_call is 1.5"),
        ({"at_utc_s": inf}, "at_utc_s is inf"),
        ({"probability": 1.01}, "probability is 1.01; allowed: above 0, at most 1"),
        ({"probability": -0.01}, "probability is -0.01"),
        ({"until_utc_s": 5.0, "from_utc_s": 5.0}, "until_utc_s is 5.0"),
        ({"every_s": 5.0}, "every_s is 5.0; allowed: seconds from 0.001, together with at_utc_s"),
        ({"for_s": -1.0}, "for_s is -1.0"),
        ({"times": -1}, "times is -1"),
        ({"at_call": 1, "probability": 0.5}, "exclude each other"),
        ({"at_call": 1, "at_utc_s": 5.0}, "exclude each other"),
    ],
)
def test_a_schedule_that_contradicts_itself_is_refused(wrong: dict[str, float], says: str) -> None:
    with pytest.raises(ParamsError, match=says):
        Schedule(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault_id", "given_settings", "says"),
    [
        ("B99", {}, "fault is 'B99'; allowed: B01, B02"),
        ("N09", {}, "N09 cannot be injected here: news"),
        ("B02", {"delay": 1}, "B02: delay is no parameter; allowed: error_code"),
        ("B23", {"delay": 1}, "B23: delay is no parameter; allowed: none"),
        ("B03", {"delay_s": -1}, "B03: delay_s is -1; allowed: 0 or more"),
        ("B03", {"delay_s": "soon"}, "B03: delay_s is 'soon'; allowed: 0 or more"),
        ("B03", {"delay_s": "nan"}, "B03: delay_s is 'nan'"),
        ("B05", {"outcome": "lost"}, "B05: outcome is 'lost'; allowed: filled, rejected"),
        ("B10", {"retcode": 10009}, "B10: retcode is 10009; allowed: 10004, 10006"),
        ("B06", {"fraction": 1.5}, "B06: fraction is 1.5; allowed: 0 to 1"),
        ("X10", {"function": "symbol_info"}, "X10: function is 'symbol_info'; allowed: account"),
        ("B02", {"once": True, "times": 2}, "once and times=2 exclude each other"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(
    fault_id: str, given_settings: dict[str, float | str], says: str
) -> None:
    with pytest.raises(ParamsError, match=says):
        FaultPlan().add(fault_id, **given_settings)


def test_a_symbol_that_is_not_in_the_market_is_named() -> None:
    with pytest.raises(ParamsError, match="B15: symbol is 'XAUUSD'; allowed: EURUSD"):
        disturbed("B15@symbol:XAUUSD")


# --- typed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault_id", "expected"),
    [
        ("B02", "B02", {}),
        (" b02 ", "B02", {}),
        ("B02@call:3", "B02", {"at_call": 3}),
        ("N01@p:0.02", "N01", {"probability": 0.02}),
        (
            "B42@time:2026-03-17T02:00,for:1800",
            "B42",
            {"at_utc_s": 1_773_712_800.0, "for_s": 1800.0},
        ),
        ("B42@time:2026-03-17T04:00+02:00", "B42", {"at_utc_s": 1_773_712_800.0}),
        ("B42@time:1773712800.5", "B42", {"at_utc_s": 1_773_712_800.5}),
        (
            "N01@p:1,from:10,until:20",
            "N01",
            {"probability": 1, "from_utc_s": 10, "until_utc_s": 20},
        ),
        ("N01@for:ever,times:ever", "N01", {"for_s": FOR_EVER, "times": 0}),
        ("B03@delay_s:40,once", "B03", {"delay_s": "40", "once": True}),
        ("B33@time:5,every:86400", "B33", {"at_utc_s": 5.0, "every_s": 86_400.0}),
        (
            "B37@symbol:EURUSD,on:symbol_info",
            "B37",
            {"symbol": "EURUSD", "function": "symbol_info"},
        ),
    ],
)
def test_a_fault_can_be_typed(text: str, fault_id: str, expected: dict[str, object]) -> None:
    assert settings_from_text(text) == (fault_id, expected)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("B02@3", "'3' cannot be read; allowed: name:value or once"),
        ("B02@call:", "'call:' cannot be read"),
        ("B02@call:third", "call is 'third'; allowed: a whole number"),
        ("B02@time:noon", "time is 'noon'; allowed: a UTC moment as 2026-03-17T02:00"),
        ("B02@p:often", "p is 'often'; allowed: a number"),
        ("B02@call:1,call:2", "call is given twice"),
    ],
)
def test_what_cannot_be_read_is_shown(text: str, says: str) -> None:
    with pytest.raises(ParamsError, match=says):
        settings_from_text(text)
