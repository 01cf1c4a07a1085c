"""Netting accounts: one position per symbol (BEHAVIOUR 11, 13)."""

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

from bot.simulator.config import EXCHANGE, NETTING, AccountConfig, CommissionSplit
from bot.simulator.structs import TradeDeal, TradePosition
from bot.simulator.terminal import SimulatedTerminal

NETTED = AccountConfig(margin_mode=NETTING, balance_money=1_000_000.0)
ROWS = [(0.0, BID, ASK), (60.0, 1.2, 1.2002), (120.0, 1.05, 1.0502)]


def netting(*rows: tuple[float, float, float], **changes: object) -> SimulatedTerminal:
    contract = contract_of("EURUSD", **changes)
    return terminal_of({"EURUSD": rows or ROWS}, {"EURUSD": contract}, NETTED)


def position_of(terminal: SimulatedTerminal) -> TradePosition:
    positions = terminal.positions_get()
    assert positions is not None
    (position,) = positions
    return position


def deals_of(terminal: SimulatedTerminal, position_id: int) -> list[TradeDeal]:
    return list(terminal.history_deals_get(position=position_id) or ())


def test_the_same_side_adds_to_the_position_at_the_weighted_opening_price() -> None:
    terminal = netting()
    first = opened(terminal, buy("EURUSD", 0.1))
    second = opened(after(terminal, 60), buy("EURUSD", 0.3))
    position = position_of(terminal)
    assert (position.ticket, position.identifier, position.volume) == (first, first, 0.4)
    assert position.price_open == pytest.approx((ASK * 0.1 + 1.2002 * 0.3) / 0.4, abs=1e-12)
    assert [(d.entry, d.position_id, d.order) for d in deals_of(terminal, first)] == [
        (0, first, first),
        (0, first, second),
    ]


def test_the_opposite_side_reduces_and_at_the_end_closes() -> None:
    terminal = netting()
    ticket = opened(terminal, buy("EURUSD", 0.3))
    opened(after(terminal, 60), sell("EURUSD", 0.1))
    assert (position_of(terminal).volume, position_of(terminal).price_open) == (0.2, ASK)
    opened(terminal, sell("EURUSD", 0.2))
    assert terminal.positions_get() == ()
    deals = deals_of(terminal, ticket)
    assert [(d.entry, d.volume) for d in deals] == [(0, 0.3), (1, 0.1), (1, 0.2)]
    assert [d.profit for d in deals] == [0.0, 998.0, 1996.0]


def test_a_larger_opposite_order_reverses_in_one_deal_and_keeps_the_identifier() -> None:
    terminal = netting()
    first = opened(terminal, buy("EURUSD", 0.1, magic=7, comment="long"))
    second = opened(after(terminal, 60), sell("EURUSD", 0.4, magic=8, comment="short"))
    position = position_of(terminal)
    assert (position.ticket, position.identifier) == (second, first)
    assert (position.type, position.volume, position.price_open) == (1, 0.3, 1.2)
    assert (position.magic, position.comment) == (8, "short")
    deal = deals_of(terminal, first)[-1]
    assert (deal.entry, deal.volume, deal.profit, deal.order) == (2, 0.4, 998.0, second)
    assert [o.position_id for o in terminal.history_orders_get(ticket=second) or ()] == [first]


def test_levels_are_replaced_on_increase_and_reversal_and_untouched_on_reduction() -> None:
    terminal = netting()
    opened(terminal, buy("EURUSD", 0.2, sl=1.0, tp=1.5))
    opened(terminal, sell("EURUSD", 0.1, sl=1.4, tp=1.05))
    assert (position_of(terminal).sl, position_of(terminal).tp) == (1.0, 1.5)
    opened(terminal, buy("EURUSD", 0.1, sl=1.01))
    assert (position_of(terminal).sl, position_of(terminal).tp) == (1.01, 0.0)
    opened(terminal, sell("EURUSD", 0.5, tp=0.9))
    assert (position_of(terminal).sl, position_of(terminal).tp) == (0.0, 0.9)


def test_the_symbol_decides_whatever_ticket_a_deal_names() -> None:
    terminal = netting()
    ticket = opened(terminal, buy("EURUSD", 0.2))
    opened(terminal, sell("EURUSD", 0.1, position=ticket))
    opened(terminal, sell("EURUSD", 0.1, position=999))
    assert terminal.positions_get() == ()


