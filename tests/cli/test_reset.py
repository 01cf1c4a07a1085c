"""`bot reset`: known names, tripped breakers, a person's to reset, with a reason."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from run_builder import beat, write_run
from test_verbs import Trader, bot

from bot.adapters.json_store import JsonStore
from bot.cli.folders import RunFolder
from bot.live.breaker_state import Tripped
from bot.live.state import SCHEMA_VERSION


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run").folder


def trip(folder: Path, *names: str) -> None:
    """A snapshot in which these breakers are tripped."""
    tripped = {name: asdict(Tripped(name, 1, 5.0, 5.0, 1_700_000_000.0, 20_000)) for name in names}
    store = JsonStore(RunFolder(folder).state, SCHEMA_VERSION, fsync=False)
    known = store.load("state")
    assert known is not None
    store.save("state", {**known, "breakers": {"tripped": tripped}})


def test_a_reset_reaches_the_trader_with_its_breaker_and_reason(folder: Path) -> None:
    trip(folder, "consecutive_losses")
    beat(folder)
    trader = Trader(folder)
    trader.start()
    words = ("consecutive_losses", "--reason", "bad news day, over", "--folder", folder)
    code, out, _ = bot("reset", *words)
    trader.join()
    assert code == 0
    assert out == "reset taken by the trader: bad news day, over\n"
    (command,) = trader.taken
    assert (command.verb, command.argument) == ("reset", "consecutive_losses")
    assert command.reason == "bad news day, over"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("slipage", "--reason", "x"), "did you mean slippage?"),
        (("everything", "--reason", "x"), "known: consecutive_losses, day_losses"),
        (("slippage", "--reason", " "), "a reset needs one"),
        (("slippage",), "--reason"),
        ((), "BREAKER"),
    ],
)
def test_wrong_words_are_wrong_use_and_reach_nobody(
    folder: Path, words: tuple[str, ...], complaint: str
) -> None:
    trip(folder, "slippage")
    beat(folder)
    code, _, err = bot("reset", *words, "--folder", folder)
    assert code == 2
    assert complaint in " ".join(err.replace("│", " ").split())
    assert not list(RunFolder(folder).commands.glob("*.json"))


@pytest.mark.parametrize(
    ("open_ones", "asked", "complaint"),
    [
        ((), "slippage", "slippage is not tripped; tripped now: none"),
        (("rapid_loss", "disk"), "slippage", "not tripped; tripped now: rapid_loss, disk"),
        (("daily_drawdown",), "daily_drawdown", "resets with the next firm day"),
        (("disk",), "disk", "resets once healed for a while"),
    ],
)
def test_what_cannot_be_reset_is_refused_with_the_cause(
    folder: Path, open_ones: tuple[str, ...], asked: str, complaint: str
) -> None:
    trip(folder, *open_ones)
    beat(folder)
    code, out, err = bot("reset", asked, "--reason", "x", "--folder", folder)
    assert (code, out) == (1, "")
    assert complaint in err
    assert not list(RunFolder(folder).commands.glob("*.json"))


def test_a_reset_of_a_dead_trader_is_not_spooled(folder: Path) -> None:
    trip(folder, "slippage")
    beat(folder, age_s=61.0)
    code, _, err = bot("reset", "slippage", "--reason", "x", "--folder", folder)
    assert code == 1
    assert "no trader runs" in err


def test_a_folder_without_a_run_has_nothing_to_reset(tmp_path: Path) -> None:
    code, _, err = bot("reset", "slippage", "--reason", "x", "--folder", tmp_path)
    assert code == 1
    assert "no journal in" in err


def test_status_shows_each_tripped_breaker_and_what_brings_it_back(folder: Path) -> None:
    trip(folder, "disk", "consecutive_losses")
    beat(folder)
    _, out, _ = bot("status", "--folder", folder)
    whole = out.replace("\n           ", " ")  # a long line goes on below itself
    first, second = [line for line in whole.splitlines() if line.startswith("BREAKER")]
    assert "consecutive_losses since" in first
    assert "losses in a row 5, limit 5; opens nothing" in first
    assert first.endswith("resets only by a person: bot reset consecutive_losses --reason ...")
    assert second.endswith("resets once healed for a while")
