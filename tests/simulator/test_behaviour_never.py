"""What a simulated terminal must never do: succeed where the real one refuses, or be kinder."""

from __future__ import annotations

import sys

import pytest
from simulator_builders import (
    ASK,
    BID,
    DONE,
    after,
    buy,
    contract_of,
    opened,
    pending,
    sell,
    terminal_of,
)

from bot.simulator.config import AccountConfig
from bot.simulator.faults import FaultPlan
from bot.simulator.structs import OrderSendResult
from bot.simulator.terminal import SimulatedTerminal

ROWS = [(0.0, BID, ASK), (60.0, 1.08, 1.0802), (120.0, 1.12, 1.1202)]


def terminal_with(account: AccountConfig | None = None) -> SimulatedTerminal:
    return terminal_of({"EURUSD": ROWS}, {"EURUSD": contract_of("EURUSD")}, account)


def sent(terminal: SimulatedTerminal, request: dict[str, object]) -> OrderSendResult:
    result = terminal.order_send(request)
    assert result is not None
    return result


@pytest.mark.parametrize("name", ["sl", "tp", "price", "stoplimit", "volume"])
@pytest.mark.parametrize("value", [0, 1, None])
def test_a_whole_number_where_a_price_belongs_is_never_accepted(name: str, value: object) -> None:
    terminal = terminal_with()
    for call in (terminal.order_send, terminal.order_check):
        assert call(buy("EURUSD", 0.1) | {name: value}) is None
        assert terminal.last_error() == (-2, f'Invalid "{name}" argument')
    assert terminal.positions_total() == 0


@pytest.mark.parametrize(
    ("kind", "price", "gap_row", "filled"),
    [
        (4, 1.11, 120.0, 1.1202),  # a buy stop jumped upwards fills at the ask behind the gap
        (5, 1.09, 60.0, 1.08),  # a sell stop at the bid
    ],
)
def test_a_stop_order_is_never_filled_at_its_level_through_a_gap(
    kind: int, price: float, gap_row: float, filled: float
) -> None:
    terminal = terminal_with()
    if kind == 4:
        after(terminal, 60)
    opened(terminal, pending("EURUSD", kind, 0.1, price))
    position = (after(terminal, gap_row).positions_get() or ())[0]
    assert position.price_open == filled != price


def test_a_stop_loss_is_never_filled_at_its_level_through_a_gap() -> None:
    terminal = terminal_with()
    long = opened(terminal, buy("EURUSD", 0.1, sl=1.095))
    short = opened(terminal, sell("EURUSD", 0.1, sl=1.105))
    after(terminal, 120)
    prices = {
        d.position_id: d.price for d in terminal.history_deals_get(1, 2**31 - 1) or () if d.entry
    }
    assert prices == {long: 1.08, short: 1.1202}


def test_no_refusal_leaves_anything_behind_and_every_success_does() -> None:
    terminal = terminal_with(AccountConfig(limit_orders=1, limit_positions=1))
    requests: list[dict[str, object]] = [
        buy("EURUSD", 0.1),
        buy("EURUSD", 0.1),
        pending("EURUSD", 2, 0.1, 1.2),
        pending("EURUSD", 2, 0.1, 1.0),
        pending("EURUSD", 2, 0.1, 1.0),
        buy("EURUSD", 1_000.0),
        buy("NOPE", 0.1),
        {"action": 8, "order": 1},
    ]
    for request in requests:
        before = (terminal.trace_hash(), terminal.orders_get(), terminal.positions_get())
        result = sent(terminal, request)
        now = (terminal.trace_hash(), terminal.orders_get(), terminal.positions_get())
        assert (now != before) == (result.retcode == DONE)
        assert (result.order != 0) == (result.retcode == DONE)


def test_results_are_struct_sequences_and_never_named_tuples() -> None:
    terminal = terminal_with()
    opened(terminal, buy("EURUSD", 0.1))
    opened(terminal, pending("EURUSD", 2, 0.1, 1.0))
    samples: list[object] = [
        terminal.account_info(),
        terminal.terminal_info(),
        terminal.symbol_info("EURUSD"),
        terminal.symbol_info_tick("EURUSD"),
        (terminal.positions_get() or ())[0],
        (terminal.orders_get() or ())[0],
        (terminal.history_deals_get(1, 2**31 - 1) or ())[0],
        terminal.order_check(buy("EURUSD", 0.1)),
        terminal.order_send(buy("EURUSD", 0.1)),
    ]
    for sample in samples:
        assert isinstance(sample, tuple)
        assert type(sample).__module__ == "builtins"
        assert not any(hasattr(sample, name) for name in ("_fields", "_replace", "_make"))


def test_two_terminals_over_one_market_never_touch_each_other() -> None:
    first, second, alone = terminal_with(), terminal_with(), terminal_with()
    opened(first, buy("EURUSD", 1.0, sl=1.09))
    first.symbol_select("EURUSD")
    first.operator.switches.algo_trading = False
    first.operator.respecify("EURUSD", trade_mode=0)
    first.operator.delays.position_s = 5.0
    after(first, 120)
    for terminal in (second, alone):
        ticket = opened(terminal, sell("EURUSD", 0.2, sl=1.11))
        after(terminal, 120)
        assert terminal.positions_get(ticket=ticket) == ()
    assert second.trace_hash() == alone.trace_hash() != first.trace_hash()
    assert second.last_error() == (1, "Success")
    first.shutdown()
    assert second.account_info() is not None


def module_state() -> dict[str, str]:
    """Everything that modules of the simulator hold in containers of their own."""
    loaded = {name: one for name, one in sys.modules.items() if name.startswith("bot.simulator")}
    return {
        f"{name}.{word}": repr(value)
        for name, module in loaded.items()
        for word, value in vars(module).items()
        if isinstance(value, dict | list | set | bytearray) and not word.startswith("__")
    }


def test_no_module_remembers_anything_of_a_terminal() -> None:
    opened(terminal_with(), buy("EURUSD", 0.1))  # whatever is filled at first use is filled
    before = module_state()
    assert before
    for faults in (["N01@p:0.5"], ["B15@for:60", "C01", "B36", "B39@for:5"]):
        terminal = terminal_with(AccountConfig(login=77))
        terminal.add_account(AccountConfig(login=78))
        FaultPlan.from_texts(faults).install(terminal)
        terminal.operator.respecify("EURUSD", stops_level=9)
        terminal.order_send(buy("EURUSD", 0.1))
        after(terminal, 120)
        terminal.symbols_get("*USD*")
    assert module_state() == before


def test_under_faults_two_terminals_of_one_process_stay_strangers() -> None:
    alone, sick, healthy = terminal_with(), terminal_with(), terminal_with()
    FaultPlan.from_texts(["B36@for:ever", "C01", "B32@time:1717405210", "N01@p:1"]).install(sick)
    for terminal in (sick, alone, healthy):
        terminal.order_send(buy("EURUSD", 0.1, sl=1.09))
        after(terminal, 120)
    assert healthy.trace_hash() == alone.trace_hash() != sick.trace_hash()
    assert healthy.symbol_info("EURUSD") == alone.symbol_info("EURUSD")
