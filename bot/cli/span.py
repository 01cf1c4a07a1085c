"""Which server days are meant by `--from`, `--to` and `--timerange`."""

from __future__ import annotations

from typing import NamedTuple

import typer

from bot.report.text import day_number, day_text
from bot.rules.calendar import day_start_utc_s
from bot.timezones import server_offset_table


class Span(NamedTuple):
    """Server days, both included."""

    first_day: int
    last_day: int

    @property
    def first_text(self) -> str:
        """The first day as YYYY-MM-DD."""
        return day_text(self.first_day)

    @property
    def last_text(self) -> str:
        """The last day as YYYY-MM-DD."""
        return day_text(self.last_day)

    @property
    def name(self) -> str:
        """Both days in a folder's name."""
        return f"{self.first_text}-{self.last_text}".replace("-", "")

    @property
    def start_utc_s(self) -> float:
        """The midnight that begins the first day."""
        return day_start_utc_s(self.first_day, server_offset_table())

    @property
    def end_utc_s(self) -> float:
        """The midnight that ends the last day."""
        return day_start_utc_s(self.last_day + 1, server_offset_table())


def span_of(first: str | None, last: str | None, timerange: str | None) -> Span:
    """The days that were asked for; raises `typer.BadParameter` for anything unclear."""
    if timerange is not None:
        if first is not None or last is not None:
            message = "--timerange stands for --from and --to; give one or the other"
            raise typer.BadParameter(message)
        first, last = _ends(timerange)
    if first is None or last is None:
        message = "give --from and --to, or --timerange 20230101-20231231"
        raise typer.BadParameter(message)
    span = Span(_day(first, "--from"), _day(last, "--to"))
    if span.first_day > span.last_day:
        message = f"--from {span.first_text} is after --to {span.last_text}"
        raise typer.BadParameter(message)
    return span


def _ends(timerange: str) -> tuple[str, str]:
    first, dash, last = timerange.partition("-")
    if not (dash and first and last):
        message = f"--timerange {timerange!r}: must be two dates, as in 20230101-20231231"
        raise typer.BadParameter(message)
    return first, last


def _day(text: str, option: str) -> int:
    try:
        return day_number(text)
    except ValueError as error:
        message = f"{option} {text!r}: must be a date, YYYY-MM-DD or YYYYMMDD"
        raise typer.BadParameter(message) from error
