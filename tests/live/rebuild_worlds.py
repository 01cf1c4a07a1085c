"""A busy day whose state is lost, and what is compared afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from builders import World, a_market, settings_for

from bot.adapters.json_store import JsonStore
from bot.live.as_rules import side_name
from bot.live.rebuild import Rebuilt, rebuilt_state, why_lost, write_rebuilt
from bot.live.state import SCHEMA_VERSION, STATE_NAME, Setup
from bot.model.events import SetupCreated
from bot.model.settings import BotSettings

PATHS = {
    "EURUSD": [
        (0, 1.09995, 1.10000),
        (6, 1.10350, 1.10355),
        (12, 1.10650, 1.10655),
        (18, 1.11060, 1.11065),
    ],
    "GBPUSD": [(0, 1.26100, 1.26105), (9, 1.25990, 1.25995), (14, 1.24900, 1.24905)],
    "NZDUSD": [(0, 0.59995, 0.60000), (4, 0.59400, 0.59405)],
    "USDJPY": [(0, 149.99, 150.0), (30, 150.9, 150.91), (40, 150.2, 150.21)],
}
MINUTES = 60

NOT_KEPT = frozenset(
    {
        "outlook",  # reckoned anew every cycle
        "last_seen",  # the next cycle's
        "rebuilt_utc_s",
        "deals_since_utc_s",
        "blocked_until_utc_s",
        "scanned_day",
        "scanned_bar_utc_s",
        "news",
        "faults_count",
        "cleared_utc_s",
        "challenge.alarmed_day",
        "breakers.equity_falling",
        "breakers.disconnects_utc_s",
        "breakers.slips",  # the gauge counts a fill one cycle later
        "breakers.slips_counted",
        "day.cycles_count",
        "day.requests_count",
        "day.lowest_equity_money",
        "day.lowest_equity_utc_s",
        "day.marked_low_money",
        "day.trail_floor_money",  # the journal names a static floor as well
        "halts.rebuilt",
        "seen_utc_s",
        "last_price",
        "distance_r",
        "refusal",
        "refusals_count",
        "missing_since_utc_s",
        "clean_reads_count",
        "first_clean_utc_s",
        "naked_tries_count",
        "is_unknown",
    }
)
"""Fields that may differ: counted anew, or asked of the broker and the market again."""


def busy_settings() -> BotSettings:
    """Four symbols that may all be open at once."""
    settings = settings_for(*PATHS)
    wide = settings.exposure._replace(currency_max_r=99.0, group_cap_fraction=1.0)
    return replace(settings, exposure=wide)


def a_busy_world(folder: Path) -> World:
    """One trade climbs its ladder, one is stopped out, one rests and fills, one waits."""
    world = World(folder, a_market(PATHS, MINUTES + 30), busy_settings()).start()
    add_told_setup(world, "EURUSD", 1, 1.1000, 1.0950)
    add_told_setup(world, "GBPUSD", 1, 1.2600, 1.2500)
    add_told_setup(world, "NZDUSD", 1, 0.6000, 0.5950)
    add_told_setup(world, "USDJPY", -1, 150.9, 151.9)
    world.bot.record.save()
    return world


def add_told_setup(
    world: World, symbol: str, side: int, entry_price: float, stop_price: float
) -> Setup:
    """A setup that the journal knows of, as one of the scanner is."""
    setup = world.add_setup(symbol, side, entry_price, stop_price)
    world.bot.record.event(
        SetupCreated(
            setup_id=setup.setup_id,
            symbol=symbol,
            side=side_name(side),
            entry_price=entry_price,
            stop_price=stop_price,
            points=setup.points,
            expires_utc_s=setup.expires_utc_s,
            bar_utc_s=setup.bar_utc_s,
        )
    )
    return setup


def lose(world: World, *, with_journal: bool) -> None:
    """The state's files are gone, the journal's as well if asked for."""
    for name in ("state", "journal") if with_journal else ("state",):
        for file in (world.folder / name).glob("*"):
            file.unlink()


def rebuild(world: World) -> Rebuilt:
    """As `bot rebuild --yes` does: look, write, and leave the start to the next process."""
    world.bot = world._new_bot()
    reason = why_lost(world.bot)
    assert reason
    rebuilt = rebuilt_state(world.bot, reason)
    store = JsonStore(world.folder / "state", SCHEMA_VERSION, fsync=False)
    write_rebuilt(world.bot, rebuilt, lambda: store.set_aside(STATE_NAME))
    return rebuilt


def differences(lost: object, found: object, path: str = "") -> list[str]:
    """Where two states differ beyond rounding and beyond `NOT_KEPT`."""
    if path in NOT_KEPT or path.rpartition(".")[2] in NOT_KEPT:
        return []
    if isinstance(lost, dict) and isinstance(found, dict):
        keys = sorted({*lost, *found}, key=str)
        parts = [
            differences(lost.get(key), found.get(key), f"{path}.{key}".lstrip(".")) for key in keys
        ]
        return [line for part in parts for line in part]
    if isinstance(lost, list) and isinstance(found, list) and len(lost) == len(found):
        pairs = enumerate(zip(lost, found, strict=True))
        return [line for n, (a, b) in pairs for line in differences(a, b, f"{path}.{n}")]
    if isinstance(lost, float) and isinstance(found, (int, float)) and abs(lost - found) < 1.0:
        return []
    return [] if lost == found else [f"{path}: {lost!r} became {found!r}"]
