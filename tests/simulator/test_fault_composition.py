"""Faults on top of each other, undone one by one, and around one account of several."""

from __future__ import annotations

from fault_builders import CALM, answered, disturbed
from simulator_builders import ASK, BID, DONE, START_S, after, buy, opened, pending, terminal_of

from bot.simulator.config import AccountConfig
from bot.simulator.faults import FaultPlan
from bot.simulator.terminal import SimulatedTerminal


def is_trading(terminal: SimulatedTerminal) -> bool:
    info = terminal.terminal_info()
    assert info is not None
    return info.trade_allowed


def is_linked(terminal: SimulatedTerminal) -> bool:
    info = terminal.terminal_info()
    assert info is not None
    return info.connected


# --- composition ---------------------------------------------------------------------------------


def test_b35_changes_account_info_and_nothing_else() -> None:
    terminal, _ = disturbed("B35")
    info = terminal.account_info()
    assert info is not None
    assert info.margin_mode == 0
    opened(terminal, buy("EURUSD", 0.1))
    opened(terminal, buy("EURUSD", 0.1))
    assert terminal.positions_total() == 2  # the server hedges as before


def test_two_reasons_for_a_lost_link_are_undone_one_by_one() -> None:
    terminal, _ = disturbed(
        f"B20@switch:connected,time:{START_S + 5},for:60", f"N04@time:{START_S + 10},for:20"
    )
    links = [is_linked(after(terminal, s)) for s in (4, 5, 31, 64, 65)]
    assert links == [True, False, False, False, True]
    opened(terminal, buy("EURUSD", 0.1))
    assert terminal.positions_total() == 1  # reads are of now again


def test_what_a_person_switched_off_stays_off_when_a_fault_is_over() -> None:
    terminal, _ = disturbed(f"B20@time:{START_S + 5},for:10")
    terminal.operator.switches.algo_trading = False
    assert not is_trading(after(terminal, 30))


def test_what_the_broker_changed_between_two_faults_stays() -> None:
    terminal, _ = disturbed(f"B12@time:{START_S + 5},every:20,times:2,for:10")
    terminal.operator.respecify("EURUSD", stops_level=3)
    levels = []
    for second in (6, 16, 26, 36):
        info = after(terminal, second).symbol_info("EURUSD")
        assert info is not None
        levels.append(info.trade_stops_level)
        if second == 16:
            terminal.operator.respecify("EURUSD", stops_level=7)
    assert levels == [60, 3, 140, 7]


def test_clocks_of_two_faults_are_undone_in_any_order() -> None:
    def offsets(*faults: str) -> list[int]:
        terminal, _ = disturbed(*faults)
        clock = terminal._state.clock
        return [clock.offset_s(after(terminal, s).now_utc_s) // 3600 for s in (0, 15, 25, 45, 65)]

    shift, zone = f"C01@time:{START_S + 10},for:30", f"C03@zone:UTC,time:{START_S + 20},for:40"
    assert offsets(shift, zone) == [3, 4, 0, 0, 3]
    shift, zone = f"C01@time:{START_S + 20},for:40", f"C03@zone:UTC,time:{START_S + 10},for:30"
    assert offsets(shift, zone) == [3, 0, 1, 4, 3]


def test_a_lost_link_shows_prices_and_hidden_orders_as_they_were_at_the_cut() -> None:
    quotes = [(0, BID, ASK), (20, 1.3, 1.3002)]
    cut = f"N04@time:{START_S + 10},for:60"
    terminal, _ = disturbed("B45@delay_s:600", cut, quotes=quotes)
    order = opened(terminal, pending("EURUSD", 2, 0.1, 1.05))
    assert answered(terminal, {"action": 8, "order": order}).retcode == DONE
    before = terminal.order_calc_margin(0, "EURUSD", 0.1, BID)
    assert after(terminal, 30).orders_total() == 0  # gone, as the script was told
    assert terminal.order_calc_margin(0, "EURUSD", 0.1, BID) == before
    assert terminal.order_calc_margin(0, "EURUSD", 0.1, BID) != (
        after(terminal, 80).order_calc_margin(0, "EURUSD", 0.1, BID)
    )


def test_b25_shifts_the_stop_of_a_netted_short_position_away_from_it() -> None:
    terminal, _ = disturbed("B25@points:5", account=AccountConfig(margin_mode=0))
    opened(terminal, buy("EURUSD", 0.1) | {"type": 1})
    answered(terminal, {"action": 6, "symbol": "EURUSD", "sl": 1.11})
    assert [p.sl for p in terminal.positions_get() or ()] == [1.11005]


# --- several accounts ----------------------------------------------------------------------------


def test_a_plan_stands_around_one_account_and_waits_while_another_is_logged_in() -> None:
    terminal = terminal_of({"EURUSD": CALM})
    terminal.add_account(AccountConfig(login=77))
    faults = ["N01@times:ever", f"N04@time:{START_S + 5},for:10", "B10@times:ever"]
    plan = FaultPlan.from_texts(faults).install(terminal)
    first = AccountConfig().login
    assert terminal.login(77)
    assert terminal.positions_get() == ()
    opened(terminal, buy("EURUSD", 0.1))
    assert not is_linked(after(terminal, 10))  # the link is the terminal's, not the account's
    assert is_linked(after(terminal, 20))
    assert [fired.fault_id for fired in plan.fired] == ["N04"]
    assert terminal.login(first)
    assert terminal.positions_get() is None
    assert answered(terminal, buy("EURUSD", 0.1)).retcode == 10006


def test_a_link_lost_on_one_account_and_back_on_another_is_back_on_both() -> None:
    terminal = terminal_of({"EURUSD": CALM})
    terminal.add_account(AccountConfig(login=77))
    FaultPlan.from_texts([f"N04@time:{START_S + 5},for:10"]).install(terminal)
    assert after(terminal, 7).login(77)
    assert is_linked(after(terminal, 20))
    assert terminal.login(AccountConfig().login)
    assert is_linked(terminal)
