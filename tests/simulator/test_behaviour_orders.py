"""What orders, deals and positions carry, and when orders trigger or end (BEHAVIOUR 7, 11-13)."""

from __future__ import annotations

import numpy as np
import pytest
from simulator_builders import (
    ASK,
    BID,
    DONE,
    START_S,
    WALL_S,
    after,
    buy,
    contract_of,
    market_of,
    opened,
    pending,
    quotes_at,
    retcode,
    sell,
    terminal_of,
)

from bot.rules.calendar import DAY_S
from bot.simulator.config import AccountConfig
from bot.simulator.feed import SymbolFeed
from bot.simulator.quotes import BarArrays
from bot.simulator.structs import TradeDeal, TradePosition
from bot.simulator.terminal import SimulatedTerminal

ROWS = [(0.0, BID, ASK), (60.0, 1.08, 1.0802), (120.0, 1.12, 1.1202)]
NOON_TO_MIDNIGHT_S = 12 * 3600.0


def position_of(terminal: SimulatedTerminal) -> TradePosition:
    (position,) = terminal.positions_get() or ()
    return position


def exit_of(terminal: SimulatedTerminal, ticket: int) -> TradeDeal:
    return (terminal.history_deals_get(position=ticket) or ())[-1]


# --- links -----------------------------------------------------------------------------------


def test_a_market_order_is_in_history_as_filled_with_nothing_left() -> None:
    terminal = after(terminal_of({"EURUSD": ROWS}), 30)
    ticket = opened(terminal, buy("EURUSD", 0.3))
    (order,) = terminal.history_orders_get(ticket=ticket) or ()
    assert (order.state, order.volume_initial, order.volume_current) == (4, 0.3, 0.0)
    assert (order.time_setup, order.time_done) == (WALL_S + 30, WALL_S + 30)
    assert terminal.orders_get() == ()


def test_openers_and_closers_carry_the_identifier_and_pending_orders_none() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    opener = opened(terminal, buy("EURUSD", 0.3))
    closer = opened(terminal, sell("EURUSD", 0.1, position=opener))
    waiting = opened(terminal, pending("EURUSD", 2, 0.1, 1.05))
    orders = {o.ticket: o.position_id for o in terminal.history_orders_get(position=opener) or ()}
    assert orders == {opener: opener, closer: opener}
    assert [(o.ticket, o.position_id) for o in terminal.orders_get() or ()] == [(waiting, 0)]
    deals = terminal.history_deals_get(position=opener) or ()
    assert [(d.order, d.position_id, d.entry) for d in deals] == [
        (opener, opener, 0),
        (closer, opener, 1),
    ]


def test_the_closing_request_gives_the_exit_its_magic_and_comment() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    ticket = opened(terminal, buy("EURUSD", 0.1, magic=7, comment="entry"))
    opened(terminal, sell("EURUSD", 0.1, position=ticket, magic=9, comment="exit"))
    deal = exit_of(terminal, ticket)
    assert (deal.magic, deal.comment, deal.reason) == (9, "exit", 3)


@pytest.mark.parametrize(
    ("levels", "reason", "comment", "price"),
    [({"sl": 1.09}, 4, "[sl 1.09000]", 1.08), ({"tp": 1.11}, 5, "[tp 1.11000]", 1.11)],
)
def test_a_stop_or_target_keeps_the_magic_and_names_the_level_not_the_fill(
    levels: dict[str, object], reason: int, comment: str, price: float
) -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    ticket = opened(terminal, buy("EURUSD", 0.1, magic=7, comment="entry", **levels))
    after(terminal, 120)
    deal = exit_of(terminal, ticket)
    assert (deal.reason, deal.magic, deal.comment, deal.price) == (reason, 7, comment, price)


def test_a_stop_out_has_its_reason_and_a_comment_that_begins_with_so() -> None:
    terminal = terminal_of({"EURUSD": ROWS}, None, AccountConfig(balance_money=2_000.0))
    ticket = opened(terminal, buy("EURUSD", 1.0))
    deal = exit_of(after(terminal, 60), ticket)
    assert (deal.reason, deal.comment[:2], deal.price) == (6, "so", 1.08)


