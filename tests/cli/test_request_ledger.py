import json

import pytest

from bot.cli.simulated import LedgerLine, LedgerTerminal, RequestLedger
from bot.errors import StateCorruptError
from bot.report.text import day_number
from bot.rules.calendar import day_start_utc_s
from bot.simulator.config import AccountConfig
from bot.simulator.generated import generated_market
from bot.timezones import server_offset_table

START = day_start_utc_s(day_number("2026-03-02"), server_offset_table())
ENTRY = {"action": 1, "symbol": "EURUSD", "volume": 0.5, "type": 0, "type_filling": 1}


@pytest.fixture(scope="module")
def market():
    return generated_market(3, ("EURUSD",), int(START), 1, history_days_count=5)


def _entry(terminal, **changes):
    price = terminal.symbol_info_tick("EURUSD").ask
    return ENTRY | {"price": price, "sl": round(price - 0.01, 5), "tp": 0.0} | changes


def _lived(market, ledger, until_h=20.0):
    """Two positions, a wider stop, a close and a limit order over one day."""
    terminal = LedgerTerminal(market, AccountConfig(), ledger)
    terminal.initialize()
    terminal.symbol_select("EURUSD", True)
    for hour in (9.0, 10.0):
        terminal.advance_to(START + hour * 3_600)
        terminal.order_send(_entry(terminal))
    first = terminal.positions_get()[0]
    terminal.order_send(
        {"action": 6, "symbol": "EURUSD", "position": first.ticket, "sl": 1.0, "tp": 0.0}
    )
    terminal.advance_to(START + 12.5 * 3_600)
    bid = terminal.symbol_info_tick("EURUSD").bid
    terminal.order_send(
        ENTRY | {"position": first.ticket, "type": 1, "price": bid, "volume": first.volume}
    )
    terminal.order_send(**_entry(terminal, action=5, type=2, price=round(bid - 0.02, 5), sl=0.9))
    terminal.advance_to(START + until_h * 3_600)
    return terminal


def test_a_broker_rebuilt_from_its_ledger_is_exactly_where_it_was(market, tmp_path):
    path = tmp_path / "broker" / "requests.jsonl"
    lived = _lived(market, RequestLedger(path))
    again = LedgerTerminal(market, AccountConfig(), RequestLedger(path))
    again.advance_to(lived.now_utc_s)
    again.initialize()
    assert again.trace_hash() == lived.trace_hash()
    assert again.account_info() == lived.account_info()
    assert again.positions_get() == lived.positions_get()
    assert again.orders_get() == lived.orders_get()


def test_rebuilding_sends_nothing_new(market, tmp_path):
    path = tmp_path / "requests.jsonl"
    _lived(market, RequestLedger(path))
    before = path.read_bytes()
    LedgerTerminal(market, AccountConfig(), RequestLedger(path))
    assert path.read_bytes() == before
    assert before.count(b"\n") == 5


def test_a_torn_last_line_was_never_executed_and_is_cut_off(market, tmp_path):
    path = tmp_path / "requests.jsonl"
    _lived(market, RequestLedger(path))
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for cut in (1, len(lines[-1]) // 2, len(lines[-1]) - 1):
        path.write_bytes(whole[:-cut])
        assert len(RequestLedger(path).lines()) == 4
        assert path.read_bytes() == b"".join(lines[:-1])


def test_a_request_is_on_disk_before_the_server_sees_it(market, tmp_path):
    path = tmp_path / "requests.jsonl"
    terminal = LedgerTerminal(market, AccountConfig(), RequestLedger(path))
    terminal.initialize()
    terminal.advance_to(START + 9 * 3_600)
    request = _entry(terminal)
    terminal.order_send(request)
    assert json.loads(path.read_text()) == {"at_utc_s": START + 9 * 3_600, "request": request}


def test_a_damaged_line_names_itself(tmp_path):
    path = tmp_path / "requests.jsonl"
    path.write_text('{"at_utc_s":1.0,"request":{}}\nnonsense\n')
    with pytest.raises(StateCorruptError, match="line 2"):
        RequestLedger(path).lines()


def test_numbers_come_back_with_their_type(tmp_path):
    path = tmp_path / "requests.jsonl"
    ledger = RequestLedger(path)
    ledger.append(LedgerLine(1.25, {"volume": 1.0, "magic": 2**62, "comment": "s1.1"}))
    ledger.close()
    (line,) = RequestLedger(path).lines()
    assert line.at_utc_s == 1.25
    assert [type(value) for value in line.request.values()] == [float, int, str]
    assert line.request["magic"] == 2**62


def test_an_empty_ledger_has_no_lines(tmp_path):
    assert RequestLedger(tmp_path / "none.jsonl").lines() == []
