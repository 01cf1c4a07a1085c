from __future__ import annotations

from dataclasses import replace

import pytest
from simulator_builders import (
    START_S,
    after,
    buy,
    contract_of,
    feed_of,
    market_of,
    opened,
    pending,
    sell,
    terminal_of,
    terminal_with,
)

from bot.errors import DataError
from bot.simulator.config import AccountConfig, CommissionSplit
from bot.simulator.structs import AccountInfo
from bot.simulator.symbol_struct import SymbolInfo
from bot.simulator.symbols import default_contract
from bot.simulator.terminal import SimulatedTerminal

EURUSD = [(0.0, 1.09137, 1.09152)]
USDJPY = [(0.0, 150.0, 150.01), (60.0, 151.0, 151.01)]
GBPUSD = [(0.0, 1.3, 1.3002)]


def account_of(terminal: SimulatedTerminal) -> AccountInfo:
    info = terminal.account_info()
    assert info is not None
    return info


def symbol_of(terminal: SimulatedTerminal, name: str) -> SymbolInfo:
    info = terminal.symbol_info(name)
    assert info is not None
    return info


# --- conversion ------------------------------------------------------------------------------


def test_tick_values_convert_gains_at_the_worse_and_losses_at_the_dearer_side() -> None:
    # the recorded case of BEHAVIOUR 14: a EUR account at bid 1.09137, ask 1.09152
    terminal = terminal_of({"EURUSD": EURUSD}, account=AccountConfig(currency="EUR"))
    info = symbol_of(terminal, "EURUSD")
    assert info.trade_tick_value_profit == pytest.approx(0.9161536206, abs=1e-10)
    assert info.trade_tick_value_loss == pytest.approx(0.9162795386, abs=1e-10)
    assert info.trade_tick_value == info.trade_tick_value_profit


def test_a_direct_cross_gives_gains_at_bid_and_losses_at_ask() -> None:
    quotes = {"EURGBP": [(0.0, 0.85, 0.8501)], "GBPUSD": GBPUSD, "EURUSD": EURUSD}
    info = symbol_of(terminal_of(quotes), "EURGBP")
    assert info.trade_tick_value_profit == pytest.approx(1.3)
    assert info.trade_tick_value_loss == pytest.approx(1.3002)


def test_a_currency_without_a_direct_cross_goes_through_a_third() -> None:
    quotes = {"EURJPY": [(0.0, 163.0, 163.02)], "USDJPY": USDJPY, "EURUSD": EURUSD}
    terminal = terminal_of(quotes, account=AccountConfig(currency="EUR"))
    assert symbol_of(terminal, "USDJPY").trade_tick_value_profit == pytest.approx(100 / 163.02)
    only_dollars = {"USDJPY": USDJPY, "EURUSD": EURUSD}
    chained = symbol_of(terminal_of(only_dollars, account=AccountConfig(currency="EUR")), "USDJPY")
    assert chained.trade_tick_value_profit == pytest.approx(100 / 150.01 / 1.09152)
    assert chained.trade_tick_value_loss == pytest.approx(100 / 150.0 / 1.09137)


def test_a_market_without_the_needed_cross_is_refused_by_name() -> None:
    feeds = [feed_of(contract_of("EURGBP"), [(0.0, 0.85, 0.8501)])]
    with pytest.raises(DataError, match=r"EURGBP needs GBP in USD.*GBPUSD or USDGBP"):
        SimulatedTerminal(market_of(feeds))


def test_crosses_are_found_by_currency_whatever_the_symbol_is_called() -> None:
    quotes = {"USDJPY": USDJPY}
    feed = feed_of(replace(contract_of("USDJPY"), name="USDJPY.raw"), quotes["USDJPY"])
    terminal = SimulatedTerminal(market_of([feed]))
    assert terminal.initialize()
    info = symbol_of(terminal, "USDJPY.raw")
    assert info.trade_tick_value_loss == pytest.approx(100 / 150.0)


def test_tick_values_move_with_the_market_and_are_0_without_a_quote() -> None:
    quotes = {"EURJPY": [(0.0, 163.0, 163.02)], "USDJPY": USDJPY[1:], "EURUSD": EURUSD}
    terminal = terminal_of(quotes)
    assert symbol_of(terminal, "EURJPY").trade_tick_value == 0.0
    assert symbol_of(after(terminal, 60), "EURJPY").trade_tick_value == pytest.approx(100 / 151.01)


def test_a_gain_and_a_loss_of_equal_size_convert_differently() -> None:
    terminal = terminal_of({"USDJPY": [*USDJPY, (120.0, 149.0, 149.01)]})
    opened(terminal, buy("USDJPY", 1.0))
    # +0.99 JPY x 100 000 / ask 151.01; -1.01 x 100 000 / bid 149.0
    assert account_of(after(terminal, 60)).profit == 655.59
    assert account_of(after(terminal, 120)).profit == -677.85


