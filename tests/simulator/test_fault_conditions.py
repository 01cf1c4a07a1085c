"""Faults of the link, of permissions, specifications and limits, id by id."""

from __future__ import annotations

import pytest
from fault_builders import ALL_TIME, ASK, BID, CALM, answered, disturbed, with_bars
from simulator_builders import DONE, START_S, WALL_S, after, buy, opened, pending, sell, terminal_of

from bot.simulator.faults import FaultPlan
from bot.simulator.terminal import SimulatedTerminal

MOVING = [(second, 1.1 + second / 1e5, 1.1002 + second / 1e5) for second in range(0, 3600, 10)]


def bid_of(terminal: SimulatedTerminal) -> float:
    tick = terminal.symbol_info_tick("EURUSD")
    assert tick is not None
    return tick.bid


def connected(terminal: SimulatedTerminal) -> bool:
    info = terminal.terminal_info()
    assert info is not None
    return info.connected


# --- link ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["B04", "N04"])
def test_without_a_link_requests_fail_and_reads_show_what_was_known(fault: str) -> None:
    terminal, _ = disturbed(f"{fault}@time:{START_S + 60},for:60", quotes=MOVING)
    ticket = opened(terminal, buy("EURUSD", 0.1, sl=1.09, tp=1.101))
    after(terminal, 60)
    known = (bid_of(terminal), terminal.positions_get(), terminal.account_info())
    assert not connected(terminal)
    assert answered(terminal, sell("EURUSD", 0.1, position=ticket)).retcode == 10031
    after(terminal, 119.999)  # the target was reached at 100 s
    account = terminal.account_info()
    assert (bid_of(terminal), terminal.positions_get(), account) == known
    assert account is not None
    assert not account.trade_allowed
    assert terminal.positions_total() == 1
    assert len(terminal.history_deals_get(*ALL_TIME) or ()) == 2
    info = terminal.symbol_info("EURUSD")
    assert info is not None
    assert (info.bid, info.time) == (known[0], WALL_S + 60)
    assert [row.bid for row in terminal.symbols_get() or ()] == [known[0]]
    after(terminal, 120)
    assert connected(terminal)
    assert (terminal.positions_get(), bid_of(terminal)) == ((), pytest.approx(1.1012))
    assert len(terminal.history_deals_get(*ALL_TIME) or ()) == 3


def test_without_a_link_bars_and_ticks_end_where_it_broke() -> None:
    terminal, _ = with_bars("N04@for:7200")
    terminal.positions_total()
    before = terminal.copy_rates_from_pos("EURUSD", 16385, 0, 3)
    terminal.advance_to(terminal.now_utc_s + 1600)
    assert before is not None
    held = terminal.copy_rates_from_pos("EURUSD", 16385, 0, 3)
    assert held is not None
    assert held.tolist() == before.tolist()
    ticks = terminal.copy_ticks_range("EURUSD", *ALL_TIME, -1)
    terminal.advance_to(terminal.now_utc_s + 7200)
    later = terminal.copy_ticks_range("EURUSD", *ALL_TIME, -1)
    assert ticks is not None
    assert later is not None
    assert len(later) == len(ticks) + 2


def test_two_cuts_of_the_link_overlap_and_the_last_one_decides() -> None:
    terminal, _ = disturbed(
        f"N04@time:{START_S + 10},for:30", f"B04@time:{START_S + 20},for:60", quotes=MOVING
    )
    for second, is_connected, bid in (
        (9, True, 1.1),
        (10, False, 1.1001),
        (39, False, 1.1001),
        (40, False, 1.1001),
        (79, False, 1.1001),
        (80, True, 1.1008),
    ):
        after(terminal, second)
        assert (connected(terminal), bid_of(terminal)) == (is_connected, pytest.approx(bid))


