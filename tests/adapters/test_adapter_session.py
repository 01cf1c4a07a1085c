from dataclasses import replace

import pytest
from adapters_fakes import (
    NOW_UTC_S,
    PIN,
    Fault,
    ScriptedTerminal,
    a_client,
    account_row,
    reason_of,
    symbol_row,
    terminal_row,
    tick_row,
    value_of,
)

from bot.adapters.clock import ManualClock
from bot.errors import WrongAccountError
from bot.model.broker import AccountFacts, CancelOrder, SendResult, TerminalFacts
from bot.model.settings import AccountPin

ANY_ACCOUNT = AccountPin(0, "", "", False, 20_000.0)


def test_attaching_gives_no_credentials_and_never_logs_in():
    terminal = ScriptedTerminal()
    client = a_client(terminal, connect=False, terminal_path="C:\\mt5\\terminal64.exe")

    value_of(client.connect())

    assert terminal.calls[0] == (
        "initialize",
        ("C:\\mt5\\terminal64.exe", {"timeout": 20_000}),
    )
    assert not hasattr(terminal, "login")


def test_without_a_path_the_terminal_is_found_by_the_package():
    terminal = ScriptedTerminal()

    value_of(a_client(terminal, connect=False).connect())

    assert terminal.calls[0] == ("initialize", ({"timeout": 20_000},))


def test_a_terminal_that_cannot_be_attached_is_unknown_with_its_error():
    terminal = ScriptedTerminal()
    terminal.break_next("initialize", Fault(value=False, error=(-10005, "IPC timeout")))

    reason = reason_of(a_client(terminal, connect=False).connect())

    assert reason.startswith("cannot attach to the terminal: ")
    assert "-10005 IPC timeout" in reason


def test_the_account_is_read_whole():
    terminal = ScriptedTerminal()
    terminal.account = account_row(
        balance=20_100.0, equity=20_050.0, margin=400.0, margin_free=19_650.0
    )

    assert value_of(a_client(terminal).account()) == AccountFacts(
        login=7,
        server="FivePercentOnline-Real",
        currency="USD",
        leverage=100,
        is_hedging=True,
        is_demo=True,
        trade_allowed=True,
        balance_money=20_100.0,
        equity_money=20_050.0,
        margin_money=400.0,
        margin_free_money=19_650.0,
        stop_out_level_pct=50.0,
    )


@pytest.mark.parametrize(
    ("pin", "named"),
    [
        (replace(PIN, login=8), "login is 7, pinned 8"),
        (replace(PIN, server="Other-Demo"), "server is 'FivePercentOnline-Real', pinned 'Other"),
        (replace(PIN, currency="EUR"), "currency is 'USD', pinned 'EUR'"),
    ],
)
def test_another_account_than_the_pinned_one_is_refused_by_name(pin, named):
    with pytest.raises(WrongAccountError, match=named):
        a_client(ScriptedTerminal(), pin=pin)


def test_a_netting_account_is_refused_where_hedging_is_required():
    terminal = ScriptedTerminal()
    terminal.account = account_row(margin_mode=0)

    with pytest.raises(WrongAccountError, match="hedging is False, pinned True"):
        a_client(terminal)


def test_every_difference_is_named_at_once():
    with pytest.raises(WrongAccountError, match="login is 7, pinned 9, currency is 'USD'"):
        a_client(ScriptedTerminal(), pin=replace(PIN, login=9, currency="EUR"))


def test_nothing_is_sent_after_a_foreign_account_was_refused():
    terminal = ScriptedTerminal()
    client = a_client(terminal, pin=replace(PIN, login=9), connect=False)
    with pytest.raises(WrongAccountError):
        client.connect()

    outcome = client.send(CancelOrder("EURUSD", 90))

    assert outcome.result == SendResult.NOT_SENT
    assert terminal.calls_of("order_send") == []


def test_what_is_not_pinned_fits_any_account():
    terminal = ScriptedTerminal()
    terminal.account = account_row(login=1, server="X", currency="EUR", margin_mode=0)

    assert value_of(a_client(terminal, pin=ANY_ACCOUNT, connect=False).connect()).login == 1


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"equity": float("nan")}, "not finite"),
        ({"margin": float("inf")}, "not finite"),
        ({"balance": 0.0, "equity": 0.0}, "failed read"),
        ({"equity": 0.0}, "failed read"),
        ({"equity": 0.0, "profit": -19_000.0}, "failed read"),
        ({"equity": 0.0, "profit": -20_000.0, "credit": 500.0}, "failed read"),
        ({"login": 0}, "not logged in"),
        ({"server": ""}, "not logged in"),
        ({"currency": ""}, "not logged in"),
        ({"balance": None}, "not the shape"),
    ],
)
def test_an_account_that_cannot_be_true_is_unknown(changes, named):
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    terminal.account = account_row(**changes)

    assert named in reason_of(client.account())


@pytest.mark.parametrize(
    "changes",
    [
        {"equity": 0.0, "profit": -20_000.0},
        {"equity": 0.0, "profit": -20_500.0, "credit": 500.0},
        {"equity": -0.01, "profit": 0.0},
    ],
)
def test_an_account_that_lost_everything_is_believed(changes):
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    terminal.account = account_row(**changes)

    assert value_of(client.account()).equity_money == changes["equity"]


