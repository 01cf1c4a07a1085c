"""Each symbol's own recent spreads, so that "too wide" is measured and not guessed."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from bot.errors import StateCorruptError, StoreError
from bot.live.evidence import EvidenceReader
from bot.model.settings import BotSettings
from bot.ports import Store

SPREADS_NAME = "spreads"
_SAVED_EVERY_S = 3_600.0
_KEPT_S = 604_800.0
_DIGITS = 10


class SpreadBook:
    """Samples spreads at an interval and answers with a percentile.

    The samples are kept in a document of their own, saved once an hour: a start goes on with
    those of the last week. Without a document that can be read it begins empty.
    """

    def __init__(
        self, settings: BotSettings, reader: EvidenceReader, store: Store | None = None
    ) -> None:
        self._settings = settings
        self._reader = reader
        self._store = store
        self._samples: dict[str, deque[float]] = {}
        self._rounded: dict[str, deque[float]] = {}
        self._limits: dict[str, float] = {}
        self._due_utc_s = 0.0
        self._saved_utc_s = 0.0
        self._is_loaded = store is None

    def step(self, now_utc_s: float) -> None:
        """Take one sample of every symbol when it is due; a stale quote is no sample."""
        schedule = self._settings.schedule
        if 0.0 < self._due_utc_s - now_utc_s <= schedule.spread_sample_s:
            return
        if not self._is_loaded:
            self._load(now_utc_s)
        self._due_utc_s = now_utc_s + schedule.spread_sample_s
        for item in self._settings.symbols:
            quote = self._reader.quote(item.symbol)
            if quote is None or now_utc_s - quote.time_utc_s > schedule.spread_sample_s:
                continue
            self._take(item.symbol, quote.ask_price - quote.bid_price)
        self._save(now_utc_s)

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

    def _take(self, symbol: str, spread_price: float) -> None:
        """One more sample, and what of it will be saved: rounded once, not at every save."""
        samples = self._samples.get(symbol)
        if samples is None:
            kept_count = self._settings.schedule.spread_samples_max_count
            samples = self._samples[symbol] = deque(maxlen=kept_count)
            self._rounded[symbol] = deque(maxlen=kept_count)
        samples.append(spread_price)
        self._rounded[symbol].append(round(spread_price, _DIGITS))
        self._limits.pop(symbol, None)

    def _load(self, now_utc_s: float) -> None:
        """Go on with what was saved within a week; a damaged document is left to be looked at."""
        self._is_loaded = True
        self._saved_utc_s = now_utc_s
        assert self._store is not None, "without a store there is nothing to load"
        try:
            document = self._store.load(SPREADS_NAME) or {}
        except StateCorruptError:
            self._store = None
            return
        except StoreError:
            return
        saved_utc_s, samples = document.get("saved_utc_s"), document.get("samples")
        if not isinstance(saved_utc_s, (int, float)) or not isinstance(samples, dict):
            return
        if abs(now_utc_s - saved_utc_s) > _KEPT_S:
            return
        for item in self._settings.symbols:
            for spread_price in _spreads(samples.get(item.symbol)):
                self._take(item.symbol, spread_price)

    def _save(self, now_utc_s: float) -> None:
        """Once an hour; what cannot be written now is written with a later sample."""
        if self._store is None or abs(now_utc_s - self._saved_utc_s) < _SAVED_EVERY_S:
            return
        samples = {name: list(kept) for name, kept in self._rounded.items()}
        try:
            self._store.save(SPREADS_NAME, {"saved_utc_s": now_utc_s, "samples": samples})
        except StoreError:
            return
        self._saved_utc_s = now_utc_s


def _spreads(samples: object) -> list[float]:
    """What of a saved list is a spread."""
    if not isinstance(samples, list):
        return []
    numbers = [float(s) for s in samples if isinstance(s, (int, float)) and math.isfinite(s)]
    return [spread for spread in numbers if spread >= 0.0]
