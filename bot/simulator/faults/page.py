"""The catalogue as the tables of docs/faults.md."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf
from typing import Final

from bot.simulator.faults.catalogue import CATALOGUE, IMPOSSIBLE
from bot.simulator.faults.kind import GROUPS, FaultKind

BEGIN: Final = "<!-- The tables from here on are written from the catalogue. -->\n"
"""Where the generated part of the page begins; what stands before is written by hand."""


def catalogue_page(by_hand: str) -> str:
    """The whole page: what was written by hand up to `BEGIN`, then the tables as they are now."""
    return by_hand.partition(BEGIN)[0] + BEGIN + "\n" + catalogue_tables()


def catalogue_tables() -> str:
    """One table per group, and what cannot be injected with the reason."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for group in GROUPS.values():
        kinds = [kind for kind in CATALOGUE.values() if kind.group == group]
        yield f"## {group.capitalize()}: {len(kinds)} faults"
        yield ""
        yield "| id | name | what it does | injected as | lasts | parameters |"
        yield "| --- | --- | --- | --- | --- | --- |"
        yield from (_row(kind) for kind in kinds)
        yield ""
    yield f"## Not here: {len(IMPOSSIBLE)} faults"
    yield ""
    yield "| id | why, and where instead |"
    yield "| --- | --- |"
    yield from (f"| {fault_id} | {reason} |" for fault_id, reason in IMPOSSIBLE.items())


def _row(kind: FaultKind) -> str:
    cells = (kind.fault_id, kind.name, kind.does, kind.how, _lasts(kind), _parameters(kind))
    return "| " + " | ".join(cells) + " |"


def _lasts(kind: FaultKind) -> str:
    if isinf(kind.for_s):
        return "for ever"
    if kind.for_s:
        return f"{kind.for_s:g} s"
    return "a moment" if kind.inject is None else "one call"


def _parameters(kind: FaultKind) -> str:
    parts = []
    for name, parameter in kind.parameters.items():
        default = parameter.default if isinstance(parameter.default, str) else ""
        shown = f'"{default}"' if isinstance(parameter.default, str) else f"{parameter.default:g}"
        parts.append(f"`{name}` = {shown}: {parameter.meaning} ({parameter.allowed()})")
    return "; ".join(parts)