def test_time_update_moves_with_the_volume_alone() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    ticket = opened(terminal, buy("EURUSD", 0.3))
    after(terminal, 10)
    levels: dict[str, object] = {"action": 6, "symbol": "EURUSD", "position": ticket, "sl": 1.0}
    assert retcode(terminal, levels) == DONE
    assert position_of(terminal).time_update == WALL_S
    after(terminal, 20)
    opened(terminal, sell("EURUSD", 0.1, position=ticket))
    position = position_of(terminal)
    assert (position.time, position.time_update) == (WALL_S, WALL_S + 20)


def test_profit_of_a_position_is_without_swap_and_commission() -> None:
    contract = contract_of("EURUSD", swap_long=-7.0, commission_money_per_lot_round_trip=4.0)
    rows = [(3_600.0 * n, BID, ASK) for n in range(14)]
    terminal = terminal_of({"EURUSD": rows}, {"EURUSD": contract})
    opened(terminal, buy("EURUSD", 1.0))
    position = position_of(after(terminal, NOON_TO_MIDNIGHT_S))
    assert (position.profit, position.swap) == (-20.0, -7.0)
    assert not hasattr(position, "commission")


# --- triggers --------------------------------------------------------------------------------


def test_one_quote_hits_the_stop_or_the_target_and_never_both() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    ticket = opened(terminal, buy("EURUSD", 0.1, sl=1.09, tp=1.11))
    after(terminal, 120)
    reasons = [d.reason for d in terminal.history_deals_get(position=ticket) or () if d.entry]
    assert reasons == [4]


@pytest.mark.parametrize("what", ["stop", "order"])
def test_in_a_closed_session_triggers_wait_for_the_first_quote_of_the_next(what: str) -> None:
    noon = 12 * 3600
    sessions = (((0, noon + 30), (noon + 100, DAY_S)),) * 7
    rows = [(0.0, BID, ASK), (60.0, 1.08, 1.0802), (120.0, 1.085, 1.0852)]
    terminal = terminal_of({"EURUSD": rows}, {"EURUSD": contract_of("EURUSD", sessions=sessions)})
    if what == "stop":
        opened(terminal, buy("EURUSD", 0.1, sl=1.09))
    else:
        opened(terminal, pending("EURUSD", 5, 0.1, 1.09))
    standing = (terminal.positions_total(), terminal.orders_total())
    after(terminal, 90)
    assert (terminal.positions_total(), terminal.orders_total()) == standing
    after(terminal, 120)
    prices = [d.price for d in terminal.history_deals_get(1, 2**31 - 1) or ()]
    assert prices[-1] == 1.085


# --- expiry ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_time", "expiration", "ends_after_s"),
    [
        (1, 0, NOON_TO_MIDNIGHT_S),  # the day
        (2, WALL_S + 500, 500.0),  # the second
        (3, WALL_S + DAY_S, NOON_TO_MIDNIGHT_S + DAY_S - 1),  # 23:59:59 of the day
    ],
)
def test_an_order_ends_by_its_time_type_and_is_then_expired(
    type_time: int, expiration: int, ends_after_s: float
) -> None:
    rows = [(3_600.0 * n, BID, ASK) for n in range(60)]
    terminal = terminal_of({"EURUSD": rows})
    request = pending("EURUSD", 2, 0.1, 1.0, type_time=type_time, expiration=expiration)
    ticket = opened(terminal, request)
    assert after(terminal, ends_after_s - 0.001).orders_total() == 1
    assert after(terminal, ends_after_s).orders_total() == 0
    (order,) = terminal.history_orders_get(ticket=ticket) or ()
    assert (order.state, order.type_time, order.volume_current) == (6, type_time, 0.1)


# --- bars ------------------------------------------------------------------------------------


def test_bars_are_made_of_bids_and_their_spread_is_the_narrowest() -> None:
    rows = [(0.0, 1.1, 1.1002), (20.0, 1.1005, 1.1025), (40.0, 1.1001, 1.1002)]
    ones = np.ones(1, dtype=np.int64)
    price = np.full(1, 1.1)
    base = BarArrays(ones * START_S, price, price, price, price, ones, ones)
    feed = SymbolFeed(contract_of("EURUSD"), 60, base, {}, quotes_at(rows))
    terminal = SimulatedTerminal(market_of([feed]))
    assert terminal.initialize()
    rates = after(terminal, 41).copy_rates_from_pos("EURUSD", 1, 0, 1)
    assert rates is not None
    bar = rates[0]
    assert (bar["open"], bar["high"], bar["low"], bar["close"]) == (1.1, 1.1005, 1.1, 1.1001)
    assert (bar["spread"], bar["tick_volume"], bar["real_volume"]) == (10, 3, 0)
