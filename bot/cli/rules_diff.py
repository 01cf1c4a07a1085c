"""The body of `bot rules diff`: two rule sets side by side, only where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from bot.cli import console
from bot.cli.rules_page import phase_facts
from bot.cli.rules_presets import configured, named_preset
from bot.cli.rules_words import Account, Line
from bot.cli.rules_words_firm import source_lines
from bot.params import FirmPreset

EVERY, ABOUT, ABSENT = "every phase", "about the rule sets", "-"

Facts = dict[tuple[str, str], str]


class Difference(NamedTuple):
    """One line that reads differently; `where` is a phase, or every phase they share."""

    where: str
    part: str
    name: str
    first: str
    second: str


def show_diff(params: Path | None, first: str, second: str, *, as_json: bool) -> None:
    """Print the differences; raises `ParamsError` for a preset that cannot be read."""
    one, other = named_preset(params, first), named_preset(params, second)
    loaded = configured(params)
    balance = one.default_size
    if loaded is not None:
        balance = loaded.params.account.initial_balance_money
    found = differing(one, other, Account(balance))
    if as_json:
        facts = {"a": first, "b": second, "initial_balance_money": balance}
        rows = [row._asdict() for row in found]
        console.say_json(facts | {"differences": rows, "differences_count": len(found)})
        return
    _print(one, other, balance, found)


def differing(first: FirmPreset, second: FirmPreset, account: Account) -> list[Difference]:
    """Every line that differs, a difference of all shared phases told once."""
    shared = [item.id for item in first.phases if second.phase(item.id) is not None]
    rows = [
        row
        for phase_id in shared
        for row in _compared(
            phase_id, _facts(first, phase_id, account), _facts(second, phase_id, account)
        )
    ]
    gathered = list(dict.fromkeys(_gathered(rows, shared)))
    everywhere = [row for row in gathered if row.where == EVERY]
    somewhere = [row for row in gathered if row.where != EVERY]
    about = _compared(ABOUT, _about(first), _about(second))
    return [*everywhere, *somewhere, *_lonely(first, second), *about]


def _gathered(rows: list[Difference], shared: list[str]) -> Iterator[Difference]:
    """A row that every shared phase has is one row of every phase."""
    for row in rows:
        in_all = all(row._replace(where=phase_id) in rows for phase_id in shared)
        yield row._replace(where=EVERY) if in_all else row


def _compared(where: str, first: Facts, second: Facts) -> Iterator[Difference]:
    for key in dict.fromkeys([*first, *second]):
        one, other = first.get(key, ABSENT), second.get(key, ABSENT)
        if one != other:
            yield Difference(where, *key, one, other)


def _lonely(first: FirmPreset, second: FirmPreset) -> Iterator[Difference]:
    for preset, other, is_first in ((first, second, True), (second, first, False)):
        for phase in preset.phases:
            if other.phase(phase.id) is None:
                pair = (phase.kind, ABSENT) if is_first else (ABSENT, phase.kind)
                yield Difference(phase.id, "phases", phase.id, *pair)


def _facts(preset: FirmPreset, phase_id: str, account: Account) -> Facts:
    phase = preset.phase(phase_id)
    return {} if phase is None else _keyed(phase_facts(preset, phase, account))


def _about(preset: FirmPreset) -> Facts:
    name = {("rule set", "name"): preset.label}
    kinds = {("rule set", f"phase {phase.id}"): phase.kind for phase in preset.phases}
    return name | kinds | _keyed(source_lines(preset))


def _keyed(lines: Iterable[Line]) -> Facts:
    """Text by part and name; a detail carries the name it belongs to, a repeated one its number."""
    facts: Facts = {}
    above = ""
    for line in lines:
        name = f"{above}: {line.name.strip()}" if line.name.startswith(" ") else line.name
        above = above if line.name.startswith(" ") else line.name
        count = 2
        while (line.part, name) in facts:
            name, count = f"{line.name.strip()} ({count})", count + 1
        facts[(line.part, name)] = line.text
    return facts


def _print(
    first: FirmPreset, second: FirmPreset, balance_money: float, found: list[Difference]
) -> None:
    from rich.text import Text  # noqa: PLC0415 -- slow to import

    from bot.report.text import money  # noqa: PLC0415

    out = console.console()
    out.print(Text(f"A  {first.label}   [{first.id}]", style="bold"))
    out.print(Text(f"B  {second.label}   [{second.id}]", style="bold"))
    out.print(Text(f"Money is for an account of {money(balance_money)}.", style="dim"))
    if not found:
        out.print("No difference.")
    where = ""
    told = [row for row in found if not row.name[0].isdigit()]
    for row in told:
        if row.where != where:
            where = row.where
            out.print()
            out.print(Text(where, style="bold cyan"))
        out.print(Text(f"  {row.part}, {row.name}", style="bold"))
        out.print(Text(f"    A  {row.first}", style="red"))
        out.print(Text(f"    B  {row.second}", style="green"))
    if len(told) < len(found):
        out.print(Text("\nSources and open questions differ too: bot rules show", style="dim"))
