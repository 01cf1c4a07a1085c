"""`bot demo`: a whole challenge on a generated market, with the code that trades live."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.folders import DEMO_FOLDER
from bot.cli.options import JsonOption, ParamsOption

if TYPE_CHECKING:
    from bot.adapters.calendar_declared import DeclaredCalendar
    from bot.model.settings import BotSettings
    from bot.simulator.feed import Market

SYMBOLS = "EURUSD,GBPUSD,USDJPY,AUDUSD,USDCAD,EURJPY,GBPJPY,XAUUSD,NAS100,BTCUSD"
_FIRST_MONDAY = "2026-03-02"  # six days before the clocks change in New York
_DAYS_PER_WEEK = 7
_TRADING_DAYS_PER_WEEK = 5


def demo(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    seed: Annotated[
        int, typer.Option(min=0, help="Which market: the same seed, the same run.")
    ] = 7,
    days: Annotated[int, typer.Option(min=1, max=500, help="Trading days to live.")] = 30,
    symbols: Annotated[str, typer.Option(help="Symbols to trade, comma separated.")] = SYMBOLS,
    params: ParamsOption = None,
    out: Annotated[Path, typer.Option(help="Folder of the run.")] = DEMO_FOLDER,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin again, forget the run.")] = False,
    no_picture: Annotated[bool, typer.Option("--no-picture", help="Lines instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Live a challenge on a generated market, day by day, to its verdict.

    Stop it whenever you like, even hard: the same command goes on where it was.
    """
    from bot.cli.folders import RunFolder  # noqa: PLC0415
    from bot.cli.manifest import claim, manifest_of  # noqa: PLC0415
    from bot.cli.options import params_path, symbol_list  # noqa: PLC0415
    from bot.cli.simulated_account import simulated_settings  # noqa: PLC0415
    from bot.params import load_settings  # noqa: PLC0415

    settings = load_settings(params_path(params))
    known = tuple(item.symbol for item in settings.symbols)
    settings = simulated_settings(settings, symbol_list(symbols, known))
    run = RunFolder(out)
    claim(run, manifest_of("demo", settings, {"seed": seed, "days": days}), fresh=fresh)
    from bot.cli.simulated_run import Shown, live_and_tell  # noqa: PLC0415 -- heavy: last
    from bot.cli.simulation import SimulationPlan  # noqa: PLC0415

    start_utc_s, end_utc_s = window(days)
    plan = SimulationPlan(
        run=run,
        mode="demo",
        settings=settings,
        market=demo_market(seed, settings, end_utc_s),
        start_utc_s=start_utc_s,
        end_utc_s=end_utc_s,
        calendar=demo_calendar(seed, end_utc_s),
    )
    count = len(plan.calendar.events().events)
    notes = (f"news: the {count} releases of the generated market, known in advance",)
    shown = Shown(f"DEMO seed {seed}", as_json, not no_picture, notes)
    live_and_tell(plan, shown)


def window(trading_days: int) -> tuple[float, float]:
    """First and last moment: server midnights around so many weekdays from the first Monday."""
    from bot.report.text import day_number  # noqa: PLC0415
    from bot.rules.calendar import day_start_utc_s  # noqa: PLC0415
    from bot.timezones import server_offset_table  # noqa: PLC0415

    weeks, rest = divmod(trading_days, _TRADING_DAYS_PER_WEEK)
    server_days = weeks * _DAYS_PER_WEEK + rest
    first = day_number(_FIRST_MONDAY)
    table = server_offset_table()
    return day_start_utc_s(first, table), day_start_utc_s(first + server_days, table)


def demo_calendar(seed: int, end_utc_s: float) -> DeclaredCalendar:
    """The releases the demo's market jumps with, declared as the calendar of the run."""
    from bot.adapters.calendar_declared import DeclaredCalendar  # noqa: PLC0415
    from bot.simulator.generated_news import generated_news  # noqa: PLC0415

    start_utc_s, days_count = _market_window(end_utc_s)
    return DeclaredCalendar("generated market", generated_news(seed, start_utc_s, days_count))


def demo_market(seed: int, settings: BotSettings, end_utc_s: float) -> Market:
    """The market from the day before the run: its account was opened when it began."""
    from bot.simulator.generated import generated_market  # noqa: PLC0415
    from bot.simulator.symbols import conversion_symbols  # noqa: PLC0415

    start_utc_s, days_count = _market_window(end_utc_s)
    traded = [item.symbol for item in settings.symbols]
    listed = tuple(dict.fromkeys([*traded, *conversion_symbols(traded)]))
    return generated_market(seed, listed, start_utc_s, days_count)


def _market_window(end_utc_s: float) -> tuple[int, int]:
    """First moment and number of server days of the demo's market."""
    from bot.report.text import day_number  # noqa: PLC0415
    from bot.rules.calendar import day_start_utc_s, server_day  # noqa: PLC0415
    from bot.timezones import server_offset_table  # noqa: PLC0415

    table = server_offset_table()
    first = day_number(_FIRST_MONDAY) - 1
    return int(day_start_utc_s(first, table)), server_day(end_utc_s, table) - first
