"""The page of commands, from the command line's own help."""

from __future__ import annotations

from collections.abc import Iterator

import typer.main
from typer import Context
from typer.core import TyperGroup

from tools.doc_text import NOTE

_COLUMNS = 96

_INTRODUCTION = """\
`bot VERB`, or `uv run bot VERB` in a checkout, or `python -m bot VERB`.

| exit code | means |
| --- | --- |
| 0 | fine |
| 1 | refused, or a check failed |
| 2 | wrong use |
| 3 | a person is needed |
"""


def commands_page() -> str:
    """The whole text of docs/commands.md."""
    parts = ["# Commands\n", NOTE, _INTRODUCTION]
    parts += [f"## {name}\n\n```text\n{text}\n```\n" for name, text in helps()]
    return "\n".join(parts)


def command_names() -> list[str]:
    """Every command as a person types it, such as `bot check params`."""
    return [name for name, _ in helps()]


def helps() -> Iterator[tuple[str, str]]:
    """Name and help text of every command, groups before what they hold."""
    from bot.cli.app import app  # noqa: PLC0415 - typer looks at the streams when imported

    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup), "the command line has one verb only?"
    yield from _helps(group, "bot")


def _helps(group: TyperGroup, path: str) -> Iterator[tuple[str, str]]:
    for name, command in group.commands.items():
        full = f"{path} {name}"
        context = Context(
            command, info_name=full, terminal_width=_COLUMNS, max_content_width=_COLUMNS
        )
        text = command.get_help(context)
        yield full, "\n".join(line.rstrip() for line in text.strip().splitlines())
        if isinstance(command, TyperGroup):
            yield from _helps(command, full)
