"""How a terminal is attached to, and several accounts behind one (BEHAVIOUR 2, 4, 9)."""

from __future__ import annotations

from pathlib import PureWindowsPath

import pytest
from simulator_builders import (
    ASK,
    BID,
    START_S,
    after,
    buy,
    contract_of,
    feed_of,
    market_of,
    opened,
    pending,
    retcode,
    terminal_of,
)

from bot.errors import DataError
from bot.simulator.config import AccountConfig, TerminalStart
from bot.simulator.terminal import SimulatedTerminal

ROWS = [(0.0, BID, ASK), (60.0, BID, ASK), (120.0, 1.2, 1.2002)]
FIRST = AccountConfig(login=11, password="one", server="Demo")
SECOND = AccountConfig(login=22, password="two", server="Live", balance_money=5_000.0)
NO_CONNECTION = (-10004, "No IPC connection")


def unattached(account: AccountConfig = FIRST) -> SimulatedTerminal:
    return SimulatedTerminal(market_of([feed_of(contract_of("EURUSD"), ROWS)]), account)


def two_accounts() -> SimulatedTerminal:
    terminal = unattached()
    terminal.add_account(SECOND)
    assert terminal.initialize()
    return terminal


def login_of(terminal: SimulatedTerminal) -> int:
    info = terminal.account_info()
    assert info is not None
    return info.login


# --- initialize ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "error"),
    [
        (
            TerminalStart.NOT_INSTALLED,
            (-10003, "IPC initialize failed, MetaTrader 5 x64 not found"),
        ),
        (
            TerminalStart.SILENT,
            (-10003, "IPC initialize failed, Pipe server didn't answer in 60 sec"),
        ),
        (TerminalStart.REFUSED, (-6, "Terminal: Authorization failed")),
        (TerminalStart.UNSUPPORTED, (-7, "Terminal: Unsupported function")),
    ],
)
def test_a_terminal_that_cannot_be_attached_says_why_and_stays_closed(
    start: TerminalStart, error: tuple[int, str]
) -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    terminal.operator.switches.start = start
    assert terminal.initialize() is False
    assert terminal.last_error() == error
    assert terminal.account_info() is None
    assert terminal.last_error() == NO_CONNECTION


def test_a_package_that_does_not_fit_the_terminal_is_error_5() -> None:
    terminal = unattached()
    terminal.operator.switches.start = TerminalStart.OUTDATED
    assert terminal.initialize() is False
    assert terminal.last_error()[0] == -5


@pytest.mark.parametrize(
    ("timeout", "is_attached"),
    [(None, True), (0, True), (60_000, True), (59_999, False), (1_000, False)],
)
def test_a_terminal_not_ready_within_the_timeout_is_10005_whatever_was_passed(
    timeout: int | None, is_attached: bool
) -> None:
    terminal = unattached()
    terminal.operator.switches.ready_at_utc_s = START_S + 60.0
    named: dict[str, object] = {} if timeout is None else {"timeout": timeout}
    assert terminal.initialize(**named) is is_attached
    expected = (1, "Success") if is_attached else (-10005, "IPC timeout")
    assert terminal.last_error() == expected


def test_a_timeout_is_answered_with_false_and_not_with_an_exception() -> None:
    terminal = two_accounts()
    terminal.operator.switches.ready_at_utc_s = START_S + 10.0
    assert terminal.login(22, "two", "Live", timeout=9_000) is False
    assert terminal.last_error() == (-10005, "IPC timeout")
    assert terminal.login(22, "two", "Live", timeout=10_000) is True


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ({"login": "11"}, "login"),
        ({"login": 11.0}, "login"),
        ({"timeout": 60.0}, "timeout"),
        ({"password": 1}, "password"),
        ({"server": b"Demo"}, "server"),
        ({"path": PureWindowsPath("C:/terminal64.exe")}, "path"),
    ],
)
def test_credentials_and_path_are_strictly_typed(named: dict[str, object], name: str) -> None:
    terminal = unattached()
    assert terminal.initialize(**named) is False
    assert terminal.last_error() == (-2, f'Invalid "{name}" argument')


def test_a_second_initialize_points_the_one_connection_anew() -> None:
    terminal = two_accounts()
    assert login_of(terminal) == 11
    assert terminal.initialize(login=22, password="two", server="Live") is True
    assert login_of(terminal) == 22
    assert terminal.initialize() is True
    assert login_of(terminal) == 22


