"""The order desk and the queues under every way a send can end, deaths and restarts included.

The model is the server's own history: whatever the bot believed meanwhile, no key opens twice, no
setup is entered twice, no symbol carries two exposures, and nothing stands without its stop.
"""

from __future__ import annotations

from collections import Counter

from fuzz_disk import machine_settings
from fuzz_world import ENDINGS, SYMBOLS, Life, waypoints
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bot.live.state import LEGAL_MOVES, SetupStatus

SETUPS_MAX = 8
setups = st.tuples(st.sampled_from([1, -1]), st.integers(-7, 7))
"""Side, and distance in twentieths of a stop: at the market, a limit order's, just beyond."""

endings = st.lists(st.sampled_from(sorted(ENDINGS)), max_size=4)


class Orders(RuleBasedStateMachine):
    """Setups, minutes, endings of sends, a person at the terminal, deaths."""

    life: Life

    @initialize(moves=waypoints, first=st.tuples(setups, setups), endings=endings)
    def begun(
        self,
        moves: list[tuple[str, int, int]],
        first: tuple[tuple[int, int], ...],
        endings: list[str],
    ) -> None:
        self.life = Life(moves)
        self.setups_count = 0
        self.life.live(0.5)
        for symbol, setup in zip(sorted(SYMBOLS), first, strict=True):
            self.a_setup_is_found(symbol, setup, endings)

    @precondition(lambda self: self.life.is_up and self.setups_count < SETUPS_MAX)
    @rule(symbol=st.sampled_from(sorted(SYMBOLS)), setup=setups, endings=endings)
    def a_setup_is_found(self, symbol: str, setup: tuple[int, int], endings: list[str]) -> None:
        """At the market, a limit order's distance away, or further."""
        tick = self.life.world.terminal.symbol_info_tick(symbol)
        if tick is None or self.life.world.bot.state.live_setup_of(symbol) is not None:
            return
        side, distance = setup
        entry = round(tick.ask + distance * 2.5e-4, 5)
        self.life.world.add_setup(symbol, side, entry, round(entry - side * 0.0050, 5))
        self.life.world.bot.record.save()
        self.setups_count += 1
        self.the_next_sends_end_so(endings)

    @rule(minutes=st.sampled_from([0.2, 1.0, 6.0, 16.0]))
    def time_passes(self, minutes: float) -> None:
        self.life.live(minutes)

    @rule(endings=endings)
    def the_next_sends_end_so(self, endings: list[str]) -> None:
        self.life.sends.endings = [ENDINGS[name] for name in endings]
        self.life.live(0.4)

    @rule(minutes=st.sampled_from([0.2, 2.0]))
    def reads_fail(self, minutes: float) -> None:
        self.life.sends.reads_fail = True
        self.life.live(minutes)
        self.life.sends.reads_fail = False

    @rule(at=st.integers(0, 20))
    def the_process_will_die(self, at: int) -> None:
        """Before (even) or after (odd) one of its next writes and sends."""
        self.life.countdown = at
        self.life.live(0.4)

    @rule()
    def the_process_dies_now(self) -> None:
        self.life.is_up = False

    @precondition(lambda self: self.life.world.terminal.positions_get())
    @rule(half=st.booleans())
    def a_person_closes(self, half: bool) -> None:
        """By hand, whole or half; the bot neither re-enters nor closes against it (H01)."""
        position = self.life.world.terminal.positions_get()[0]
        lots = round(position.volume / 2, 2) if half and position.volume >= 0.02 else 0.0
        self.life.world.terminal.operator.close_position(position.ticket, lots)

    @precondition(lambda self: self.life.world.terminal.orders_get())
    @rule()
    def a_person_deletes_an_order(self) -> None:
        order = self.life.world.terminal.orders_get()[0]
        self.life.world.terminal.operator.delete_order(order.ticket)

    @rule(verb=st.sampled_from(["pause", "resume", "flatten"]))
    def a_person_commands(self, verb: str) -> None:
        self.life.world.spool.say(verb)

    @invariant()
    def no_key_opens_twice(self) -> None:
        doubled = {key: count for key, count in self.life.openings().items() if count > 1}
        assert not doubled, "an intent key with two opening deals"

    @invariant()
    def no_setup_is_entered_twice(self) -> None:
        setups = Counter(magic >> 16 for magic in self.life.openings())
        assert all(count == 1 for count in setups.values()), setups

    @invariant()
    def one_exposure_per_symbol(self) -> None:
        terminal = self.life.world.terminal
        rows = [*(terminal.positions_get() or ()), *(terminal.orders_get() or ())]
        symbols = Counter(row.symbol for row in rows)
        assert all(count == 1 for count in symbols.values()), rows

    @invariant()
    def everything_has_its_stop(self) -> None:
        terminal = self.life.world.terminal
        for row in (*(terminal.positions_get() or ()), *(terminal.orders_get() or ())):
            assert row.sl > 0.0, row

    def teardown(self) -> None:
        """Healed, everything comes right: nothing unknown is left, and both records agree."""
        life = self.life
        life.sends.heal()
        life.countdown = None
        life.live(25.0)  # the latest fill comes ten minutes late, patience takes fifteen
        self.check_moves()
        state, terminal = life.world.bot.state, life.world.terminal
        assert not state.intents, state.intents
        ours = {setup.ladder.position_id for setup in state.setups.values() if setup.ladder}
        assert ours == {position.ticket for position in terminal.positions_get()}
        resting = {s.order_ticket for s in state.live_setups(SetupStatus.PENDING)}
        assert resting == {order.ticket for order in terminal.orders_get()}
        money = sum(float(str(e["net_money"])) for e in life.world.events("PositionClosed"))
        assert terminal.positions_get() or abs(money - (life.world.balance - 20_000.0)) < 0.005
        self.no_key_opens_twice()
        self.no_setup_is_entered_twice()
        life.close()

    def check_moves(self) -> None:
        """Every status in the journal follows the one before along a legal way (I10)."""
        last: dict[object, str] = {}
        for move in self.life.world.events("SetupMoved"):
            before, after = str(move["before"]), str(move["after"])
            known = last.get(move["setup_id"], before)
            assert known in (before, after), (known, move)  # a death may repeat a move
            assert SetupStatus(after) in LEGAL_MOVES[SetupStatus(before)], move
            last[move["setup_id"]] = after


TestOrders = Orders.TestCase
TestOrders.settings = machine_settings(examples_count=25, steps_count=20)
