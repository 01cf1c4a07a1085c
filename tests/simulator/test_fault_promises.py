"""What the page about faults promises of all of them: order, moments, and what counts as struck."""

from __future__ import annotations

from math import inf, nan

import pytest
from fault_builders import CALM, answered, disturbed
from simulator_builders import ASK, BID, DONE, START_S, after, buy, opened, terminal_of

from bot.errors import ParamsError
from bot.simulator.faults import CATALOGUE, CallHangsError, FaultPlan

DEALS_OF_THE_WORLD = "B34@time:{moment},kind:deposit,money:1"


# --- moments -------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment_s", [0.001, 0.999, 9.9999, 10, 10.0004, 10.001])
def test_a_moment_of_the_world_is_met_to_the_millisecond_and_never_early(moment_s: float) -> None:
    terminal, plan = disturbed(DEALS_OF_THE_WORLD.format(moment=START_S + moment_s))
    after(terminal, 100)
    (fired,) = plan.fired
    assert 0.0 <= fired.at_utc_s - (START_S + moment_s) < 0.001
    assert fired.call_number == 0


def test_quotes_of_the_same_millisecond_come_first() -> None:
    quotes = [(0, BID, ASK), (10, 1.08, 1.0802), (20, 1.2, 1.2002)]
    terminal, plan = disturbed(f"B31@time:{START_S + 10}", quotes=quotes)
    opened(terminal, buy("EURUSD", 0.1, sl=1.09))
    after(terminal, 30)
    assert plan.fired == []  # the stop had taken the position already: nothing was left to do


def test_a_moment_of_the_world_without_repetition_happens_once_whatever_times_says() -> None:
    terminal, plan = disturbed(f"{DEALS_OF_THE_WORLD.format(moment=START_S + 5)},times:ever")
    after(terminal, 100)
    assert [fired.at_utc_s - START_S for fired in plan.fired] == [5]


def test_repeated_moments_nobody_called_at_are_not_made_up_for() -> None:
    terminal, _ = disturbed(f"N01@time:{START_S},every:10")
    hit = [s for s in (0, 95, 96, 99.9, 100) if after(terminal, s).positions_get() is None]
    assert hit == [0, 95, 100]


def test_a_plan_added_to_late_meets_a_moment_that_is_over_at_once() -> None:
    terminal, plan = disturbed()
    after(terminal, 50)
    plan.add("B34", at_utc_s=START_S + 10)
    assert [fired.at_utc_s - START_S for fired in plan.fired] == [50]


# --- what counts as struck -----------------------------------------------------------------------


@pytest.mark.parametrize("fault_id", ["X01", "X02", "X06", "X07", "C07", "B02", "B06", "B24"])
def test_a_fault_that_finds_nothing_to_do_is_neither_used_up_nor_logged(fault_id: str) -> None:
    terminal, plan = disturbed(fault_id)
    terminal.symbol_info_tick("GHOST")
    terminal.symbol_info("GHOST")
    terminal.symbols_get("GHOST*")
    terminal.order_send(buy("EURUSD", 0.001, sl=1.09))  # refused for its volume
    assert plan.fired == []
    terminal.symbol_info_tick("EURUSD")
    terminal.symbol_info("EURUSD")
    terminal.order_send(buy("EURUSD", 0.1, sl=1.09))
    assert {fired.fault_id for fired in plan.fired} == {fault_id}


def test_a_call_that_ends_in_an_error_uses_nothing_up() -> None:
    terminal, plan = disturbed("B02", "X07@on:copy_rates_from_pos")
    with pytest.raises(SystemError):
        terminal.order_send(buy("EURUSD", 0.1, magic=-1))
    with pytest.raises(SystemError):
        terminal.copy_rates_from_pos("EURUSD", "H1", 0, 5)
    assert plan.fired == []
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert [fired.fault_id for fired in plan.fired] == ["B02"]


@pytest.mark.parametrize("fault_id", [i for i in CATALOGUE if i.startswith("X0")])
def test_calls_the_package_refuses_are_refused_under_faults_of_data_too(fault_id: str) -> None:
    terminal, plan = disturbed(fault_id)
    with pytest.raises(SystemError):
        terminal.copy_rates_from_pos("EURUSD", 1)
    with pytest.raises(SystemError):
        terminal.copy_rates_from_pos("EURUSD", 1, 0.5, 10)
    assert terminal.symbol_info(5) is None
    assert terminal.last_error()[0] == -2
    assert plan.fired == []


@pytest.mark.parametrize("executed", ["yes", "no"])
def test_a_hang_is_an_error_that_no_handler_of_errors_survives_and_is_logged(executed: str) -> None:
    terminal, plan = disturbed(f"N06@executed:{executed},hang_s:5")
    with pytest.raises(CallHangsError, match="positions_get does not return for 5"):
        terminal.positions_get()
    assert [(fired.fault_id, fired.function) for fired in plan.fired] == [("N06", "positions_get")]
    assert terminal.positions_get() == ()


# --- what a terminal refuses is no matter of the server -------------------------------------------

