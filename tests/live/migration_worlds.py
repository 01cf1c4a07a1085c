"""The scene the stored snapshots are of: eight minutes on the first rung, one rests, one waits."""

from __future__ import annotations

from pathlib import Path

from builders import World, a_market, settings_for

PATHS = {
    "EURUSD": [
        (0, 1.09995, 1.10000),
        (6, 1.10350, 1.10355),
        (12, 1.10650, 1.10655),
        (18, 1.11060, 1.11065),
    ],
    "GBPUSD": [(0, 1.26100, 1.26105), (9, 1.25990, 1.25995), (14, 1.24900, 1.24905)],
    "USDJPY": [(0, 150.0, 150.01)],
}


def a_scene(folder: Path) -> World:
    """As the first release lived it, by today's code."""
    market = a_market(PATHS, 120)
    world = World(folder, market, settings_for("EURUSD", "GBPUSD", "USDJPY")).start()
    world.add_setup("EURUSD", 1, 1.1000, 1.0950)
    world.add_setup("GBPUSD", 1, 1.2600, 1.2500)
    world.add_setup("USDJPY", -1, 150.9, 151.9)
    world.bot.record.save()
    return world.run_minutes(8)
