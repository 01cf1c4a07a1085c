from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum

import numpy as np
import pytest
from simulator_builders import START_S, SUMMER_OFFSET_S, buy, pending, terminal_of

from bot.simulator.surface.arguments import is_in_group
from bot.simulator.terminal import SimulatedTerminal

WALL_S = START_S + SUMMER_OFFSET_S


@pytest.fixture
def terminal() -> SimulatedTerminal:
    return terminal_of({"EURUSD": [(0, 1.1, 1.1001)], "USDJPY": [(0, 150.0, 150.01)]})


class Magic(IntEnum):
    TREND = 77


@pytest.mark.parametrize("key", ["volume", "price", "stoplimit", "sl", "tp"])
@pytest.mark.parametrize("value", [0, 1, None, Decimal("1.1"), "1.1", np.float32(1.1), True])
def test_a_price_or_volume_that_is_not_a_float_is_refused_by_name(
    terminal: SimulatedTerminal, key: str, value: object
) -> None:
    assert terminal.order_send(buy("EURUSD", 0.1) | {key: value}) is None
    assert terminal.last_error() == (-2, f'Invalid "{key}" argument')
    assert terminal.positions_total() == 0


INTEGER_KEYS = ["action", "magic", "order", "deviation", "type", "type_filling", "type_time"]


@pytest.mark.parametrize("key", [*INTEGER_KEYS, "expiration", "position", "position_by"])
@pytest.mark.parametrize("value", [1.0, None, "1", np.int64(1), datetime(2024, 1, 1, tzinfo=UTC)])
def test_an_integer_key_takes_true_integers_only(
    terminal: SimulatedTerminal, key: str, value: object
) -> None:
    assert terminal.order_check(buy("EURUSD", 0.1) | {key: value}) is None
    assert terminal.last_error() == (-2, f'Invalid "{key}" argument')


def test_numpy_doubles_booleans_and_int_enums_pass(terminal: SimulatedTerminal) -> None:
    result = terminal.order_send(
        buy("EURUSD", 0.1, volume=np.float64(0.1), action=True, magic=Magic.TREND)
    )
    assert result is not None
    assert result.retcode == 10009
    assert type(result.request.volume) is float
    assert type(result.request.magic) is int


@pytest.mark.parametrize(
    ("key", "value"),
    [("magic", -1), ("magic", 2**64), ("type", 2**32), ("type", -1), ("expiration", 2**63)],
)
def test_an_integer_that_does_not_fit_is_a_system_error(
    terminal: SimulatedTerminal, key: str, value: int
) -> None:
    with pytest.raises(SystemError) as caught:
        terminal.order_send(buy("EURUSD", 0.1) | {key: value})
    assert isinstance(caught.value.__cause__, OverflowError)


@pytest.mark.parametrize(
    ("comment", "passes"),
    [("c" * 29, True), ("c" * 30, False), ("\U0001f600" * 14, True), ("\U0001f600" * 15, False)],
)
def test_a_comment_has_at_most_29_utf16_units(
    terminal: SimulatedTerminal, comment: str, *, passes: bool
) -> None:
    result = terminal.order_send(buy("EURUSD", 0.1, comment=comment))
    assert (result is not None) == passes
    if not passes:
        assert terminal.last_error() == (-2, 'Invalid "comment" argument')


def test_a_request_is_a_dictionary_or_keywords(terminal: SimulatedTerminal) -> None:
    by_keywords = terminal.order_send(**buy("EURUSD", 0.1))
    assert by_keywords is not None
    assert by_keywords.retcode == 10009
    nested = terminal.order_send(request=buy("EURUSD", 0.1))
    assert nested is not None
    assert nested.retcode == 10013  # a request whose only key is unknown
    assert terminal.order_send([("action", 1)]) is None
    assert terminal.last_error() == (-2, "Invalid 1st unnamed argument")
    assert terminal.order_send({}, {}) is None
    assert terminal.last_error() == (-2, "Invalid number of arguments")


