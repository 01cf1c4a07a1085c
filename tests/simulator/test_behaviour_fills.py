"""Filling modes against what the market offers, and what orders leave behind (BEHAVIOUR 11)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator_builders import (
    ASK,
    BID,
    DONE,
    after,
    buy,
    contract_of,
    opened,
    pending,
    retcode,
    sell,
    terminal_of,
)

from bot.simulator.config import NETTING, AccountConfig
from bot.simulator.liquidity import SteppedLiquidity
from bot.simulator.structs import OrderSendResult, TradeOrder, TradePosition
from bot.simulator.terminal import SimulatedTerminal

FOK, IOC, RETURN, BOC = range(4)
EXCHANGE_EXECUTION, INSTANT = 3, 1
CANCELED, PARTIAL, FILLED, REJECTED = 2, 3, 4, 5
ROWS = [(60.0 * n, BID, ASK) for n in range(5)]


def thin(
    *rows: tuple[float, float, float], account: AccountConfig | None = None, **changes: object
) -> SimulatedTerminal:
    """Half a lot a side and quote, exchange execution unless told otherwise."""
    usual: dict[str, object] = {
        "liquidity_lots": 0.5,
        "exemode": EXCHANGE_EXECUTION,
        "filling_mask": 7,
    }
    contract = contract_of("EURUSD", **(usual | changes))
    rich = account or AccountConfig(balance_money=1_000_000.0)
    return terminal_of({"EURUSD": rows or ROWS}, {"EURUSD": contract}, rich)


def sent(terminal: SimulatedTerminal, request: dict[str, object]) -> OrderSendResult:
    result = terminal.order_send(request)
    assert result is not None
    return result


def positions_of(terminal: SimulatedTerminal) -> tuple[TradePosition, ...]:
    positions = terminal.positions_get()
    assert positions is not None
    return positions


def finished(terminal: SimulatedTerminal, ticket: int) -> TradeOrder:
    (order,) = terminal.history_orders_get(ticket=ticket) or ()
    return order


def resting(terminal: SimulatedTerminal) -> tuple[TradeOrder, ...]:
    orders = terminal.orders_get()
    assert orders is not None
    return orders


# --- market orders ---------------------------------------------------------------------------


def test_fill_or_kill_takes_all_or_nothing() -> None:
    terminal = thin()
    result = sent(terminal, buy("EURUSD", 0.51, type_filling=FOK))
    assert (result.retcode, result.deal, result.order, result.volume) == (10006, 0, 0, 0.0)
    assert positions_of(terminal) == ()
    assert sent(terminal, buy("EURUSD", 0.5, type_filling=FOK)).retcode == DONE


def test_immediate_or_cancel_takes_what_there_is_and_cancels_the_rest() -> None:
    terminal = thin()
    result = sent(terminal, buy("EURUSD", 0.8, type_filling=IOC))
    assert (result.retcode, result.volume, result.price) == (10010, 0.5, ASK)
    assert result.comment == "Request executed partially"
    assert [p.volume for p in positions_of(terminal)] == [0.5]
    order = finished(terminal, result.order)
    assert (order.state, order.volume_initial, order.volume_current) == (CANCELED, 0.8, 0.3)
    assert resting(terminal) == ()


def test_return_leaves_the_rest_as_a_partial_order_which_the_next_quotes_fill() -> None:
    terminal = thin()
    result = sent(terminal, buy("EURUSD", 1.2, type_filling=RETURN))
    assert (result.retcode, result.volume) == (10010, 0.5)
    (order,) = resting(terminal)
    assert (order.ticket, order.state, order.type) == (result.order, PARTIAL, 0)
    assert (order.volume_initial, order.volume_current) == (1.2, 0.7)
    assert order.position_id == result.order
    after(terminal, 60)
    assert (resting(terminal)[0].volume_current, positions_of(terminal)[0].volume) == (0.2, 1.0)
    after(terminal, 120)
    assert (resting(terminal), positions_of(terminal)[0].volume) == ((), 1.2)
    assert finished(terminal, result.order).state == FILLED
    deals = terminal.history_deals_get(ticket=result.order) or ()
    assert [(d.entry, d.volume, d.position_id) for d in deals] == [
        (0, volume, result.order) for volume in (0.5, 0.5, 0.2)
    ]


def test_each_quote_offers_its_volume_once_on_each_side() -> None:
    terminal = thin()
    assert sent(terminal, buy("EURUSD", 0.3, type_filling=FOK)).retcode == DONE
    assert sent(terminal, buy("EURUSD", 0.3, type_filling=IOC)).volume == 0.2
    assert sent(terminal, buy("EURUSD", 0.3, type_filling=IOC)).retcode == 10006
    assert sent(terminal, sell("EURUSD", 0.5, type_filling=FOK)).retcode == DONE
    assert sent(after(terminal, 60), buy("EURUSD", 0.5, type_filling=FOK)).retcode == DONE


def test_without_any_volume_left_return_is_accepted_and_waits() -> None:
    terminal = thin()
    opened(terminal, buy("EURUSD", 0.5, type_filling=FOK))
    result = sent(terminal, buy("EURUSD", 0.2, type_filling=RETURN))
    assert (result.retcode, result.deal, result.volume) == (10008, 0, 0.0)
    assert [o.state for o in resting(terminal)] == [1]
    after(terminal, 60)
    assert [p.volume for p in positions_of(terminal)] == [0.5, 0.2]


def test_a_partly_filled_order_revives_its_position_after_a_close() -> None:
    terminal = thin()
    ticket = sent(terminal, buy("EURUSD", 0.8, type_filling=RETURN)).order
    opened(terminal, sell("EURUSD", 0.5, position=ticket, type_filling=FOK))
    assert (positions_of(terminal), len(resting(terminal))) == ((), 1)
    after(terminal, 60)
    (position,) = positions_of(terminal)
    assert (position.ticket, position.identifier, position.volume) == (ticket, ticket, 0.3)


def test_a_resting_rest_can_be_removed_and_keeps_what_was_filled() -> None:
    terminal = thin()
    ticket = sent(terminal, buy("EURUSD", 0.8, type_filling=RETURN)).order
    assert retcode(terminal, {"action": 8, "order": ticket}) == DONE
    order = finished(terminal, ticket)
    assert (order.state, order.volume_current, order.position_id) == (CANCELED, 0.3, ticket)
    assert positions_of(after(terminal, 240))[0].volume == 0.5


# --- closing ---------------------------------------------------------------------------------


def test_a_close_is_filled_in_part_like_any_order() -> None:
    terminal = thin()
    ticket = sent(terminal, buy("EURUSD", 0.8, type_filling=RETURN)).order
    after(terminal, 60)
    result = sent(terminal, sell("EURUSD", 0.8, position=ticket, type_filling=IOC))
    assert (result.retcode, result.volume) == (10010, 0.5)
    assert positions_of(terminal)[0].volume == 0.3


def test_the_rest_of_a_close_waits_and_no_second_close_is_taken_meanwhile() -> None:
    terminal = thin()
    ticket = sent(terminal, buy("EURUSD", 0.8, type_filling=RETURN)).order
    after(terminal, 60)
    close = sell("EURUSD", 0.8, position=ticket, type_filling=RETURN)
    result = sent(terminal, close)
    assert result.retcode == 10010
    (order,) = resting(terminal)
    assert (order.position_id, order.volume_current) == (ticket, 0.3)
    assert retcode(terminal, sell("EURUSD", 0.1, position=ticket, type_filling=IOC)) == 10039
    after(terminal, 120)
    assert (positions_of(terminal), resting(terminal)) == ((), ())


def test_a_waiting_close_is_cancelled_when_its_position_is_gone() -> None:
    terminal = thin()
    ticket = sent(terminal, buy("EURUSD", 0.8, type_filling=RETURN)).order
    after(terminal, 60)
    waiting = sent(terminal, sell("EURUSD", 0.8, position=ticket, type_filling=RETURN)).order
    terminal.operator.close_position(ticket)
    assert resting(terminal) == ()
    assert finished(terminal, waiting).state == CANCELED


def test_a_stop_in_a_thin_market_closes_in_parts_each_at_its_own_quote() -> None:
    rows = [(0.0, BID, ASK), (60.0, BID, ASK), (120.0, 1.08, 1.0802), (180.0, 1.07, 1.0702)]
    terminal = thin(*rows)
    ticket = sent(terminal, buy("EURUSD", 0.8, type_filling=RETURN, sl=1.09)).order
    after(terminal, 200)
    exits = [d for d in terminal.history_deals_get(position=ticket) or () if d.entry == 1]
    assert [(d.volume, d.price, d.reason) for d in exits] == [(0.5, 1.08, 4), (0.3, 1.07, 4)]
    assert positions_of(terminal) == ()


# --- pending orders --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filling", "state", "held", "rests"),
    [(FOK, REJECTED, [], 0), (IOC, CANCELED, [0.5], 0), (RETURN, PARTIAL, [0.5], 1)],
)
def test_a_triggered_order_is_filled_by_its_mode(
    filling: int, state: int, held: list[float], rests: int
) -> None:
    terminal = thin((0.0, BID, ASK), (60.0, 1.12, 1.1202), (120.0, 1.13, 1.1302))
    ticket = opened(terminal, pending("EURUSD", 4, 0.8, 1.11, type_filling=filling))
    after(terminal, 60)
    assert [p.volume for p in positions_of(terminal)] == held
    orders = resting(terminal)
    assert len(orders) == rests
    shown = orders[0] if rests else finished(terminal, ticket)
    assert (shown.state, shown.volume_initial) == (state, 0.8)


def test_the_rest_of_a_limit_order_waits_for_its_price_that_of_a_stop_order_does_not() -> None:
    away = [(0.0, BID, ASK), (60.0, 1.0898, 1.09), (120.0, BID, ASK)]
    limit = thin(*away)
    opened(limit, pending("EURUSD", 2, 0.8, 1.09))
    assert [p.volume for p in positions_of(after(limit, 120))] == [0.5]
    stop = thin(*away)
    opened(stop, pending("EURUSD", 5, 0.8, 1.09))
    assert [p.volume for p in positions_of(after(stop, 120))] == [0.8]


def test_on_an_exchange_a_limit_order_behind_the_market_executes_at_once() -> None:
    terminal = thin()
    ticket = opened(terminal, pending("EURUSD", 2, 0.3, 1.2))
    assert [(p.ticket, p.price_open) for p in positions_of(terminal)] == [(ticket, 1.2)]
    elsewhere = thin(exemode=2, filling_mask=3)
    assert retcode(elsewhere, pending("EURUSD", 2, 0.3, 1.2)) == 10015


def test_book_or_cancel_never_executes_at_once() -> None:
    terminal = thin()
    result = sent(terminal, pending("EURUSD", 2, 0.3, 1.2, type_filling=BOC))
    assert (result.retcode, resting(terminal), positions_of(terminal)) == (10006, (), ())
    ticket = opened(terminal, pending("EURUSD", 2, 0.3, 1.05, type_filling=BOC))
    assert [o.ticket for o in resting(terminal)] == [ticket]


def test_a_stop_limit_in_book_or_cancel_rests_as_a_limit_order() -> None:
    terminal = thin((0.0, BID, ASK), (60.0, 1.1208, 1.121), (120.0, 1.0998, 1.1))
    opened(terminal, pending("EURUSD", 6, 0.3, 1.11, stoplimit=1.1, type_filling=BOC))
    assert [(o.type, o.price_open) for o in resting(after(terminal, 60))] == [(2, 1.1)]
    assert [p.price_open for p in positions_of(after(terminal, 120))] == [1.1]


# --- steps -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("steps", "volumes"), [(1, [0.9]), (2, [0.45, 0.45]), (3, [0.3] * 3)])
def test_fills_can_be_asked_for_in_steps(steps: int, volumes: list[float]) -> None:
    terminal = thin(liquidity_lots=0.0)
    terminal.operator.fill_by(SteppedLiquidity(steps))
    ticket = sent(terminal, buy("EURUSD", 0.9, type_filling=RETURN)).order
    after(terminal, 240)
    deals = terminal.history_deals_get(ticket=ticket) or ()
    assert [d.volume for d in deals] == volumes
    assert positions_of(terminal)[0].volume == 0.9


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 30),
    st.lists(
        st.tuples(
            st.sampled_from([FOK, IOC, RETURN]), st.integers(1, 99), st.sampled_from([buy, sell])
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([NETTING, 2]),
)
def test_initial_volume_is_what_was_dealt_and_what_is_left(
    offered: int, orders: list[tuple[int, int, object]], margin_mode: int
) -> None:
    account = AccountConfig(balance_money=1e7, margin_mode=margin_mode)
    terminal = thin(
        *[(60.0 * n, BID, ASK) for n in range(60)], account=account, liquidity_lots=offered / 100
    )
    for number, (filling, hundredths, make) in enumerate(orders):
        request = make("EURUSD", hundredths / 100, type_filling=filling)  # type: ignore[operator]
        sent(after(terminal, 60.0 * number), request)
    after(terminal, 3_540)
    rows = (*(terminal.history_orders_get(1, 2_000_000_000) or ()), *resting(terminal))
    for row in rows:
        deals = terminal.history_deals_get(ticket=row.ticket) or ()
        dealt = round(sum(d.volume for d in deals), 8)
        assert row.volume_initial == round(dealt + row.volume_current, 8)
        assert (row.state == FILLED) == (row.volume_current == 0.0)
    net = sum((1 - 2 * p.type) * round(p.volume * 100) for p in positions_of(terminal))
    deals = terminal.history_deals_get(1, 2_000_000_000) or ()
    assert net == sum((1 - 2 * d.type) * round(d.volume * 100) for d in deals if d.type < 2)
