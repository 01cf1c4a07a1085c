"""What stops really cost: own stop fills against their level, and the reserve fitted from them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.live.record import Record
from bot.live.state import Setup
from bot.model.broker import BrokerDeal, DealReason
from bot.model.settings import BotSettings
from bot.rules.reserves import slippage_reserve_r

SAMPLES_KEPT_COUNT = 200


class FillCosts:
    """Notes each stop fill once and answers with the slippage to reckon with."""

    def __init__(self, settings: BotSettings, record: Record) -> None:
        self._settings = settings
        self._record = record
        self._reserves_r: dict[str, float] = {}

    def note(self, setup: Setup, deals: Sequence[BrokerDeal]) -> None:
        """Remember how far the stop fills among the `deals` of a closed trade slipped."""
        ladder = setup.ladder
        if ladder is None or not ladder.one_r_price > 0.0:
            return
        for deal in deals:
            if deal.reason == DealReason.STOP and deal.price > 0.0:
                slipped_price = setup.side * (ladder.stop_price - deal.price)
                self._add(setup.symbol, slipped_price / ladder.one_r_price)

    def slippage_r(self, symbol: str) -> float:
        """Slippage at the stop to reckon with, in R of a trade."""
        if symbol not in self._reserves_r:
            fills = self._record.state.stop_fills.slipped_r.get(symbol, [])
            samples = np.array(fills, dtype=np.float64)
            prior_r = self._settings.risk.slippage_reserve_r
            fitted_r = slippage_reserve_r(samples, prior_r, self._settings.gate.slippage)
            self._reserves_r[symbol] = float(fitted_r)
        return self._reserves_r[symbol]

    def _add(self, symbol: str, slipped_r: float) -> None:
        samples = self._record.state.stop_fills.slipped_r.setdefault(symbol, [])
        samples.append(slipped_r)
        del samples[:-SAMPLES_KEPT_COUNT]
        self._reserves_r.pop(symbol, None)
        self._record.touch()
