from __future__ import annotations

import pytest
from simulator_builders import (
    ASK,
    BID,
    DONE,
    buy,
    opened,
    pending,
    retcode,
    sell,
    terminal_of,
    terminal_with,
)


@pytest.mark.parametrize(
    ("lots", "code"),
    [
        (0.0, 10014),
        (0.009, 10014),
        (0.01, DONE),
        (0.015, 10014),
        (0.07, DONE),
        (0.07 + 1e-12, DONE),
        (5.0, DONE),
        (5.01, 10014),
        (-0.1, 10014),
        (float("nan"), 10014),
        (float("inf"), 10014),
    ],
)
def test_volume_keeps_to_minimum_maximum_and_step(lots: float, code: int) -> None:
    assert retcode(terminal_with(volume_max=5.0), buy("EURUSD", lots)) == code


def test_a_close_takes_at_most_what_is_open() -> None:
    terminal = terminal_with()
    ticket = opened(terminal, buy("EURUSD", 0.2))
    assert retcode(terminal, sell("EURUSD", 0.21, position=ticket)) == 10038
    assert retcode(terminal, sell("EURUSD", 0.2, position=ticket)) == DONE
    assert retcode(terminal, sell("EURUSD", 0.2, position=ticket)) == 10036


def test_a_rest_below_the_minimum_may_stay_and_may_be_closed() -> None:
    terminal = terminal_with(volume_min=0.1)
    ticket = opened(terminal, buy("EURUSD", 0.15))
    assert retcode(terminal, sell("EURUSD", 0.1, position=ticket)) == DONE
    assert (terminal.positions_get() or ())[0].volume == 0.05
    assert retcode(terminal, sell("EURUSD", 0.04, position=ticket)) == 10014
    assert retcode(terminal, sell("EURUSD", 0.05, position=ticket)) == DONE


@pytest.mark.parametrize(
    ("kind", "allowed", "refused"),
    [
        (2, 1.1001, 1.1002),
        (3, 1.1001, 1.1),
        (4, 1.1003, 1.1002),
        (5, 1.0999, 1.1),
    ],
)
def test_a_pending_order_belongs_on_its_own_side_of_the_market(
    kind: int, allowed: float, refused: float
) -> None:
    assert retcode(terminal_with(), pending("EURUSD", kind, 0.1, allowed)) == DONE
    assert retcode(terminal_with(), pending("EURUSD", kind, 0.1, refused)) == 10015


@pytest.mark.parametrize(
    ("kind", "allowed", "refused"),
    [
        (2, 1.0992, 1.09921),
        (3, 1.101, 1.10099),
        (4, 1.1012, 1.10119),
        (5, 1.099, 1.09901),
    ],
)
def test_a_pending_order_keeps_the_stops_level_from_the_market(
    kind: int, allowed: float, refused: float
) -> None:
    assert retcode(terminal_with(stops_level=100), pending("EURUSD", kind, 0.1, allowed)) == DONE
    assert retcode(terminal_with(stops_level=100), pending("EURUSD", kind, 0.1, refused)) == 10015


@pytest.mark.parametrize("price", [0.0, -1.0, 1.000005, float("nan"), float("inf")])
def test_a_pending_price_is_positive_finite_and_on_the_tick_grid(price: float) -> None:
    assert retcode(terminal_with(), pending("EURUSD", 2, 0.1, price)) == 10015


def test_a_tick_size_coarser_than_the_point_is_the_grid() -> None:
    terminal = terminal_with(tick_size=0.0005)
    assert retcode(terminal, pending("EURUSD", 2, 0.1, 1.0005)) == DONE
    assert retcode(terminal, pending("EURUSD", 2, 0.1, 1.0004)) == 10015


