from __future__ import annotations

import pytest
from simulator_builders import (
    ASK,
    BID,
    DONE,
    START_S,
    WALL_S,
    after,
    buy,
    opened,
    pending,
    retcode,
    sell,
    terminal_of,
    terminal_with,
)

from bot.simulator.structs import OrderSendResult
from bot.simulator.terminal import SimulatedTerminal

ALL_DAYS = (START_S - 86_400, START_S + 90 * 86_400)


def answer(terminal: SimulatedTerminal, request: dict[str, object]) -> OrderSendResult:
    """The result of a request that reached the server."""
    result = terminal.order_send(request)
    assert result is not None
    return result


def test_a_deal_answers_with_tickets_volume_price_and_quote() -> None:
    terminal = terminal_with()
    result = answer(terminal, buy("EURUSD", 0.1, comment="key"))
    assert (result.retcode, result.comment) == (DONE, "Request executed")
    assert (result.volume, result.price, result.bid, result.ask) == (0.1, ASK, BID, ASK)
    assert result.deal != result.order > 0
    assert result.request.comment == "key"


def test_a_placed_order_answers_10009_without_deal_or_price() -> None:
    result = answer(terminal_with(), pending("EURUSD", 2, 0.1, 1.0))
    assert (result.retcode, result.deal, result.price, result.volume) == (DONE, 0, 0.0, 0.1)
    assert result.order > 0
    assert (result.bid, result.ask) == (BID, ASK)


def test_changed_levels_answer_with_zeros() -> None:
    terminal = terminal_with()
    ticket = opened(terminal, buy("EURUSD", 0.1))
    result = answer(terminal, {"action": 6, "position": ticket, "sl": 1.0, "tp": 1.2})
    assert result[:7] == (DONE, 0, 0, 0.0, 0.0, 0.0, 0.0)


def test_a_refusal_of_the_terminal_has_request_id_0_and_the_servers_counts_up() -> None:
    terminal = terminal_with()
    refused = answer(terminal, buy("EURUSD", 0.001))
    assert refused[:8] == (10014, 0, 0, 0.0, 0.0, 0.0, 0.0, "Invalid volume")
    assert refused.request_id == 0
    assert refused.request.volume == 0.001
    ids = [answer(terminal, buy("EURUSD", lots)).request_id for lots in (0.1, 100.0, 0.1)]
    assert ids == [1, 2, 3]  # the second has no money, which the server says


def test_order_deal_and_position_are_linked_and_found_by_each_id() -> None:
    terminal = terminal_with()
    entry = answer(terminal, buy("EURUSD", 0.3, magic=7, comment="in"))
    leave = answer(terminal, sell("EURUSD", 0.3, position=entry.order, magic=8, comment="out"))
    deals = terminal.history_deals_get(position=entry.order) or ()
    assert [(d.ticket, d.order) for d in deals] == [
        (entry.deal, entry.order),
        (leave.deal, leave.order),
    ]
    assert [(d.entry, d.magic, d.comment, d.reason) for d in deals] == [
        (0, 7, "in", 3),
        (1, 8, "out", 3),
    ]
    orders = terminal.history_orders_get(position=entry.order) or ()
    assert [(o.ticket, o.state, o.position_id) for o in orders] == [
        (entry.order, 4, entry.order),
        (leave.order, 4, entry.order),
    ]
    assert [(o.volume_initial, o.volume_current) for o in orders] == [(0.3, 0.0)] * 2
    by_order = terminal.history_deals_get(ticket=leave.order) or ()
    assert [d.ticket for d in by_order] == [leave.deal]
    assert terminal.history_deals_get(ticket=leave.deal) == ()
    assert terminal.history_orders_get(ticket=1) == ()
    assert terminal.last_error() == (1, "Success")


def test_order_and_deal_tickets_come_from_different_sequences() -> None:
    terminal = terminal_with()
    results = [answer(terminal, buy("EURUSD", 0.1)) for _ in range(5)]
    assert not {r.order for r in results} & {r.deal for r in results}
    assert [r.order - results[0].order for r in results] == [0, 1, 2, 3, 4]


