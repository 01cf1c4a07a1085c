"""Faults that happen by themselves: money, other hands, prices and clocks, id by id."""

from __future__ import annotations

import numpy as np
import pytest
from fault_builders import ALL_TIME, CALM, answered, deals_of, disturbed, with_bars
from simulator_builders import (
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

from bot.errors import ParamsError
from bot.simulator.faults import FaultPlan
from bot.simulator.structs import AccountInfo
from bot.simulator.terminal import SimulatedTerminal

H1 = 16385


def account_of(terminal: SimulatedTerminal) -> AccountInfo:
    info = terminal.account_info()
    assert info is not None
    return info


# --- broker --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "deal_type", "balance", "equity"),
    [
        ("deposit", 2, 20_100, 20_100),
        ("withdrawal", 2, 19_900, 19_900),
        ("credit", 3, 20_000, 20_100),
        ("charge", 4, 19_900, 19_900),
        ("commission", 7, 19_900, 19_900),
        ("dividend", 15, 20_100, 20_100),
    ],
)
def test_b34_money_moves_without_a_trade(
    kind: str, deal_type: int, balance: float, equity: float
) -> None:
    terminal, _ = disturbed(f"B34@time:{START_S + 10},kind:{kind},money:100")
    account = account_of(after(terminal, 10))
    assert (account.balance, account.equity) == (balance, equity)
    (deal,) = deals_of(terminal)
    assert (deal.type, deal.position_id, deal.time) == (deal_type, 0, WALL_S + 10)


def test_b34_swap_is_charged_to_every_open_position() -> None:
    terminal, _ = disturbed(f"B34@time:{START_S + 10},kind:swap,money:2.5")
    opened(terminal, buy("EURUSD", 0.1))
    assert [p.swap for p in after(terminal, 10).positions_get() or ()] == [-2.5]


def test_b43_somebody_elses_position_appears() -> None:
    terminal, _ = disturbed(f"B43@time:{START_S + 10},side:sell,lots:0.3,magic:77,comment:other")
    (position,) = after(terminal, 10).positions_get() or ()
    assert (position.type, position.volume, position.magic) == (1, 0.3, 77)
    assert (position.comment, position.reason, position.price_open) == ("other", 0, BID)


@pytest.mark.parametrize(("count", "left"), [(1, 1), (0, 0)])
def test_b31_the_server_stops_positions_out_worst_first(count: int, left: int) -> None:
    terminal, _ = disturbed(f"B31@time:{START_S + 10},positions_count:{count}")
    opened(terminal, buy("EURUSD", 0.1))
    worst = opened(terminal, buy("EURUSD", 0.2))
    after(terminal, 10)
    assert terminal.positions_total() == left
    first = next(deal for deal in deals_of(terminal) if deal.entry == 1)
    assert (first.position_id, first.reason) == (worst, 6)
    assert first.comment.startswith("so ")


def test_b27_ids_differ_and_history_links_them() -> None:
    terminal, _ = disturbed("B27")
    terminal.positions_total()
    result = answered(terminal, buy("EURUSD", 0.1, sl=1.09))
    (position,) = terminal.positions_get() or ()
    assert len({result.order, result.deal, position.ticket}) == 3
    assert position.identifier == position.ticket
    (deal,) = terminal.history_deals_get(ticket=result.order) or ()
    assert (deal.order, deal.position_id) == (result.order, position.ticket)
    (order,) = terminal.history_orders_get(position=position.ticket) or ()
    assert (order.ticket, order.position_id) == (result.order, position.ticket)
    assert answered(terminal, sell("EURUSD", 0.1, position=position.ticket)).retcode == DONE
    deals = terminal.history_deals_get(position=position.ticket) or ()
    assert [(d.entry, d.position_id) for d in deals] == [
        (0, position.ticket),
        (1, position.ticket),
    ]


def test_b27_holds_for_orders_that_fill_later() -> None:
    terminal, _ = disturbed("B27", quotes=[(0, BID, 1.1002), (60, 1.04, 1.0402)])
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.05))
    (position,) = after(terminal, 60).positions_get() or ()
    assert position.ticket != ticket
    assert [d.order for d in terminal.history_deals_get(position=position.ticket) or ()] == [ticket]


