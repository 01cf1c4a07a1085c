from __future__ import annotations

from dataclasses import replace

import pytest
from simulator_builders import (
    ASK,
    BID,
    DONE,
    WALL_S,
    after,
    buy,
    contract_of,
    opened,
    pending,
    retcode,
    sell,
    terminal_of,
    terminal_with,
)

from bot.rules.calendar import DAY_S
from bot.simulator.config import AccountConfig
from bot.simulator.symbols import SymbolContract


@pytest.mark.parametrize(
    ("type_time", "expiration", "mask", "code"),
    [
        (0, 0, 15, DONE),
        (0, 0, 14, 10022),
        (1, 0, 15, DONE),
        (1, 0, 13, 10022),
        (2, WALL_S + 1, 15, DONE),
        (2, WALL_S, 15, 10022),
        (2, 0, 15, 10022),
        (2, WALL_S + 60, 11, 10022),
        (3, WALL_S, 15, DONE),
        (3, WALL_S - DAY_S, 15, 10022),
        (3, WALL_S, 7, 10022),
        (4, 0, 15, 10022),
    ],
)
def test_expiry_must_be_a_permitted_kind_and_not_past(
    type_time: int, expiration: int, mask: int, code: int
) -> None:
    terminal = terminal_with(expiration_mask=mask)
    request = pending("EURUSD", 2, 0.1, 1.0, type_time=type_time, expiration=expiration)
    assert retcode(terminal, request) == code


def test_inside_the_freeze_level_nothing_can_be_changed() -> None:
    terminal = terminal_with(freeze_level=100)
    near = opened(terminal, buy("EURUSD", 0.1, sl=1.09901))
    far = opened(terminal, buy("EURUSD", 0.1, sl=1.099))
    resting = opened(terminal, pending("EURUSD", 2, 0.1, 1.09921))
    assert retcode(terminal, sell("EURUSD", 0.1, position=near)) == 10029
    assert retcode(terminal, {"action": 6, "position": near, "sl": 1.08}) == 10029
    assert retcode(terminal, {"action": 8, "order": resting}) == 10029
    assert retcode(terminal, {"action": 7, "order": resting, "price": 1.05}) == 10029
    assert retcode(terminal, {"action": 6, "position": far, "sl": 1.08}) == DONE


def noon_to_one(contract: SymbolContract) -> SymbolContract:
    """Tradable from 12:00 to 13:00 server time only."""
    return replace(contract, sessions=(((12 * 3600, 13 * 3600),),) * 7)


def test_outside_the_session_nothing_is_traded_or_changed() -> None:
    quotes = {"EURUSD": [(60.0 * minute, BID, ASK) for minute in range(60)]}
    terminal = terminal_of(quotes, {"EURUSD": noon_to_one(contract_of("EURUSD"))})
    position = opened(terminal, buy("EURUSD", 0.1))
    resting = opened(terminal, pending("EURUSD", 2, 0.1, 1.0))
    after(terminal, 3599)
    assert retcode(terminal, buy("EURUSD", 0.1)) == DONE
    after(terminal, 3600)
    requests = [
        buy("EURUSD", 0.1),
        sell("EURUSD", 0.1, position=position),
        pending("EURUSD", 2, 0.1, 1.0),
        {"action": 6, "position": position, "sl": 1.0},
        {"action": 7, "order": resting, "price": 1.01},
        {"action": 8, "order": resting},
    ]
    assert {retcode(terminal, request) for request in requests} == {10018}
    checked = terminal.order_check(buy("EURUSD", 0.1))
    assert checked is not None
    assert checked.retcode == 0  # passing the check promises nothing about the session


def test_a_symbol_without_a_recent_quote_is_not_traded() -> None:
    terminal = terminal_with()
    after(terminal, 2 * 3600)
    assert retcode(terminal, buy("EURUSD", 0.1)) == DONE
    after(terminal, 2 * 3600 + 1)
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10021
    strict = terminal_with(AccountConfig(quote_age_max_s=30))
    assert retcode(after(strict, 31), buy("EURUSD", 0.1)) == 10021


