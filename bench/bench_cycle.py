"""Cost of one idle cycle: 30 symbols, 10 positions, 10 resting orders, nothing to do."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from worlds import (
    SYMBOLS,
    World,
    a_world,
    generated_world_market,
    live_settings,
    median_ms,
    put_setup,
    quantile,
)

from bot.model.settings import BotSettings

POSITIONS_COUNT, RESTING_COUNT = 10, 10
CYCLE_S = 10.0  # the live poll interval
BALANCE_MONEY = 1_000_000.0
AIM_MS = 5.0


def roomy(settings: BotSettings) -> BotSettings:
    """An account and caps wide enough for 20 small exposures; they are not what is measured."""
    risk = settings.risk._replace(
        risk_per_trade_balance_fraction=0.001,
        positions_max_count=40,
        entries_per_day_max_count=40,
        cumulative_risk_equity_fraction_max=0.5,
        margin_free_equity_fraction_min=0.0,
    )
    schedule = replace(
        settings.schedule,
        requests_per_day_max_count=100_000,
        connected_before_entry_s=0.0,
        revalidate_waiting_setups=False,
    )
    rules = settings.rules._replace(initial_balance_money=BALANCE_MONEY)
    exposure = settings.exposure._replace(
        currency_max_r=1e9, group_cap_fraction=1.0, one_side_cap_fraction=1.0, swap_max_r=1e9
    )
    conduct = settings.conduct._replace(entry_gap_s=0.0, symbol_gap_s=0.0)
    trades = settings.breakers.trades_per_day._replace(max_count=1_000)
    breakers = settings.breakers._replace(trades_per_day=trades)
    changed = replace(settings, risk=risk, schedule=schedule, rules=rules)
    return replace(changed, exposure=exposure, conduct=conduct, breakers=breakers)


def filled(world: World) -> World:
    """Fill the book with the positions and orders to be carried."""
    for number, symbol in enumerate(SYMBOLS[: POSITIONS_COUNT + RESTING_COUNT]):
        put_setup(world, symbol, 0.0 if number < POSITIONS_COUNT else 0.25)
    for _ in range(120):
        world.advance(CYCLE_S)
        world.cycle()
    return world


def measure(world: World, cycles_count: int) -> tuple[list[float], list[float]]:
    """Seconds of the bot's own and of the terminal's time, cycle by cycle."""
    own: list[float] = []
    terminal: list[float] = []
    for _ in range(cycles_count):
        world.advance(CYCLE_S)
        terminal_before, began = world.terminal.spent_s, time.process_time()
        world.cycle()
        spent = time.process_time() - began
        terminal.append(world.terminal.spent_s - terminal_before)
        own.append(spent - terminal[-1])
    return own, terminal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=2_000)
    cycles_count = parser.parse_args().cycles
    market = generated_world_market(SYMBOLS, 2)
    world = filled(a_world(market, roomy(live_settings(SYMBOLS))))
    view = world.bot.view()
    assert view is not None
    calls_before = world.terminal.calls_count
    own, terminal = measure(world, cycles_count)
    calls = (world.terminal.calls_count - calls_before) / cycles_count
    print(f"book: {view.open_positions_count} positions, {view.resting_count} resting orders")
    print(f"bot, median        {median_ms(own):8.3f} ms   aim {AIM_MS} ms")
    print(f"bot, 99th of 100   {quantile(own, 0.99) * 1e3:8.3f} ms")
    print(f"terminal, median   {median_ms(terminal):8.3f} ms   {calls:.1f} calls a cycle")
    print(f"ratio to the aim   {median_ms(own) / AIM_MS:8.3f}")


if __name__ == "__main__":
    main()
