"""Scan of 34 symbols over four timeframes: indicators, views and the signal, bars already read."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from worlds import a_world, generated_world_market, live_settings, median_ms

from bot.indicators import features_of
from bot.model.broker import Timeframe
from bot.model.market import Bars
from bot.model.signal import Pillar, QualityFilter, SignalSettings, Volatility
from bot.ports import Ok
from bot.rules.signal import detect_signal
from bot.rules.timeframes import latest_view
from bot.simulator.symbols import known_symbols
from bot.timezones import server_offset_table

SYMBOLS_COUNT = 34
AIM_MS = 30.0

SymbolBars = tuple[Bars, Bars, Bars, Bars]


def bars_of(symbols: Sequence[str]) -> list[SymbolBars]:
    """Daily, weekly, monthly and four-hour bars of each symbol, as the scanner reads them."""
    world = a_world(generated_world_market(symbols, 2), live_settings(symbols))
    schedule = world.bot.settings.schedule
    wanted = (
        (Timeframe.D1, schedule.d1_bars_count),
        (Timeframe.W1, schedule.w1_bars_count),
        (Timeframe.MN1, schedule.mn1_bars_count),
        (Timeframe.H4, schedule.h4_bars_count),
    )
    found: list[SymbolBars] = []
    for symbol in symbols:
        reads = [world.bot.ports.broker.closed_bars(symbol, frame, n) for frame, n in wanted]
        d1, w1, mn1, h4 = (read.value for read in reads if isinstance(read, Ok))
        found.append((d1, w1, mn1, h4))
    return found


def with_everything(settings: SignalSettings) -> SignalSettings:
    """The same with every pillar and every filter on."""
    pillars, filters = (sum(1 << bit.value for bit in kind) for kind in (Pillar, QualityFilter))
    return settings._replace(
        pillars=settings.pillars._replace(enabled_mask=pillars),
        filters=settings.filters._replace(enabled_mask=filters),
    )


def scan(bars: Sequence[SymbolBars], settings: SignalSettings) -> None:
    table = server_offset_table()
    for one in bars:
        features = features_of(*one, settings)
        detect_signal(features, latest_view(features, table, Volatility.NORMAL), settings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=15)
    repeat = parser.parse_args().repeat
    symbols = known_symbols()[:SYMBOLS_COUNT]
    bars = bars_of(symbols)
    shipped = live_settings(symbols).signal
    for name, settings in (("as shipped", shipped), ("all on", with_everything(shipped))):
        spent: list[float] = []
        for _ in range(repeat):
            began = time.process_time()
            scan(bars, settings)
            spent.append(time.process_time() - began)
        print(f"{name:12} {median_ms(spent):8.2f} ms for {len(bars)} symbols", end="   ")
        print(f"aim {AIM_MS:.0f} ms, ratio {median_ms(spent) / AIM_MS:.2f}")


if __name__ == "__main__":
    main()
