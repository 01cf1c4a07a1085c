from journal_story import Story, a_trading_day, at

from bot.model.events import RungTaken, StopMoved
from bot.report.trades import TradeFold, trades_of


def test_a_closed_trade_carries_the_brokers_sums_and_its_result_in_r():
    (trade,) = trades_of(a_trading_day().documents)
    assert not trade.is_open
    assert (trade.net_money, trade.commission_money) == (143.04, -0.96)
    assert trade.result_r == 143.04 / 120.0
    assert trade.reason == "TARGET"


def test_slippage_in_money_is_its_share_of_the_first_risk():
    (trade,) = trades_of(a_trading_day().documents)
    assert trade.slippage_money == 1.2


def test_an_open_trade_shows_what_its_deals_booked_so_far_and_its_stop_now():
    story = Story()
    story.opened()
    story.deal(0.0, 1, entry="IN", commission_money=-0.96)
    story.tell(RungTaken(1, "EURUSD", 100, 0, 0.08, 1.103, 0.6))
    story.deal(24.0, 2, swap_money=-0.1)
    story.tell(StopMoved(1, "EURUSD", 100, 1.095, 1.1001, "TARGET"))
    (trade,) = trades_of(story.documents)
    assert trade.is_open
    assert trade.result_r is None
    assert (trade.gross_money, trade.commission_money, trade.swap_money) == (24.0, -0.96, -0.1)
    assert trade.net_money == 22.94
    assert (trade.stop_price, trade.stop_now_price) == (1.095, 1.1001)
    assert [rung.profit_r for rung in trade.rungs] == [0.6]


def test_a_deal_journalled_twice_counts_once():
    story = Story()
    story.opened()
    story.deal(24.0, 7)
    story.deal(24.0, 7)
    (trade,) = trades_of(story.documents)
    assert trade.gross_money == 24.0


def test_a_deal_seen_before_its_position_keeps_its_money_when_the_position_is_told():
    story = Story()
    story.now_utc_s = at(9.0)
    story.deal(0.0, 1, entry="IN", side=1, commission_money=-0.96, price=1.1)
    story.now_utc_s = at(9.1)
    story.opened()
    (trade,) = trades_of(story.documents)
    assert trade.commission_money == -0.96
    assert trade.opened_utc_s == at(9.0)
    assert trade.risk_money == 120.0


def test_a_closing_deal_of_an_unknown_position_names_the_side_it_closed():
    story = Story()
    story.deal(5.0, 1, entry="OUT", side=-1)
    (trade,) = trades_of(story.documents)
    assert trade.side == "buy"


def test_foreign_deals_and_balance_operations_are_no_trades():
    story = Story()
    story.deal(20_000.0, 1, entry="NONE", position_id=0, symbol="", side=0, is_own=False)
    story.deal(-3.0, 2, position_id=55, is_own=False)
    assert trades_of(story.documents) == ()


def test_folding_the_closed_trade_again_with_late_deals_changes_nothing():
    fold = TradeFold()
    story = a_trading_day()
    for document in story.documents:
        fold.take(document)
    before = dict(fold.rows)
    story.deal(1.0, 99)
    fold.take(story.documents[-1])
    assert fold.rows == before
