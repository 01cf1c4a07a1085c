import pytest
from journal_story import DAY, Story, a_trading_day, at

from bot.model.events import PhaseDecided
from bot.report.compliance_model import Now
from bot.report.days import DayFold
from bot.report.plain import plain
from bot.report.summary import summarise
from bot.report.summary_text import money_line, summary_rows, verdict_text


def _summary(story, end=None):
    fold = DayFold()
    for document in story.documents:
        fold.take(document)
    return summarise(fold, end)


def test_totals_come_from_the_deals_and_reconcile_with_the_end_balance():
    summary = _summary(a_trading_day(), Now(at(24.0), 20_143.04, 20_143.04))
    assert (summary.gross_money, summary.commission_money) == (144.0, -0.96)
    assert summary.deals_money == 143.04
    assert summary.left_over_money == 0.0
    assert plain(money_line(summary)).endswith("= 20 143.04, reconciled to the cent")


def test_a_balance_that_does_not_fit_is_said_loudly():
    summary = _summary(a_trading_day(), Now(at(24.0), 20_140.0, 20_140.0))
    assert summary.left_over_money == -3.04
    assert plain(money_line(summary)).endswith("LEFT OVER -3.04")


def test_without_an_end_balance_nothing_is_claimed():
    summary = _summary(a_trading_day())
    assert summary.left_over_money is None
    assert money_line(summary).startswith("not compared")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("PASSED", "PASSED:"),
        ("BREACHED_DAILY", "BREACHED: equity reached the daily floor"),
        ("BREACHED_TOTAL", "BREACHED: equity reached the total floor"),
    ],
)
def test_the_verdict_is_the_phases_own(verdict, words):
    story = a_trading_day()
    story.tell(PhaseDecided(verdict, 20_000.0, 20_000.0, 19_000.0, 0))
    assert verdict_text(_summary(story)).startswith(words)


def test_a_phase_that_is_not_over_says_so():
    assert verdict_text(_summary(a_trading_day())).startswith(
        "STILL RUNNING after 1 closed server days"
    )


def test_results_per_trade_and_symbol_add_up():
    story = a_trading_day()
    story.open_day(DAY + 1, 20_143.04, 20_143.04)
    story.now_utc_s = at(30.0)
    story.opened(position_id=101, setup_id=2)
    story.deal(-120.0, 3, position_id=101, setup_id=2)
    story.closed(-120.0, position_id=101, reason="STOP")
    summary = _summary(story)
    assert (summary.trades_count, summary.won_count) == (2, 1)
    assert summary.result_r == round((143.04 - 120.0) / 120.0, 4)
    assert summary.profit_factor == round(143.04 / 120.0, 3)
    (row,) = summary.symbols
    assert (row.symbol, row.trades_count, row.net_money) == ("EURUSD", 2, 23.04)


def test_the_worst_day_is_the_largest_share_of_an_allowance():
    story = a_trading_day()
    story.open_day(DAY + 1, 20_143.04, 20_143.04)
    story.close_day(DAY + 1, 20_143.04, low=19_639.464)
    summary = _summary(story)
    assert summary.daily_used_fraction_max == 0.5
    assert summary.drawdown_money_max == 503.58


def test_a_run_without_trades_has_no_ratios():
    story = Story()
    story.start()
    story.open_day()
    story.close_day()
    summary = _summary(story)
    assert (summary.expectancy_r, summary.profit_factor) == (None, None)
    assert "result" not in dict(summary_rows(summary, "USD"))


def test_an_empty_journal_can_be_summarised():
    assert _summary(Story()).days_count == 0


def test_the_days_are_named_with_their_span_and_their_colours():
    story = a_trading_day()
    story.open_day(DAY + 1, 20_143.04, 20_143.04)
    story.close_day(DAY + 1, 20_143.04, low=19_000.0)
    rows = dict(summary_rows(_summary(story), "USD"))
    expected = "2026-11-16 to 2026-11-17: 2 server days closed, 2 profitable, 1 red"
    assert rows["days"] == expected
    fresh = Story()
    fresh.start()
    fresh.open_day()
    assert dict(summary_rows(_summary(fresh), "USD"))["days"].endswith("no server day closed yet")
