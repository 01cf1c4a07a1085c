"""Faults of trade requests, id by id."""

from __future__ import annotations

import pytest
from fault_builders import CALM, answered, deals_of, disturbed
from simulator_builders import ASK, BID, DONE, START_S, WALL_S, after, buy, opened, pending, sell

from bot.simulator.faults import FaultPlan

STOP, TARGET = 1.09, 1.12
LOST = (-10002, "IPC recv failed")


# --- lost and late -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code", "positions_count"),
    [("B01", -10002, 0), ("B02", -10002, 1), ("N08", -10005, 1), ("B02@error_code:-1", -1, 1)],
)
def test_a_lost_request_and_a_lost_answer_look_alike_and_are_not(
    fault: str, code: int, positions_count: int
) -> None:
    terminal, _ = disturbed(fault)
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert terminal.last_error()[0] == code
    assert terminal.positions_total() == positions_count
    opened(terminal, buy("EURUSD", 0.1))  # once only


@pytest.mark.parametrize("answer", ["timeout", "none"])
def test_b03_a_request_that_timed_out_is_executed_later_at_the_price_of_then(answer: str) -> None:
    quotes = [*CALM[:3], (35, 1.2, 1.2002)]
    terminal, plan = disturbed(f"B03@delay_s:40,answer:{answer}", quotes=quotes)
    result = terminal.order_send(buy("EURUSD", 0.1, magic=7))
    assert (result is None) == (answer == "none")
    if result is not None:
        assert (result.retcode, result.order, result.deal) == (10012, 0, 0)
    assert after(terminal, 39.999).positions_total() == 0
    (position,) = after(terminal, 40).positions_get() or ()
    assert (position.magic, position.price_open, position.time_msc) == (
        7,
        1.2002,
        (WALL_S + 40) * 1000,
    )
    assert [fired.detail for fired in plan.fired][-1] == "executed late: 10009 Request executed"


def test_b03_lateness_is_drawn_between_its_ends_and_repeats_with_the_seed() -> None:
    def moment(seed: int) -> float:
        terminal, plan = disturbed("B03@delay_s:1,delay_max_s:600", seed=seed)
        terminal.order_send(buy("EURUSD", 0.1))
        after(terminal, 601)
        return plan.fired[-1].at_utc_s - START_S

    moments = [moment(seed) for seed in range(12)]
    assert all(1 <= moment_s <= 600 for moment_s in moments)
    assert len(set(moments)) == 12
    assert moments == [moment(seed) for seed in range(12)]


def test_b03_a_late_request_gets_through_while_the_link_is_away() -> None:
    terminal, _ = disturbed("B03@delay_s:10", f"B04@time:{START_S + 5},for:30")
    assert answered(terminal, buy("EURUSD", 0.1)).retcode == 10012
    assert after(terminal, 20).positions_total() == 0  # what is known here is from before
    assert after(terminal, 36).positions_total() == 1


def test_b05_a_placed_market_deal_fills_later_under_its_ticket() -> None:
    terminal, _ = disturbed("B05@delay_s:3")
    placed = answered(terminal, buy("EURUSD", 0.1))
    assert (placed.retcode, placed.deal, placed.volume) == (10008, 0, 0.1)
    (order,) = terminal.orders_get(symbol="EURUSD") or ()
    assert (order.ticket, order.type, order.volume_current) == (placed.order, 0, 0.1)
    assert (terminal.orders_total(), terminal.positions_total()) == (1, 0)
    assert terminal.orders_get(symbol="USDJPY") == ()
    after(terminal, 3)
    assert terminal.orders_total() == 0
    assert [p.ticket for p in terminal.positions_get() or ()] == [placed.order]
    assert opened(terminal, buy("EURUSD", 0.1)) == placed.order + 1