def test_n05_the_link_flaps_until_its_time_is_over() -> None:
    terminal, _ = disturbed(f"N05@time:{START_S + 10},down_s:5,up_s:10,for:40")
    seen = {s: connected(after(terminal, s)) for s in (9.9, 10, 14.9, 15, 24.9, 25, 30, 40, 45, 55)}
    assert [s for s, is_connected in seen.items() if not is_connected] == [10, 14.9, 25, 40]


def test_b42_in_maintenance_nothing_is_quoted_and_nothing_triggers() -> None:
    terminal, _ = disturbed(f"B42@time:{START_S + 60},for:600", quotes=MOVING)
    opened(terminal, buy("EURUSD", 0.1, tp=1.102))
    assert answered(after(terminal, 61), buy("EURUSD", 0.1)).retcode == 10031
    assert after(terminal, 669).positions_total() == 1
    after(terminal, 670)
    assert terminal.positions_total() == 0
    deal = (terminal.history_deals_get(*ALL_TIME) or ())[-1]
    assert deal.time == WALL_S + 670  # the first quote afterwards, long after 1.102 was reached


# --- permissions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("switch", "code"),
    [
        ("algo_trading", 10027),
        ("account_experts", 10026),
        ("account_trading", 10017),
        ("connected", 10031),
    ],
)
def test_b20_a_permission_is_off_for_its_time(switch: str, code: int) -> None:
    terminal, _ = disturbed(f"B20@time:{START_S + 10},for:10,switch:{switch}")
    codes = [answered(after(terminal, s), buy("EURUSD", 0.1)).retcode for s in (9, 10, 19, 20)]
    assert codes == [DONE, code, code, DONE]


def test_b20_without_the_python_option_a_request_is_not_even_sent() -> None:
    terminal, _ = disturbed("B20@switch:python_api")
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert terminal.last_error()[0] == -8


def test_b44_a_disabled_account_trades_no_more() -> None:
    terminal, _ = disturbed(f"B44@time:{START_S + 10}")
    ticket = opened(terminal, buy("EURUSD", 0.1))
    after(terminal, 6000)
    assert answered(terminal, sell("EURUSD", 0.1, position=ticket)).retcode == 10026
    account = terminal.account_info()
    assert account is not None
    assert (account.trade_allowed, account.trade_expert) == (False, False)


def test_b46_a_triggered_order_is_deleted_instead_of_filled() -> None:
    quotes = [(0, BID, ASK), (60, 1.04, 1.0402)]
    terminal, _ = disturbed("B46", quotes=quotes)
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.05))
    after(terminal, 60)
    assert (terminal.orders_total(), terminal.positions_total()) == (0, 0)
    assert (terminal.history_orders_get(ticket=ticket) or ())[0].state == 2


# --- specifications ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "request_made", "code", "field", "shown"),
    [
        ("B11", buy("EURUSD", 0.05), 10014, "volume_step", 0.1),
        ("B12", buy("EURUSD", 0.1, sl=1.0995), 10016, "trade_stops_level", 100),
        ("B14@mask:none", buy("EURUSD", 0.1), 10030, "filling_mode", 0),
        ("B14@mask:fok", buy("EURUSD", 0.1), 10030, "filling_mode", 1),
        ("B15@mode:0", buy("EURUSD", 0.1), 10017, "trade_mode", 0),
        ("B15@mode:2", buy("EURUSD", 0.1), 10043, "trade_mode", 2),
        ("B15", buy("EURUSD", 0.1), 10044, "trade_mode", 3),
        ("B16", buy("EURUSD", 0.1), 10018, "trade_mode", 4),
        ("B17", buy("EURUSD", 0.1), 10019, "trade_mode", 4),
        ("B21@most:0.05", buy("EURUSD", 0.1), 10034, "volume_limit", 0.05),
        ("B28", buy("EURUSD", 0.05), 10014, "volume_min", 0.1),
        ("C09@cause:closed", buy("EURUSD", 0.1), 10018, "trade_mode", 4),
    ],
)
def test_a_changed_condition_is_shown_refused_by_and_restored(
    fault: str, request_made: dict[str, object], code: int, field: str, shown: float
) -> None:
    glue = "," if "@" in fault else "@"
    text = f"{fault}{glue}time:{START_S + 10},for:20"
    terminal, _ = disturbed(text, stops_level=5, exemode=2)
    usual = terminal.symbol_info("EURUSD")
    assert usual is not None
    ticket = opened(terminal, buy("EURUSD", 0.15, sl=1.0))
    after(terminal, 10)
    changed = terminal.symbol_info("EURUSD")
    assert changed is not None
    assert changed._asdict()[field] == pytest.approx(shown)
    assert answered(terminal, request_made).retcode == code
    after(terminal, 30)
    restored = terminal.symbol_info("EURUSD")
    assert restored is not None
    assert restored._asdict()[field] == usual._asdict()[field]
    assert answered(terminal, request_made).retcode == DONE
    assert answered(terminal, sell("EURUSD", 0.15, position=ticket)).retcode == DONE


