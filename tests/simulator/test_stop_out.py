from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator_builders import (
    START_S,
    Quote,
    after,
    buy,
    contract_of,
    opened,
    sell,
    terminal_of,
)

from bot.simulator.config import AccountConfig
from bot.simulator.structs import TradeDeal
from bot.simulator.terminal import SimulatedTerminal

REASON_STOP_OUT = 6
SMALL = AccountConfig(balance_money=2_000.0)  # 1 lot of EURUSD at 1.1 binds 1 100


def stop_outs(terminal: SimulatedTerminal) -> list[TradeDeal]:
    every = terminal.history_deals_get(START_S, START_S + 90 * 86_400) or ()
    return [deal for deal in every if deal.reason == REASON_STOP_OUT]


def test_the_server_closes_when_equity_is_half_the_margin() -> None:
    # 2 000 - 1 450 = 550 = 50 % of 1 100
    rows: list[Quote] = [(0, 1.1, 1.1), (60, 1.08551, 1.08551), (120, 1.0855, 1.0855)]
    terminal = terminal_of({"EURUSD": rows}, account=SMALL)
    opened(terminal, buy("EURUSD", 1.0, magic=4))
    assert stop_outs(after(terminal, 60)) == []
    deal = stop_outs(after(terminal, 120))[0]
    assert (deal.price, deal.profit, deal.magic) == (1.0855, -1_450.0, 4)
    assert deal.comment.startswith("so 50.00%")
    assert terminal.positions_total() == 0


def test_a_stop_out_in_money_looks_at_equity_alone() -> None:
    account = replace(SMALL, stop_out_mode=1, stop_out_level=1_000.0)
    rows: list[Quote] = [(0, 1.1, 1.1), (60, 1.09001, 1.09001), (120, 1.09, 1.09)]
    terminal = terminal_of({"EURUSD": rows}, account=account)
    opened(terminal, buy("EURUSD", 1.0))
    assert stop_outs(after(terminal, 60)) == []
    assert len(stop_outs(after(terminal, 120))) == 1


def test_the_most_losing_position_goes_first_and_the_rest_only_if_needed() -> None:
    rows: dict[str, list[Quote]] = {
        "EURUSD": [(0, 1.1, 1.1), (60, 1.088, 1.088)],
        "GBPUSD": [(0, 1.3, 1.3), (30, 1.299, 1.299)],
    }
    terminal = terminal_of(rows, account=replace(SMALL, balance_money=2_000.0))
    winner = opened(terminal, buy("GBPUSD", 0.5))
    loser = opened(terminal, buy("EURUSD", 1.0))
    after(terminal, 60)  # 2 000 - 50 - 1 200 = 750 of 1 750 margin
    assert [d.position_id for d in stop_outs(terminal)] == [loser]
    assert [p.ticket for p in terminal.positions_get() or ()] == [winner]


def test_a_short_is_stopped_out_by_its_ask() -> None:
    rows: list[Quote] = [(0, 1.1, 1.1), (60, 1.1, 1.1144), (120, 1.1, 1.1145)]
    terminal = terminal_of({"EURUSD": rows}, account=SMALL)
    opened(terminal, sell("EURUSD", 1.0))
    assert stop_outs(after(terminal, 60)) == []
    assert stop_outs(after(terminal, 120))[0].price == 1.1145


def test_a_gap_can_leave_a_negative_balance() -> None:
    terminal = terminal_of({"EURUSD": [(0, 1.1, 1.1), (60, 1.07, 1.07)]}, account=SMALL)
    opened(terminal, buy("EURUSD", 1.0))
    info = after(terminal, 60).account_info()
    assert info is not None
    assert (info.balance, info.margin) == (-1_000.0, 0.0)


def test_a_position_in_a_closed_market_is_not_the_one_closed() -> None:
    shut = replace(contract_of("GBPUSD"), sessions=(((0, 12 * 3600 + 1),),) * 7)
    rows: dict[str, list[Quote]] = {
        "EURUSD": [(0, 1.1, 1.1), (60, 1.094, 1.094), (120, 1.0939, 1.0939)],
        "GBPUSD": [(0, 1.3, 1.3), (0.5, 1.29, 1.29)],
    }
    terminal = terminal_of(rows, {"GBPUSD": shut}, replace(SMALL, balance_money=2_400.0))
    closed_market = opened(terminal, buy("GBPUSD", 1.0))
    opened(terminal, buy("EURUSD", 0.9))
    after(terminal, 120)  # 2 400 - 1 000 - 540 = 860 of 2 290
    assert [p.ticket for p in terminal.positions_get() or ()] == [closed_market]


