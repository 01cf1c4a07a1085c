"""The real bot on the simulated terminal, with releases near: no entry, no fill, no straddle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from builders import TUESDAY_NOON, World, a_market, settings_for
from calendar_builders import HOUR, MINUTE, Pinboard, an_event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.live.entry_checks import EntryAsk
from bot.live.state import SetupStatus
from bot.model.decision import EntryRoute, Refusal
from bot.model.news import ANY_CURRENCY, Impact, NewsEvent, NewsFallback, SourceStatus
from bot.model.settings import BotSettings
from bot.ports import Broker, NoCalendar, Unknown

AT_ENTRY = (0.0, 1.09999, 1.10000)
ABOVE = (0.0, 1.10100, 1.10105)
YEN = (0.0, 150.000, 150.010)


def gated(symbols: tuple[str, ...] = ("EURUSD",), **changes: Any) -> BotSettings:
    base = settings_for(*symbols)
    return replace(base, news=replace(base.news, gate=base.news.gate._replace(**changes)))


def a_world(
    folder: Path, board: Pinboard, price: tuple[float, float, float], *later: Any, **changes: Any
) -> World:
    market = a_market({"EURUSD": [price, *later], "USDJPY": [YEN]}, 600)
    world = World(folder, market, gated(("EURUSD", "USDJPY"), **changes))
    world.calendar = board
    return world.restart()


def at(minutes: float, **changes: Any) -> NewsEvent:
    return an_event(TUESDAY_NOON + minutes * MINUTE, **changes)


def why_not(world: World) -> list[str]:
    return [str(line["refusal"]) for line in world.events("OrderRefused")]


def lives(world: World) -> str:
    (setup,) = world.bot.state.setups.values()
    return setup.status


# --- entries ------------------------------------------------------------------------------------


def test_a_market_entry_waits_until_the_window_is_over(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard((at(4),)), AT_ENTRY)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(8.5)
    assert why_not(world) == ["NEWS_WINDOW"]
    assert world.terminal.positions_get() == ()
    world.run_minutes(1.5)
    assert lives(world) == SetupStatus.FILLED


def test_a_refusal_for_news_says_how_far_the_release_was(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard((at(4),)), AT_ENTRY)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    (line,) = world.events("OrderRefused")
    assert 0.0 < line["value"] <= 240.0
    assert line["limit"] == 300.0


def test_a_release_of_another_currency_or_a_milder_one_is_none_of_ours(tmp_path: Path) -> None:
    board = Pinboard((at(4, currency="GBP"), at(4, impact=Impact.MEDIUM.value)))
    world = a_world(tmp_path, board, AT_ENTRY)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    assert lives(world) == SetupStatus.FILLED


def test_a_release_of_all_currencies_concerns_every_symbol(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard((at(4, currency=ANY_CURRENCY),)), AT_ENTRY)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    assert why_not(world) == ["NEWS_WINDOW"]


def test_a_position_and_its_levels_are_left_alone_in_the_window(tmp_path: Path) -> None:
    later = (5.0, 1.09400, 1.09405)  # through the stop, in the middle of the window
    world = a_world(tmp_path, Pinboard((at(6),)), AT_ENTRY, later)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(0.5)
    assert lives(world) == SetupStatus.FILLED
    world.run_minutes(2.5)
    assert world.terminal.positions_get()[0].sl == 1.095
    world.run_minutes(4)
    (closed,) = world.events("PositionClosed")
    assert closed["reason"] == "STOP"


# --- resting orders (I15) -----------------------------------------------------------------------


def test_a_limit_order_is_withdrawn_before_the_window_and_comes_back_after_it(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path, Pinboard((at(30),)), ABOVE)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(19)
    assert len(world.terminal.orders_get()) == 1
    world.run_minutes(2.5)  # 21:30: withdrawn 10 minutes before the release at the latest
    assert world.terminal.orders_get() == ()
    assert world.events("SetupMoved")[-1]["reason"] == "news_window"
    world.run_minutes(13)
    assert world.terminal.orders_get() == ()
    world.run_minutes(3)
    assert len(world.terminal.orders_get()) == 1


def test_nothing_is_placed_to_rest_that_would_be_withdrawn_at_once(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard((at(9),)), ABOVE)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(3)
    assert why_not(world) == ["NEWS_WINDOW"]
    assert world.events("OrderIntended") == []


class NoQuotes:
    """A broker whose quotes stop at a moment; everything else goes on."""

    def __init__(self, broker: Broker, until_utc_s: float) -> None:
        self._broker = broker
        self._until_utc_s = until_utc_s
        self.clock: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)

    def quote(self, symbol: str) -> Any:
        if self.clock.now_utc_s() > self._until_utc_s:
            return Unknown("no tick")
        return self._broker.quote(symbol)


def test_an_order_is_withdrawn_in_a_market_that_shows_no_price(tmp_path: Path) -> None:
    brokers: list[NoQuotes] = []

    def wrap(broker: Broker) -> Any:
        brokers.append(NoQuotes(broker, TUESDAY_NOON + 10 * MINUTE))
        brokers[-1].clock = clocks[0] if clocks else None
        return brokers[-1]

    clocks: list[Any] = []
    market = a_market({"EURUSD": [ABOVE]}, 600)
    world = World(tmp_path, market, gated(), wrap=wrap)
    clocks.append(world.clock)
    world.calendar = Pinboard((at(30),))
    world.restart()
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(15)
    assert len(world.terminal.orders_get()) == 1
    world.run_minutes(8)
    assert world.terminal.orders_get() == ()


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    release_min=st.integers(5, 60),
    touch_min=st.integers(1, 70),
    after_min=st.sampled_from([2.0, 5.0, 11.0]),
)
def test_no_order_of_ours_fills_within_the_window(
    tmp_path_factory: Any, release_min: int, touch_min: int, after_min: float
) -> None:
    folder = tmp_path_factory.mktemp("news")
    touch = (float(touch_min), 1.09990, 1.09995)
    board = Pinboard((at(release_min),))
    world = a_world(folder, board, ABOVE, touch, after_s=after_min * MINUTE)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(85, cycle_s=30.0)
    for line in world.events("PositionOpened"):
        away_s = TUESDAY_NOON + release_min * MINUTE - float(str(line["at_utc_s"]))
        assert away_s > 5 * MINUTE or away_s < -after_min * MINUTE


# --- straddles ----------------------------------------------------------------------------------


def a_dollar_position(world: World) -> None:
    """Somebody's own dollar bet: long USDJPY is long the dollar."""
    world.open_foreign("USDJPY", 1, 0.01, 149.0)


