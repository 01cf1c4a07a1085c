from journal_story import Story, at

from bot.model.events import RestingOrderReplaced, SymbolScanned
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


def test_decisions_come_newest_first_and_only_of_the_symbol():
    lines = _lines(_story(), "EURUSD")
    assert [line[11:16] for line in lines] == ["03:00", "03:00", "02:00", "01:00", "01:00", "00:15"]
    assert not any("XAUUSD" in line for line in lines)


def test_case_of_the_symbol_does_not_matter():
    assert _lines(_story(), "eurusd") == _lines(_story(), "EURUSD")


def test_a_setup_is_asked_for_by_its_number():
    lines = _lines(_story(), "2")
    assert len(lines) == 1
    assert lines[0].startswith("2026-11-16 03:00 [XAUUSD] setup 2 setup made, buy: entry 1.1")


def test_a_refusal_shows_how_often_it_was_repeated_before_the_next_one():
    lines = _lines(_story(), "EURUSD")
    assert lines[3].endswith("refused: spread too wide: at 0.40 R (and 11 times more)")
    assert lines[2].endswith("refused: cumulative risk: at 0.40 R")


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
    assert _lines(_story(), "EURUSD")[-1].endswith(
        "scan: score too low buy: score 43 %; yes: trend; no: sweep, h4"
    )


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
