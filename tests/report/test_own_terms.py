"""Room in stops and gaps: what it is measured in, and both sides of each count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from journal_story import Story, at

from bot.model.outlook import Outlook, StakeLine
from bot.report.own_terms import Yardstick, in_own_terms, yardstick
from bot.report.plain import plain
from bot.report.setups import SetupFold
from bot.report.trades import TradeFold

YEN = Yardstick("GBPJPY", 120.0, 221.0)  # a unit of price costs 221


def told(room_money: float, stick: Yardstick | None = YEN) -> str:
    return plain(in_own_terms(room_money, stick))


def test_room_is_counted_in_full_stops_and_in_pips() -> None:
    assert told(83.98, YEN._replace(full_stop_money=41.99)) == (
        "two full stops on GBPJPY, or a gap of 38.0 pips"
    )


def test_a_stop_that_does_not_fit_in_full_is_not_counted() -> None:
    assert told(240.0).startswith("two full stops")
    assert told(239.99).startswith("one full stop on")
    assert told(119.99).startswith("less than one full stop on GBPJPY, or a gap of")


def test_room_that_is_gone_is_used_up() -> None:
    assert told(0.0) == told(-5.0) == "used up"


def test_without_a_known_trade_only_stops_are_counted() -> None:
    assert told(500.0, Yardstick("", 120.0, 0.0)) == "four full stops"
    assert told(500.0, None) == told(500.0, Yardstick("EURUSD", 0.0, 1.0)) == ""


def test_many_stops_are_written_in_figures() -> None:
    assert told(12 * 120.0).startswith("twelve full")
    assert told(13 * 120.0).startswith("13 full")
    assert told(100 * 120.0).startswith("more than 99 full")


@given(room=st.floats(0.01, 1e6), stop=st.floats(0.01, 1e5), money=st.floats(0.01, 1e6))
def test_any_room_is_told(room: float, stop: float, money: float) -> None:
    assert "full stop" in told(room, Yardstick("EURUSD", stop, money))


def an_outlook(*stakes: StakeLine, usual: float = 120.0) -> Outlook:
    return Outlook(at_utc_s=1.0, usual_risk_money=usual, stakes=list(stakes))


def a_stake(symbol: str, worst: float, kind: str = "position") -> StakeLine:
    return StakeLine(kind, symbol, 1, 0.2, worst, 20_000.0)


def test_the_largest_open_position_is_the_yardstick() -> None:
    outlook = an_outlook(a_stake("EURUSD", 50.0), a_stake("USDCHF", 80.0))
    assert yardstick(outlook, [], []) == Yardstick("USDCHF", 120.0, 20_000.0)


def test_an_own_position_counts_the_risk_it_was_opened_with() -> None:
    story, fold = Story(), TradeFold()
    story.opened()
    for document in story.documents:
        fold.take(document)
    outlook = an_outlook(a_stake("EURUSD", 50.0), usual=99.0)
    stick = yardstick(outlook, fold.rows.values(), [])
    assert stick is not None
    assert stick.full_stop_money == 120.0


def test_a_resting_order_is_no_open_position() -> None:
    stick = yardstick(an_outlook(a_stake("EURUSD", 50.0, "order")), [], [])
    assert stick == Yardstick("", 120.0, 0.0)


def test_the_nearest_setup_is_the_yardstick_of_a_flat_account() -> None:
    story, fold = Story(), SetupFold()
    story.setup(1, at_utc_s=at(1.0))
    story.setup(2, "USDCHF")
    for document in story.documents:
        fold.take(document)
    rows = [fold.rows[1].at_distance(0.9), fold.rows[2].at_distance(0.3)]
    stick = yardstick(an_outlook(), [], rows)
    assert stick is not None
    assert stick.symbol == "USDCHF"
    assert abs(stick.price_money - 24_000.0) < 1e-6  # 120 over a stop of 0.005


def test_the_latest_trade_is_the_yardstick_when_nothing_waits() -> None:
    story, fold = Story(), TradeFold()
    story.opened()
    for document in story.documents:
        fold.take(document)
    stick = yardstick(None, fold.rows.values(), [])
    assert stick is not None
    assert (stick.symbol, stick.full_stop_money) == ("EURUSD", 120.0)


def test_nothing_known_is_no_yardstick() -> None:
    assert yardstick(None, [], []) is None