def test_a_partial_close_keeps_ticket_open_price_levels_and_comment() -> None:
    terminal = terminal_of({"EURUSD": [(0, BID, ASK), (60, 1.101, 1.1012)]})
    ticket = opened(terminal, buy("EURUSD", 0.5, sl=1.0, tp=1.2, comment="c", magic=3))
    before = (terminal.positions_get() or ())[0]
    after(terminal, 60)
    closed = answer(terminal, sell("EURUSD", 0.2, position=ticket))
    assert (closed.volume, closed.price) == (0.2, 1.101)
    rest = (terminal.positions_get() or ())[0]
    assert rest.volume == 0.3
    for field in ("ticket", "identifier", "price_open", "sl", "tp", "comment", "magic", "time"):
        assert getattr(rest, field) == getattr(before, field)
    assert rest.time_update == before.time_update + 60
    opened(terminal, sell("EURUSD", 0.3, position=ticket))
    assert terminal.positions_get() == ()
    deals = terminal.history_deals_get(position=ticket) or ()
    assert [(d.entry, d.volume, d.profit) for d in deals] == [
        (0, 0.5, 0.0),
        (1, 0.2, 16.0),
        (1, 0.3, 24.0),
    ]


def test_both_levels_are_replaced_and_an_omitted_one_is_removed() -> None:
    terminal = terminal_with()
    ticket = opened(terminal, buy("EURUSD", 0.1, sl=1.0, tp=1.2))
    before = (terminal.positions_get() or ())[0]
    opened(terminal, {"action": 6, "position": ticket, "symbol": "EURUSD", "sl": 1.05})
    moved = (terminal.positions_get() or ())[0]
    assert (moved.sl, moved.tp) == (1.05, 0.0)
    assert moved.time_update == before.time_update


def test_a_modified_order_resets_what_is_not_given_and_keeps_volume_and_kind() -> None:
    terminal = terminal_with()
    request = pending("EURUSD", 2, 0.1, 1.05, sl=1.0, tp=1.2, type_time=2, expiration=WALL_S + 60)
    ticket = opened(terminal, request)
    opened(terminal, {"action": 7, "order": ticket, "price": 1.04, "volume": 5.0, "type": 4})
    order = (terminal.orders_get() or ())[0]
    assert (order.ticket, order.type, order.volume_current) == (ticket, 2, 0.1)
    assert (order.price_open, order.sl, order.tp) == (1.04, 0.0, 0.0)
    assert (order.type_time, order.time_expiration) == (0, 0)


def test_a_removed_order_is_in_history_as_cancelled() -> None:
    terminal = terminal_with()
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.05, comment="c", magic=4))
    opened(terminal, {"action": 8, "order": ticket})
    assert terminal.orders_get() == ()
    row = (terminal.history_orders_get(ticket=ticket) or ())[0]
    assert (row.state, row.position_id, row.volume_current) == (2, 0, 0.1)
    assert (row.comment, row.magic, row.price_open) == ("c", 4, 1.05)
    assert terminal.history_deals_get(ticket=ticket) == ()
    assert retcode(terminal, {"action": 8, "order": ticket}) == 10013


def test_a_filled_pending_order_links_its_position_like_a_market_order() -> None:
    terminal = terminal_of({"EURUSD": [(0, BID, ASK), (60, 1.05, 1.0502)]})
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.06, comment="c", magic=4))
    after(terminal, 60)
    row = (terminal.history_orders_get(ticket=ticket) or ())[0]
    assert (row.state, row.position_id, row.type, row.volume_current) == (4, ticket, 2, 0.0)
    assert (row.time_setup, row.time_done) == (WALL_S, WALL_S + 60)
    deal = (terminal.history_deals_get(position=ticket) or ())[0]
    assert (deal.order, deal.entry, deal.price, deal.magic) == (ticket, 0, 1.06, 4)


def test_a_resting_order_shows_the_side_it_waits_for() -> None:
    terminal = terminal_with()
    opened(terminal, pending("EURUSD", 2, 0.1, 1.05))
    opened(terminal, pending("EURUSD", 3, 0.1, 1.15))
    shown = terminal.orders_get() or ()
    assert [(o.price_current, o.state, o.position_id) for o in shown] == [(ASK, 1, 0), (BID, 1, 0)]


