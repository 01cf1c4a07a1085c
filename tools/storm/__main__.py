"""`python -m tools.storm`: the same as `bot storm`."""

from __future__ import annotations

import typer

from bot.cli.storm import storm

if __name__ == "__main__":
    typer.run(storm)
