"""I1, I2, I4 and I13 bite: doubles, too much risk, and hands on what is not ours."""

from __future__ import annotations

from pathlib import Path

from watched import STOP, Watched, a_key, a_watched_world, an_entry, with_order, with_position


def a_limit(magic: int, **changes: object) -> dict[str, object]:
    return {
        "action": 5,
        "symbol": "EURUSD",
        "volume": 0.1,
        "type": 2,
        "price": 1.0990,
        "sl": 1.0940,
        "tp": 1.1090,
        "type_filling": 2,
        "magic": magic,
        "comment": "by hand",
        **changes,
    }


def setup_id(watched: Watched) -> int:
    (found,) = watched.world.bot.state.setups
    return found


def test_an_entry_of_a_setup_that_has_a_position_breaks_i1(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    magic = a_key(watched, setup_id(watched), attempt=2)
    watched.intend(magic)
    watched.send(a_limit(magic))
    assert watched.ids == {"I1"}, watched.said


def test_an_entry_of_another_setup_is_no_double(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    magic = a_key(watched, setup_id(watched) + 1)
    watched.intend(magic)
    watched.send(a_limit(magic))
    assert not watched.violations, watched.said


def test_a_second_order_that_stays_breaks_i1_after_a_minute(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.slip_in(a_limit(a_key(watched, setup_id(watched), attempt=2)))
    watched.idle(7)
    assert not watched.violations, watched.said
    watched.idle(2)
    assert watched.ids == {"I1"}, watched.said


def test_a_second_order_the_trader_removes_at_once_breaks_nothing(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.slip_in(a_limit(a_key(watched, 77)))
    watched.slip_in(a_limit(a_key(watched, 77, attempt=2)))
    watched.cycle(12)
    assert not watched.violations, watched.said
    assert not watched.world.terminal._state.orders


def test_a_key_that_opened_twice_breaks_i2(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    magic = watched.position.magic
    watched.world.terminal.operator.close_position(watched.position.ticket)
    watched.slip_in(an_entry(watched, magic))
    watched.idle()
    assert watched.ids == {"I2"}, watched.said


def test_a_setup_that_entered_again_under_another_key_breaks_i2(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    magic = a_key(watched, setup_id(watched), attempt=2)
    watched.world.terminal.operator.close_position(watched.position.ticket)
    watched.intend(magic)
    watched.slip_in(an_entry(watched, magic))
    watched.idle()
    assert watched.ids == {"I2"}, watched.said


def test_a_close_that_opened_the_opposite_breaks_i2_unless_its_ticket_was_stripped(
    tmp_path: Path,
) -> None:
    watched = with_position(tmp_path)
    magic = a_key(watched, setup_id(watched), attempt=0, leg=1)
    watched.intend(magic, action="close")
    watched.slip_in(an_entry(watched, magic, type=1, sl=1.1050, tp=1.0900, price=1.09995))
    watched.idle()
    assert watched.ids == {"I2"}, watched.said


def test_a_position_without_any_bound_leaves_no_room_for_an_entry(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.world.open_foreign("EURUSD", 1, 0.01, 0.0)
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.send(an_entry(watched, magic))
    assert watched.ids == {"I4"}, watched.said


def test_an_entry_above_the_cap_breaks_i4_and_one_below_it_does_not(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.world.open_foreign("EURUSD", 1, 1.8, STOP)  # 900 of the 1 000 allowed
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.send(an_entry(watched, magic))  # 50 more
    assert not watched.violations, watched.said
    watched.world.open_foreign("EURUSD", 1, 0.2, STOP)  # 100 more
    magic = a_key(watched, 6)
    watched.intend(magic)
    watched.send(an_entry(watched, magic))
    assert watched.ids == {"I4"}, watched.said


def test_a_foreign_ticket_in_a_request_breaks_i13(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    ticket = watched.world.open_foreign("EURUSD", 1, 0.01, STOP)
    watched.send({"action": 6, "symbol": "EURUSD", "position": ticket, "sl": 1.0960, "tp": 0.0})
    assert watched.ids == {"I13"}, watched.said


def test_an_own_ticket_in_a_request_is_fine(tmp_path: Path) -> None:
    watched = with_order(tmp_path)
    (ticket,) = watched.world.terminal._state.orders
    watched.send({"action": 8, "order": ticket})
    assert not watched.violations, watched.said
