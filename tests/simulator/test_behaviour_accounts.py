"""Rules of special accounts, and specifications that were recorded (BEHAVIOUR 10, 14, 17)."""

from __future__ import annotations

import pytest
from simulator_builders import (
    DONE,
    after,
    buy,
    contract_of,
    opened,
    pending,
    retcode,
    sell,
    terminal_of,
)

from bot.simulator.config import AccountConfig
from bot.simulator.structs import AccountInfo, TradePosition
from bot.simulator.terminal import SimulatedTerminal

TO_MIDNIGHT_S = 12 * 3600.0
FOREX = 0


def dollar_account(**changes: object) -> SimulatedTerminal:
    account = AccountConfig(balance_money=1e6, **changes)  # type: ignore[arg-type]
    return terminal_of({"EURUSD": [(0.0, 1.1, 1.1)]}, None, account)


def account_of(terminal: SimulatedTerminal) -> AccountInfo:
    info = terminal.account_info()
    assert info is not None
    return info


def position_of(terminal: SimulatedTerminal) -> TradePosition:
    (position,) = terminal.positions_get() or ()
    return position


# --- special accounts ------------------------------------------------------------------------


def test_on_a_fifo_account_the_oldest_position_is_closed_first() -> None:
    terminal = dollar_account(fifo_close=True)
    oldest = opened(terminal, buy("EURUSD", 1.0))
    newer = opened(terminal, buy("EURUSD", 1.0))
    assert account_of(terminal).fifo_close is True
    assert retcode(terminal, sell("EURUSD", 1.0, position=newer)) == 10045
    assert retcode(terminal, sell("EURUSD", 0.4, position=oldest)) == DONE
    assert retcode(terminal, sell("EURUSD", 1.0, position=newer)) == 10045
    assert retcode(terminal, sell("EURUSD", 0.6, position=oldest)) == DONE
    assert retcode(terminal, sell("EURUSD", 1.0, position=newer)) == DONE


def test_the_fifo_rule_is_about_one_symbol_and_not_about_stops() -> None:
    account = AccountConfig(balance_money=1e6, fifo_close=True)
    quotes = {"EURUSD": [(0.0, 1.1, 1.1), (60.0, 1.08, 1.08)], "GBPUSD": [(0.0, 1.3, 1.3)]}
    terminal = terminal_of(quotes, None, account)
    opened(terminal, buy("EURUSD", 1.0))
    opened(terminal, buy("EURUSD", 1.0, sl=1.09))
    other = opened(terminal, buy("GBPUSD", 1.0))
    assert retcode(terminal, sell("GBPUSD", 1.0, position=other)) == DONE
    assert after(terminal, 60).positions_total() == 1


def test_where_hedging_is_prohibited_nothing_is_opened_against_a_position() -> None:
    terminal = dollar_account(hedge_prohibited=True)
    ticket = opened(terminal, buy("EURUSD", 1.0))
    assert retcode(terminal, sell("EURUSD", 0.5)) == 10046
    assert retcode(terminal, pending("EURUSD", 3, 0.5, 1.2)) == 10046
    assert retcode(terminal, pending("EURUSD", 2, 0.5, 1.0)) == DONE
    assert retcode(terminal, buy("EURUSD", 0.5)) == DONE
    assert retcode(terminal, sell("EURUSD", 1.0, position=ticket)) == DONE


# --- recorded specifications -----------------------------------------------------------------


def test_gold_of_a_demo_server_pays_the_swap_its_terminal_reported() -> None:
    # BEHAVIOUR 14 and 17: 61.6 points a night on 0.01 lot of 100 oz were 0.54 EUR at 1.137
    gold = contract_of(
        "XAUUSD",
        calc_mode=FOREX,
        currency_margin="XAU",
        leverage=1_000.0,
        digits=2,
        point=0.01,
        tick_size=0.01,
        stops_level=1,
        exemode=2,
        filling_mask=3,
        swap_mode=1,
        swap_long=-61.6,
        swap_short=40.5,
        swap_rollover3days=3,
    )
    quotes = {
        "XAUUSD": [(0.0, 4_124.0, 4_124.16)],
        "EURUSD": [(0.0, 1.137, 1.137)],
    }
    account = AccountConfig(currency="EUR", leverage=1_000, stop_out_level=20.0)
    terminal = terminal_of(quotes, {"XAUUSD": gold}, account)
    info = terminal.symbol_info("XAUUSD")
    assert info is not None
    assert (info.spread, info.trade_stops_level, info.expiration_mode) == (16, 1, 15)
    opened(terminal, buy("XAUUSD", 0.01))
    assert position_of(after(terminal, TO_MIDNIGHT_S)).swap == -0.54


def test_the_euro_of_a_demo_server_converts_ticks_as_recorded() -> None:
    # BEHAVIOUR 14 and 17: bid 1.09137, ask 1.09152 on a EUR account, Instant execution, FOK only
    contract = contract_of(
        "EURUSD", exemode=1, filling_mask=1, volume_max=500.0, swap_long=-0.7, swap_short=-1.0
    )
    account = AccountConfig(currency="EUR", stop_out_level=30.0, margin_call_level=50.0)
    terminal = terminal_of({"EURUSD": [(0.0, 1.09137, 1.09152)]}, {"EURUSD": contract}, account)
    info = terminal.symbol_info("EURUSD")
    assert info is not None
    assert info.trade_tick_value_profit == pytest.approx(0.9161536206, abs=1e-10)
    assert info.trade_tick_value_loss == pytest.approx(0.9162795386, abs=1e-10)
    assert info.trade_tick_value == info.trade_tick_value_profit
    assert account_of(terminal).limit_orders == 200
    assert retcode(terminal, buy("EURUSD", 500.01, price=1.09152)) == 10014
