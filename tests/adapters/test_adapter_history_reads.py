import pytest
from adapters_fakes import (
    NOW_UTC_S,
    NOW_WALL_S,
    Fault,
    deal_row,
    order_row,
    position_row,
    reason_of,
    symbol_row,
    tick_row,
    value_of,
)
from test_adapter_book_reads import a_world

from bot.model.broker import BrokerDeal, DealEntry, DealReason, OrderState

DAY_S = 86_400


def test_a_deal_is_read_whole():
    terminal, _, client = a_world()
    terminal.deals = (
        deal_row(
            type=1, entry=1, reason=4, profit=-50.0, swap=-1.0, commission=-2.0, fee=-0.5, magic=3
        ),
    )

    assert value_of(client.deals(NOW_UTC_S)) == (
        BrokerDeal(
            ticket=300,
            order_ticket=81,
            position_id=81,
            symbol="EURUSD",
            side=-1,
            entry=DealEntry.OUT,
            reason=DealReason.STOP,
            lots=0.5,
            price=1.1,
            profit_money=-50.0,
            swap_money=-1.0,
            commission_money=-2.0,
            fee_money=-0.5,
            magic=3,
            comment="",
            time_utc_s=NOW_UTC_S,
        ),
    )


@pytest.mark.parametrize("kind", [*range(2, 18), 99])
def test_what_is_neither_a_buy_nor_a_sell_is_cash_or_a_charge(kind):
    terminal, _, client = a_world()
    terminal.deals = (deal_row(type=kind, symbol="", volume=0.0, price=0.0, profit=500.0),)

    deal = value_of(client.deals(NOW_UTC_S))[0]

    is_cash = kind in (2, 3)  # balance and credit; commissions, dividends and the rest cost money
    expected = DealEntry.NONE if is_cash else DealEntry.CHARGE
    assert (deal.symbol, deal.side, deal.entry) == ("", 0, expected)
    assert deal.reason == DealReason.OTHER
    assert deal.profit_money == 500.0


@pytest.mark.parametrize(
    ("entry", "read_as"),
    [(0, DealEntry.IN), (1, DealEntry.OUT), (2, DealEntry.REVERSE), (3, DealEntry.OUT_BY)],
)
def test_every_entry_of_a_trade_deal_is_known(entry, read_as):
    terminal, _, client = a_world()
    terminal.deals = (deal_row(entry=entry),)

    assert value_of(client.deals(NOW_UTC_S))[0].entry == read_as


@pytest.mark.parametrize(
    ("reason", "read_as"),
    [
        (0, DealReason.MANUAL),
        (2, DealReason.MANUAL),
        (3, DealReason.EXPERT),
        (4, DealReason.STOP),
        (5, DealReason.TARGET),
        (6, DealReason.STOP_OUT),
        (7, DealReason.ROLLOVER),
        (10, DealReason.OTHER),
    ],
)
def test_every_reason_of_a_deal_has_a_name(reason, read_as):
    terminal, _, client = a_world()
    terminal.deals = (deal_row(reason=reason),)

    assert value_of(client.deals(NOW_UTC_S))[0].reason == read_as


@pytest.mark.parametrize("changes", [{"entry": 4}, {"profit": float("nan")}, {"ticket": 0}])
def test_one_impossible_deal_makes_the_history_unknown(changes):
    terminal, _, client = a_world()
    terminal.deals = (deal_row(**changes),)

    assert "deal" in reason_of(client.deals(NOW_UTC_S))


def test_history_is_asked_in_server_time_well_past_the_newest_deal():
    terminal, _clock, client = a_world()
    client.deals(NOW_UTC_S)

    first_s, last_s = terminal.calls_of("history_deals_get")[0]

    assert first_s == NOW_WALL_S - DAY_S
    assert last_s == NOW_WALL_S + 60 + DAY_S
    assert isinstance(first_s, int)
    assert isinstance(last_s, int)


def test_history_from_the_beginning_never_asks_from_zero():
    terminal, _, client = a_world()
    client.deals(0.0)

    assert terminal.calls_of("history_deals_get")[0][0] >= 1


def test_deals_before_the_asked_moment_are_left_out_and_doubles_count_once():
    terminal, _, client = a_world()
    terminal.deals = (
        deal_row(ticket=303),
        deal_row(ticket=301, time_msc=int(NOW_WALL_S * 1000) - 1),
        deal_row(ticket=302),
        deal_row(ticket=302),
    )

    assert [deal.ticket for deal in value_of(client.deals(NOW_UTC_S))] == [302, 303]


