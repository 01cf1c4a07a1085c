"""Small scenes for injectors: a scripted market, a real terminal, a real trader if wanted."""

from __future__ import annotations

import random
from pathlib import Path

from builders import TUESDAY_NOON, World, a_market, settings_for

from bot.model.settings import BotSettings
from bot.simulator.faults import FaultPlan
from tools.storm.disk import SimDisk
from tools.storm.faults.catalogue import CATALOGUE
from tools.storm.faults.draws import Setting
from tools.storm.faults.row import Scenic
from tools.storm.model import Injector, Scene

OWN_MAGIC = 77_000_001
SYMBOLS = ("EURUSD", "GBPUSD")
PRICES = {"EURUSD": (1.1000, 1.1001), "GBPUSD": (1.3000, 1.3001)}
MINUTES = 600
WINDOW_S = 3600.0


def a_world(folder: Path) -> World:
    """Two quiet symbols, ten hours, a started trader."""
    paths = {name: [(0.0, bid, ask)] for name, (bid, ask) in PRICES.items()}
    return World(folder, a_market(paths, MINUTES), settings_for(*SYMBOLS)).start()


def a_scene(world: World, settings: BotSettings | None = None, seed: int = 1) -> Scene:
    """A scene around the world's terminal and trader, on a disk of its own."""
    disk = SimDisk()
    plan = FaultPlan(seed).install(world.terminal)
    scene = Scene(
        seed=seed,
        rng=random.Random(seed),
        settings=settings or world.settings,
        terminal=world.terminal,
        disk=disk,
        state_folder=disk.root / "state",
        journal_folder=disk.root / "journal",
        plan=plan,
        bot=world.bot,
        now_utc_s=TUESDAY_NOON,
    )
    disk.struck = scene.struck
    return scene


def armed(scene: Scene, fault_id: str, **parameters: Setting) -> Injector:
    """The injector of a row, armed for an hour from now."""
    way = CATALOGUE[fault_id].way
    assert isinstance(way, Scenic), f"{fault_id} is not of the scene"
    drawn = {name: draw.draw(scene.rng) for name, draw in way.draws.items()}
    injector = way.make(fault_id, drawn | {"times": 1} | parameters)
    injector.arm(scene, scene.now_utc_s, scene.now_utc_s + WINDOW_S)
    return injector


def live(scene: Scene, *injectors: Injector, for_s: float = WINDOW_S, step_s: float = 10.0) -> None:
    """Let time pass and the injectors act before each cycle; nobody trades."""
    until_utc_s = scene.now_utc_s + for_s
    while scene.now_utc_s < until_utc_s:
        scene.now_utc_s += step_s
        scene.terminal.advance_to(scene.now_utc_s)
        for injector in injectors:
            injector.before_cycle(scene)


def own_position(world: World, symbol: str = "EURUSD", lots: float = 0.1) -> int:
    """A long position with our magic, its stop 50 points below. Returns its ticket."""
    terminal = world.terminal
    bid, _ = PRICES[symbol]
    answer = terminal.order_send(
        {
            "action": terminal.TRADE_ACTION_DEAL,
            "symbol": symbol,
            "volume": lots,
            "type": terminal.ORDER_TYPE_BUY,
            "sl": round(bid - 0.0050, 5),
            "magic": OWN_MAGIC,
            "type_filling": terminal.ORDER_FILLING_IOC,
        }
    )
    assert answer.retcode == terminal.TRADE_RETCODE_DONE, answer
    return int(answer.order)


def own_order(world: World, symbol: str = "EURUSD") -> int:
    """A resting buy limit with our magic, 20 points below the market. Returns its ticket."""
    terminal = world.terminal
    bid, _ = PRICES[symbol]
    answer = terminal.order_send(
        {
            "action": terminal.TRADE_ACTION_PENDING,
            "symbol": symbol,
            "volume": 0.1,
            "type": terminal.ORDER_TYPE_BUY_LIMIT,
            "price": round(bid - 0.0020, 5),
            "sl": round(bid - 0.0070, 5),
            "magic": OWN_MAGIC,
            "type_filling": terminal.ORDER_FILLING_RETURN,
        }
    )
    assert answer.retcode == terminal.TRADE_RETCODE_DONE, answer
    return int(answer.order)