def test_b05_a_placed_market_deal_may_be_rejected_in_the_end() -> None:
    terminal, _ = disturbed("B05@delay_s:3,outcome:rejected")
    ticket = answered(terminal, buy("EURUSD", 0.1)).order
    after(terminal, 3)
    assert (terminal.orders_total(), terminal.positions_total()) == (0, 0)
    (order,) = terminal.history_orders_get(ticket=ticket) or ()
    assert (order.state, order.volume_current) == (5, 0.1)
    assert deals_of(terminal) == ()


def test_b05_a_request_that_would_be_refused_is_refused_at_once() -> None:
    terminal, _ = disturbed("B05")
    assert answered(terminal, buy("EURUSD", 0.001)).retcode == 10014


# --- done otherwise than asked --------------------------------------------------------------------


@pytest.mark.parametrize("filling", [0, 1])
def test_b06_part_of_the_volume_is_filled_and_the_rest_is_gone(filling: int) -> None:
    terminal, _ = disturbed("B06@fraction:0.4")
    result = answered(terminal, buy("EURUSD", 0.5, type_filling=filling))
    assert (result.retcode, result.volume, result.request.volume) == (10010, 0.2, 0.5)
    assert result.request.type_filling == filling
    assert [p.volume for p in terminal.positions_get() or ()] == [0.2]
    assert terminal.orders_total() == 0
    assert answered(terminal, buy("EURUSD", 0.5)).volume == 0.5


def test_b06_the_smallest_volume_cannot_be_divided() -> None:
    terminal, plan = disturbed("B06@fraction:0.4")
    assert answered(terminal, buy("EURUSD", 0.01)).retcode == DONE
    assert plan.fired == []


@pytest.mark.parametrize("where", ["all", "positions", "history"])
def test_b07_what_was_done_is_not_listed_until_the_delay_is_over(where: str) -> None:
    terminal, _ = disturbed(f"B07@delay_s:10,where:{where}")
    ticket = opened(terminal, buy("EURUSD", 0.1))

    def seen() -> tuple[object, ...]:
        return (
            len(terminal.positions_get() or ()),
            terminal.positions_total(),
            len(deals_of(terminal)),
            len(terminal.history_orders_get(ticket=ticket) or ()),
        )

    late_positions, late_history = where in ("all", "positions"), where in ("all", "history")
    expected = (*(0 if late_positions else 1,) * 2, *(0 if late_history else 1,) * 2)
    assert seen() == expected
    after(terminal, 9.999)
    assert seen() == expected
    after(terminal, 10)
    assert seen() == (1, 1, 1, 1)


def test_b07_hides_a_resting_order_too() -> None:
    terminal, _ = disturbed("B07@delay_s:10")
    opened(terminal, pending("EURUSD", 2, 0.1, 1.05))
    assert (terminal.orders_get(), terminal.orders_total()) == ((), 0)
    assert after(terminal, 10).orders_total() == 1


@pytest.mark.parametrize(("request_of", "price"), [(buy, 1.1012), (sell, 1.099)])
def test_b08_slippage_makes_a_deal_worse_and_leaves_the_market_alone(
    request_of: object, price: float
) -> None:
    assert callable(request_of)
    terminal, _ = disturbed("B08@points:100")
    result = answered(terminal, request_of("EURUSD", 0.1))
    assert (result.retcode, result.price, result.bid, result.ask) == (DONE, price, BID, ASK)
    (position,) = terminal.positions_get() or ()
    assert position.price_open == price
    tick = terminal.symbol_info_tick("EURUSD")
    assert tick is not None
    assert (tick.bid, tick.ask) == (BID, ASK)


def test_b08_an_instant_deal_is_requoted_when_the_slip_is_beyond_its_deviation() -> None:
    terminal, _ = disturbed("B08@points:100,times:2", exemode=1)
    request = buy("EURUSD", 0.1, price=ASK)
    assert answered(terminal, request | {"deviation": 99}).retcode == 10004
    assert answered(terminal, request | {"deviation": 100}).retcode == DONE


