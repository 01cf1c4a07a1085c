"""No dead number: a parameter reaches a setting, a setting is read, its rule answers to it."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from params_files import REPOSITORY, SHIPPED, a_document, put
from probes import (
    challenge_answers,
    entry_answers,
    exit_answers,
    signal_answers,
    sizing_answers,
)
from probes_breakers import SHELL_ONLY as BREAKERS_SHELL_ONLY
from probes_breakers import breaker_answers
from probes_exposure import SHELL_ONLY as EXPOSURE_SHELL_ONLY
from probes_exposure import coast_answers, conduct_answers, exposure_answers
from probes_gate import gate_answers
from probes_news import news_answers

from bot.errors import ParamsError
from bot.model.settings import BotSettings
from bot.params import Params
from bot.params.load import document_problems, load_catalogue, load_preset
from bot.params.schema import SCHEMA_KEY, Leaf, leaves

DECIDED_BY_OTHERS = {"exits.ladder[2].stop_after_r"}
"""The last rung's stop is null by rule: there is nothing left to protect."""

PRESET = load_preset(SHIPPED / "firms" / "the5ers_high_stakes_classic.json")
OTHER_PRESET = load_preset(SHIPPED / "firms" / "the5ers_high_stakes_new.json")
CATALOGUE = load_catalogue(SHIPPED / "symbols.json")
LEAVES = [leaf for leaf in leaves(a_document()) if leaf.path != SCHEMA_KEY]
FIELDS = [leaf.path for leaf in LEAVES if leaf.path not in DECIDED_BY_OTHERS]


def settings_of(document: dict[str, Any]) -> BotSettings | None:
    """The settings of a document in memory; None when the checks refuse it."""
    if document_problems(document):
        return None
    body = {key: value for key, value in document.items() if key != SCHEMA_KEY}
    params = Params.model_validate_json(json.dumps(body))
    preset = OTHER_PRESET if params.account.firm_preset == OTHER_PRESET.id else PRESET
    try:
        return params.to_settings(preset, CATALOGUE)
    except ParamsError:
        return None


BASE = settings_of(a_document())
assert BASE is not None


