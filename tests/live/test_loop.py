"""A cycle does what lowers risk, whatever cannot be read, and until nothing of ours is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from builders import TUESDAY_NOON, World, a_market, settings_for
from builders_challenge import OVERALL, high_stakes

from bot.live.flattener import OPERATOR_FLATTEN
from bot.live.state import SetupStatus
from bot.model.broker import BrokerDeal, CloseLots, OrderRequest, SendOutcome, SendResult
from bot.model.challenge import OverallKind, TrailOn
from bot.model.decision import Refusal
from bot.model.settings import BotSettings
from bot.ports import Broker, Ok, Read, Unknown

ENTRY, STOP = 1.1000, 1.0950
AT_ENTRY = (0.0, 1.09995, 1.10000)
FOLLOWING = high_stakes()._replace(
    overall=OVERALL._replace(
        kind=OverallKind.TRAILING.value, trail_on=TrailOn.BALANCE_REALTIME.value
    )
)


class Moody:
    """A broker without a history or a clock, or that refuses to close, while told so."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.has_history = self.is_closing = self.has_clock = True
        self.closes_count, self.behind_s, self.retcode = 0, 0.0, 10018

    def __getattr__(self, name: str) -> object:
        return getattr(self._broker, name)

    def deals(self, since_utc_s: float) -> Read[tuple[BrokerDeal, ...]]:
        return self._broker.deals(since_utc_s) if self.has_history else Unknown("no history")

    def clock_offset_s(self) -> Read[float]:
        read = self._broker.clock_offset_s() if self.has_clock else Unknown("no tick fits")
        return Ok(read.value - self.behind_s) if isinstance(read, Ok) else read

    def send(self, request: OrderRequest) -> SendOutcome:
        if not isinstance(request, CloseLots):
            return self._broker.send(request)
        self.closes_count += 1
        if self.is_closing:
            return self._broker.send(request)
        return SendOutcome(SendResult.REJECTED_CONDITION, self.retcode, "market closed")


def a_world(
    tmp_path: Path, settings: BotSettings, *later: tuple[float, float, float]
) -> tuple[World, Moody]:
    brokers: list[Moody] = []
    market = a_market({"EURUSD": [AT_ENTRY, *later]}, 600)
    world = World(tmp_path, market, settings, wrap=_kept(brokers)).start()
    return world, brokers[0]


def _kept(brokers: list[Moody]) -> Callable[[Broker], Broker]:
    def wrap(broker: Broker) -> Broker:
        brokers.append(Moody(broker))
        return brokers[-1]  # type: ignore[return-value]

    return wrap


def a_position(world: World) -> None:
    world.run_minutes(1)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED


def test_a_history_that_cannot_be_read_holds_no_exit_up(tmp_path: Path) -> None:
    world, broker = a_world(tmp_path, settings_for("EURUSD", rules=FOLLOWING))
    a_position(world)
    world.bot.stages.halts.latch(OPERATOR_FLATTEN, "test", needs_person=True, flattens=True)
    broker.has_history = False
    world.terminal.operator.deposit(5.0)  # the floor follows balances: their history is asked for
    world.run_minutes(1)
    assert world.terminal.positions_get() == ()


def test_a_first_start_without_a_history_only_waits_with_the_alarm(tmp_path: Path) -> None:
    world, broker = a_world(tmp_path, settings_for("EURUSD"))
    world.run_minutes(1)
    world.bot.state.challenge.last_opened_utc_s = 0.0
    broker.has_history = False
    beats = world.pulse.beats_count
    world.run_minutes(1)
    assert world.pulse.beats_count == beats + 6
    assert world.bot.state.challenge.last_opened_utc_s == 0.0
    broker.has_history = True
    world.run_minutes(1)
    assert world.bot.state.challenge.last_opened_utc_s > 0.0


def test_what_shows_after_a_confirmed_flatten_is_closed_too(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, settings_for("EURUSD"))
    a_position(world)
    halts = world.bot.state.halts
    world.bot.stages.halts.latch(OPERATOR_FLATTEN, "test", needs_person=True, flattens=True)
    halts[OPERATOR_FLATTEN].is_flat_confirmed = True  # two clean reads hid it from us
    world.run_minutes(2)
    assert world.terminal.positions_get() == ()
    assert halts[OPERATOR_FLATTEN].is_flat_confirmed


