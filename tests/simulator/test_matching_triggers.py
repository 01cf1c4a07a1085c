from __future__ import annotations

import pytest
from simulator_builders import START_S, after, buy, contract_of, pending, sell, terminal_of

from bot.simulator.config import AccountConfig, LimitFill
from bot.simulator.structs import TradeDeal
from bot.simulator.terminal import SimulatedTerminal

BUY_LIMIT, SELL_LIMIT, BUY_STOP, SELL_STOP, BUY_STOP_LIMIT, SELL_STOP_LIMIT = range(2, 8)
REASON_EXPERT, REASON_SL, REASON_TP = 3, 4, 5
Rows = list[tuple[float, float, float]]


def market(*rows: tuple[float, float], account: AccountConfig | None = None) -> SimulatedTerminal:
    """EURUSD quotes (bid, ask), one a minute."""
    quotes: Rows = [(60.0 * minute, bid, ask) for minute, (bid, ask) in enumerate(rows)]
    return terminal_of({"EURUSD": quotes}, account=account)


def deals(terminal: SimulatedTerminal) -> list[TradeDeal]:
    """Every trading deal so far."""
    every = terminal.history_deals_get(START_S, START_S + 90 * 86_400)
    assert every is not None
    return [deal for deal in every if deal.type < 2]


def sent(terminal: SimulatedTerminal, request: dict[str, object]) -> int:
    """The order ticket of an accepted request."""
    result = terminal.order_send(request)
    assert result is not None
    assert result.retcode == 10009, result.comment
    return result.order


def test_a_buy_opens_at_the_ask_and_closes_at_the_bid() -> None:
    terminal = market((1.1, 1.1002))
    ticket = sent(terminal, buy("EURUSD", 0.5))
    sent(terminal, sell("EURUSD", 0.5, position=ticket))
    assert [(d.type, d.entry, d.price) for d in deals(terminal)] == [(0, 0, 1.1002), (1, 1, 1.1)]


def test_a_sell_opens_at_the_bid_and_closes_at_the_ask() -> None:
    terminal = market((1.1, 1.1002))
    ticket = sent(terminal, sell("EURUSD", 0.5))
    sent(terminal, buy("EURUSD", 0.5, position=ticket))
    assert [(d.type, d.entry, d.price) for d in deals(terminal)] == [(1, 0, 1.1), (0, 1, 1.1002)]


def test_a_long_stop_is_hit_by_bid_not_by_ask() -> None:
    terminal = market((1.1, 1.1002), (1.0991, 1.1010), (1.099, 1.0992))
    sent(terminal, buy("EURUSD", 0.1, sl=1.099))
    assert after(terminal, 60).positions_total() == 1
    assert after(terminal, 120).positions_total() == 0


def test_a_short_stop_is_hit_by_ask_alone_when_the_spread_widens() -> None:
    terminal = market((1.1, 1.1002), (1.1, 1.1009), (1.1, 1.101))
    sent(terminal, sell("EURUSD", 0.1, sl=1.101))
    assert after(terminal, 60).positions_total() == 1
    assert after(terminal, 120).positions_total() == 0
    assert deals(terminal)[-1].price == 1.101


def test_a_long_target_is_hit_by_bid_and_a_short_one_by_ask() -> None:
    terminal = market((1.1, 1.1002), (1.1009, 1.1011), (1.101, 1.1012), (1.0988, 1.099))
    sent(terminal, buy("EURUSD", 0.1, tp=1.101))
    sent(terminal, sell("EURUSD", 0.1, tp=1.099))
    assert after(terminal, 60).positions_total() == 2
    assert after(terminal, 120).positions_total() == 1
    assert after(terminal, 180).positions_total() == 0
    assert [d.price for d in deals(terminal)[2:]] == [1.101, 1.099]


def test_a_stop_jumped_by_a_gap_fills_at_the_first_price_behind_it() -> None:
    terminal = market((1.1, 1.1002), (1.09, 1.0902))
    sent(terminal, buy("EURUSD", 0.1, sl=1.099, magic=5, comment="mine"))
    last = deals(after(terminal, 60))[-1]
    assert (last.price, last.reason, last.magic) == (1.09, REASON_SL, 5)
    assert last.comment == "[sl 1.09900]"


def test_a_target_jumped_by_a_gap_fills_at_its_level_unless_the_account_says_better() -> None:
    rows = ((1.1, 1.1002), (1.12, 1.1202))
    prices = []
    for fill in (LimitFill.AT_LEVEL, LimitFill.AT_QUOTE):
        terminal = market(*rows, account=AccountConfig(limit_fill=fill))
        sent(terminal, buy("EURUSD", 0.1, tp=1.11))
        last = deals(after(terminal, 60))[-1]
        assert (last.reason, last.comment) == (REASON_TP, "[tp 1.11000]")
        prices.append(last.price)
    assert prices == [1.11, 1.12]