SERVER_SIDE = ["B01", "B02", "B03", "B05", "B09", "B10", "B41", "N08"]


@pytest.mark.parametrize("fault_id", SERVER_SIDE)
def test_without_a_connection_nothing_is_answered_or_executed(fault_id: str) -> None:
    terminal, plan = disturbed(f"{fault_id}@on:order_send")
    terminal.shutdown()
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert terminal.last_error()[0] == -10004
    assert terminal.initialize()
    after(terminal, 700)
    assert (terminal.positions_total(), plan.fired) == (0, [])


@pytest.mark.parametrize("fault_id", SERVER_SIDE)
@pytest.mark.parametrize(
    ("switch", "code"), [("algo_trading", 10027), ("connected", 10031), ("account_experts", 10026)]
)
def test_a_request_the_terminal_refuses_never_gets_to_the_server(
    fault_id: str, switch: str, code: int
) -> None:
    terminal, plan = disturbed(f"B20@switch:{switch},for:60", f"{fault_id}@on:order_send")
    assert answered(terminal, buy("EURUSD", 0.1)).retcode == code
    after(terminal, 700)
    assert terminal.positions_total() == 0
    assert {fired.fault_id for fired in plan.fired} == {"B20"}


def test_a_killed_terminal_answers_no_request_in_the_servers_name() -> None:
    terminal, _ = disturbed(f"B39@time:{START_S + 5}", "B10@times:ever")
    assert after(terminal, 5).order_send(buy("EURUSD", 0.1)) is None
    assert terminal.last_error()[0] == -10002


@pytest.mark.parametrize(
    "wrong",
    [{"volume": 0.001}, {"symbol": "GHOST"}, {"type_filling": 2}, {"sl": 1.2}, {"volume": 50.0}],
)
@pytest.mark.parametrize("fault_id", ["B05", "B06", "B41", "B08", "B07"])
def test_no_fault_answers_success_where_the_server_would_refuse(
    fault_id: str, wrong: dict[str, object]
) -> None:
    usual, _ = disturbed()
    terminal, _ = disturbed(fault_id, f"{fault_id}@times:ever")
    request = buy("EURUSD", 0.1) | wrong
    expected = answered(usual, request).retcode
    assert expected not in (DONE, 10008, 10010)
    assert answered(terminal, request).retcode == expected


def test_b06_turns_fill_or_kill_into_a_part_and_nothing_that_is_not_permitted() -> None:
    terminal, _ = disturbed("B06@times:ever", filling_mask=1)
    assert answered(terminal, buy("EURUSD", 0.2, type_filling=0)).retcode == 10010
    assert answered(terminal, buy("EURUSD", 0.2, type_filling=1)).retcode == 10030
    info = terminal.symbol_info("EURUSD")
    assert info is not None
    assert info.filling_mode == 1


# --- settings that would mean something else than they say ---------------------------------------


@pytest.mark.parametrize(
    ("fault_id", "wrong", "says"),
    [
        ("N01", {"probability": 0.0}, "probability is 0.0; allowed: above 0, at most 1"),
        ("N01", {"at_call": 0}, "at_call is 0; allowed: a whole number from 1"),
        ("N01", {"at_call": nan}, "at_call is nan"),
        ("N01", {"at_call": "3"}, "at_call is '3'"),
        ("N01", {"times": 1.5}, "times is 1.5"),
        ("N01", {"at_utc_s": 5.0, "every_s": 0.0009}, "every_s is 0.0009; allowed: seconds from"),
        ("N01", {"at_utc_s": 5.0, "every_s": nan}, "every_s is nan"),
        ("B04", {"for_s": 0.0}, "B04: for_s is 0; allowed: seconds above 0"),
        ("B34", {"at_utc_s": 5.0, "function": "order_send"}, "B34: function is 'order_send'"),
        ("B20", {"switch": "start"}, "B20: switch is 'start'; allowed: algo_trading, python_api"),
        ("B31", {"positions_count": 1.5}, "B31: positions_count is 1.5; allowed: whole, 0 or more"),
        ("B13", {"points": inf}, "B13: points is inf"),
        ("B08", {"points": inf}, "B08: points is inf; allowed: any number"),
    ],
)
def test_a_setting_that_means_nothing_is_refused(
    fault_id: str, wrong: dict[str, float | str], says: str
) -> None:
    with pytest.raises(ParamsError, match=says):
        FaultPlan().add(fault_id, **wrong)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("N06@on:order_sent", "N06: function is 'order_sent'; allowed: initialize, shutdown"),
        ("X09@other:GHOST", "X09: other is 'GHOST'; allowed: EURUSD"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_when_the_plan_is_installed(
    text: str, says: str
) -> None:
    terminal = terminal_of({"EURUSD": CALM})
    plan = FaultPlan.from_texts([text])
    with pytest.raises(ParamsError, match=says):
        plan.install(terminal)
    assert terminal.positions_get() == ()


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ParamsError, match="seed is -1; allowed: a whole number from 0"):
        FaultPlan(-1)