def test_when_every_market_is_closed_nothing_can_be_stopped_out() -> None:
    shut = replace(contract_of("EURUSD"), sessions=(((0, 12 * 3600 + 1),),) * 7)
    rows: list[Quote] = [(0, 1.1, 1.1), (60, 1.08, 1.08)]
    terminal = terminal_of({"EURUSD": rows}, {"EURUSD": shut}, SMALL)
    opened(terminal, buy("EURUSD", 1.0))
    assert after(terminal, 60).positions_total() == 1


def test_a_moving_cross_is_watched_even_without_a_position_in_it() -> None:
    # the yen loss stands still while the yen gets dearer
    rows: dict[str, list[Quote]] = {
        "EURJPY": [(0, 160.0, 160.0), (1, 157.0, 157.0), (9_000, 157.0, 157.0)],
        "USDJPY": [(0, 150.0, 150.0), *[(60.0 * n, 150.0 - n, 150.0 - n) for n in range(1, 60)]],
        "EURUSD": [(0, 1.1, 1.1)],
    }
    terminal = terminal_of(rows, account=replace(SMALL, balance_money=2_600.0))
    opened(terminal, buy("EURJPY", 1.0))
    after(terminal, 8_000)
    # 2 600 - 300 000 / price <= 550 once the yen is at 146.3
    deal = stop_outs(terminal)[0]
    assert deal.time - (START_S + 10_800) == 240


moves = st.integers(min_value=-140, max_value=140)


def walk(steps: list[tuple[int, int, int]]) -> dict[str, list[Quote]]:
    """Three linked symbols, a second apart in each minute, moved by twenty-thousandths."""
    levels = {"EURUSD": 1.1, "USDJPY": 150.0, "EURJPY": 163.0}
    rows: dict[str, list[Quote]] = {name: [] for name in levels}
    for minute, step in enumerate([(0, 0, 0), *steps]):
        for second, (name, move) in enumerate(zip(rows, step, strict=True)):
            digits = 5 if name == "EURUSD" else 3
            levels[name] = round(levels[name] * (1 + move / 20_000), digits)
            ask = round(levels[name] + 3 * 10.0**-digits, digits)
            rows[name].append((60.0 * minute + second, levels[name], ask))
    return rows


def assert_above_stop_out(terminal: SimulatedTerminal, quoted: str) -> None:
    """After a quote of a held symbol, equity is above half the margin.

    A quote of a mere cross re-values results too, but the server looks again at the next held one.
    """
    info = terminal.account_info()
    assert info is not None
    if info.margin and terminal.positions_get(symbol=quoted):
        assert info.equity > info.margin * 0.5


@settings(max_examples=120, deadline=None)
@given(
    steps=st.lists(st.tuples(moves, moves, moves), min_size=3, max_size=25),
    sides=st.lists(st.sampled_from([buy, sell]), min_size=3, max_size=3),
    balance=st.integers(min_value=2_400, max_value=6_000),
)
def test_guards_change_what_a_stop_out_costs_to_find_and_never_when_it_happens(
    steps: list[tuple[int, int, int]],
    sides: list[Callable[..., dict[str, object]]],
    balance: int,
) -> None:
    rows = walk(steps)
    account = AccountConfig(balance_money=float(balance))
    one_go, watched = (terminal_of(rows, account=account) for _ in range(2))
    for terminal in (one_go, watched):
        after(terminal, 3)
        for name, side in zip(rows, sides, strict=True):
            opened(terminal, side(name, 0.7))
    for minute in range(1, len(steps) + 1):
        for second, name in enumerate(rows):
            assert_above_stop_out(after(watched, 60.0 * minute + second), name)
    after(one_go, watched.now_utc_s - START_S)
    assert one_go.trace_hash() == watched.trace_hash()


@pytest.mark.parametrize("step_s", [1, 7, 60])
def test_the_same_market_in_other_steps_ends_the_same(step_s: int) -> None:
    rows: list[Quote] = [(float(n), 1.1 - n * 1e-5, 1.1 - n * 1e-5 + 2e-5) for n in range(1, 1_800)]
    rows = [(0.0, 1.1, 1.1002), *[(s, round(b, 5), round(a, 5)) for s, b, a in rows]]
    reference, stepped = (terminal_of({"EURUSD": rows}, account=SMALL) for _ in range(2))
    for terminal in (reference, stepped):
        opened(terminal, buy("EURUSD", 0.6))
        opened(terminal, buy("EURUSD", 0.5))
        opened(terminal, sell("EURUSD", 0.2, tp=1.09))
    after(reference, 1_800)
    for second in range(0, 1_800, step_s):
        after(stepped, second)
    after(stepped, 1_800)
    assert reference.trace_hash() == stepped.trace_hash()
    assert len(stop_outs(reference)) >= 1