def test_opposite_positions_close_by_each_other_without_spread() -> None:
    terminal = terminal_of({"EURUSD": [(0, BID, ASK), (60, 1.11, 1.1102)]})
    long = opened(terminal, buy("EURUSD", 0.5))
    after(terminal, 60)
    short = opened(terminal, sell("EURUSD", 0.3))
    result = answer(terminal, {"action": 10, "position": long, "position_by": short})
    assert (result.retcode, result.deal) == (DONE, 0)
    rest = terminal.positions_get() or ()
    assert [(p.ticket, p.volume) for p in rest] == [(long, 0.2)]
    deals = (terminal.history_deals_get(*ALL_DAYS) or ())[-2:]
    assert [(d.entry, d.position_id, d.volume, d.price, d.profit) for d in deals] == [
        (3, long, 0.3, 1.11, 294.0),
        (3, short, 0.3, 1.11, 0.0),
    ]
    order = (terminal.history_orders_get(ticket=result.order) or ())[0]
    assert (order.type, order.position_id, order.position_by_id) == (8, long, short)


def test_positions_of_one_side_cannot_close_each_other() -> None:
    terminal = terminal_with()
    first, second = (opened(terminal, buy("EURUSD", 0.1)) for _ in range(2))
    assert retcode(terminal, {"action": 10, "position": first, "position_by": second}) == 10013
    without = terminal_with(order_mask=63)
    pair = opened(without, buy("EURUSD", 0.1)), opened(without, sell("EURUSD", 0.1))
    assert retcode(without, {"action": 10, "position": pair[0], "position_by": pair[1]}) == 10035


def test_history_is_asked_in_inclusive_seconds_of_the_servers_clock() -> None:
    terminal = after(terminal_of({"EURUSD": [(0, BID, ASK), (60, BID, ASK)]}), 60)
    opened(terminal, buy("EURUSD", 0.1))
    at = WALL_S + 60
    for span, count in (((at, at), 1), ((at + 1, at + 9), 0), ((WALL_S, at), 2), ((at, WALL_S), 0)):
        assert terminal.history_deals_total(*span) == count
        assert len(terminal.history_deals_get(*span) or ()) == count
    assert terminal.history_orders_total(at, at) == 1
    assert len(terminal.history_orders_get(at, at, group="EUR*") or ()) == 1
    assert terminal.history_deals_get(WALL_S, at, group="*,!EUR*") == (
        (terminal.history_deals_get(WALL_S, WALL_S) or ())[0],
    )


def test_the_helpers_of_the_package_trade_and_close_everything() -> None:
    terminal = terminal_with(filling_mask=3)
    bought, sold = terminal.Buy("EURUSD", 0.1), terminal.Sell("EURUSD", 0.2, comment="s")
    assert bought is not None
    assert sold is not None
    assert (bought.retcode, sold.retcode) == (DONE, DONE)
    assert bought.request.deviation == 10
    assert terminal.Close("EURUSD", ticket=bought.order) is True
    assert terminal.positions_total() == 1
    assert terminal.Close("EURUSD") is True
    assert terminal.positions_total() == 0
    assert terminal.Close("EURUSD") is False


def test_the_close_helper_fails_loudly_without_a_connection() -> None:
    terminal = terminal_with()
    terminal.shutdown()
    with pytest.raises(TypeError, match="NoneType"):
        terminal.Close("EURUSD")


def test_the_helpers_try_ten_times_while_there_is_no_price_and_then_report_it() -> None:
    terminal = after(terminal_with(), 3 * 3600)  # the only quote is too old to trade on
    result = terminal.Buy("EURUSD", 0.1)
    assert result is not None
    assert (result.retcode, result.request_id) == (10021, 0)
    priced = terminal.Sell("EURUSD", 0.1, 1.1)
    assert priced is not None
    assert priced.retcode == 10021
    unknown = terminal.Buy("NOPE", 0.1)
    assert unknown is not None
    assert (unknown.retcode, unknown.request.price) == (10013, 0.0)


def test_the_close_helper_says_partially_when_one_position_is_frozen() -> None:
    terminal = terminal_with(freeze_level=100)
    opened(terminal, buy("EURUSD", 0.1, sl=1.0995))
    opened(terminal, buy("EURUSD", 0.1))
    assert terminal.Close("EURUSD") == "Partially"
    assert terminal.positions_total() == 1
    terminal.operator.switches.python_api = False
    assert terminal.Close("EURUSD") is None
