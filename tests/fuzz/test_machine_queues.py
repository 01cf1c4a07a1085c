"""The three queues: where a setup waits follows from the quotes alone, and no setup is lost.

The model knows the quotes, the four distances of DESIGN section 4 and nothing of the bot's code:
each move in the journal must be the one the quote at that moment calls for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from builders import settings_for
from fuzz_disk import machine_settings
from fuzz_world import SYMBOLS, Life, waypoints
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

MARKET_R, LIMIT_R, DROP_R, THROUGH_R = 0.05, 0.30, 1.50, 0.50
EXPIRY_S, SPREAD_WAIT_S = 6 * 3_600.0, 2 * 3_600.0
STOP_PRICE = 0.0050
SETUPS_MAX = 8
SLACK_R = 1e-6
setups = st.tuples(st.sampled_from(sorted(SYMBOLS)), st.sampled_from([1, -1]), st.integers(-40, 40))


class Queues(RuleBasedStateMachine):
    """Setups at all distances, quotes that move and widen, restarts; the broker is sound."""

    life: Life

    @initialize(moves=waypoints, first=st.lists(setups, min_size=1, max_size=2))
    def begun(self, moves: list[tuple[str, int, int]], first: list[tuple[str, int, int]]) -> None:
        entry = settings_for(*SYMBOLS).entry
        assert (entry.market_max_r, entry.limit_max_r, entry.drop_above_r) == (
            MARKET_R,
            LIMIT_R,
            DROP_R,
        )
        short = replace_fields(entry, expiry_s=EXPIRY_S, spread_wait_max_s=SPREAD_WAIT_S)
        self.life = Life(moves, entry=short)
        self.made: dict[int, tuple[str, int, float]] = {}
        self.life.live(0.5)
        for symbol, side, distance in first:
            self.a_setup_is_found(symbol, side, distance)

    @precondition(lambda self: len(self.made) < SETUPS_MAX)
    @rule(setup=setups)
    def another_setup(self, setup: tuple[str, int, int]) -> None:
        self.a_setup_is_found(*setup)

    def a_setup_is_found(self, symbol: str, side: int, distance: int) -> None:
        world = self.life.world
        if world.bot.state.live_setup_of(symbol) is not None:
            return
        bid, _ = self.life.quote_at(symbol, world.clock.now_utc_s())
        entry = round(bid + distance * 2.5e-4, 5)
        setup = world.add_setup(symbol, side, entry, round(entry - side * STOP_PRICE, 5))
        self.made[setup.setup_id] = (symbol, side, entry)

    @rule(minutes=st.sampled_from([1.0, 5.0, 15.0, 60.0]))
    def time_passes(self, minutes: float) -> None:
        self.life.live(minutes, cycle_s=10.0 if minutes < 60.0 else 30.0)

    @rule()
    def another_process(self) -> None:
        """Every setup is where it was."""
        self.life.world.bot.record.save()
        before = self.statuses()
        self.life.world.restart()
        assert self.statuses() == before

    def statuses(self) -> dict[int, str]:
        return {s.setup_id: s.status.value for s in self.life.world.bot.state.setups.values()}

    @invariant()
    def no_setup_is_lost(self) -> None:
        """Each is live in one place, or its end is in the journal, once."""
        moves = self.life.world.events("SetupMoved")
        final = [m["setup_id"] for m in moves if m["after"] in ENDS]
        assert len(set(final)) == len(final)
        assert set(self.made) == set(final) | set(self.statuses())
        assert not set(final) & set(self.statuses())

    @invariant()
    def each_move_is_what_the_quote_calls_for(self) -> None:
        for move in self.life.world.events("SetupMoved"):
            self.check_move(move)

    def check_move(self, move: Mapping[str, object]) -> None:
        symbol, side, entry = self.made[int(str(move["setup_id"]))]
        bid, ask = self.life.quote_at(symbol, float(str(move["at_utc_s"])))
        price = ask if side > 0 else bid
        distance_r = abs(price - entry) / STOP_PRICE
        reason, after = move["reason"], move["after"]
        if reason == "price ran away":
            assert distance_r > DROP_R - SLACK_R, move
        elif reason == "stop touched before entry":
            stop = entry - side * STOP_PRICE
            assert side * (min(bid, ask) if side > 0 else max(bid, ask)) <= side * stop + 1e-9, move
        elif reason == "limit order accepted":
            assert MARKET_R - SLACK_R < distance_r <= LIMIT_R + SLACK_R, (move, distance_r)
        elif reason == "spread too wide":
            assert after == "awaiting_spread"
            is_through = side * (entry - price) > 0.0  # beyond its entry it is bought at market
            assert distance_r <= (THROUGH_R if is_through else MARKET_R) + SLACK_R, (
                move,
                distance_r,
            )
            assert ask - bid > 6e-5, move

    @invariant()
    def nobody_waits_for_ever(self) -> None:
        """Not beyond the expiry, nor beyond the longest wait for a spread, and one check more."""
        world = self.life.world
        now = world.clock.now_utc_s()
        for setup in world.bot.state.setups.values():
            is_waiting = setup.status.value in ("awaiting_entry", "awaiting_spread", "pending")
            assert not is_waiting or now <= setup.expires_utc_s + 400.0, setup
            if setup.status.value == "awaiting_spread":
                assert now - setup.since_utc_s <= SPREAD_WAIT_S + 400.0, setup

    @invariant()
    def the_broker_agrees(self) -> None:
        """What waits has no order at the broker, and what is filled has its fill."""
        world = self.life.world
        orders = {order.ticket for order in world.terminal.orders_get()}
        entered = {magic >> 16 & 0xFFFF for magic in self.life.openings()}
        for setup in world.bot.state.setups.values():
            if setup.status.value in ("awaiting_entry", "awaiting_spread"):
                assert setup.order_ticket not in orders, setup
            elif setup.status.value == "filled":
                assert setup.setup_id in entered, setup

    def teardown(self) -> None:
        self.life.close()


ENDS = frozenset({"closed", "expired", "invalidated", "refused", "cancelled"})


def replace_fields(entry: object, **fields: float) -> object:
    """A copy, of a NamedTuple or a dataclass."""
    if isinstance(entry, tuple):
        return entry._replace(**fields)  # type: ignore[attr-defined]
    return replace(entry, **fields)  # type: ignore[type-var]


TestQueues = Queues.TestCase
TestQueues.settings = machine_settings(examples_count=20, steps_count=15)
