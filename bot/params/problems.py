"""What is wrong with a document, every problem at once, each naming field, value and allowance."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from pydantic import BaseModel, ValidationError

from bot.params.reader import Document, Json, join, shown
from bot.params.schema import SCHEMA_KEY, branch, child, open_entries, resolved

_HANDLED_BY_SHAPE = {"missing", "extra_forbidden"}
_MEANT_CUTOFF = 0.6
_OWN_WORDS = "Value error, "


class Problem(NamedTuple):
    """One line for the trader; `field` is also how other checks learn not to use the value."""

    field: str
    line: str


def problem(field: str, value: Json, allowed: str) -> Problem:
    """A value that may not stand there."""
    return Problem(field, f"{field} = {shown(value)}: {allowed}")


def shape_problems(document: Document, root: Document) -> Iterator[Problem]:
    """Keys that are missing and keys nobody knows, the latter with the nearest known name."""
    yield from _shape(document, root, root, "")


def value_problems(model: type[BaseModel], document: Document, root: Document) -> list[Problem]:
    """Values of the wrong kind or outside their range; absent and unknown keys are not judged."""
    body = {key: value for key, value in document.items() if key != SCHEMA_KEY}
    try:
        model.model_validate_json(json.dumps(body))
    except ValidationError as error:
        return [
            _value_problem(detail["loc"], detail["msg"], body, root)
            for detail in error.errors(include_url=False, include_context=False)
            if detail["type"] not in _HANDLED_BY_SHAPE
        ]
    return []


def nearest(name: str, known: Sequence[str]) -> str:
    """How an unknown name may have been meant, ready to follow a semicolon."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=_MEANT_CUTOFF)
    if close:
        return f'the nearest known name is "{close[0]}"'
    return f"known names: {', '.join(known)}"


def value_at(document: Json, loc: Sequence[str | int]) -> Json:
    """What stands at a place of a document that has one there."""
    value = document
    for key in loc:
        value = cast("dict[str | int, Json]", value)[key]
    return value


def allowed_text(node: Document, value: Json, root: Document) -> str:
    """What a place accepts, in words; a number that only misses its range is told the range."""
    node = resolved(node, root)
    options = node.get("anyOf")
    if isinstance(options, list):
        return _either(cast("list[Document]", options), value, root)
    if "enum" in node or "const" in node:
        words = cast("list[Json]", node.get("enum", [node.get("const")]))
        return "must be one of " + ", ".join(shown(word) for word in words)
    kind = str(node.get("type", "value"))
    describe = _KINDS.get(kind)
    return describe(node, value) if describe else f"must be a {kind}"


def _shape(value: Json, node: Document, root: Document, path: str) -> Iterator[Problem]:
    node = branch(node, value, root)
    if isinstance(value, dict):
        yield from _keys(value, node, root, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _shape(item, child(node, index, root), root, join(path, index))


def _keys(value: Document, node: Document, root: Document, path: str) -> Iterator[Problem]:
    properties = cast(Document, node.get("properties", {}))
    is_open = bool(open_entries(node))
    for key, item in value.items():
        if key in properties or is_open:
            yield from _shape(item, child(node, key, root), root, join(path, key))
        elif node.get("additionalProperties") is False:
            known = [name for name in properties if name != SCHEMA_KEY]
            yield problem(join(path, key), item, f"unknown key; {nearest(key, known)}")
    for key in cast("list[str]", node.get("required", [])):
        if key not in value and key != SCHEMA_KEY:
            allowed = allowed_text(child(node, key, root), None, root)
            yield Problem(join(path, key), f"{join(path, key)} is missing: {allowed}")


def _value_problem(
    loc: tuple[str | int, ...], message: str, document: Document, root: Document
) -> Problem:
    node, path = root, ""
    place: list[str | int] = []
    for key in loc:
        following = child(node, key, root)
        if not following or not _stands(key, value_at(document, place)):
            break  # what follows names a branch of a union or a mapping's key, not a place
        node, path = following, join(path, key)
        place.append(key)
    value = value_at(document, place)
    if message.startswith(_OWN_WORDS):
        return _own_problem(path, value, message.removeprefix(_OWN_WORDS))
    return problem(path, value, allowed_text(node, value, root))


def _stands(key: str | int, value: Json) -> bool:
    if isinstance(value, list):
        return isinstance(key, int) and key < len(value)
    return isinstance(value, dict) and key in value


def _own_problem(path: str, value: Json, words: str) -> Problem:
    """A group's own check names the field and its value itself; a field's check does not."""
    name, equals, _ = words.partition(" = ")
    if equals and all(part.isidentifier() for part in name.split(".")):
        return Problem(join(path, name), join(path, words.replace(" must ", ": must ", 1)))
    return problem(path, value, words)


def _either(options: list[Document], value: Json, root: Document) -> str:
    plain = [option for option in options if option.get("type") != "null"]
    text = " or ".join(allowed_text(option, value, root) for option in plain)
    return text if len(plain) == len(options) else f"{text}, or null"


def _number_text(node: Document, value: Json) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    whole = node.get("type") == "integer"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = is_number and (not whole or isinstance(value, int))
    noun = "" if fits else "a whole number " if whole else "a number "
    if low is None or high is None:
        return f"must be {noun.strip() or 'in range'}{_bounds(node)}"
    return f"must be {noun}between {low} and {high}"


def _bounds(node: Document) -> str:
    words = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "above",
        "exclusiveMaximum": "below",
    }
    parts = [f"{text} {node[key]}" for key, text in words.items() if key in node]
    return ", " + " and ".join(parts) if parts else ""


def _text_text(node: Document, value: Json) -> str:
    del value
    words = node.get("patternErrorMessage")
    return f"must be text: {words}" if words else "must be text"


def _list_text(node: Document, value: Json) -> str:
    del value
    low, high = node.get("minItems"), node.get("maxItems")
    return "must be a list" + (f" of {low} to {high} entries" if high is not None else "")


def _switch_text(node: Document, value: Json) -> str:
    del node, value
    return "must be true or false"


def _object_text(node: Document, value: Json) -> str:
    del value
    properties = cast(Document, node.get("properties", {}))
    return "must be an object with " + ", ".join(properties)


_KINDS = {
    "number": _number_text,
    "integer": _number_text,
    "string": _text_text,
    "array": _list_text,
    "boolean": _switch_text,
    "object": _object_text,
}
