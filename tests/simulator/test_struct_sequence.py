from __future__ import annotations

import pickle

import pytest

from bot.simulator.struct_sequence import StructSequence
from bot.simulator.structs import OrderSendResult, Tick, TradeRequest

TICK = Tick((1, 1.1, 1.2, 0.0, 0, 1000, 6, 0.0))


def test_fields_are_read_by_name_and_by_index() -> None:
    assert TICK.bid == TICK[1] == 1.1
    assert len(TICK) == Tick.n_fields == Tick.n_sequence_fields == 8
    time, *_, volume_real = TICK
    assert (time, volume_real) == (1, 0.0)


def test_a_struct_equals_the_plain_tuple_and_hashes_like_it() -> None:
    assert TICK == (1, 1.1, 1.2, 0.0, 0, 1000, 6, 0.0)
    assert hash(TICK) == hash(tuple(TICK))


def test_fields_cannot_be_assigned() -> None:
    with pytest.raises(AttributeError):
        TICK.bid = 2.0
    with pytest.raises(AttributeError):
        TICK.colour = "red"  # type: ignore[attr-defined]


def test_asdict_is_shallow_and_in_order() -> None:
    request = TradeRequest((1, 0, 0, "X", *(0.0,) * 5, *(0,) * 5, "", 0, 0))
    result = OrderSendResult((10009, 0, 0, 0.0, 0.0, 0.0, 0.0, "", 1, 0, request))
    shown = result._asdict()
    assert list(shown) == list(OrderSendResult.__match_args__)
    assert shown["request"] is request


def test_there_is_nothing_of_a_named_tuple() -> None:
    assert not any(hasattr(TICK, name) for name in ("_fields", "_replace", "_make"))


def test_the_text_form_names_type_and_fields() -> None:
    assert repr(TICK).startswith("Tick(time=1, bid=1.1, ask=1.2, last=0.0, volume=0,")


@pytest.mark.parametrize("values", [(1, 2), range(9)])
def test_the_constructor_wants_exactly_as_many_values_as_fields(values: object) -> None:
    with pytest.raises(TypeError, match="takes a 8-sequence"):
        Tick(values)  # type: ignore[arg-type]


def test_the_constructor_wants_a_sequence() -> None:
    with pytest.raises(TypeError, match="constructor requires a sequence"):
        Tick(5)  # type: ignore[arg-type]


def test_types_carry_bare_names_and_cannot_be_pickled_by_path() -> None:
    assert Tick.__module__ == "builtins"
    with pytest.raises(pickle.PicklingError):
        pickle.dumps(TICK)


def test_a_struct_type_cannot_be_a_base_class() -> None:
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Wider", (Tick,), {"__slots__": ()})


def test_matching_by_position_follows_the_fields() -> None:
    match TICK:
        case Tick(time, bid):
            assert (time, bid) == (1, 1.1)
        case _:
            pytest.fail("a struct matches its own type")


def test_the_base_has_no_fields_of_its_own() -> None:
    assert StructSequence.n_fields == 0
