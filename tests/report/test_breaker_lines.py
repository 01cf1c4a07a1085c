"""Every breaker has words: figures in its unit, what it does, and what brings it back."""

from __future__ import annotations

import pytest

from bot.model.breakers import RESETS, Breaker, BreakerAction
from bot.model.events import BreakerReset, BreakerResetRefused, BreakerTripped
from bot.report.breakers import breaker_lines, breaker_text, figures_text, reset_words
from bot.report.headline import headline
from bot.report.plain import plain


def a_state(*names: str, **changes: object) -> dict[str, object]:
    saved = {"action": 1, "value": 0.025, "limit": 0.02, "since_utc_s": 1.7e9} | changes
    return {"breakers": {"tripped": {name: dict(saved) for name in names}}}


@pytest.mark.parametrize("breaker", list(Breaker))
@pytest.mark.parametrize("action", list(BreakerAction))
def test_each_breaker_says_what_it_does_and_how_it_ends(
    breaker: Breaker, action: BreakerAction
) -> None:
    (line,) = breaker_lines(a_state(breaker.value, action=action.value))
    text = breaker_text(line)
    assert text.startswith(f"BREAKER   {breaker.value} since ")
    assert (f"bot reset {breaker.value}" in text) == RESETS[breaker].person_may
    assert reset_words(breaker.value) in text


def test_lines_stand_in_the_order_of_importance() -> None:
    lines = breaker_lines(a_state("memory", "rapid_loss", "day_losses"))
    assert [line.breaker for line in lines] == ["day_losses", "rapid_loss", "memory"]


@pytest.mark.parametrize("state", [None, {}, {"breakers": {}}, {"breakers": 5}, a_state("moon")])
def test_a_snapshot_without_breakers_has_no_lines(state: dict[str, object] | None) -> None:
    assert breaker_lines(state) == ()


@pytest.mark.parametrize(
    ("breaker", "value", "limit", "wanted"),
    [
        ("rapid_loss", 0.025, 0.02, "fall of equity 2.50 %, limit 2.00 %"),
        ("disk", 4e8, 5e8, "free disk space 400 MB, limit 500 MB"),
        ("trades_per_day", 10.0, 10.0, "entries today 10, limit 10"),
    ],
)
def test_figures_are_in_the_breakers_own_unit(
    breaker: str, value: float, limit: float, wanted: str
) -> None:
    assert plain(figures_text(breaker, value, limit)) == wanted


def test_each_breaker_event_has_a_headline() -> None:
    tripped = BreakerTripped("rapid_loss", 0.025, 0.02, "flatten", "person")
    assert headline(tripped).startswith("BREAKER rapid_loss: fall of equity")
    reset = BreakerReset("rapid_loss", "person", "a bad print", 60.0)
    assert headline(reset) == "breaker rapid_loss reset by person: a bad print"
    refused = BreakerResetRefused("disk", "please", "it is not tripped")
    assert headline(refused) == "reset of breaker disk refused: it is not tripped"
