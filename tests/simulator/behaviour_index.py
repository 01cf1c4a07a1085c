"""Which statement about the terminal which test holds; run this file to write the page of it.

Statements are numbered as in the collected evidence: section, then bullet or table row. The page
is `docs/behaviour_coverage.md`; a test keeps it current.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from behaviour_index_books import BOOKS
from behaviour_index_reads import READS
from behaviour_index_surface import SURFACE
from behaviour_index_trading import TRADING

PAGE = Path(__file__).resolve().parents[2] / "docs" / "behaviour_coverage.md"

SECTIONS = {
    1: "Module surface",
    2: "initialize, login, shutdown, version",
    3: "Failure values and last_error",
    4: "Transport, outages, latency",
    5: "Structures and arrays",
    6: "Time",
    7: "Symbols and quotes",
    8: "History calls",
    9: "Permission switches",
    10: "Results of order_check and order_send",
    11: "Actions",
    12: "Price geometry and triggers",
    13: "Orders, deals, positions",
    14: "Money",
    15: "Ambiguous results",
    16: "Rules for clients",
    17: "Reference specifications",
}


@dataclass(frozen=True)
class Statement:
    """One statement in our words, and the tests that hold it or the reason why none does."""

    number: str
    words: str
    tests: tuple[str, ...]
    reason: str

    @property
    def is_adopted(self) -> bool:
        return bool(self.tests)


def statements() -> Iterator[Statement]:
    """Every statement in the order of the evidence."""
    for number, (words, answer) in (SURFACE | READS | TRADING | BOOKS).items():
        if isinstance(answer, str):
            yield Statement(number, words, (), answer)
        else:
            yield Statement(number, words, answer, "")


def coverage() -> str:
    """How many statements are adopted, in one line."""
    every = list(statements())
    adopted = sum(statement.is_adopted for statement in every)
    return f"{adopted} of {len(every)} statements adopted"


def page() -> str:
    """The coverage page."""
    lines = [
        "# What the simulated terminal copies of the real one",
        "",
        "Written by `python tests/simulator/behaviour_index.py`; do not edit by hand.",
        "",
        f"**{coverage()}**, each held by the tests named beside it. The rest is",
        "named with its reason in the same tables. Numbers are section, then bullet or table row,",
        "of the collected evidence about the package.",
    ]
    section = 0
    for statement in statements():
        if int(statement.number.split(".")[0]) != section:
            section = int(statement.number.split(".")[0])
            head = ["| | statement | held by |", "|---|---|---|"]
            lines += ["", f"## {section}. {SECTIONS[section]}", "", *head]
        held = ", ".join(f"`{name}`" for name in statement.tests)
        lines.append(
            f"| {statement.number} | {statement.words} | {held or f'*not: {statement.reason}*'} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
