from __future__ import annotations

from pathlib import Path

import pytest
from simulator_builders import START_S, after, buy, contract_of, feed_of, market_of, terminal_of

from bot.errors import DataError
from bot.simulator.config import AccountConfig
from bot.simulator.terminal import SimulatedTerminal

ONE_QUOTE = {"EURUSD": [(0, 1.1, 1.1001)]}


def unattached() -> SimulatedTerminal:
    return SimulatedTerminal(market_of([feed_of(contract_of("EURUSD"), ONE_QUOTE["EURUSD"])]))


READS = [
    ("terminal_info", (), None),
    ("account_info", (), None),
    ("positions_total", (), None),
    ("positions_get", (), None),
    ("orders_total", (), None),
    ("orders_get", (), None),
    ("symbols_total", (), None),
    ("symbols_get", (), None),
    ("symbol_info", ("EURUSD",), None),
    ("symbol_info_tick", ("EURUSD",), None),
    ("symbol_select", ("EURUSD",), False),
    ("copy_rates_from_pos", ("EURUSD", 1, 0, 1), None),
    ("copy_ticks_from", ("EURUSD", START_S, 1, -1), None),
    ("history_deals_get", (START_S, START_S + 1), None),
    ("history_orders_total", (START_S, START_S + 1), None),
    ("order_check", ({},), None),
    ("order_send", ({},), None),
    ("order_calc_margin", (0, "EURUSD", 1.0, 1.1), None),
    ("market_book_get", ("EURUSD",), None),
    ("login", (1,), False),
    ("version", (), (0, 0, "")),
]


@pytest.mark.parametrize(("name", "args", "failure"), READS)
def test_before_initialize_every_call_fails_with_no_connection(
    name: str, args: tuple[object, ...], failure: object
) -> None:
    terminal = unattached()
    assert getattr(terminal, name)(*args) == failure
    assert terminal.last_error() == (-10004, "No IPC connection")


def test_initialize_attaches_and_shutdown_lets_go() -> None:
    terminal = unattached()
    assert terminal.initialize() is True
    assert terminal.last_error() == (1, "Success")
    assert terminal.account_info() is not None
    assert terminal.shutdown() is True
    assert terminal.last_error() == (1, "Success")
    assert terminal.account_info() is None


@pytest.mark.parametrize(
    ("kwargs", "text"),
    [
        ({"login": "5012345"}, 'Invalid "login" argument'),
        ({"login": 1.0}, 'Invalid "login" argument'),
        ({"password": 7}, 'Invalid "password" argument'),
        ({"server": b"S"}, 'Invalid "server" argument'),
        ({"server": "S" * 254}, 'Invalid "server" argument'),
        ({"timeout": "60"}, 'Invalid "timeout" argument'),
        ({"path": Path("terminal64.exe")}, 'Invalid "path" argument'),
    ],
)
def test_initialize_refuses_wrong_types_and_closes_the_connection(
    kwargs: dict[str, object], text: str
) -> None:
    terminal = terminal_of(ONE_QUOTE)
    assert terminal.initialize(**kwargs) is False
    assert terminal.last_error() == (-2, text)
    assert terminal.account_info() is None


def test_only_the_path_may_be_positional() -> None:
    terminal = unattached()
    assert terminal.initialize("C:\\terminal64.exe") is True
    assert terminal.initialize("C:\\terminal64.exe", 5) is False
    assert terminal.last_error()[0] == -2


def test_misspelt_credentials_are_ignored_and_the_account_stays() -> None:
    assert unattached().initialize(account=1) is True


def test_another_account_or_a_wrong_password_is_refused() -> None:
    market = market_of([feed_of(contract_of("EURUSD"), ONE_QUOTE["EURUSD"])])
    terminal = SimulatedTerminal(market, AccountConfig(login=77, password="right", server="Srv"))
    for wrong in ({"login": 78}, {"login": 77, "password": "no"}, {"login": 77, "server": "Else"}):
        assert terminal.initialize(**wrong) is False
        assert terminal.last_error() == (-6, "Terminal: Authorization failed")
    assert terminal.initialize(login=77, password="right", server="Srv") is True


def test_a_failed_login_leaves_the_connection_usable() -> None:
    terminal = terminal_of(ONE_QUOTE)
    assert terminal.login(1, "password", "server") is False
    assert terminal.last_error()[0] == -6
    assert terminal.account_info() is not None
    assert terminal.login(AccountConfig().login) is True


@pytest.mark.parametrize("args", [(), (0,)])
def test_login_without_a_number_is_refused_by_the_package(args: tuple[int, ...]) -> None:
    terminal = terminal_of(ONE_QUOTE)
    assert terminal.login(*args) is False
    assert terminal.last_error() == (-2, 'Invalid "login" argument')


def test_version_names_line_build_and_date() -> None:
    assert terminal_of(ONE_QUOTE).version() == (500, 5260, "05 Sep 2025")


def test_last_error_shows_the_most_recent_call_and_resets_nothing() -> None:
    terminal = terminal_of(ONE_QUOTE)
    terminal.symbol_info("NOPE")
    assert terminal.last_error() == terminal.last_error() == (-4, "Terminal: Not found")
    terminal.account_info()
    assert terminal.last_error() == (1, "Success")


def test_terminal_info_shows_the_switches() -> None:
    terminal = terminal_of(ONE_QUOTE)
    switches = terminal.operator.switches
    switches.connected = switches.algo_trading = switches.python_api = False
    info = terminal.terminal_info()
    assert info is not None
    assert (info.connected, info.trade_allowed, info.tradeapi_disabled) == (False, False, True)


def test_account_info_shows_permissions_as_soon_as_they_change() -> None:
    terminal = terminal_of(ONE_QUOTE)
    before = terminal.account_info()
    terminal.operator.switches.connected = False
    terminal.operator.switches.account_experts = False
    info = terminal.account_info()
    assert before is not None
    assert info is not None
    assert (before.trade_allowed, before.trade_expert) == (True, True)
    assert (info.trade_allowed, info.trade_expert) == (False, False)


def test_two_terminals_in_one_process_share_nothing() -> None:
    first, second = terminal_of(ONE_QUOTE), terminal_of(ONE_QUOTE)
    first.order_send(buy("EURUSD", 0.1))
    first.symbol_info("NOPE")
    first.shutdown()
    assert second.positions_total() == 0
    assert second.last_error() == (1, "Success")
    assert second.now_utc_s == START_S


def test_the_clock_is_the_callers_and_never_goes_back() -> None:
    terminal = after(terminal_of(ONE_QUOTE), 90.5)
    assert terminal.now_utc_s == START_S + 90.5
    with pytest.raises(DataError, match="cannot go back"):
        terminal.advance_to(START_S + 90)


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("margin_mode", 3, "0 \\(netting\\), 1 \\(exchange\\), 2 \\(hedging\\)"),
        ("stop_out_mode", 2, "0 \\(percent\\), 1 \\(money\\)"),
        ("balance_money", float("nan"), "0 to 1e12"),
        ("balance_money", -1.0, "0 to 1e12"),
        ("currency_digits", 9, "0 to 8"),
        ("login", 0, "1 to"),
    ],
)
def test_an_account_that_cannot_be_simulated_is_refused_by_name(
    field: str, value: object, allowed: str
) -> None:
    with pytest.raises(DataError, match=f"{field} is .*allowed: .*{allowed}"):
        AccountConfig(**{field: value})  # type: ignore[arg-type]
