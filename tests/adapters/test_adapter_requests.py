import json
import math

import pytest
from adapters_fakes import CONTRACT, symbol_row
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.contract_terms import terms_of
from bot.adapters.mt5_codes import RequestKind
from bot.adapters.mt5_requests import MalformedRequestError, Route, fields_of, fillings
from bot.model.broker import CancelOrder, CloseLots, MoveStop, OpenMarket, PlaceLimit
from bot.simulator.requests import parse_request

NAN, INF = float("nan"), float("inf")
EXPIRES_WALL_S = 1_784_000_000


def a_route(**changes) -> Route:
    return Route("EURUSD.r", terms_of(symbol_row(**changes)), 1, EXPIRES_WALL_S)


def open_market(**changes) -> OpenMarket:
    fields = {
        "symbol": "EURUSD",
        "side": 1,
        "lots": 0.48,
        "price": 1.10012,
        "deviation_price": 0.0005,
        "stop_price": 1.095,
        "target_price": 1.11,
        "magic": 7,
        "comment": "s1.1",
    }
    return OpenMarket(**{**fields, **changes})


def place_limit(**changes) -> PlaceLimit:
    fields = {
        "symbol": "EURUSD",
        "side": -1,
        "lots": 0.3,
        "price": 1.12,
        "stop_price": 1.125,
        "target_price": 1.11,
        "expires_utc_s": 1_783_990_000.0,
        "magic": 7,
        "comment": "s2.1",
    }
    return PlaceLimit(**{**fields, **changes})


def close_lots(**changes) -> CloseLots:
    fields = {
        "symbol": "EURUSD",
        "ticket": 81,
        "position_side": 1,
        "lots": 0.1,
        "price": 1.1,
        "deviation_price": 0.001,
        "magic": 7,
        "comment": "tp1",
    }
    return CloseLots(**{**fields, **changes})


def test_a_market_order_carries_its_stop_and_target():
    assert fields_of(open_market(), a_route()) == {
        "action": 1,
        "symbol": "EURUSD.r",
        "volume": 0.48,
        "price": 1.10012,
        "type": 0,
        "type_filling": 1,
        "sl": 1.095,
        "tp": 1.11,
        "deviation": 50,
        "magic": 7,
        "comment": "s1.1",
    }


def test_a_limit_order_expires_on_the_servers_clock():
    assert fields_of(place_limit(), a_route()) == {
        "action": 5,
        "symbol": "EURUSD.r",
        "volume": 0.3,
        "price": 1.12,
        "type": 3,
        "type_filling": 1,
        "sl": 1.125,
        "tp": 1.11,
        "type_time": 2,
        "expiration": EXPIRES_WALL_S,
        "magic": 7,
        "comment": "s2.1",
    }


def test_a_close_names_its_position_and_takes_the_other_side():
    fields = fields_of(close_lots(), a_route())

    assert (fields["action"], fields["type"], fields["position"]) == (1, 1, 81)
    assert fields_of(close_lots(position_side=-1), a_route())["type"] == 0
    assert "sl" not in fields


NEW_GRID = {"volume_min": 0.1, "volume_max": 5.0, "volume_step": 0.1}


@pytest.mark.parametrize("lots", [0.04, 0.15, 7.0])
def test_a_whole_position_goes_although_the_volume_rules_changed_since(lots):
    fields = fields_of(close_lots(lots=lots, is_whole=True), a_route(**NEW_GRID))

    assert fields["volume"] == lots


@pytest.mark.parametrize("lots", [0.04, 7.0])
def test_a_part_of_a_position_keeps_to_the_volume_rules(lots):
    with pytest.raises(MalformedRequestError, match="lots"):
        fields_of(close_lots(lots=lots), a_route(**NEW_GRID))


@pytest.mark.parametrize("lots", [0.0, -0.1, NAN, INF])
def test_a_whole_position_has_lots(lots):
    with pytest.raises(MalformedRequestError, match="lots"):
        fields_of(close_lots(lots=lots, is_whole=True), a_route())


def test_moving_a_stop_states_both_levels():
    assert fields_of(MoveStop("EURUSD", 81, 1.1, 1.12), a_route()) == {
        "action": 6,
        "symbol": "EURUSD.r",
        "position": 81,
        "sl": 1.1,
        "tp": 1.12,
    }


