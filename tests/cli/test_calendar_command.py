"""`bot calendar` as a person meets it, and whose calendar each kind of run is given."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from calendar_builders import feed, feed_row
from calendar_server import calendar_server, says
from command_line import REPOSITORY, bot
from typer.testing import CliRunner

from bot.adapters.calendar_files import FileCalendar
from bot.adapters.clock import SystemClock
from bot.cli import calendar_fetch, live_run
from bot.cli.app import app
from bot.cli.calendar_files import file_calendar
from bot.cli.demo import demo_calendar, demo_market, window
from bot.cli.doctor_calendar import calendar_row
from bot.cli.doctor_rows import Finding
from bot.cli.folders import RunFolder
from bot.cli.simulation import SimulationPlan
from bot.params import load_settings
from bot.simulator.generated_news import generated_news

PARAMS = REPOSITORY / "params" / "current_params.json"
NOW = datetime.fromtimestamp(SystemClock().now_utc_s(), UTC)


def by_hand(folder: Path) -> Path:
    """A complete calendar around now, kept by hand, and parameters that rely on it."""
    row = {
        "utc": (NOW + timedelta(hours=3)).isoformat(),
        "currency": "USD",
        "title": "CPI y/y",
        "impact": "high",
    }
    document = {
        "events": [row],
        "complete_from": (NOW - timedelta(days=1)).isoformat(),
        "complete_until": (NOW + timedelta(days=5)).isoformat(),
    }
    (folder / "params").mkdir(parents=True, exist_ok=True)
    (folder / "params" / "news.json").write_text(json.dumps(document), "utf-8")
    return params(folder, feed_role="off", hand_role="required")


def params(folder: Path, **changes: Any) -> Path:
    """The shipped parameters beside their firms and symbols, with other news."""
    path = folder / "params" / "current_params.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    for name in ("firms", "symbols.json"):
        beside = path.parent / name
        if not beside.exists():
            beside.symlink_to(PARAMS.parent / name)
    document = json.loads(PARAMS.read_text("utf-8"))
    document["news"] |= changes
    path.write_text(json.dumps(document), "utf-8")
    return path


def calendar(*words: object) -> Any:
    return CliRunner().invoke(app, ["calendar", *map(str, words)])


# --- show and check -----------------------------------------------------------------------------


def test_show_lists_the_coming_windows_of_each_symbol(tmp_path):
    shown = calendar("show", "-c", by_hand(tmp_path), "--folder", tmp_path)
    assert shown.exit_code == 0, shown.output
    assert "calendar FRESH" in shown.output
    assert "EURUSD" in shown.output
    assert "EURGBP" not in shown.output
    assert "USD CPI y/y (high): nothing rests from" in shown.output


def test_show_as_json_has_every_moment_of_a_window(tmp_path):
    shown = calendar("show", "XAUUSD", "-c", by_hand(tmp_path), "--folder", tmp_path, "--json")
    facts = json.loads(shown.output)
    (one,) = facts["windows"]
    assert (one["symbol"], one["currency"], one["source"]) == ("XAUUSD", "USD", "hand")
    assert one["resting_from"] < one["entries_from"] < one["release"] < one["until"]
    assert facts["sources"][1]["state"] == "FRESH"


def test_show_looks_only_as_far_as_it_is_told(tmp_path):
    shown = calendar("show", "-c", by_hand(tmp_path), "--folder", tmp_path, "--hours", 2)
    assert "no window ahead" in shown.output


def test_a_symbol_that_is_not_traded_is_refused(tmp_path):
    shown = calendar("show", "PLNHUF", "-c", by_hand(tmp_path), "--folder", tmp_path)
    assert shown.exit_code == 1


def test_check_fails_while_entries_would_be_blocked(tmp_path):
    missing = calendar("check", "-c", PARAMS, "--folder", tmp_path)
    assert missing.exit_code == 1
    assert "CALENDAR_MISSING" in missing.output
    assert "week.json: no such file" in missing.output
    fresh = calendar("check", "-c", by_hand(tmp_path), "--folder", tmp_path)
    assert fresh.exit_code == 0, fresh.output


def test_check_names_what_is_broken(tmp_path):
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "week.json").write_bytes(feed(feed_row(date="soon")))
    checked = calendar("check", "-c", PARAMS, "--folder", tmp_path)
    assert checked.exit_code == 1
    assert "[0].date = 'soon'" in checked.output


def test_the_doctor_warns_while_there_is_no_calendar(tmp_path):
    settings = load_settings(PARAMS)
    row = calendar_row(tmp_path, settings)
    assert row.finding == Finding.WARN
    assert "CALENDAR_MISSING" in row.text
    assert "no entries until it is fresh" in row.text
    settings = load_settings(by_hand(tmp_path))
    assert calendar_row(tmp_path, settings).finding == Finding.PASS


# --- fetch --------------------------------------------------------------------------------------


def test_fetch_without_an_address_says_how_to_set_one(tmp_path):
    run = bot("calendar", "fetch", "-c", PARAMS, "--folder", tmp_path)
    assert run.returncode == 1
    assert b'news.feed_url = "": nothing to fetch from; set it to' in run.stderr


def test_fetch_writes_the_file_the_trader_reads(tmp_path):
    pytest.importorskip("httpx", reason="the extra [watch] is not installed")
    today = NOW.isoformat()
    with calendar_server() as server:
        server.answers = [says(200, feed(feed_row(date=today)))]
        path = params(tmp_path, feed_url=server.url)
        run = calendar("fetch", "-c", path, "--folder", tmp_path)
    assert run.exit_code == 0, run.output
    assert run.output.startswith("new: 1 events")
    read = file_calendar(load_settings(path), tmp_path, SystemClock()).events()
    assert read.events[0].title == "CPI m/m"


def test_fetch_again_and_again_ends_when_it_is_interrupted(tmp_path):
    pytest.importorskip("httpx", reason="the extra [watch] is not installed")
    naps: list[float] = []

    class Impatient(SystemClock):
        def sleep(self, duration_s: float) -> None:
            naps.append(duration_s)
            raise KeyboardInterrupt

    with calendar_server() as server, pytest.MonkeyPatch.context() as patch:
        server.answers = [says(200, feed(feed_row(date=NOW.isoformat())))]
        patch.setattr(calendar_fetch, "SystemClock", Impatient)
        path = params(tmp_path, feed_url=server.url)
        run = calendar("fetch", "-c", path, "--folder", tmp_path, "--every-min", 30)
    assert run.exit_code == 1
    assert naps == [1_800.0]


def test_a_failed_fetch_is_exit_code_one(tmp_path):
    pytest.importorskip("httpx", reason="the extra [watch] is not installed")
    with calendar_server() as server:
        server.answers = [says(429)]
        run = calendar("fetch", "-c", params(tmp_path, feed_url=server.url), "--folder", tmp_path)
    assert run.exit_code == 1
    assert run.output.startswith("failed: the server refused: 429; not again for")


def test_looking_at_the_calendar_loads_no_http_client():
    """The trader's side never imports what talks to the internet (DESIGN section 2)."""
    code = (
        "import sys, bot.live.build, bot.cli.wiring, bot.cli.live_run, bot.cli.calendar_show;"
        "sys.exit(any(name.split('.')[0] == 'httpx' or name.startswith('bot.watch')"
        " for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


# --- who is given which calendar ----------------------------------------------------------------


def test_a_live_trader_reads_the_files_of_its_folder(tmp_path, monkeypatch):
    given: list[Any] = []

    class CaughtError(Exception):
        pass

    def caught(world: Any, *_: Any) -> None:
        given.append(world.calendar)
        raise CaughtError

    settings = load_settings(PARAMS)
    settings = replace(settings, account=replace(settings.account, login=1, server="Test"))
    monkeypatch.setattr(live_run, "Trader", caught)
    monkeypatch.setattr(live_run, "machine_folder", lambda: tmp_path)
    with pytest.raises(CaughtError):
        live_run.trade(None, settings, RunFolder(tmp_path), "")  # type: ignore[arg-type]
    (files,) = given
    assert isinstance(files, FileCalendar)
    assert str(tmp_path) in files.events().sources[0].reason


def test_the_demo_knows_the_releases_of_its_market():
    _, end_utc_s = window(30)
    settings = load_settings(PARAMS)
    euro = tuple(item for item in settings.symbols if item.symbol == "EURUSD")
    market = demo_market(7, replace(settings, symbols=euro), end_utc_s)
    days_count = round((market.end_utc_s - market.start_utc_s) / 86_400)
    releases = generated_news(7, market.start_utc_s, days_count)
    assert demo_calendar(7, end_utc_s).events().events == releases
    assert len(releases) > 5


def test_a_simulation_without_news_says_that_there_are_none_not_that_nobody_knows():
    calendar = SimulationPlan.__dataclass_fields__["calendar"].default_factory()  # type: ignore[misc]
    (source,) = calendar.events().sources
    assert source.facts.is_declared
