"""Resting orders: fills, endings, and a volume that stays right until the fill."""

from __future__ import annotations

from pathlib import Path

from builders import World, a_market, settings_for

from bot.live.state import SetupStatus
from bot.simulator.liquidity import Liquidity, Wanted

ENTRY, STOP = 1.1000, 1.0950
ABOVE = (0.0, 1.10100, 1.10105)


def a_resting_world(tmp_path: Path, *later: tuple[float, float, float]) -> World:
    market = a_market({"EURUSD": [ABOVE, *later]}, 600)
    world = World(tmp_path, market, settings_for("EURUSD")).start()
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert len(world.terminal.orders_get()) == 1
    return world


def only_setup(world: World):  # type: ignore[no-untyped-def]
    (setup,) = world.bot.state.setups.values()
    return setup


def test_a_filled_limit_becomes_a_position_with_a_ladder(tmp_path: Path) -> None:
    world = a_resting_world(tmp_path, (30, 1.09990, 1.09995))
    world.run_minutes(31)
    setup = only_setup(world)
    assert setup.status == SetupStatus.FILLED
    assert setup.ladder.open_price == 1.1
    (opened,) = world.events("PositionOpened")
    assert opened["lots"] == opened["wanted_lots"] == 0.23


def test_a_balance_that_moves_the_size_a_step_replaces_the_order(tmp_path: Path) -> None:
    world = a_resting_world(tmp_path)
    world.terminal.operator.deposit(1_000.0)  # 126 / 504 = 0.25 lots
    world.run_minutes(4)
    assert world.terminal.orders_get()[0].volume_current == 0.23, "a larger size has to last"
    world.run_minutes(6)
    (order,) = world.terminal.orders_get()
    assert order.volume_current == 0.25
    (replaced,) = world.events("RestingOrderReplaced")
    assert (replaced["old_lots"], replaced["new_lots"]) == (0.23, 0.25)


def test_a_balance_that_moves_the_size_less_than_a_step_leaves_the_order(tmp_path: Path) -> None:
    world = a_resting_world(tmp_path)
    (before,) = world.terminal.orders_get()
    world.terminal.operator.deposit(100.0)  # 120.6 / 504 = 0.239: still 0.23
    world.run_minutes(5)
    (after,) = world.terminal.orders_get()
    assert before.ticket == after.ticket


def test_a_fill_larger_than_the_balance_now_allows_is_cut_to_size(tmp_path: Path) -> None:
    world = a_resting_world(tmp_path, (30, 1.09990, 1.09995))
    world.run_minutes(28.5)
    world.terminal.operator.withdraw(1_500.0)  # 111 / 504 = 0.22 lots
    world.clock.sleep(100.0)  # the order fills before the bot can look again
    world.run_minutes(3)
    (position,) = world.terminal.positions_get()
    (compared,) = world.events("FillCompared")
    assert compared["filled_lots"] == 0.23
    assert position.volume == compared["wanted_lots"]


def test_an_order_deleted_by_a_person_is_not_placed_again(tmp_path: Path) -> None:
    world = a_resting_world(tmp_path)
    (order,) = world.terminal.orders_get()
    world.terminal.operator.delete_order(order.ticket)
    world.run_minutes(20)
    assert world.terminal.orders_get() == ()
    assert world.events("SetupMoved")[-1]["after"] == "cancelled"


def test_a_resting_order_is_withdrawn_when_price_runs_away(tmp_path: Path) -> None:
    world = a_resting_world(tmp_path, (10, 1.10800, 1.10805))
    world.run_minutes(15)
    assert world.terminal.orders_get() == ()
    assert world.events("SetupMoved")[-1]["reason"] == "price ran away"


def test_a_fill_and_stop_between_two_cycles_are_both_booked(tmp_path: Path) -> None:
    world = a_resting_world(tmp_path, (10, 1.09900, 1.09905), (11, 1.09400, 1.09405))
    world.run_minutes(8)
    world.clock.sleep(600.0)
    world.run_minutes(2)
    (closed,) = world.events("PositionClosed")
    assert closed["reason"] == "STOP"
    assert closed["net_money"] < 0


def test_an_own_order_that_no_setup_knows_is_cancelled(tmp_path: Path) -> None:
    world = a_resting_world(tmp_path)
    world.bot.state.setups.clear()
    world.run_minutes(1)
    assert world.terminal.orders_get() == ()


class OneBite(Liquidity):
    """The market takes a tenth of a lot of each order, and never more."""

    def offered_lots(self, wanted: Wanted) -> float:
        return 0.0 if wanted.filled_lots > 0.0 else 0.1


def a_bitten_world(tmp_path: Path) -> World:
    world = a_resting_world(tmp_path, (30, 1.09990, 1.09995))
    world.terminal.operator.fill_by(OneBite())
    world.run_minutes(28.5)
    while not world.terminal.positions_get():
        world.clock.sleep(10.0)
    assert len(world.terminal.orders_get()) == 1
    return world


def test_a_part_that_filled_is_managed_and_the_rest_taken_back(tmp_path: Path) -> None:
    world = a_bitten_world(tmp_path)
    world.cycle()
    setup = only_setup(world)
    assert setup.status == SetupStatus.FILLED
    assert setup.ladder.lots_opened == 0.1
    assert world.terminal.orders_get() == ()
    world.run_minutes(10)
    (position,) = world.terminal.positions_get()
    assert position.volume == 0.1, "what is missing is never topped up"
    assert [e["fault"] for e in world.events("FaultMet")] == ["B06"]


def test_a_part_that_filled_counts_beside_the_order_it_came_from(tmp_path: Path) -> None:
    """While the order rests it alone is judged; once it is gone, what filled of it is."""
    world = a_bitten_world(tmp_path)
    reader, risks = world.bot.stages.reader, world.bot.stages.guard.risks
    reader.invalidate()
    (order,) = world.terminal.orders_get()
    book = risks.book(reader.evidence(), "EURUSD", order.ticket)
    assert (book.positions_count, book.resting_count) == (1, 0)
    assert book.open_risk_money > 40.0  # a tenth of a lot over 50 points
    world.terminal.operator.delete_order(order.ticket)
    reader.invalidate()
    book = risks.book(reader.evidence(), "EURUSD", order.ticket)
    assert (book.positions_count, book.resting_count) == (0, 0)
