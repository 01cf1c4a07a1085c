"""`bot rebuild`: a lost state made again from journal and broker, once a person has read it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import JsonOption, ParamsOption, TerminalOption, YesOption

if TYPE_CHECKING:
    from bot.live.rebuild import Rebuilt


def rebuild(  # noqa: PLR0913 -- each is an option of the command line
    *,
    params: ParamsOption = None,
    data_folder: Annotated[
        Path, typer.Option("--data-folder", help="Where the state was lost, the journal may be.")
    ] = Path(),
    terminal_path: TerminalOption = "",
    simulated: Annotated[
        Path | None,
        typer.Option("--simulated", help="Of a run on the bot simulate-terminal of this folder."),
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a lost or damaged state again; show it first, write it with --yes or after a question.

    Needs the terminal, and no trader running. Nothing is sent. Afterwards exits and stops work as
    soon as the trader is started; entries stay shut until bot resume.
    """
    from bot.cli.rebuild_run import rebuilding  # noqa: PLC0415

    with rebuilding(params, data_folder, terminal_path, simulated) as work:
        found = work.look()
        _show(found, as_json=as_json)
        if not yes:
            _ask()
        work.write(found)
    from bot.cli import console  # noqa: PLC0415

    console.tell("Written. Start the trader; entries stay shut until bot resume --reason ...")


def _show(found: Rebuilt, *, as_json: bool) -> None:
    from bot.cli import console  # noqa: PLC0415

    if as_json:
        console.say_json(
            {
                "reason": found.reason,
                "is_journal_whole": found.is_journal_whole,
                "findings": list(found.findings),
                "state": found.state.document(),
            }
        )
        return
    source = "whole" if found.is_journal_whole else "not whole"
    console.say(console.folded(f"Lost: {found.reason}"))
    console.say(f"The journal is {source}. The state would be:")
    for line in found.findings:
        console.say(console.folded(f"  {line}"))


def _ask() -> None:
    if not sys.stdin.isatty():
        message = "rebuild needs a person who compared this with the terminal: say --yes"
        raise typer.BadParameter(message)
    typer.confirm("Compared with the terminal, and write this state?", abort=True)