# --- prices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("direction", "sign"), [("adverse", -1), ("down", -1), ("up", 1)])
def test_b32_a_gap_fills_the_stop_beyond_its_level(direction: str, sign: int) -> None:
    terminal, _ = disturbed(f"B32@time:{START_S + 15},fraction:0.02,direction:{direction}")
    opened(terminal, buy("EURUSD", 0.1, sl=1.09, tp=1.11))
    after(terminal, 19)
    assert terminal.positions_total() == 1
    after(terminal, 20)
    exit_deal = deals_of(terminal)[-1]
    assert exit_deal.entry == 1
    expected = round(1.1 * (1 + sign * 0.02), 5) if sign < 0 else 1.11
    assert (exit_deal.price, exit_deal.time) == (expected, WALL_S + 20)
    tick = after(terminal, 7000).symbol_info_tick("EURUSD")
    assert tick is not None
    assert tick.bid == pytest.approx(1.1 * (1 + sign * 0.02))
    assert tick.ask - tick.bid == pytest.approx(0.0002)


def test_b32_is_against_a_short_position_too() -> None:
    terminal, _ = disturbed(f"B32@time:{START_S + 15}")
    opened(terminal, sell("EURUSD", 0.1, sl=1.11))
    after(terminal, 20)
    assert deals_of(terminal)[-1].price == pytest.approx(1.1222, abs=1e-4)


def test_b33_a_wide_spread_stops_a_short_out_and_then_is_over() -> None:
    terminal, _ = disturbed(f"B33@time:{START_S + 15},factor:50,for:60")
    opened(terminal, sell("EURUSD", 0.1, sl=1.105))
    after(terminal, 20)
    assert deals_of(terminal)[-1].price == pytest.approx(1.11)
    spreads = []
    for second in (19, 70, 80):
        terminal, _ = disturbed(f"B33@time:{START_S + 15},factor:50,for:60")
        info = after(terminal, second).symbol_info("EURUSD")
        assert info is not None
        spreads.append(info.spread)
    assert spreads == [20, 1000, 20]


def test_x12_a_dividend_step_moves_quotes_and_bars_together() -> None:
    at_s = START_S + 11 * 3600 + 2000
    terminal, _ = with_bars(f"X12@time:{at_s},fraction:0.1,symbol:EURUSD")
    undisturbed, _ = with_bars()
    for one in (terminal, undisturbed):
        one.advance_to(START_S + 11 * 3600 + 3599)
    for name, is_same in (("EURUSD", False), ("GBPUSD", True)):
        bars, usual = (one.copy_rates_from_pos(name, H1, 0, 3) for one in (terminal, undisturbed))
        assert bars is not None
        assert usual is not None
        assert bars[:2].tolist() == usual[:2].tolist()
        assert (bars[2].tolist() == usual[2].tolist()) == is_same
    bars = terminal.copy_rates_from_pos("EURUSD", H1, 0, 1)
    assert bars is not None
    tick = terminal.symbol_info_tick("EURUSD")
    assert tick is not None
    assert bars["close"][0] == tick.bid == pytest.approx(1.112 * 0.9)
    assert bars["open"][0] == 1.111


def test_a_changed_market_is_nobody_elses() -> None:
    terminal, _ = disturbed(f"B32@time:{START_S + 15}")
    market = terminal._state.market
    quotes = market.feeds["EURUSD"].quotes
    before = quotes.bid.copy()
    after(terminal, 7000)
    assert np.array_equal(market.feeds["EURUSD"].quotes.bid, before)


# --- clocks --------------------------------------------------------------------------------------


def stamp_of(terminal: SimulatedTerminal) -> int:
    tick = terminal.symbol_info_tick("EURUSD")
    assert tick is not None
    return tick.time


