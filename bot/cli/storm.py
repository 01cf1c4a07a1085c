"""`bot storm`: the real trader through simulated years of everything that can go wrong."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import ParamsError

if TYPE_CHECKING:
    from tools.storm.campaign_ask import Ask


def storm(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    seeds: Annotated[str, typer.Option(help="Which seeds, first:end, the end left out.")] = "0:20",
    days: Annotated[int, typer.Option(min=1, max=90, help="Server days each seed lives.")] = 7,
    fault: Annotated[
        str, typer.Option(help="These faults alone, comma separated: B03,P01; none for calm.")
    ] = "",
    minutes: Annotated[
        float | None, typer.Option(min=0.0, help="Begin no further seed after so long.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes at work.")] = 2,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write all figures to this file.")
    ] = None,
    replay: Annotated[
        int | None, typer.Option(min=0, help="Live one seed and show its last 200 events.")
    ] = None,
    end_day: Annotated[
        int, typer.Option(min=0, help="With --replay: end the storm after so many days.")
    ] = 0,
) -> None:
    """Live through storms: the real trader, a simulated terminal, disk and clock, seeded faults.

    25 invariants are checked against the broker's books after every cycle. A seed that breaks one
    is made small and told as a command to repeat it; the exit code is then 1.
    """
    ask = _asked()
    only = tuple(word.strip() for word in fault.split(",") if word.strip())
    if replay is not None:
        raise typer.Exit(ask.replay(replay, days, only, end_day))
    first, end = _span(seeds)
    limit = inf if minutes is None else minutes
    raise typer.Exit(ask.campaign((first, end), days, only, (limit, workers), json_file))


def _asked() -> Ask:
    """The storm itself lives beside the tests' tools, which a trading machine need not have."""
    try:
        from tools.storm.campaign_ask import Ask  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("tools"):
            raise
        message = "bot storm needs the folder tools of the project; it is not installed here"
        raise ParamsError(message) from error
    return Ask()


def _span(text: str) -> tuple[int, int]:
    first, colon, end = text.partition(":")
    if not (colon and first.isdecimal() and end.isdecimal() and int(first) < int(end)):
        message = f"--seeds is {text!r}; allowed: first:end, such as 0:100, the first below the end"
        raise typer.BadParameter(message)
    return int(first), int(end)
