"""Parameters of the news gate and of the calendar files behind it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.model.news import (
    CalendarFiles,
    Impact,
    NewsFallback,
    NewsPlan,
    NewsSettings,
    SourceFile,
    WhenFirmAllows,
)
from bot.params.base import (
    Group,
    choice,
    many,
    number,
    seconds_of_hours,
    seconds_of_minutes,
    seconds_of_time,
    text,
)
from bot.params.firm import FirmPreset, NewsRule

_PATH = r"^[^\x00-\x1f\"*<>?|]{1,240}$"
_PATH_WORDS = "a file path, relative to the folder of the run, of at most 240 characters"
_URL = r"^(https://[^\s]{1,400}|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?/[^\s]{0,400})?$"
_URL_WORDS = "an https address, or empty"
_FIXED_TIMES = ("02:30", "04:30", "06:00", "09:00", "10:00", "15:15", "15:30", "17:00", "21:00")

Role = Literal["required", "extra", "off"]
ClockTime = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        json_schema_extra={"patternErrorMessage": "a server clock time HH:MM such as 15:30"},
    ),
]


class NewsParams(Group):
    """Around which news nothing is opened, and how well they must be known."""

    when_firm_allows: Annotated[
        Literal["avoid", "off"],
        choice("avoid", "In a phase without a news rule of the firm: avoid news too, or do not."),
    ]
    impact_min: Annotated[
        Literal["high", "medium", "low"],
        choice("high", "Mildest impact that is avoided; an unknown impact counts as high."),
    ]
    before_min: Annotated[
        float, number(5.0, 0.0, 120.0, "Nothing is opened from this long before a release ...")
    ]
    after_min: Annotated[
        float, number(5.0, 0.0, 120.0, "... until this long after it; both at least the firm's.")
    ]
    resting_before_min: Annotated[
        float,
        number(5.0, 0.5, 120.0, "Resting orders are withdrawn this long before that window."),
    ]
    straddle_min: Annotated[
        float,
        number(
            60.0,
            0.0,
            240.0,
            "Within this time of a release nothing may bet against what is open or resting.",
        ),
    ]
    gap_before_min: Annotated[
        float,
        number(30.0, 0.0, 240.0, "A release this near counts as a gap for trades held into it."),
    ]
    stale_after_h: Annotated[
        float, number(24.0, 0.5, 48.0, "An older calendar file is stale and blocks entries.")
    ]
    cover_h: Annotated[
        float, number(24.0, 1.0, 72.0, "The calendar must reach this far ahead, or it is stale.")
    ]
    resting_grace_min: Annotated[
        float,
        number(30.0, 0.0, 720.0, "Without a fresh calendar, resting orders stay this long."),
    ]
    fallback: Annotated[
        Literal["block", "fixed_windows"],
        choice("block", "Without a fresh calendar: no entries, or fixed windows every weekday."),
    ]
    fixed_times: Annotated[
        tuple[ClockTime, ...],
        many(list(_FIXED_TIMES), 1, 24, "Release times of those windows, on the server's clock."),
    ]
    feed_role: Annotated[
        Role, choice("required", "The weekly feed file: must be fresh, adds events, or unread.")
    ]
    feed_path: Annotated[
        str,
        text("calendar/week.json", _PATH, _PATH_WORDS, "Where the weekly feed file is kept."),
    ]
    feed_url: Annotated[
        str,
        text("", _URL, _URL_WORDS, "Where `bot calendar fetch` gets it; empty fetches nothing."),
    ]
    terminal_role: Annotated[
        Role, choice("extra", "The terminal's export: must be fresh, adds events, or unread.")
    ]
    terminal_path: Annotated[
        str,
        text("calendar/terminal.json", _PATH, _PATH_WORDS, "Where the terminal writes its export."),
    ]
    hand_role: Annotated[
        Role, choice("extra", "The file kept by hand: must be fresh, adds events, or unread.")
    ]
    hand_path: Annotated[
        str, text("params/news.json", _PATH, _PATH_WORDS, "Where the file kept by hand is.")
    ]
    reread_s: Annotated[
        float, number(30.0, 1.0, 600.0, "Pause between two looks at the calendar files.")
    ]

    def to_plan(self, preset: FirmPreset, phase_id: str) -> NewsPlan:
        """The gate's numbers in seconds, with whether the firm has a rule in this phase."""
        return NewsPlan(
            gate=self._gate(firm_has_rule=bool(firm_news(preset, phase_id))), files=self._files()
        )

    def _gate(self, *, firm_has_rule: bool) -> NewsSettings:
        return NewsSettings(
            firm_has_rule=firm_has_rule,
            when_firm_allows=WhenFirmAllows[self.when_firm_allows.upper()].value,
            impact_min=Impact[self.impact_min.upper()].value,
            before_s=seconds_of_minutes(self.before_min),
            after_s=seconds_of_minutes(self.after_min),
            resting_before_s=seconds_of_minutes(self.resting_before_min),
            straddle_s=seconds_of_minutes(self.straddle_min),
            gap_before_s=seconds_of_minutes(self.gap_before_min),
            stale_after_s=seconds_of_hours(self.stale_after_h),
            cover_s=seconds_of_hours(self.cover_h),
            resting_grace_s=seconds_of_minutes(self.resting_grace_min),
            fallback=NewsFallback[self.fallback.upper()].value,
            fixed_times_s=tuple(seconds_of_time(moment) for moment in self.fixed_times),
        )

    def _files(self) -> CalendarFiles:
        return CalendarFiles(
            feed=SourceFile(self.feed_role, self.feed_path),
            terminal=SourceFile(self.terminal_role, self.terminal_path),
            hand=SourceFile(self.hand_role, self.hand_path),
            reread_s=self.reread_s,
            feed_url=self.feed_url,
        )


def firm_news(preset: FirmPreset, phase_id: str) -> tuple[NewsRule, ...]:
    """The firm's news rules of a phase that forbid entries, fills or straddles."""
    return tuple(
        rule
        for rule in preset.news
        if (phase_id in rule.phases or "all" in rule.phases)
        and (rule.straddle_ban or {"open_market", "pending_trigger"} & set(rule.triggers))
    )