def test_a_position_may_have_no_target_but_never_no_stop():
    assert fields_of(MoveStop("EURUSD", 81, 1.1, 0.0), a_route())["tp"] == 0.0

    with pytest.raises(MalformedRequestError, match=r"stop_price = 0\.0"):
        fields_of(MoveStop("EURUSD", 81, 0.0, 1.12), a_route())


def test_removing_an_order_names_only_its_ticket():
    assert fields_of(CancelOrder("EURUSD", 90), a_route()) == {"action": 8, "order": 90}


def test_an_order_expires_at_the_days_end_where_only_days_are_allowed():
    fields = fields_of(place_limit(), a_route(expiration_mode=1 + 8))

    assert (fields["type_time"], fields["expiration"]) == (3, EXPIRES_WALL_S)


@pytest.mark.parametrize(("mode", "expires"), [(1, 1_783_990_000.0), (15, 0.0)])
def test_an_order_rests_until_cancelled_where_no_end_is_allowed_or_asked(mode, expires):
    fields = fields_of(place_limit(expires_utc_s=expires), a_route(expiration_mode=mode))

    assert fields["type_time"] == 0
    assert "expiration" not in fields


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        (open_market(stop_price=0.0), "stop_price = 0.0"),
        (open_market(stop_price=1.1002), "stop_price = 1.1002"),
        (open_market(stop_price=NAN), "stop_price = nan"),
        (open_market(target_price=1.09), "target_price = 1.09"),
        (open_market(target_price=NAN), "target_price = nan"),
        (open_market(side=0), "side = 0"),
        (open_market(lots=0.0), "lots = 0.0"),
        (open_market(lots=0.009), "lots = 0.009"),
        (open_market(lots=50.02), "lots = 50.02"),
        (open_market(lots=NAN), "lots = nan"),
        (open_market(lots=INF), "lots = inf"),
        (open_market(price=0.0), "price = 0.0"),
        (open_market(price=INF), "price = inf"),
        (open_market(deviation_price=-1.0), "deviation_price = -1.0"),
        (open_market(deviation_price=NAN), "deviation_price = nan"),
        (open_market(magic=-1), "magic = -1"),
        (open_market(magic=2**63), "magic = "),
        (place_limit(stop_price=1.11), "stop_price = 1.11"),
        (place_limit(stop_price=0.0), "stop_price = 0.0"),
        (place_limit(expires_utc_s=-1.0), "expires_utc_s = -1.0"),
        (place_limit(expires_utc_s=INF), "expires_utc_s = inf"),
        (close_lots(ticket=0), "ticket = 0"),
        (close_lots(position_side=0), "side = 0"),
        (close_lots(position_side=2), "side = -2"),
        (close_lots(price=0.0), "price = 0.0"),
        (MoveStop("EURUSD", 0, 1.1, 1.12), "ticket = 0"),
        (MoveStop("EURUSD", 81, INF, 1.12), "stop_price = inf"),
        (MoveStop("EURUSD", 81, 1.1, -0.1), "target_price = -0.1"),
        (CancelOrder("EURUSD", 0), "ticket = 0"),
    ],
)
def test_what_must_never_reach_the_broker_is_refused_by_name(request_, named):
    with pytest.raises(MalformedRequestError, match=named):
        fields_of(request_, a_route())


def test_a_target_is_optional():
    assert fields_of(open_market(target_price=0.0), a_route())["tp"] == 0.0


def test_a_comment_is_cut_and_made_plain():
    fields = fields_of(open_market(comment="größer\n" + "x" * 40), a_route())

    assert fields["comment"] == "gr??er?" + "x" * 18
    assert len(fields["comment"]) == 25


def test_a_price_goes_to_the_nearest_tick_of_an_index():
    route = a_route(trade_tick_size=0.25, digits=2, point=0.01)
    request = open_market(price=20_000.13, stop_price=19_900.1, target_price=20_100.4)

    fields = fields_of(request, route)

    assert (fields["price"], fields["sl"], fields["tp"]) == (20_000.25, 19_900.0, 20_100.5)


FOK, IOC, RETURN = 0, 1, 2


