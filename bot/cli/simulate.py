"""`bot simulate`: a script written for the MetaTrader5 package, unmodified, on the simulator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from bot.cli.options import BarPath, BarPathOption, JsonOption

CONTEXT: Final = {"allow_interspersed_args": False}
"""How the verb is registered: whatever stands after the script's name is the script's."""

SPEED_MAX: Final = 100_000.0
"""A day in a second; what is faster than that is `--jump`."""

_MONDAY_NOON: Final = "2026-03-02 12:00"


def _list_faults(names: list[str] | None) -> list[str] | None:
    """`--fault list` needs no script."""
    if names and "list" in names:
        from bot.cli.simulate_plan import fault_rows  # noqa: PLC0415

        typer.echo(fault_rows())
        raise typer.Exit
    return names


def simulate(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    script: Annotated[Path, typer.Argument(metavar="SCRIPT.py", help="The script to run.")],
    args: Annotated[
        list[str] | None, typer.Argument(metavar="[ARGS]...", help="The script's own arguments.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Which generated market.")] = 7,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder of recorded bars, or a file of ticks, not a seed."),
    ] = None,
    start: Annotated[
        str, typer.Option("--from", help="Server date, and time if you like, to start at.")
    ] = _MONDAY_NOON,
    days: Annotated[int, typer.Option(min=1, max=400, help="Server days the market lives.")] = 10,
    symbols: Annotated[
        str | None, typer.Option(help="Comma separated; every known symbol by default.")
    ] = None,
    path: BarPathOption = BarPath.ADVERSE_FIRST,
    suffix: Annotated[str, typer.Option(help="What the broker appends: .r lists EURUSD.r")] = "",
    speed: Annotated[
        float,
        typer.Option(
            min=0.0, max=SPEED_MAX, help="Simulated seconds per second; 0: only waiting counts."
        ),
    ] = 60.0,
    paced: Annotated[
        bool,
        typer.Option("--paced/--jump", help="Waits take real time at that speed, or none at all."),
    ] = True,
    stop_after: Annotated[
        str | None, typer.Option("--for", help="Simulated time after which to stop: 90s 15m 2h 3d.")
    ] = None,
    balance: Annotated[float, typer.Option(min=0.0, help="Money in each account, USD.")] = 20_000.0,
    netting: Annotated[
        bool, typer.Option("--netting", help="A netting account instead of a hedging one.")
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            callback=_list_faults,
            is_eager=True,
            metavar="NAME[@WHEN]",
            help="What goes wrong, as B02 or answer-lost@call:2; may be repeated; or list.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No summary at the end.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run a script written for the MetaTrader5 package on the simulated terminal.

    Its exit code becomes the command's; what it prints stays as it is, the summary is on stderr.
    The clock runs by itself at --speed; with --jump a sleep ends at once, the clock moved on.
    A script that never ends is stopped after --for, or at the end of --days.
    """
    from bot.cli.simulate_plan import SimulatePlan, Wanted, wanted_faults  # noqa: PLC0415
    from bot.cli.simulate_run import run_and_tell  # noqa: PLC0415
    from bot.simulator.config import AccountConfig  # noqa: PLC0415
    from bot.simulator.constants import Constants  # noqa: PLC0415
    from bot.simulator.script_clock import Pace  # noqa: PLC0415

    wanted = Wanted(
        seed=seed,
        data=data,
        start=start,
        days=days,
        symbols=symbols,
        suffix=suffix,
        path=path,
    )
    plan = SimulatePlan(
        script=script,
        args=tuple(args or ()),
        wanted=wanted,
        account=AccountConfig(
            balance_money=balance,
            margin_mode=Constants.ACCOUNT_MARGIN_MODE_RETAIL_NETTING
            if netting
            else Constants.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING,
        ),
        pace=Pace(speed=speed, is_paced=paced),
        stop_after=stop_after,
        faults=wanted_faults(fault or []),
    )
    raise typer.Exit(run_and_tell(plan, is_quiet=quiet, as_json=as_json))