@pytest.mark.parametrize(
    ("fault", "shift_s"),
    [("C01", 3600), ("C01@shift_s:-10800", -10800), ("C02", 3600), ("C02@hours:25", -3600)],
)
def test_the_servers_clock_moves_and_what_was_stamped_stays(fault: str, shift_s: int) -> None:
    glue = "," if "@" in fault else "@"
    terminal, _ = disturbed(f"{fault}{glue}time:{START_S + 15}")
    opened(terminal, buy("EURUSD", 0.1))
    assert stamp_of(after(terminal, 10)) == WALL_S + 10
    assert stamp_of(after(terminal, 20)) == WALL_S + 20 + shift_s
    assert [p.time for p in terminal.positions_get() or ()] == [WALL_S]
    assert [d.time for d in deals_of(terminal)] == [WALL_S]


@pytest.mark.parametrize(("hours", "midnight_h"), [(23, 11), (25, 13)])
def test_c02_orders_for_the_day_end_with_the_bent_day(hours: int, midnight_h: int) -> None:
    terminal, _ = disturbed(f"C02@time:{START_S + 60},hours:{hours}")
    after(terminal, 61)
    opened(terminal, pending("EURUSD", 2, 0.1, 1.05, type_time=1))
    assert after(terminal, midnight_h * 3600 - 1).orders_total() == 1
    assert after(terminal, midnight_h * 3600).orders_total() == 0


def test_c01_bars_are_cut_by_the_new_clock() -> None:
    terminal, _ = with_bars(f"C01@time:{START_S + 11 * 3600 + 2000},shift_s:7200")
    before = terminal.copy_rates_from_pos("EURUSD", H1, 0, 1)
    terminal.advance_to(terminal.now_utc_s + 200)
    later = terminal.copy_rates_from_pos("EURUSD", H1, 0, 1)
    assert before is not None
    assert later is not None
    assert later["time"][0] == before["time"][0]  # it opened before the clock moved


def test_c01_is_undone_when_its_time_is_over() -> None:
    terminal, _ = disturbed(f"C01@time:{START_S + 15},for:60")
    assert stamp_of(after(terminal, 80)) == WALL_S + 80


def test_c03_european_dates_differ_from_american_ones_for_weeks() -> None:
    autumn_s = 1_730_289_600  # Wednesday 2024-10-30 12:00 UTC: Europe has changed back already
    for is_disturbed, offset_s in ((False, 3 * 3600), (True, 2 * 3600)):
        terminal, _ = disturbed(*["C03"] * is_disturbed)
        terminal.positions_total()
        clock = terminal._state.clock
        assert clock.offset_s(autumn_s) == offset_s
        assert clock.offset_s(START_S) == SUMMER_OFFSET_S


def test_c03_names_a_zone_that_does_not_exist() -> None:
    with pytest.raises(ParamsError, match="C03: zone is 'Europe/Nowhere'; allowed: names of the"):
        FaultPlan().add("C03", zone="Europe/Nowhere")


def test_c04_and_c05_the_hosts_clock_is_off_while_they_last() -> None:
    terminal, plan = disturbed(
        f"C04@time:{START_S + 10},step_s:-1,for:20", f"C05@time:{START_S + 20},for:20"
    )
    seen = []
    for second in (9, 10, 20, 30, 40):
        after(terminal, second)
        seen.append(plan.host_clock_error_s)
    year_s = 365 * 86_400
    assert seen == [0, -1, -1 - year_s, -year_s, 0]
    assert FaultPlan().host_clock_error_s == 0.0


def test_moments_come_in_order_even_when_the_clock_leaps() -> None:
    terminal, plan = disturbed(
        f"B34@time:{START_S + 30},money:3",
        f"B34@time:{START_S + 10},money:1",
        f"B34@time:{START_S + 20},money:2",
        quotes=CALM[:1],
    )
    after(terminal, 100)
    assert [d.profit for d in deals_of(terminal)] == [1, 2, 3]
    assert [f.at_utc_s - START_S for f in plan.fired] == [10, 20, 30]
    assert len(terminal.history_deals_get(*ALL_TIME) or ()) == 4
