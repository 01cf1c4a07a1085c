"""News parameters that cannot hold together, with each other or with the firm's rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from bot.model.news import Impact
from bot.params.base import seconds_of_minutes
from bot.params.firm import FirmPreset
from bot.params.news import firm_news
from bot.params.problems import Problem, problem
from bot.params.reader import Document

NEWS_FIELDS = (
    "news.feed_role",
    "news.terminal_role",
    "news.hand_role",
    "news.resting_before_min",
    "queues.resting_check_s",
)
"""What `news_problems` reads."""

FIRM_NEWS_FIELDS = ("news.before_min", "news.after_min", "news.impact_min")
"""What `firm_news_problems` reads."""


def news_problems(document: Document) -> Iterator[Problem]:
    """Clashes within the group: a calendar nobody requires, looks that come too late."""
    news = cast(Document, document["news"])
    roles = {name: news[f"{name}_role"] for name in ("feed", "terminal", "hand")}
    if "required" not in roles.values():
        allowed = "one of feed_role, terminal_role and hand_role must be required"
        yield problem("news.feed_role", roles["feed"], allowed)
    lead_s = seconds_of_minutes(cast(float, news["resting_before_min"]))
    check_s = cast(float, cast(Document, document["queues"])["resting_check_s"])
    if check_s > lead_s / 2.0:
        allowed = (
            f"must be at least twice queues.resting_check_s = {check_s:g} s, "
            "so that an order is withdrawn in time even at the second try"
        )
        yield problem("news.resting_before_min", news["resting_before_min"], allowed)


def firm_news_problems(document: Document, preset: FirmPreset, phase_id: str) -> Iterator[Problem]:
    """Windows narrower than the firm's, and impacts the firm counts that we would not."""
    news = cast(Document, document["news"])
    for rule in firm_news(preset, phase_id):
        speech = rule.speech_window
        needs = {
            "before_min": max(rule.before_s, speech.before_s if speech else 0.0),
            "after_min": max(rule.after_s, speech.after_end_s if speech else 0.0),
        }
        for name, need_s in needs.items():
            if seconds_of_minutes(cast(float, news[name])) < need_s:
                allowed = f"must be at least the firm's {need_s / 60.0:g} minutes"
                yield problem(f"news.{name}", news[name], allowed)
        graded = [Impact[word.upper()] for word in rule.impact if word != "firm_list"]
        own = cast(str, news["impact_min"])
        if graded and Impact[own.upper()] > min(graded):
            allowed = f"the firm's rule counts {min(graded).name.lower()} impact too"
            yield problem("news.impact_min", own, allowed)
