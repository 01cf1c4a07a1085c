"""Each symbol's own recent spreads, so that "too wide" is measured and not guessed."""

from __future__ import annotations

from collections import deque

import numpy as np

from bot.live.evidence import EvidenceReader
from bot.model.settings import BotSettings


class SpreadBook:
    """Samples spreads at an interval and answers with a percentile; starts empty at every start."""

    def __init__(self, settings: BotSettings, reader: EvidenceReader) -> None:
        self._settings = settings
        self._reader = reader
        self._samples: dict[str, deque[float]] = {}
        self._limits: dict[str, float] = {}
        self._due_utc_s = 0.0

    def step(self, now_utc_s: float) -> None:
        """Take one sample of every symbol when it is due; a stale quote is no sample."""
        schedule = self._settings.schedule
        if now_utc_s < self._due_utc_s:
            return
        self._due_utc_s = now_utc_s + schedule.spread_sample_s
        for item in self._settings.symbols:
            quote = self._reader.quote(item.symbol)
            if quote is None or now_utc_s - quote.time_utc_s > schedule.spread_sample_s:
                continue
            samples = self._samples.setdefault(
                item.symbol, deque(maxlen=schedule.spread_samples_max_count)
            )
            samples.append(quote.ask_price - quote.bid_price)
            self._limits.pop(item.symbol, None)

    def percentile_price(self, symbol: str) -> float:
        """The configured percentile of the symbol's samples; 0.0 without any."""
        if symbol not in self._limits:
            samples = self._samples.get(symbol)
            fraction = self._settings.entry.spread_max_percentile_fraction
            self._limits[symbol] = float(np.quantile(samples, fraction)) if samples else 0.0
        return self._limits[symbol]

    def samples_count(self, symbol: str) -> int:
        """How many samples stand behind the percentile."""
        return len(self._samples.get(symbol, ()))