def test_an_entry_against_an_open_bet_on_the_same_release_is_a_straddle(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard((at(40),)), AT_ENTRY)
    a_dollar_position(world)
    world.add_setup("EURUSD", 1, 1.1, 1.095)  # long EURUSD is short the dollar
    world.run_minutes(1)
    assert why_not(world) == ["STRADDLE"]


def test_an_entry_with_the_open_bet_is_no_straddle(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard((at(40),)), AT_ENTRY)
    a_dollar_position(world)
    world.add_setup("EURUSD", -1, 1.09999, 1.105)  # short EURUSD is long the dollar too
    world.run_minutes(1)
    assert lives(world) == SetupStatus.FILLED


def test_opposite_bets_far_from_any_release_are_no_straddle(tmp_path: Path) -> None:
    for name, event in (("far", at(100)), ("other", at(40, currency="CHF"))):
        world = a_world(tmp_path / name, Pinboard((event,)), AT_ENTRY)
        a_dollar_position(world)
        world.add_setup("EURUSD", 1, 1.1, 1.095)
        world.run_minutes(1)
        assert lives(world) == SetupStatus.FILLED


def test_a_resting_order_that_became_half_of_a_straddle_is_withdrawn(tmp_path: Path) -> None:
    board = Pinboard((at(40),))
    world = a_world(tmp_path, board, ABOVE)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(3)
    assert len(world.terminal.orders_get()) == 1
    a_dollar_position(world)
    world.run_minutes(2)
    assert world.terminal.orders_get() == ()
    assert world.events("SetupMoved")[-1]["reason"] == "straddle"


# --- a calendar that is not fresh ---------------------------------------------------------------


def no_calendar(**changes: Any) -> Pinboard:
    return Pinboard(is_declared=False, **changes)


def test_missing_stale_and_empty_block_entries_each_by_its_name(tmp_path: Path) -> None:
    states = {
        "CALENDAR_MISSING": {"status": SourceStatus.ABSENT.value},
        "CALENDAR_STALE": {"written_utc_s": TUESDAY_NOON - 25 * HOUR},
        "CALENDAR_EMPTY": {"written_utc_s": TUESDAY_NOON, "rows_count": 0},
    }
    for name, changes in states.items():
        world = a_world(tmp_path / name, no_calendar(**changes), AT_ENTRY)
        world.add_setup("EURUSD", 1, 1.1, 1.095)
        world.run_minutes(1)
        assert why_not(world) == [name]
        assert world.terminal.positions_get() == ()


def test_without_any_calendar_the_shipped_parameters_place_nothing(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard(), AT_ENTRY)
    world.calendar = NoCalendar()
    world.restart()
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    assert why_not(world) == ["CALENDAR_MISSING"]


def test_a_source_nobody_requires_is_no_calendar(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard(is_required=False), AT_ENTRY)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    assert why_not(world) == ["CALENDAR_MISSING"]


def test_a_calendar_that_comes_back_lets_entries_in_again(tmp_path: Path) -> None:
    board = no_calendar(status=SourceStatus.BROKEN.value)
    world = a_world(tmp_path, board, AT_ENTRY)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    board.pin()
    world.run_minutes(1)
    assert lives(world) == SetupStatus.FILLED
    changes = [(line["before"], line["after"]) for line in world.events("CalendarChanged")]
    assert changes == [("", "CALENDAR_MISSING"), ("CALENDAR_MISSING", "FRESH")]


