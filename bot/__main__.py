"""The console script `bot`, and `python -m bot`."""

from __future__ import annotations


def main() -> None:
    """Run the command line and leave with its exit code."""
    from bot.cli.console import prepare_streams  # noqa: PLC0415 -- before anything can print

    prepare_streams()
    from bot.cli.app import app  # noqa: PLC0415 -- typer looks at the streams when imported

    app(prog_name="bot")


if __name__ == "__main__":
    main()
