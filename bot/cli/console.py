"""What the terminal can show: streams that never fail on a character, one way to print errors."""

from __future__ import annotations

import codecs
import io
import json
import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

from bot.report.plain import PLAIN

if TYPE_CHECKING:
    from rich.console import Console

_HANDLER = "bot.plain"
_COLUMNS_DEFAULT = 80


def prepare_streams() -> None:
    """Let output survive any console: what an encoding lacks is written in plain characters."""
    codecs.register_error(_HANDLER, _plain_error)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def console() -> Console:
    """The console for results: colours only where they are shown, never wider than the window."""
    from rich.console import Console  # noqa: PLC0415 -- slow to import, not every verb needs it

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty(), width=_width())


def columns() -> int:
    """Columns of the window, 80 when there is none."""
    return shutil.get_terminal_size((_COLUMNS_DEFAULT, 24)).columns


def rows() -> int:
    """Rows of the window, 24 when there is none."""
    return shutil.get_terminal_size((_COLUMNS_DEFAULT, 24)).lines


def has_unicode() -> bool:
    """Whether the output's encoding shows every character."""
    return (sys.stdout.encoding or "ascii").lower().replace("-", "").startswith("utf")


def has_colour() -> bool:
    """Whether colours are shown: a terminal, and nobody asked for none."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def say(line: str = "") -> None:
    """One line of result on stdout."""
    sys.stdout.write(line + "\n")


def folded(line: str) -> str:
    """A long line broken at the window's width; as it is where nobody looks at a window."""
    if not sys.stdout.isatty():
        return line
    return textwrap.fill(line, columns(), subsequent_indent=" " * 4, break_on_hyphens=False)


def complain(message: str) -> None:
    """One error on stderr, in the form every verb uses."""
    sys.stdout.flush()
    sys.stderr.write(f"Error: {message}\n")
    sys.stderr.flush()


def tell(line: str) -> None:
    """A remark that is not a result, on stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def say_json(document: object) -> None:
    """Facts as JSON on stdout, keys in a fixed order."""
    say(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=_plain_value))


def _plain_value(value: object) -> object:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    message = f"{value!r} is not a JSON value"
    raise TypeError(message)


def _width() -> int | None:
    return None if sys.stdout.isatty() else max(columns(), _COLUMNS_DEFAULT)


def _plain_error(error: UnicodeError) -> tuple[str, int]:
    """Stand-ins for what the stream's encoding cannot write."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(PLAIN.get(character, "?") for character in missing), error.end
