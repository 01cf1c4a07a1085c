from __future__ import annotations

import pytest
from simulator_builders import (
    START_S,
    WALL_S,
    Quote,
    after,
    buy,
    contract_of,
    opened,
    pending,
    sell,
    terminal_of,
)

from bot.rules.calendar import DAY_S
from bot.simulator.terminal import SimulatedTerminal

TO_MIDNIGHT_S = 12 * 3600  # the start is Monday noon on the server
EXPIRED, CANCELLED = 6, 2


def hourly(days: int, bid: float = 1.1, ask: float = 1.1002) -> list[Quote]:
    """A quote at every half hour."""
    return [(1800.0 * n, bid, ask) for n in range(48 * days)]


def with_swap(**changes: object) -> SimulatedTerminal:
    """EURUSD quoted for ten days with a changed contract."""
    return terminal_of({"EURUSD": hourly(10)}, {"EURUSD": contract_of("EURUSD", **changes)})


def swap_of(terminal: SimulatedTerminal, seconds: float) -> float:
    return (after(terminal, seconds).positions_get() or ())[0].swap


# --- expiry ----------------------------------------------------------------------------------


def resting_until(seconds: float, **more: object) -> SimulatedTerminal:
    terminal = terminal_of({"EURUSD": hourly(4)})
    opened(terminal, pending("EURUSD", 2, 0.1, 1.0, **more))
    return after(terminal, seconds)


@pytest.mark.parametrize(
    ("more", "expires_s", "shown"),
    [
        ({"type_time": 2, "expiration": WALL_S + 100}, 100, WALL_S + 100),
        ({"type_time": 1}, TO_MIDNIGHT_S, WALL_S + TO_MIDNIGHT_S),
        ({"type_time": 3, "expiration": WALL_S + 5}, TO_MIDNIGHT_S - 1, WALL_S + TO_MIDNIGHT_S - 1),
        (
            {"type_time": 3, "expiration": WALL_S + DAY_S},
            TO_MIDNIGHT_S + DAY_S - 1,
            WALL_S + TO_MIDNIGHT_S + DAY_S - 1,
        ),
    ],
)
def test_an_order_expires_at_its_second_and_not_before(
    more: dict[str, object], expires_s: int, shown: int
) -> None:
    terminal = resting_until(expires_s - 0.001, **more)
    order = (terminal.orders_get() or ())[0]
    assert order.time_expiration == shown
    after(terminal, expires_s)
    assert terminal.orders_get() == ()
    row = (terminal.history_orders_get(ticket=order.ticket) or ())[0]
    assert (row.state, row.time_done_msc) == (EXPIRED, (WALL_S + expires_s) * 1000)


def test_a_quote_at_the_second_of_expiry_no_longer_fills() -> None:
    for fills_s, count in ((99.999, 1), (100.0, 0)):
        terminal = terminal_of({"EURUSD": [(0, 1.1, 1.1002), (fills_s, 0.99, 0.9902)]})
        request = pending("EURUSD", 2, 0.1, 1.0, type_time=2, expiration=WALL_S + 100)
        opened(terminal, request)
        assert after(terminal, 200).positions_total() == count


def test_an_order_good_till_cancelled_outlives_weeks() -> None:
    assert resting_until(25 * DAY_S).orders_total() == 1


@pytest.mark.parametrize(
    ("gtc_mode", "orders", "levels"), [(0, 1, (1.0, 1.2)), (1, 0, (0.0, 0.0)), (2, 0, (1.0, 1.2))]
)
def test_the_symbols_gtc_mode_decides_what_survives_the_day(
    gtc_mode: int, orders: int, levels: tuple[float, float]
) -> None:
    terminal = with_swap(gtc_mode=gtc_mode)
    opened(terminal, buy("EURUSD", 0.1, sl=1.0, tp=1.2))
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.0))
    after(terminal, TO_MIDNIGHT_S)
    assert terminal.orders_total() == orders
    position = (terminal.positions_get() or ())[0]
    assert (position.sl, position.tp) == levels
    if orders == 0:
        assert (terminal.history_orders_get(ticket=ticket) or ())[0].state == CANCELLED


# --- swap ------------------------------------------------------------------------------------


