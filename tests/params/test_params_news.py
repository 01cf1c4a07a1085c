"""The news group: fail closed as shipped, never narrower than the firm's own rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from params_files import SHIPPED, a_document, a_file, a_folder, put

from bot.errors import ParamsError
from bot.model.news import Impact, NewsFallback
from bot.params import load_settings
from bot.params.load import load_catalogue, load_preset
from bot.params.news import firm_news

CLASSIC = "the5ers_high_stakes_classic"


def refusal(tmp_path: Path, document: dict[str, Any]) -> str:
    with pytest.raises(ParamsError) as caught:
        load_settings(a_file(tmp_path, document))
    return str(caught.value)


def with_rule(tmp_path: Path, **changes: Any) -> None:
    """The shipped preset with another news rule; `None` takes the rule away."""
    path = a_folder(tmp_path) / "firms" / f"{CLASSIC}.json"
    document = json.loads(path.read_text("utf-8"))
    document["news"] = [{**document["news"][0], **changes}]
    path.write_text(json.dumps(document), "utf-8")


def test_the_shipped_parameters_fail_closed_without_a_calendar() -> None:
    plan = load_settings(SHIPPED / "current_params.json").news
    assert plan.gate.fallback == NewsFallback.BLOCK.value
    assert plan.files.feed.role == "required"
    assert plan.files.feed_url == ""
    assert plan.gate.firm_has_rule


def test_minutes_and_hours_of_the_file_are_seconds_in_the_bot() -> None:
    gate = load_settings(SHIPPED / "current_params.json").news.gate
    assert (gate.before_s, gate.after_s, gate.resting_before_s) == (300.0, 300.0, 300.0)
    assert (gate.stale_after_s, gate.cover_s) == (86_400.0, 86_400.0)
    assert gate.impact_min == Impact.HIGH.value
    assert gate.fixed_times_s[0] == 2.5 * 3_600.0


@pytest.mark.parametrize(("value", "is_fine"), [(2.0, True), (1.9, False)])
@pytest.mark.parametrize("field", ["before_min", "after_min"])
def test_a_window_is_never_narrower_than_the_firm_s(tmp_path, field, value, is_fine):
    document = put(a_document(), f"news.{field}", value)
    if is_fine:
        load_settings(a_file(tmp_path, document))
    else:
        said = refusal(tmp_path, document)
        assert f"news.{field} = 1.9: must be at least the firm's 2 minutes" in said


def test_a_speech_window_of_the_firm_counts_too(tmp_path):
    with_rule(tmp_path, speech_window={"before_s": 600, "after_end_s": 600})
    said = refusal(tmp_path, a_document())
    assert "news.before_min = 5.0: must be at least the firm's 10 minutes" in said


def test_impacts_the_firm_counts_are_avoided(tmp_path):
    with_rule(tmp_path, impact=["high", "medium"])
    assert "the firm's rule counts medium impact too" in refusal(tmp_path, a_document())
    load_settings(a_file(tmp_path, put(a_document(), "news.impact_min", "medium")))


def test_a_list_of_the_firm_s_own_has_no_grade(tmp_path):
    with_rule(tmp_path, impact=["firm_list"])
    load_settings(a_file(tmp_path, a_document()))


@pytest.mark.parametrize(
    ("changes", "phase", "has_rule"),
    [
        ({}, "step1", True),
        ({"phases": ["funded"]}, "step1", False),
        ({"phases": ["all"]}, "step1", True),
        ({"triggers": ["close"], "straddle_ban": False}, "step1", False),
        ({"triggers": [], "straddle_ban": True}, "step1", True),
        ({"triggers": ["pending_trigger"], "straddle_ban": False}, "step2", True),
    ],
)
def test_only_a_rule_about_entries_of_this_phase_turns_the_gate_on(
    tmp_path, changes, phase, has_rule
):
    with_rule(tmp_path, **changes)
    preset = load_preset(a_folder(tmp_path) / "firms" / f"{CLASSIC}.json")
    assert bool(firm_news(preset, phase)) is has_rule


def test_a_calendar_that_nobody_requires_is_a_contradiction(tmp_path):
    said = refusal(tmp_path, put(a_document(), "news.feed_role", "extra"))
    assert "one of feed_role, terminal_role and hand_role must be required" in said
    document = put(put(a_document(), "news.feed_role", "off"), "news.terminal_role", "required")
    load_settings(a_file(tmp_path, document))


def test_resting_orders_are_looked_at_often_enough_to_be_withdrawn(tmp_path):
    document = put(a_document(), "queues.resting_check_s", 150.0)
    load_settings(a_file(tmp_path, document))
    said = refusal(tmp_path, put(document, "queues.resting_check_s", 151.0))
    assert "news.resting_before_min = 5.0: must be at least twice queues.resting_check_s" in said


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("feed_url", "example", "an https address"),
        ("feed_url", "http://10.0.0.1/week.json", "an https address"),
        ("fixed_times", ["25:00"], "HH:MM"),
        ("fixed_times", [], "1 to 24 entries"),
        ("fixed_times", ["15:30", "15:30"], "is listed twice"),
        ("feed_path", "", "a file path"),
        ("before_min", 500.0, "between 0.0 and 120.0"),
        ("stale_after_h", 100.0, "between 0.5 and 48.0"),
        ("fallback", "trade", '"block", "fixed_windows"'),
        ("when_firm_allows", "trade", '"avoid", "off"'),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(tmp_path, field, value, words):
    said = refusal(tmp_path, put(a_document(), f"news.{field}", value))
    assert f"news.{field}" in said
    assert words in said


@pytest.mark.parametrize("url", ["https://127.0.0.1/week.json", "http://127.0.0.1:8000/w.json"])
def test_an_address_is_secure_or_this_machine_s(tmp_path, url):
    document = put(a_document(), "news.feed_url", url)
    assert load_settings(a_file(tmp_path, document)).news.files.feed_url == url


def test_every_symbol_says_whose_news_concern_it() -> None:
    catalogue = load_catalogue(SHIPPED / "symbols.json").symbols
    for name, entry in catalogue.items():
        if entry.asset_class == "fx":
            assert entry.news_currencies == (name[:3], name[3:])
    others = {
        "XAUUSD": ("USD",),
        "XAGUSD": ("USD",),
        "SPX500": ("USD",),
        "NAS100": ("USD",),
        "US30": ("USD",),
        "UK100": ("GBP",),
        "GER40": ("EUR",),
        "BTCUSD": ("USD",),
        "ETHUSD": ("USD",),
    }
    assert {name: catalogue[name].news_currencies for name in others} == others


def test_a_symbol_without_its_currencies_is_refused(tmp_path):
    path = a_file(tmp_path, a_document())
    symbols = a_folder(tmp_path) / "symbols.json"
    text = symbols.read_text("utf-8")
    symbols.write_text(text.replace(', "news_currencies": ["AUD", "CAD"]', "", 1), "utf-8")
    with pytest.raises(ParamsError, match=r"AUDCAD\.news_currencies is missing"):
        load_settings(path)
