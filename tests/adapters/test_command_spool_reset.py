"""`reset` is the one verb with an argument: a known breaker, and a reason in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.adapters.command_spool import CommandRefusedError, CommandSpool, submit
from bot.model.breakers import Breaker
from bot.ports import Command

NOW = 1_784_019_600.0


def a_spool(folder: Path) -> CommandSpool:
    return CommandSpool(folder, lambda: NOW)


def write(folder: Path, **changes: object) -> None:
    document = {
        "command_id": "c1",
        "verb": "reset",
        "reason": "looked at it",
        "argument": "slippage",
        "submitted_utc_s": NOW,
    }
    (folder / "c1.json").write_text(json.dumps(document | changes), encoding="utf-8")


def why_rejected(folder: Path) -> str:
    (path,) = (folder / "rejected").glob("*.reason.txt")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("breaker", list(Breaker))
def test_each_breaker_may_be_named(tmp_path: Path, breaker: Breaker) -> None:
    command = submit(tmp_path, "reset", "looked at it", NOW, breaker.value)
    assert a_spool(tmp_path).take() == [
        Command(command.command_id, "reset", "looked at it", breaker.value)
    ]


@pytest.mark.parametrize(
    ("argument", "reason", "why"),
    [
        ("slipage", "x", "did you mean slippage?"),
        ("", "x", "known: consecutive_losses, "),
        ("SLIPPAGE", "x", "no such breaker"),
        ("../slippage", "x", "no such breaker"),
        ("slippage", "", "a reset needs one"),
        ("slippage", "  ", "a reset needs one"),
    ],
)
def test_a_reset_out_of_grammar_is_refused_by_writer_and_taker(
    tmp_path: Path, argument: str, reason: str, why: str
) -> None:
    with pytest.raises(CommandRefusedError, match=why.replace("?", r"\?")):
        submit(tmp_path, "reset", reason, NOW, argument)
    spool = a_spool(tmp_path)
    write(tmp_path, argument=argument, reason=reason)
    assert spool.take() == []
    assert why in why_rejected(tmp_path)


@pytest.mark.parametrize("argument", [None, 5, True, ["slippage"], "x" * 3_000])
def test_an_argument_that_is_no_name_is_set_aside(tmp_path: Path, argument: object) -> None:
    spool = a_spool(tmp_path)
    write(tmp_path, argument=argument)
    assert spool.take() == []
    assert why_rejected(tmp_path)


@pytest.mark.parametrize("verb", ["pause", "resume", "flatten"])
def test_other_verbs_take_no_argument(tmp_path: Path, verb: str) -> None:
    with pytest.raises(CommandRefusedError, match="takes none"):
        submit(tmp_path, verb, "x", NOW, "slippage")
    spool = a_spool(tmp_path)
    write(tmp_path, verb=verb)
    assert spool.take() == []
    assert "takes none" in why_rejected(tmp_path)


def test_a_command_written_before_arguments_existed_is_still_taken(tmp_path: Path) -> None:
    spool = a_spool(tmp_path)
    document = {"command_id": "c1", "verb": "pause", "reason": "", "submitted_utc_s": NOW}
    (tmp_path / "c1.json").write_text(json.dumps(document), encoding="utf-8")
    assert spool.take() == [Command("c1", "pause", "")]
