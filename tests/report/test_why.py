from dataclasses import replace

from journal_story import Story, at

from bot.model.events import (
    BreakerTripped,
    ExposureRelieved,
    OrderIntended,
    RestingOrderReplaced,
    SizeRefused,
    SymbolScanned,
)
from bot.report.plain import plain
from bot.report.why import decisions, subjects, why_lines


def _scan(verdict="SCORE_TOO_LOW", symbol="EURUSD"):
    return SymbolScanned(
        symbol, at(0.0), verdict, "buy", 0.43, 3.0, ("TREND",), ("SWEEP", "H4"), 0.0, 0.0, 0.0
    )


def _story():
    story = Story()
    story.tell(_scan(), at(0.25))
    story.setup(1, at_utc_s=at(1.0))
    story.refuse("SPREAD_TOO_WIDE")
    story.now_utc_s = at(2.0)
    story.refuse("CUMULATIVE_RISK", repeated=11)
    story.now_utc_s = at(3.0)
    story.intend("place_limit")
    story.answer()
    story.setup(2, "XAUUSD")
    return story


def _lines(story, subject):
    return [plain(line) for line in why_lines(decisions(story.documents, subject))]


def _heads(story, subject):
    return [line for line in _lines(story, subject) if not line.startswith(" ")]


def test_decisions_come_newest_first_and_only_of_the_symbol():
    lines = _heads(_story(), "EURUSD")
    assert [line[11:16] for line in lines] == ["03:00", "03:00", "02:00", "01:00", "01:00", "00:15"]
    assert not any("XAUUSD" in line for line in lines)


def test_case_of_the_symbol_does_not_matter():
    assert _lines(_story(), "eurusd") == _lines(_story(), "EURUSD")


def test_a_setup_is_asked_for_by_its_number():
    lines = _lines(_story(), "2")
    assert len(lines) == 1
    assert lines[0].startswith("2026-11-16 03:00 [XAUUSD] setup 2 setup made, buy: entry 1.1")


def test_a_refusal_shows_how_often_it_was_repeated_before_the_next_one():
    story = Story()
    story.refuse("SPREAD_TOO_WIDE", figures=(0.00009, 0.00006))
    story.refuse("CUMULATIVE_RISK", repeated=11, figures=(1_020.0, 1_000.0))
    after, change, before = _lines(story, "EURUSD")
    assert before.endswith(
        "refused: spread too wide: spread 0.9 pips, at most 0.6 pips (and 11 times more)"
    )
    assert after.endswith("refused: too much at risk in all: together 1 020.00, at most 1 000.00")
    assert change == "    changed: before, spread too wide (spread 0.9 pips, at most 0.6 pips)"


def test_equal_refusals_in_a_row_become_one_line():
    story = Story()
    story.setup(1)
    for _ in range(5):
        story.refuse("QUOTE_STALE")
    lines = _lines(story, "EURUSD")
    assert len(lines) == 2
    assert lines[0].endswith("(and 4 times more)")


def test_refusals_of_two_setups_are_not_merged():
    story = Story()
    story.refuse("QUOTE_STALE", setup_id=1)
    story.refuse("QUOTE_STALE", setup_id=2)
    assert len(_lines(story, "EURUSD")) == 2


def test_a_scan_names_the_pillars_that_said_yes_and_no():
    *_, head, yes, no = _lines(_story(), "EURUSD")
    assert head.endswith("scan: score too low buy: score 43 %")
    assert (yes, no) == ("    yes: trend", "    no: sweep, h4")


def test_a_sent_order_shows_every_factor_of_its_size():
    assert "risk 120.00 = 0.60 % of balance x confluence 1.15 x brake 1.00" in "\n".join(
        _lines(_story(), "EURUSD")
    )


def test_a_replaced_order_shows_both_volumes():
    story = Story()
    story.tell(RestingOrderReplaced(1, "EURUSD", 81, 0.24, 0.25, "balance moved"))
    assert _lines(story, "1")[0].endswith("0.24 to 0.25 lots; balance moved")


def test_the_symbols_spoken_of_are_listed():
    assert subjects(_story().documents) == ["EURUSD", "XAUUSD"]


def test_a_symbol_never_spoken_of_has_an_empty_chain():
    assert decisions(_story().documents, "GBPJPY") == ()


