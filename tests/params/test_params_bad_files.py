"""Many bad parameter files, each refused with a sentence that names the field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from params_files import a_document, a_file, a_folder, get, put, taken

from bot.errors import ParamsError
from bot.params import load_settings
from bot.params.contradictions import ORDERED
from bot.params.schema import SCHEMA_KEY, leaves


class BadFile(NamedTuple):
    name: str
    text: str
    field: str


LEAVES = [leaf for leaf in leaves(a_document()) if leaf.path != SCHEMA_KEY]
GROUPS = [key for key in a_document() if key != SCHEMA_KEY]
UNSCALED = {"account.login", "account.magic_base"}
"""Numbers that are names: a hundred times one is another one, not a slip."""


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def bad(kind: str, field: str, document: dict[str, Any], named: str | None = None) -> BadFile:
    return BadFile(f"{kind} {field}", json.dumps(document), named or field)


def missing() -> Iterator[BadFile]:
    for field in [*GROUPS, *(leaf.path for leaf in LEAVES)]:
        yield bad("missing", field, taken(a_document(), field))


def misspelled() -> Iterator[BadFile]:
    for leaf in LEAVES:
        way, _, name = leaf.path.rpartition(".")
        wrong = f"{way}.{name[:-1]}x"
        document = put(taken(a_document(), leaf.path), wrong, leaf.value)
        yield bad("misspelled", leaf.path, document, wrong)


def times_100() -> Iterator[BadFile]:
    for leaf in LEAVES:
        if is_number(leaf.value) and leaf.value and leaf.path not in UNSCALED:
            value: Any = leaf.value
            yield bad("x100", leaf.path, put(a_document(), leaf.path, value * 100))


def far_below() -> Iterator[BadFile]:
    for leaf in LEAVES:
        if is_number(leaf.value):
            yield bad("negative", leaf.path, put(a_document(), leaf.path, -1_000_000))


def wrong_type() -> Iterator[BadFile]:
    for leaf in LEAVES:
        for value in ("0.5", True, {"a": 1}, None):
            is_fine = (
                (isinstance(leaf.value, bool) and value is True)
                or (isinstance(leaf.value, str) and isinstance(value, str))
                or leaf.path.endswith("stop_after_r")
            )
            if not is_fine:
                yield bad(f"type {value}", leaf.path, put(a_document(), leaf.path, value))


def not_finite() -> Iterator[BadFile]:
    marker = '"@"'
    for leaf in LEAVES:
        if is_number(leaf.value):
            text = json.dumps(put(a_document(), leaf.path, "@"))
            for literal in ("NaN", "Infinity", "-Infinity", "1e999"):
                yield BadFile(f"{literal} {leaf.path}", text.replace(marker, literal), leaf.path)


def swapped() -> Iterator[BadFile]:
    for low, _, high in ORDERED:
        first, second = get(a_document(), low), get(a_document(), high)
        if first < second:
            document = put(put(a_document(), low, second), high, first)
            yield BadFile(f"swapped {low} {high}", json.dumps(document), low.split(".")[0])


def written_twice() -> Iterator[BadFile]:
    for leaf in LEAVES:
        name = leaf.path.rpartition(".")[2]
        text = json.dumps(a_document())
        once = f'"{name}": {json.dumps(leaf.value)}'
        if once in text:
            yield BadFile(f"twice {leaf.path}", text.replace(once, f"{once}, {once}"), leaf.path)


def cut() -> Iterator[BadFile]:
    text = json.dumps(a_document(), indent=2)
    for length in range(1, len(text) - 2, 97):
        yield BadFile(f"cut at {length}", text[:length], "line ")


MUTATORS: list[Callable[[], Iterator[BadFile]]] = [
    missing,
    misspelled,
    times_100,
    far_below,
    wrong_type,
    not_finite,
    swapped,
    written_twice,
    cut,
]


@pytest.mark.parametrize("mutator", MUTATORS, ids=lambda mutator: mutator.__name__)
def test_every_bad_file_is_refused_naming_the_field(
    tmp_path: Path, mutator: Callable[[], Iterator[BadFile]]
) -> None:
    a_folder(tmp_path)
    path = a_file(tmp_path, a_document())
    accepted, unnamed = [], []
    for case in mutator():
        path.write_text(case.text, "utf-8")
        try:
            load_settings(path)
        except ParamsError as error:
            if case.field not in str(error):
                unnamed.append((case.name, str(error)))
        else:
            accepted.append(case.name)
    assert not accepted
    assert not unnamed


def test_the_bad_files_are_many() -> None:
    count = sum(1 for mutator in MUTATORS for _ in mutator())
    assert count >= 500, count
