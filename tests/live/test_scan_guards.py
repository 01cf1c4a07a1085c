"""What becomes a setup and what stops being one, moves that are legal, commands done once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from puppet import ENTRY, STOP, Disk, a_world, filled

from bot.live.state import SetupStatus
from bot.model.broker import Timeframe
from bot.model.market import Bars
from bot.model.signal import Signal, SignalVerdict
from bot.ports import Ok

MIDNIGHT_MINUTES = 9 * 60.0
TICK = 1e-5


def a_signal(side: int) -> Signal:
    empty = Signal(*(0,) * len(Signal._fields))
    return empty._replace(
        verdict=SignalVerdict.SIGNAL.value,
        side=side,
        entry_price=ENTRY,
        stop_price=ENTRY - side * 0.005,
        points=4.0,
    )


def test_a_signal_makes_one_setup(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, first=(0.0, 1.12000, 1.12005))
    (item,) = world.settings.symbols
    for _ in range(2):
        world.bot.stages.scanner._use(item, 0.0, a_signal(1), TICK)
    (setup,) = world.bot.state.setups.values()
    assert (setup.side, setup.status) == (1, SetupStatus.AWAITING_ENTRY)


def test_a_symbol_somebody_trades_gets_no_setup(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    world.open_foreign("EURUSD", 1, 0.1, STOP)
    world.run_minutes(1)
    (item,) = world.settings.symbols
    world.bot.stages.scanner._use(item, 0.0, a_signal(1), TICK)
    assert world.bot.state.setups == {}


def test_a_waiting_setup_ends_when_the_market_turns(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, first=(0.0, 1.12000, 1.12005))
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    (item,) = world.settings.symbols
    world.bot.stages.scanner._use(item, 0.0, a_signal(1), TICK)
    assert setup.status == SetupStatus.AWAITING_ENTRY
    world.bot.stages.scanner._use(item, 0.0, a_signal(-1), TICK)
    assert setup.status == SetupStatus.INVALIDATED


def test_a_bar_is_judged_once_though_the_next_day_brings_no_new_one(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    opens = np.arange(1_700_000_000, 1_700_000_000 + 300 * 86_400, 86_400, dtype=np.int64)
    price = np.full(len(opens), 1.1)

    def same_bars(_symbol: str, _timeframe: Timeframe, _count: int) -> Ok[Bars]:
        return Ok(Bars(opens, price, price, price, price))

    puppet.says["closed_bars"] = same_bars
    world.bot.state.scanned_day.clear()
    world.bot.stages.scanner._done_day = 0
    before = len(world.events("SymbolScanned"))
    world.run_minutes(MIDNIGHT_MINUTES + 60.0, cycle_s=60.0)
    assert len(world.events("DayOpened")) == 2
    assert len(world.events("SymbolScanned")) == before + 1


@pytest.mark.parametrize("status", [SetupStatus.EXPIRED, SetupStatus.AWAITING_ENTRY])
def test_a_filled_setup_can_only_be_closed(tmp_path: Path, status: SetupStatus) -> None:
    world, _ = a_world(tmp_path)
    setup = filled(world)
    with pytest.raises(AssertionError, match="not a legal move"):
        world.bot.record.move(setup, status, "test")
    assert setup.status == SetupStatus.FILLED


def test_a_command_is_acknowledged_only_once_its_effect_is_on_disk(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    disk = Disk(world)
    disk.is_store_full = True
    world.spool.say("pause", "lunch")
    world.run_minutes(1)
    assert [command.verb for command in world.spool.unfinished] == ["pause"]
    disk.is_store_full = False
    world.run_minutes(1)
    assert world.spool.unfinished == []


def test_a_command_met_again_after_a_crash_is_not_done_again(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    world.bot.stages.halts.latch("paused", "first", needs_person=True, flattens=False)
    world.spool.say("resume")
    (resume,) = world.spool.waiting
    world.run_minutes(1)
    assert world.bot.state.halts == {}
    world.bot.stages.halts.latch("paused", "second", needs_person=True, flattens=False)
    world.spool.unfinished.append(resume)  # the crash came before it was acknowledged
    world.restart().run_minutes(1)
    assert world.bot.state.halts["paused"].reason == "second"
