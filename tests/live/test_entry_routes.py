"""What is asked of an entry once it is sized says how it would be sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from puppet import ABOVE, AT_ENTRY, ENTRY, STOP, a_world

from bot.live.entry_checks import EntryAsk
from bot.live.state import SetupStatus
from bot.model.decision import ALLOWED, EntryRoute, Finding
from bot.model.market import Quote
from bot.ports import Ok, Unknown


class Noting:
    """A check that allows everything and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[EntryAsk] = []

    def finding(self, ask: EntryAsk) -> Finding:
        self.asked.append(ask)
        return ALLOWED


@pytest.mark.parametrize(
    ("first", "route"), [(AT_ENTRY, EntryRoute.MARKET), (ABOVE, EntryRoute.LIMIT)]
)
def test_the_route_is_the_same_before_and_after_sizing(
    tmp_path: Path, first: tuple[float, float, float], route: EntryRoute
) -> None:
    world, _ = a_world(tmp_path, first=first)
    before, after = Noting(), Noting()
    world.bot.stages.gate.standing_checks.append(before)
    world.bot.stages.gate.sized_checks.append(after)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(0.5)
    assert [ask.route for ask in before.asked] == [route.value]
    assert [ask.route for ask in after.asked] == [route.value]
    assert after.asked[0].lots > 0.0


@pytest.mark.parametrize("is_old", [True, False], ids=["a stale quote", "no quote"])
def test_without_a_fresh_quote_a_setup_ends_with_its_time_and_not_before(
    tmp_path: Path, *, is_old: bool
) -> None:
    world, puppet = a_world(tmp_path, first=(0.0, 1.1040, 1.10405))
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    setup.expires_utc_s = world.clock.now_utc_s() + 600.0
    old = Ok(Quote(1.1040, 1.10405, world.clock.now_utc_s() - 3_600.0))
    unread = Unknown("no quote")
    puppet.says["quote"] = lambda _symbol: old if is_old else unread
    world.run_minutes(9)
    assert setup.status == SetupStatus.AWAITING_ENTRY
    world.run_minutes(2)
    assert setup.status == SetupStatus.EXPIRED
    assert world.events("SetupMoved")[-1]["reason"] == "too old"
