import pytest
from journal_story import DAY, RULES, Story, a_trading_day, at

from bot.errors import StateCorruptError
from bot.model.events import (
    BrakeChanged,
    CommandTaken,
    EquityLowMarked,
    FaultMet,
    HaltCleared,
    HaltLatched,
    PhaseDecided,
)
from bot.report.compliance import compliance_day
from bot.report.compliance_model import Low, Now
from bot.report.verdicts import Verdict


def _page(story, day=DAY, rules=RULES, now=None):
    return compliance_day(story.documents, day, rules, now)


def _verdict(page, rule):
    return next(line.verdict for line in page.rules if line.rule == rule)


def test_each_limit_shows_the_lowest_equity_the_room_left_then_and_the_share_used():
    page = _page(a_trading_day())
    daily, total = page.limits
    assert (daily.base_money, daily.floor_money, daily.allowance_money) == (20_000, 19_000, 1_000)
    assert (daily.lowest_equity_money, daily.lowest_equity_utc_s) == (19_900.0, at(14.5))
    assert (daily.room_at_lowest_money, daily.used_fraction) == (900.0, 0.1)
    assert (total.room_at_lowest_money, total.used_fraction) == (1_900.0, 0.05)
    assert (daily.equity_money, daily.room_money) == (20_143.04, 1_143.04)


@pytest.mark.parametrize(
    ("low", "verdict"),
    [(19_000.01, Verdict.OK), (19_000.0, Verdict.TOUCHED), (18_999.99, Verdict.BREACHED)],
)
def test_equity_on_the_daily_floor_touches_it_and_a_cent_below_breaches_it(low, verdict):
    story = Story()
    story.start()
    story.open_day()
    story.close_day(low=low)
    assert _verdict(_page(story), "daily floor") == verdict
    assert _verdict(_page(story), "total floor") == Verdict.OK


def test_equity_below_the_total_floor_breaches_both():
    story = Story()
    story.start()
    story.open_day()
    story.close_day(low=17_999.0)
    page = _page(story)
    assert _verdict(page, "total floor") == Verdict.BREACHED
    assert page.status == Verdict.BREACHED


def test_a_day_without_trades_has_a_page_of_its_own():
    story = Story()
    story.start()
    story.open_day()
    story.close_day()
    page = _page(story)
    assert page.is_closed
    assert page.book.trades_closed == ()
    assert page.status == Verdict.OK
    assert _verdict(page, "stop on every position") == Verdict.NOT_APPLICABLE
    assert page.money.is_exact


def test_a_day_the_journal_does_not_speak_of_says_so():
    page = _page(a_trading_day(), DAY - 3)
    assert not page.is_recorded
    assert page.limits == ()
    assert page.money is None


def test_progress_needs_the_rules_of_the_phase_and_says_when_it_lacks_them():
    known, unknown = _page(a_trading_day()).progress, _page(a_trading_day(), rules=None).progress
    assert (known.target_money, known.closed_profit_money) == (1_600.0, 143.04)
    assert known.target_done_fraction == 0.0894
    assert (known.profitable_days_count, known.profitable_days_min_count) == (1, 3)
    assert (known.day_gain_money, known.day_gain_needed_money) == (143.04, 100.0)
    assert known.is_profitable_day
    assert (unknown.target_money, unknown.profitable_days_min_count) == (None, None)


def test_a_running_day_takes_its_low_from_the_marks_and_its_end_from_the_snapshot():
    story = Story()
    story.start()
    story.open_day()
    story.tell(EquityLowMarked(19_950.0, 950.0, 1_950.0), at(5.0))
    page = _page(story, now=Now(at(6.0), 20_000.0, 20_010.0, clock_offset_s=7_200.0))
    assert not page.is_closed
    assert page.limits[0].lowest_equity_money == 19_950.0
    assert page.limits[0].equity_money == 20_010.0
    assert page.floating_money == 10.0
    assert page.progress.day_gain_money == 0.0
    assert page.progress.is_profitable_day is None


def test_the_snapshots_low_counts_when_it_is_lower_than_the_marks():
    story = Story()
    story.start()
    story.open_day()
    story.tell(EquityLowMarked(19_950.0, 950.0, 1_950.0), at(5.0))
    now = Now(at(6.0), 20_000.0, 20_000.0, Low(19_941.0, at(5.5)))
    assert _page(story, now=now).limits[0].lowest_equity_money == 19_941.0


def test_refusals_are_counted_by_gate_with_the_repeats_that_were_not_written():
    story = Story()
    story.start()
    story.open_day()
    story.refuse("SPREAD_TOO_WIDE")
    story.refuse("QUOTE_STALE", repeated=11)
    story.refuse("SPREAD_TOO_WIDE", setup_id=2)
    assert _page(story).activity.refusals == {"SPREAD_TOO_WIDE": 13, "QUOTE_STALE": 1}


