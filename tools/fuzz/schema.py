"""A second opinion on documents: the few words of JSON Schema that ours are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from tools.fuzz.model import demand

Node = Mapping[str, object]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def demand_fits(value: object, schema: Node) -> None:
    """Raise `BrokenPromiseError` naming every place of an accepted document that does not fit."""
    wrong = list(_wrongs(value, schema, schema, ""))
    demand(f"accepted although it does not fit: {'; '.join(wrong)[:500]}", that=not wrong)


def _wrongs(value: object, node: Node, root: Node, where: str) -> Iterator[str]:
    reference = node.get("$ref")
    if isinstance(reference, str):
        name = reference.rsplit("/", 1)[1]
        node = {**cast("Mapping[str, Node]", root["$defs"])[name], **node}
    options = cast("list[Node]", node.get("anyOf") or node.get("oneOf") or [])
    if options and all(any(_wrongs(value, option, root, where)) for option in options):
        yield f"{where} fits none of {len(options)}"
    if not _is_typed(value, node):
        yield f"{where} is {value!r:.60}, not {node['type']}"
        return
    yield from _own_wrongs(value, node, where)
    if isinstance(value, dict):
        yield from _object_wrongs(value, node, root, where)
    elif isinstance(value, list):
        yield from _list_wrongs(value, node, root, where)


def _is_typed(value: object, node: Node) -> bool:
    kind = node.get("type")
    if not isinstance(kind, str):
        return True
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _own_wrongs(value: object, node: Node, where: str) -> Iterator[str]:
    if "enum" in node and value not in cast("list[object]", node["enum"]):
        yield f"{where} is {value!r:.60}, none of {node['enum']}"
    if "const" in node and value != node["const"]:
        yield f"{where} is {value!r:.60}, not {node['const']}"
    if isinstance(value, str):
        pattern = node.get("pattern")
        if isinstance(pattern, str) and re.search(pattern, value) is None:
            yield f"{where} is {value!r:.60}, not like {pattern}"
    size = len(value) if isinstance(value, (str, list)) else value
    if isinstance(size, (int, float)) and not isinstance(size, bool):
        yield from _bound_wrongs(size, node, where)


def _bound_wrongs(size: float, node: Node, where: str) -> Iterator[str]:
    for word in ("minimum", "minLength", "minItems"):
        if word in node and not size >= cast(float, node[word]):
            yield f"{where} is {size}, {word} {node[word]}"
    for word in ("maximum", "maxLength", "maxItems"):
        if word in node and not size <= cast(float, node[word]):
            yield f"{where} is {size}, {word} {node[word]}"
    if "exclusiveMinimum" in node and not size > cast(float, node["exclusiveMinimum"]):
        yield f"{where} is {size}, not above {node['exclusiveMinimum']}"
    if "exclusiveMaximum" in node and not size < cast(float, node["exclusiveMaximum"]):
        yield f"{where} is {size}, not below {node['exclusiveMaximum']}"


def _object_wrongs(value: Node, node: Node, root: Node, where: str) -> Iterator[str]:
    for name in cast("list[str]", node.get("required", [])):
        if name not in value and name != "$schema":
            yield f"{where}.{name} is missing"
    properties = cast("Mapping[str, Node]", node.get("properties", {}))
    for name, item in value.items():
        below = properties.get(name)
        if below is None:
            below = _open_node(name, node)
        if below is None:
            yield f"{where}.{name} is unknown"
        else:
            yield from _wrongs(item, below, root, f"{where}.{name}")


def _open_node(name: str, node: Node) -> Node | None:
    """The schema of a free key; None where none may be."""
    patterns = cast("Mapping[str, Node]", node.get("patternProperties", {}))
    for pattern, below in patterns.items():
        if re.search(pattern, name):
            return below
    other = node.get("additionalProperties", True)
    if isinstance(other, dict):
        return other
    return {} if other is True and not patterns else None


def _list_wrongs(value: list[object], node: Node, root: Node, where: str) -> Iterator[str]:
    first = cast("list[Node]", node.get("prefixItems", []))
    rest = node.get("items", {})
    for index, item in enumerate(value):
        below = first[index] if index < len(first) else rest
        if isinstance(below, dict):
            yield from _wrongs(item, below, root, f"{where}[{index}]")
