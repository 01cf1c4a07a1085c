import json
import threading
import time

import pytest
from run_builder import beat, write_run
from typer.testing import CliRunner

from bot import __version__
from bot.adapters.command_spool import CommandSpool
from bot.cli.app import app
from bot.cli.folders import RunFolder
from bot.report.plain import plain


def bot(*words, given=""):
    """Run the command line in this process; its output in plain characters."""
    result = CliRunner().invoke(app, [str(word) for word in words], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, plain(result.stdout), plain(result.stderr)


@pytest.fixture
def folder(tmp_path):
    return write_run(tmp_path / "run").folder


class Trader(threading.Thread):
    """Takes commands from the spool as the bot's cycle does, until one came."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.spool = CommandSpool(RunFolder(folder).commands, time.time)
        self.taken = []

    def run(self):
        deadline = time.monotonic() + 10.0
        while not self.taken and time.monotonic() < deadline:
            self.taken = list(self.spool.take())
            for command in self.taken:
                self.spool.acknowledge(command.command_id)
            time.sleep(0.02)


def test_status_of_a_running_bot(folder):
    beat(folder)
    code, out, _ = bot("status", "--folder", folder)
    assert code == 0
    assert "Running    last cycle 0 s ago (no. 9)" in out.splitlines()[1]
    assert "Room today 1 010.00 (5.05 %) above 19 000.00, used at worst 2.0 %" in out
    assert "Open       [EURUSD] setup 1 buy 0.24 at 1.1, stop 1.095" in out
    assert "Waiting    [XAUUSD] setup 2 buy at 1.1, stop 1.095, 0.77 R away, kept: spread" in out


def test_status_of_a_dead_bot_never_looks_live(folder):
    beat(folder, age_s=3_600.0)
    code, out, _ = bot("status", "--folder", folder)
    assert code == 0
    assert out.startswith("NOT RUNNING: last cycle 1 h 00 min ago")


def test_status_as_json_holds_the_same_facts(folder):
    beat(folder)
    _, out, _ = bot("status", "--folder", folder, "--json")
    facts = json.loads(out)
    assert facts["is_running"] is True
    assert facts["limits"][0]["room_money"] == 1_010.0
    assert facts["open_trades"][0]["symbol"] == "EURUSD"


def test_a_folder_without_a_run_says_where_one_might_be(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a demo may have left its run beside the project
    for verb in (("status",), ("report",), ("why", "EURUSD"), ("pause",), ("flatten", "--yes")):
        code, out, err = bot(*verb, "--folder", tmp_path)
        assert (code, out) == (1, "")
        assert err.startswith("Error: no journal in ")
        assert "bot demo" in err


def test_why_shows_the_chain_of_a_symbol_and_of_a_setup(folder):
    code, out, _ = bot("why", "xauusd", "--folder", folder)
    assert code == 0
    assert "refused: spread too wide" in out.splitlines()[0]
    _, by_number, _ = bot("why", "1", "--folder", folder)
    assert "awaiting entry to filled" in by_number
    assert "XAUUSD" not in by_number


def test_why_of_an_unknown_symbol_names_those_that_are_known(folder):
    code, _, err = bot("why", "GBPJPY", "--folder", folder)
    assert code == 1
    assert "EURUSD, XAUUSD" in err


def test_why_shows_a_limited_number_and_says_how_many_more(folder):
    _, out, err = bot("why", "EURUSD", "--folder", folder, "--limit", 1)
    assert len(out.splitlines()) == 1
    assert "3 older decisions not shown" in err
    _, out, _ = bot("why", "EURUSD", "--folder", folder, "--limit", 2, "--json")
    assert len(json.loads(out)) == 2


def test_report_of_a_day_is_its_compliance_page(folder):
    code, out, _ = bot("report", "2026-11-16", "--folder", folder)
    assert code == 0
    assert out.startswith("# 2026-11-16 Mon (server day)")
    assert "STATUS GREEN" in out


def test_report_of_the_newest_day_reconciles_with_the_snapshot(folder):
    _, out, _ = bot("report", "last", "--folder", folder, "--json")
    page = json.loads(out)
    assert page["date"] == "2026-11-17"
    assert page["is_closed"] is False
    assert page["money"]["difference_money"] == 0.0
    assert page["money"]["end_balance_money"] == 19_999.04


def test_report_of_the_run_has_a_picture_and_a_verdict(folder):
    _, out, _ = bot("report", "--folder", folder)
    assert "18 000" in out
    assert "STILL RUNNING after 1 closed server days" in out
    assert "reconciled to the cent" in out


def test_report_of_a_nonsense_day_is_wrong_use(folder):
    code, _, err = bot("report", "yesterday", "--folder", folder)
    assert code == 2
    assert "YYYY-MM-DD" in err


def test_report_can_write_every_page_again(folder):
    code, out, _ = bot("report", "--write", "--folder", folder)
    assert code == 0
    assert out.startswith("2 days written")
    pages = sorted(path.name for path in RunFolder(folder).compliance.iterdir())
    assert pages == ["2026-11-16.json", "2026-11-16.md", "2026-11-17.json", "2026-11-17.md"]


def test_pause_and_resume_reach_the_trader_with_their_reason(folder):
    beat(folder)
    for verb in ("pause", "resume"):
        trader = Trader(folder)
        trader.start()
        code, out, _ = bot(verb, "--reason", "lunch", "--folder", folder)
        trader.join()
        assert code == 0
        assert out == f"{verb} taken by the trader: lunch\n"
        assert [(c.verb, c.reason) for c in trader.taken] == [(verb, "lunch")]


def test_resume_needs_a_reason(folder):
    code, _, err = bot("resume", "--folder", folder)
    assert code == 2
    assert "--reason" in err


def test_a_command_to_a_dead_trader_is_not_spooled(folder):
    beat(folder, age_s=61.0)
    code, _, err = bot("pause", "--folder", folder)
    assert code == 1
    assert "no trader runs" in err
    assert not list(RunFolder(folder).commands.glob("*.json"))


def test_a_command_that_nobody_takes_is_said(folder):
    beat(folder)
    code, _, err = bot("pause", "--folder", folder, "--wait-s", 0.2)
    assert code == 1
    assert "was not taken within" in err


def test_flatten_shows_what_it_would_close_and_needs_a_yes(folder):
    beat(folder)
    code, out, err = bot("flatten", "--folder", folder)
    assert code == 2
    assert "Open       [EURUSD] setup 1 buy 0.24" in out
    assert "--yes" in err
    assert not list(RunFolder(folder).commands.glob("*.json"))


def test_flatten_with_a_yes_reaches_the_trader(folder):
    beat(folder)
    trader = Trader(folder)
    trader.start()
    code, out, _ = bot("flatten", "--yes", "--reason", "enough", "--folder", folder)
    trader.join()
    assert code == 0
    assert [(c.verb, c.reason) for c in trader.taken] == [("flatten", "enough")]
    assert "flatten taken by the trader: enough" in out


def test_a_damaged_journal_needs_a_person(folder):
    path = next(RunFolder(folder).journal.glob("*.jsonl"))
    path.write_bytes(path.read_bytes().replace(b'"base_money":20000.0', b'"base_money":21000.0'))
    code, out, err = bot("status", "--folder", folder)
    assert (code, out) == (3, "")
    assert "damaged or edited" in err


def test_a_line_that_is_being_written_does_not_disturb_reading(folder):
    path = sorted(RunFolder(folder).journal.glob("*.jsonl"))[-1]
    with path.open("ab") as file:
        file.write(b'{"seq":99,"at_')
    assert bot("status", "--folder", folder)[0] == 0


def test_every_verb_has_help():
    for verb in (
        "demo", "replay", "run", "check", "status", "why", "report", "pause", "resume", "flatten",
    ):  # fmt: skip
        code, out, _ = bot(verb, "--help")
        assert code == 0
        assert len(out.splitlines()) > 5


def test_an_unknown_verb_is_wrong_use():
    assert bot("frobnicate")[0] == 2


def test_the_version_is_printed():
    assert bot("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("demo", "--seed", "-1"), 2, "--seed"),
        (("demo", "--days", "0"), 2, "--days"),
        (("demo", "--symbols", "EURUSD,DOGE"), 1, "DOGE"),
        (("demo", "--params", "nowhere.json"), 1, "nowhere.json"),
        (("replay",), 2, "--data"),
        (("replay", "--data", "."), 2, "--timerange"),
        (("replay", "--data", ".", "--from", "x", "--to", "2023-01-01"), 2, "--from 'x'"),
        (("replay", "--data", ".", "--from", "2023-02-01", "--to", "2023-01-01"), 2, "is after"),
        (("replay", "--data", ".", "--timerange", "20230101-"), 2, "two dates"),
        (("replay", "--data", "no", "--timerange", "20230101-20230102"), 1, "no such folder"),
        (
            ("replay", "--data", ".", "--timerange", "20230101-20230102", "--from", "20230101"),
            2,
            "one or the other",
        ),
    ],
)
def test_wrong_words_are_answered_with_what_is_allowed(tmp_path, words, code, complaint):
    answer, out, err = bot(*words, "--out", tmp_path / "run")
    assert (answer, out) == (code, "")
    assert complaint in err
    assert not (tmp_path / "run").exists()


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "holiday.txt").write_text("photos")
    code, _, err = bot("demo", "--symbols", "EURUSD", "--out", tmp_path, "--fresh")
    assert code == 1
    assert "holds files but no run" in err
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.txt"]
