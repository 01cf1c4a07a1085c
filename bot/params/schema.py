"""The parameter file's JSON schema, and questions asked of it: what is known, what is allowed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, cast

from pydantic import BaseModel

from bot.params.document import Params
from bot.params.reader import Document, Json, join

SCHEMA_KEY = "$schema"
SCHEMA_NAME = "./params.schema.json"

UNITS: dict[str, str] = {
    "_money_per_lot": "account currency per lot",
    "_money": "account currency",
    "_pct": "%",
    "_r": "R",
    "_atr": "ATR",
    "_h": "h",
    "_min": "min",
    "_s": "s",
    "_days": "days",
    "_mb": "MB",
    "bars": "bars",
    "_bars_count": "bars",
    "_count": "",
    "_points": "points",
    "_factor": "x",
    "_steps": "steps",
    "_time": "server time",
    "_per_body": "bodies",
    "_deviations": "deviations",
    "points_full": "points",
    "adx_min": "",  # an ADX has no unit; without this row it would read as minutes
    "weight": "",
}


_KIND_OF: dict[type, str] = {dict: "object", list: "array"}


class Leaf(NamedTuple):
    """One tuned value: where it stands, what it is, and what its schema says."""

    path: str
    value: Json
    node: Document


def schema_document() -> Document:
    """The schema of `current_params.json`: every key required, none other allowed."""
    return copy.deepcopy(params_schema())


@cache
def schema_of(model: type[BaseModel]) -> Document:
    """The schema of any of our file models, as pydantic states it; not to be changed."""
    return cast(Document, model.model_json_schema())


@cache
def params_schema() -> Document:
    """As `schema_document`, one object shared by all who only read it."""
    schema = cast(Document, Params.model_json_schema())
    for definition in (schema, *_definitions(schema).values()):
        _require_all(cast(Document, definition))
    properties = cast(Document, schema["properties"])
    schema["properties"] = {
        SCHEMA_KEY: {"type": "string", "description": "Where this schema is, for the editor."},
        **properties,
    }
    dialect: Document = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**dialect, **schema}


def default_document() -> Document:
    """A complete parameter file of recommended values, in the order of the schema."""
    schema = schema_document()
    recommended = cast(Document, _recommended(schema, schema))
    return {SCHEMA_KEY: SCHEMA_NAME, **recommended}


def leaves(document: Document, schema: Document | None = None) -> Iterator[Leaf]:
    """Every single value of a document in order, lists of plain values taken whole."""
    root = schema if schema is not None else params_schema()
    yield from _leaves(document, root, root, "")


def unit_of(name: str) -> str:
    """The unit a parameter's name ends in; empty for counts and plain words."""
    ending = max((end for end in UNITS if name.endswith(end)), key=len, default="")
    return UNITS.get(ending, "")


def child(node: Document, key: str | int, root: Document) -> Document:
    """The schema of one entry of an object or list; empty when it is not described."""
    if isinstance(key, int):
        node = branch(node, [], root)
        places = cast("list[Document]", node.get("prefixItems", []))
        return places[key] if key < len(places) else cast(Document, node.get("items", {}))
    node = branch(node, {}, root)
    properties = cast(Document, node.get("properties", {}))
    return cast(Document, properties.get(key, {})) or open_entries(node)


def open_entries(node: Document) -> Document:
    """The schema of entries whose keys are free, as in a table by name; empty when none may be."""
    patterns = node.get("patternProperties")
    if isinstance(patterns, dict):
        return cast(Document, next(iter(patterns.values())))
    other = node.get("additionalProperties")
    return other if isinstance(other, dict) else {}


def branch(node: Document, value: Json, root: Document) -> Document:
    """The node itself, or of its alternatives the one for a value of this kind."""
    node = resolved(node, root)
    kind = _KIND_OF.get(dict if isinstance(value, dict) else type(value))
    for option in cast("list[Document]", node.get("anyOf", [])):
        choice = resolved(option, root)
        if choice.get("type") == kind:
            return choice
    return node


def resolved(node: Document, root: Document) -> Document:
    """The node with its reference followed; what stands beside a reference wins."""
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return node
    target = cast(Document, _definitions(root)[reference.rsplit("/", 1)[1]])
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _definitions(root: Document) -> Document:
    return cast(Document, root.get("$defs", {}))


def _require_all(node: Document) -> None:
    properties = node.get("properties")
    if isinstance(properties, dict):
        node["required"] = list(properties)


def _recommended(node: Document, root: Document) -> Json:
    node = resolved(node, root)
    if "default" in node:
        return node["default"]
    properties = node.get("properties")
    assert isinstance(properties, dict), f"no recommended value in {node}"
    return {
        key: _recommended(cast(Document, entry), root)
        for key, entry in properties.items()
        if key != SCHEMA_KEY
    }


def _leaves(value: Json, node: Document, root: Document, path: str) -> Iterator[Leaf]:
    node = resolved(node, root)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, child(node, key, root), root, join(path, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, child(node, index, root), root, join(path, index))
    else:
        yield Leaf(path, value, node)