@pytest.mark.parametrize(
    ("kind", "price", "stoplimit", "code"),
    [
        (6, 1.11, 1.105, DONE),
        (6, 1.11, 1.11, 10015),
        (6, 1.11, 1.12, 10015),
        (6, 1.11, 0.0, 10015),
        (7, 1.09, 1.095, DONE),
        (7, 1.09, 1.085, 10015),
    ],
)
def test_a_stop_limit_order_waits_for_a_pullback(
    kind: int, price: float, stoplimit: float, code: int
) -> None:
    request = pending("EURUSD", kind, 0.1, price, stoplimit=stoplimit)
    assert retcode(terminal_with(), request) == code


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (buy("EURUSD", 0.1, sl=1.09, tp=1.11), DONE),
        (buy("EURUSD", 0.1, sl=BID), DONE),
        (buy("EURUSD", 0.1, sl=1.10001), 10016),
        (buy("EURUSD", 0.1, tp=BID), DONE),
        (buy("EURUSD", 0.1, tp=1.09999), 10016),
        (sell("EURUSD", 0.1, sl=ASK), DONE),
        (sell("EURUSD", 0.1, sl=1.10019), 10016),
        (sell("EURUSD", 0.1, tp=1.10021), 10016),
        (buy("EURUSD", 0.1, sl=1.090005), 10016),
        (buy("EURUSD", 0.1, sl=-1.0), 10016),
        (buy("EURUSD", 0.1, tp=float("nan")), 10016),
        (pending("EURUSD", 2, 0.1, 1.09, sl=1.08, tp=1.095), DONE),
        (pending("EURUSD", 2, 0.1, 1.09, sl=1.09), 10016),
        (pending("EURUSD", 2, 0.1, 1.09, sl=1.091), 10016),
        (pending("EURUSD", 5, 0.1, 1.09, sl=1.089), 10016),
        (pending("EURUSD", 6, 0.1, 1.11, stoplimit=1.105, sl=1.106), 10016),
        (pending("EURUSD", 6, 0.1, 1.11, stoplimit=1.105, sl=1.104), DONE),
    ],
)
def test_stops_and_targets_lie_on_their_sides(request_: dict[str, object], code: int) -> None:
    assert retcode(terminal_with(), request_) == code


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (buy("EURUSD", 0.1, sl=1.099), DONE),
        (buy("EURUSD", 0.1, sl=1.09901), 10016),
        (buy("EURUSD", 0.1, tp=1.101), DONE),
        (buy("EURUSD", 0.1, tp=1.10099), 10016),
        (sell("EURUSD", 0.1, sl=1.1012), DONE),
        (sell("EURUSD", 0.1, sl=1.10119), 10016),
        (pending("EURUSD", 2, 0.1, 1.09, sl=1.089), DONE),
        (pending("EURUSD", 2, 0.1, 1.09, sl=1.08901), 10016),
    ],
)
def test_the_stops_level_is_measured_from_the_closing_side_or_the_order_price(
    request_: dict[str, object], code: int
) -> None:
    assert retcode(terminal_with(stops_level=100), request_) == code


@pytest.mark.parametrize(
    ("price", "deviation", "code"),
    [(ASK, 0, DONE), (1.1003, 10, DONE), (1.1003, 9, 10004), (1.1, 20, DONE), (0.0, 10, 10015)],
)
def test_instant_execution_fills_within_the_deviation_or_requotes(
    price: float, deviation: int, code: int
) -> None:
    terminal = terminal_with(exemode=1)
    result = terminal.order_send(buy("EURUSD", 0.1, price=price, deviation=deviation))
    assert result is not None
    assert result.retcode == code
    if code == 10004:
        assert (result.bid, result.ask, result.volume) == (BID, ASK, 0.0)


def test_market_execution_ignores_price_and_deviation() -> None:
    result = terminal_with().order_send(buy("EURUSD", 0.1, price=2.0, deviation=1))
    assert result is not None
    assert (result.retcode, result.price) == (DONE, ASK)


def test_a_symbol_without_a_quote_has_no_price_to_measure_from() -> None:
    terminal = terminal_of({"EURUSD": [(60, BID, ASK)]})
    for request in (buy("EURUSD", 0.1, sl=1.0), pending("EURUSD", 2, 0.1, 1.0)):
        checked = terminal.order_check(request)
        assert checked is not None
        assert checked.retcode == 10021
    assert retcode(terminal, {"action": 6, "position": 99, "symbol": "EURUSD"}) == 10021
