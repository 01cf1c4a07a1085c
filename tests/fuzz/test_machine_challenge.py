"""The challenge manager over days, deals, deposits, deaths and a clock that is set.

The model keeps the firm's dates by true time and the money paid in and out; from these alone:
floors never loosen, each date opens once, a brake or halt stays until its own rule lets it go.
"""

from __future__ import annotations

from datetime import UTC, datetime

from builders import settings_for
from fuzz_disk import machine_settings
from fuzz_world import Life
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.adapters.clock import ManualClock
from bot.live.as_rules import trading_day
from bot.rules.calendar import server_day
from bot.rules.challenge import floors
from bot.timezones import firm_day_table

MOVES = st.lists(st.integers(-12, 12), max_size=40)
CENT = 0.011
FOREVER = frozenset({"total_loss", "phase_over"})
HOURS_MAX = 80.0


class SetClock:
    """The host's clock, wrong by `error_s`; the market runs on true time."""

    def __init__(self, true: ManualClock) -> None:
        self.true = true
        self.error_s = 0.0

    def now_utc_s(self) -> float:
        return self.true.now_utc_s() + self.error_s

    def monotonic_s(self) -> float:
        return self.true.monotonic_s()

    def sleep(self, duration_s: float) -> None:
        self.true.sleep(duration_s)


