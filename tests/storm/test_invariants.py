"""All 25 invariants at once: complete, silent on healthy days, and cheap to ask."""

from __future__ import annotations

from pathlib import Path

from watched import ABOVE, AT_ENTRY, ENTRY, STOP, a_watched_world, with_position

from tools.storm.invariants import (
    ALL_CHECKERS,
    ALL_EXEMPTIONS,
    checks_done,
    exemptions_used,
    slowest_s,
)

UP_07R = (10.0, 1.10350, 1.10355)
UP_13R = (20.0, 1.10650, 1.10655)
UP_21R = (30.0, 1.11050, 1.11055)


def test_each_invariant_has_its_checker() -> None:
    ids = [checker.invariant_id for checker in ALL_CHECKERS()]
    assert ids == [f"I{number}" for number in range(1, 26)]


def test_checkers_of_two_scenes_know_nothing_of_each_other() -> None:
    one, other = ALL_CHECKERS(), ALL_CHECKERS()
    assert not {id(checker.sight) for checker in one} & {id(checker.sight) for checker in other}


def test_each_exemption_names_an_invariant_and_a_reason() -> None:
    known = {checker.invariant_id for checker in ALL_CHECKERS()}
    assert {item.invariant_id for item in ALL_EXEMPTIONS} <= known
    assert all(len(item.reason) > 40 for item in ALL_EXEMPTIONS)
    assert len({item.exemption_id for item in ALL_EXEMPTIONS}) == len(ALL_EXEMPTIONS)


def test_a_trade_from_entry_to_last_target_breaks_nothing(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path, AT_ENTRY, UP_07R, UP_13R, UP_21R)
    watched.world.add_setup("EURUSD", 1, ENTRY, STOP)
    watched.cycle(210)
    watched.end()
    assert not watched.violations, watched.said
    assert watched.world.events("PositionClosed")
    done = checks_done(watched.checkers)
    idle = {name for name, count in done.items() if not count}
    assert idle <= {"I7", "I22"}, "nothing was flattened, nobody was blind"
    assert not exemptions_used(watched.checkers)
    assert not slowest_s(watched.checkers)


def test_a_resting_order_that_fills_and_is_stopped_out_breaks_nothing(tmp_path: Path) -> None:
    down = [(minute, 1.0999 - 0.0003 * minute, 1.09995 - 0.0003 * minute) for minute in range(40)]
    watched = a_watched_world(tmp_path, ABOVE, *[(m + 5.0, bid, ask) for m, bid, ask in down])
    watched.world.add_setup("EURUSD", 1, ENTRY, STOP)
    watched.cycle(300)
    watched.end()
    assert not watched.violations, watched.said
    (closed,) = watched.world.events("PositionClosed")
    assert closed["reason"] == "STOP"


def test_a_day_with_its_reset_and_a_death_in_it_breaks_nothing(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.cycle(40, 300.0)
    watched.restart()
    watched.cycle(160, 600.0)
    watched.end()
    assert not watched.violations, watched.said
    assert len(watched.world.events("DayOpened")) == 2


def test_a_person_who_flattens_and_resumes_breaks_nothing(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.world.spool.say("flatten")
    watched.cycle(6)
    watched.world.spool.say("resume")
    watched.cycle(6)
    watched.world.add_setup("EURUSD", 1, ENTRY, STOP)
    watched.cycle(60)
    watched.end()
    assert not watched.violations, watched.said
    assert checks_done(watched.checkers)["I7"] > 0
