"""`bot storm` as a person types it."""

from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.errors import ParamsError

SHOWN = CliRunner()


def test_the_verb_says_what_it_does() -> None:
    result = SHOWN.invoke(app, ["storm", "--help"])
    assert result.exit_code == 0
    for option in ("--seeds", "--days", "--fault", "--minutes", "--replay", "--json"):
        assert option in result.output


@pytest.mark.parametrize("seeds", ["7", "5:5", "9:3", "a:b", "-1:4", ""])
def test_seeds_that_are_no_span_are_refused(seeds: str) -> None:
    result = SHOWN.invoke(app, ["storm", f"--seeds={seeds}"])
    assert result.exit_code == 2
    assert "first:end" in result.output


def test_an_unknown_fault_is_refused_before_anything_is_lived() -> None:
    result = SHOWN.invoke(app, ["storm", "--seeds", "0:1", "--fault", "B99"])
    assert isinstance(result.exception, ParamsError) or result.exit_code != 0
    assert "B99" in f"{result.output} {result.exception}"


def test_one_seed_is_told_event_by_event() -> None:
    result = SHOWN.invoke(app, ["storm", "--replay", "5", "--days", "1", "--fault", "none"])
    assert result.exit_code == 0, result.output
    assert "healing" in result.output
    assert "no invariant was broken" in result.output


def test_a_machine_without_the_tools_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tools.storm.campaign_ask", None)
    result = SHOWN.invoke(app, ["storm", "--seeds", "0:1"])
    assert result.exit_code != 0
    assert "not installed here" in f"{result.output} {result.exception}"
