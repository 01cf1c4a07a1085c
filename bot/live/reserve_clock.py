"""Which reserves a symbol carries at this moment: weekend, news, rollover and nights."""

from __future__ import annotations

import math
from collections.abc import Callable

from bot.live.fill_costs import FillCosts
from bot.model.broker import Instrument
from bot.model.market import OffsetTable
from bot.model.reserves import GapFractions, Occasion, ReserveTerms
from bot.model.settings import BotSettings
from bot.rules.calendar import (
    DAY_S,
    friday_close_within,
    in_window,
    is_week_open,
    is_weekend,
    seconds_into_day,
    server_day,
    weekday_of,
)
from bot.rules.reserves import gap_fraction, nights_count

_LOOK_EVERY_S = 1.0  # what is near the edge of a window by less is the same either way

InNews = Callable[[str, float], bool]
"""Whether a symbol stands in a news window (or near enough to be held into it) at a moment."""


class ReserveClock:
    """Answers with a symbol's reserve terms; the clock is looked at once a second."""

    def __init__(self, settings: BotSettings, costs: FillCosts, table: OffsetTable) -> None:
        self._settings = settings
        self._costs = costs
        self._table = table
        self._at_utc_s = -math.inf
        self._is_weekend = self._is_rollover = False
        self._weekday = 0
        self._gaps: dict[tuple[str, str], GapFractions] = {}
        self.in_news: InNews = lambda _symbol, _now_utc_s: False

    def terms(self, instrument: Instrument, price: float, now_utc_s: float) -> ReserveTerms:
        """What `instrument` at `price` adds to a loss at the stop, held from now on."""
        self._look(now_utc_s)
        occasion = Occasion(
            is_weekend=self._is_weekend and not instrument.is_24_7,
            is_news=self.in_news(instrument.symbol, now_utc_s),
            is_rollover=self._is_rollover,
        )
        return ReserveTerms(
            slippage_r=self._costs.slippage_r(instrument.symbol),
            gap_price=gap_fraction(self._gaps_of(instrument), occasion) * price,
            nights_count=nights_count(self._weekday, instrument.triple_swap_weekday),
        )

    def _gaps_of(self, instrument: Instrument) -> GapFractions:
        """A contract's gaps, looked up once: the settings stand while the process runs."""
        key = (instrument.symbol, instrument.asset_class)
        gaps = self._gaps.get(key)
        if gaps is None:
            gaps = self._gaps[key] = self._settings.gate.gaps_of(*key)
        return gaps

    def _look(self, now_utc_s: float) -> None:
        if 0.0 <= now_utc_s - self._at_utc_s < _LOOK_EVERY_S:
            return
        self._at_utc_s = now_utc_s
        gate, schedule, table = self._settings.gate, self._settings.schedule, self._table
        self._is_weekend = bool(
            is_weekend(now_utc_s, table)
            or friday_close_within(now_utc_s, table, gate.weekend_lead_s)
            or is_week_open(now_utc_s, table)
        )
        start_s = (schedule.rollover_start_s - gate.rollover_lead_s) % DAY_S
        second = seconds_into_day(now_utc_s, table)
        self._is_rollover = bool(in_window(second, start_s, schedule.rollover_end_s))
        self._weekday = int(weekday_of(server_day(now_utc_s, table)))
