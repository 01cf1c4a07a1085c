"""Many bad rule sets, each refused with a sentence that names the field and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from params_files import SHIPPED

from bot.errors import ParamsError
from bot.params import load_preset
from bot.params.load import preset_of

NAMES = ("the5ers_high_stakes_classic", "fundingpips_zero", "goat_pay_later")
"""A static floor with days; a trailing one that locks, with caps; one without a daily rule."""


class BadPreset(NamedTuple):
    name: str
    text: str
    field: str
    words: str
    preset: str


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in NAMES:
        yield name, json.loads((SHIPPED / "firms" / f"{name}.json").read_text("utf-8"))


def leaves(value: Any, field: str = "") -> Iterator[tuple[str, Any, Any, Any]]:
    """Field, holder, key and value of everything that is not an object or a list."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        below = f"{field}[{key}]" if isinstance(value, list) else f"{field}.{key}".lstrip(".")
        if isinstance(item, (dict, list)):
            yield from leaves(item, below)
        else:
            yield below, value, key, item


def each(
    kind: str, change: Callable[[Any, Any, Any], str | None], words: str, *, stem: str = ""
) -> Iterator[BadPreset]:
    """A file for each leaf that `change` bends; it answers what the complaint must name."""
    for name, document in documents():
        count = len(list(leaves(document)))
        for index in range(count):
            bent = json.loads(json.dumps(document))
            field, holder, key, value = list(leaves(bent))[index]
            named = change(holder, key, value)
            if named is not None:
                place = field if named == "" else f"{field.rpartition('.')[0]}.{named}".lstrip(".")
                text = json.dumps(bent)
                yield BadPreset(f"{kind} {name} {field}", text, place + stem, words, name)


def is_figure(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _take(holder: Any, key: Any, value: Any) -> str | None:
    del value
    if isinstance(holder, list) or key in _OPTIONAL:
        return None
    del holder[key]
    return ""


def _misspell(holder: Any, key: Any, value: Any) -> str | None:
    if isinstance(holder, list) or not isinstance(key, str) or len(key) < 4 or key[0].isdigit():
        return None
    del holder[key]
    holder[key[:-1] + "zz"] = value
    return key[:-1] + "zz"


def _times_100(holder: Any, key: Any, value: Any) -> str | None:
    if not is_figure(value) or not isinstance(key, str) or not key.endswith("pct") or value < 1.01:
        return None
    holder[key] = value * 100
    return ""


def _negative(holder: Any, key: Any, value: Any) -> str | None:
    if not is_figure(value):
        return None
    holder[key] = -1_000_000
    return ""


def _wrong_type(holder: Any, key: Any, value: Any) -> str | None:
    if key == "max_lots":
        return None  # a table by size or class is allowed there
    holder[key] = {"a": 1} if not isinstance(value, bool) else "yes"
    return ""


def _text_for_number(holder: Any, key: Any, value: Any) -> str | None:
    if not is_figure(value) or key == "max_lots" or str(key)[:1].isdigit():
        return None
    holder[key] = str(value)
    return ""


def _other_word(holder: Any, key: Any, value: Any) -> str | None:
    if key not in _CHOICES or not isinstance(value, str):
        return None
    holder[key] = value + "x"
    return ""


_CHOICES = frozenset({
    "model", "base", "amount_of", "test", "compare", "action", "kind", "trail_on", "on_payout",
    "target_on", "ea", "confidence", "scope", "denominator", "floor_at",
})  # fmt: skip
_OPTIONAL = frozenset({
    "assumed", "min_days_for", "max_market_break_h_funded", "speech_window", "forex", "metals",
    "indices", "commodities", "energies", "oil", "crypto", "funded_indices", "funded_commodities",
})  # fmt: skip


def missing() -> Iterator[BadPreset]:
    for case in each("missing", _take, "is missing"):
        if not case.field.startswith(("conduct.", "funded.")) or case.field == "conduct.ea":
            yield case


def misspelled() -> Iterator[BadPreset]:
    return each("misspelled", _misspell, "unknown key; ")


def times_100() -> Iterator[BadPreset]:
    return each("x100", _times_100, "100.0")


def far_below() -> Iterator[BadPreset]:
    return each("negative", _negative, "must be")


def wrong_type() -> Iterator[BadPreset]:
    return each("type", _wrong_type, "")


def text_for_number() -> Iterator[BadPreset]:
    return each("text", _text_for_number, "must be")


def other_word() -> Iterator[BadPreset]:
    return each("word", _other_word, "must be one of")


def cut() -> Iterator[BadPreset]:
    for name, document in documents():
        text = json.dumps(document, indent=2)
        for length in range(1, len(text) - 2, 401):
            yield BadPreset(f"cut {name} {length}", text[:length], "line ", "", name)


def another_name() -> Iterator[BadPreset]:
    for name, document in documents():
        text = json.dumps(document | {"id": name + "_2"})
        yield BadPreset(f"id {name}", text, "id", "must be the file's name", name)


def contradictory() -> Iterator[BadPreset]:
    for way, value, words in CLASHES:
        document = next(documents())[1]
        place: Any = document
        *above, last = way
        for key in above:
            place = place[key]
        place[last] = value
        field = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in way)[1:]
        yield BadPreset(f"clash {field}", json.dumps(document), field, words, NAMES[0])


