"""What the generated pages share: tables and the note that they are generated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTE = "<!-- Written by `uv run python -m tools.docs`; edit the code it comes from instead. -->\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; cells may hold any text of one line."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def one_line(text: str) -> str:
    """A docstring as one line, without its indentation."""
    return " ".join(text.split())


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(one_line(cell).replace("|", "\\|") for cell in cells) + " |"
