"""`bot replay` on bars written as plain CSV from a generated market."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from bot.adapters.journal_files import read_events
from bot.cli.app import app
from bot.cli.folders import RunFolder
from bot.cli.recorded import recorded_market
from bot.cli.span import span_of
from bot.errors import DataError
from bot.report.text import day_number
from bot.rules.calendar import day_start_utc_s
from bot.simulator.bar_collapse import H1_S, collapse_bars, join_bars
from bot.simulator.generated import generated_market
from bot.timezones import server_offset_table

FIRST, LAST = "2026-03-03", "2026-03-04"


def _bot(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def _write(path, bars):
    rows = ["time,open,high,low,close"]
    for index, opened in enumerate(bars.open_utc_s):
        stamp = datetime.fromtimestamp(int(opened), UTC).strftime("%Y-%m-%d %H:%M:%S")
        prices = (bars.open[index], bars.high[index], bars.low[index], bars.close[index])
        rows.append(",".join([stamp, *(f"{price:.5f}" for price in prices)]))
    path.write_text("\n".join(rows) + "\n")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Hourly EURUSD, GBPUSD and EURGBP with two months of history; no bars of USDJPY."""
    folder = tmp_path_factory.mktemp("bars")
    (folder / "h1").mkdir()
    clock = server_offset_table()
    start = int(day_start_utc_s(day_number("2026-03-02"), clock))
    symbols = ("EURUSD", "GBPUSD", "EURGBP")
    market = generated_market(4, symbols, start, 4, history_days_count=60)
    for name, feed in market.feeds.items():
        live = collapse_bars(feed.base_bars, H1_S, clock)
        history = feed.extra_history[H1_S]
        _write(folder / "h1" / f"{name}.csv", join_bars(history, live))
    return folder


@pytest.fixture(scope="module")
def lived(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("replay") / "run"
    words = ("--data", data, "--from", FIRST, "--to", LAST, "--out", out, "--json")
    return out, words, _bot("replay", *words)


def test_a_replay_closes_every_day_of_the_span_and_reconciles(lived):
    out, _, (code, text, err) = lived
    assert code == 0, err
    facts = json.loads(text)
    assert facts["summary"]["first_date"] == FIRST
    assert facts["summary"]["last_date"] == LAST
    assert facts["summary"]["days_count"] == 2
    assert facts["summary"]["left_over_money"] == 0.0
    pages = sorted(path.name for path in RunFolder(out).compliance.glob("*.md"))
    assert pages == [f"{FIRST}.md", f"{LAST}.md"]


def test_a_replay_says_what_it_left_out_and_why(lived):
    _, _, (_, text, _) = lived
    notes = "\n".join(json.loads(text)["notes"])
    assert "replayed from bars of 1 h 00 min" in notes
    assert "quotes count as fresh for 21 min" in notes
    assert "there are no bars of them: AUDCAD" in notes
    assert "EURUSD: only 60 days of history" in notes


def test_only_symbols_with_bars_are_scanned(lived):
    out, _, _ = lived
    documents = read_events(RunFolder(out).journal)
    started = next(line for line in documents if line["event"] == "BotStarted")
    assert started["mode"] == "replay"
    assert sorted(started["symbols"]) == ["EURGBP", "EURUSD", "GBPUSD"]
    scanned = {line["symbol"] for line in documents if line["event"] == "SymbolScanned"}
    assert scanned == {"EURGBP", "EURUSD", "GBPUSD"}


def test_other_bars_are_another_run(lived, data):
    out, words, _ = lived
    path = data / "h1" / "GBPUSD.csv"
    before = path.read_text()
    last = before.rstrip("\n").rsplit("\n", 1)[0]
    path.write_text(last + "\n")
    try:
        code, _, err = _bot("replay", *words)
    finally:
        path.write_text(before)
    assert code == 1
    assert "holds another run: data is" in err
    assert out.exists()


def test_a_symbol_that_was_asked_for_and_is_not_there_ends_the_replay(data, tmp_path):
    words = ("--data", data, "--from", FIRST, "--to", LAST, "--out", tmp_path / "run")
    code, _, err = _bot("replay", *words, "--symbols", "EURUSD,USDJPY")
    assert code == 1
    assert "1 of 2 symbols cannot be replayed" in err
    assert "USDJPY" in err


def test_a_symbol_without_its_dollar_pair_is_left_out(data, tmp_path):
    (tmp_path / "h1").mkdir()
    (tmp_path / "h1" / "EURGBP.csv").write_text((data / "h1" / "EURGBP.csv").read_text())
    (tmp_path / "h1" / "EURUSD.csv").write_text((data / "h1" / "EURUSD.csv").read_text())
    span = span_of(FIRST, LAST, None)
    recorded = recorded_market(tmp_path, ("EURUSD", "EURGBP"), span, must_have_all=False)
    assert recorded.symbols == ("EURUSD",)
    assert any(note.startswith("EURGBP left out: needs GBPUSD") for note in recorded.notes)


def test_bars_that_end_before_the_span_name_what_there_is(data):
    span = span_of("2026-05-04", "2026-05-05", None)
    with pytest.raises(DataError, match=r"EURUSD.csv in 1 h 00 min bars 2025-12-31 to 2026-03-05"):
        recorded_market(data, ("EURUSD",), span, must_have_all=True)


def test_defective_bars_are_refused_naming_file_and_row(data, tmp_path):
    (tmp_path / "h1").mkdir()
    lines = (data / "h1" / "EURUSD.csv").read_text().splitlines()
    lines[10], lines[11] = lines[11], lines[10]
    (tmp_path / "h1" / "EURUSD.csv").write_text("\n".join(lines) + "\n")
    words = ("--data", tmp_path, "--from", FIRST, "--to", LAST, "--out", tmp_path / "run")
    code, _, err = _bot("replay", *words)
    assert code == 1
    assert "EURUSD.csv" in err


def test_a_timerange_is_the_same_as_from_and_to():
    span = span_of(None, None, "20260303-20260304")
    assert (span.first_text, span.last_text) == (FIRST, LAST)
    assert span.end_utc_s - span.start_utc_s == 2 * 86_400
    assert span.name == "2026030320260304"