CLASHES: list[tuple[tuple[Any, ...], Any, str]] = [
    (("overall_loss", "trail_on"), "balance_eod", "a static floor has none"),
    (
        ("overall_loss", "lock"),
        {"trigger_profit_pct": 5, "floor_at": "initial_balance"},
        "a static floor has none",
    ),
    (("overall_loss", "amount_of"), "peak", "a static floor has no peak"),
    (("daily_loss", "pct"), 10.01, "must be at most overall_loss.pct = 10"),
    (("phases", 1, "id"), "step1", "names an earlier phase already"),
    (("news", 0, "phases", 1), "stpe2", 'the nearest known name is "step2"'),
    (("limits", "max_lots"), -1.0, "must be above 0"),
    (("limits", "max_lots"), {"fx": 0}, "limits.max_lots.fx = 0: must be above 0"),
]


MUTATORS: list[Callable[[], Iterator[BadPreset]]] = [
    missing,
    misspelled,
    times_100,
    far_below,
    wrong_type,
    text_for_number,
    other_word,
    cut,
    another_name,
    contradictory,
]


@pytest.mark.parametrize("mutator", MUTATORS, ids=lambda mutator: mutator.__name__)
def test_every_bad_preset_is_refused_naming_field_and_allowance(
    tmp_path: Path, mutator: Callable[[], Iterator[BadPreset]]
) -> None:
    accepted, unnamed = [], []
    for case in mutator():
        path = tmp_path / f"{case.preset}.json"
        path.write_text(case.text, "utf-8")
        try:
            load_preset(path)
        except ParamsError as error:
            if case.field not in str(error) or case.words not in str(error):
                unnamed.append((case.name, case.field, str(error)))
        else:
            accepted.append(case.name)
    assert not accepted
    assert not unnamed


def test_the_bad_presets_are_many(record_property: Callable[[str, object], None]) -> None:
    count = sum(1 for mutator in MUTATORS for _ in mutator())
    record_property("bad_presets", count)
    assert count >= 500, count


def test_limits_that_meet_exactly_are_no_clash() -> None:
    document = next(documents())[1]
    document["daily_loss"]["pct"] = document["overall_loss"]["pct"]
    document["funded"]["split_start_pct"] = document["funded"]["split_max_pct"]
    assert preset_of(document, NAMES[0]).daily_loss is not None


@pytest.mark.parametrize("kind", ["trailing", "static"])
def test_a_floor_that_trails_names_what_it_follows(kind: str) -> None:
    document = json.loads((SHIPPED / "firms" / "fundingpips_zero.json").read_text("utf-8"))
    document["overall_loss"] |= {"kind": kind, "trail_on": None, "lock": None}
    if kind == "static":
        assert preset_of(document, "x").overall_loss is not None
        return
    with pytest.raises(ParamsError, match="a trailing floor must name what it follows"):
        preset_of(document, "x")


def test_a_split_that_begins_above_its_maximum_is_refused() -> None:
    document = next(documents())[1]
    document["funded"]["split_max_pct"] = 79
    with pytest.raises(ParamsError, match=r"funded\.split_start_pct = 80: must be at most"):
        preset_of(document, NAMES[0])