def test_a_confirmed_flatten_stays_confirmed_beside_a_strangers_position(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, settings_for("EURUSD"))
    world.run_minutes(1).open_foreign("EURUSD", 1, 0.1, STOP)
    world.spool.say("flatten")
    world.run_minutes(5)
    assert world.bot.state.halts[OPERATOR_FLATTEN].is_flat_confirmed
    assert len(world.events("FlattenFinished")) == 1
    assert len(world.terminal.positions_get() or ()) == 1


def test_an_emergency_waits_for_no_back_off_of_milder_times(tmp_path: Path) -> None:
    world, broker = a_world(tmp_path, settings_for("EURUSD"))
    a_position(world)
    broker.is_closing = False
    world.spool.say("flatten")
    world.run_minutes(3)
    refused_count = broker.closes_count
    assert 3 <= refused_count < 10, "each refusal doubled the wait"
    world.run_minutes(0.5)
    assert broker.closes_count == refused_count
    broker.is_closing = True
    world.bot.stages.exits.lift_price_limit()
    world.cycle()
    assert world.terminal.positions_get() == ()


def test_money_paid_in_is_no_profit_after_a_crash_before_the_save(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, settings_for("EURUSD"))
    world.run_minutes(2)
    before = world.bot.ports.store.load("state")
    assert before is not None
    world.terminal.operator.deposit(700.0)
    world.run_minutes(2)
    day = world.bot.state.day
    assert day is not None
    counted = (world.bot.state.phase_cash_money, day.cash_money, day.base_money)
    assert counted[:2] == (700.0, 700.0)
    world.bot.ports.store.save("state", before)  # the journal knows of it, the snapshot does not
    for _ in range(2):  # and it is learned once, however often the bot starts
        world.restart().run_minutes(1)
        day = world.bot.state.day
        assert day is not None
        assert (world.bot.state.phase_cash_money, day.cash_money, day.base_money) == counted
        assert day.base_shift_money == 700.0


def test_an_unknown_contract_still_leaves_the_rollover_window(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, settings_for("EURUSD"))
    gate = world.bot.stages.gate
    assert gate.clock_refusal("NOSUCH", TUESDAY_NOON) == Refusal.NONE
    rollover = TUESDAY_NOON + 9 * 3_600.0  # 21:00 UTC: the server's midnight
    assert gate.clock_refusal("NOSUCH", rollover) == Refusal.ROLLOVER_WINDOW


def test_a_server_clock_that_no_tick_confirms_opens_no_entry(tmp_path: Path) -> None:
    world, broker = a_world(tmp_path, settings_for("EURUSD"))
    broker.has_clock = False
    world.run_minutes(1)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(2)
    assert (setup.status, setup.refusal) == (SetupStatus.AWAITING_ENTRY, "TERMINAL_NOT_READY")
    broker.has_clock = True
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED


def test_a_machine_whose_clock_runs_ahead_does_not_take_the_days_base_early(tmp_path: Path) -> None:
    world, broker = a_world(tmp_path, settings_for("EURUSD"))
    world.run_minutes(1)
    day = world.bot.state.day
    assert day is not None
    opened = day.day
    broker.behind_s = 3_600.0  # the server's clock says an hour less than ours: ours is wrong
    world.run_minutes(9 * 60 + 5)
    assert world.bot.state.day is not None
    assert world.bot.state.day.day == opened
    broker.behind_s = 0.0
    world.run_minutes(1)
    assert world.bot.state.day.day == opened + 1


def test_a_closed_market_is_asked_ever_more_rarely_even_in_an_emergency(tmp_path: Path) -> None:
    world, broker = a_world(tmp_path, settings_for("EURUSD"))
    a_position(world)
    broker.is_closing = False
    world.bot.stages.exits.lift_price_limit()
    world.bot.stages.halts.latch(OPERATOR_FLATTEN, "test", needs_person=True, flattens=True)
    world.run_minutes(60)
    assert broker.closes_count <= 20


def test_any_other_refusal_of_a_close_is_asked_again_within_a_minute(tmp_path: Path) -> None:
    world, broker = a_world(tmp_path, settings_for("EURUSD"))
    a_position(world)
    broker.is_closing, broker.retcode = False, 10006
    world.bot.stages.halts.latch(OPERATOR_FLATTEN, "test", needs_person=True, flattens=True)
    world.run_minutes(10)
    broker.is_closing = True
    world.run_minutes(1)
    assert world.terminal.positions_get() == ()
