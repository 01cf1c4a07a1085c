"""A report needs nothing beside it, hides nothing, and cannot be broken by a name."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from walk_builders import START_S, Made, facts_of

from bot.research.backtest import figures_of
from bot.research.report_files import (
    HONEST,
    Report,
    html_page,
    json_document,
    markdown_text,
    trades_csv,
)
from bot.research.trade_charts import trade_chart
from bot.simulator.feed import Market, SymbolFeed
from bot.simulator.quotes import BarArrays, QuoteArrays
from bot.simulator.symbols import default_contract

HOURS_COUNT = 24 * 40


def market() -> Market:
    opens = (START_S + 3_600 * np.arange(-48, HOURS_COUNT)).astype(np.int64)
    price = 1.07 + 0.001 * np.sin(np.arange(len(opens)) / 9)
    counts = np.ones(len(opens), dtype=np.int64)
    bars = BarArrays(opens, price, price + 0.0004, price - 0.0004, price, counts, counts)
    quotes = QuoteArrays(opens * 1000, price, price)
    feeds = {
        name: SymbolFeed(default_contract(name), 3_600, bars, {}, quotes)
        for name in ("EURUSD", "XAUUSD")
    }
    return Market("made", feeds, int(START_S), int(opens[-1]))


def report(*trades: Made, notes: tuple[str, ...] = ()) -> Report:
    return Report(figures_of(facts_of(trades)), market(), {"symbols": ["EURUSD"]}, notes)


def test_a_page_stands_alone() -> None:
    page = html_page(report(Made(gross=5_000), Made(gross=-3_000, closed=2.5)))
    assert "<script src" not in page
    assert "<link" not in page
    assert page.count('class="trade waiting"') == 2
    assert HONEST.split(".")[0] in page
    assert "Read this first" in page


def test_a_page_without_a_trade_is_still_a_page() -> None:
    page = html_page(report())
    assert "no trades" in page
    assert 'class="trade waiting"' not in page


def test_a_note_cannot_become_code() -> None:
    page = html_page(report(notes=("<script>alert(1)</script>",)))
    assert "<script>alert(1)" not in page


def test_json_and_csv_hold_every_trade() -> None:
    made = report(Made(gross=5_000), Made(gross=-3_000, closed=2.5, symbol=1))
    document = json.loads(json.dumps(json_document(made), allow_nan=False))
    assert [trade["symbol"] for trade in document["trades"]] == ["EURUSD", "XAUUSD"]
    assert document["money"]["left_over_money"] == 0.0
    rows = list(csv.DictReader(io.StringIO(trades_csv(made.figures.trades))))
    assert [float(row["net_money"]) for row in rows] == [49.6, -30.4]


def test_markdown_shows_tables_and_warnings_in_plain_characters() -> None:
    text = markdown_text(report(Made(gross=5_000)))
    assert "> Only 1 trades" in text
    assert "## By symbol" in text
    assert "\u202f" not in text.partition("## By symbol")[2]


def test_a_trade_is_drawn_with_the_bars_around_it() -> None:
    trade = figures_of(facts_of([Made(gross=5_000, opened=1.0, closed=1.5)])).trades[0]
    drawn = trade_chart(trade, market())
    times = drawn["times"]
    assert isinstance(times, list)
    assert len(times) == 30 + 13 + 30
    assert times[0] < str(drawn["opened"]) < str(drawn["closed"]) < times[-1]
    assert drawn["bar_s"] == 3_600


@pytest.mark.parametrize("days", [1.0, 8.0, 30.0])
def test_a_long_trade_is_drawn_in_longer_bars_and_none_of_its_range_is_lost(days: float) -> None:
    trade = figures_of(facts_of([Made(gross=5_000, opened=1.0, closed=1.0 + days)])).trades[0]
    made = market()
    feed = made.feeds["EURUSD"]
    feed.base_bars.high[24 * 4] = 1.5  # one spike inside the trade
    drawn = trade_chart(replace(trade, symbol="EURUSD"), made)
    highs = drawn["high"]
    assert isinstance(highs, list)
    assert len(highs) <= 205
    assert max(highs) == 1.5