def test_an_entry_sent_under_a_halt_breaches_and_one_after_it_does_not():
    story = Story()
    story.start()
    story.open_day()
    story.tell(HaltLatched("daily_brake", "day's loss 3.51 %", "next_server_day"))
    story.intend("close")
    assert _verdict(_page(story), "nothing opened while halted") == Verdict.OK
    story.intend("place_limit")
    assert _verdict(_page(story), "nothing opened while halted") == Verdict.BREACHED
    later = Story()
    later.start()
    later.open_day()
    later.tell(HaltLatched("paused", "lunch", "person"))
    later.tell(HaltCleared("paused", "back"))
    later.intend("place_limit")
    assert _verdict(_page(later), "nothing opened while halted") == Verdict.OK


def test_two_positions_of_one_setup_breach():
    story = a_trading_day()
    assert _verdict(_page(story), "one position per setup") == Verdict.OK
    story.now_utc_s = at(10.0)
    story.opened(position_id=101)
    story.deal(0.0, 9, entry="IN", side=1, position_id=101)
    assert _verdict(_page(story), "one position per setup") == Verdict.BREACHED


@pytest.mark.parametrize(
    ("hour", "verdict"),
    [
        (0.24, Verdict.TOUCHED),
        (0.25, Verdict.OK),
        (23.8, Verdict.OK),
        (23.84, Verdict.TOUCHED),
    ],
)
def test_a_fill_between_23_50_and_00_15_server_is_inside_the_rollover_window(hour, verdict):
    story = Story()
    story.start()
    story.open_day()
    story.now_utc_s = at(hour)
    story.opened()
    assert _verdict(_page(story), "no entry in the rollover window") == verdict


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        (23, Verdict.OK),
        (24, Verdict.TOUCHED),
        (28, Verdict.TOUCHED),
        (29, Verdict.BREACHED),
    ],
)
def test_25_days_without_an_opening_alarm_and_30_breach(days, verdict):
    story = Story()
    story.start()
    story.open_day()
    story.opened()
    story.open_day(DAY + days)
    story.close_day(DAY + days)  # a day ends one day after it began
    assert _verdict(_page(story, DAY + days), "inactivity") == verdict


def test_the_clock_is_touched_when_the_server_is_not_on_new_york_plus_seven():
    story = Story()
    story.start()
    story.open_day()
    story.close_day()
    assert _verdict(_page(story), "server clock") == Verdict.OK
    story.documents[-1]["clock_offset_s"] = 10_800.0
    assert _verdict(_page(story), "server clock") == Verdict.TOUCHED


def test_brakes_halts_faults_commands_and_verdicts_are_on_the_page():
    story = Story()
    story.start()
    story.open_day()
    story.tell(BrakeChanged("NONE", "WARN", 0.0213, 19_574.0, 20_000.0), at(11.0))
    story.tell(FaultMet("N01", "account: none", 10))
    story.tell(CommandTaken("c1", "pause", "lunch"))
    story.tell(PhaseDecided("BREACHED_DAILY", 19_000.0, 18_990.0, 19_000.0, 0))
    activity = _page(story).activity
    assert activity.brakes[0].after == "WARN"
    assert activity.faults == {"N01": "account: none (so far 10)"}
    assert activity.commands == ("pause: lunch",)
    assert activity.phase_verdicts == ("BREACHED_DAILY",)


def test_what_stood_at_a_days_end_stays_on_its_page_after_it_is_gone():
    story = Story()
    story.start()
    story.open_day()
    story.setup(1)
    story.move(1, "awaiting_entry", "pending")
    story.setup(2, "XAUUSD")
    story.now_utc_s = at(12.0)
    story.opened(position_id=300, setup_id=3)
    story.close_day()
    story.open_day(DAY + 1)
    story.move(1, "pending", "cancelled")
    story.now_utc_s = at(30.0)
    story.closed(5.0, position_id=300)
    first = _page(story).book
    assert [row.setup_id for row in first.orders_resting] == [1]
    assert [row.symbol for row in first.setups_waiting] == ["XAUUSD"]
    assert [row.position_id for row in first.trades_open] == [300]
    assert _page(story, DAY + 1).book.trades_open == ()


def test_a_position_that_closed_before_midnight_but_was_noticed_after_it_is_on_its_own_day():
    story = Story()
    story.start()
    story.open_day()
    story.now_utc_s = at(12.0)
    story.opened()
    story.close_day(balance=19_880.0)
    story.open_day(DAY + 1, balance=19_880.0)
    story.closed(-120.0, reason="STOP")
    story.documents[-1]["closed_utc_s"] = at(22.0)
    book = _page(story).book
    assert [row.net_money for row in book.trades_closed] == [-120.0]
    assert book.trades_open == ()
    assert _page(story, DAY + 1).book.trades_closed == ()


def test_a_position_without_a_stop_breaches():
    story = Story()
    story.start()
    story.open_day()
    story.opened()
    assert _verdict(_page(story), "stop on every position") == Verdict.OK
    story.documents[-1]["stop_price"] = 0.0
    assert _verdict(_page(story), "stop on every position") == Verdict.BREACHED


def test_a_damaged_line_is_refused_naming_line_field_and_value():
    story = a_trading_day()
    story.documents[1]["base_money"] = "20000"
    with pytest.raises(StateCorruptError, match=r"line 1 \(DayOpened\): base_money = '20000'"):
        _page(story)
