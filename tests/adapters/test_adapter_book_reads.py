import pytest
from adapters_fakes import (
    NOW_UTC_S,
    NOW_WALL_S,
    Fault,
    ScriptedTerminal,
    a_client,
    account_row,
    order_row,
    position_row,
    reason_of,
    terminal_row,
    value_of,
)

from bot.adapters.clock import ManualClock
from bot.model.broker import (
    BrokerOrder,
    BrokerPosition,
    OrderKind,
    OrderState,
)

DAY_S = 86_400


def a_world(settled: bool = True):
    terminal = ScriptedTerminal()
    clock = ManualClock(NOW_UTC_S)
    client = a_client(terminal, clock)
    if settled:
        clock.sleep(60.0)
    return terminal, clock, client


def test_a_position_is_read_with_its_time_in_utc():
    terminal, _, client = a_world()
    terminal.open_positions = (
        position_row(
            ticket=82, identifier=81, type=1, profit=-3.5, swap=-0.2, magic=77, comment="s1.1"
        ),
    )

    assert value_of(client.positions()) == (
        BrokerPosition(
            ticket=82,
            position_id=81,
            symbol="EURUSD",
            side=-1,
            lots=0.5,
            open_price=1.1,
            stop_price=1.09,
            target_price=1.12,
            profit_money=-3.5,
            swap_money=-0.2,
            magic=77,
            comment="s1.1",
            opened_utc_s=NOW_UTC_S,
        ),
    )


def test_a_position_without_a_stop_is_read_as_such():
    terminal, _, client = a_world()
    terminal.open_positions = (position_row(sl=0.0, tp=0.0),)

    assert value_of(client.positions())[0].stop_price == 0.0


@pytest.mark.parametrize(
    "changes",
    [
        {"volume": 0.0},
        {"volume": float("nan")},
        {"price_open": float("inf")},
        {"sl": float("nan")},
        {"tp": -1.0},
        {"profit": float("nan")},
        {"type": 2},
        {"ticket": 0},
        {"volume": "0.5"},
        {"sl": None},
    ],
)
def test_one_impossible_position_makes_all_of_them_unknown(changes):
    terminal, _, client = a_world()
    terminal.open_positions = (position_row(), position_row(**changes))

    assert "position" in reason_of(client.positions())


def test_positions_that_cannot_be_read_are_unknown_not_empty():
    terminal, _, client = a_world()
    terminal.break_next("positions_get", Fault(error=(-10001, "IPC send failed")))

    assert "-10001" in reason_of(client.positions())


@pytest.mark.parametrize("answer", [[], {}, 7, "none"])
def test_an_answer_that_is_no_tuple_is_unknown(answer):
    terminal, _, client = a_world()
    terminal.break_next("positions_get", Fault(value=answer))

    assert "expected a tuple" in reason_of(client.positions())


def test_no_positions_and_no_margin_is_flat():
    _, _, client = a_world()

    assert value_of(client.positions()) == ()


def test_no_positions_while_margin_is_bound_is_unknown():
    terminal, _, client = a_world()
    terminal.account = account_row(margin=110.0)

    assert "binds 110.00 of margin" in reason_of(client.positions())


def test_no_positions_and_no_readable_account_is_unknown():
    terminal, _, client = a_world()
    terminal.break_next("account_info", Fault(error=(-10002, "IPC recv failed")))

    assert "cannot confirm" in reason_of(client.positions())


def test_soon_after_attaching_an_empty_book_is_asked_twice():
    terminal, _, client = a_world(settled=False)
    terminal.break_next("positions_get", Fault(value=()))
    terminal.open_positions = (position_row(),)

    assert len(value_of(client.positions())) == 1

    terminal.break_next("orders_get", Fault(value=()))
    terminal.open_orders = (order_row(),)
    assert len(value_of(client.orders())) == 1


def test_ten_seconds_after_attaching_an_empty_book_is_asked_once():
    terminal, _, client = a_world()
    terminal.calls.clear()

    client.orders()

    assert [name for name, _ in terminal.calls] == ["orders_get"]