def other_values(leaf: Leaf) -> Iterator[object]:
    """Values that differ from the one at hand, near and far."""
    value, node = leaf.value, leaf.node
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        low, high = node["minimum"], node["maximum"]
        if isinstance(value, int):
            yield from (n for n in (value + 1, value - 1, value * 2, value // 2, low, high))
        else:
            yield from (value * 1.3, value * 0.7, value * 1.1, value * 0.9, value * 3)
            yield from (high, low, low + 0.1 * (high - low))
    elif "enum" in node:
        yield from (word for word in node["enum"] if word != value)
    else:
        yield from TEXTS[leaf.path]


TEXTS: dict[str, list[object]] = {
    "account.firm_preset": [OTHER_PRESET.id],
    "account.phase": ["step2"],
    "account.currency": ["EUR"],
    "account.server": ["Firm-Real"],
    "universe.symbols": [["EURUSD"]],
    "universe.broker_suffixes": [[""]],
    "news.fixed_times": [["15:30"]],
    "news.feed_path": ["feed.json"],
    "news.feed_url": ["https://127.0.0.1/week.json"],
    "news.terminal_path": ["export.json"],
    "news.hand_path": ["own.json"],
    "gate.gap_symbols[0].symbol": ["XAUUSD"],
    "schedule.rollover_start_time": ["23:45"],
    "schedule.rollover_end_time": ["00:20"],
}
TOGETHER: dict[str, list[dict[str, object]]] = {
    "news.feed_role": [{"news.feed_role": "extra", "news.hand_role": "required"}],
    "exits.ladder[0].close_pct": [
        {"exits.ladder[0].close_pct": 30, "exits.ladder[1].close_pct": 35}
    ],
    "exits.ladder[1].close_pct": [
        {"exits.ladder[1].close_pct": 35, "exits.ladder[2].close_pct": 30}
    ],
    "exits.ladder[2].close_pct": [
        {"exits.ladder[2].close_pct": 40, "exits.ladder[0].close_pct": 30}
    ],
    "exits.ladder[0].stop_after_r": [
        {"exits.ladder[0].stop_after_r": value} for value in (-0.5, None)
    ],
    "exits.ladder[1].stop_after_r": [
        {"exits.ladder[1].stop_after_r": value} for value in (0.9, None)
    ],
}
"""Values that only hold together with others, or that have no single other value."""

NEEDS: dict[str, dict[str, object]] = {
    "exits.stale_below_r": {"exits.stale_after_h": 50},
    "exits.trail_distance_r": {"exits.trail_start_r": 0.2},
    "signal.filters.zscore": {"signal.filters.zscore.use": True},
    "signal.filters.displacement": {"signal.filters.displacement.use": True},
    "signal.filters.momentum": {"signal.filters.momentum.use": True},
    "signal.filters.framework": {"signal.filters.framework.use": True},
}
"""What must be on for a parameter to matter: its own switch."""


def grounds(path: str) -> dict[str, Any]:
    """The document on which a parameter is varied."""
    document = a_document()
    for start, changes in NEEDS.items():
        if path.startswith(start) and path not in changes:
            for field, value in changes.items():
                put(document, field, value)
    return document


@cache
def variants(path: str) -> tuple[tuple[BotSettings, BotSettings], ...]:
    """Pairs of settings that differ only because of this parameter."""
    leaf = next(leaf for leaf in LEAVES if leaf.path == path)
    choices = TOGETHER.get(path) or [{path: value} for value in other_values(leaf)]
    base = settings_of(grounds(path))
    assert base is not None
    found = []
    for changes in choices:
        document = grounds(path)
        for field, value in changes.items():
            put(document, field, value)
        settings = settings_of(document)
        if settings is not None and flat(settings) != flat(base):
            found.append((base, settings))
    return tuple(found)


def flat(value: object, path: str = "") -> dict[str, str]:
    """Every setting by its way, with its value as text (NaN equals itself there)."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        names = value._fields
    elif is_dataclass(value):
        names = tuple(field.name for field in fields(value))
    else:
        return {path: repr(value)}
    result: dict[str, str] = {}
    for name in names:
        if name != "params_hash":
            result |= flat(getattr(value, name), f"{path}.{name}" if path else name)
    return result


@cache
def changed_settings(path: str) -> frozenset[str]:
    changed: set[str] = set()
    for base, other in variants(path):
        before, after = flat(base), flat(other)
        changed |= {name for name in after if before[name] != after[name]}
    return frozenset(changed)


@pytest.mark.parametrize("path", FIELDS)
def test_each_parameter_changes_a_setting(path: str) -> None:
    assert changed_settings(path), f"{path} reaches no setting"


def test_each_parameter_changes_the_hash() -> None:
    assert BASE is not None
    for path in FIELDS:
        for base, other in variants(path):
            assert base.params_hash != other.params_hash, path


def test_each_setting_comes_from_a_parameter_or_the_preset() -> None:
    assert BASE is not None
    reached: set[str] = set()
    for path in FIELDS:
        reached |= changed_settings(path)
    from_preset = {
        "preset",
        "firm_label",
        "news.gate.firm_has_rule",
        "leverages",
    }
    left = set(flat(BASE)) - reached - from_preset
    assert {name for name in left if not name.startswith(("rules.", "firm_c"))} == set()


READERS = (
    "bot/rules",
    "bot/live",
    "bot/adapters",
    "bot/cli",
    "bot/indicators.py",
    "bot/model/settings.py",
    "bot/model/reserves.py",
)


SHOWN_ONLY = {"firm_label"}
"""What only people read: `bot check params` shows it."""


@cache
def attributes_read() -> frozenset[str]:
    """Names read as attributes outside the files that only define or convert settings."""
    files = [
        file
        for reader in READERS
        for file in ([REPOSITORY / reader] if reader.endswith(".py") else _python(reader))
        if file.exists() and file.name != "check_params.py"
    ]
    return frozenset(
        node.attr
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    )


def _python(folder: str) -> list[Path]:
    return sorted((REPOSITORY / folder).rglob("*.py"))


def test_each_setting_is_read_by_the_bot() -> None:
    assert BASE is not None
    names = {part for path in flat(BASE) for part in path.split(".")}
    commission = {field.name for field in fields(BASE.commissions[0])}
    symbol = {field.name for field in fields(BASE.symbols[0])}
    dead = sorted((names | commission | symbol) - SHOWN_ONLY - attributes_read())
    assert not dead, f"settings nobody reads: {dead}"


SHELL_ONLY = {
    "news.feed_role",
    "news.feed_path",
    "news.feed_url",
    "news.terminal_role",
    "news.terminal_path",
    "news.hand_role",
    "news.hand_path",
    "news.reread_s",
    "entry.expiry_h",
    "entry.spread_percentile_pct",
    "entry.quote_age_max_s",
    "entry.deviation_max_r",
    "weekend.before_close_h",
    "gate.symbol_risk_max_pct",
    "gate.weekend_lead_h",
    "gate.rollover_lead_min",
    "gate.reset_window_min",
    "gate.reset_policy",
    "gate.gap_symbols[0].symbol",
}
"""Numbers the shell uses itself (when to ask, how far to let the broker slip), not a rule."""

Answers = Callable[[BotSettings], Iterator[Any]]
PROBES: list[tuple[str, Answers]] = [
    ("entry.", entry_answers),
    ("sizing.slippage_reserve_r", gate_answers),
    ("sizing.", sizing_answers),
    ("gate.", gate_answers),
    ("brakes.", challenge_answers),
    ("breakers.", breaker_answers),
    ("exposure.", exposure_answers),
    ("conduct.", conduct_answers),
    ("coast.", coast_answers),
    ("exits.", exit_answers),
    ("weekend.", exit_answers),
    ("news.", news_answers),
    ("signal.", signal_answers),
]
PROBED = [
    (path, next(answers for prefix, answers in PROBES if path.startswith(prefix)))
    for path in FIELDS
    if path.startswith(tuple(prefix for prefix, _ in PROBES))
    and path not in SHELL_ONLY | BREAKERS_SHELL_ONLY | EXPOSURE_SHELL_ONLY
]


_texts: dict[tuple[str, str], list[str]] = {}


def differs(answers: Answers, base: BotSettings, other: BotSettings) -> bool:
    """Whether the other settings give another answer anywhere; stops at the first."""
    key = (answers.__name__, base.params_hash)
    if key not in _texts:
        _texts[key] = [repr(answer) for answer in answers(base)]
    later = (repr(answer) for answer in answers(other))
    return any(first != second for first, second in zip_longest(_texts[key], later))


@pytest.mark.parametrize(
    ("path", "answers"), PROBED, ids=lambda item: item if isinstance(item, str) else ""
)
def test_each_parameter_changes_an_answer_of_its_rule(path: str, answers: Answers) -> None:
    assert any(differs(answers, base, other) for base, other in variants(path)), path


def test_the_firms_numbers_change_the_challenge_rules() -> None:
    assert BASE is not None
    for part, field in (
        ("daily", "loss_fraction"),
        ("overall", "loss_fraction"),
        ("target", "profit_fraction"),
        ("days", "threshold_fraction"),
        ("days", "needed_count"),
    ):
        group = getattr(BASE.rules, part)
        changed = group._replace(**{field: getattr(group, field) * 2})
        other = replace(BASE, rules=BASE.rules._replace(**{part: changed}))
        assert differs(challenge_answers, BASE, other), f"{part}.{field}"