def test_swap_is_charged_at_server_midnight_and_only_to_survivors() -> None:
    terminal = with_swap(swap_long=-7.85, swap_short=3.8)
    opened(terminal, buy("EURUSD", 1.0))
    assert swap_of(terminal, TO_MIDNIGHT_S - 0.001) == 0.0
    assert swap_of(terminal, TO_MIDNIGHT_S) == -7.85
    young = with_swap(swap_long=-7.85)
    ticket = opened(young, buy("EURUSD", 1.0))
    after(young, TO_MIDNIGHT_S - 1)
    opened(young, sell("EURUSD", 1.0, position=ticket))
    assert sum(d.swap for d in young.history_deals_get(position=ticket) or ()) == 0.0


def test_wednesday_night_pays_three_and_the_weekend_none() -> None:
    terminal = with_swap(swap_long=-1.0)
    opened(terminal, buy("EURUSD", 1.0))
    nights = [swap_of(terminal, TO_MIDNIGHT_S + day * DAY_S) for day in range(9)]
    charged = [
        round(later - sooner, 2) for sooner, later in zip([0.0, *nights], nights, strict=False)
    ]
    # Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, Monday, Tuesday night
    assert charged == [-1.0, -1.0, -3.0, -1.0, -1.0, 0.0, 0.0, -1.0, -1.0]


def test_indices_and_crypto_pay_three_on_friday() -> None:
    terminal = with_swap(swap_long=-1.0, swap_rollover3days=5)
    opened(terminal, buy("EURUSD", 1.0))
    assert swap_of(terminal, TO_MIDNIGHT_S + 3 * DAY_S) == -4.0
    assert swap_of(terminal, TO_MIDNIGHT_S + 4 * DAY_S) == -7.0


@pytest.mark.parametrize(
    ("mode", "long_rate", "side_swap"),
    [
        (0, -5.0, 0.0),
        (1, -7.85, -3.93),  # points: 7.85 x 0.00001 x 50 000 = 3.925, halves away from zero
        (2, -5.0, -2.75),  # base currency: 2.5 EUR, a cost, at the ask 1.1002 = 2.7505
        (3, -5.0, -2.75),  # margin currency is EUR too
        (4, -5.0, -2.5),  # deposit currency
        (5, -3.6, -5.5),  # 3.6 % a year of 55 000 / 360
        (6, -3.6, -5.5),  # of the opening value 55 010 / 360 = 5.501
    ],
)
def test_swap_is_computed_by_the_symbols_mode(
    mode: int, long_rate: float, side_swap: float
) -> None:
    terminal = with_swap(swap_mode=mode, swap_long=long_rate)
    opened(terminal, buy("EURUSD", 0.5))
    assert swap_of(terminal, TO_MIDNIGHT_S) == side_swap


def test_swap_counts_in_equity_and_is_booked_on_the_exit_pro_rata() -> None:
    terminal = with_swap(swap_long=-10.01)
    ticket = opened(terminal, buy("EURUSD", 0.3))
    after(terminal, TO_MIDNIGHT_S)
    info = terminal.account_info()
    assert info is not None
    assert (info.balance, info.equity, info.profit) == (20_000.0, 19_991.0, -9.0)
    opened(terminal, sell("EURUSD", 0.1, position=ticket))
    assert (terminal.positions_get() or ())[0].swap == -2.0
    opened(terminal, sell("EURUSD", 0.2, position=ticket))
    booked = [d.swap for d in terminal.history_deals_get(position=ticket) or ()]
    assert booked == [0.0, -1.0, -2.0]


def test_midnight_is_the_servers_through_both_us_changeovers() -> None:
    # New York moves on 2024-11-03 and 2025-03-09: midnight goes from 21:00 to 22:00 UTC and back
    for sunday_utc_s, before_h, after_h in ((1_730_592_000, 21, 22), (1_741_478_400, 22, 21)):
        shift_s = sunday_utc_s - START_S
        quotes = [(shift_s + 1800.0 * n - 4 * DAY_S, 1.1, 1.1002) for n in range(48 * 9)]
        contract = contract_of("EURUSD", swap_long=-1.0, swap_rollover3days=4)
        terminal = terminal_of({"EURUSD": quotes}, {"EURUSD": contract})
        after(terminal, shift_s - 3 * DAY_S)
        opened(terminal, buy("EURUSD", 1.0))
        friday_night_s = shift_s - 2 * DAY_S + before_h * 3600
        monday_night_s = shift_s + DAY_S + after_h * 3600
        for moment_s in (friday_night_s, monday_night_s):
            earlier = swap_of(terminal, moment_s - 1)
            assert swap_of(terminal, moment_s) == earlier - 1.0