def test_levels_of_a_netted_position_are_set_by_symbol_alone() -> None:
    terminal = netting()
    opened(terminal, buy("EURUSD", 0.2))
    assert retcode(terminal, {"action": 6, "symbol": "EURUSD", "sl": 1.0, "tp": 1.3}) == DONE
    assert (position_of(terminal).sl, position_of(terminal).tp) == (1.0, 1.3)


def test_levels_by_symbol_need_a_netting_account_and_a_position() -> None:
    request: dict[str, object] = {"action": 6, "symbol": "EURUSD", "sl": 1.0}
    assert retcode(netting(), request) == 10036
    hedging = terminal_of({"EURUSD": ROWS})
    opened(hedging, buy("EURUSD", 0.2))
    assert retcode(hedging, request) == 10013


def test_positions_cannot_be_closed_by_each_other_where_there_is_only_one() -> None:
    terminal = netting()
    ticket = opened(terminal, buy("EURUSD", 0.2))
    request: dict[str, object] = {"action": 10, "position": ticket, "position_by": ticket}
    assert retcode(terminal, request) == 10013


def test_a_triggered_pending_order_is_netted_like_a_market_order() -> None:
    terminal = netting()
    ticket = opened(terminal, buy("EURUSD", 0.1))
    opened(terminal, pending("EURUSD", 3, 0.3, 1.15, sl=1.3))
    after(terminal, 60)
    position = position_of(terminal)
    assert (position.identifier, position.type, position.volume) == (ticket, 1, 0.2)
    assert (position.price_open, position.sl) == (1.15, 1.3)


def test_a_stop_closes_the_whole_netted_position_as_an_exit() -> None:
    terminal = netting()
    ticket = opened(terminal, buy("EURUSD", 0.1, sl=1.08))
    opened(terminal, buy("EURUSD", 0.1, sl=1.09))
    after(terminal, 120)
    deal = deals_of(terminal, ticket)[-1]
    assert (deal.entry, deal.reason, deal.volume, deal.price) == (1, 4, 0.2, 1.05)
    assert deal.comment == "[sl 1.09000]"


def test_volume_and_its_time_move_together_levels_and_swap_move_neither() -> None:
    terminal = netting()
    opened(terminal, buy("EURUSD", 0.1))
    opened_ms = position_of(terminal).time_msc
    after(terminal, 60)
    assert retcode(terminal, {"action": 6, "symbol": "EURUSD", "sl": 1.0}) == DONE
    assert position_of(terminal).time_update_msc == opened_ms
    opened(terminal, buy("EURUSD", 0.1, sl=1.0))
    assert position_of(terminal).time_update_msc == opened_ms + 60_000
    assert position_of(terminal).time_msc == opened_ms


def test_margin_follows_the_net_position() -> None:
    terminal = netting()

    def margin() -> float:
        info = terminal.account_info()
        assert info is not None
        return info.margin

    opened(terminal, buy("EURUSD", 1.0))
    single = margin()
    opened(terminal, buy("EURUSD", 1.0))
    assert margin() == pytest.approx(2 * single, abs=0.01)
    opened(terminal, sell("EURUSD", 0.5))
    assert margin() == pytest.approx(1.5 * single, abs=0.01)
    check = terminal.order_check(sell("EURUSD", 2.5))
    assert check is not None
    assert check.margin == pytest.approx(single, abs=0.01)
    opened(terminal, sell("EURUSD", 2.5))
    assert margin() == pytest.approx(single, abs=0.01)


def test_a_reduction_needs_no_free_margin_and_a_reversal_only_that_of_the_rest() -> None:
    account = AccountConfig(margin_mode=NETTING, balance_money=1_200.0, stop_out_level=1.0)
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1)]}, None, account)
    opened(terminal, buy("EURUSD", 1.0))
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10019
    assert retcode(terminal, sell("EURUSD", 2.2)) == 10019
    assert retcode(terminal, sell("EURUSD", 2.0)) == DONE


def test_close_only_allows_reduction_but_neither_increase_nor_reversal() -> None:
    terminal = netting()
    opened(terminal, buy("EURUSD", 0.2))
    closing = netting(trade_mode=3)
    assert retcode(closing, buy("EURUSD", 0.1)) == 10044
    terminal.operator.respecify("EURUSD", trade_mode=3)
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10044
    assert retcode(terminal, sell("EURUSD", 0.3)) == 10044
    assert retcode(terminal, sell("EURUSD", 0.2)) == DONE


