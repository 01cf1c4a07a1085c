"""How every verb ends: expected errors become one line on stderr and a stable exit code."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from bot.cli.console import complain
from bot.errors import BotError

_INTERRUPTED = 1


class BotGroup(TyperGroup):
    """A group whose verbs may raise `BotError`."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb; a `BotError` ends it with the error's own exit code."""
        try:
            return super().invoke(ctx)
        except BotError as error:
            complain(str(error))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            complain("interrupted")
            raise typer.Exit(_INTERRUPTED) from error
        except BrokenPipeError as error:
            sys.stderr.close()  # the reader went away: nothing more can be told
            raise typer.Exit(_INTERRUPTED) from error
