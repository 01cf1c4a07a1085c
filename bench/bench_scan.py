"""Scan of 34 symbols over four timeframes: indicators, views and signals, the bars already read.

Processor time, so that a busy machine does not count; plain Python, as the live bot runs it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np

from bot.indicators import features_of
from bot.model.broker import Timeframe
from bot.model.market import Bars
from bot.model.signal import (
    Pillar,
    QualityFilter,
    Signal,
    SignalSettings,
    SignalVerdict,
    Volatility,
)
from bot.params.schema import default_document
from bot.params.signal import SignalParams
from bot.rules.signal import detect_signal
from bot.rules.timeframes import latest_view, month_start_day
from bot.timezones import server_offset_table

SYMBOLS_COUNT = 34
BARS_COUNT = {Timeframe.D1: 500, Timeframe.W1: 104, Timeframe.MN1: 24, Timeframe.H4: 500}
END_UTC_S = 1_736_978_400  # 2025-01-15 22:00 UTC, a server midnight
DAY_S = 86_400
AIM_MS = 30.0

SymbolBars = tuple[Bars, Bars, Bars, Bars]


def generated_bars(seed: int) -> SymbolBars:
    """A walk with calm and wild spells on each timeframe; only the amount of work matters."""
    rng = np.random.default_rng(seed)
    d1, w1, mn1, h4 = (_walk(rng, frame, count) for frame, count in BARS_COUNT.items())
    level = d1.close_price[-1] / h4.close_price[-1]  # structure and daily price must meet
    return d1, w1, mn1, Bars(h4.open_utc_s, *(price * level for price in h4[1:]))


def _walk(rng: np.random.Generator, frame: Timeframe, count: int) -> Bars:
    size = 0.006 * (frame.value / DAY_S) ** 0.5 * np.exp(rng.normal(0.0, 0.4, count))
    close = np.exp(np.cumsum(size * rng.standard_normal(count)))
    open_price = np.concatenate([[1.0], close[:-1]])
    reach = close * size * np.abs(rng.standard_normal((2, count)))
    high = np.maximum(open_price, close) + reach[0]
    low = np.minimum(open_price, close) - reach[1]
    return Bars(_opens(frame, count), open_price, high, low, close)


def _opens(frame: Timeframe, count: int) -> np.ndarray:
    if frame != Timeframe.MN1:
        return END_UTC_S - frame.value * np.arange(count, 0, -1, dtype=np.int64)
    today = END_UTC_S // DAY_S
    months = [month_start_day(today, -back) for back in range(count, 0, -1)]
    return np.array(months, dtype=np.int64) * DAY_S


def recommended() -> SignalSettings:
    document = json.dumps(default_document()["signal"])
    return SignalParams.model_validate_json(document).to_settings()


def asking(settings: SignalSettings, pillars: int, filters: int) -> SignalSettings:
    """The same with these pillars and filters on."""
    return settings._replace(
        pillars=settings.pillars._replace(enabled_mask=pillars),
        filters=settings.filters._replace(enabled_mask=filters, passes_min_count=0),
    )


def scan(symbols: Sequence[SymbolBars], settings: SignalSettings) -> list[Signal]:
    clock = server_offset_table()
    signals: list[Signal] = []
    for bars in symbols:
        features = features_of(*bars, settings)
        view = latest_view(features, clock, Volatility.NORMAL.value)
        signals.append(detect_signal(features, view, settings))
    return signals


def spent_ms(work: Callable[[], object], repeat: int) -> list[float]:
    found: list[float] = []
    for _ in range(repeat):
        began = time.process_time()
        work()
        found.append(1_000.0 * (time.process_time() - began))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=30)
    repeat = parser.parse_args().repeat
    symbols = [generated_bars(seed) for seed in range(SYMBOLS_COUNT)]
    shipped = recommended()
    everything = (sum(1 << check.value for check in kind) for kind in (Pillar, QualityFilter))
    cases = {
        "as shipped": shipped,
        "all checks on": asking(shipped, *everything),
        "all checks off": asking(shipped, 0, 0),
    }
    for name, settings in cases.items():
        median_ms = statistics.median(
            times := spent_ms(lambda s=settings: scan(symbols, s), repeat)
        )
        print(f"{name:15} median {median_ms:6.2f} ms, best {min(times):6.2f} ms", end="   ")
        print(f"{1_000.0 * median_ms / len(symbols):6.0f} us per symbol", end="   ")
        print(f"aim {AIM_MS:.0f} ms, ratio {median_ms / AIM_MS:.2f}")
    seen = sorted(SignalVerdict(one.verdict).name for one in scan(symbols, shipped))
    print("verdicts as shipped:", {name: seen.count(name) for name in dict.fromkeys(seen)})


if __name__ == "__main__":
    main()
