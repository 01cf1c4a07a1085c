"""Faults of calls and of what they show, id by id."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf, isnan

import numpy as np
import pytest
from fault_builders import ALL_TIME, answered, deals_of, disturbed, with_bars
from simulator_builders import (
    ASK,
    BID,
    DONE,
    START_S,
    SUMMER_OFFSET_S,
    WALL_S,
    after,
    buy,
    opened,
    pending,
    sell,
)

from bot.simulator.faults import CallHangsError, FaultPlan
from bot.simulator.terminal import PACKAGE_FUNCTIONS, SimulatedTerminal

H1 = 16385
ARGUMENTS: dict[str, tuple[object, ...]] = {
    "symbol_info": ("EURUSD",),
    "symbol_info_tick": ("EURUSD",),
    "symbol_select": ("EURUSD",),
    "copy_ticks_from": ("EURUSD", WALL_S, 5, -1),
    "copy_ticks_range": ("EURUSD", *ALL_TIME, -1),
    "copy_rates_from": ("EURUSD", H1, WALL_S, 5),
    "copy_rates_from_pos": ("EURUSD", H1, 0, 5),
    "copy_rates_range": ("EURUSD", H1, *ALL_TIME),
    "market_book_add": ("EURUSD",),
    "market_book_release": ("EURUSD",),
    "market_book_get": ("EURUSD",),
    "history_orders_get": ALL_TIME,
    "history_orders_total": ALL_TIME,
    "history_deals_get": ALL_TIME,
    "history_deals_total": ALL_TIME,
    "order_calc_margin": (0, "EURUSD", 0.1, ASK),
    "order_calc_profit": (0, "EURUSD", 0.1, BID, ASK),
    "order_check": (buy("EURUSD", 0.1),),
    "order_send": (buy("EURUSD", 0.1),),
}
READS = [
    name
    for name in PACKAGE_FUNCTIONS
    if name
    not in {
        "initialize",
        "login",
        "shutdown",
        "order_send",
        "symbol_select",
        "last_error",
        "Close",
        "Buy",
        "Sell",
    }
]


def called(terminal: SimulatedTerminal, name: str) -> object:
    method = getattr(terminal, name)
    assert callable(method)
    return method(*ARGUMENTS.get(name, ()))


# --- failing, empty, hanging ----------------------------------------------------------------------


@pytest.mark.parametrize("name", READS)
def test_n01_every_read_can_fail_as_the_package_fails(name: str) -> None:
    terminal, plan = disturbed(f"N01@on:{name}")
    failures = {"version": (0, 0, ""), "market_book_add": False, "market_book_release": False}
    assert called(terminal, name) == failures.get(name)
    expected = 1 if name.startswith("market_book_") and name != "market_book_get" else -10002
    assert terminal.last_error()[0] == expected
    assert [(f.fault_id, f.function, f.call_number) for f in plan.fired] == [("N01", name, 1)]
    called(terminal, name)
    assert len(plan.fired) == 1


def test_n01_does_not_touch_what_changes_something() -> None:
    terminal, _ = disturbed("N01@p:1")
    assert terminal.initialize()
    opened(terminal, buy("EURUSD", 0.1))
    assert terminal.symbol_select("EURUSD")


def test_n01_a_burst_is_several_in_a_row() -> None:
    terminal, _ = disturbed("N01@call:2,times:3")
    answers = [terminal.positions_get() for _ in range(6)]
    assert [answer is None for answer in answers] == [False, True, True, True, False, False]


def test_n02_everything_looks_closed_although_margin_is_bound() -> None:
    terminal, _ = disturbed(f"N02@time:{START_S + 10},for:10")
    opened(terminal, buy("EURUSD", 0.1))
    opened(terminal, pending("EURUSD", 2, 0.1, 1.05))
    after(terminal, 10)
    assert (terminal.positions_get(), terminal.orders_get()) == ((), ())
    assert (terminal.positions_total(), terminal.history_deals_total(*ALL_TIME)) == (0, 0)
    assert terminal.last_error() == (1, "Success")
    account = terminal.account_info()
    assert account is not None
    assert account.margin > 0
    after(terminal, 20)
    assert (terminal.positions_total(), terminal.orders_total()) == (1, 1)


def test_n02_a_refused_read_stays_refused() -> None:
    terminal, _ = disturbed("N02")
    assert terminal.positions_get("EURUSD") is None
    assert terminal.last_error()[0] == -2


def test_n03_last_error_tells_of_another_call() -> None:
    terminal, _ = disturbed("N03")
    assert terminal.positions_get() is None
    assert terminal.last_error() == (1, "Success")
    assert terminal.positions_get() == ()


@pytest.mark.parametrize(("executed", "positions_count"), [("yes", 1), ("no", 0)])
def test_n06_a_hanging_call_is_bounded_by_the_caller_alone(
    executed: str, positions_count: int
) -> None:
    terminal, plan = disturbed(f"N06@on:order_send,executed:{executed}")
    with pytest.raises(CallHangsError, match="order_send does not return for inf s"):
        terminal.order_send(buy("EURUSD", 0.1))
    assert not issubclass(CallHangsError, Exception)
    assert terminal.positions_total() == positions_count
    assert [fired.detail for fired in plan.fired] == ["hangs for inf s"]


def test_n06_the_caller_says_what_waiting_is() -> None:
    waits: list[tuple[str, float]] = []
    terminal, _ = disturbed()
    plan = FaultPlan(hang=lambda name, seconds: waits.append((name, seconds)))
    plan.add("N06", hang_s=90, function="account_info").install(terminal)
    assert terminal.account_info() is not None  # late, but there
    assert terminal.positions_total() == 0
    assert waits == [("account_info", 90)]


def test_b38_a_frozen_terminal_hangs_and_cannot_be_attached() -> None:
    terminal, _ = disturbed(f"B38@time:{START_S + 10},for:60")
    after(terminal, 10)
    with pytest.raises(CallHangsError):
        terminal.positions_get()
    assert terminal.initialize() is False
    assert terminal.last_error() == (-10005, "IPC timeout")
    after(terminal, 70)
    assert terminal.initialize()


def test_n07_the_newest_deals_are_outside_a_shifted_window() -> None:
    terminal, _ = disturbed("N07@times:3,shift_s:-3600")
    opened(terminal, buy("EURUSD", 0.1))
    now = datetime.fromtimestamp(WALL_S + 60, UTC)
    whole = (datetime.fromtimestamp(WALL_S - 86_400, UTC), now)
    assert len(terminal.history_deals_get(*whole) or ()) == 0
    assert terminal.history_deals_total(WALL_S - 86_400, WALL_S + 60) == 0
    ticket = (terminal.positions_get() or ())[0].ticket
    assert len(terminal.history_deals_get(position=ticket) or ()) == 1
    assert len(terminal.history_deals_get(WALL_S - 86_400, WALL_S + 3600) or ()) == 2


# --- another account, another world ---------------------------------------------------------------


def test_b35_the_account_says_it_nets() -> None:
    terminal, _ = disturbed("B35")
    account = terminal.account_info()
    assert account is not None
    assert account.margin_mode == 0


def test_b37_a_symbol_is_gone_from_every_call() -> None:
    terminal, _ = with_bars("B37@symbol:GBPUSD")
    assert [row.name for row in terminal.symbols_get() or ()] == ["EURUSD"]
    assert terminal.symbols_total() == 1
    for name, code in (("symbol_info", -4), ("symbol_info_tick", -4), ("market_book_get", -4)):
        assert getattr(terminal, name)("GBPUSD") is None
        assert terminal.last_error()[0] == code
    assert terminal.copy_rates_from_pos("GBPUSD", H1, 0, 1) is None
    assert terminal.last_error()[0] == -1
    assert terminal.symbol_select("GBPUSD") is False
    assert answered(terminal, buy("GBPUSD", 0.1)).retcode == 10013
    assert answered(terminal, buy("EURUSD", 0.1)).retcode == DONE
    assert terminal.symbol_info("EURUSD") is not None


def test_b40_without_authorisation_nothing_works_for_a_while() -> None:
    terminal, _ = disturbed(f"B40@time:{START_S + 10},for:60")
    after(terminal, 10)
    assert terminal.positions_get() is None
    assert terminal.last_error() == (-6, "Terminal: Authorization failed")
    assert (terminal.initialize(), terminal.login(5_012_345)) == (False, False)
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    after(terminal, 70)
    assert terminal.initialize()
    assert terminal.positions_total() == 0


def test_b41_commands_reach_the_other_account() -> None:
    terminal, plan = disturbed(f"B41@time:{START_S + 10},login:777,balance_money:50")
    ticket = opened(terminal, buy("EURUSD", 0.1))
    after(terminal, 10)
    account = terminal.account_info()
    assert account is not None
    assert (account.login, account.balance, account.equity, account.margin) == (777, 50, 50, 0)
    assert (terminal.positions_get(), deals_of(terminal)) == ((), ())
    assert answered(terminal, sell("EURUSD", 0.1, position=ticket)).retcode == 10036
    assert answered(terminal, buy("EURUSD", 0.1)).retcode == DONE
    assert answered(terminal, buy("EURUSD", 0.001)).retcode == 10014
    assert plan.fired[-1].detail == "command reached login 777"
    after(terminal, 610)
    assert terminal.positions_total() == 1


# --- quotes --------------------------------------------------------------------------------------

MOVING = [(second, 1.1 + second / 1e5, 1.1002 + second / 1e5) for second in range(0, 600, 10)]


def test_x01_the_quote_stands_still_while_the_server_trades_on() -> None:
    terminal, _ = disturbed(f"X01@time:{START_S + 60},for:60", quotes=MOVING)
    for second, bid in ((50, 1.1005), (60, 1.1006), (119, 1.1006), (120, 1.1012)):
        tick = after(terminal, second).symbol_info_tick("EURUSD")
        info = terminal.symbol_info("EURUSD")
        assert tick is not None
        assert info is not None
        assert (tick.bid, info.bid) == (pytest.approx(bid), pytest.approx(bid))
        seen_s = WALL_S + (60 if second == 119 else second)
        assert (tick.time, tick.time_msc // 1000, info.time) == (seen_s, seen_s, seen_s)
        if second == 119:
            assert answered(terminal, buy("EURUSD", 0.1)).price == pytest.approx(1.1013)


@pytest.mark.parametrize(
    ("shape", "bid", "ask"),
    [("crossed", ASK, BID), ("zero", 0.0, 0.0), ("spike,fraction:0.1", BID * 1.1, ASK * 1.1)],
)
def test_x02_a_quote_is_broken_once(shape: str, bid: float, ask: float) -> None:
    terminal, _ = disturbed(f"X02@shape:{shape}")
    tick = terminal.symbol_info_tick("EURUSD")
    assert tick is not None
    assert (tick.bid, tick.ask) == (bid, ask)
    tick = terminal.symbol_info_tick("EURUSD")
    assert tick is not None
    assert (tick.bid, tick.ask) == (BID, ASK)


def test_x02_reaches_every_list_of_quotes() -> None:
    terminal, _ = disturbed("X02@shape:zero,times:2")
    assert [row.bid for row in terminal.symbols_get() or ()] == [0.0]
    info = terminal.symbol_info("EURUSD")
    assert info is not None
    assert info.ask == 0.0


def test_c07_quotes_are_stamped_in_utc_and_deals_are_not() -> None:
    terminal, _ = disturbed("C07")
    opened(terminal, buy("EURUSD", 0.1))
    tick = terminal.symbol_info_tick("EURUSD")
    assert tick is not None
    assert (tick.time, tick.time_msc) == (START_S, START_S * 1000)
    assert [d.time - START_S for d in deals_of(terminal)] == [SUMMER_OFFSET_S]


# --- bars ----------------------------------------------------------------------------------------


def bars_of(terminal: SimulatedTerminal, start: int, count: int) -> np.ndarray:
    bars = terminal.copy_rates_from_pos("EURUSD", H1, start, count)
    assert bars is not None
    assert not bars.flags.writeable
    return bars


def test_x03_the_forming_bar_is_missing_or_the_next_one_early() -> None:
    usual = bars_of(with_bars()[0], 0, 4)
    absent, _ = with_bars("X03@shape:absent")
    assert bars_of(absent, 0, 3).tolist() == usual[:3].tolist()
    early, _ = with_bars("X03@shape:early")
    bars = bars_of(early, 0, 3)
    assert bars[:2].tolist() == usual[2:].tolist()
    assert bars["time"][2] == usual["time"][3] + 3600
    assert bars["open"][2] == bars["close"][2] == usual["close"][3]
    assert bars_of(early, 1, 1)["time"][0] == usual["time"][3]  # forming, at a closed bar's place


@pytest.mark.parametrize(("shape", "extra"), [("absent", -1), ("early", 1)])
@pytest.mark.parametrize("name", ["copy_rates_from", "copy_rates_range"])
def test_x03_holds_for_bars_by_date(name: str, shape: str, extra: int) -> None:
    dates = (WALL_S + 40 * 3600, 6) if name == "copy_rates_from" else ALL_TIME
    usual = getattr(with_bars()[0], name)("EURUSD", H1, *dates)
    terminal, _ = with_bars(f"X03@shape:{shape}")
    bars = getattr(terminal, name)("EURUSD", H1, *dates)
    assert len(bars) == len(usual) + extra
    closed = getattr(terminal, name)("EURUSD", H1, WALL_S, 2 if name.endswith("from") else WALL_S)
    assert closed["time"].tolist() == [WALL_S]


def test_x04_a_closed_bar_is_revised_and_stays_so() -> None:
    terminal, plan = with_bars("X04@back_count:1,fraction:0.01")
    usual = bars_of(with_bars()[0], 0, 4)
    for _ in range(2):
        bars = bars_of(terminal, 0, 4)
        assert bars["close"][2] == pytest.approx(usual["close"][2] * 1.01)
        assert bars["high"][2] == bars["close"][2]
        assert bars[[0, 1, 3]].tolist() == usual[[0, 1, 3]].tolist()
    assert "revised" in plan.fired[0].detail


@pytest.mark.parametrize(
    ("shape", "order"),
    [("missing", [0, 1, 3]), ("twice", [0, 1, 2, 2, 3]), ("swapped", [0, 2, 1, 3])],
)
def test_x05_bars_are_missing_doubled_or_swapped(shape: str, order: list[int]) -> None:
    usual = bars_of(with_bars()[0], 0, 4)
    terminal, _ = with_bars(f"X05@shape:{shape}")
    assert bars_of(terminal, 0, 4).tolist() == usual[order].tolist()
    assert bars_of(terminal, 0, 4).tolist() == usual.tolist()


# --- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.01, 100.0])
def test_x06_tick_values_are_wrong_by_a_factor(factor: float) -> None:
    terminal, _ = disturbed(f"X06@factor:{factor}")
    info = terminal.symbol_info("EURUSD")
    assert info is not None
    values = (info.trade_tick_value, info.trade_tick_value_profit, info.trade_tick_value_loss)
    assert values == (pytest.approx(factor),) * 3


def test_x06_a_drawn_factor_is_kept_for_the_episode() -> None:
    values = set()
    for seed in range(20):
        terminal, _ = disturbed("X06@factor:0", seed=seed)
        infos = [terminal.symbol_info("EURUSD") for _ in range(2)]
        first, second = (info.trade_tick_value for info in infos if info is not None)
        assert first == second
        assert 0.01 <= first <= 100
        values.add(first)
    assert len(values) == 20


def test_x07_prices_and_money_are_not_numbers() -> None:
    terminal, _ = with_bars("X07@times:4")
    tick = terminal.symbol_info_tick("EURUSD")
    info = terminal.symbol_info("EURUSD")
    account = terminal.account_info()
    assert tick is not None
    assert info is not None
    assert account is not None
    figures = (tick.bid, tick.ask, info.trade_tick_value, account.equity)
    assert all(isnan(figure) for figure in figures)
    assert isnan(bars_of(terminal, 0, 3)["close"][-1])
    assert not np.isnan(bars_of(terminal, 0, 3)["close"]).any()


def test_x09_a_name_leads_to_another_symbol() -> None:
    terminal, _ = with_bars("X09@symbol:EURUSD")
    info = terminal.symbol_info("EURUSD")
    tick = terminal.symbol_info_tick("EURUSD")
    assert info is not None
    assert tick is not None
    assert info.name == "EURUSD"
    assert (info.currency_base, info.bid, tick.bid) == ("GBP", tick.bid, pytest.approx(1.308))
    assert bars_of(terminal, 0, 1)["open"][0] > 1.3
    other = terminal.symbol_info("GBPUSD")
    assert other is not None
    assert other.currency_base == "GBP"


def test_x09_needs_another_symbol() -> None:
    terminal, plan = disturbed("X09")
    assert terminal.symbol_info("EURUSD") is not None
    assert plan.fired == []


@pytest.mark.parametrize(("balance", "shown"), [("keep", 20_000.0), ("zero", 0.0)])
def test_x10_there_seems_to_be_no_equity(balance: str, shown: float) -> None:
    terminal, _ = disturbed(f"X10@balance:{balance}")
    account = terminal.account_info()
    assert account is not None
    assert (account.equity, account.margin_free, account.balance) == (0.0, 0.0, shown)
    account = terminal.account_info()
    assert account is not None
    assert account.equity == 20_000.0


def test_x11_volumes_carry_binary_noise() -> None:
    terminal, _ = disturbed("X11@noise_lots:1e-9")
    opened(terminal, buy("EURUSD", 0.3))
    opened(terminal, pending("EURUSD", 2, 0.2, 1.05))
    assert [p.volume - 0.3 for p in terminal.positions_get() or ()] == [pytest.approx(1e-9)]
    assert [o.volume_current - 0.2 for o in terminal.orders_get() or ()] == [pytest.approx(1e-9)]
    usual, _ = disturbed("X11")
    opened(usual, buy("EURUSD", 0.3))
    (position,) = usual.positions_get() or ()
    assert 0.0 < position.volume - 0.3 < 1e-15
    assert inf > position.volume