def test_a_stale_calendar_still_keeps_us_out_of_what_it_knows(tmp_path: Path) -> None:
    board = Pinboard((at(4),), is_declared=False)
    world = a_world(tmp_path, board, AT_ENTRY)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    assert why_not(world) == ["NEWS_WINDOW"]


def test_resting_orders_outlive_a_lost_calendar_for_the_grace_and_no_longer(
    tmp_path: Path,
) -> None:
    board = Pinboard()
    world = a_world(tmp_path, board, ABOVE)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    board.pin(status=SourceStatus.ABSENT.value)
    world.run_minutes(28)
    assert len(world.terminal.orders_get()) == 1
    world.run_minutes(4)
    assert world.terminal.orders_get() == ()
    assert world.events("SetupMoved")[-1]["reason"] == "calendar_missing"


def test_a_restart_does_not_begin_the_grace_again(tmp_path: Path) -> None:
    board = Pinboard()
    world = a_world(tmp_path, board, ABOVE)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    board.pin(status=SourceStatus.ABSENT.value)
    world.run_minutes(20)
    world.restart()
    world.run_minutes(13)
    assert world.terminal.orders_get() == ()
    changes = [line["after"] for line in world.events("CalendarChanged")]
    assert changes == ["FRESH", "CALENDAR_MISSING"]


def test_fixed_windows_stand_in_for_a_calendar_when_the_trader_chose_so(tmp_path: Path) -> None:
    """The world begins at 15:00 server (UTC+3 in American summer)."""
    chosen = {"fallback": NewsFallback.FIXED_WINDOWS.value}
    missing = no_calendar(status=SourceStatus.ABSENT.value)
    inside = a_world(
        tmp_path / "in", missing, AT_ENTRY, **chosen, fixed_times_s=(15 * HOUR + 240.0,)
    )
    inside.add_setup("EURUSD", 1, 1.1, 1.095)
    inside.run_minutes(1)
    assert why_not(inside) == ["NEWS_WINDOW"]
    outside = a_world(tmp_path / "out", missing, AT_ENTRY, **chosen, fixed_times_s=(17 * HOUR,))
    outside.add_setup("EURUSD", 1, 1.1, 1.095)
    outside.run_minutes(1)
    assert lives(outside) == SetupStatus.FILLED


def test_resting_orders_leave_before_a_fixed_window(tmp_path: Path) -> None:
    chosen = {"fallback": NewsFallback.FIXED_WINDOWS.value, "fixed_times_s": (15.5 * HOUR,)}
    world = a_world(tmp_path, no_calendar(status=SourceStatus.ABSENT.value), ABOVE, **chosen)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(19)
    assert len(world.terminal.orders_get()) == 1
    world.run_minutes(3)
    assert world.terminal.orders_get() == ()


# --- when the firm allows -----------------------------------------------------------------------


def test_the_gate_is_off_where_neither_the_firm_nor_the_trader_minds(tmp_path: Path) -> None:
    off = {"firm_has_rule": False, "when_firm_allows": 0}
    board = no_calendar(status=SourceStatus.ABSENT.value)
    world = a_world(tmp_path, board, AT_ENTRY, **off)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    assert lives(world) == SetupStatus.FILLED
    assert world.events("CalendarChanged") == []
    now = world.clock.now_utc_s()
    assert world.bot.stages.news.resting_finding("EURUSD", 1, now).refusal == Refusal.NONE
    assert not world.bot.stages.news.news_gap_is_near("EURUSD", now)


def test_the_gate_is_on_where_the_firm_minds_whatever_the_trader_wants(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard((at(4),)), AT_ENTRY, when_firm_allows=0)
    world.add_setup("EURUSD", 1, 1.1, 1.095)
    world.run_minutes(1)
    assert why_not(world) == ["NEWS_WINDOW"]


# --- what others ask ----------------------------------------------------------------------------


def test_a_gap_is_near_only_for_the_symbols_of_the_release(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard((at(20, currency="EUR"),)), ABOVE)
    news, now = world.bot.stages.news, world.clock.now_utc_s()
    assert news.news_gap_is_near("EURUSD", now)
    assert not news.news_gap_is_near("USDJPY", now)
    assert not news.news_gap_is_near("EURUSD", now - 15 * MINUTE)


def test_what_nobody_knows_is_no_gap(tmp_path: Path) -> None:
    world = a_world(tmp_path, no_calendar(status=SourceStatus.ABSENT.value), ABOVE)
    assert not world.bot.stages.news.news_gap_is_near("EURUSD", world.clock.now_utc_s())


def test_a_symbol_nobody_described_is_concerned_by_every_release(tmp_path: Path) -> None:
    world = a_world(tmp_path, Pinboard((at(1, currency="NZD"),)), ABOVE)
    evidence = world.bot.stages.reader.evidence()
    ask = EntryAsk("PLNHUF", 1, evidence, route=EntryRoute.MARKET.value)
    assert world.bot.stages.news.finding(ask).refusal == Refusal.NEWS_WINDOW
