from __future__ import annotations

import pytest
from simulator_builders import (
    DONE,
    START_S,
    after,
    buy,
    opened,
    pending,
    sell,
    terminal_of,
    terminal_with,
)

from bot.errors import DataError
from bot.simulator.config import AccountConfig
from bot.simulator.faults import Failure, Faults, SendLoss, SimpleFaults
from bot.simulator.structs import AccountInfo, TradeDeal
from bot.simulator.terminal import PACKAGE_FUNCTIONS, SimulatedTerminal

ALL_TIME = (START_S - 86_400, START_S + 90 * 86_400)
LOST = (-10002, "IPC recv failed")


def faulty() -> tuple[SimulatedTerminal, SimpleFaults]:
    terminal, faults = terminal_with(), SimpleFaults()
    terminal.install_faults(faults)
    return terminal, faults


def account_of(terminal: SimulatedTerminal) -> AccountInfo:
    info = terminal.account_info()
    assert info is not None
    return info


def last_deal(terminal: SimulatedTerminal) -> TradeDeal:
    return (terminal.history_deals_get(*ALL_TIME) or ())[-1]


# --- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "positions"), [(SendLoss.NOT_EXECUTED, 0), (SendLoss.EXECUTED, 1)]
)
def test_a_lost_answer_is_none_whether_or_not_the_request_was_executed(
    loss: SendLoss, positions: int
) -> None:
    terminal, faults = faulty()
    faults.lose_next_send(loss)
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert terminal.last_error() == LOST
    assert terminal.positions_total() == positions
    assert terminal.last_error() == (1, "Success")
    opened(terminal, buy("EURUSD", 0.1))  # once only


def test_losses_queue_up_in_order() -> None:
    terminal, faults = faulty()
    faults.lose_next_send(SendLoss.EXECUTED)
    faults.lose_next_send(SendLoss.NOT_EXECUTED)
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert terminal.positions_total() == 1


def test_failing_reads_are_none_while_sends_still_work() -> None:
    terminal, faults = faulty()
    opened(terminal, buy("EURUSD", 0.1))
    faults.reads_fail = True
    for read in (terminal.positions_get, terminal.orders_get, terminal.account_info):
        assert read() is None
        assert terminal.last_error() == LOST
    assert terminal.symbol_info_tick("EURUSD") is None
    opened(terminal, buy("EURUSD", 0.1))
    faults.reads_fail = False
    assert len(terminal.positions_get() or ()) == 2


def test_any_fault_can_be_built_on_the_two_questions() -> None:
    class Recorder(Faults):
        def __init__(self) -> None:
            self.asked: list[tuple[str, str]] = []

        def before(self, call: str) -> Failure | None:
            self.asked.append(("before", call))
            return Failure((), (1, "Success")) if call == "positions_get" else super().before(call)

        def after(self, call: str, answer: object) -> Failure | None:
            self.asked.append(("after", call))
            return super().after(call, answer)

    terminal, recorder = terminal_with(), Recorder()
    opened(terminal, buy("EURUSD", 0.1))
    terminal.install_faults(recorder)
    assert terminal.positions_get() == ()  # falsely empty
    assert terminal.positions_total() == 1
    assert recorder.asked == [
        ("before", "positions_get"),
        ("before", "positions_total"),
        ("after", "positions_total"),
    ]


def test_faults_are_replaced_and_never_stacked() -> None:
    terminal, faults = faulty()
    faults.reads_fail = True
    terminal.install_faults(Faults())
    assert terminal.account_info() is not None


def test_helpers_meet_the_faults_of_the_calls_they_make() -> None:
    terminal, faults = faulty()
    faults.lose_next_send(SendLoss.EXECUTED)
    assert terminal.Buy("EURUSD", 0.1, 1.1) is None
    assert terminal.positions_total() == 1


