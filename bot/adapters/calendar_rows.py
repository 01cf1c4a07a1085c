"""What the three calendar formats share: strict rows, named defects, impacts, bounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.model.news import Impact, NewsEvent

BYTES_MAX = 2 * 1024 * 1024
DEPTH_MAX = 6
ROWS_MAX = 5_000

_SHOWN_MAX = 60
_PROBLEMS_MAX = 20
_FIRST_UTC_S, _LAST_UTC_S = 946_684_800.0, 4_102_444_800.0  # 2000 to 2100
_IMPACTS = {
    "high": Impact.HIGH,
    "medium": Impact.MEDIUM,
    "moderate": Impact.MEDIUM,
    "low": Impact.LOW,
    "none": Impact.NONE,
    "holiday": Impact.NONE,
    "non-economic": Impact.NONE,
}

Title = Annotated[str, Field(min_length=1, max_length=200)]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Za-z]{3}$")]
ImpactWord = Annotated[str | None, Field(max_length=40)]

T = TypeVar("T")


class CalendarFormatError(ValueError):
    """A calendar that cannot be read; names field, value and what is allowed, a line each."""


class Row(BaseModel):
    """One row of a calendar: strict, but open to keys the format may add."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """What one file holds: its events and the span it speaks for, in UTC seconds.

    `written_utc_s` is None when the file does not say, `is_declared` when a person vouches for it.
    """

    events: tuple[NewsEvent, ...]
    covers_from_utc_s: float
    covers_until_utc_s: float
    written_utc_s: float | None = None
    is_declared: bool = False


def impact_of(word: str | None) -> int:
    """The impact a source's word stands for; a word nobody knows counts as high."""
    return _IMPACTS.get((word or "").strip().lower(), Impact.HIGH).value


def checked(adapter: TypeAdapter[T], value: object) -> T:
    """The value in its model; raises `CalendarFormatError` naming each defect."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        lines = [_line(d["loc"], d["input"], d["msg"]) for d in details[:_PROBLEMS_MAX]]
        if len(details) > _PROBLEMS_MAX:
            lines.append(f"and {len(details) - _PROBLEMS_MAX} more")
        raise CalendarFormatError("\n".join(lines)) from error


def demand_few_rows(rows_count: int) -> None:
    """Refuse a file with more rows than any calendar has."""
    if rows_count > ROWS_MAX:
        raise CalendarFormatError(f"{rows_count} rows: at most {ROWS_MAX} are read")


def utc_s_of(text: str, place: str) -> float:
    """UTC seconds of an ISO 8601 moment, which must carry its offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _moment_error(place, text, "an ISO 8601 moment with offset") from error
    if moment.tzinfo is None:
        raise _moment_error(place, text, "a moment with its offset, such as -05:00 or Z")
    try:
        utc_s = moment.astimezone(UTC).timestamp()
    except OverflowError as error:  # the first or the last day that dates can tell
        raise _moment_error(place, text, "a moment between the years 2000 and 2100") from error
    return sane_utc_s(utc_s, place, text)


def sane_utc_s(utc_s: float, place: str, value: object) -> float:
    """The moment itself when it lies between 2000 and 2100."""
    if not _FIRST_UTC_S <= utc_s <= _LAST_UTC_S:
        raise _moment_error(place, value, "a moment between the years 2000 and 2100")
    return utc_s


def _moment_error(place: str, value: object, allowed: str) -> CalendarFormatError:
    return CalendarFormatError(f"{place} = {_shown(value)}: must be {allowed}")


def _line(loc: tuple[int | str, ...], value: object, message: str) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    shown = "" if message == "Field required" else f" = {_shown(value)}"
    return f"{place.lstrip('.') or 'the file'}{shown}: {message[0].lower()}{message[1:]}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 3] + "..."