def test_unknown_request_keys_are_ignored(terminal: SimulatedTerminal) -> None:
    result = terminal.order_send(buy("EURUSD", 0.1, stop_loss=None))
    assert result is not None
    assert result.retcode == 10009


@pytest.mark.parametrize(
    ("call", "args"),
    [
        ("copy_rates_from_pos", ("EURUSD", "M1", 0, 5)),
        ("copy_rates_from_pos", ("EURUSD", 1, 0, 5.0)),
        ("copy_rates_from_pos", ("EURUSD", 1, 0)),
        ("copy_rates_from", ("EURUSD", 1, WALL_S, 2**31)),
        ("copy_ticks_from", ("EURUSD", WALL_S, 5, None)),
        ("order_calc_margin", (np.int64(0), "EURUSD", 1.0, 1.1)),
        ("order_calc_margin", (0, "EURUSD", "1", 1.1)),
        ("order_calc_profit", (0, "EURUSD", 1.0, 1.1)),
        ("symbol_select", ("EURUSD", True, 1)),
        ("history_deals_get", (2**31, 2**31)),
    ],
)
def test_what_the_argument_parser_refuses_is_a_system_error(
    terminal: SimulatedTerminal, call: str, args: tuple[object, ...]
) -> None:
    with pytest.raises(SystemError, match="returned a result with an exception set") as caught:
        getattr(terminal, call)(*args)
    assert isinstance(caught.value.__cause__, TypeError | OverflowError)


@pytest.mark.parametrize("ticket", [-1, 2**64])
def test_a_ticket_that_does_not_fit_is_a_system_error(
    terminal: SimulatedTerminal, ticket: int
) -> None:
    with pytest.raises(SystemError) as caught:
        terminal.positions_get(ticket=ticket)
    assert isinstance(caught.value.__cause__, OverflowError)


@pytest.mark.parametrize(
    ("call", "args", "text"),
    [
        ("symbol_info", (5,), "Invalid 1st unnamed argument"),
        ("symbol_info", ("E" * 30,), "Invalid 1st unnamed argument"),
        ("symbol_info", (), "Invalid number of arguments"),
        ("market_book_add", (None,), "Invalid 1st unnamed argument"),
        ("copy_rates_from", ("EURUSD", 1, date(2024, 6, 3), 5), "Invalid 3rd unnamed argument"),
        ("copy_rates_from", ("EURUSD", 1, np.int64(5), 5), "Invalid 3rd unnamed argument"),
        ("copy_rates_range", ("EURUSD", 1, WALL_S, "now"), "Invalid arguments"),
        ("copy_ticks_range", ("EURUSD", "then", WALL_S, -1), "Invalid 2nd unnamed argument"),
        ("history_deals_total", (None, WALL_S), "Invalid 1st unnamed argument"),
        ("history_orders_get", (WALL_S, float("nan")), "Invalid 2nd unnamed argument"),
        ("history_deals_get", (WALL_S,), "Unnamed arguments not allowed"),
        ("history_deals_get", (), "Invalid arguments"),
        ("positions_get", ("EURUSD",), "Unnamed arguments not allowed"),
        ("copy_rates_from", ("EURUSD", 1, 0, 5), "Invalid 3rd unnamed argument"),
    ],
)
def test_what_the_package_itself_refuses_is_none_and_its_own_text(
    terminal: SimulatedTerminal, call: str, args: tuple[object, ...], text: str
) -> None:
    assert getattr(terminal, call)(*args) is None
    assert terminal.last_error() == (-2, text)


@pytest.mark.parametrize("call", ["positions_get", "orders_get"])
@pytest.mark.parametrize(
    ("kwargs", "name"),
    [({"symbol": None}, "symbol"), ({"group": 5}, "group"), ({"ticket": "1"}, "ticket")],
)
def test_a_filter_of_the_wrong_type_is_refused_by_name(
    terminal: SimulatedTerminal, call: str, kwargs: dict[str, object], name: str
) -> None:
    assert getattr(terminal, call)(**kwargs) is None
    assert terminal.last_error() == (-2, f'Invalid "{name}" argument')


