"""Every parameter of the strategy is alive, and what cannot hold together is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from typing import cast

import numpy as np
import pytest
from pydantic import ValidationError
from signal_worlds import UTC, Market, bars_of, random_market, view_of

from bot.indicators import features_of, monthly_bars, weekly_bars
from bot.model.signal import MixedDirection, Pillar, Signal, SignalSettings, Volatility
from bot.params.schema import default_document
from bot.params.signal import SignalParams
from bot.rules.signal import detect_signal

Document = dict[str, object]
Path = tuple[str, ...]

GAPPING = -1
SEEDS = (*range(60), GAPPING)
FIRST_INDEX, LAST_INDEX = 196, 260


def recommended() -> Document:
    return cast(Document, deepcopy(default_document()["signal"]))


def settings_of(document: Document) -> SignalSettings:
    return SignalParams.model_validate_json(json.dumps(document)).to_settings()


def leaves(document: Document, path: Path = ()) -> Iterator[tuple[Path, object]]:
    for key, value in document.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def with_value(document: Document, path: Path, value: object) -> Document:
    changed = deepcopy(document)
    group = changed
    for key in path[:-1]:
        group = cast(Document, group[key])
    group[path[-1]] = value
    return changed


def field_of(path: Path) -> Document:
    """The schema of one parameter."""
    schema = SignalParams.model_json_schema()
    node = cast(Document, schema)
    for key in path:
        while "$ref" in node:
            name = str(node["$ref"]).rsplit("/", 1)[-1]
            node = cast(Document, cast(Document, schema["$defs"])[name])
        node = cast(Document, cast(Document, node["properties"])[key])
    return node


def other_values(path: Path, value: object) -> Iterator[object]:
    """Both ends of the range, every other word, the other switch."""
    field = field_of(path)
    if isinstance(value, bool):
        yield not value
    elif "enum" in field:
        yield from (word for word in cast("list[object]", field["enum"]) if word != value)
    else:
        low, high = cast(float, field["minimum"]), cast(float, field["maximum"])
        near = cast(float, value) + (high - low) / 20.0
        steps = (low, high, int(near) if isinstance(value, int) else near)
        yield from (step for step in steps if step != value)


def everything_used() -> Document:
    """Recommended numbers with every check in use and hurdles low enough to see past them."""
    document = recommended()
    for path, value in list(leaves(document)):
        if path[-1] == "use" and value is False:
            document = with_value(document, path, value=True)
    return document


LEAVES = tuple(path for path, _ in leaves(recommended()))


@lru_cache(maxsize=64)
def market(seed: int) -> Market:
    return gapping_market() if seed == GAPPING else random_market(seed)


def gapping_market() -> Market:
    """A rally by gaps, its candles red: nothing breaks, and its swing lows lie above all highs."""
    quiet = [(100.0, 101.0 + day % 5, 99.0 - day % 7, 100.0) for day in range(200)]
    rally = [
        (float(top), top + 0.5, top - 2.0 - 4 * (top % 7 == 0), top - 1.0)
        for top in range(200, 260)
    ]
    d1, h4 = bars_of([*quiet, *rally]), bars_of([])
    return d1, weekly_bars(d1, UTC), monthly_bars(d1, UTC), h4


def signals(seed: int, settings: SignalSettings) -> Iterator[Signal]:
    features = features_of(*market(seed), settings)
    for d1_index in range(FIRST_INDEX, LAST_INDEX, 2):
        view = view_of(features, d1_index, UTC)._replace(volatility=Volatility.HIGH.value)
        yield detect_signal(features, view, settings)


def first_difference(before: SignalSettings, after: SignalSettings) -> bool:
    return any(
        found != other
        for seed in SEEDS
        for found, other in zip(signals(seed, before), signals(seed, after), strict=True)
    )


@pytest.mark.parametrize("path", LEAVES, ids=".".join)
def test_every_parameter_changes_some_signal(path: Path) -> None:
    document = everything_used()
    value = dict(leaves(document))[path]
    tried = 0
    for other in other_values(path, value):
        try:
            changed = settings_of(with_value(document, path, other))
        except ValidationError:
            continue  # refused together with its neighbours, which is no effect
        tried += 1
        if first_difference(settings_of(document), changed):
            return
    pytest.fail(f"{'.'.join(path)} = {value!r}: {tried} other values changed nothing")


@pytest.mark.parametrize("path", LEAVES, ids=".".join)
def test_every_number_is_refused_outside_its_range(path: Path) -> None:
    field = field_of(path)
    if "minimum" not in field:
        wrong: list[object] = ["nonsense", 1]
    else:
        low, high = cast(float, field["minimum"]), cast(float, field["maximum"])
        wrong = [low - 1, high + 1, "1", None, True]
    for value in wrong:
        with pytest.raises(ValidationError, match=path[-1]):
            settings_of(with_value(recommended(), path, value))


@pytest.mark.parametrize("path", LEAVES, ids=".".join)
def test_every_parameter_says_what_it_means_and_must_be_given(path: Path) -> None:
    assert len(str(field_of(path)["description"])) >= 10
    document = recommended()
    group = document
    for key in path[:-1]:
        group = cast(Document, group[key])
    del group[path[-1]]
    with pytest.raises(ValidationError, match="Field required"):
        settings_of(document)


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        settings_of(with_value(recommended(), ("trend", "fast_bar"), 8))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({("trend", "fast_bars"): 21}, "fast_bars = 21 must be below slow_bars = 21"),
        (
            {("trend", "closes_min_count"): 22},
            "closes_min_count = 22 must be at most d1_window_bars = 21",
        ),
        (
            {("levels", "stop_min_atr"): 2.0, ("levels", "stop_max_atr"): 2.0},
            "stop_min_atr = 2.0 must be below stop_max_atr = 2.0",
        ),
        (
            {("levels", "structure_extreme_bars"): 21},
            "structure_extreme_bars = 21 must be at most structure_bars = 20",
        ),
        ({("levels", "leg_swing_bars"): 26}, "leg_lookback_bars = 30 must be at least"),
        ({("levels", "rr_min_r"): 1.5}, "good_r = 1.4 must be at least rr_min_r = 1.5"),
        ({("pillars", "golden_zone", "min_pct"): 78.6}, "min_pct = 78.6 must be below"),
        ({("filters", "atr_regime", "max_pct"): 20.0}, "min_pct = 20.0 must be below"),
        ({("filters", "swing_pattern", "pullback_max_pct"): 20.0}, "pullback_min_pct = 20.0"),
        ({("filters", "momentum", "fast_bars"): 10}, "fast_bars = 10 must be below"),
        (
            {("filters", "passes_min_count"): 5},
            "passes_min_count = 5 must be at most the number of filters in use, 4",
        ),
    ],
)
def test_values_that_cannot_hold_together_are_refused(
    changes: dict[Path, object], words: str
) -> None:
    document = recommended()
    for path, value in changes.items():
        document = with_value(document, path, value)
    with pytest.raises(ValidationError, match=words):
        settings_of(document)


def test_a_score_of_no_pillars_is_refused() -> None:
    document = recommended()
    for pillar in Pillar:
        document = with_value(document, ("pillars", pillar.name.lower(), "use"), value=False)
    with pytest.raises(ValidationError, match="at least one pillar must be used"):
        settings_of(document)


def test_one_pillar_is_enough_for_a_score() -> None:
    document = recommended()
    for pillar in Pillar:
        is_used = pillar == Pillar.LOCATION
        document = with_value(document, ("pillars", pillar.name.lower(), "use"), is_used)
    assert settings_of(document).pillars.enabled_mask == 1 << Pillar.LOCATION.value


def test_percents_become_fractions_exactly() -> None:
    settings = settings_of(recommended())
    assert settings.levels.entry_retrace_fraction == 0.618
    assert settings.pillars.zone_min_fraction == 0.382
    assert settings.score_min_fraction == 0.55


@pytest.mark.parametrize("word", [one.name.lower() for one in MixedDirection])
def test_each_word_for_a_mixed_direction_is_known(word: str) -> None:
    settings = settings_of(with_value(recommended(), ("trend", "when_mixed"), word))
    assert settings.trend.when_mixed == MixedDirection[word.upper()].value


def test_weights_are_floats_whatever_the_file_writes() -> None:
    document = with_value(recommended(), ("pillars", "location", "weight"), 2)
    weights = settings_of(document).pillars.weights
    assert weights[Pillar.LOCATION.value] == 2.0
    assert all(isinstance(weight, float) for weight in weights)


def test_the_widest_look_backs_stay_inside_the_least_history() -> None:
    """No rule may reach before the first bar, whatever the file says."""
    document = recommended()
    for path, _ in list(leaves(document)):
        if path[-1].endswith(("_bars", "_count")) and path != ("filters", "passes_min_count"):
            field = field_of(path)
            is_history = path == ("bars_min_count",)
            widest = field["minimum" if is_history else "maximum"]
            document = with_value(document, path, widest)
    document = with_value(document, ("trend", "fast_bars"), 20)
    document = with_value(document, ("filters", "momentum", "fast_bars"), 20)
    document = with_value(document, ("pillars", "trend_vote", "votes_min_count"), 1)
    settings = settings_of(with_value(document, ("levels", "leg_lookback_bars"), 100))
    assert settings.bars_min_count == 120
    for seed in range(5):
        features = features_of(*random_market(seed, 130), settings)
        for d1_index in range(119, 130):
            found = detect_signal(features, view_of(features, d1_index, UTC), settings)
            assert np.isfinite(found.entry_price)
            if found.stop_price != 0.0:
                assert found.side * (found.entry_price - found.stop_price) > 0.0
