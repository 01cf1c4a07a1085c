"""Every example script does, on the simulated terminal, what it says it does."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from script_runner import EXAMPLES, Ran, example, simulate

FX = "--symbols EURUSD"


def _retcodes(ran: Ran) -> object:
    return ran.summary["requests_by_retcode"]


def _accounts(ran: Ran) -> list[dict[str, object]]:
    accounts = ran.summary["accounts"]
    assert isinstance(accounts, list)
    return accounts


def _done(ran: Ran) -> Ran:
    """The script ended well, and its balance is explained by its deals to the cent."""
    assert ran.code == 0, ran.err
    assert "Traceback" not in ran.err
    assert all(account["unexplained_money"] == 0 for account in _accounts(ran))
    return ran


def test_an_account_is_printed_field_by_field() -> None:
    ran = _done(example("connect_account", options=f"{FX} --balance 50000"))
    assert "margin_so_so = 50.0" in ran.out
    assert "holds 50000.00 USD, 1:100" in ran.out


def test_bars_and_ticks_become_data_frames() -> None:
    ran = _done(example("rates_to_pandas", "GBPUSD", options="--symbols GBPUSD"))
    assert "200 hourly bars of GBPUSD" in ran.out
    assert "rising time: True" in ran.out
    assert re.search(r"^daily bars of the last 30 days: 2\d$", ran.out, re.M)
    assert re.search(r"^\d{3} ticks, average spread 0\.0001\d+$", ran.out, re.M)


def test_an_unknown_symbol_ends_the_script_with_its_own_exit_code() -> None:
    ran = example("rates_to_pandas", "NOSUCH", options=FX)
    assert ran.code == 1
    assert "no bars of NOSUCH (-1, 'Terminal: Call failed')" in ran.out


def test_a_market_order_is_opened_and_closed() -> None:
    ran = _done(example("market_order", options=FX))
    assert "2. order_send done, position ticket =" in ran.out
    assert "4. close: 10009 Request executed" in ran.out
    assert ran.out.rstrip().endswith("open positions: 0")
    assert _retcodes(ran) == {"10009": 2}


def test_a_lost_answer_is_told_though_the_position_is_open() -> None:
    ran = example("market_order", options=f"{FX} --fault answer-lost")
    assert ran.code == 1
    assert "order_send got no answer: (-10002," in ran.out
    assert ran.summary["unanswered_requests_count"] == 1
    assert _accounts(ran)[0]["open_positions_count"] == 1


def test_a_switched_off_button_refuses_the_order() -> None:
    ran = example("market_order", options=f"{FX} --fault B20")
    assert ran.code == 1
    assert "2. order_send failed, retcode = 10027" in ran.out


def test_a_position_is_closed_in_parts_down_to_nothing() -> None:
    ran = _done(example("partial_close", options="--symbols GBPUSD"))
    assert "closed 0.20 of 0.40" in ran.out
    assert "7 deals, 0.40 lots closed, 0 positions left" in ran.out
    assert "an impossible volume gives 10014" in ran.out


def test_a_trailing_stop_ends_the_trade() -> None:
    ran = _done(example("trailing_stop", options="--symbols XAUUSD"))
    assert re.search(r"stop moved \d+ times, out at [\d.]+ by '\[sl [\d.]+\]'", ran.out)
    assert "closed by the stop: True" in ran.out


def test_a_pending_order_expires_at_its_second() -> None:
    ran = _done(example("pending_expiry", options="--symbols USDJPY"))
    assert "gone after 15 minutes, expired: True" in ran.out
    assert "done at 2026-03-02 12:15:00+00:00 server time" in ran.out
    assert "a buy limit above the market: 10015 Invalid price" in ran.out
    assert "removed: 10009 orders left: 0" in ran.out


def test_a_report_explains_the_balance() -> None:
    ran = _done(example("history_report", options="--symbols EURUSD,USDJPY,XAUUSD"))
    assert ran.out.count("closed: True") == 4
    assert "deals in yen pairs: 2" in ran.out
    assert "balance explained by the deals: True" in ran.out
    assert _accounts(ran)[0]["deals_count"] == 8


def test_filling_modes_are_found_by_asking() -> None:
    ran = _done(example("order_check_fillings", options="--symbols EURUSD,XAUUSD,NAS100"))
    assert ran.out.count("takes FOK") == 3
    assert "RETURN with market execution: 10030" in ran.out
    assert "a hundred lots: 10019 No money" in ran.out
    assert "volume as an int: None (-2, 'Invalid \"volume\" argument')" in ran.out


def test_a_position_is_sized_by_the_tick_value() -> None:
    options = "--symbols EURUSD,GBPJPY,XAUUSD,GER40"
    ran = _done(example("position_size", "--risk", 0.5, options=options))
    assert "balance 20000.00, 0.5 % = 100.00" in ran.out
    assert re.search(r"^EURUSD +0\.25 lots, loss at stop +-100\.00", ran.out, re.M)
    losses = [float(found) for found in re.findall(r"loss at stop +(-[\d.]+)", ran.out)]
    assert len(losses) == 4
    assert all(-100.5 <= loss < 0 for loss in losses)


def test_all_symbols_are_scanned() -> None:
    ran = _done(example("symbol_scan"))
    assert "symbols_total: 37 symbols_get: 37" in ran.out
    assert "ranked: 37" in ran.out
    assert "no such symbol: None (-4, 'Terminal: Not found')" in ran.out
    assert "nothing matches: ()" in ran.out
    majors = ran.out.splitlines()[1]
    assert "EURUSD" in majors
    assert "XAUUSD" not in majors


def test_a_depth_of_market_is_shown_or_its_absence_said() -> None:
    ran = _done(example("market_book", options=FX))
    assert "no depth of market, the best" in ran.out or "depth of market shown" in ran.out


def test_two_logins_are_two_accounts() -> None:
    ran = _done(example("login_switch", options=FX))
    assert ran.out.count("1001001: balance 19999.60, positions 1") == 2
    assert ran.out.count("2002002: balance 20000.00, positions 0") == 2
    assert "no login number: (-2, 'Invalid \"login\" argument')" in ran.out
    assert [account["login"] for account in _accounts(ran)] == [1001001, 2002002]


def test_a_grid_is_placed_moved_and_removed() -> None:
    ran = _done(example("modify_grid", options="--symbols AUDUSD"))
    assert "orders resting: 8 of 8" in ran.out
    assert "orders moved: 8" in ran.out
    assert "changing nothing: 10025 No changes" in ran.out
    assert "orders left: 0" in ran.out


def test_a_thread_counts_ticks_beside_the_main_loop() -> None:
    ran = _done(example("ticker_loop", 5, options="--symbols EURUSD,USDJPY,XAUUSD"))
    assert "all symbols moved: True" in ran.out
    found = re.search(r"^5 rounds in (\d+) seconds$", ran.out, re.M)
    assert found is not None
    assert 75 <= int(found[1]) < 300


def test_an_endless_loop_is_stopped_by_the_simulated_clock() -> None:
    ran = _done(example("ticker_loop", options="--symbols EURUSD,USDJPY,XAUUSD --for 2m"))
    assert "stopped by the user" in ran.out
    assert ran.summary["is_time_over"] is True


def test_stops_go_to_break_even_and_both_trades_end() -> None:
    ran = _done(example("breakeven", options=FX))
    assert "stop to break even: Request executed" in ran.out
    assert "both trades are closed: True" in ran.out
    assert ran.out.startswith("2026-03-02 ")  # the log's own time stamps are simulated, too


def test_opposite_positions_are_closed_against_each_other() -> None:
    ran = _done(example("close_by", options=FX))
    assert "close by: 10009 Request executed" in ran.out
    assert "left: [(True, 0.1)]" in ran.out
    assert "positions at the end: 0" in ran.out


def test_averages_cross_and_the_position_turns() -> None:
    ran = _done(example("ma_cross", options=FX))
    turns = re.findall(r"^\d\d:\d\d:00 (buy|sell) at 1\.\d+$", ran.out, re.M)
    assert len(turns) >= 2
    assert all(first != second for first, second in pairwise(turns))
    assert f"turns: {len(turns)}, positions: 0" in ran.out
    assert _retcodes(ran) == {"10009": 2 * len(turns)}


def test_coroutines_share_one_simulated_clock() -> None:
    ran = _done(example("async_tickers", options="--symbols EURUSD,XAUUSD"))
    assert "EURUSD: 4 quotes" in ran.out
    assert "both watched in 120 seconds" in ran.out
    assert "given up after 165 seconds" in ran.out


def test_one_stop_order_fills_and_the_other_is_removed() -> None:
    ran = _done(example("breakout", options="--symbols GBPUSD"))
    assert ran.out.count("10009 Request executed") == 2
    assert "filled at the level or beyond: True own ticket: True" in ran.out
    assert "orders left: 0" in ran.out


def test_a_basket_is_closed_as_one() -> None:
    ran = _done(example("basket_close", options="--symbols EURUSD,GBPUSD,AUDUSD"))
    assert "opened: [True, True, True]" in ran.out
    assert re.search(
        r"^closing for (profit|loss|age) at -?\d+\.\d\d: \[True, True, True\]$", ran.out, re.M
    )
    assert "positions left: 0" in ran.out


def test_requests_are_taken_as_strictly_as_the_package_takes_them() -> None:
    ran = _done(example("strict_requests", options=FX))
    assert ran.out.count("not sent  (-2, 'Invalid \"volume\" argument')") == 3
    assert ran.out.count("not sent") == 8
    assert "negative magic            OverflowError" in ran.out
    assert _retcodes(ran) == {"10009": 2, "10013": 1, "10014": 1, "10016": 1, "10030": 1}
    assert "positions: 2" in ran.out


def test_every_clock_a_script_may_ask_says_the_same() -> None:
    ran = _done(example("server_time", options=FX))
    assert "server is UTC+2" in ran.out
    assert "all clocks agree: True" in ran.out
    assert "last bars open at 11:15, 11:30, 11:45, 12:00" in ran.out
    assert "on the minute: True" in ran.out
    assert "waited 20 seconds" in ran.out


def test_a_file_beside_the_script_is_written_and_read_back(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    script = shutil.copy(EXAMPLES / "equity_log.py", tmp_path / "own")
    # the copy is what `example("equity_log")` would run, without a file left among the examples
    ran = _done(simulate(Path(script), 4, options=f"--json --jump {FX}", cwd=tmp_path))
    assert "4 rows, 60 seconds apart" in ran.err
    assert (tmp_path / "own" / "equity.csv").read_text(encoding="utf-8").count("2026-03-02T") == 4


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_every_example_has_a_test(path: object) -> None:
    name = getattr(path, "stem")  # noqa: B009
    assert f'example("{name}"' in (
        EXAMPLES.parents[1] / "tests/examples/test_examples.py"
    ).read_text(encoding="utf-8")
