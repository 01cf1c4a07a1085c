"""Compliance pages on disk: one JSON and one Markdown file per server day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from bot.errors import StoreError
from bot.model.challenge import ChallengeRules
from bot.ports import Journal
from bot.report.compliance import page
from bot.report.compliance_markdown import markdown
from bot.report.compliance_model import ComplianceDay, Now
from bot.report.day_money import settle
from bot.report.days import DayFold
from bot.report.documents import Document
from bot.report.text import day_text


def page_document(day_page: ComplianceDay) -> dict[str, object]:
    """The page as plain JSON values, keys in a fixed order."""
    return asdict(day_page)


def write_page(folder: Path, day_page: ComplianceDay) -> None:
    """Write both files, each whole or not at all. Raises `StoreError` when it cannot."""
    text = json.dumps(page_document(day_page), indent=2, ensure_ascii=False, allow_nan=False)
    _write_whole(folder / f"{day_page.date}.json", text + "\n")
    _write_whole(folder / f"{day_page.date}.md", markdown(day_page))


def write_compliance(
    folder: Path, documents: Iterable[Document], rules: ChallengeRules | None
) -> list[str]:
    """Write the page of every server day from the first to the last one; returns their dates."""
    fold = DayFold()
    for document in documents:
        fold.take(document)
    settle(fold)
    if not fold.days:
        return []
    days = range(min(fold.days), max(fold.days) + 1)
    for day in days:
        write_page(folder, page(fold, day, rules))
    return [day_text(day) for day in days]


class ComplianceWriter:
    """Writes a day's page when the day was closed; reads each journal line once."""

    def __init__(self, folder: Path, rules: ChallengeRules | None) -> None:
        self._folder = folder
        self._rules = rules
        self._fold = DayFold()
        self._is_caught_up = False
        self._last_day: int | None = None

    def on_day_closed(self, journal: Journal, day: int) -> None:
        """Write the page of `day`, of skipped days before it, and of days that changed since.

        Raises `StoreError` when a page cannot be written.
        """
        self._catch_up(journal, day)
        first = day if self._last_day is None else min(day, self._last_day + 1)
        days = set(range(first, day + 1)) | self._changed_days(day)
        self._write(days)
        self._last_day = day

    def refresh(self, journal: Journal, day: int, now: Now | None = None) -> None:
        """Write the page of the running `day` as it stands, and of days that changed since."""
        self._catch_up(journal, day)
        self._write(self._changed_days(day) - {day})
        write_page(self._folder, page(self._fold, day, self._rules, now))

    def _catch_up(self, journal: Journal, day: int) -> None:
        if not self._is_caught_up:
            documents = journal.events()
        else:
            first = day if self._last_day is None else self._last_day
            documents = [line for d in range(first, day + 2) for line in journal.events(d)]
        for document in documents:
            self._fold.take(document)
        self._is_caught_up = True

    def _changed_days(self, day: int) -> set[int]:
        """Closed days that got a late deal or closing, and every later one up to `day`."""
        changed = self._fold.changed
        self._fold.changed = set()
        settle(self._fold, min(changed, default=day))
        return {d for d in self._fold.days if changed and min(changed) <= d <= day}

    def _write(self, days: Iterable[int]) -> None:
        for day in sorted(days):
            write_page(self._folder, page(self._fold, day, self._rules))


def _write_whole(path: Path, text: str) -> None:
    beside = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise StoreError(f"compliance page {path} was not written: {error.strerror}") from error
