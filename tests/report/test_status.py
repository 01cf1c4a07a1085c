from journal_story import DAY, RULES, Story, a_trading_day, at

from bot.model.events import BotStopped, BrakeChanged, HaltLatched, PhaseDecided
from bot.report.lasting import LASTING_TEXT
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
    assert "Room today 990.00 (4.95 %) above 19 000.00, used at worst 1.5 %" in lines
    assert "Room total 1 990.00 (9.95 %) above 18 000.00, used at worst 0.8 %" in lines
    assert "Balance    20 000.00, equity 19 990.00 (floating -10.00)" in lines
    assert "Target     0.00 of 1 600.00 (0.0 %)" in lines
    assert "Days       0 of 3 profitable; today -10.00 of 100.00" in lines


def test_the_countdown_runs_to_the_next_server_midnight():
    lines = _lines(_status(_started(), _state(), Pulse(9, at(10.0), at(10.0))))
    assert "Next reset in 14 h 00 min: Mon 17:00 New York, Mon 22:00 UTC" in lines


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
    lines = " ".join(" ".join(_lines(_status(story))).split())
    assert "Brakes flatten is on" in lines
    assert "daily_brake since 2026-11-16 10:30: day's loss 3.60 %; resets with the firm" in lines
    assert LASTING_TEXT in lines  # the total loss ends the account for the bot


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
    lines = " ".join(" ".join(_lines(status)).split())
    assert "Waiting [EURUSD] setup 1 buy at 1.1, stop 1.095, 0.42 R away, kept: spread" in lines
    assert "Resting [XAUUSD] setup 2 buy at 1.1, stop 1.095, 0.10 R away, until" in lines


def test_open_trades_show_the_stop_as_it_stands_now():
    story = _started()
    story.opened()
    lines = "\n".join(_lines(_status(story)))
    assert "Open       [EURUSD] setup 1 buy 0.24 at 1.1, stop 1.095, risk 120.00" in lines


def test_requests_with_an_open_outcome_are_counted():
    intents = {"1": {"is_unknown": True}, "2": {"is_unknown": False}}
    status = _status(_started(), _state(intents=intents))
    assert status.unknown_count == 1
    assert any(line.startswith("UNKNOWN    1 requests") for line in _lines(status))


def test_a_status_without_snapshot_still_shows_what_the_journal_knows():
    status = _status(a_trading_day())
    assert status.balance_money is None
    assert status.limits[0].floor_money == 19_000.0


def _outlook(**changes):
    fields = {
        "at_utc_s": at(10.0),
        "daily_floor_money": 19_000.0,
        "total_floor_money": 18_000.0,
        "base_money": 20_000.0,
        "usual_risk_money": 120.0,
        "coast_factor": 1.0,
        "reserves": {"stop_money": 100.0, "slippage_money": 10.0, "gap_money": 30.0},
        "rungs": [
            {"name": "warn", "equity_money": 19_600.0},
            {"name": "reduce", "equity_money": 19_400.0},
            {"name": "flatten", "equity_money": 19_300.0},
            {"name": "total flatten", "equity_money": 18_200.0},
        ],
        "stakes": [
            {
                "kind": "position",
                "symbol": "GBPJPY",
                "side": 1,
                "lots": 0.4,
                "worst_money": 140.0,
                "price_money": 260.0,
            }
        ],
        "buckets": [{"bucket": "GBP", "lean_r": 1.14}, {"bucket": "JPY", "lean_r": -1.14}],
        "news": [
            {
                "at_utc_s": at(12.5),
                "currency": "USD",
                "title": "CPI y/y",
                "symbols": ["EURUSD", "XAUUSD", "USDJPY", "GBPUSD", "NAS100"],
            },
            {"at_utc_s": at(9.0), "currency": "USD", "title": "over", "symbols": ["EURUSD"]},
        ],
        "calendar": "FRESH",
        "calendar_reason": "",
        "gauges": [
            {"breaker": "trades_per_day", "value": 6.0, "limit": 8.0},
            {"breaker": "disconnects", "value": 0.0, "limit": 5.0},
            {"breaker": "disk", "value": 9e9, "limit": 1e9},
        ],
    }
    return _state() | {"outlook": fields | changes}


def _page(state):
    return _lines(_status(_started(), state, Pulse(9, at(10.0), at(10.0))))


def test_the_first_line_is_the_verdict():
    assert _page(_outlook())[:2] == [
        "CLEAR      entries are allowed, nothing stands against them",
        "Running    last cycle 0 s ago (no. 9)",
    ]
    assert _page(_state())[0].startswith("UNSURE")


def test_room_stands_in_money_and_in_the_traders_own_terms():
    lines = _page(_outlook())
    today = lines.index("Room today 990.00 (4.95 %) above 19 000.00, used at worst 1.5 %")
    assert lines[today + 1] == "           = eight full stops on GBPJPY, or a gap of 380.8 pips"


