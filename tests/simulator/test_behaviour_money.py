"""Profit, margin, swap and commission (BEHAVIOUR 10, 14)."""

from __future__ import annotations

import pytest
from simulator_builders import (
    DONE,
    after,
    buy,
    contract_of,
    opened,
    retcode,
    sell,
    terminal_of,
)

from bot.rules.calendar import DAY_S
from bot.simulator.config import AccountConfig, CommissionSplit
from bot.simulator.structs import AccountInfo, TradePosition
from bot.simulator.terminal import SimulatedTerminal

FLAT = [(0.0, 100.0, 100.0), (60.0, 101.0, 101.0)]
RICH = AccountConfig(balance_money=1_000_000.0)
TO_MIDNIGHT_S = 12 * 3600.0
FOREX, FUTURES, CFD, CFD_INDEX, CFD_LEVERAGE, NO_LEVERAGE = range(6)
STOCKS, EXCHANGE_FUTURES, BONDS, COLLATERAL = 32, 33, 37, 64

EXAMPLE = {
    "currency_base": "USD",
    "currency_margin": "USD",
    "digits": 2,
    "point": 0.01,
    "tick_size": 0.01,
    "contract_size": 10.0,
    "leverage": 20.0,
    "tick_value_profit": 0.25,
    "face_value": 1_000.0,
    "margin_initial": 0.0,
}


def instrument(
    calc_mode: int, account: AccountConfig = RICH, **changes: object
) -> SimulatedTerminal:
    """A dollar instrument at 100.00, then 101.00: ten units a lot, leverage 20, 0.25 a tick."""
    contract = contract_of("EURUSD", calc_mode=calc_mode, **(EXAMPLE | changes))
    return terminal_of({"EURUSD": FLAT}, {"EURUSD": contract}, account)


def account_of(terminal: SimulatedTerminal) -> AccountInfo:
    info = terminal.account_info()
    assert info is not None
    return info


def position_of(terminal: SimulatedTerminal) -> TradePosition:
    (position,) = terminal.positions_get() or ()
    return position


# --- profit and margin by calculation mode ---------------------------------------------------


@pytest.mark.parametrize(
    ("calc_mode", "profit"),
    [
        (FOREX, 20.0),  # 1.00 x 10 x 2
        (NO_LEVERAGE, 20.0),
        (CFD, 20.0),
        (CFD_INDEX, 20.0),
        (CFD_LEVERAGE, 20.0),
        (STOCKS, 20.0),
        (FUTURES, 50.0),  # 100 ticks x 0.25 x 2
        (EXCHANGE_FUTURES, 50.0),
        (BONDS, 200.0),  # 1 % of 1000 x 10 x 2
        (COLLATERAL, 0.0),
    ],
)
def test_profit_follows_the_calculation_mode(calc_mode: int, profit: float) -> None:
    terminal = instrument(calc_mode)
    opened(terminal, buy("EURUSD", 2.0))
    assert terminal.order_calc_profit(0, "EURUSD", 2.0, 100.0, 101.0) == profit
    assert position_of(after(terminal, 60)).profit == profit


@pytest.mark.parametrize(
    ("calc_mode", "margin"),
    [
        (FOREX, 1.0),  # 2 x 10 / 20
        (NO_LEVERAGE, 20.0),
        (CFD, 2_000.0),  # 2 x 10 x 100
        (CFD_LEVERAGE, 100.0),
        (CFD_INDEX, 50_000.0),  # x 0.25 / 0.01
        (STOCKS, 2_000.0),
        (BONDS, 20_000.0),  # at 100 % of 1000 x 10 x 2
        (FUTURES, 0.0),
        (COLLATERAL, 0.0),
    ],
)
def test_margin_follows_the_kind_of_instrument(calc_mode: int, margin: float) -> None:
    terminal = instrument(calc_mode)
    assert terminal.order_calc_margin(0, "EURUSD", 2.0, 100.0) == margin
    opened(terminal, buy("EURUSD", 2.0))
    assert account_of(terminal).margin == margin


@pytest.mark.parametrize("calc_mode", [FOREX, NO_LEVERAGE, CFD, CFD_INDEX, CFD_LEVERAGE, FUTURES])
def test_an_initial_margin_overrides_the_formula(calc_mode: int) -> None:
    terminal = instrument(calc_mode, margin_initial=150.0)
    assert terminal.order_calc_margin(0, "EURUSD", 2.0, 100.0) == 300.0


