"""A firm's news rule at both ends of its window, action by action."""

from __future__ import annotations

import pytest

from bot.model.news import Impact
from bot.model.news_rule import NewsAction, NewsDeed, NewsMoment, NewsRule
from bot.rules.news_rule import breaks_news_rule, is_in_news_window

ENTRIES = NewsAction.OPEN_MARKET.value + NewsAction.PENDING_TRIGGER.value
EVERYTHING = sum(action.value for action in NewsAction)
RELEASE = NewsMoment(10_000.0, 10_000.0, Impact.HIGH.value, is_speech=False)
SPEECH = NewsMoment(10_000.0, 13_600.0, Impact.HIGH.value, is_speech=True)
RULE = NewsRule(
    before_s=120.0,
    after_s=120.0,
    is_inclusive=True,
    impacts=1 << Impact.HIGH,
    covers_any_symbol=False,
    triggers=ENTRIES,
    exempt_if_opened_before_s=0.0,
    bans_straddle=True,
    has_speech_window=False,
    speech_before_s=0.0,
    speech_after_end_s=0.0,
)


def an_entry(at_utc_s: float, action: NewsAction = NewsAction.OPEN_MARKET) -> NewsDeed:
    return NewsDeed(action.value, at_utc_s, is_related=True, opened_utc_s=at_utc_s)


@pytest.mark.parametrize(
    ("at_utc_s", "inclusive", "exclusive"),
    [
        (9_879.999, False, False),
        (9_880.0, True, False),
        (9_880.001, True, True),
        (10_000.0, True, True),
        (10_119.999, True, True),
        (10_120.0, True, False),
        (10_120.001, False, False),
    ],
)
def test_the_ends_of_the_window_belong_to_it_where_the_firm_says_so(
    at_utc_s: float, inclusive: bool, exclusive: bool
) -> None:
    assert is_in_news_window(at_utc_s, RELEASE, RULE) is inclusive
    assert is_in_news_window(at_utc_s, RELEASE, RULE._replace(is_inclusive=False)) is exclusive


@pytest.mark.parametrize("action", list(NewsAction))
def test_only_actions_the_rule_names_break_it(action: NewsAction) -> None:
    deed = an_entry(10_000.0, action)
    assert breaks_news_rule(deed, RELEASE, RULE) is bool(ENTRIES & action)
    assert breaks_news_rule(deed, RELEASE, RULE._replace(triggers=EVERYTHING))
    assert not breaks_news_rule(deed, RELEASE, RULE._replace(triggers=0))


def test_a_symbol_that_is_not_concerned_is_free_unless_the_rule_covers_all() -> None:
    deed = an_entry(10_000.0)._replace(is_related=False)
    assert not breaks_news_rule(deed, RELEASE, RULE)
    assert breaks_news_rule(deed, RELEASE, RULE._replace(covers_any_symbol=True))


def test_a_release_of_less_impact_than_the_rule_names_is_free() -> None:
    medium = RELEASE._replace(impact=Impact.MEDIUM.value)
    assert not breaks_news_rule(an_entry(10_000.0), medium, RULE)
    wider = RULE._replace(impacts=(1 << Impact.HIGH) + (1 << Impact.MEDIUM))
    assert breaks_news_rule(an_entry(10_000.0), medium, wider)


@pytest.mark.parametrize(
    ("opened_utc_s", "is_broken"), [(-8_000.0, False), (-7_999.999, True), (9_990.0, True)]
)
def test_a_trade_opened_long_before_is_left_alone(opened_utc_s: float, is_broken: bool) -> None:
    rule = RULE._replace(triggers=EVERYTHING, exempt_if_opened_before_s=18_000.0)
    fill = NewsAction.SL_TP_FILL.value
    deed = NewsDeed(fill, 10_010.0, is_related=True, opened_utc_s=opened_utc_s)
    assert breaks_news_rule(deed, RELEASE, rule) is is_broken
    assert breaks_news_rule(deed, RELEASE, rule._replace(exempt_if_opened_before_s=0.0))


@pytest.mark.parametrize(
    ("at_utc_s", "is_inside"),
    [(9_399.9, False), (9_400.0, True), (12_000.0, True), (14_200.0, True), (14_200.1, False)],
)
def test_a_speech_has_a_window_from_before_its_start_to_after_its_end(
    at_utc_s: float, is_inside: bool
) -> None:
    rule = RULE._replace(has_speech_window=True, speech_before_s=600.0, speech_after_end_s=600.0)
    assert is_in_news_window(at_utc_s, SPEECH, rule) is is_inside
    assert not is_in_news_window(12_000.0, RELEASE, rule)


def test_a_speech_without_a_window_of_its_own_has_that_of_a_release() -> None:
    assert is_in_news_window(10_120.0, SPEECH, RULE)
    assert not is_in_news_window(10_121.0, SPEECH, RULE)