def test_the_calculators_agree_with_what_trading_books() -> None:
    terminal = terminal_of({"USDJPY": USDJPY})
    ticket = opened(terminal, sell("USDJPY", 0.37))
    assert terminal.order_calc_margin(1, "USDJPY", 0.37, 150.0) == account_of(terminal).margin
    after(terminal, 60)
    expected = terminal.order_calc_profit(1, "USDJPY", 0.37, 150.0, 151.01)
    opened(terminal, buy("USDJPY", 0.37, position=ticket))
    assert (terminal.history_deals_get(position=ticket) or ())[-1].profit == expected


@pytest.mark.parametrize(
    ("call", "args", "code"),
    [
        ("order_calc_margin", (0, "NOPE", 1.0, 1.1), -4),
        ("order_calc_margin", (8, "EURUSD", 1.0, 1.1), -2),
        ("order_calc_margin", (0, "EURUSD", 1.0, 0.0), -2),
        ("order_calc_profit", (2, "EURUSD", 1.0, 1.1, 1.2), -2),
        ("order_calc_profit", (0, "EURUSD", 1.0, 0, 1.2), -2),
    ],
)
def test_the_calculators_refuse_what_cannot_be_computed(
    call: str, args: tuple[object, ...], code: int
) -> None:
    terminal = terminal_of({"EURUSD": EURUSD})
    assert getattr(terminal, call)(*args) is None
    assert terminal.last_error()[0] == code


def test_pending_types_need_no_margin() -> None:
    terminal = terminal_of({"EURUSD": EURUSD})
    assert terminal.order_calc_margin(2, "EURUSD", 1.0, 1.0) == 0.0
    opened(terminal, pending("EURUSD", 2, 50.0, 1.0))
    assert account_of(terminal).margin == 0.0


# --- margin ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calc_mode", "margin"),
    [
        (0, 1_091.52),  # 100 000 EUR / 100 at the dearer side
        (5, 109_152.0),  # without leverage
        (2, 109_152.0),  # contract x price, in dollars
        (3, 109_152.0),  # the same, and what a tick is worth over its size where that is given
        (4, 1_091.52),  # contract x price / leverage
    ],
)
def test_margin_follows_the_calculation_mode(calc_mode: int, margin: float) -> None:
    contract = contract_of("EURUSD", calc_mode=calc_mode)
    terminal = terminal_of(
        {"EURUSD": EURUSD}, {"EURUSD": contract}, AccountConfig(balance_money=200_000.0)
    )
    opened(terminal, buy("EURUSD", 1.0))
    assert account_of(terminal).margin == margin


def test_gold_in_forex_mode_is_margined_as_reported_by_a_terminal() -> None:
    # BEHAVIOUR 14: 0.01 lot x 100 oz / 1000 = 0.001 XAU x 4124 / 1.137 = 3.63 EUR
    gold = contract_of("XAUUSD", calc_mode=0, currency_margin="XAU", leverage=1000.0)
    quotes = {"XAUUSD": [(0.0, 4124.0, 4124.0)], "EURUSD": [(0.0, 1.137, 1.137)]}
    terminal = terminal_of(quotes, {"XAUUSD": gold}, AccountConfig(currency="EUR"))
    assert terminal.order_calc_margin(0, "XAUUSD", 0.01, 4124.0) == 3.63


@pytest.mark.parametrize(
    ("margin_hedged", "margin"),
    [(100_000.0, 2_200.0), (50_000.0, 1_650.0), (0.0, 1_100.0)],
)
def test_covered_volume_is_charged_at_the_hedged_rate(margin_hedged: float, margin: float) -> None:
    contract = contract_of("EURUSD", margin_hedged=margin_hedged)
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1)]}, {"EURUSD": contract})
    opened(terminal, buy("EURUSD", 2.0))
    opened(terminal, sell("EURUSD", 1.0))
    assert account_of(terminal).margin == margin


def test_margin_stays_at_opening_prices_and_shrinks_with_a_partial_close() -> None:
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1), (60.0, 1.2, 1.2)]})
    ticket = opened(terminal, buy("EURUSD", 1.0))
    assert account_of(after(terminal, 60)).margin == 1_100.0
    opened(terminal, sell("EURUSD", 0.4, position=ticket))
    assert account_of(terminal).margin == 660.0


def test_account_figures_fit_together() -> None:
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1002), (60.0, 1.105, 1.1052)]})
    empty = account_of(terminal)
    assert (empty.margin_level, empty.margin, empty.margin_free) == (0.0, 0.0, 20_000.0)
    opened(terminal, buy("EURUSD", 1.0))
    terminal.operator.give_credit(500.0)
    info = account_of(after(terminal, 60))
    assert info.equity == info.balance + info.credit + info.profit == 20_980.0
    assert info.margin_free == info.equity - info.margin
    assert info.margin_level == info.equity / info.margin * 100