def test_a_fault_seam_leaves_argument_errors_as_they_are() -> None:
    terminal, _ = faulty()
    with pytest.raises(TypeError, match="keyword"):
        terminal.symbol_info(symbol="EURUSD")
    assert {name for name in PACKAGE_FUNCTIONS if name in vars(terminal)} == set(
        PACKAGE_FUNCTIONS
    ) - {"last_error", "Buy", "Sell", "Close"}


# --- operator --------------------------------------------------------------------------------


def test_money_moves_are_deals_of_their_own_kind_and_not_of_any_position() -> None:
    terminal = terminal_with()
    terminal.operator.deposit(100.5)
    terminal.operator.withdraw(50.25)
    terminal.operator.charge(0.25)
    deals = (terminal.history_deals_get(*ALL_TIME) or ())[1:]
    assert [(d.type, d.profit) for d in deals] == [(2, 100.5), (2, -50.25), (4, -0.25)]
    assert {(d.position_id, d.order, d.symbol) for d in deals} == {(0, 0, "")}
    assert account_of(terminal).balance == 20_050.0


def test_credit_is_equity_and_not_balance() -> None:
    terminal = terminal_with()
    terminal.operator.give_credit(300.0)
    info = account_of(terminal)
    assert (info.balance, info.credit, info.equity) == (20_000.0, 300.0, 20_300.0)
    assert last_deal(terminal).type == 3


def test_a_manual_close_carries_no_magic_no_comment_and_its_own_reason() -> None:
    terminal = terminal_with()
    ticket = opened(terminal, buy("EURUSD", 0.3, magic=7, comment="mine"))
    terminal.operator.close_position(ticket, 0.1)
    deal = last_deal(terminal)
    assert (deal.reason, deal.magic, deal.comment, deal.volume) == (0, 0, "", 0.1)
    terminal.operator.close_position(ticket)
    assert terminal.positions_total() == 0
    assert last_deal(terminal).volume == 0.2


def test_a_person_may_move_levels_and_delete_orders() -> None:
    terminal = terminal_of({"EURUSD": [(0, 1.1, 1.1002), (60, 1.09, 1.0902)]})
    ticket = opened(terminal, buy("EURUSD", 0.1, sl=1.0))
    order = opened(terminal, pending("EURUSD", 2, 0.1, 1.05))
    terminal.operator.move_levels(ticket, 1.095, 0.0)
    terminal.operator.delete_order(order)
    assert terminal.orders_total() == 0
    assert after(terminal, 60).positions_total() == 0


def test_what_is_not_there_is_refused_by_ticket() -> None:
    terminal = terminal_with()
    ticket = opened(terminal, buy("EURUSD", 0.1))
    with pytest.raises(DataError, match=f"position 99 is not open; open: \\[{ticket}\\]"):
        terminal.operator.close_position(99)
    with pytest.raises(DataError, match="order 99 is not resting"):
        terminal.operator.delete_order(99)


def test_a_withdrawal_can_lead_to_a_stop_out_at_the_next_quote() -> None:
    rows = [(0.0, 1.1, 1.1), (60.0, 1.1, 1.1)]
    terminal = terminal_of({"EURUSD": rows}, account=AccountConfig(balance_money=2_000.0))
    opened(terminal, buy("EURUSD", 1.0))
    terminal.operator.withdraw(1_460.0)
    assert terminal.positions_total() == 1
    assert after(terminal, 60).positions_total() == 0
    assert last_deal(terminal).reason == 6


def test_a_switched_off_button_blocks_exits_too_and_servers_stops_still_work() -> None:
    terminal = terminal_of({"EURUSD": [(0, 1.1, 1.1002), (60, 1.09, 1.0902)]})
    ticket = opened(terminal, buy("EURUSD", 0.1, sl=1.095))
    terminal.operator.switches.algo_trading = False
    refused = terminal.order_send(sell("EURUSD", 0.1, position=ticket))
    assert refused is not None
    assert refused.retcode == 10027 != DONE
    assert after(terminal, 60).positions_total() == 0
