"""The body of `bot check params`: what the parameter file says, or everything wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.errors import ParamsError
from bot.params import Loaded, default_document, load, not_enforced, schema_document
from bot.params.layout import laid_out
from bot.params.reader import Document, Json, shown
from bot.params.rules_text import rules_in_words
from bot.params.schema import SCHEMA_KEY, Leaf, leaves, unit_of

_WIDE_COLUMNS = 110
_VALUE_WIDTH = 34


def check_params(path: Path, *, as_json: bool, profile: str | None = None) -> int:
    """Print the parameters with units, the firm's numbers and the hash; 0 fine, 1 refused.

    A refused file is explained on stderr, every problem on its own line.
    """
    try:
        loaded = load(path, profile=profile)
    except ParamsError as error:
        if as_json:
            _print_json({"ok": False, "error": str(error)})
        typer.echo(f"Error: {error}", err=True)
        return 1
    if as_json:
        _print_json(facts(loaded))
    else:
        _print_tables(loaded, path, profile)
    return 0


def write_schema(path: Path) -> int:
    """Write the JSON schema of the parameter file, over an older one; 0 fine, 1 failed.

    Only a schema is overwritten: the file the trader edits lies beside it.
    """
    if path.exists() and not is_schema(path):
        typer.echo(f"Error: {path}: holds something else than a schema, left alone", err=True)
        return 1
    text = json.dumps(schema_document(), indent=2, ensure_ascii=False) + "\n"
    return _write(path, text, mode="w")


def write_default(path: Path) -> int:
    """Write a complete file of recommended values, never over an existing one; 0 fine, 1 failed."""
    return _write(path, laid_out(default_document()), mode="x")


def facts(loaded: Loaded) -> Document:
    """Everything the check shows, as one JSON document."""
    settings = loaded.settings
    groups = {key: value for key, value in loaded.document.items() if key != SCHEMA_KEY}
    return {
        "ok": True,
        "params_hash": settings.params_hash,
        "firm": dict(_rule_rows(loaded)),
        "warnings": cast(Json, warnings(loaded)),
        "params": groups,
    }


def warnings(loaded: Loaded) -> list[str]:
    """What is allowed but worth a second look before money is at stake."""
    account, preset = loaded.params.account, loaded.preset
    found: list[str] = []
    if account.login == 0 or not account.server:
        found.append("account.login and account.server pin no account: any login may be traded")
    sizes = preset.account_sizes or ()
    if sizes and account.initial_balance_money not in sizes:
        is_older = account.initial_balance_money in (preset.legacy_account_sizes or ())
        what = "an older size the firm no longer lists" if is_older else "not a size the firm lists"
        listed = ", ".join(f"{size:g}" for size in sizes)
        money = f"account.initial_balance_money = {account.initial_balance_money:g}"
        found.append(f"{money}: {what} ({listed})")
    notes = not_enforced(preset, account.phase)
    found += [f"left to you, this version does not enforce {note}" for note in notes]
    if preset.clock.assumed:
        found.append("the firm does not state its clock; it is assumed")
    return found


def _rule_rows(loaded: Loaded) -> list[tuple[str, str]]:
    preset = loaded.preset
    return [
        ("rules", f"{loaded.settings.firm_label}, phase {loaded.settings.phase}"),
        *rules_in_words(loaded.settings.rules),
        ("day begins", f"{preset.clock.reset} {preset.clock.tz} ({preset.clock.label})"),
        ("source", f"grade {preset.meta.confidence}, facts as of {preset.meta.facts_as_of}"),
        ("not known", "; ".join(preset.meta.unknown) or "-"),
    ]


def _print_json(document: Document) -> None:
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _print_tables(loaded: Loaded, path: Path, profile: str | None) -> None:
    console = Console(highlight=False)
    over = f" with profile {profile}" if profile else ""
    console.print(Text(f"{path}{over}: fine, hash {loaded.settings.params_hash}", style="bold"))
    for group, table in _group_tables(loaded.document, is_wide=console.width >= _WIDE_COLUMNS):
        console.print(Text(f"\n{group}", style="bold cyan"))
        console.print(table)
    console.print(Text("\nfirm", style="bold cyan"))
    console.print(_firm_table(loaded))
    for warning in warnings(loaded):
        console.print(Text(f"warning: {warning}", style="yellow"))


def _group_tables(document: Document, *, is_wide: bool) -> list[tuple[str, Table]]:
    tables: dict[str, Table] = {}
    for leaf in leaves(document):
        group, _, name = leaf.path.partition(".")
        if group == SCHEMA_KEY:
            continue
        if group not in tables:
            tables[group] = _empty_table(is_wide=is_wide)
        tables[group].add_row(*_cells(leaf, name, is_wide=is_wide))
    return list(tables.items())


def _empty_table(*, is_wide: bool) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column("parameter", no_wrap=True, min_width=32)
    table.add_column("value", justify="right", max_width=_VALUE_WIDTH)
    table.add_column("unit", no_wrap=True, style="dim")
    if is_wide:
        table.add_column("meaning", style="dim", ratio=1)
    return table


def _cells(leaf: Leaf, name: str, *, is_wide: bool) -> list[Text]:
    value = leaf.value
    if isinstance(value, list):
        written = " ".join(str(item) or '""' for item in value)
    else:
        written = value if isinstance(value, str) and value else shown(value)
    cells = [Text(name), Text(written), Text(unit_of(name))]
    meaning = leaf.node.get("description", "")
    return [*cells, Text(str(meaning))] if is_wide else cells


def _firm_table(loaded: Loaded) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column("rule", no_wrap=True, min_width=18)
    table.add_column("value")
    for name, value in _rule_rows(loaded):
        table.add_row(Text(name), Text(value))
    return table


def is_schema(path: Path) -> bool:
    """Whether the file is a schema, which may be written anew; anything else is kept."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "properties" in document


def _write(path: Path, text: str, *, mode: str) -> int:
    if mode == "x" and path.exists():
        typer.echo(f"Error: {path}: exists already and is not overwritten", err=True)
        return 1
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        typer.echo(f"Error: {path}: cannot be written ({error.strerror})", err=True)
        return 1
    typer.echo(str(path))
    return 0