def test_a_symbol_without_any_quote_or_selection_has_no_prices() -> None:
    terminal = terminal_of({"EURUSD": [(60, BID, ASK)]})
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10021
    assert retcode(terminal, pending("EURUSD", 2, 0.1, 1.0)) == 10021
    after(terminal, 60)
    terminal.symbol_select("EURUSD", False)
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10021
    terminal.symbol_select("EURUSD")
    assert retcode(terminal, buy("EURUSD", 0.1)) == DONE


def test_a_symbol_whose_cross_has_no_quote_is_not_opened() -> None:
    terminal = terminal_of(
        {"EURGBP": [(0, 0.85, 0.8501)], "GBPUSD": [(60, 1.3, 1.3001)], "EURUSD": [(0, BID, ASK)]}
    )
    assert retcode(terminal, buy("EURGBP", 0.1)) == 10021
    assert retcode(after(terminal, 60), buy("EURGBP", 0.1)) == DONE


def test_orders_positions_and_volume_have_limits() -> None:
    account = AccountConfig(limit_orders=2, limit_positions=1)
    terminal = terminal_with(account, volume_limit=0.5)
    opened(terminal, pending("EURUSD", 2, 0.1, 1.0))
    assert retcode(terminal, pending("EURUSD", 2, 0.41, 1.0)) == 10034
    opened(terminal, pending("EURUSD", 2, 0.4, 1.0))
    assert retcode(terminal, pending("EURUSD", 3, 0.1, 1.2)) == 10033
    assert retcode(terminal, buy("EURUSD", 0.01)) == 10034
    opened(terminal, sell("EURUSD", 0.5))
    assert retcode(terminal, sell("EURUSD", 0.01)) == 10040


def test_an_order_whose_margin_exceeds_free_equity_is_refused_to_the_cent() -> None:
    exact = AccountConfig(balance_money=1_100.2)
    assert retcode(terminal_with(exact), buy("EURUSD", 1.0)) == DONE
    short = AccountConfig(balance_money=1_100.19)
    terminal = terminal_with(short)
    assert retcode(terminal, buy("EURUSD", 1.0)) == 10019
    checked = terminal.order_check(buy("EURUSD", 1.0))
    assert checked is not None
    assert checked.retcode == 10019
    assert checked[1:7] == (0.0,) * 6


def test_order_check_shows_the_account_after_the_trade() -> None:
    terminal = terminal_with()
    opened(terminal, buy("EURUSD", 1.0))
    checked = terminal.order_check(buy("EURUSD", 1.0))
    assert checked is not None
    assert (checked.retcode, checked.comment) == (0, "Done")
    assert (checked.balance, checked.equity, checked.profit) == (20_000.0, 19_980.0, -20.0)
    assert (checked.margin, checked.margin_free) == (2_200.4, 17_779.6)
    assert checked.margin_level == pytest.approx(19_980.0 / 2_200.4 * 100)
    assert checked.request.volume == 1.0
    assert terminal.positions_total() == 1


def test_nothing_changed_is_said_and_not_done() -> None:
    terminal = terminal_with()
    ticket = opened(terminal, buy("EURUSD", 0.1, sl=1.0))
    order = opened(terminal, pending("EURUSD", 2, 0.1, 1.0, sl=0.9))
    assert retcode(terminal, {"action": 6, "position": ticket, "sl": 1.0}) == 10025
    assert retcode(terminal, {"action": 6, "position": ticket, "sl": 1.01}) == DONE
    same = {"action": 7, "order": order, "price": 1.0, "sl": 0.9}
    assert retcode(terminal, same) == 10025
    dated = same | {"type_time": 2, "expiration": WALL_S + 60}
    assert retcode(terminal, dated) == DONE
    assert retcode(terminal, dated) == 10025
    assert retcode(terminal, dated | {"expiration": WALL_S + 61}) == DONE
