from hypothesis import given, settings
from hypothesis import strategies as st
from journal_story import DAY, Story, a_trading_day, at

from bot.report.compliance import compliance_day
from bot.report.compliance_model import Now
from bot.report.money import cents


def _money(story, day=DAY, now=None):
    return compliance_day(story.documents, day, None, now).money


def test_start_balance_plus_every_deal_is_the_end_balance_to_the_cent():
    money = _money(a_trading_day())
    assert money.start_balance_money == 20_000.0
    assert money.deals_money == 143.04
    assert money.end_balance_money == 20_143.04
    assert money.is_exact


def test_a_missing_deal_leaves_its_amount_over():
    story = a_trading_day()
    story.documents = [d for d in story.documents if d.get("deal_ticket") != 2]
    money = _money(story)
    assert money.difference_money == 144.0
    assert not money.is_exact


def test_tenths_of_a_cent_never_appear():
    story = Story()
    story.open_day()
    for ticket in range(1, 31):
        story.deal(0.1, ticket)
    story.close_day(balance=20_003.0)
    assert _money(story).is_exact


def test_a_deposit_is_cash_and_not_trading():
    story = Story()
    story.open_day()
    story.now_utc_s = at(3.0)
    story.deal(500.0, 1, entry="NONE", position_id=0, symbol="", side=0, is_own=False)
    story.close_day(balance=20_500.0)
    money = _money(story)
    assert (money.cash_money, money.deals_money, money.deals_count) == (500.0, 0.0, 0)
    assert money.is_exact


def test_the_deposit_that_opened_the_account_is_in_the_first_start_balance():
    story = Story()
    deposit = {"entry": "NONE", "position_id": 0, "symbol": "", "side": 0, "is_own": False}
    story.deal(20_000.0, 1, **deposit)  # seen before the first day was opened
    story.now_utc_s = at(6.0)
    story.open_day()
    story.deal(20_000.0, 2, time_utc_s=at(5.0), **deposit)
    story.deal(-120.0, 3, time_utc_s=at(4.0))
    story.close_day(balance=19_880.0)
    money = _money(story)
    assert (money.cash_money, money.deals_money) == (0.0, -120.0)
    assert money.is_exact


def test_a_deal_after_the_last_look_before_midnight_belongs_to_the_next_day():
    story = Story()
    story.open_day()
    story.close_day(balance=20_000.0)  # seen at 23:59:00, before the stop was hit
    story.open_day(DAY + 1)
    story.deal(-120.0, 1, time_utc_s=at(24.0) - 30.0)
    story.close_day(DAY + 1, balance=19_880.0)
    assert _money(story, DAY).is_exact
    assert _money(story, DAY + 1).is_exact
    assert _money(story, DAY + 1).deals_money == -120.0


def test_a_deal_hours_before_midnight_is_never_moved_to_make_a_sum_fit():
    story = Story()
    story.open_day()
    story.close_day(balance=20_000.0)
    story.open_day(DAY + 1)
    story.deal(-120.0, 1, time_utc_s=at(20.0))
    story.close_day(DAY + 1, balance=19_880.0)
    assert _money(story, DAY).difference_money == 120.0
    assert not _money(story, DAY).is_exact


def test_a_running_day_is_compared_only_with_a_balance_at_hand():
    story = Story()
    story.open_day()
    story.deal(10.0, 1, time_utc_s=at(3.0))
    assert not _money(story).is_compared
    assert _money(story, now=Now(at(4.0), 20_010.0, 20_010.0)).is_exact
    assert _money(story, now=Now(at(4.0), 20_011.0, 20_011.0)).difference_money == 1.0


_AMOUNTS = st.integers(-50_000, 50_000).map(lambda cent: cent / 100)
_TIMES = st.integers(0, 3 * 86_400 - 1)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(_TIMES, _AMOUNTS, _AMOUNTS), max_size=25))
def test_three_days_of_any_deals_reconcile_and_no_deal_is_lost_or_counted_twice(rows):
    story = Story()
    balance = 20_000_00
    for day in range(3):
        story.open_day(DAY + day, balance / 100)
        for ticket, (second, profit, swap) in enumerate(sorted(rows)):
            if day * 86_400 <= second < (day + 1) * 86_400:
                when = at(0.0) + second
                story.deal(profit, ticket + 1, swap_money=swap, time_utc_s=when)
                balance += cents(profit) + cents(swap)
        story.close_day(DAY + day, balance / 100)
    pages = [_money(story, DAY + day) for day in range(3)]
    assert all(money.is_exact for money in pages)
    assert sum(money.deals_count for money in pages) == len(rows)
    assert sum(cents(money.deals_money) for money in pages) == balance - 20_000_00