def test_an_initial_margin_says_nothing_about_stocks_and_bonds() -> None:
    assert (
        instrument(STOCKS, margin_initial=150.0).order_calc_margin(0, "EURUSD", 2.0, 100.0)
        == 2_000.0
    )


def test_the_margin_rate_multiplies_whatever_the_formula_says() -> None:
    for calc_mode, margin in ((FOREX, 1.5), (CFD, 3_000.0)):
        terminal = instrument(calc_mode, margin_rate=1.5)
        assert terminal.order_calc_margin(0, "EURUSD", 2.0, 100.0) == margin


def test_an_isolated_margin_ignores_what_is_open() -> None:
    terminal = instrument(CFD_LEVERAGE)
    opened(terminal, buy("EURUSD", 2.0))
    assert terminal.order_calc_margin(1, "EURUSD", 2.0, 100.0) == 100.0


# --- hedged margin ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "margin"),
    [
        ({"margin_hedged": 10.0}, 150.0),  # 1 uncovered, 2 covered pairs at a contract each
        ({"margin_hedged": 5.0}, 100.0),
        ({"margin_hedged": 0.0}, 50.0),
        ({"margin_hedged": 0.0, "margin_hedged_use_leg": True}, 150.0),  # the larger leg alone
        ({"margin_hedged": 30.0, "margin_initial": 60.0}, 120.0),  # as money: 60 + 2 x 30
    ],
)
def test_covered_volume_is_margined_as_the_symbol_says(
    changes: dict[str, object], margin: float
) -> None:
    terminal = instrument(CFD_LEVERAGE, **changes)
    opened(terminal, buy("EURUSD", 3.0))
    opened(terminal, sell("EURUSD", 2.0))
    assert account_of(terminal).margin == margin


def test_a_full_hedge_needs_no_free_margin_by_the_leg_rule() -> None:
    account = AccountConfig(balance_money=110.0, stop_out_level=1.0)
    for uses_leg, code in ((True, DONE), (False, 10019)):
        terminal = instrument(
            CFD_LEVERAGE, account, margin_hedged=20.0, margin_hedged_use_leg=uses_leg
        )
        opened(terminal, buy("EURUSD", 2.0))
        assert retcode(terminal, sell("EURUSD", 2.0)) == code


# --- what order_check foresees ---------------------------------------------------------------


def test_order_check_shows_the_margin_after_a_close_too() -> None:
    terminal = instrument(CFD_LEVERAGE)
    ticket = opened(terminal, buy("EURUSD", 2.0))
    check = terminal.order_check(sell("EURUSD", 0.5, position=ticket))
    assert check is not None
    assert (check.retcode, check.margin, check.equity) == (0, 75.0, 1_000_000.0)
    assert check.margin_free == check.equity - 75.0
    opened(terminal, sell("EURUSD", 0.5, position=ticket))
    assert account_of(terminal).margin == check.margin


# --- swap by re-opening ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "make", "reopened_at"),
    [
        (7, buy, 1.1 + 0.00012),  # a long pays 12 points: opened that much dearer than it closed
        (7, sell, 1.1002 + 0.00005),  # a short earns 5
        (8, buy, 1.1 + 0.00012),
        (8, sell, 1.1 + 0.00005),  # from the bid
    ],
)
def test_swap_can_be_charged_by_reopening_the_position(
    mode: int, make: object, reopened_at: float
) -> None:
    rows = [(3_600.0 * n, 1.1, 1.1002) for n in range(14)]
    contract = contract_of("EURUSD", swap_mode=mode, swap_long=-12.0, swap_short=5.0)
    terminal = terminal_of({"EURUSD": rows}, {"EURUSD": contract}, RICH)
    ticket = opened(terminal, make("EURUSD", 0.5, sl=0.0, magic=7))  # type: ignore[operator]
    after(terminal, TO_MIDNIGHT_S - 1)
    assert position_of(terminal).ticket == ticket
    position = position_of(after(terminal, TO_MIDNIGHT_S))
    assert position.identifier == ticket != position.ticket
    assert position.price_open == pytest.approx(reopened_at, abs=1e-9)
    assert (position.magic, position.volume, position.swap) == (7, 0.5, 0.0)
    deals = terminal.history_deals_get(position=ticket) or ()
    assert [(d.entry, d.reason) for d in deals] == [(0, 3), (1, 7), (0, 7)]


