"""I15: no own order fills inside a news, rollover or weekend blackout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.live.news_table import NewsTable
from bot.model.broker import DealEntry
from bot.model.decision import Refusal
from bot.rules.calendar import is_rollover_window, is_weekend
from bot.rules.news import gate_is_on, window_finding
from bot.simulator.structs import TradeDeal
from bot.timezones import server_offset_table
from tools.storm.invariants.sight import (
    REASON_ROLLOVER,
    Sight,
    Watcher,
    leg_of,
)
from tools.storm.model import Scene

_EDGE_S: Final = 2.0
_MS: Final = 1000.0


class NoFillInBlackout(Watcher):
    """I15: no own entry fills inside a news, rollover or weekend blackout.

    Compared: the true moment of each own opening deal with the windows of the settings, two
    seconds of tolerance at either edge (more than that is the clock's alarm). News are those of
    the scene's calendar as it was read last. Rollover and weekend go by the server's clock as the
    time zone has it. A resting order that fills while nobody could withdraw it (the trader dead or
    the terminal out of reach since before the window began) is excused and counted.
    """

    invariant_id = "I15"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._table = server_offset_table()
        self._news: NewsTable | None = None
        self._seen_utc_s = 0.0

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Look at what was opened since."""
        self.sight.look(scene, self)
        first = self._deals_read
        times = self.sight.deal_times_utc_s
        for place, deal in enumerate(self.new_deals(), start=first):
            is_entry = deal.entry == DealEntry.IN.value and deal.reason != REASON_ROLLOVER
            if is_entry and self.sight.is_own(deal.magic) and not leg_of(deal.magic):
                self.checked_count += 1
                yield from self._judge(scene, deal, times[place])
        if self.sight.reach.is_clear:
            self._seen_utc_s = scene.now_utc_s

    def _judge(self, scene: Scene, deal: TradeDeal, at_utc_s: float) -> Iterable[str]:
        window = self._window(scene, deal.symbol, at_utc_s)
        if not window:
            return
        if at_utc_s - self._seen_utc_s > self.sight.settings.schedule.resting_check_s:
            self.excuse("nobody was there")
            return
        yield f"deal {deal.ticket} {deal.symbol} opened inside the {window}"

    def _window(self, scene: Scene, symbol: str, at_utc_s: float) -> str:
        moments = (at_utc_s - _EDGE_S, at_utc_s + _EDGE_S)
        if all(self._is_rollover(moment) for moment in moments):
            return "rollover window"
        if not self._trades_weekends(symbol) and all(is_weekend(m, self._table) for m in moments):
            return "weekend"
        if all(self._is_news(scene, symbol, moment) for moment in moments):
            return "news window"
        return ""

    def _is_rollover(self, utc_s: float) -> bool:
        schedule = self.sight.settings.schedule
        start, end = schedule.rollover_start_s, schedule.rollover_end_s
        return bool(is_rollover_window(utc_s, self._table, start, end))

    def _trades_weekends(self, symbol: str) -> bool:
        symbols = self.sight.settings.symbols
        return any(item.trades_weekends for item in symbols if item.symbol == symbol)

    def _is_news(self, scene: Scene, symbol: str, utc_s: float) -> bool:
        gate = self.sight.settings.news.gate
        if not gate_is_on(gate):
            return False
        read = (scene.bot.ports.calendar if scene.bot is not None else scene.calendar).events()
        if self._news is None or self._news.read is not read:
            self._news = NewsTable(read, self.sight.settings.symbols, gate)
        moments = self._news.moments_of(symbol)
        finding = window_finding(utc_s, moments, gate.before_s, gate.after_s)
        return bool(finding.refusal == Refusal.NEWS_WINDOW.value)