def test_an_empty_book_while_the_server_link_is_down_is_unknown():
    terminal, _, client = a_world()
    terminal.terminal = terminal_row(connected=False)
    client.terminal()

    assert "no server link" in reason_of(client.positions())
    assert "no server link" in reason_of(client.orders())

    terminal.open_positions = (position_row(),)
    assert len(value_of(client.positions())) == 1


def test_an_empty_book_is_doubted_again_after_the_server_link_came_back():
    terminal, clock, client = a_world()
    for connected in (False, True):
        terminal.terminal = terminal_row(connected=connected)
        client.terminal()
    terminal.calls.clear()
    client.orders()
    assert [name for name, _ in terminal.calls] == ["orders_get", "orders_get"]

    clock.sleep(10.0)
    client.terminal()
    terminal.calls.clear()
    client.orders()
    assert [name for name, _ in terminal.calls] == ["orders_get"]


def test_an_unchanged_answer_is_not_read_twice():
    terminal, _, client = a_world()
    terminal.open_positions = (position_row(),)
    terminal.open_orders = (order_row(),)
    positions, orders = client.positions(), client.orders()

    assert client.positions() is positions
    assert client.orders() is orders


def test_a_book_that_turns_bad_does_not_answer_from_memory():
    terminal, _, client = a_world()
    terminal.open_positions = (position_row(),)
    client.positions()
    terminal.open_positions = (position_row(volume=0.0),)

    assert reason_of(client.positions())
    assert reason_of(client.positions())


def test_a_resting_order_is_read_with_both_times_in_utc():
    terminal, _, client = a_world()
    terminal.open_orders = (
        order_row(type=3, magic=9, comment="s2.1", tp=1.0, time_expiration=int(NOW_WALL_S) + 600),
    )

    assert value_of(client.orders()) == (
        BrokerOrder(
            ticket=90,
            position_id=0,
            symbol="EURUSD",
            side=-1,
            kind=OrderKind.LIMIT,
            state=OrderState.RESTING,
            lots=0.5,
            lots_initial=0.5,
            price=1.09,
            stop_price=1.08,
            target_price=1.0,
            expires_utc_s=NOW_UTC_S + 600,
            magic=9,
            comment="s2.1",
            placed_utc_s=NOW_UTC_S,
        ),
    )


@pytest.mark.parametrize(
    ("kind", "side", "read_as"),
    [
        (0, 1, OrderKind.MARKET),
        (1, -1, OrderKind.MARKET),
        (2, 1, OrderKind.LIMIT),
        (3, -1, OrderKind.LIMIT),
        (4, 1, OrderKind.STOP),
        (5, -1, OrderKind.STOP),
        (6, 1, OrderKind.STOP_LIMIT),
        (7, -1, OrderKind.STOP_LIMIT),
        (8, 0, OrderKind.MARKET),
    ],
)
def test_every_order_type_has_a_side_and_a_kind(kind, side, read_as):
    terminal, _, client = a_world()
    terminal.open_orders = (order_row(type=kind),)

    order = value_of(client.orders())[0]

    assert (order.side, order.kind) == (side, read_as)


@pytest.mark.parametrize("state", [0, 1, 3, 7, 8, 9])
def test_every_state_that_may_still_fill_is_resting(state):
    terminal, _, client = a_world()
    terminal.open_orders = (order_row(state=state),)

    assert value_of(client.orders())[0].state == OrderState.RESTING


@pytest.mark.parametrize(
    "changes",
    [
        {"type": 9},
        {"type": -1},
        {"state": 42},
        {"ticket": 0},
        {"volume_initial": 0.0},
        {"volume_current": float("nan")},
        {"price_open": -1.0},
        {"sl": float("inf")},
        {"time_expiration": None, "type": None},
    ],
)
def test_one_impossible_order_makes_all_of_them_unknown(changes):
    terminal, _, client = a_world()
    terminal.open_orders = (order_row(), order_row(**changes))

    assert "order" in reason_of(client.orders())


def test_a_broken_read_of_orders_is_unknown():
    terminal, _, client = a_world()
    terminal.break_next("orders_get", Fault(raises=SystemError("exception set")))

    assert "SystemError" in reason_of(client.orders())
