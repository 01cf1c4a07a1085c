"""I14, I19 and I21 to I25 bite: wrong accounts, endless tries, what stays broken or unheard of."""

from __future__ import annotations

from pathlib import Path

import pytest
from watched import (
    ENTRY,
    STOP,
    Watched,
    a_key,
    a_watched_world,
    an_entry,
    with_order,
    with_position,
)

from bot.live.state import Intent
from bot.model.events import BotStarted, FaultMet
from bot.simulator.config import AccountConfig
from tools.storm.invariants import CANARY, slowest_s


def a_stop(watched: Watched, level: float) -> dict[str, object]:
    position = watched.position
    return {
        "action": 6,
        "symbol": "EURUSD",
        "position": position.ticket,
        "sl": level,
        "tp": position.tp,
    }


def test_a_request_while_another_account_is_logged_in_breaks_i14(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    request = a_stop(watched, 1.0960)
    watched.world.terminal.add_account(AccountConfig(login=4_711))
    assert watched.world.terminal.login(4_711)
    watched.send(request)
    assert watched.ids == {"I14"}, watched.said


def test_a_request_of_another_profile_breaks_i14(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.world.bot.state.pinned = "another preset"
    watched.send(a_stop(watched, 1.0960))
    assert watched.ids == {"I14"}, watched.said


@pytest.mark.parametrize(("count", "broken"), [(60, set()), (61, {"I19"})])
def test_more_than_sixty_requests_a_minute_break_i19(
    tmp_path: Path, count: int, broken: set[str]
) -> None:
    watched = with_position(tmp_path)
    watched.idle(7)
    for step in range(count):
        watched.send(a_stop(watched, round(1.0951 + 0.0000_1 * step, 5)))
    assert watched.ids == broken, watched.said


def test_a_bad_request_that_is_sent_again_breaks_i19(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.send(a_stop(watched, 1.1010))
    assert watched.ids == {"I17"}, watched.said
    watched.send(a_stop(watched, 1.1010))
    assert watched.ids == {"I17", "I19"}, watched.said


def test_another_request_after_a_bad_one_is_no_repetition(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.send(a_stop(watched, 1.1010))
    watched.send(a_stop(watched, 1.0960))
    assert watched.ids == {"I17"}, watched.said


def test_more_retries_than_allowed_break_i19(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.plan.add("B09", for_s=600.0)  # the market refuses: the price has moved
    for attempt in range(1, 5):
        magic = a_key(watched, 5, attempt)
        watched.intend(magic)
        watched.send(an_entry(watched, magic))
        assert watched.ids == ({"I19"} if attempt > 3 else set()), watched.said


def test_an_outcome_that_stays_open_breaks_i21(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.world.bot.state.intents[9] = Intent(
        intent_id=9,
        magic=a_key(watched, 5),
        setup_id=5,
        symbol="EURUSD",
        action="open_market",
        side=1,
        lots=0.1,
        price=ENTRY,
        stop_price=STOP,
        risk_money=50.0,
        created_utc_s=watched.now_utc_s,
        is_unknown=True,
    )
    watched.end()
    assert watched.ids == {"I21"}, watched.said


def test_a_position_nobody_holds_and_a_setup_without_one_break_i21(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    (setup,) = watched.world.bot.state.setups.values()
    assert setup.ladder is not None
    setup.ladder.position_id += 1
    watched.end()
    assert watched.ids == {"I21"}, watched.said
    assert len(watched.violations) == 2


def test_an_order_nobody_waits_for_breaks_i21(tmp_path: Path) -> None:
    watched = with_order(tmp_path)
    watched.world.bot.state.setups.clear()
    watched.end()
    assert watched.ids == {"I21"}, watched.said


def test_a_dead_trader_at_the_end_breaks_i21(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.die()
    watched.end()
    assert watched.ids == {"I21"}, watched.said


def test_a_silent_trader_with_something_open_is_heard_of(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.die()
    for _ in range(12):
        watched.world.clock.sleep(10.0)
        watched.look()
    assert not watched.violations, watched.said


def test_a_snapshot_that_hides_what_is_open_breaks_i22(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.world.bot.state.setups.clear()
    watched.world.bot.record.touch()
    assert watched.world.bot.record.save()
    watched.die()
    for _ in range(8):
        watched.world.clock.sleep(10.0)
        watched.look()
    assert not watched.violations, watched.said
    watched.world.clock.sleep(20.0)
    watched.look()
    assert watched.ids == {"I22"}, watched.said


def test_a_request_the_trader_did_not_send_breaks_i23(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.before_send(a_stop(watched, 1.0960))
    assert watched.ids == {"I23"}, watched.said


def test_a_request_while_no_trader_runs_breaks_i23(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.die()
    watched.before_send(a_stop(watched, 1.0960))
    assert watched.ids == {"I23"}, watched.said


def test_another_build_on_the_same_record_breaks_i23(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.tell(
        BotStarted(
            version="0.0.1",
            params_hash="",
            preset="",
            phase="",
            login=watched.world.bot.state.login,
            server="",
            currency="USD",
            initial_balance_money=20_000.0,
            mode="test",
            symbols=(),
        )
    )
    watched.look()
    assert watched.ids == {"I23"}, watched.said


def test_a_secret_in_a_line_breaks_i24(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.tell(FaultMet(fault="B40", detail=f"login refused, {CANARY}", count=1))
    watched.look()
    assert watched.ids == {"I24"}, watched.said


def test_a_secret_in_a_comment_or_an_alarm_breaks_i24(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.send(an_entry(watched, magic, comment=CANARY))
    assert watched.ids == {"I24"}, watched.said
    watched.violations.clear()
    watched.scene.alarms.append(f"token {CANARY}")
    watched.look()
    assert watched.ids == {"I24"}, watched.said


def test_a_secret_in_a_file_breaks_i24_when_it_is_looked_for(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    (watched.scene.state_folder / "state.corrupt-1.json").write_text(CANARY, "utf-8")
    watched.look()
    assert not watched.violations, watched.said
    watched.die()
    assert watched.ids == {"I24"}, watched.said


def test_a_state_that_grows_without_end_breaks_i25(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    blocked = watched.world.bot.state.blocked_until_utc_s
    blocked.update({f"SYMBOL{number}": 0.0 for number in range(200)})
    watched.end()
    assert not watched.violations, watched.said
    blocked["ONE MORE"] = 0.0
    watched.end()
    assert watched.ids == {"I25"}, watched.said


def test_what_took_a_while_is_told(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.world.terminal.operator.move_levels(watched.position.ticket, 0.0, 0.0)
    watched.idle(2)
    watched.cycle(3)
    assert slowest_s(watched.checkers) == {"I3": 10.0}