def test_b22_and_b30_the_level_takes_the_position_before_the_request_arrives() -> None:
    for fault, reason, price in (("B22", 4, STOP), ("B30", 5, TARGET)):
        terminal, _ = disturbed(fault)
        ticket = opened(terminal, buy("EURUSD", 0.1, sl=STOP, tp=TARGET, magic=3))
        close = sell("EURUSD", 0.1, position=ticket)
        assert answered(terminal, close).retcode == 10036
        deal = deals_of(terminal)[-1]
        assert (deal.reason, deal.price, deal.magic) == (reason, price, 3)
        assert terminal.positions_total() == 0


def test_b23_a_close_without_its_ticket_opens_the_opposite() -> None:
    terminal, _ = disturbed("B23")
    ticket = opened(terminal, buy("EURUSD", 0.1))
    result = answered(terminal, sell("EURUSD", 0.1, position=ticket))
    assert result.request.position == ticket
    assert [p.type for p in terminal.positions_get() or ()] == [0, 1]


@pytest.mark.parametrize(
    ("levels", "left"), [("sl", (0.0, TARGET)), ("tp", (STOP, 0.0)), ("both", (0.0, 0.0))]
)
def test_b24_an_entry_loses_its_levels_without_a_word(
    levels: str, left: tuple[float, float]
) -> None:
    terminal, _ = disturbed(f"B24@levels:{levels}")
    result = answered(terminal, buy("EURUSD", 0.1, sl=STOP, tp=TARGET))
    assert (result.request.sl, result.request.tp) == (STOP, TARGET)
    (position,) = terminal.positions_get() or ()
    assert (position.sl, position.tp) == left


@pytest.mark.parametrize(
    ("points", "long_stop", "short_stop"), [(5, 1.08995, 1.11005), (-5, 1.09005, 1.10995)]
)
def test_b25_the_broker_moves_the_stop_away_or_nearer(
    points: int, long_stop: float, short_stop: float
) -> None:
    terminal, _ = disturbed(f"B25@points:{points},times:4")
    ticket = opened(terminal, buy("EURUSD", 0.1, sl=STOP))
    opened(terminal, sell("EURUSD", 0.1, sl=1.11))
    assert [p.sl for p in terminal.positions_get() or ()] == [long_stop, short_stop]
    edit = {"action": 6, "position": ticket, "symbol": "EURUSD", "sl": 1.085}
    assert answered(terminal, edit).retcode == DONE
    assert (terminal.positions_get(ticket=ticket) or ())[0].sl == round(1.085 + long_stop - STOP, 5)


@pytest.mark.parametrize(
    ("how", "kept"), [("lost", ""), ("cut,keep_count:3", "own"), ("rewritten", "by broker")]
)
def test_b26_the_comment_is_spoilt_everywhere(how: str, kept: str) -> None:
    terminal, _ = disturbed(f"B26@how:{how}")
    result = answered(terminal, buy("EURUSD", 0.1, comment="own key", magic=9))
    assert result.request.comment == "own key"
    (position,) = terminal.positions_get() or ()
    assert (position.comment, position.magic) == (kept, 9)
    assert deals_of(terminal)[-1].comment == kept


def test_c08_the_date_of_expiry_is_read_in_another_zone() -> None:
    terminal, _ = disturbed("C08@shift_s:-1800")
    dated = {"type_time": 2, "expiration": WALL_S + 3600}
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.05, **dated))
    (order,) = terminal.orders_get(ticket=ticket) or ()
    assert order.time_expiration == WALL_S + 1800
    assert after(terminal, 1799).orders_total() == 1
    assert after(terminal, 1800).orders_total() == 0


# --- refused -------------------------------------------------------------------------------------


def test_b09_requotes_storm_for_their_time_and_then_stop() -> None:
    terminal, plan = disturbed("B09@for:120")
    codes = set()
    for second in range(0, 120, 10):
        codes.add(answered(after(terminal, second), buy("EURUSD", 0.1)).retcode)
    assert codes == {10004, 10020, 10021}
    assert len(plan.fired) == 12
    assert answered(after(terminal, 120), buy("EURUSD", 0.1)).retcode == DONE


