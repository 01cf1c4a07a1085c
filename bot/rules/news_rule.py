"""Whether an action around a release breaks a firm's rule; what *we* do about it is the gate's."""

from __future__ import annotations

from bot.model.news_rule import NewsDeed, NewsMoment, NewsRule
from bot.rules._rule import rule


@rule
def news_window_start_s(event: NewsMoment, firm: NewsRule) -> float:
    """When the firm's window around an event begins (UTC seconds)."""
    if event.is_speech and firm.has_speech_window:
        return event.start_utc_s - firm.speech_before_s
    return event.start_utc_s - firm.before_s


@rule
def news_window_end_s(event: NewsMoment, firm: NewsRule) -> float:
    """When the firm's window around an event ends (UTC seconds)."""
    if event.is_speech and firm.has_speech_window:
        return event.end_utc_s + firm.speech_after_end_s
    return event.start_utc_s + firm.after_s


@rule
def is_in_news_window(at_utc_s: float, event: NewsMoment, firm: NewsRule) -> bool:
    """Whether a moment lies in the window; whether its ends belong to it is the firm's to say."""
    start, end = news_window_start_s(event, firm), news_window_end_s(event, firm)
    if firm.is_inclusive:
        return start <= at_utc_s <= end
    return start < at_utc_s < end


@rule
def is_news_of_rule(event: NewsMoment, firm: NewsRule) -> bool:
    """Whether the rule is about events of this impact."""
    return firm.impacts & (1 << event.impact) != 0


@rule
def is_news_exempt(deed: NewsDeed, event: NewsMoment, firm: NewsRule) -> bool:
    """Whether the trade was opened long enough before the event to be left alone."""
    lead_s = event.start_utc_s - deed.opened_utc_s
    return 0.0 < firm.exempt_if_opened_before_s <= lead_s


@rule
def breaks_news_rule(deed: NewsDeed, event: NewsMoment, firm: NewsRule) -> bool:
    """Whether this action brings about the rule's effect; an action it does not name is free."""
    if firm.triggers & deed.action == 0 or not is_news_of_rule(event, firm):
        return False
    if not (deed.is_related or firm.covers_any_symbol):
        return False
    if is_news_exempt(deed, event, firm):
        return False
    return is_in_news_window(deed.at_utc_s, event, firm)
