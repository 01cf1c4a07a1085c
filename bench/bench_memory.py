"""Memory over a simulated year: resident size month by month, the market itself counted apart."""

from __future__ import annotations

import argparse
import gc
import time

from worlds import SYMBOLS, a_world, generated_world_market, replay_settings, resident_mib

MONTH_S = 30 * 86_400.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--symbols", type=int, default=4)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--cycle", type=float, default=60.0, help="seconds between two cycles")
    options = parser.parse_args()
    symbols = SYMBOLS[: options.symbols]
    before_mib = resident_mib()
    market = generated_world_market(symbols, options.days)
    gc.collect()
    market_mib = resident_mib()
    world = a_world(market, replay_settings(symbols, options.cycle))
    for _ in range(1_440):
        world.advance(options.cycle)
        world.cycle()
    first_mib = resident_mib()
    print(f"program {before_mib:.0f} MiB, market {market_mib - before_mib:.0f} MiB more,", end=" ")
    print(f"bot after one day {first_mib - market_mib:.0f} MiB more")
    due_s, began, last_mib = world.clock.now_utc_s() + MONTH_S, time.perf_counter(), first_mib
    while world.clock.now_utc_s() + options.cycle < market.end_utc_s:
        world.advance(options.cycle)
        world.cycle()
        if world.clock.now_utc_s() >= due_s:
            due_s += MONTH_S
            gc.collect()
            last_mib = resident_mib()
            setups_count = len(world.bot.state.setups)
            print(f"{time.perf_counter() - began:6.0f} s  {last_mib:7.1f} MiB", end="  ")
            print(f"{setups_count} setups in the state")
    print(f"growth after the first day {last_mib - first_mib:.1f} MiB")


if __name__ == "__main__":
    main()