# --- commission ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("split", "on_entry", "on_exits"),
    [(CommissionSplit.ENTRY, -1.2, [0.0, 0.0]), (CommissionSplit.HALF, -0.6, [-0.2, -0.4])],
)
def test_commission_per_lot_is_booked_where_the_account_says(
    split: CommissionSplit, on_entry: float, on_exits: list[float]
) -> None:
    terminal = terminal_with(
        AccountConfig(commission_split=split), commission_money_per_lot_round_trip=4.0
    )
    ticket = opened(terminal, buy("EURUSD", 0.3))
    assert account_of(terminal).balance == 20_000.0 + on_entry
    opened(terminal, sell("EURUSD", 0.1, position=ticket))
    opened(terminal, sell("EURUSD", 0.2, position=ticket))
    booked = [d.commission for d in terminal.history_deals_get(position=ticket) or ()]
    assert booked == [on_entry, *on_exits]


def test_commission_as_a_share_of_notional_converts_at_the_dearer_side() -> None:
    contract = contract_of("USDJPY", commission_fraction_of_notional=0.0006)
    terminal = terminal_of({"USDJPY": USDJPY}, {"USDJPY": contract})
    ticket = opened(terminal, sell("USDJPY", 0.1))
    # 10 000 x 150.00 JPY / bid 150.00 = 10 000 USD x 0.06 %
    assert (terminal.history_deals_get(position=ticket) or ())[0].commission == -6.0


def test_the_usual_fx_contract_costs_four_dollars_a_lot_at_entry() -> None:
    usual = replace(default_contract("EURUSD"), sessions=contract_of("EURUSD").sessions)
    terminal = terminal_of({"EURUSD": EURUSD}, {"EURUSD": usual})
    opened(terminal, buy("EURUSD", 0.25))
    assert account_of(terminal).balance == 19_999.0


def test_half_a_cent_rounds_away_from_zero_on_both_sides() -> None:
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1), (60.0, 1.10005, 1.10005)]})
    long, short = (opened(terminal, make("EURUSD", 0.01)) for make in (buy, sell))
    after(terminal, 60)  # 0.00005 x 1 000 = 0.05; a tenth of it would be half a cent
    shown = {p.ticket: p.profit for p in terminal.positions_get() or ()}
    assert shown == {long: 0.05, short: -0.05}
    contract = contract_of("EURUSD", contract_size=1_000.0)
    fine = terminal_of({"EURUSD": [(0.0, 1.1, 1.1), (60.0, 1.1005, 1.1005)]}, {"EURUSD": contract})
    long, short = (opened(fine, make("EURUSD", 0.01)) for make in (buy, sell))
    shown = {p.ticket: p.profit for p in after(fine, 60).positions_get() or ()}
    assert shown == {long: 0.01, short: -0.01}  # 0.005 exactly


def test_the_deposit_is_the_first_deal_and_explains_the_balance() -> None:
    terminal = terminal_with()
    deposit = (terminal.history_deals_get(START_S, START_S + 20_000) or ())[0]
    assert (deposit.type, deposit.profit, deposit.position_id, deposit.reason) == (
        2,
        20_000.0,
        0,
        0,
    )


# --- what cannot be simulated ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"calc_mode": 34}, "EURUSD: calc_mode is 34; modelled: 0, 1, 2, 3, 4, 5, 32, 33, 37"),
        ({"swap_mode": 9}, "EURUSD: swap_mode is 9; modelled: 0, 1, 2, 3, 4, 5, 6, 7, 8"),
        ({"leverage": 0.0}, "EURUSD: leverage is 0.0; allowed: above 0 and finite"),
        ({"volume_step": float("nan")}, "EURUSD: volume_step is nan; allowed: above 0"),
    ],
)
def test_a_contract_that_cannot_be_simulated_is_refused_by_name(
    changes: dict[str, object], message: str
) -> None:
    feed = feed_of(contract_of("EURUSD", **changes), EURUSD)
    with pytest.raises(DataError, match=message):
        SimulatedTerminal(market_of([feed]))


def test_a_feed_under_another_symbols_name_is_refused() -> None:
    market = market_of([feed_of(contract_of("EURUSD"), EURUSD)])
    feeds = {"GBPUSD": market.feeds["EURUSD"]}
    with pytest.raises(DataError, match="feed 'GBPUSD' carries the contract of 'EURUSD'"):
        SimulatedTerminal(replace(market, feeds=feeds))


def test_an_index_trades_in_its_own_currency_and_pays_swap_in_it() -> None:
    contract = contract_of("UK100", swap_long=-2.0)
    quotes = {"UK100": [(0.0, 8_000.0, 8_001.0), (60.0, 8_011.0, 8_012.0)], "GBPUSD": GBPUSD}
    terminal = terminal_of(quotes, {"UK100": contract})
    opened(terminal, buy("UK100", 2.0))
    # 8 001 x 2 GBP / 25 at 1.3002; a gain of 20 GBP at 1.3; two lots of -2 GBP at 1.3002
    assert account_of(terminal).margin == 832.23
    assert account_of(after(terminal, 60)).profit == 26.0
    assert (after(terminal, 13 * 3600).positions_get() or ())[0].swap == -5.2
