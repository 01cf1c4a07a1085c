"""Cost of one decision to enter: the whole admission of an order beside 20 open positions."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

from bench_cycle import CYCLE_S, roomy
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

from bot.live.as_rules import trading_day
from bot.live.entry_judge import Ticket
from bot.live.state import Setup
from bot.model.decision import EntryRoute
from bot.model.settings import BotSettings
from bot.rules.admission import admit
from bot.rules.challenge import floors

POSITIONS_COUNT = 20
AIM_MS = 1.0


def unbroken(settings: BotSettings) -> BotSettings:
    """Breakers that do not mind 20 entries in a day; all of them are still asked."""
    breakers = settings.breakers
    many = breakers.trades_per_day._replace(max_count=1_000)
    return replace(settings, breakers=breakers._replace(trades_per_day=many))


def filled(world: World) -> Setup:
    """Open the positions; the setup that is asked about stays in the queue."""
    for symbol in SYMBOLS[:POSITIONS_COUNT]:
        put_setup(world, symbol, 0.0)
    for _ in range(360):
        world.advance(CYCLE_S)
        world.cycle()
    put_setup(world, SYMBOLS[POSITIONS_COUNT], 0.0)
    return list(world.bot.state.setups.values())[-1]


def measure(world: World, question: Callable[[], object], times: int) -> list[float]:
    """Seconds of the bot's own time per question; every read is made anew each time."""
    spent: list[float] = []
    for _ in range(times):
        world.bot.stages.reader.invalidate()
        terminal_before, began = world.terminal.spent_s, time.process_time()
        question()
        own = time.process_time() - began
        spent.append(own - (world.terminal.spent_s - terminal_before))
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=2_000)
    times = parser.parse_args().times
    world = a_world(generated_world_market(SYMBOLS, 2), unbroken(roomy(live_settings(SYMBOLS))))
    setup = filled(world)
    stages, settings = world.bot.stages, world.bot.settings
    open_count = len(stages.reader.evidence().positions)
    judge, risks = stages.desk.judge, stages.guard.risks
    answer = judge.judge(setup, EntryRoute.MARKET, stages.reader.evidence())
    assert isinstance(answer, Ticket), answer

    def whole() -> object:
        return judge.judge(setup, EntryRoute.MARKET, stages.reader.evidence())

    def decided() -> object:
        """Worst case of everything, lots, candidate and gate, on facts already read."""
        day = world.bot.state.day
        assert day is not None
        risks._charged = None
        evidence, limits = stages.reader.evidence(), floors(trading_day(day), settings.rules)
        sized, book = judge._p.risk.size(setup, setup.entry_price, evidence, limits)
        candidate = judge._p.risk.candidate(setup, sized, setup.entry_price, 0.0)
        return admit(candidate, book, evidence.money, limits, settings.admission)

    own = measure(world, whole, times)
    whole()
    decision = []
    for _ in range(times):
        began = time.process_time()
        decided()
        decision.append(time.process_time() - began)
    print(f"book: {open_count} positions")
    print(f"decision on facts read, median {median_ms(decision):8.3f} ms   aim {AIM_MS} ms")
    print(f"decision, 99th of 100          {quantile(decision, 0.99) * 1e3:8.3f} ms")
    print(f"whole judgement with its reads {median_ms(own):8.3f} ms   the bot's own time")
    print(f"ratio to the aim               {median_ms(decision) / AIM_MS:8.3f}")


if __name__ == "__main__":
    main()
