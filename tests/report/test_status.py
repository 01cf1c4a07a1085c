from journal_story import DAY, RULES, Story, a_trading_day, at

from bot.model.events import BotStopped, BrakeChanged, HaltLatched, PhaseDecided
from bot.report.plain import plain
from bot.report.status import Pulse, StatusFold
from bot.report.status_text import status_lines


def _state(balance=20_000.0, equity=19_990.0, *, setups=None, intents=None):
    return {
        "last_seen": {"at_utc_s": at(10.0), "balance_money": balance, "equity_money": equity},
        "day": {"day": DAY, "lowest_equity_money": 19_985.0, "lowest_equity_utc_s": at(9.0)},
        "setups": setups or {},
        "intents": intents or {},
    }


def _status(story, state=None, pulse=None):
    fold = StatusFold()
    for document in story.documents:
        fold.take(document)
    return fold.status(RULES, state, pulse)


def _lines(status):
    return [plain(line) for line in status_lines(status)]


def _started():
    story = Story()
    story.start(mode="live")
    story.open_day()
    return story


def test_a_heartbeat_of_sixty_seconds_is_alive_and_one_of_sixty_one_is_not():
    beat = at(10.0)
    assert _status(_started(), _state(), Pulse(9, beat, beat + 60.0)).is_running
    assert not _status(_started(), _state(), Pulse(9, beat, beat + 61.0)).is_running


def test_stale_figures_never_look_live():
    old = _lines(_status(_started(), _state(), Pulse(9, at(10.0), at(12.0))))
    none = _lines(_status(_started(), _state(), None))
    assert old[0].startswith("NOT RUNNING: last cycle 2 h 00 min ago")
    assert none[0].startswith("NOT RUNNING: no heartbeat found")


def test_a_bot_that_stopped_on_purpose_says_why_even_with_a_fresh_heartbeat():
    story = _started()
    story.tell(BotStopped("asked to stop"))
    status = _status(story, _state(), Pulse(9, at(10.0), at(10.0)))
    assert _lines(status)[0].startswith("NOT RUNNING: stopped, asked to stop")


def test_rooms_are_shown_in_money_and_percent_of_their_base():
    lines = _lines(_status(_started(), _state(), Pulse(9, at(10.0), at(10.0))))
    assert "Room today 990.00 (4.95 % of 20 000.00), floor 19 000.00, used at worst 1.5 %" in lines
    assert (
        "Room total 1 990.00 (9.95 % of 20 000.00), floor 18 000.00, used at worst 0.8 %" in lines
    )
    assert "Balance   20 000.00, equity 19 990.00 (floating -10.00)" in lines
    assert "Target    0.00 of 1 600.00 (0.0 %)" in lines
    assert "Days      0 of 3 profitable; today -10.00 of 100.00" in lines


def test_the_countdown_runs_to_the_next_server_midnight():
    lines = _lines(_status(_started(), _state(), Pulse(9, at(10.0), at(10.0))))
    assert "Reset in  14 h 00 min (2026-11-16T22:00:00Z)" in lines


def test_a_simulated_runs_clock_is_its_markets_not_the_walls():
    story = Story()
    story.start(mode="demo")
    story.open_day()
    status = _status(story, _state(), Pulse(9, at(500.0), at(500.0)))
    assert status.now_utc_s == at(10.0)


def test_halts_show_what_resets_them():
    story = _started()
    story.tell(BrakeChanged("NONE", "FLATTEN", 0.036, 19_280.0, 20_000.0), at(10.5))
    story.tell(HaltLatched("daily_brake", "day's loss 3.60 %", "next_server_day"))
    story.tell(HaltLatched("total_loss", "total loss", "person"))
    lines = "\n".join(_lines(_status(story)))
    assert "Brake     flatten" in lines
    assert "daily_brake since 2026-11-16 10:30: day's loss 3.60 %; resets at the next" in lines
    assert "resets only by a person" in lines


def test_a_new_day_lifts_the_brake_and_a_verdict_stays():
    story = _started()
    story.tell(BrakeChanged("NONE", "REDUCE", 0.031, 19_380.0, 20_000.0), at(10.5))
    story.tell(PhaseDecided("PASSED", 21_600.0, 21_600.0, 19_000.0, 3))
    story.close_day()
    story.open_day(DAY + 1)
    status = _status(story)
    assert (status.brake, status.verdict) == ("NONE", "PASSED")


def test_queues_show_the_snapshots_distance_and_the_last_refusal():
    story = _started()
    story.setup(1)
    story.refuse("SPREAD_TOO_WIDE")
    story.setup(2, "XAUUSD")
    story.move(2, "awaiting_entry", "pending", "XAUUSD")
    status = _status(story, _state(setups={"1": {"distance_r": 0.42}, "2": {"distance_r": 0.1}}))
    lines = "\n".join(_lines(status))
    assert "Waiting   [EURUSD] setup 1 buy at 1.1, stop 1.095, 0.42 R away, kept by spread" in lines
    assert "Resting   [XAUUSD] setup 2 buy at 1.1, stop 1.095, 0.10 R away, until" in lines


def test_open_trades_show_the_stop_as_it_stands_now():
    story = _started()
    story.opened()
    lines = "\n".join(_lines(_status(story)))
    assert "Open      [EURUSD] setup 1 buy 0.24 at 1.1, stop 1.095, risk 120.00" in lines


def test_requests_with_an_open_outcome_are_counted():
    intents = {"1": {"is_unknown": True}, "2": {"is_unknown": False}}
    status = _status(_started(), _state(intents=intents))
    assert status.unknown_count == 1
    assert any(line.startswith("UNKNOWN   1 requests") for line in _lines(status))


def test_a_status_without_snapshot_still_shows_what_the_journal_knows():
    status = _status(a_trading_day())
    assert status.balance_money is None
    assert status.limits[0].floor_money == 19_000.0
