"""`bot replay`: recorded bars through the real loop, day by day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import BarPath, BarPathOption, JsonOption, ParamsOption

if TYPE_CHECKING:
    from bot.cli.recorded import Recorded
    from bot.model.settings import BotSettings

_NO_NEWS = "news: none, a replay has no calendar, so releases were traded through"


def replay(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    data: Annotated[Path, typer.Option("--data", help="Folder of bars: h1/EURUSD.parquet ...")],
    first: Annotated[str | None, typer.Option("--from", help="First server day.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last server day.")] = None,
    timerange: Annotated[
        str | None, typer.Option(help="Both at once: 20230101-20231231, either end may be open.")
    ] = None,
    symbols: Annotated[
        str | None, typer.Option(help="Comma separated; all with bars by default.")
    ] = None,
    path: BarPathOption = BarPath.ADVERSE_FIRST,
    params: ParamsOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the run.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin again, forget the run.")] = False,
    no_picture: Annotated[bool, typer.Option("--no-picture", help="Lines instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Live through recorded bars with the code that trades live; report what it earned.

    Stop it whenever you like, even hard: the same command goes on where it was.
    """
    from bot.adapters.calendar_declared import DeclaredCalendar  # noqa: PLC0415
    from bot.cli.folders import RunFolder  # noqa: PLC0415
    from bot.cli.manifest import claim, manifest_of  # noqa: PLC0415
    from bot.cli.options import params_path, symbol_list  # noqa: PLC0415
    from bot.cli.recorded import recorded_market  # noqa: PLC0415
    from bot.cli.span import span_of  # noqa: PLC0415
    from bot.params import load_settings  # noqa: PLC0415
    from bot.simulator.quotes import ExtremeOrder, QuotePath  # noqa: PLC0415

    settings = load_settings(params_path(params))
    span = span_of(first, last, timerange)
    wanted = symbol_list(symbols, tuple(item.symbol for item in settings.symbols))
    order = QuotePath(ExtremeOrder(path.value))
    recorded = recorded_market(data, wanted, span, must_have_all=symbols is not None, path=order)
    settings = _settings(settings, recorded)
    run = RunFolder(out or Path("runs") / f"replay-{span.name}")
    facts = {"data": recorded.fingerprint, "first": span.first_text, "last": span.last_text}
    facts |= {} if path is BarPath.ADVERSE_FIRST else {"path": path.value}
    claim(run, manifest_of("replay", settings, facts), fresh=fresh)
    from bot.cli.simulated_run import Shown, live_and_tell  # noqa: PLC0415 -- heavy: last
    from bot.cli.simulation import SimulationPlan  # noqa: PLC0415

    plan = SimulationPlan(
        run=run,
        mode="replay",
        settings=settings,
        market=recorded.market,
        start_utc_s=span.start_utc_s,
        end_utc_s=span.end_utc_s,
        calendar=DeclaredCalendar("replay"),
    )
    title = f"REPLAY {span.first_text} to {span.last_text}"
    shown = Shown(title, as_json, not no_picture, notes=(*recorded.notes, _NO_NEWS))
    live_and_tell(plan, shown)


def _settings(settings: BotSettings, recorded: Recorded) -> BotSettings:
    """The settings on the simulated account; quotes are as fresh as the bars allow."""
    from dataclasses import replace  # noqa: PLC0415

    from bot.cli.simulated_account import simulated_settings  # noqa: PLC0415

    settings = simulated_settings(settings, recorded.symbols)
    age_max_s = max(settings.entry.quote_age_max_s, recorded.quote_age_max_s)
    return replace(settings, entry=settings.entry._replace(quote_age_max_s=age_max_s))