def test_a_row_of_another_kind_is_unknown():
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    terminal.account = ("not", "an", "account")

    assert "not the shape the package promises" in reason_of(client.account())


def test_no_trading_permission_of_either_kind_is_no_permission():
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    terminal.account = account_row(trade_expert=False)
    assert not value_of(client.account()).trade_allowed

    terminal.account = account_row(trade_allowed=False)
    assert not value_of(client.account()).trade_allowed


def test_only_a_real_account_is_not_a_demo():
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    found = []
    for mode in (0, 1, 2):
        terminal.account = account_row(trade_mode=mode)
        found.append(value_of(client.account()).is_demo)

    assert found == [True, True, False]


def test_a_stop_out_level_in_money_is_told_in_percent_of_todays_margin():
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    terminal.account = account_row(margin_so_mode=1, margin_so_so=100.0, margin=400.0)
    assert value_of(client.account()).stop_out_level_pct == 25.0

    terminal.account = account_row(margin_so_mode=1, margin_so_so=100.0, margin=0.0)
    assert value_of(client.account()).stop_out_level_pct == 0.0


@pytest.mark.parametrize(
    "changes",
    [{"login": 8}, {"server": "Other"}, {"currency": "EUR"}, {"margin_mode": 0}],
)
def test_an_account_that_changes_while_we_run_is_unknown_and_gets_no_request(changes):
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    terminal.account = account_row(**changes)

    assert "the terminal now shows" in reason_of(client.account())
    outcome = client.send(CancelOrder("EURUSD", 90))
    assert outcome.result == SendResult.NOT_SENT
    assert "the terminal now shows" in outcome.text
    assert terminal.calls_of("order_send") == []


def test_the_account_that_comes_back_is_traded_again():
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    mine = terminal.account
    terminal.account = account_row(login=8)
    client.account()
    terminal.account = mine

    assert value_of(client.account()).login == 7


def test_the_terminals_switches_are_read():
    terminal = ScriptedTerminal()
    client = a_client(terminal)

    assert value_of(client.terminal()) == TerminalFacts(True, True, True, 5200, 0.0899)

    terminal.terminal = terminal_row(connected=False, trade_allowed=False, tradeapi_disabled=True)
    assert value_of(client.terminal()) == TerminalFacts(False, False, False, 5200, 0.0899)


def test_a_terminal_of_another_shape_is_unknown():
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    terminal.terminal = ()

    assert "not the shape" in reason_of(client.terminal())


def test_a_failed_terminal_read_is_unknown():
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    terminal.break_next("terminal_info", Fault(error=(-10002, "IPC recv failed")))

    assert "-10002" in reason_of(client.terminal())


@pytest.mark.parametrize(
    ("name", "value"), [("symbols_get", None), ("symbols_get", ()), ("symbols_get", {"a": 1})]
)
def test_a_terminal_without_symbols_is_not_ready(name, value):
    terminal = ScriptedTerminal()
    terminal.break_next(name, *[Fault(value=value)] * 3)

    reason_of(a_client(terminal, connect=False).connect())


def test_mapped_symbols_are_selected_and_one_that_cannot_be_is_given_up():
    terminal = ScriptedTerminal()
    terminal.break_next("symbol_select", Fault(value=False, error=(-4, "Terminal: Not found")))

    client = a_client(terminal)

    assert client.mapping() == {}
    assert "cannot be selected" in client.unmapped()["EURUSD"]


def test_symbols_of_another_shape_leave_us_unattached():
    terminal = ScriptedTerminal()
    terminal.symbols = {"EURUSD": "EURUSD"}

    assert "symbol" in reason_of(a_client(terminal, connect=False).connect())


def test_reconnecting_attaches_again_and_maps_again():
    terminal = ScriptedTerminal()
    client = a_client(terminal)
    terminal.symbols = {"EURUSD.r": symbol_row("EURUSD.r", currency_base="EUR")}

    value_of(client.connect())

    assert terminal.calls[0][0] == "initialize"
    assert client.mapping() == {}


def test_letting_go_leaves_the_terminal_and_stops_our_sending():
    terminal = ScriptedTerminal()
    client = a_client(terminal)

    client.close()

    assert terminal.calls == [("shutdown", ())]
    assert client.send(CancelOrder("EURUSD", 90)).result == SendResult.NOT_SENT


def test_the_clock_offset_is_measured_from_the_mapped_symbols_ticks():
    terminal = ScriptedTerminal()
    clock = ManualClock(NOW_UTC_S)
    client = a_client(terminal, clock)
    terminal.ticks = {}
    assert reason_of(client.clock_offset_s())

    terminal.ticks = {"EURUSD": tick_row()}

    assert value_of(client.clock_offset_s()) == 3 * 3600
    terminal.calls.clear()
    assert value_of(client.clock_offset_s()) == 3 * 3600
    assert terminal.calls == []  # measured just now: nothing is asked


def test_before_attaching_the_account_is_unknown():
    assert "not attached" in reason_of(a_client(ScriptedTerminal(), connect=False).account())


def test_a_terminal_whose_bar_limit_cannot_be_read_is_not_attached():
    terminal = ScriptedTerminal()
    terminal.break_next("terminal_info", Fault(error=(-10002, "IPC recv failed")))

    assert "-10002" in reason_of(a_client(terminal, connect=False).connect())
