"""Rows of the doctor: a name, pass, warn or fail, and what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from bot.cli import console

_NAME_WIDTH = 18
_STYLES = {"pass": "green", "warn": "yellow", "fail": "bold red"}


class Finding(StrEnum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105 -- not a secret
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Row:
    """One check."""

    name: str
    finding: Finding
    text: str


def passed(name: str, text: str) -> Row:
    """A check that found nothing to mend."""
    return Row(name, Finding.PASS, text)


def warned(name: str, text: str) -> Row:
    """A check that found something worth a look."""
    return Row(name, Finding.WARN, text)


def failed(name: str, text: str) -> Row:
    """A check that found a reason not to trade."""
    return Row(name, Finding.FAIL, text)


def show_rows(rows: Iterable[Row], *, as_json: bool) -> int:
    """Print the rows and what they come to; returns the exit code."""
    rows = list(rows)
    counts = {finding: sum(row.finding == finding for row in rows) for finding in Finding}
    code = 1 if counts[Finding.FAIL] else 0
    if as_json:
        console.say_json({"ok": code == 0, "rows": [asdict(row) for row in rows]})
        return code
    from rich.text import Text  # noqa: PLC0415 -- slow to import

    out = console.console()
    for row in rows:
        line = Text(f"{row.finding.value.upper():<5} ", style=_STYLES[row.finding.value])
        line.append(f"{row.name:<{_NAME_WIDTH}}", style="bold")
        line.append(row.text, style="default")
        out.print(line)
    figures = ", ".join(f"{counts[finding]} {finding.value}" for finding in Finding)
    out.print(Text(figures, style="bold"))
    return code
