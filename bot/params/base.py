"""How a tuned number is declared: its range, its recommended value and what it means.

Nothing has a default in code: a live file is complete or refused. The recommended value travels
as the schema's `default`, which editors insert and `default_document` collects.
"""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.fields import FieldInfo


class Group(BaseModel):
    """One group of parameters: strict, complete, closed against unknown keys, unchangeable."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, validate_default=True
    )


def number(recommended: float, low: float, high: float, says: str) -> FieldInfo:
    """A number (or a whole number, by the annotation) within the closed range `low` to `high`."""
    extra: dict[str, JsonValue] = {"default": recommended}
    return cast(FieldInfo, Field(ge=low, le=high, description=says, json_schema_extra=extra))


def switch(says: str, *, recommended: bool) -> FieldInfo:
    """A yes or no."""
    extra: dict[str, JsonValue] = {"default": recommended}
    return cast(FieldInfo, Field(description=says, json_schema_extra=extra))


def choice(recommended: str, says: str) -> FieldInfo:
    """One of the words its `Literal` annotation lists."""
    extra: dict[str, JsonValue] = {"default": recommended}
    return cast(FieldInfo, Field(description=says, json_schema_extra=extra))


def text(recommended: str, pattern: str, allowed: str, says: str) -> FieldInfo:
    """Text of one shape; `allowed` says the shape in words (editors show it too)."""
    extra: dict[str, JsonValue] = {"default": recommended, "patternErrorMessage": allowed}
    return cast(FieldInfo, Field(pattern=pattern, description=says, json_schema_extra=extra))


def many(recommended: list[JsonValue], low: int, high: int, says: str) -> FieldInfo:
    """A list of `low` to `high` entries."""
    extra: dict[str, JsonValue] = {"default": recommended}
    return cast(
        FieldInfo,
        Field(min_length=low, max_length=high, description=says, json_schema_extra=extra),
    )


def fraction(pct: float) -> float:
    """A percent as a fraction, exact to the last digit written (3.3 becomes 0.033)."""
    return float(Decimal(repr(pct)).scaleb(-2))


def seconds_of_hours(hours: float) -> float:
    """Hours as seconds."""
    return hours * 3600.0


def seconds_of_minutes(minutes: float) -> float:
    """Minutes as seconds."""
    return minutes * 60.0


def seconds_of_time(clock_time: str) -> float:
    """A clock time HH:MM as seconds since midnight."""
    hours, minutes = clock_time.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60.0
