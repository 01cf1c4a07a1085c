"""The body of `bot rules show`: one page a trader can hold against the agreement."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import console
from bot.cli.options import params_path
from bot.cli.rules_page import ENFORCED, RulesPage, page_of, page_of_account
from bot.cli.rules_words import Line
from bot.params import load
from bot.report.text import money

if TYPE_CHECKING:
    from rich.console import Console

_NAME_WIDTH = 28


def show(params: Path | None, name: str | None, phase: str | None, *, as_json: bool) -> None:
    """Print the page of a preset, or of the configured account; raises `ParamsError`."""
    if name is None:
        page = page_of_account(load(params_path(params)), phase)
    else:
        page = page_of(params, name, phase)
    if as_json:
        console.say_json(page_facts(page))
    else:
        print_page(page)


def page_facts(page: RulesPage) -> dict[str, object]:
    """The page as data: the words under their headings, and the preset itself."""
    return {
        "preset": page.preset.id,
        "label": page.preset.label,
        "is_configured": page.loaded is not None,
        "initial_balance_money": page.account.balance_money,
        "grade": page.preset.meta.confidence,
        "facts_as_of": page.preset.meta.facts_as_of,
        "open_questions": list(page.preset.meta.unknown),
        "phases": {
            item.phase.id: {"rules": _by_part(item.lines), "left_to_you": list(item.left)}
            for item in page.phases
        },
        "rules": _by_part(page.common),
        "enforced": list(ENFORCED),
        "document": page.document,
    }


def print_page(page: RulesPage) -> None:
    """Print the page for reading."""
    out = console.console()
    _heading(out, page)
    for item in page.phases:
        kind = item.phase.kind
        _title(out, f"Phase {item.phase.id} ({kind})")
        _print_lines(out, item.lines)
    _title(out, "In every phase" if len(page.phases) > 1 else "About these rules")
    _print_lines(out, page.common)
    _title(out, "Who looks after what")
    _part(out, "the bot enforces")
    _bullets(out, ENFORCED)
    for item in page.phases:
        _part(out, f"left to you in {item.phase.id}")
        _bullets(out, item.left or ("nothing that is known",))


def _heading(out: Console, page: RulesPage) -> None:
    preset = page.preset
    _styled(out, f"{preset.label}   [{preset.id}]", "bold")
    meta = preset.meta
    _styled(out, f"grade {meta.confidence}, facts as of {meta.facts_as_of}", "dim")
    size = money(page.account.balance_money)
    currency = preset.currency or ""
    whose = "your account" if page.loaded is not None else "an account of the usual size"
    _styled(out, f"Money below is for {whose}: {size} {currency}".rstrip(), "dim")
    _styled(out, "The agreement and the dashboard of your account overrule this page.", "dim")


def _title(out: Console, text: str) -> None:
    out.print()
    _styled(out, text, "bold cyan")


def _part(out: Console, text: str) -> None:
    _styled(out, f"  {text}", "bold")


def _print_lines(out: Console, lines: Iterable[Line]) -> None:
    for part, group in groupby(lines, key=lambda line: line.part):
        _part(out, part)
        for line in group:
            _row(out, line.name, line.text)


def _row(out: Console, name: str, text: str) -> None:
    from rich.padding import Padding  # noqa: PLC0415 -- slow to import
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    if out.soft_wrap:
        out.print(Text(f"    {name:<{_NAME_WIDTH}} {text}"))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(width=_NAME_WIDTH, style="dim")
    table.add_column(ratio=1)
    table.add_row(Text(name), Text(text))
    out.print(Padding(table, (0, 0, 0, 4)))


def _bullets(out: Console, texts: Iterable[str]) -> None:
    for text in texts:
        _styled(out, f"    - {text}", "default")


def _styled(out: Console, text: str, style: str) -> None:
    from rich.text import Text  # noqa: PLC0415 -- slow to import

    out.print(Text(text, style=style))


def _by_part(lines: Iterable[Line]) -> dict[str, dict[str, str]]:
    parts: dict[str, dict[str, str]] = {}
    above = ""
    for line in lines:
        name = line.name
        if name.startswith(" "):
            name = f"{above}: {name.strip()}"
        else:
            above = name
        parts.setdefault(line.part, {})[name] = line.text
    return parts
