"""`bot status`: the running bot on one page, and how old that page is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from bot.cli.options import FolderOption, JsonOption


def status(*, folder: FolderOption = Path(), as_json: JsonOption = False) -> None:
    """May it trade, what room is left, what guards are armed, and what comes next."""
    from bot.cli import console  # noqa: PLC0415
    from bot.cli.evidence import (  # noqa: PLC0415
        confirmed_utc_s,
        rules_of,
        saved_state,
        status_fold,
        trader_pulse,
    )
    from bot.cli.folders import existing  # noqa: PLC0415
    from bot.report.status_text import status_lines  # noqa: PLC0415

    run = existing(folder)
    facts = rules_of(run), saved_state(run), trader_pulse(run), confirmed_utc_s(run)
    page = status_fold(run).status(*facts)
    if as_json:
        console.say_json(asdict(page))
        return
    for line in status_lines(page, here=None):
        console.say(line)