def test_exactly_one_filter_counts_ticket_before_symbol_before_group(
    terminal: SimulatedTerminal,
) -> None:
    first, second = (terminal.order_send(buy(s, 0.1)) for s in ("EURUSD", "USDJPY"))
    assert first is not None
    assert second is not None
    shown = terminal.positions_get(ticket=first.order, symbol="USDJPY", group="GBP*")
    assert shown is not None
    assert [p.symbol for p in shown] == ["EURUSD"]
    shown = terminal.positions_get(symbol="USDJPY", group="EUR*")
    assert shown is not None
    assert [p.symbol for p in shown] == ["USDJPY"]
    assert len(terminal.positions_get(group="*USD*") or ()) == 2
    assert len(terminal.positions_get(magic=7) or ()) == 2  # an unknown keyword filters nothing
    assert terminal.positions_get(ticket=123) == ()
    assert terminal.last_error() == (1, "Success")
    assert terminal.positions_get(symbol="UNKNOWN") == ()


def test_orders_are_filtered_like_positions(terminal: SimulatedTerminal) -> None:
    placed = terminal.order_send(pending("EURUSD", 2, 0.1, 1.05))
    assert placed is not None
    assert [o.ticket for o in terminal.orders_get(symbol="EURUSD") or ()] == [placed.order]
    assert terminal.orders_get(symbol="USDJPY") == ()
    assert len(terminal.orders_get(ticket=placed.order) or ()) == 1


@pytest.mark.parametrize(
    ("group", "matched"),
    [
        ("*", ["EURUSD", "EURJPY", "GBPUSD", "EUR"]),
        ("EUR*", ["EURUSD", "EURJPY", "EUR"]),
        ("*USD", ["EURUSD", "GBPUSD"]),
        ("EUR", ["EUR"]),
        ("eur*", []),
        ("*, !EUR", ["EURUSD", "EURJPY", "GBPUSD"]),
        ("*,!*EUR*", ["GBPUSD"]),
        ("!*JPY , *", ["EURUSD", "GBPUSD", "EUR"]),
        ("!*JPY", []),
        ("EURUSD, GBP*", ["EURUSD", "GBPUSD"]),
        ("E?RUSD", []),
        ("E*U*D", ["EURUSD"]),
        ("*R*R*", []),
        ("EURUSD*EURUSD", []),
    ],
)
def test_group_masks_know_only_stars_and_exclusions(group: str, matched: list[str]) -> None:
    names = ["EURUSD", "EURJPY", "GBPUSD", "EUR"]
    assert [name for name in names if is_in_group(name, group)] == matched


def test_a_group_longer_than_1997_units_is_refused(terminal: SimulatedTerminal) -> None:
    assert terminal.positions_get(group="*" * 1997) is not None
    assert terminal.positions_get(group="*" * 1998) is None


def test_dates_are_the_servers_clock_in_any_of_three_types(terminal: SimulatedTerminal) -> None:
    wall = datetime(2024, 6, 3, 12, 0, 0, tzinfo=UTC)
    assert wall.timestamp() == WALL_S
    same_moment = wall.astimezone(timezone(timedelta(hours=5)))
    for when in (WALL_S, WALL_S + 0.9, wall, same_moment):
        assert terminal.history_deals_total(when, when) == 1  # the deposit at the start
    assert terminal.history_deals_total(WALL_S + 1, WALL_S + 100) == 0


def test_floats_past_2038_wrap_to_1901(terminal: SimulatedTerminal) -> None:
    assert terminal.history_deals_total(WALL_S, float(2**31)) == 0
    assert terminal.history_deals_total(WALL_S, 2**31 - 1) == 1