def test_a_history_that_cannot_be_read_is_unknown():
    terminal, _, client = a_world()
    terminal.break_next("history_deals_get", Fault(error=(-2, "Terminal: Invalid params")))
    terminal.break_next("history_orders_get", Fault(error=(-2, "Terminal: Invalid params")))

    assert "-2" in reason_of(client.deals(NOW_UTC_S))
    assert "-2" in reason_of(client.finished_orders(NOW_UTC_S))


def done_row(ticket: int, state: int, done_wall_s: float = NOW_WALL_S, **changes):
    return order_row(
        ticket=ticket,
        state=state,
        time_done=int(done_wall_s),
        time_done_msc=int(done_wall_s * 1000),
        volume_current=0.0,
        **changes,
    )


def test_an_order_that_rested_a_week_is_found_by_when_it_ended():
    terminal, _, client = a_world()
    week_ago = int(NOW_WALL_S) - 7 * DAY_S
    terminal.done_orders = (
        done_row(91, 4, time_setup=week_ago, time_setup_msc=week_ago * 1000),
        done_row(92, 6, done_wall_s=NOW_WALL_S - 1),
    )

    found = value_of(client.finished_orders(NOW_UTC_S))

    assert [(order.ticket, order.state) for order in found] == [(91, OrderState.FILLED)]
    assert found[0].placed_utc_s == NOW_UTC_S - 7 * DAY_S
    assert terminal.calls_of("history_orders_get")[0][0] <= week_ago


def test_an_order_listed_twice_is_told_once_in_its_final_state():
    terminal, _, client = a_world()
    terminal.done_orders = (done_row(91, 4), done_row(91, 1), done_row(90, 2))

    found = value_of(client.finished_orders(NOW_UTC_S))

    assert [(order.ticket, order.state) for order in found] == [
        (90, OrderState.CANCELLED),
        (91, OrderState.FILLED),
    ]


def test_a_finished_order_of_another_shape_makes_the_history_unknown():
    terminal, _, client = a_world()
    terminal.done_orders = (object(),)

    assert "finished order" in reason_of(client.finished_orders(NOW_UTC_S))


def test_a_deal_the_server_revised_is_told_as_revised():
    terminal, _, client = a_world()
    terminal.deals = (deal_row(),)
    client.deals(NOW_UTC_S)
    terminal.deals = (deal_row(commission=-2.0),)

    assert value_of(client.deals(NOW_UTC_S))[0].commission_money == -2.0


def test_times_follow_when_the_servers_clock_turns_out_to_be_another():
    terminal, clock, client = a_world()
    terminal.open_positions = (position_row(),)
    terminal.open_orders = (order_row(),)
    terminal.deals = (deal_row(),)
    reads = (client.positions, client.orders, lambda: client.deals(NOW_UTC_S - DAY_S))
    before = [value_of(read())[0] for read in reads]
    for _ in range(12):
        clock.sleep(10.0)
        terminal.ticks["EURUSD"] = tick_row(wall_s=clock.now_utc_s() + 2 * 3600)
        client.quote("EURUSD")

    after = [value_of(read())[0] for read in reads]

    assert after[0].opened_utc_s == before[0].opened_utc_s + 3600
    assert after[1].placed_utc_s == before[1].placed_utc_s + 3600
    assert after[2].time_utc_s == before[2].time_utc_s + 3600


def test_names_follow_when_a_reconnect_maps_them_anew():
    terminal, clock, client = a_world()
    terminal.open_positions = (position_row(),)
    assert value_of(client.positions())[0].symbol == "EURUSD"
    terminal.symbols = {"EURUSD": symbol_row(trade_mode=0)}
    value_of(client.connect())
    clock.sleep(60.0)

    assert value_of(client.positions())[0].symbol == "EURUSD@broker"


def test_the_memory_of_converted_deals_is_bounded():
    terminal, _, client = a_world()
    terminal.deals = tuple(deal_row(ticket=ticket) for ticket in range(1, 2_502))

    assert len(value_of(client.deals(NOW_UTC_S))) == 2_501
    assert len(value_of(client.deals(NOW_UTC_S))) == 2_501
