"""A small simulated world for the doctor: a Monday morning with every symbol of the parameters."""

from __future__ import annotations

from bot.adapters.clock import ManualClock
from bot.cli.simulated_account import account_config, simulated_settings
from bot.cli.wiring import World
from bot.model.settings import BotSettings
from bot.report.text import day_number
from bot.rules.calendar import HOUR_S, day_start_utc_s
from bot.simulator.generated import generated_market
from bot.simulator.symbols import conversion_symbols
from bot.simulator.terminal import SimulatedTerminal
from bot.timezones import server_offset_table

_MONDAY = "2026-03-02"
_HISTORY_DAYS = 40
_MORNING_H = 14


def simulated_world(settings: BotSettings) -> tuple[World, BotSettings]:
    """The world and the settings that are pinned to its account."""
    traded = tuple(item.symbol for item in settings.symbols)
    settings = simulated_settings(settings, traded)
    listed = tuple(dict.fromkeys([*traded, *conversion_symbols(traded)]))
    start_utc_s = int(day_start_utc_s(day_number(_MONDAY), server_offset_table()))
    market = generated_market(7, listed, start_utc_s, 1, history_days_count=_HISTORY_DAYS)
    terminal = SimulatedTerminal(market, account=account_config(settings))
    now_utc_s = float(start_utc_s + _MORNING_H * HOUR_S)
    terminal.advance_to(now_utc_s)
    world = World(terminal, ManualClock(now_utc_s), "check", is_durable=False)
    return world, settings
