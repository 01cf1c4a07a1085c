"""A preset's news rules as numbers, with the words that belong to each."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.news import Impact
from bot.model.news_rule import NewsAction, NewsRule
from bot.params import firm
from bot.params.firm import FirmPreset

_IMPACTS = {
    "high": 1 << Impact.HIGH,
    "medium": 1 << Impact.MEDIUM,
    "low": 1 << Impact.LOW,
    "firm_list": 1 << Impact.HIGH,
}
"""A list of the firm's own is not published as data: its events are taken to be the high ones."""


@dataclass(frozen=True, slots=True)
class FirmNews:
    """One news rule of a phase; `effect` and `calendar` are the preset's own words."""

    rule: NewsRule
    effect: str
    calendar: str


def news_rules(preset: FirmPreset, phase_id: str) -> tuple[FirmNews, ...]:
    """The firm's news rules in a phase, in the preset's order; none means nothing is forbidden."""
    return tuple(
        FirmNews(_rule(item), item.effect, item.calendar)
        for item in preset.news
        if {phase_id, "all"} & set(item.phases)
    )


def _rule(item: firm.NewsRule) -> NewsRule:
    speech = item.speech_window
    impacts = 0
    for word in item.impact:
        impacts |= _IMPACTS[word]
    return NewsRule(
        before_s=item.before_s,
        after_s=item.after_s,
        is_inclusive=item.window_inclusive,
        impacts=impacts,
        covers_any_symbol=item.scope == "any",
        triggers=sum(NewsAction[word.upper()].value for word in set(item.triggers)),
        exempt_if_opened_before_s=item.exempt_if_opened_before_s or 0.0,
        bans_straddle=item.straddle_ban,
        has_speech_window=speech is not None,
        speech_before_s=0.0 if speech is None else speech.before_s,
        speech_after_end_s=0.0 if speech is None else speech.after_end_s,
    )
