"""What a person could type, tune or read in the journal is described, and described as it is."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import get_type_hints

import pytest

from bot.model import events
from bot.model.events import EVENTS, Event
from bot.params.schema import leaves, schema_document
from tools import doc_commands, doc_events, doc_parameters, doc_text, docs

ROOT = Path(__file__).resolve().parents[1]
PLAIN = {str, int, float, bool, tuple[str, ...], tuple[float, ...]}


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- generated pages ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["docs/events.md", "docs/parameters.md", "docs/commands.md"])
def test_each_generated_page_says_what_the_code_says(name: str) -> None:
    assert _read(name) == docs.pages()[name], "run: uv run python -m tools.docs"


def test_a_page_that_was_edited_or_lost_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "same.md").write_text("a\n", encoding="utf-8")
    (tmp_path / "edited.md").write_text("b\n", encoding="utf-8")
    wanted = {"same.md": "a\n", "edited.md": "a\n", "lost.md": "a\n"}
    assert docs.differing(wanted, tmp_path) == ["edited.md", "lost.md"]


# --- events -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_says_what_happened(name: str) -> None:
    said = EVENTS[name].__doc__ or ""
    assert said.rstrip().endswith(".")
    assert not said.startswith(name + "(")  # a dataclass without a docstring gets this one


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_and_each_of_its_fields_is_on_the_page(name: str) -> None:
    chapter = re.search(rf"^### {name}$.*?(?=^##|\Z)", _read("docs/events.md"), re.M | re.S)
    assert chapter is not None
    for part in dataclasses.fields(EVENTS[name]):
        assert f"| `{part.name}` |" in chapter[0]


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_is_a_frozen_line_of_plain_values(name: str) -> None:
    kind = EVENTS[name]
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    hints = get_type_hints(kind)
    for part in dataclasses.fields(kind):
        assert hints[part.name] in PLAIN, part.name


def _all_kinds(base: type[Event]) -> set[type[Event]]:
    return {kind for one in base.__subclasses__() for kind in {one} | _all_kinds(one)}


def test_no_event_is_missing_from_the_register() -> None:
    # By name: a slotted dataclass leaves its unslotted forerunner behind until it is collected.
    ours = {k.__name__ for k in _all_kinds(Event) if k.__module__.startswith("bot.")}
    assert ours == set(EVENTS)
    assert set(EVENTS) | {"EVENTS", "Event"} == set(events.__all__)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("at_utc_s", "seconds since 1970-01-01 00:00 UTC"),
        ("duration_s", "seconds"),
        ("profit_r", "multiples of the setup's first risk"),
        ("lots", "lots"),
        ("new_lots", "lots"),
        ("reason", ""),
    ],
)
def test_a_field_s_unit_is_read_from_its_name(name: str, unit: str) -> None:
    assert doc_events.unit_of_field(name) == unit


# --- parameters ---------------------------------------------------------------------------------


def _parameters() -> list[str]:
    return doc_parameters.parameter_names(ROOT / "params")


def test_each_parameter_is_on_the_page() -> None:
    page = _read("docs/parameters.md")
    names = _parameters()
    assert len(names) > 50
    for name in names:
        group, _, rest = name.partition(".")
        chapter = re.search(rf"^## {group}$.*?(?=^## |\Z)", page, re.M | re.S)
        assert chapter is not None, group
        assert f"| `{rest}` |" in chapter[0], name


def test_each_parameter_says_what_it_means_and_what_is_allowed() -> None:
    document = json.loads(_read("params/current_params.json"))
    for leaf in leaves(document, schema_document()):
        if leaf.path != "$schema":
            assert leaf.node.get("description"), leaf.path
            assert doc_parameters.allowed(leaf.node), leaf.path


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"minimum": 0.5, "maximum": 3}, "0.5 to 3"),
        ({"minItems": 1, "maxItems": 9}, "1 to 9 entries"),
        ({"enum": ["coast", "stop"]}, "`coast` or `stop`"),
        ({"type": "boolean"}, "`true` or `false`"),
        ({"anyOf": [{"minimum": 0, "maximum": 1}, {"type": "null"}]}, "0 to 1 or `null`"),
        ({}, ""),
    ],
)
def test_what_is_allowed_is_said_in_words(node: dict[str, object], words: str) -> None:
    assert doc_parameters.allowed(node) == words  # type: ignore[arg-type]


# --- commands -----------------------------------------------------------------------------------


def test_each_command_has_a_chapter_and_is_known_to_the_readme_or_the_docs() -> None:
    page = _read("docs/commands.md")
    prose = _read("README.md") + "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "docs").glob("*.md")
        if path.name not in {"commands.md", "parameters.md", "events.md"}
    )
    names = doc_commands.command_names()
    assert {"bot demo", "bot run", "bot check", "bot flatten"} <= set(names)
    for name in names:
        assert f"## {name}\n" in page
        assert name in prose, f"{name} is in no text a person would read first"


def test_each_command_and_option_is_explained_in_its_help() -> None:
    for name, text in doc_commands.helps():
        assert text.startswith(f"Usage: {name}"), name
        lines = text.splitlines()
        assert len(lines) > 2, f"{name} says nothing about itself"
        assert lines[2].strip() not in {"", "Options:"}, f"{name} says nothing about itself"
        for line in lines:
            option = re.match(r"  (-[\w-]+(?:[, /]+-+[\w-]+)*(?: <?\w+>?)?)$", line)
            following = lines[lines.index(line) + 1] if option else ""
            assert not option or following.startswith("        "), f"{name}: {line.strip()}"


# --- text ---------------------------------------------------------------------------------------


def test_a_table_keeps_its_columns_whatever_a_cell_says() -> None:
    assert doc_text.table(("a", "b"), [("x | y", "two\n  lines")]) == (
        "| a | b |\n| --- | --- |\n| x \\| y | two lines |\n"
    )


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    pages += (ROOT / "bench").glob("*.md")
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