def _size_refused(refusal="LEVERAGE_AT_CAP", value=5.04, limit=4.58):
    return SizeRefused(
        1, "EURUSD", refusal, 0.006, "PARAMETER", 1.0, 1.0, 1.0, 1.0, 1.0, 1.0,
        120.0, "LEVERAGE", 4.58, value, limit,
    )  # fmt: skip


def test_a_size_and_the_refusal_it_led_to_are_one_decision():
    story = Story()
    for _ in range(3):
        story.tell(_size_refused())
        story.refuse("LEVERAGE_AT_CAP", figures=(5.04, 4.58))
        story.now_utc_s += 60.0
    head, *details = _lines(story, "EURUSD")
    assert head.endswith(
        "no size: leverage at cap: the smallest volume risks 5.04, 4.58 is left for it "
        "(and 2 times more)"
    )
    assert details[0] == "    0.60 % of balance x confluence 1.00 x brake 1.00"


def test_the_repeats_before_a_size_refusal_belong_to_the_refusal_before_it():
    story = Story()
    story.refuse("PAUSED")
    story.now_utc_s = at(1.0)
    story.tell(_size_refused())
    story.refuse("LEVERAGE_AT_CAP", repeated=7, figures=(5.04, 4.58))
    heads = _heads(story, "EURUSD")
    assert len(heads) == 2
    assert heads[1].endswith("refused: paused by a person (and 7 times more)")
    assert "more)" not in heads[0]
    assert "    changed: before, paused by a person" in _lines(story, "EURUSD")


def test_an_open_breaker_is_named_with_its_own_unit():
    story = Story()
    story.tell(BreakerTripped("rapid_loss", 0.025, 0.02, "block", "person"))
    story.refuse("BREAKER_OPEN", figures=(0.025, 0.02))
    assert _lines(story, "1")[0].endswith(
        "a circuit breaker is open: rapid_loss, fall of equity 2.50 %, limit 2.00 %"
    )


def test_a_scan_says_what_changed_since_the_one_before():
    story = Story()
    story.tell(_scan(), at(0.25))
    better = replace(_scan(), score_fraction=0.57, passed=("TREND", "SWEEP"), failed=("H4",))
    story.tell(better, at(24.25))
    assert "    changed: score 43 % to 57 %; now yes: sweep" in _lines(story, "EURUSD")
    story.tell(_scan(), at(48.25))
    assert "    changed: score 57 % to 43 %; no longer: sweep" in _lines(story, "EURUSD")


def test_equal_scans_in_a_row_become_one_line():
    story = Story()
    for day in range(3):
        story.tell(_scan(), at(24.0 * day))
    assert len(_heads(story, "EURUSD")) == 1
    assert _heads(story, "EURUSD")[0].endswith("(and 2 times more)")


def test_a_sent_order_shows_its_worst_case_and_the_checks_it_passed():
    story = Story()
    story.intend()
    fields = {key: story.documents[-1][key] for key in OrderIntended.__slots__}
    grounds = {
        "stop_money": 119.0,
        "slippage_reserve_money": 11.9,
        "commission_reserve_money": 0.96,
        "swap_reserve_money": 0.0,
        "gap_reserve_money": 20.0,
        "checks": ("SPREAD_TOO_WIDE", "CUMULATIVE_RISK", "DAILY_FLOOR_AT_RISK"),
        "check_values": (0.00004, 240.0, 19_800.0),
        "check_limits": (0.00006, 1_000.0, float("nan")),
    }
    story.tell(OrderIntended(**(fields | grounds)))
    lines = _lines(story, "EURUSD")
    assert "    worst case 151.86: stop 119.00, slippage 11.90, commission 0.96, gap 20.00" in lines
    assert (
        "    passed: spread 0.4 pips, at most 0.6 pips; together 240.00, at most 1 000.00" in lines
    )


def test_what_the_guard_took_off_is_told_with_its_reason():
    story = Story()
    story.tell(ExposureRelieved("reset_night", "reduce", 1, "EURUSD", 9, 0.1, 50.0, 40.0))
    assert _lines(story, "1")[0].endswith(
        "taken off: reduce: 0.10 lots give back 50.00; the worst case lacked 40.00 to "
        "tomorrow's floor"
    )