@pytest.mark.parametrize(
    ("exemode", "mask", "entry", "close", "resting"),
    [
        (0, 0, (FOK, IOC, RETURN), (IOC, FOK, RETURN), (RETURN, FOK, IOC)),
        (1, 1, (FOK, IOC, RETURN), (IOC, FOK, RETURN), (RETURN, FOK, IOC)),
        (2, 1, (FOK,), (FOK,), (RETURN, FOK)),
        (2, 2, (IOC,), (IOC,), (RETURN, IOC)),
        (2, 3, (FOK, IOC), (IOC, FOK), (RETURN, FOK, IOC)),
        (2, 0, (RETURN,), (RETURN,), (RETURN,)),
        (3, 0, (RETURN,), (RETURN,), (RETURN,)),
        (3, 2, (IOC, RETURN), (IOC, RETURN), (RETURN, IOC)),
        (2, 7, (FOK, IOC), (IOC, FOK), (RETURN, FOK, IOC)),
    ],
)
def test_fillings_follow_execution_mode_and_mask(exemode, mask, entry, close, resting):
    terms = terms_of(symbol_row(trade_exemode=exemode, filling_mode=mask))

    assert fillings(RequestKind.OPEN, terms) == entry
    assert fillings(RequestKind.CLOSE, terms) == close
    assert fillings(RequestKind.PLACE, terms) == resting


prices = st.floats(0.5, 2.0)
requests = st.one_of(
    st.builds(
        open_market,
        lots=st.floats(0.01, 50.0),
        price=prices,
        stop_price=st.floats(0.1, 0.49),
        target_price=st.just(0.0) | st.floats(2.1, 3.0),
        deviation_price=st.floats(0.0, 1.0),
        magic=st.integers(0, 2**63 - 1),
        comment=st.text(max_size=60),
    ),
    st.builds(
        place_limit,
        lots=st.floats(0.01, 50.0),
        price=prices,
        stop_price=st.floats(2.1, 3.0),
        target_price=st.just(0.0) | st.floats(0.1, 0.49),
        comment=st.text(max_size=60),
    ),
    st.builds(close_lots, lots=st.floats(0.01, 50.0), price=prices, comment=st.text(max_size=60)),
    st.builds(MoveStop, st.just("EURUSD"), st.integers(1, 2**63), prices, prices),
    st.builds(CancelOrder, st.just("EURUSD"), st.integers(1, 2**63)),
)


@settings(max_examples=200, deadline=None)
@given(requests)
def test_every_request_passes_the_packages_strict_parser(request_):
    parsed = parse_request(fields_of(request_, a_route()))

    assert parsed.action in (1, 5, 6, 8)


@pytest.mark.skipif(not CONTRACT.exists(), reason="shared contract not beside us")
@settings(max_examples=100, deadline=None)
@given(requests)
def test_every_key_and_type_is_the_contracts(request_):
    types = json.loads(CONTRACT.read_text(encoding="utf-8"))["request_types"]
    words = {"int": int, "float": float, "str": str}

    for name, value in fields_of(request_, a_route()).items():
        assert type(value) is words[types[name].split()[0]], name


@settings(max_examples=200, deadline=None)
@given(st.floats(0.01, 50.0), st.sampled_from([0.01, 0.1, 1.0]))
def test_volumes_are_on_the_step_and_never_more_than_asked(lots, step):
    route = a_route(volume_step=step, volume_min=step)
    if lots < step:
        with pytest.raises(MalformedRequestError, match="lots"):
            fields_of(open_market(lots=lots), route)
        return

    volume = fields_of(open_market(lots=lots), route)["volume"]

    assert volume <= lots + 1e-6 * step
    assert volume > lots - step
    assert math.isclose(volume / step, round(volume / step), abs_tol=1e-6)


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0.5, 60_000.0),
    st.sampled_from([(1e-5, 5), (0.001, 3), (0.01, 2), (0.25, 2), (0.1, 1), (1.0, 0)]),
)
def test_prices_are_on_the_tick_and_at_most_half_a_tick_away(price, grid):
    tick, digits = grid
    route = a_route(trade_tick_size=tick, digits=digits)

    sent = fields_of(close_lots(price=price), route)["price"]

    assert abs(sent - price) <= tick * 0.5000001
    assert sent == round(sent, digits)
    assert math.isclose(sent / tick, round(sent / tick), rel_tol=1e-12, abs_tol=1e-6)
