"""The walk and the real loop on one recorded stretch: the very same deals, to the cent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.backtest import groups, regime, signals
from bot.backtest.engine import Engine, Stretch, walk_account
from bot.backtest.kinds import DealKind
from bot.cli.folders import RunFolder
from bot.cli.recorded import Recorded, recorded_market
from bot.cli.simulated_account import simulated_settings
from bot.cli.simulation import Simulation, SimulationPlan
from bot.cli.span import Span, span_of
from bot.model.news import Impact, NewsEvent
from bot.model.settings import BotSettings
from bot.params import load_settings
from bot.research.market import PreparedMarkets
from bot.rules.calendar import utc_from_server_s
from bot.timezones import server_offset_table

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PARAMS = Path(__file__).resolve().parents[2] / "params" / "current_params.json"
SYMBOLS = ("EURUSD", "USDJPY", "USDCHF")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.exists(), reason="needs the recorded market data"),
]

_BUY, _SELL = 0, 1

Deal = tuple[float, str, int, int, float, float, int]
"""Seconds, symbol, in or out, side, lots, price, cents moved."""


class Silence:
    """A run nobody watches."""

    def moved(self, look: object, now_utc_s: float) -> None:
        """Nobody."""

    def told(self, event: object) -> None:
        """Nobody."""

    def finish(self) -> None:
        """Nobody."""


def recorded(first: str, last: str) -> tuple[BotSettings, Recorded, Span]:
    span = span_of(first, last, None)
    market = recorded_market(DATA, SYMBOLS, span, must_have_all=True)
    settings = simulated_settings(load_settings(PARAMS), market.symbols)
    age_s = max(settings.entry.quote_age_max_s, market.quote_age_max_s)
    return replace(settings, entry=settings.entry._replace(quote_age_max_s=age_s)), market, span


def releases(walked: list[Deal]) -> tuple[NewsEvent, ...]:
    """One just after every second entry, so that orders are in its way."""
    entries = [deal for deal in walked if deal[2] == 0][::2]
    return tuple(
        NewsEvent(deal[0] + 120.0, deal[1][:3], "release", Impact.HIGH.value, "test")
        for deal in entries
    )


def deals_of_the_loop(
    settings: BotSettings,
    market: Recorded,
    span: Span,
    folder: Path,
    news: tuple[NewsEvent, ...] = (),
) -> list[Deal]:
    plan = SimulationPlan(
        run=RunFolder(folder),
        mode="replay",
        settings=settings,
        market=market.market,
        start_utc_s=span.start_utc_s,
        end_utc_s=span.end_utc_s,
        calendar=DeclaredCalendar("replay", news),
    )
    simulation = Simulation(plan)
    simulation.live(Silence())
    terminal = simulation.terminal
    terminal.initialize()
    found = terminal.history_deals_get(1, int(span.end_utc_s) + 7 * 86_400)
    assert found is not None
    return [
        (
            utc_from_server_s(deal.time_msc / 1000.0, server_offset_table()),
            deal.symbol,
            deal.entry,
            1 if deal.type == 0 else -1,
            deal.volume,
            deal.price,
            round(100 * (deal.profit + deal.swap + deal.commission)),
        )
        for deal in found
        if deal.type in (_BUY, _SELL)
    ]


def deals_of_the_walk(
    settings: BotSettings, market: Recorded, span: Span, news: tuple[NewsEvent, ...] = ()
) -> list[Deal]:
    markets = PreparedMarkets(market.market, (span.start_utc_s, span.end_utc_s), news)
    ready = markets.of(settings)
    walked = walk_account(ready.inputs, Stretch(ready.start_s, ready.end_s), Engine.PLAIN)
    return [
        (
            float(deal.time_s),
            ready.names[deal.symbol],
            int(deal.kind != DealKind.IN),
            int(deal.side),
            float(deal.lots),
            float(deal.price),
            int(deal.profit_minor + deal.commission_minor + deal.swap_minor),
        )
        for deal in walked.deals
    ]


def test_six_recorded_weeks_give_the_very_deals_of_the_real_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "_DETECT_ALL", signals.detect_all)
    monkeypatch.setattr(groups, "_MEASURE", groups.measure)
    monkeypatch.setattr(regime, "_WIDE_SHARE", regime.wide_share)
    settings, market, span = recorded("2023-01-01", "2023-02-12")

    walked = deals_of_the_walk(settings, market, span)
    assert len(walked) >= 10
    assert_same(walked, deals_of_the_loop(settings, market, span, tmp_path))

    news = releases(walked)
    through_news = deals_of_the_walk(settings, market, span, news)
    assert through_news != walked
    assert_same(through_news, deals_of_the_loop(settings, market, span, tmp_path / "news", news))


def assert_same(walked: list[Deal], lived: list[Deal]) -> None:
    """Deal by deal: symbol, direction, side, lots, price and money; the time within a cycle."""
    assert len(walked) == len(lived)
    for mine, theirs in zip(walked, lived, strict=True):
        assert mine[1:4] == theirs[1:4]
        assert mine[4:6] == pytest.approx(theirs[4:6], abs=1e-9)
        assert mine[6] == theirs[6]
        assert abs(mine[0] - theirs[0]) < 60.0
