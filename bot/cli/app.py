"""The verbs of `bot`, gathered. What each does stands in its own file."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import __version__
from bot.cli import (
    backtest,
    calendar,
    check,
    demo,
    flatten,
    history,
    lookahead,
    montecarlo,
    params,
    parity,
    passrate,
    pause,
    rebuild,
    replay,
    report,
    reset,
    resume,
    rules,
    run,
    sensitivity,
    simulate,
    status,
    storm,
    sweep,
    terminal_process,
    walkforward,
    watch,
    why,
)
from bot.cli.group import BotGroup

app = typer.Typer(
    name="bot",
    cls=BotGroup,
    help="A MetaTrader 5 bot that lives a prop-firm challenge and keeps the account alive.",
    epilog="Exit codes: 0 fine, 1 refused or failed check, 2 wrong use, 3 needs a person.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(*, value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """What stands before a verb."""


app.command("demo")(demo.demo)
app.command("replay")(replay.replay)
app.command("backtest")(backtest.backtest)
app.command("lookahead")(lookahead.lookahead)
app.command("run")(run.run)
app.command("watch")(watch.watch)
app.command("rebuild")(rebuild.rebuild)
app.add_typer(check.app, name="check")
app.add_typer(calendar.app, name="calendar")
app.add_typer(rules.app, name="rules")
app.add_typer(history.app, name="history")
app.add_typer(params.app, name="params")
app.command("parity")(parity.parity)
app.command("passrate")(passrate.passrate)
app.command("montecarlo")(montecarlo.montecarlo)
app.command("status")(status.status)
app.command("why")(why.why)
app.command("report")(report.report)
app.command("pause")(pause.pause)
app.command("resume")(resume.resume)
app.command("reset")(reset.reset)
app.command("flatten")(flatten.flatten)
app.command("simulate", context_settings=simulate.CONTEXT)(simulate.simulate)
app.command("storm")(storm.storm)
app.command("sweep")(sweep.sweep)
app.command("sensitivity")(sensitivity.sensitivity)
app.command("walkforward")(walkforward.walkforward)
app.command("simulate-terminal")(terminal_process.simulate_terminal)
