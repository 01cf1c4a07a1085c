"""I9 to I12 and I15 bite: intents, lines, states, money, and fills at the wrong time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from watched import (
    FolderDisk,
    Watched,
    a_key,
    a_watched_world,
    an_entry,
    with_order,
    with_position,
)

from bot.live.state import BotState
from bot.model.events import DealBooked, SetupMoved
from bot.simulator.structs import TradeDeal
from tools.storm.invariants import exemptions_used

BEFORE_ROLLOVER_S = 1_773_866_880.0
"""18 March 2026, 23:48 on the server: two minutes before the window."""


def test_an_entry_without_an_intent_breaks_i9(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.send(an_entry(watched, a_key(watched, 5)))
    assert watched.ids == {"I9"}, watched.said


class Volatile(FolderDisk):
    """A disk on which nothing is durable."""

    def durable(self, path: Path) -> bytes | None:  # type: ignore[override]
        """Nothing."""
        del path
        return None


def test_an_intent_that_is_only_in_memory_breaks_i9(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.scene.disk = Volatile()
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.send(an_entry(watched, magic))
    assert watched.ids == {"I9"}, watched.said


def test_an_exit_goes_out_although_the_disk_refuses_and_is_counted(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.scene.disk = Volatile()
    watched.world.bot.record.is_durable = False
    watched.scene.struck("D04")
    close = {
        "action": 1,
        "symbol": "EURUSD",
        "position": watched.position.ticket,
        "volume": watched.position.lots,
        "type": 1,
        "price": 1.09995,
        "type_filling": 1,
        "magic": a_key(watched, 1, attempt=0, leg=1),
    }
    watched.send(close)
    assert not watched.violations, watched.said
    assert exemptions_used(watched.checkers) == {"exit while the disk refuses": 1}


def newest_journal(watched: Watched) -> Path:
    return sorted((watched.world.folder / "journal").glob("*.jsonl"))[-1]


def lose_last_line(watched: Watched, kind: str) -> None:
    """Everything from the last line of a kind on is gone."""
    path = newest_journal(watched)
    lines = path.read_bytes().splitlines(keepends=True)
    place = max(n for n, line in enumerate(lines) if f'"event":"{kind}"'.encode() in line)
    path.write_bytes(b"".join(lines[:place]))


def test_a_durable_line_that_is_gone_breaks_i10(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.die()
    lose_last_line(watched, "PositionOpened")
    watched.look()
    assert watched.ids == {"I10"}, watched.said


def test_a_line_of_a_kind_that_is_not_forced_to_disk_may_go_with_the_power(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.tell(moved("filled", "closed"))
    watched.look()
    watched.die()
    lose_last_line(watched, "SetupMoved")
    watched.look()
    assert not watched.violations, watched.said


def test_a_durable_line_that_somebody_took_away_is_excused_and_counted(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.die()
    lose_last_line(watched, "PositionOpened")
    watched.scene.struck("D10")
    watched.look()
    assert not watched.violations, watched.said
    assert exemptions_used(watched.checkers) == {"record damaged on disk": 1}


def moved(before: str, after: str, setup_id: int = 1) -> SetupMoved:
    return SetupMoved(
        setup_id=setup_id,
        symbol="EURUSD",
        before=before,
        after=after,
        reason="test",
        distance_r=0.0,
    )


def test_an_illegal_move_breaks_i10(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.tell(moved("filled", "awaiting_entry"))
    watched.look()
    assert watched.ids == {"I10"}, watched.said


def test_a_move_from_where_a_setup_did_not_stand_breaks_i10_unless_a_start_repeats_it(
    tmp_path: Path,
) -> None:
    watched = a_watched_world(tmp_path)
    watched.tell(moved("awaiting_entry", "filled"))
    watched.restart()
    watched.tell(moved("awaiting_entry", "filled"))
    watched.look()
    assert not watched.violations, watched.said
    watched.tell(moved("awaiting_entry", "filled"))
    watched.look()
    assert watched.ids == {"I10"}, watched.said


def test_a_deal_that_is_booked_twice_breaks_i10(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.tell(a_booking(watched, watched.world.terminal._state.ledger._deals.rows[-1]))
    watched.look()
    assert watched.ids == {"I10"}, watched.said


def test_a_start_from_nothing_breaks_i11(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.cycle(7)
    watched.die()
    watched.world.restart()
    fresh = BotState(login=watched.world.bot.state.login, first_start_utc_s=watched.now_utc_s)
    watched.world.bot.record.state = fresh
    watched.scene.bot = watched.world.bot
    watched.look()
    assert watched.ids == {"I11"}, watched.said


def test_a_start_that_forgot_a_saved_setup_breaks_i11(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.cycle(14)
    watched.die()
    watched.world.restart()
    watched.world.bot.state.setups.clear()
    watched.scene.bot = watched.world.bot
    watched.look()
    assert watched.ids == {"I11"}, watched.said


def a_booking(watched: Watched, deal: TradeDeal) -> DealBooked:
    return DealBooked(
        deal_ticket=deal.ticket,
        order_ticket=deal.order,
        position_id=deal.position_id,
        setup_id=1,
        symbol=deal.symbol,
        side=1,
        entry="IN",
        reason="EXPERT",
        lots=deal.volume,
        price=deal.price,
        profit_money=deal.profit,
        swap_money=deal.swap,
        commission_money=deal.commission,
        fee_money=deal.fee,
        is_own=True,
        time_utc_s=watched.now_utc_s,
    )


@pytest.mark.parametrize("change", [{"profit_money": 0.01}, {"setup_id": 2}, {"is_own": False}])
def test_a_deal_that_is_booked_wrongly_breaks_i12(
    tmp_path: Path, change: dict[str, object]
) -> None:
    watched = a_watched_world(tmp_path)
    magic = a_key(watched, 1)
    watched.intend(magic)
    watched.slip_in(an_entry(watched, magic))
    deal = watched.world.terminal._state.ledger._deals.rows[-1]
    watched.tell(replace(a_booking(watched, deal), **change))  # type: ignore[arg-type]
    watched.idle()
    assert watched.ids == {"I12"}, watched.said


def test_an_opening_without_an_intent_breaks_i12(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.slip_in(an_entry(watched, a_key(watched, 5)))
    watched.idle()
    assert watched.ids == {"I12"}, watched.said


def test_a_deal_nobody_booked_breaks_i12_at_the_end(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.world.terminal.operator.close_position(watched.position.ticket)
    watched.end()
    assert "I12" in watched.ids, watched.said


def test_an_entry_that_fills_in_the_rollover_window_breaks_i15(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path, start_utc_s=BEFORE_ROLLOVER_S)
    watched.idle(18)
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.slip_in(an_entry(watched, magic))
    watched.idle()
    assert watched.ids == {"I15"}, watched.said


def test_an_entry_before_the_window_is_fine(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path, start_utc_s=BEFORE_ROLLOVER_S)
    watched.idle(6)
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.slip_in(an_entry(watched, magic))
    watched.idle()
    assert not watched.violations, watched.said


def test_a_resting_order_nobody_could_withdraw_is_excused_and_counted(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path, start_utc_s=BEFORE_ROLLOVER_S)
    watched.idle(2)
    watched.die()
    watched.world.clock.sleep(300.0)
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.slip_in(an_entry(watched, magic))
    watched.look()
    assert watched.ids == {"I22"}, "nobody wrote down that the order rested"
    assert exemptions_used(watched.checkers) == {"nobody was there": 1}


def test_the_trader_takes_its_orders_back_before_the_window(tmp_path: Path) -> None:
    watched = with_order(tmp_path)
    watched.cycle(80, 300.0)
    assert not watched.violations, watched.said
