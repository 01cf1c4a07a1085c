"""The page of parameters, from the schema, the live file and its profiles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.params.reader import Document, Json
from bot.params.schema import SCHEMA_KEY, Leaf, child, leaves, resolved, schema_document, unit_of
from tools.doc_text import NOTE, table

_INTRODUCTION = """\
The trader edits one file, `params/current_params.json`. It is complete: a missing key is refused,
an unknown one is refused with the nearest known name, and `bot check params` says everything that
is wrong at once. Names end in their unit. `params.schema.json` beside it gives an editor completion
and ranges; it is written from the code by `bot check params --write-schema`.

The column *value* shows what the kept file says.
"""

_FILES = (
    ("current_params.json", "the live file: every tuned number; names its firm and phase"),
    ("params.schema.json", "generated; what an editor completes and checks from"),
    ("symbols.json", "what can be traded: asset class and the brokers' names of each symbol"),
    ("firms/", "rules of a firm's programme, as data with their sources; one file each"),
    ("profiles/", "a few changed keys over the live file, chosen with `--profile`"),
)

_LONG_TEXT = 48


def parameters_page(folder: Path) -> str:
    """The whole text of docs/parameters.md for the parameter folder `folder`."""
    schema = schema_document()
    document = _read(folder / "current_params.json")
    parts = ["# Parameters\n", NOTE, _INTRODUCTION, _files_text(), _groups_text(document, schema)]
    profiles = {path.stem: _read(path) for path in sorted((folder / "profiles").glob("*.json"))}
    if profiles:
        parts.append(_profiles_text(document, profiles, schema))
    return "\n".join(parts)


def parameter_names(folder: Path) -> list[str]:
    """Every parameter of the live file, list positions left out: `exits.ladder[].target_r`."""
    return [name for name, _ in _merged(_read(folder / "current_params.json"), schema_document())]


def _files_text() -> str:
    return table(("file in params/", "holds"), [(f"`{name}`", says) for name, says in _FILES])


def _groups_text(document: Document, schema: Document) -> str:
    groups: dict[str, list[tuple[str, ...]]] = {}
    for name, same in _merged(document, schema):
        group, _, rest = name.partition(".")
        node = same[0].node
        values = "; ".join(_shown(leaf.value) for leaf in same)
        row = (f"`{rest}`", values, unit_of(rest), allowed(node), str(node.get("description", "")))
        groups.setdefault(group, []).append(row)
    head = ("parameter", "value", "unit", "allowed", "meaning")
    return "\n".join(
        f"## {group}\n\n{_group_says(schema, group)}\n\n{table(head, rows)}"
        for group, rows in groups.items()
    )


def _group_says(schema: Document, group: str) -> str:
    return str(resolved(child(schema, group, schema), schema).get("description", ""))


def _profiles_text(document: Document, profiles: Mapping[str, Document], schema: Document) -> str:
    kept = dict(_merged(document, schema))
    changed = {
        stem: {name: _shown(same[0].value) for name, same in _merged(profile, schema)}
        for stem, profile in profiles.items()
    }
    names = [name for name in kept if any(name in change for change in changed.values())]
    rows = [(f"`{name}`", *(change.get(name, "") for change in changed.values())) for name in names]
    return f"## Profiles\n\nWhat each profile changes.\n\n{table(('parameter', *changed), rows)}"


def _merged(document: Document, schema: Document) -> Iterator[tuple[str, Sequence[Leaf]]]:
    """Leaves by name without list positions, so that a ladder is described once."""
    found: dict[str, list[Leaf]] = {}
    for leaf in leaves(document, schema):
        if leaf.path != SCHEMA_KEY:
            found.setdefault(re.sub(r"\[\d+\]", "[]", leaf.path), []).append(leaf)
    yield from found.items()


def allowed(node: Document) -> str:
    """What a value may be, in words, from its schema; empty when the schema does not say."""
    words = (
        node.get("patternErrorMessage"),
        node.get("const"),
        _options(node.get("enum")),
        "`true` or `false`" if node.get("type") == "boolean" else None,
        _range(node, "minimum", "maximum", ""),
        _range(node, "minItems", "maxItems", " entries"),
        _alternatives(node.get("anyOf")),
    )
    return next((str(word) for word in words if word is not None), "")


def _options(options: Json) -> str | None:
    if not isinstance(options, list):
        return None
    return " or ".join(f"`{option}`" for option in options)


def _range(node: Document, lowest: str, highest: str, what: str) -> str | None:
    if lowest not in node or highest not in node:
        return None
    return f"{_number(node[lowest])} to {_number(node[highest])}{what}"


def _alternatives(options: Json) -> str | None:
    if not isinstance(options, list):
        return None
    return " or ".join(allowed(one) or "`null`" for one in options if isinstance(one, dict))


def _shown(value: Json) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    if isinstance(value, list):
        text = " ".join(str(item) for item in value if item != "")
        return text if len(text) <= _LONG_TEXT else f"{len(value)} entries"
    return f"`{json.dumps(value)}`"


def _number(value: Json) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _read(path: Path) -> Document:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(document, dict), f"{path} must hold one JSON object"
    return document