def test_the_limits_count_what_the_net_position_becomes() -> None:
    account = AccountConfig(margin_mode=NETTING, limit_positions=1, balance_money=1e6)
    contract = contract_of("EURUSD", volume_limit=1.0)
    quotes = {"EURUSD": [(0.0, BID, ASK)], "GBPUSD": [(0.0, 1.3, 1.3002)]}
    terminal = terminal_of(quotes, {"EURUSD": contract}, account)
    opened(terminal, buy("EURUSD", 1.0))
    assert retcode(terminal, buy("EURUSD", 0.01)) == 10034
    assert retcode(terminal, sell("EURUSD", 2.01)) == 10034
    assert retcode(terminal, sell("EURUSD", 2.0)) == DONE
    assert retcode(terminal, buy("GBPUSD", 0.1)) == 10040


def test_inside_the_freeze_level_a_netted_position_is_not_reduced() -> None:
    terminal = netting((0.0, BID, ASK), (60.0, 1.0951, 1.0953), freeze_level=50)
    opened(terminal, buy("EURUSD", 0.2, sl=1.095))
    after(terminal, 60)
    assert retcode(terminal, sell("EURUSD", 0.1)) == 10029
    assert retcode(terminal, buy("EURUSD", 0.1, sl=1.08)) == DONE


def test_half_the_commission_is_charged_on_each_part_of_a_reversal() -> None:
    account = AccountConfig(
        margin_mode=NETTING, commission_split=CommissionSplit.HALF, balance_money=1e6
    )
    contract = contract_of("EURUSD", commission_money_per_lot_round_trip=4.0)
    terminal = terminal_of({"EURUSD": ROWS}, {"EURUSD": contract}, account)
    ticket = opened(terminal, buy("EURUSD", 1.0))
    opened(terminal, sell("EURUSD", 3.0))
    assert [d.commission for d in deals_of(terminal, ticket)] == [-2.0, -6.0]


def test_an_exchange_account_nets_too_and_says_so() -> None:
    account = AccountConfig(margin_mode=EXCHANGE)
    terminal = terminal_of({"EURUSD": ROWS}, None, account)
    opened(terminal, buy("EURUSD", 0.1))
    opened(terminal, sell("EURUSD", 0.1))
    info = terminal.account_info()
    assert info is not None
    assert (info.margin_mode, terminal.positions_total()) == (1, 0)


SIDES = st.lists(st.tuples(st.sampled_from([1, -1]), st.integers(1, 30)), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(SIDES)
def test_any_sequence_nets_to_the_sum_and_the_balance_to_the_deals(
    orders: list[tuple[int, int]],
) -> None:
    rows = [
        (60.0 * n, round(1.1 + 0.003 * (n % 5), 5), round(1.1002 + 0.003 * (n % 5), 5))
        for n in range(len(orders) + 1)
    ]
    terminal = netting(*rows)
    net = 0
    for number, (side, hundredths) in enumerate(orders):
        make = buy if side > 0 else sell
        opened(after(terminal, 60.0 * number), make("EURUSD", hundredths / 100))
        net += side * hundredths
        positions = terminal.positions_get() or ()
        held = sum((1 - 2 * p.type) * round(p.volume * 100) for p in positions)
        assert (held, len(positions)) == (net, int(net != 0))
    deals = terminal.history_deals_get(1, 2_000_000_000) or ()
    info = terminal.account_info()
    assert info is not None
    booked = sum(round((d.profit + d.swap + d.commission + d.fee) * 100) for d in deals)
    assert round(info.balance * 100) == booked


@settings(max_examples=60, deadline=None)
@given(SIDES)
def test_trading_to_and_fro_costs_what_the_fills_say_to_a_cent_a_deal(
    orders: list[tuple[int, int]],
) -> None:
    terminal = netting(*[(60.0 * n, 1.1 + 0.001 * n, 1.1002 + 0.001 * n) for n in range(14)])
    cash = 0.0
    net = sum(side * hundredths for side, hundredths in orders)
    for number, (side, hundredths) in enumerate(orders):
        make = buy if side > 0 else sell
        result = terminal.order_send(make("EURUSD", hundredths / 100))
        assert result is not None
        cash -= side * hundredths * result.price * 1_000.0
        after(terminal, 60.0 * (number + 1))
    if net:
        make = sell if net > 0 else buy
        result = terminal.order_send(make("EURUSD", abs(net) / 100))
        assert result is not None
        cash += net * result.price * 1_000.0
    info = terminal.account_info()
    assert info is not None
    assert terminal.positions_total() == 0
    assert info.balance - 1_000_000.0 == pytest.approx(cash, abs=0.011 * (len(orders) + 1))
