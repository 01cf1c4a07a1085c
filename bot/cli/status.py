"""`bot status`: the running bot on one page, and how old that page is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from bot.cli.options import FolderOption, JsonOption


def status(*, folder: FolderOption = Path(), as_json: JsonOption = False) -> None:
    """Rooms to both floors, target, open trades, queues, halts and the next reset."""
    from bot.cli import console  # noqa: PLC0415
    from bot.cli.evidence import rules_of, saved_state, status_fold, trader_pulse  # noqa: PLC0415
    from bot.cli.folders import existing  # noqa: PLC0415
    from bot.report.status_text import status_lines  # noqa: PLC0415

    run = existing(folder)
    page = status_fold(run).status(rules_of(run), saved_state(run), trader_pulse(run))
    if as_json:
        console.say_json(asdict(page))
        return
    for line in status_lines(page):
        console.say(line)
