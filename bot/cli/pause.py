"""`bot pause`: no new risk until a person resumes; exits go on."""

from __future__ import annotations

from pathlib import Path

from bot.cli.options import FolderOption, ReasonOption, WaitOption


def pause(
    *, reason: ReasonOption = "operator", folder: FolderOption = Path(), wait_s: WaitOption = 30.0
) -> None:
    """Stop opening anything: orders that rest are withdrawn, open trades are managed on.

    Only bot resume lifts it; setups wait meanwhile, and rest again afterwards if they still fit.
    """
    from bot.cli.folders import existing  # noqa: PLC0415
    from bot.cli.spool import send  # noqa: PLC0415

    send(existing(folder), "pause", reason, wait_s)
