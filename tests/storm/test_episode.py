"""One seed's story: it repeats, it dies and lives again, and what breaks is seen and told."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tools.storm import episode_witness
from tools.storm.campaign import order_of
from tools.storm.episode import Episode, Order
from tools.storm.episode_health import unsettled
from tools.storm.faults.plan import PlannedFault, StormPlan
from tools.storm.model import Checker, DeathError, PowerLossError, Scene, Sent
from tools.storm.scene_plan import server_of

DAYS = 2


def calm(seed: int = 5) -> Order:
    return order_of(seed, DAYS, ("none",))


class Dies:
    """An injector that ends the process before every `every`-th cycle."""

    fault_id = "P01"

    def __init__(self, every: int, error: type[DeathError]) -> None:
        self._every, self._error = every, error
        self._count = 0

    def arm(self, scene: Scene, start_utc_s: float, end_utc_s: float) -> None:
        """Nothing to draw."""

    def before_cycle(self, scene: Scene) -> None:
        """Count, and end it."""
        self._count += scene.bot is not None
        if self._count >= self._every:
            self._count = 0
            scene.struck(self.fault_id)
            raise self._error("by the test")

    def heal(self, scene: Scene) -> None:
        """No more."""
        self._every = 1 << 40


def with_deaths(order: Order, every: int, error: type[DeathError]) -> Episode:
    episode = Episode(order)
    episode._armed = lambda: [Dies(every, error)]
    return episode


def test_a_calm_seed_trades_and_breaks_nothing_and_every_invariant_was_looked_at() -> None:
    told = Episode(calm()).run()
    assert {f"I{number}" for number in range(1, 26)} == set(told.checks)
    assert min(told.checks["I3"], told.checks["I9"]) > 0
    assert told.violations == []
    assert told.deals_count > 5
    assert (told.deaths_count, told.starts_count, dict(told.fired)) == (0, 1, {})
    assert told.recovery.naked_stop_s == 0.0
    assert told.trading_days == pytest.approx(DAYS, abs=0.02)  # healing takes its minutes, too


def test_the_same_seed_is_the_same_story() -> None:
    order = order_of(9, DAYS)
    one, other = Episode(order).run(), Episode(order).run()
    assert one.trace_digest == other.trace_digest
    assert one.trace == other.trace


def test_another_seed_is_another_story() -> None:
    digests = {Episode(calm(seed)).run().trace_digest for seed in (5, 6)}
    assert len(digests) == 2


@pytest.mark.parametrize("error", [DeathError, PowerLossError])
def test_a_trader_that_dies_all_the_time_loses_and_doubles_nothing(
    error: type[DeathError],
) -> None:
    told = with_deaths(calm(), 25, error).run()
    assert told.violations == []
    assert told.deaths_count > 5
    assert told.starts_count == told.deaths_count + 1
    assert told.deals_count > 0


def test_an_outage_is_blindness_and_not_an_end() -> None:
    outage = PlannedFault("B04", {"at_s": 40_000.0, "for_s": 1_200.0}, 39_000.0, 50_000.0)
    told = Episode(Order(5, DAYS, StormPlan(DAYS, (outage,)))).run()
    assert told.violations == []
    assert told.fired["B04"] == 1
    assert told.starts_count == 1


class Objects(Checker):
    """Finds fault with the third request that goes out."""

    invariant_id = "I2"

    def __init__(self) -> None:
        self.checked_count = 0

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        self.checked_count += 1
        if self.checked_count == 3:
            yield f"the third request is for {sent.request['symbol']}"


def test_a_broken_promise_ends_the_story_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(episode_witness, "ALL_CHECKERS", lambda: (Objects(),))
    told = Episode(calm()).run()
    assert [invariant for invariant, _ in told.violations] == ["I2"]
    assert told.is_early
    assert told.sends_count >= 3
    assert any(" VIOLATION I2: the third request" in line for line in told.trace)
    assert len(told.trace) <= 200


def test_a_checker_that_breaks_ends_the_run_and_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Breaks(Checker):
        invariant_id = "I2"

        def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
            raise ValueError("the checker is wrong")

    monkeypatch.setattr(episode_witness, "ALL_CHECKERS", lambda: (Breaks(),))
    with pytest.raises(ValueError, match="the checker is wrong"):
        Episode(calm()).run()


def test_what_is_not_right_after_healing_is_told() -> None:
    episode = Episode(calm())

    class Opens(Dies):
        def heal(self, scene: Scene) -> None:
            """Open a position of ours that no setup knows, at the server itself."""
            server = server_of(scene.terminal)
            state = server.state
            desk = state.desks["BTCUSD"]
            desk.tape.seek(state.now_ms)
            magic = scene.settings.magic_base << 48 | 77 << 16
            type(scene.terminal).order_send(
                scene.terminal,
                {
                    "action": 1,
                    "symbol": "BTCUSD",
                    "volume": 0.01,
                    "type": 0,
                    "magic": magic,
                    "type_filling": 1,
                },
            )

    episode._armed = lambda: [Opens(1 << 40, DeathError)]
    told = episode.run()
    assert told.violations
    assert not told.is_early


def test_without_a_trader_nothing_is_settled() -> None:
    assert list(unsettled(Episode(calm())._scene)) == ["no trader runs"]
