import json
import re

import pytest
from journal_story import DAY, RULES, Story, a_trading_day, at

from bot.errors import StoreError
from bot.report.compliance import compliance_day
from bot.report.compliance_files import ComplianceWriter, write_compliance, write_page
from bot.report.compliance_markdown import markdown


class StoryJournal:
    """A journal port over a story's documents."""

    def __init__(self, story):
        self._story = story
        self.reads_count = 0

    def record(self, event):
        self._story.tell(event)

    def events(self, day=None):
        self.reads_count += 1
        return [d for d in self._story.documents if day is None or d["day"] == day]


def _files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _three_days(writer=None, journal=None, story=None):
    """A winning day, a quiet day, and one whose last deal is noticed after midnight."""
    story = story or Story()

    def close(day, balance, **more):
        story.close_day(day, balance, **more)
        if writer is not None:
            writer.on_day_closed(journal, day)

    first = a_trading_day()
    story.documents += first.documents[:-1]
    story.now_utc_s = at(16.0)
    close(DAY, 20_143.04, days=1)
    story.open_day(DAY + 1, 20_143.04, 20_143.04)
    close(DAY + 1, 20_143.04)
    story.open_day(DAY + 2, 20_143.04, 20_143.04)
    story.now_utc_s = at(60.0)
    story.opened(position_id=200, setup_id=2)
    close(DAY + 2, 20_120.0)
    story.open_day(DAY + 3, 20_120.0, 20_120.0)
    story.deal(-23.04, 50, position_id=200, setup_id=2, time_utc_s=at(70.0))
    close(DAY + 3, 20_120.0)
    return story


def test_pages_written_day_by_day_equal_pages_written_from_the_whole_journal(tmp_path):
    story = Story()
    writer = ComplianceWriter(tmp_path / "live", RULES)
    _three_days(writer, StoryJournal(story), story)
    dates = write_compliance(tmp_path / "batch", story.documents, RULES)
    assert dates == ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19"]
    assert _files(tmp_path / "live") == _files(tmp_path / "batch")


def test_a_deal_that_became_known_late_is_written_into_its_own_day(tmp_path):
    story = Story()
    writer = ComplianceWriter(tmp_path, RULES)
    _three_days(writer, StoryJournal(story), story)
    money = json.loads((tmp_path / "2026-11-18.json").read_text("utf-8"))["money"]
    assert (money["deals_money"], money["difference_money"]) == (-23.04, 0.0)


def test_a_restarted_writer_goes_on_without_rewriting_differently(tmp_path):
    story = _three_days()
    journal = StoryJournal(story)
    ComplianceWriter(tmp_path / "again", RULES).on_day_closed(journal, DAY + 3)
    write_compliance(tmp_path / "batch", story.documents, RULES)
    written, whole = _files(tmp_path / "again"), _files(tmp_path / "batch")
    assert "2026-11-19.json" in written
    assert written.items() <= whole.items()


def test_each_journal_day_is_read_a_bounded_number_of_times(tmp_path):
    story = Story()
    journal = StoryJournal(story)
    writer = ComplianceWriter(tmp_path, RULES)
    for day in range(40):
        story.open_day(DAY + day)
        story.close_day(DAY + day)
        writer.on_day_closed(journal, DAY + day)
    assert journal.reads_count <= 4 * 40
    assert len(list(tmp_path.glob("*.md"))) == 40


def test_the_running_day_is_written_on_demand(tmp_path):
    story = Story()
    story.start()
    story.open_day()
    ComplianceWriter(tmp_path, RULES).refresh(StoryJournal(story), DAY)
    document = json.loads((tmp_path / "2026-11-16.json").read_text("utf-8"))
    assert document["is_closed"] is False
    assert "still running" in (tmp_path / "2026-11-16.md").read_text("utf-8")


def test_days_between_two_recorded_ones_get_a_page_too(tmp_path):
    story = a_trading_day()
    story.open_day(DAY + 3, 20_143.04, 20_143.04)
    write_compliance(tmp_path, story.documents, RULES)
    assert "the bot did not run" in (tmp_path / "2026-11-18.md").read_text("utf-8")


def test_an_empty_journal_writes_nothing(tmp_path):
    assert write_compliance(tmp_path / "none", [], RULES) == []
    assert not (tmp_path / "none").exists()


def test_a_page_that_cannot_be_written_names_the_file(tmp_path):
    blocked = tmp_path / "compliance"
    blocked.write_text("a file where the folder should be")
    page = compliance_day(a_trading_day().documents, DAY, RULES)
    with pytest.raises(StoreError, match="2026-11-16"):
        write_page(blocked, page)


def test_json_keeps_its_key_order_and_the_markdown_its_lines(tmp_path):
    page = compliance_day(a_trading_day().documents, DAY, RULES)
    write_page(tmp_path, page)
    document = json.loads((tmp_path / "2026-11-16.json").read_text("utf-8"))
    assert list(document)[:4] == ["schema", "date", "weekday", "is_closed"]
    assert document["rules"][0] == {
        "rule": "daily floor",
        "verdict": "ok",
        "figures": "lowest equity 19\u202f900.00, floor 19\u202f000.00",
    }


def test_the_markdown_page_names_everything_a_firm_would_ask():
    page = markdown(compliance_day(a_trading_day().documents, DAY, RULES))
    text = re.sub(" +", " ", page)
    for wanted in (
        "# 2026-11-16 Mon (server day)",
        "**STATUS GREEN**: no rule touched. The day is closed.",
        "parameters `7f3a00112233`",
        "| daily loss | 20\u202f000.00 | 19\u202f000.00 |",
        "19\u202f900.00 at 14:30",
        "10.0\u202f%",
        "| profit target | +143.04 | 1\u202f600.00 | 8.94\u202f% |",
        "| profitable days | 1 | 3 |",
        "0.00, reconciled to the cent",
        "| 1 | EURUSD | buy | 0.24 | 1.1 | 1.106 | 0 | +143.04 | +1.19\u202fR | TARGET |",
        "Together +143.04, +1.19\u202fR in 1 trades.",
        "spread too wide 1",
        "Trade requests: 7",
        "Server clock: UTC+2.",
    ):
        assert wanted in text
