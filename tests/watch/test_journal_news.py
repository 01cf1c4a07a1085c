"""The journal as news: each line once, in order, and never before it is whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.watch.alerts import Severity
from bot.watch.exposure import is_exposed
from bot.watch.journal_news import JournalNews


def _add(folder: Path, day: int, *events: str) -> None:
    lines = [json.dumps({"event": event}, separators=(",", ":")) + "\n" for event in events]
    with (folder / f"2026-03-{day:02d}.jsonl").open("a") as file:
        file.write("".join(lines))


def _heard(news: JournalNews) -> list[str]:
    heard: list[str] = []

    def hear(kind: str, severity: Severity, line: object) -> None:
        heard.append(f"{kind} {severity.name}")

    while news.read(hear):
        pass
    return heard


def test_history_is_no_news(tmp_path: Path) -> None:
    _add(tmp_path, 2, "BotStarted", "HaltLatched")
    news = JournalNews(tmp_path, {})
    assert _heard(news) == []
    _add(tmp_path, 2, "HaltLatched")
    assert _heard(news) == ["HaltLatched CRITICAL"]


def test_a_first_journal_is_news_from_its_first_line(tmp_path: Path) -> None:
    news = JournalNews(tmp_path, {})
    _add(tmp_path, 2, "BotStarted", "SymbolScanned")
    _add(tmp_path, 3, "BotStopped")
    assert _heard(news) == ["BotStarted INFO", "BotStopped INFO"]


def test_it_goes_on_where_the_one_before_was(tmp_path: Path) -> None:
    first = JournalNews(tmp_path, {})
    _add(tmp_path, 2, "BotStarted")
    _heard(first)
    _add(tmp_path, 2, "BrakeChanged")
    _add(tmp_path, 3, "DayClosed")
    assert _heard(JournalNews(tmp_path, first.cursor)) == ["BrakeChanged WARNING", "DayClosed INFO"]


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    news = JournalNews(tmp_path, {})
    path = tmp_path / "2026-03-02.jsonl"
    path.write_text('{"event":"Halt')
    assert _heard(news) == []
    path.write_text('{"event":"HaltLatched"}\n')
    assert _heard(news) == ["HaltLatched CRITICAL"]


def test_a_damaged_line_is_news_itself(tmp_path: Path) -> None:
    news = JournalNews(tmp_path, {})
    (tmp_path / "2026-03-02.jsonl").write_bytes(b"\xff{\n[]\n")
    assert _heard(news) == ["JournalLine WARNING"] * 2


@pytest.mark.parametrize(
    ("events", "is_on_purpose"),
    [(("BotStarted",), False), (("BotStarted", "BotStopped"), True), ((), False)],
)
def test_an_end_on_purpose_is_written_down(
    tmp_path: Path, events: tuple[str, ...], is_on_purpose: bool
) -> None:
    _add(tmp_path, 2, "BotStarted", "BotStopped", "BotStarted", *events)
    assert JournalNews(tmp_path, {}).has_ended_on_purpose() == is_on_purpose


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ({}, False),
        ({"setups": {"1": {"status": "awaiting_entry"}}, "intents": {}}, False),
        ({"setups": {"1": {"status": "filled"}}, "intents": {}}, True),
        ({"setups": {"1": {"status": "pending"}}, "intents": {}}, True),
        ({"setups": {}, "intents": {"1": {}}}, True),
        ({"setups": 7}, True),
        (None, True),
    ],
)
def test_exposure_is_what_is_open_resting_or_unresolved_and_any_doubt(
    state: dict[str, object] | None, answer: bool
) -> None:
    assert is_exposed(state) == answer
