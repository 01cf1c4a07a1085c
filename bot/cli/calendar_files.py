"""The calendar of a run folder, as the trader in it would read it."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.calendar_files import FileCalendar
from bot.model.settings import BotSettings
from bot.ports import Clock
from bot.timezones import server_offset_table


def file_calendar(settings: BotSettings, root: Path, clock: Clock) -> FileCalendar:
    """The files the parameters name, below the folder of the run."""
    return FileCalendar(settings.news.files, root, clock, server_offset_table())