class Challenge(RuleBasedStateMachine):
    """Somebody else's positions move the equity; the bot may only watch, brake and flatten."""

    life: Life

    @initialize(moves=MOVES)
    def begun(self, moves: list[int]) -> None:
        self.life = Life([("EURUSD", move, 0) for move in moves])
        self.true = self.life.world.clock
        self.clock = SetClock(self.true)
        self.life.world.clock = self.clock  # type: ignore[assignment]
        self.table = firm_day_table(settings_for("EURUSD").firm_clock)
        self.first_date = server_day(self.true.now_utc_s(), self.table)
        self.before: tuple[int, float, float, int] | None = None
        self.held: dict[str, str] = {}
        self.paid_out = 0.0
        self.has_resumed = False
        self.is_clock_right = True
        self.live(0.5)

    def live(self, minutes: float, cycle_s: float = 10.0) -> None:
        """Every cycle is judged, not only the last."""
        until = self.true.now_utc_s() + minutes * 60.0
        while self.true.now_utc_s() < until:
            self.life.live(cycle_s / 60.0, cycle_s)
            self.judge()

    @property
    def has_time(self) -> bool:
        return self.true.now_utc_s() - self.life.start_utc_s < HOURS_MAX * 3_600.0

    @precondition(lambda self: self.has_time)
    @rule(minutes=st.sampled_from([1.0, 12.0, 90.0, 400.0]))
    def time_passes(self, minutes: float) -> None:
        self.live(minutes, cycle_s=10.0 if minutes < 60.0 else 120.0)

    @precondition(lambda self: self.has_time)
    @rule(minutes=st.sampled_from([30.0, 700.0, 1_500.0]))
    def the_bot_is_down(self, minutes: float) -> None:
        self.life.is_up = False
        self.true.sleep(minutes * 60.0)
        self.life.is_up = False
        self.live(0.4)

    @rule(side=st.sampled_from([1, -1]), lots=st.sampled_from([0.5, 1.0, 3.0]))
    def somebody_opens(self, side: int, lots: float) -> None:
        if len(self.life.world.terminal.positions_get() or ()) < 3:
            self.life.world.open_foreign("EURUSD", side, lots, 1.0 if side > 0 else 1.2)
        self.live(0.5)

    @precondition(lambda self: self.life.world.terminal.positions_get())
    @rule()
    def somebody_closes(self) -> None:
        position = self.life.world.terminal.positions_get()[0]
        self.life.world.terminal.operator.close_position(position.ticket)
        self.live(0.5)

    @rule(money=st.sampled_from([500.0, 1_000.0]))
    def money_is_paid_in(self, money: float) -> None:
        self.life.world.terminal.operator.deposit(money)
        self.live(0.5)

    @rule(money=st.sampled_from([200.0, 400.0]))
    def money_is_paid_out(self, money: float) -> None:
        if self.life.world.balance - 16_000.0 > money:
            self.paid_out += money
            self.life.world.terminal.operator.withdraw(money)
        self.live(0.5)

    @rule(verb=st.sampled_from(["pause", "resume", "flatten"]))
    def a_person_commands(self, verb: str) -> None:
        self.has_resumed = self.has_resumed or verb == "resume"
        self.life.world.spool.say(verb)
        self.live(0.5)

    @precondition(lambda self: self.has_time)
    @rule(verb=st.sampled_from(["pause", "flatten"]))
    def a_persons_halt_outlives_the_night(self, verb: str) -> None:
        self.life.world.spool.say(verb)
        self.live(0.5)
        self.live(24.5 * 60.0, cycle_s=300.0)

    @rule()
    def another_process(self) -> None:
        self.life.is_up = False
        self.live(0.5)

    @rule(at=st.integers(0, 12))
    def the_process_dies_at_a_write(self, at: int) -> None:
        self.life.countdown = at
        self.live(1.0)

    @rule(error_s=st.sampled_from([0.0, 0.0, -3_600.0, 3_600.0, 40_000.0, -90_000.0]))
    def the_clock_is_set(self, error_s: float) -> None:
        self.clock.error_s = error_s
        self.is_clock_right = self.is_clock_right and error_s == 0.0
        self.live(0.5)

    def judge(self) -> None:
        """After each cycle: the floors, the brake, and the halts against those before."""
        if not self.life.is_up or self.life.world.bot.state.day is None:
            return
        state = self.life.world.bot.state
        day = state.day
        assert day is not None
        levels = floors(trading_day(day), self.life.world.settings.rules)
        now = (day.day, levels.daily_money, levels.total_money, int(day.brake))
        if self.before is not None:
            self.compare(self.before, now)
        self.before, self.paid_out = now, 0.0
        self.compare_halts(state.halts, day.day)

    def compare(
        self, before: tuple[int, float, float, int], now: tuple[int, float, float, int]
    ) -> None:
        assert now[0] >= before[0], "an older date again"
        assert now[2] >= before[2] - CENT, f"the total floor loosened: {before} {now}"
        if now[0] == before[0]:
            assert now[1] >= before[1] - self.paid_out - CENT, f"the day's loosened: {before} {now}"
            assert now[3] >= before[3], "the brake loosened within its day"

    def compare_halts(self, halts: dict[str, object], date: int) -> None:
        """A halt leaves by its own rule alone: its date is over, or a person resumed."""
        for kind, resets in self.held.items():
            if kind in halts:
                continue
            assert kind not in FOREVER, f"{kind} was lifted"
            is_over = resets == "next_server_day" and self.held_on[kind] < date
            assert is_over or (resets == "person" and self.has_resumed), f"{kind} was lifted"
        self.held = {kind: str(halt.resets) for kind, halt in halts.items()}  # type: ignore[attr-defined]
        self.held_on = {kind: int(halt.day) for kind, halt in halts.items()}  # type: ignore[attr-defined]
        self.has_resumed = False

    @invariant()
    def each_date_opens_once_and_in_order(self) -> None:
        """No date twice, none left out, none before its time while the clock was right (I20)."""
        dates = [str(line["date"]) for line in self.life.world.events("DayOpened")]
        assert dates == sorted(set(dates)), dates
        days = [
            int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp() // 86_400)
            for date in dates
        ]
        assert days == list(range(days[0], days[0] + len(days))), dates
        assert days[0] <= self.first_date
        if self.is_clock_right:
            assert days[-1] <= server_day(self.true.now_utc_s(), self.table), dates
        closed = [line["date"] for line in self.life.world.events("DayClosed")]
        assert closed == dates[: len(closed)]

    def teardown(self) -> None:
        self.life.countdown = None
        self.live(1.0)
        self.life.close()


TestChallenge = Challenge.TestCase
TestChallenge.settings = machine_settings(examples_count=12, steps_count=15)
