"""Worlds in which breakers trip: the simulated terminal, some of the limits changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from builders import Waypoints, World, a_market, settings_for

from bot.model.settings import BotSettings

ENTRY, STOP = 1.1000, 1.0950
AT_ENTRY = (0.0, 1.09995, 1.10000)
STOPPED = (5.0, 1.09395, 1.09400)
BACK = (10.0, 1.09995, 1.10000)
ABOVE = (0.0, 1.10100, 1.10105)
MIDNIGHT_MINUTES = 9 * 60.0  # noon UTC is 14:00 server: midnight is 21:00 UTC


def settings(*symbols: str, **limits: dict[str, Any]) -> BotSettings:
    """The shipped parameters, with fields of the named breakers changed."""
    base = settings_for(*symbols)
    changed = {
        name: getattr(base.breakers, name)._replace(**fields) for name, fields in limits.items()
    }
    wide = base.exposure._replace(currency_max_r=99.0, group_cap_fraction=1.0)
    return settings_for(*symbols, breakers=base.breakers._replace(**changed), exposure=wide)


def a_world(tmp_path: Path, paths: dict[str, Waypoints], **limits: dict[str, Any]) -> World:
    market = a_market(paths, 2_000)
    return World(tmp_path, market, settings(*paths, **limits)).start()


def tripped(world: World) -> list[str]:
    return [one.breaker for one in world.bot.state.breakers.in_order()]


def events_of(world: World, kind: str) -> list[object]:
    return [line["breaker"] for line in world.events(kind)]


def two_losses(tmp_path: Path) -> World:
    """Both trades are stopped out at minute 5; two losses in a row are the limit."""
    path = [AT_ENTRY, STOPPED, BACK]
    paths = dict.fromkeys(("EURUSD", "NZDUSD", "AUDUSD"), path)
    world = a_world(tmp_path, paths, consecutive_losses={"max_count": 2})
    world.run_minutes(1)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    world.add_setup("NZDUSD", 1, ENTRY, STOP)
    return world.run_minutes(10)