def test_what_is_at_stake_stands_part_by_part_above_the_higher_floor():
    lines = _page(_outlook())
    stake = "At stake   140.00 if all is stopped out: 850.00 would be left above the floor"
    assert lines[lines.index(stake) + 1] == "           stops 100.00, slippage 10.00, gaps 30.00"
    assert "Exposure   GBP +1.14 R, JPY -1.14 R" in lines


def test_a_position_without_a_bound_is_named():
    stakes = [{**_outlook()["outlook"]["stakes"][0], "worst_money": None}]
    assert any("without a bound: GBPJPY" in line for line in _page(_outlook(stakes=stakes)))


def test_brakes_show_how_far_they_are():
    lines = _page(_outlook())
    assert "Brakes     none on; reduce at -600.00: 590.00 away" in lines
    assert "           flatten at -700.00: 690.00 away" in lines
    assert "           total flatten at equity 18 200.00: 1 790.00 away" in lines
    low = _outlook() | {"last_seen": {**_state()["last_seen"], "equity_money": 19_300.0}}
    assert "           flatten at -700.00: reached" in _page(low)


def test_gauges_near_their_limit_are_named_and_far_ones_counted():
    assert "Breakers   3 armed; nearest: entries today 6, limit 8" in _page(_outlook())
    calm = [{"breaker": "trades_per_day", "value": 3.0, "limit": 8.0}]
    assert "Breakers   1 armed, none is half way to its limit" in _page(_outlook(gauges=calm))
    disk = [{"breaker": "disk", "value": 1.5e9, "limit": 1e9}]
    assert any("free disk space 1500 MB" in line for line in _page(_outlook(gauges=disk)))


def test_only_news_ahead_are_shown():
    lines = _page(_outlook())
    assert "News       USD CPI y/y in 2 h 30 min, for EURUSD, XAUUSD, USDJPY, GBPUSD and 1" in lines
    assert not any("over in" in line for line in lines)
    assert "Calendar   fresh" in lines


def test_a_calendar_that_is_not_fresh_says_why_and_blocks():
    state = _outlook(calendar="CALENDAR_MISSING", calendar_reason="feed: no such file")
    lines = _page(state)
    assert lines[0] == "BLOCKED    no news calendar: feed: no such file"
    assert any(line.startswith("Calendar   no news calendar") for line in lines)


def test_coasting_and_locked_profit_are_told():
    state = _outlook(coast_factor=0.25) | {"coast": {"stage": 2, "lock_floor_money": 21_000.0}}
    text = " ".join(" ".join(_page(state)).split())
    assert "Coast target reached; trades risk 25 % of the usual; profit is locked above" in text
    assert not any(line.startswith("Coast") for line in _page(_outlook()))


def test_an_old_confirmation_of_the_rules_asks_to_be_renewed():
    fold = StatusFold()
    for document in _started().documents:
        fold.take(document)
    day_s = 86_400.0

    def lines(age_s):
        return _lines(
            fold.status(RULES, _outlook(), Pulse(9, at(10.0), at(10.0)), at(10.0) - age_s)
        )

    assert "Rules      confirmed 12 d 0 h ago" in lines(12 * day_s)
    assert "Rules      confirmed 30 d 0 h ago" in lines(30 * day_s)
    assert any("read them again" in line for line in lines(30 * day_s + 1.0))


def test_no_line_is_wider_than_eighty_columns():
    story = _started()
    story.setup(1)
    story.refuse("SPREAD_TOO_WIDE")
    story.opened()
    story.tell(HaltLatched("total_loss", "total loss 1800.00 from 20000.00", "person"))
    state = _outlook() | {
        "breakers": {
            "tripped": {
                "rapid_loss": {"action": 2, "value": 0.025, "limit": 0.02, "since_utc_s": at(9.0)}
            }
        }
    }
    lines = _lines(_status(story, state, Pulse(9, at(10.0), at(10.0))))
    assert max(len(line) for line in lines) <= 80
    assert lines[0].startswith("HALTED     total loss: total loss 1800.00 from 20000.00; resets")


def test_a_fixed_offset_of_the_firm_is_its_own_clock():
    story = _started()
    story.documents[0] |= {"day_zone": "UTC+02:00", "day_reset_s": 0}
    lines = _lines(_status(story, _state(), Pulse(9, at(10.0), at(10.0))))
    assert "Next reset in 14 h 00 min: Tue 00:00 UTC+02:00, Mon 22:00 UTC" in lines


def test_an_outlook_of_another_version_is_left_out():
    state = _state() | {"outlook": {"at_utc_s": "soon"}}
    assert _status(_started(), state, Pulse(9, at(10.0), at(10.0))).outlook is None


def test_a_start_tells_the_rules_to_whoever_has_only_the_journal():
    story = _started()
    story.documents[0] |= {
        "are_rules_told": True,
        "target_initial_fraction": 0.08,
        "days_needed_count": 3,
        "day_gain_initial_fraction": 0.005,
    }
    fold = StatusFold()
    for document in story.documents:
        fold.take(document)
    lines = _lines(fold.status(None, _state(), None))
    assert "Target     0.00 of 1 600.00 (0.0 %)" in lines
    assert "Days       0 of 3 profitable; today -10.00 of 100.00" in lines