@pytest.mark.parametrize(
    ("kind", "price", "misses", "fills", "filled_price"),
    [
        (BUY_LIMIT, 1.09, (1.0895, 1.0901), (1.0895, 1.09), 1.09),
        (BUY_LIMIT, 1.09, (1.09, 1.0902), (1.08, 1.0802), 1.09),
        (SELL_LIMIT, 1.11, (1.1099, 1.112), (1.11, 1.1102), 1.11),
        (SELL_LIMIT, 1.11, (1.1099, 1.112), (1.13, 1.1302), 1.11),
        (BUY_STOP, 1.11, (1.1097, 1.1099), (1.1098, 1.11), 1.11),
        (BUY_STOP, 1.11, (1.1097, 1.1099), (1.12, 1.1202), 1.1202),
        (SELL_STOP, 1.09, (1.0901, 1.0903), (1.09, 1.0902), 1.09),
        (SELL_STOP, 1.09, (1.0901, 1.0903), (1.08, 1.0802), 1.08),
    ],
)
def test_a_pending_order_fills_on_its_own_side_of_the_quote(
    kind: int,
    price: float,
    misses: tuple[float, float],
    fills: tuple[float, float],
    filled_price: float,
) -> None:
    terminal = market((1.1, 1.1002), misses, fills)
    ticket = sent(terminal, pending("EURUSD", kind, 0.1, price, comment="p", magic=9))
    assert after(terminal, 60).orders_total() == 1
    assert after(terminal, 120).orders_total() == 0
    position = (terminal.positions_get() or ())[0]
    assert (position.ticket, position.identifier, position.price_open) == (
        ticket,
        ticket,
        filled_price,
    )
    assert (position.comment, position.magic, position.reason) == ("p", 9, REASON_EXPERT)


def test_a_limit_fills_at_the_better_quote_where_the_account_says_so() -> None:
    account = AccountConfig(limit_fill=LimitFill.AT_QUOTE)
    terminal = market((1.1, 1.1002), (1.08, 1.0802), account=account)
    sent(terminal, pending("EURUSD", BUY_LIMIT, 0.1, 1.09))
    assert (after(terminal, 60).positions_get() or ())[0].price_open == 1.0802


def test_a_stop_limit_order_becomes_a_limit_order_of_the_same_ticket() -> None:
    terminal = market((1.1, 1.1002), (1.1104, 1.1106), (1.1095, 1.1099), (1.1048, 1.105))
    ticket = sent(terminal, pending("EURUSD", BUY_STOP_LIMIT, 0.1, 1.11, stoplimit=1.105, sl=1.1))
    resting = (after(terminal, 60).orders_get() or ())[0]
    assert (resting.ticket, resting.type) == (ticket, BUY_LIMIT)
    assert (resting.price_open, resting.price_stoplimit) == (1.105, 0.0)
    assert after(terminal, 120).positions_total() == 0
    position = (after(terminal, 180).positions_get() or ())[0]
    assert (position.ticket, position.price_open, position.sl) == (ticket, 1.105, 1.1)


def test_a_sell_stop_limit_order_mirrors_it() -> None:
    terminal = market((1.1, 1.1002), (1.0898, 1.09), (1.0952, 1.0954))
    sent(terminal, pending("EURUSD", SELL_STOP_LIMIT, 0.1, 1.09, stoplimit=1.095))
    assert (after(terminal, 60).orders_get() or ())[0].type == SELL_LIMIT
    assert (after(terminal, 120).positions_get() or ())[0].price_open == 1.095


def test_an_order_and_its_stop_in_one_gap_open_now_and_stop_at_the_next_quote() -> None:
    terminal = market((1.1, 1.1002), (1.07, 1.0702), (1.0705, 1.0707))
    ticket = sent(terminal, pending("EURUSD", SELL_STOP, 0.1, 1.09, sl=1.095))
    sent(terminal, pending("EURUSD", BUY_LIMIT, 0.1, 1.095, sl=1.09))
    shown = after(terminal, 60).positions_get() or ()
    assert [(p.ticket, p.price_open) for p in shown] == [(ticket, 1.07), (ticket + 1, 1.095)]
    rest = after(terminal, 120).positions_get() or ()
    assert [p.ticket for p in rest] == [ticket]
    assert deals(terminal)[-1].price == 1.0705