def test_a_failed_initialize_closes_a_connection_that_stood() -> None:
    terminal = two_accounts()
    assert terminal.initialize(login=22, password="wrong") is False
    assert terminal.positions_total() is None
    assert terminal.last_error() == NO_CONNECTION
    assert terminal.version() == (0, 0, "")


# --- several accounts ------------------------------------------------------------------------


def test_login_takes_login_password_server_in_this_order() -> None:
    terminal = two_accounts()
    assert terminal.login(22, "two", "Live") is True
    assert login_of(terminal) == 22
    assert terminal.login(11, "Demo", "one") is False


@pytest.mark.parametrize(
    "credentials", [(22, "wrong"), (22, "two", "Demo"), (33,)], ids=["password", "server", "login"]
)
def test_a_refused_login_is_error_6_and_leaves_account_and_connection(
    credentials: tuple[object, ...],
) -> None:
    terminal = two_accounts()
    assert terminal.login(*credentials) is False
    assert terminal.last_error() == (-6, "Terminal: Authorization failed")
    assert login_of(terminal) == 11


def test_a_saved_password_need_not_be_given() -> None:
    terminal = two_accounts()
    assert terminal.login(22) is True


def test_login_switches_what_every_call_is_about() -> None:
    terminal = two_accounts()
    opened(terminal, buy("EURUSD", 0.1))
    opened(terminal, pending("EURUSD", 2, 0.1, 1.0))
    assert terminal.login(22, "two")
    info = terminal.account_info()
    assert info is not None
    assert (info.balance, info.server) == (5_000.0, "Live")
    assert (terminal.positions_get(), terminal.orders_get()) == ((), ())
    assert [d.profit for d in terminal.history_deals_get(1, 2_000_000_000) or ()] == [5_000.0]
    terminal.operator.deposit(100.0)
    assert terminal.login(11, "one")
    assert (terminal.positions_total(), terminal.orders_total()) == (1, 1)
    assert terminal.history_deals_total(1, 2_000_000_000) == 2


def test_an_account_nobody_looks_at_lives_on() -> None:
    terminal = two_accounts()
    opened(terminal, buy("EURUSD", 0.1, tp=1.15))
    assert terminal.login(22, "two")
    after(terminal, 120)
    assert terminal.login(11, "one")
    assert terminal.positions_total() == 0
    deals = terminal.history_deals_get(1, 2_000_000_000) or ()
    assert [d.reason for d in deals if d.entry == 1] == [5]


def test_tickets_of_different_accounts_are_different() -> None:
    terminal = two_accounts()
    first = opened(terminal, buy("EURUSD", 0.1))
    assert terminal.login(22, "two")
    assert opened(terminal, buy("EURUSD", 0.1)) != first


def test_link_and_buttons_are_the_terminals_permissions_the_accounts() -> None:
    terminal = two_accounts()
    terminal.operator.switches.algo_trading = False
    terminal.operator.switches.account_experts = False
    assert terminal.login(22, "two")
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10027
    terminal.operator.switches.algo_trading = True
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10009
    assert terminal.login(11, "one")
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10026


def test_a_login_exists_once() -> None:
    with pytest.raises(DataError, match="login 22 exists; logins: \\[11, 22\\]"):
        two_accounts().add_account(SECOND)


# --- without a link, and with buttons off ----------------------------------------------------


def test_without_a_link_cached_data_is_served_and_trading_is_10031() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    terminal.operator.switches.connected = False
    shown = terminal.terminal_info()
    tick = terminal.symbol_info_tick("EURUSD")
    account = terminal.account_info()
    assert shown is not None
    assert tick is not None
    assert account is not None
    assert (shown.connected, tick.bid, account.trade_allowed) == (False, BID, False)
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10031


def test_no_switch_stops_reading_and_history() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    opened(terminal, buy("EURUSD", 0.1))
    switches = terminal.operator.switches
    switches.algo_trading = switches.python_api = switches.account_experts = False
    switches.account_trading = False
    assert terminal.positions_total() == 1
    assert terminal.history_deals_total(1, 2_000_000_000) == 2
    assert terminal.symbol_info_tick("EURUSD") is not None
    check = terminal.order_check(buy("EURUSD", 0.1))
    assert check is not None
    assert check.retcode == 10027