def test_b13_nothing_near_the_market_can_be_changed_or_closed() -> None:
    terminal, _ = disturbed(f"B13@time:{START_S + 10},for:10")
    ticket = opened(terminal, buy("EURUSD", 0.1, sl=1.09))
    after(terminal, 10)
    edit = {"action": 6, "position": ticket, "symbol": "EURUSD", "sl": 1.095}
    assert answered(terminal, edit).retcode == 10029
    assert answered(terminal, sell("EURUSD", 0.1, position=ticket)).retcode == 10029
    assert answered(after(terminal, 20), edit).retcode == DONE


@pytest.mark.parametrize(("limit", "code"), [("orders", 10033), ("positions", 10040)])
def test_b21_limits_count_orders_and_positions(limit: str, code: int) -> None:
    terminal, _ = disturbed(f"B21@limit:{limit},most:1")
    request = buy("EURUSD", 0.1)
    if limit == "orders":
        request = pending("EURUSD", 2, 0.1, 1.05)
    opened(terminal, request)
    assert answered(terminal, request).retcode == code


def test_b28_a_remainder_under_the_minimum_still_closes_whole() -> None:
    terminal, _ = disturbed(f"B28@time:{START_S + 10}")
    ticket = opened(terminal, buy("EURUSD", 0.15))
    after(terminal, 10)
    assert answered(terminal, sell("EURUSD", 0.1, position=ticket)).retcode == DONE
    assert answered(terminal, sell("EURUSD", 0.03, position=ticket)).retcode == 10014
    assert answered(terminal, sell("EURUSD", 0.05, position=ticket)).retcode == DONE
    assert terminal.positions_total() == 0


def test_b36_a_smaller_contract_changes_what_is_open() -> None:
    terminal, _ = disturbed(f"B36@time:{START_S + 10},factor:0.1", quotes=MOVING)
    opened(terminal, buy("EURUSD", 1.0))
    after(terminal, 1000)
    (position,) = terminal.positions_get() or ()
    assert position.profit == pytest.approx((1.11 - 1.1002) * 10_000)


def test_b36_leverage_changes_account_and_margin() -> None:
    terminal, _ = disturbed(f"B36@time:{START_S + 10},what:leverage,factor:0.1")
    margin = terminal.order_calc_margin(0, "EURUSD", 1.0, ASK)
    after(terminal, 10)
    account = terminal.account_info()
    assert account is not None
    assert margin is not None
    assert account.leverage == 10
    assert terminal.order_calc_margin(0, "EURUSD", 1.0, ASK) == pytest.approx(10 * margin)


