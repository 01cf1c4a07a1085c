"""Cycles per second of the real loop in one-minute steps, and what a year of them would take."""

from __future__ import annotations

import argparse
import time

from worlds import CYCLE_S, SYMBOLS, a_world, generated_world_market, replay_settings

CYCLES_PER_YEAR_COUNT = 365 * 1_440
AIM_S = 600.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--symbols", type=int, default=12)
    parser.add_argument("--days", type=int, default=14)
    options = parser.parse_args()
    symbols = SYMBOLS[: options.symbols]
    began = time.process_time()
    market = generated_world_market(symbols, options.days)
    print(f"market of {len(market.feeds)} symbols: {time.process_time() - began:.2f} s")
    world = a_world(market, replay_settings(symbols))
    terminal_before, began = world.terminal.spent_s, time.process_time()
    cycles_count = 0
    while world.clock.now_utc_s() + CYCLE_S < market.end_utc_s:
        world.advance(CYCLE_S)
        world.cycle()
        cycles_count += 1
    spent_s = time.process_time() - began
    terminal_s = world.terminal.spent_s - terminal_before
    year_s = spent_s / cycles_count * CYCLES_PER_YEAR_COUNT
    own_s = spent_s - terminal_s - world.advance_spent_s
    print(f"{cycles_count} cycles in {spent_s:.1f} s: {cycles_count / spent_s:.0f} a second")
    print(f"per cycle: bot {own_s / cycles_count * 1e6:.0f} us,", end=" ")
    print(f"terminal answers {terminal_s / cycles_count * 1e6:.0f} us,", end=" ")
    print(f"market {world.advance_spent_s / cycles_count * 1e6:.0f} us")
    print(f"a year would take {year_s:.0f} s, aim {AIM_S:.0f} s, ratio {year_s / AIM_S:.2f}")


if __name__ == "__main__":
    main()
