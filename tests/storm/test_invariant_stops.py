"""I3, I17 and I18 bite: missing and loosened stops, refusals one could foresee, wrong sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from watched import STOP, Watched, a_key, a_watched_world, an_entry, with_position

CLOSED = ((),) * 7


def a_stop(watched: Watched, level: float) -> dict[str, object]:
    position = watched.position
    return {
        "action": 6,
        "symbol": "EURUSD",
        "position": position.ticket,
        "sl": level,
        "tp": position.tp,
    }


def strip_stop(watched: Watched, level: float = 0.0) -> None:
    position = watched.position
    watched.world.terminal.operator.move_levels(position.ticket, level, position.tp)


@pytest.mark.parametrize("level", [0.0, 1.0900])
def test_a_stop_that_was_taken_off_or_loosened_and_stays_so_breaks_i3(
    tmp_path: Path, level: float
) -> None:
    watched = with_position(tmp_path)
    strip_stop(watched, level)
    watched.idle(2)
    assert not watched.violations, "a cycle and ten seconds are given"
    watched.idle(2)
    assert watched.ids == {"I3"}, watched.said


@pytest.mark.parametrize("level", [0.0, 1.0900])
def test_a_stop_the_trader_puts_back_breaks_nothing(tmp_path: Path, level: float) -> None:
    watched = with_position(tmp_path)
    strip_stop(watched, level)
    watched.cycle(6)
    assert not watched.violations, watched.said
    assert watched.position.sl == STOP


def test_a_tightened_stop_is_the_new_measure(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    strip_stop(watched, 1.0980)
    watched.cycle(3)
    watched.send(a_stop(watched, STOP))
    assert watched.ids == {"I3"}, watched.said


def test_nothing_can_be_asked_of_a_closed_market(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    strip_stop(watched)
    watched.world.terminal.operator.respecify("EURUSD", sessions=CLOSED)
    watched.idle(30)
    assert not watched.violations, watched.said


def test_a_naked_position_needs_an_alarm_even_while_something_is_tried(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    strip_stop(watched)
    for step in range(10):
        watched.send(a_stop(watched, 1.1010 + 0.0001 * step))  # above the market: refused
        watched.idle()
    assert "no alarm" in watched.said


def test_a_request_for_no_stop_breaks_i3(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.send(a_stop(watched, 0.0))
    assert watched.ids == {"I3"}, watched.said


def test_a_stop_on_the_wrong_side_breaks_i17(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.send(a_stop(watched, 1.1010))
    assert watched.ids == {"I17"}, watched.said


def test_an_entry_into_a_restricted_symbol_breaks_i17(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.world.terminal.operator.respecify("EURUSD", trade_mode=3)
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.send(an_entry(watched, magic))
    assert watched.ids == {"I17"}, watched.said


def test_a_crumb_breaks_i17(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.world.terminal.operator.close_position(watched.position.ticket, 0.225)
    watched.idle()
    assert watched.ids == {"I17"}, watched.said


def test_a_leg_that_leaves_the_least_lot_is_fine(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.world.terminal.operator.close_position(watched.position.ticket, 0.22)
    watched.idle()
    assert not watched.violations, watched.said


@pytest.mark.parametrize(("lots", "broken"), [(0.24, set()), (0.25, {"I18"}), (0.105, {"I17"})])
def test_an_entry_is_as_large_as_its_intent_and_on_the_step(
    tmp_path: Path, lots: float, broken: set[str]
) -> None:
    watched = a_watched_world(tmp_path)
    magic = a_key(watched, 5)
    watched.intend(magic, risk_money=120.0)  # 500 a lot
    watched.send(an_entry(watched, magic, volume=lots))
    assert watched.ids >= broken, watched.said
    assert watched.ids <= broken | {"I18"}, watched.said


def test_an_entry_above_the_ceiling_breaks_i18_whatever_was_intended(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    magic = a_key(watched, 5)
    watched.intend(magic, risk_money=900.0)
    watched.send(an_entry(watched, magic, volume=0.5))  # 250, the ceiling is 200
    assert watched.ids == {"I18"}, watched.said