def test_b09_a_requote_brings_a_quote_and_a_request_id() -> None:
    terminal, _ = disturbed("B09@retcode:10004")
    result = answered(terminal, buy("EURUSD", 0.1))
    assert (result.retcode, result.bid, result.ask, result.comment) == (10004, BID, ASK, "Requote")
    assert result.request_id != 0


@pytest.mark.parametrize("code", [10006, 10007, 10011, 10028, 10045])
def test_b10_the_server_refuses_with_any_code(code: int) -> None:
    terminal, _ = disturbed(f"B10@retcode:{code}")
    result = answered(terminal, buy("EURUSD", 0.1))
    assert (result.retcode, result.order, result.volume) == (code, 0, 0.0)
    assert terminal.positions_total() == 0


def test_b18_requests_beyond_the_limit_of_a_span_are_too_many() -> None:
    terminal, _ = disturbed("B18@requests_max:2,per_s:10")
    codes = [answered(terminal, buy("EURUSD", 0.1)).retcode for _ in range(3)]
    assert codes == [DONE, DONE, 10024]
    assert answered(after(terminal, 9.9), buy("EURUSD", 0.1)).retcode == 10024
    assert answered(after(terminal, 10), buy("EURUSD", 0.1)).retcode == DONE


def test_b19_an_edit_is_done_and_called_no_change() -> None:
    terminal, plan = disturbed("B19")
    ticket = opened(terminal, buy("EURUSD", 0.1))
    edit = {"action": 6, "position": ticket, "symbol": "EURUSD", "sl": STOP}
    assert answered(terminal, edit).retcode == 10025
    assert (terminal.positions_get() or ())[0].sl == STOP
    assert len(plan.fired) == 1


# --- half seen -----------------------------------------------------------------------------------


def test_b29_a_closed_leg_is_half_seen_for_a_while() -> None:
    for late, volume, deals_count in (("position", 0.3, 2), ("deal", 0.2, 1)):
        terminal, _ = disturbed(f"B29@late:{late},delay_s:10")
        ticket = opened(terminal, buy("EURUSD", 0.3))
        assert answered(terminal, sell("EURUSD", 0.1, position=ticket)).retcode == DONE
        assert [p.volume for p in terminal.positions_get() or ()] == [volume]
        assert len(deals_of(terminal)) == deals_count
        after(terminal, 10)
        assert [p.volume for p in terminal.positions_get() or ()] == [0.2]
        assert len(deals_of(terminal)) == 2


def test_b29_a_position_that_is_closed_whole_is_still_listed() -> None:
    terminal, _ = disturbed("B29@delay_s:10")
    ticket = opened(terminal, buy("EURUSD", 0.3))
    answered(terminal, sell("EURUSD", 0.3, position=ticket))
    assert [p.ticket for p in terminal.positions_get(ticket=ticket) or ()] == [ticket]
    assert terminal.positions_get(ticket=ticket + 1) == ()
    assert terminal.positions_total() == 1
    assert after(terminal, 10).positions_total() == 0


def test_b45_a_removed_order_is_gone_and_then_fills() -> None:
    terminal, _ = disturbed("B45@delay_s:5")
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.05, magic=4))
    assert answered(terminal, {"action": 8, "order": ticket}).retcode == DONE
    assert (terminal.orders_total(), terminal.positions_total()) == (0, 0)
    assert terminal.history_orders_get(ticket=ticket) == ()
    (position,) = after(terminal, 5).positions_get() or ()
    assert (position.ticket, position.price_open, position.magic) == (ticket, 1.05, 4)
    assert terminal.orders_total() == 0


def test_requests_the_package_does_not_accept_concern_no_fault() -> None:
    terminal, plan = disturbed("B10", "B03", "B05")
    assert terminal.order_send(buy("EURUSD", 1)) is None  # an int is no volume
    assert terminal.last_error() == (-2, 'Invalid "volume" argument')
    assert terminal.order_send(1) is None
    assert plan.fired == []
    assert isinstance(plan, FaultPlan)
