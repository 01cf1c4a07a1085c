"""The order of a cycle: what only informs or sizes entries can never hold up an exit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import World
from puppet import a_world, filled

from bot.model.broker import AccountFacts, CloseLots
from bot.ports import Ok


class Broken:
    """A stage in which something unforeseen happens."""

    def step(self, *_asked: object) -> None:
        message = "unforeseen"
        raise ArithmeticError(message)


AFTER_THE_EXITS = ("news", "inactivity", "sizing", "coast", "correlations", "pending", "outlook")


def break_stage(world: World, name: str) -> None:
    setattr(world.bot.stages, name, Broken())


@pytest.mark.parametrize("name", AFTER_THE_EXITS)
def test_a_stage_that_fails_has_let_the_exits_go_first(tmp_path: Path, name: str) -> None:
    world, puppet = a_world(tmp_path, (3.0, 1.1035, 1.10355))
    setup = filled(world)
    world.run_minutes(0.5)
    break_stage(world, name)
    while setup.ladder is not None and not setup.ladder.rungs:
        world.clock.sleep(10.0)
        with pytest.raises(ArithmeticError):
            world.cycle()
    assert len(puppet.sent_of(CloseLots)) == 1, "the first rung, at 0.6 R"


@pytest.mark.parametrize("name", ["news", "sizing", "coast", "correlations", "outlook"])
def test_a_stage_that_fails_has_let_the_flatten_go_first(tmp_path: Path, name: str) -> None:
    world, _ = a_world(tmp_path)
    filled(world)
    break_stage(world, name)
    world.spool.say("flatten")
    world.clock.sleep(10.0)
    with pytest.raises(ArithmeticError):
        world.cycle()
    assert world.terminal.positions_get() == ()


@pytest.mark.parametrize("field", ["balance_money", "equity_money", "margin_money"])
def test_an_account_that_is_no_number_decides_nothing(tmp_path: Path, field: str) -> None:
    world, puppet = a_world(tmp_path)
    filled(world)
    sent_before = len(puppet.sent)
    account = puppet.truly("account")

    def odd() -> Ok[AccountFacts]:
        return Ok(replace(account().value, **{field: float("nan")}))

    puppet.says["account"] = odd
    world.run_minutes(1)
    assert len(puppet.sent) == sent_before
    assert world.bot.state.halts == {}
    assert world.bot.blind_since_utc_s > 0.0
    puppet.says.clear()
    world.run_minutes(1)
    assert len(world.terminal.positions_get()) == 1