def test_a_stop_set_at_the_price_is_judged_by_later_quotes_only() -> None:
    terminal = market((1.1, 1.1002), (1.1001, 1.1003), (1.1, 1.1002))
    sent(terminal, buy("EURUSD", 0.1, sl=1.1))
    assert terminal.positions_total() == 1
    assert after(terminal, 60).positions_total() == 1
    assert after(terminal, 120).positions_total() == 0


def test_quotes_of_one_millisecond_are_taken_one_after_the_other() -> None:
    rows: Rows = [(0, 1.1, 1.1002), (60, 1.095, 1.0952), (60, 1.101, 1.1012), (60, 1.103, 1.1032)]
    terminal = terminal_of({"EURUSD": rows})
    sent(terminal, buy("EURUSD", 0.1, sl=1.096))
    sent(terminal, pending("EURUSD", SELL_LIMIT, 0.1, 1.102))
    after(terminal, 60)
    assert deals(terminal)[1].price == 1.095
    assert deals(terminal)[2].price == 1.102
    tick = terminal.symbol_info_tick("EURUSD")
    assert tick is not None
    assert tick.bid == 1.103


def test_symbols_are_merged_in_time_order() -> None:
    terminal = terminal_of(
        {
            "EURUSD": [(0, 1.1, 1.1002), (120.5, 1.0, 1.0002)],
            "GBPUSD": [(0, 1.3, 1.3002), (120.4, 1.2, 1.2002), (121, 1.1, 1.1002)],
        }
    )
    for symbol, price in (("EURUSD", 1.05), ("GBPUSD", 1.25), ("GBPUSD", 1.15)):
        sent(terminal, pending(symbol, BUY_LIMIT, 0.01, price))
    after(terminal, 3600)
    opened = [(d.symbol, d.price, d.time_msc - (START_S + 10_800) * 1000) for d in deals(terminal)]
    assert opened == [
        ("GBPUSD", 1.25, 120_400),
        ("EURUSD", 1.05, 120_500),
        ("GBPUSD", 1.15, 121_000),
    ]


def test_closed_positions_and_idle_time_leave_no_trace_in_the_next_search() -> None:
    terminal = market(*[(1.1, 1.1002)] * 3, (1.09, 1.0902), (1.1, 1.1002), (1.08, 1.0802))
    ticket = sent(terminal, buy("EURUSD", 0.1, sl=1.05))
    after(terminal, 60)
    sent(terminal, sell("EURUSD", 0.1, position=ticket))
    after(terminal, 180)  # stands exactly on the quote 1.09, already seen
    sent(terminal, buy("EURUSD", 0.1, sl=1.085))
    assert after(terminal, 240).positions_total() == 1
    assert after(terminal, 300).positions_total() == 0
    assert deals(terminal)[-1].price == 1.08


def test_a_pending_order_without_margin_is_cancelled_instead_of_filled() -> None:
    terminal = market((1.1, 1.1002), (1.09, 1.0902))
    ticket = sent(terminal, pending("EURUSD", BUY_LIMIT, 20.0, 1.095))
    after(terminal, 60)
    assert terminal.positions_total() == terminal.orders_total() == 0
    row = (terminal.history_orders_get(ticket=ticket) or ())[0]
    assert (row.state, row.volume_current, row.position_id) == (2, 20.0, 0)


def test_long_spans_are_searched_like_short_ones() -> None:
    quiet: Rows = [(float(second), 1.1, 1.1002) for second in range(40_000)]
    rows = [*quiet, (40_000.0, 1.098, 1.0982), *[(40_001.0 + s, 1.1, 1.1002) for s in range(9)]]
    in_one_go, in_steps = terminal_of({"EURUSD": rows}), terminal_of({"EURUSD": rows})
    for terminal in (in_one_go, in_steps):
        sent(terminal, buy("EURUSD", 0.1, sl=1.099))
    after(in_one_go, 40_005)
    for second in range(0, 40_006, 7):
        after(in_steps, second)
    after(in_steps, 40_005)
    assert deals(in_one_go)[-1].time_msc == (START_S + 10_800 + 40_000) * 1000
    assert in_one_go.trace_hash() == in_steps.trace_hash()


def test_freeze_and_stop_levels_do_not_stop_the_server_itself() -> None:
    wide = {"EURUSD": contract_of("EURUSD", stops_level=50, freeze_level=50)}
    terminal = terminal_of(
        {"EURUSD": [(0, 1.1, 1.1002), (60, 1.0991, 1.0993), (61, 1.099, 1.0992)]}, wide
    )
    sent(terminal, buy("EURUSD", 0.1, sl=1.099))
    assert after(terminal, 61).positions_total() == 0