def test_changes_of_one_symbol_compose_and_are_undone_in_any_order() -> None:
    terminal, _ = disturbed(
        f"B11@time:{START_S + 10},for:20", f"B28@time:{START_S + 20},for:20,factor:5"
    )
    seen = []
    for second in (9, 10, 20, 30, 40):
        info = after(terminal, second).symbol_info("EURUSD")
        assert info is not None
        seen.append((info.volume_min, info.volume_step))
    assert seen == [(0.01, 0.01), (0.1, 0.1), (0.5, 0.1), (0.05, 0.01), (0.01, 0.01)]


def test_a_change_may_be_limited_to_one_symbol() -> None:
    terminal = terminal_of(dict.fromkeys(("EURUSD", "GBPUSD"), CALM))
    FaultPlan().add("B15", symbol="GBPUSD").install(terminal)
    assert answered(terminal, buy("EURUSD", 0.1)).retcode == DONE
    assert answered(terminal, buy("GBPUSD", 0.1)).retcode == 10044


# --- market hours --------------------------------------------------------------------------------


def test_b16_an_early_close_stops_quotes_and_triggers() -> None:
    terminal, _ = disturbed(f"B16@time:{START_S + 60},for:600", quotes=MOVING)
    opened(terminal, buy("EURUSD", 0.1, tp=1.102))
    after(terminal, 650)
    assert (bid_of(terminal), terminal.positions_total()) == (1.1006, 1)
    assert after(terminal, 669).positions_total() == 1
    assert after(terminal, 670).positions_total() == 0


def test_c09_a_dead_feed_is_no_closed_market() -> None:
    terminal, _ = disturbed(f"C09@time:{START_S + 60},for:7200")
    assert answered(after(terminal, 900), buy("EURUSD", 0.1)).retcode == DONE
    assert answered(after(terminal, 60 + 7200), buy("EURUSD", 0.1)).retcode == DONE
    assert answered(after(terminal, 60 + 7200.001), buy("EURUSD", 0.1)).retcode == 10021


def test_c10_a_day_without_session_has_no_bars() -> None:
    terminal, _ = with_bars(f"C10@time:{START_S + 11 * 3600 + 1900},for:1000")
    last = terminal.copy_rates_from_pos("EURUSD", 16385, 0, 1)
    terminal.advance_to(START_S + 11 * 3600 + 2899)
    held = terminal.copy_rates_from_pos("EURUSD", 16385, 0, 1)
    assert last is not None
    assert held is not None
    assert held.tolist() == last.tolist()
    assert answered(terminal, buy("EURUSD", 0.1)).retcode == 10018


# --- the terminal itself -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pipe", "errors"), [("broken", [-10002, -10004, -10004]), ("stuck", [-10001] * 3)]
)
def test_b39_a_killed_terminal_answers_nothing_until_attached_again(
    pipe: str, errors: list[int]
) -> None:
    terminal, _ = disturbed(f"B39@time:{START_S + 10},for:60,pipe:{pipe},build:6000")
    opened(terminal, buy("EURUSD", 0.1))
    after(terminal, 10)
    seen = []
    for call in (terminal.positions_get, terminal.account_info, terminal.positions_total):
        assert call() is None
        seen.append(terminal.last_error()[0])
    assert seen == errors
    assert terminal.symbol_select("EURUSD") is False
    assert terminal.version() == (0, 0, "")
    assert terminal.initialize() is False
    assert terminal.last_error()[0] == -10003
    after(terminal, 70)
    assert terminal.positions_get() is None  # the terminal is back, the pipe is not
    assert terminal.initialize()
    assert terminal.positions_total() == 1
    assert (terminal.version() or (0, 0))[1] == 6000


def test_c06_nothing_is_reached_around_midnight() -> None:
    terminal, _ = disturbed("C06@before_s:60,after_s:30")
    midnight_s = START_S + 12 * 3600  # 12:00 on the server's clock at the start
    terminal.positions_total()
    for offset, is_reached in ((-60.001, True), (-60, False), (29.999, False), (30, True)):
        terminal.advance_to(midnight_s + offset)
        assert (terminal.account_info() is not None) == is_reached
