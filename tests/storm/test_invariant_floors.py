"""I5 and I20 bite: floors that are passed, and days that are not what they were."""

from __future__ import annotations

from pathlib import Path

from watched import AT_ENTRY, Watched, a_key, a_watched_world, an_entry, with_position

from bot.model.events import DayOpened
from bot.model.market import OffsetTable
from bot.rules.calendar import day_start_utc_s
from bot.timezones import firm_day_table
from tools.storm.invariants import exemptions_used

HALF_A_DAY_S = 43_200.0


def with_own(watched: Watched, lots: float, stop: float) -> None:
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.slip_in(an_entry(watched, magic, volume=lots, sl=stop))


def test_stops_that_together_reach_a_floor_break_i5_after_a_minute(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    with_own(watched, 4.0, 1.0950)  # 2 000, the day allows 1 000
    watched.idle(7)
    assert not watched.violations, watched.said
    watched.idle(2)
    assert watched.ids == {"I5"}, watched.said


def test_stops_that_stay_above_the_floor_are_fine(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    with_own(watched, 1.9, 1.0950)
    watched.idle(20)
    assert not watched.violations, watched.said


def test_a_loss_within_the_stop_that_passes_the_floor_breaks_i5(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path, AT_ENTRY, (1.0, 1.0970, 1.09705))
    with_own(watched, 4.0, 1.0950)
    watched.idle(7)
    assert watched.ids == {"I5"}, watched.said
    assert "passed the daily floor" in watched.said


def test_a_gap_beyond_the_stop_is_excused_by_name(tmp_path: Path) -> None:
    watched = with_position(tmp_path, (2.0, 1.0500, 1.05005))
    watched.idle(20)
    assert not watched.violations, watched.said
    assert exemptions_used(watched.checkers) == {"gap beyond the model": 1}


def test_a_charge_is_not_the_traders_doing(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.world.terminal.operator.charge(1_500.0)
    watched.idle(3)
    assert not watched.violations, watched.said
    assert exemptions_used(watched.checkers) == {"money that is not ours": 1}


def test_a_payout_moves_the_floor(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.world.terminal.operator.withdraw(1_500.0)
    watched.idle(3)
    assert not watched.violations, watched.said
    assert not exemptions_used(watched.checkers)


def test_a_day_nobody_opens_breaks_i20(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.cycle()
    watched.idle(1, HALF_A_DAY_S)
    watched.idle(89)
    assert not watched.violations, watched.said
    watched.idle(3)
    assert watched.ids == {"I20"}, watched.said


def set_back(watched: Watched, shift_s: int) -> None:
    """Somebody moves the server's clock."""
    clock = watched.scene.terminal._server.state.clock
    clock.change_to(OffsetTable(clock.table.starts_utc_s, clock.table.offsets_s + shift_s))


def test_a_day_the_servers_clock_has_not_reached_may_wait(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.cycle()
    set_back(watched, -14 * 3_600)
    watched.idle(1, HALF_A_DAY_S)
    watched.idle(200)
    assert not watched.violations, watched.said


def test_a_day_nobody_opens_breaks_i20_though_the_servers_clock_is_ahead(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.cycle()
    set_back(watched, 7_200)
    watched.idle(1, HALF_A_DAY_S)
    watched.idle(92)
    assert watched.ids == {"I20"}, watched.said


def a_day(watched: Watched, **changes: object) -> DayOpened:
    fields: dict[str, object] = {
        "date": "2026-03-18",
        "balance_money": 20_000.0,
        "equity_money": 20_000.0,
        "base_money": 20_000.0,
        "daily_floor_money": 19_000.0,
        "total_floor_money": 18_000.0,
        "is_estimated": False,
        **changes,
    }
    return DayOpened(**fields)  # type: ignore[arg-type]


def test_a_day_that_is_opened_too_early_breaks_i20(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.cycle()
    watched.tell(a_day(watched))
    watched.idle()
    assert watched.ids == {"I20"}, watched.said


def test_a_base_below_the_balance_of_the_reset_breaks_i20(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.cycle()
    table = firm_day_table(watched.world.settings.firm_clock)
    reset_utc_s = float(day_start_utc_s(20_530, table))  # 18 March 2026
    watched.idle(1, reset_utc_s - watched.now_utc_s + 5.0)
    watched.tell(a_day(watched, base_money=19_990.0))
    watched.idle()
    assert watched.ids == {"I20"}, watched.said


def test_a_day_opened_after_its_reset_with_its_balance_is_fine(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.cycle()
    watched.world.terminal.operator.charge(300.0)
    watched.cycle(130, 300.0)
    assert not watched.violations, watched.said
    assert len(watched.world.events("DayOpened")) == 2