def test_a_reopened_position_keeps_its_levels_and_triples_on_wednesday() -> None:
    rows = [(3_600.0 * n, 1.1, 1.1002) for n in range(24 * 4)]
    contract = contract_of("EURUSD", swap_mode=7, swap_long=-10.0)
    terminal = terminal_of({"EURUSD": rows}, {"EURUSD": contract}, RICH)
    opened(terminal, buy("EURUSD", 0.5, sl=1.0, tp=1.3))
    opens = []
    for night in range(3):
        position = position_of(after(terminal, TO_MIDNIGHT_S + night * DAY_S))
        opens.append(round(position.price_open - 1.1, 5))
        assert (position.sl, position.tp) == (1.0, 1.3)
    assert opens == [0.0001, 0.0001, 0.0003]


# --- commission and fee ----------------------------------------------------------------------


def test_a_daily_commission_is_one_deal_of_its_own_at_midnight() -> None:
    account = AccountConfig(commission_split=CommissionSplit.DAILY, balance_money=1e6)
    rows = [(0.0, 1.1, 1.1), (60.0, 1.1, 1.1)]
    contract = contract_of("EURUSD", commission_money_per_lot_round_trip=4.0)
    terminal = terminal_of({"EURUSD": rows}, {"EURUSD": contract}, account)
    ticket = opened(terminal, buy("EURUSD", 1.0))
    opened(terminal, sell("EURUSD", 1.0, position=ticket))
    opened(terminal, buy("EURUSD", 0.5, tp=2.0))
    assert account_of(terminal).balance == 1e6
    after(terminal, TO_MIDNIGHT_S)
    deals = terminal.history_deals_get(1, 2_000_000_000) or ()
    charges = [(d.type, d.commission, d.position_id, d.reason) for d in deals if d.type > 2]
    assert charges == [(8, -6.0, 0, 0)]
    assert account_of(terminal).balance == 1e6 - 6.0
    after(terminal, TO_MIDNIGHT_S + 3 * DAY_S)
    assert terminal.history_deals_total(1, 2_000_000_000) == len(deals)


def test_what_is_owed_at_the_end_of_the_day_is_charged_without_open_business() -> None:
    account = AccountConfig(commission_split=CommissionSplit.DAILY, balance_money=1e6)
    contract = contract_of("EURUSD", commission_money_per_lot_round_trip=4.0)
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1)]}, {"EURUSD": contract}, account)
    ticket = opened(terminal, buy("EURUSD", 1.0))
    opened(terminal, sell("EURUSD", 1.0, position=ticket))
    assert account_of(after(terminal, TO_MIDNIGHT_S)).balance == 1e6 - 4.0


def test_a_fee_is_charged_at_once_on_every_deal() -> None:
    terminal = instrument(CFD_LEVERAGE, fee_money_per_lot=1.5)
    ticket = opened(terminal, buy("EURUSD", 2.0))
    opened(terminal, sell("EURUSD", 1.0, position=ticket))
    deals = terminal.history_deals_get(position=ticket) or ()
    assert [d.fee for d in deals] == [-3.0, -1.5]
    assert account_of(terminal).balance == 1_000_000.0 - 4.5


def test_a_trade_is_the_sum_of_all_deals_of_its_position() -> None:
    contract = contract_of(
        "EURUSD", commission_money_per_lot_round_trip=4.0, swap_long=-7.0, fee_money_per_lot=0.5
    )
    rows = [(0.0, 1.1, 1.1002), (TO_MIDNIGHT_S + 60, 1.1012, 1.1014)]
    terminal = terminal_of({"EURUSD": rows}, {"EURUSD": contract})
    ticket = opened(terminal, buy("EURUSD", 0.5))
    after(terminal, TO_MIDNIGHT_S + 60)
    opened(terminal, sell("EURUSD", 0.5, position=ticket))
    deals = terminal.history_deals_get(position=ticket) or ()
    total = sum(d.profit + d.swap + d.commission + d.fee for d in deals)
    assert total == 50.0 - 3.5 - 2.0 - 0.5
    assert account_of(terminal).balance == 20_000.0 + total
