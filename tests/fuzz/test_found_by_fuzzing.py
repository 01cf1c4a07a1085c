"""What fuzzing found, one small file each: a named refusal where there was a crash or a belief.

Limits are tried from both sides.
"""

from __future__ import annotations

import io
import json
import sys
import zlib
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bot.adapters.bar_checks import PRICES
from bot.adapters.bar_files import read_bar_file
from bot.adapters.calendar_export import parse_export
from bot.adapters.calendar_feed import parse_feed
from bot.adapters.calendar_rows import CalendarFormatError
from bot.adapters.clock import ManualClock
from bot.adapters.command_spool import CommandSpool, submit
from bot.adapters.heartbeat import read_heartbeat
from bot.adapters.journal_lines import LineError, read_line
from bot.adapters.manage_only import reason_of
from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.adapters.tick_files import read_tick_file
from bot.cli.evidence import status_fold
from bot.cli.folders import RunFolder, read_manifest
from bot.cli.rules_history import faults_of
from bot.cli.simulated import LedgerLine, RequestLedger
from bot.errors import DataError, ParamsError, StateCorruptError
from bot.live.journal_tail import read_journal_tail
from bot.live.record import identity_of
from bot.live.state import BotState, state_from_document
from bot.model.events import BotStarted, Event, OrderIntended
from bot.params.load import preset_of
from bot.params.reader import parse_document
from bot.timezones import server_offset_table
from bot.watch.alerts import Alert, Outbox, Severity
from bot.watch.calendar_fetch import Answer, CalendarFetcher, FetchParts, FetchResult, Manners
from bot.watch.journal_news import JournalNews
from tools.fuzz.examples import example_of
from tools.fuzz.kinds_params import PARAMS

NOON = 1_773_748_800.0
HUGE = "9" * 400
DEEP = "[" * 100_000
HALF = "\\ud800"


@pytest.mark.parametrize("text", [f'{{"a":"{HALF}"}}', f'{{"{HALF}":1}}', '{"a":["\\udc00x"]}'])
def test_half_a_character_is_refused_by_both_readers(text: str) -> None:
    with pytest.raises(StrictJsonError, match="half a character"):
        parse_object(text.encode())
    with pytest.raises(ParamsError, match="half a character"):
        parse_document(text, Path("a.json"))


def test_a_whole_character_written_in_two_escapes_is_read() -> None:
    text = '{"a":"\\ud83d\\ude00"}'
    assert parse_object(text.encode()) == {"a": "\U0001f600"}
    assert parse_document(text, Path("a.json")) == {"a": "\U0001f600"}


def test_a_whole_number_no_float_can_hold_is_refused() -> None:
    largest = int(sys.float_info.max)
    assert parse_object(f'{{"a":{largest}}}'.encode())["a"] == largest
    with pytest.raises(StrictJsonError, match="beyond the range"):
        parse_object(f'{{"a":{largest + 1}}}'.encode())


def test_a_key_twice_among_very_many_is_named_without_comparing_each_with_each() -> None:
    text = "{" + "".join(f'"{n}":0,' for n in range(60_000)) + '"last":1,"last":2}'
    with pytest.raises(StrictJsonError, match="'last' appears twice"):
        parse_object(text.encode())
    with pytest.raises(ParamsError, match="last: written twice"):
        parse_document(text, Path("a.json"))


def beat(**changes: object) -> bytes:
    facts = {"pid": 4, "cycle_count": 0, "at_utc_s": NOON, "host_utc_s": NOON, "alive_utc_s": NOON}
    return json.dumps(facts | changes).encode()


@pytest.mark.parametrize(
    ("changes", "is_read"),
    [
        ({}, True),
        ({"at_utc_s": 0}, True),
        ({"at_utc_s": -1.0}, False),
        ({"host_utc_s": 1e11}, False),
        ({"alive_utc_s": int(HUGE)}, False),
        ({"alive_utc_s": True}, False),
        ({"pid": -1}, False),
        ({"pid": True}, False),
        ({"cycle_count": 2**63 - 1}, True),
        ({"cycle_count": 2**63}, False),
    ],
)
def test_a_heartbeat_of_impossible_figures_is_none(
    tmp_path: Path, changes: dict[str, object], is_read: bool
) -> None:
    (tmp_path / "heartbeat.json").write_bytes(beat(**changes))
    assert (read_heartbeat(tmp_path / "heartbeat.json") is not None) is is_read


@pytest.mark.parametrize(
    "content",
    [
        f'{{"command_id":"a","verb":"pause","reason":"","submitted_utc_s":{HUGE}}}',
        '{"command_id":"a","verb":"pause","reason":"","submitted_utc_s":1e300}',
        f'{{"{HALF}":"a"}}',
    ],
)
def test_a_command_that_used_to_end_the_trader_is_set_aside_with_its_reason(
    tmp_path: Path, content: str
) -> None:
    spool = CommandSpool(tmp_path, lambda: NOON)
    (tmp_path / "0-bad.json").write_text(content, encoding="utf-8")
    submit(tmp_path, "flatten", "now", NOON)
    assert [command.verb for command in spool.take()] == ["flatten"]
    assert (tmp_path / "rejected" / "0-bad.json").read_text(encoding="utf-8") == content
    assert (tmp_path / "rejected" / "0-bad.reason.txt").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize(("length", "is_told"), [(500, True), (501, False)])
def test_the_flag_stands_whatever_its_words(tmp_path: Path, length: int, is_told: bool) -> None:
    path = tmp_path / "flag.json"
    path.write_text(json.dumps({"reason": "x" * length}), encoding="utf-8")
    reason = reason_of(path)
    assert reason is not None
    assert (reason == "x" * length) is is_told
    path.write_text(f'{{"reason":"{HALF}"}}', encoding="utf-8")
    assert "cannot be read" in (reason_of(path) or "")


@pytest.mark.parametrize("content", [DEEP, '{"a":1,"a":2}', '{"a":NaN}', "\0", "[]"])
def test_a_manifest_that_is_none_is_refused_by_name(tmp_path: Path, content: str) -> None:
    run = RunFolder(tmp_path)
    run.manifest.write_text(content, encoding="utf-8")
    with pytest.raises(StateCorruptError, match=run.manifest.name):
        read_manifest(run)


LINE = '{"at_utc_s":%s,"request":%s}\n'


@pytest.mark.parametrize(
    "content",
    [
        LINE % ("NaN", "{}"),
        LINE % ('"1"', "{}"),
        LINE % (HUGE, "{}"),
        LINE % (5, "[]"),
        LINE % (5, DEEP),
        LINE % (5, "{}") + LINE % (4, "{}"),
    ],
)
def test_a_ledger_line_that_cannot_have_been_sent_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "requests.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(StateCorruptError, match=r"requests\.jsonl line"):
        RequestLedger(tmp_path / "requests.jsonl").lines()
    assert (tmp_path / "requests.jsonl").read_text(encoding="utf-8") == content


def test_what_is_cut_off_a_ledger_is_kept_beside_it(tmp_path: Path) -> None:
    (tmp_path / "requests.jsonl").write_text(LINE % (5, "{}") + '{"at_ut', encoding="utf-8")
    assert RequestLedger(tmp_path / "requests.jsonl").lines() == [LedgerLine(5.0, {})]
    assert (tmp_path / "requests.torn").read_text(encoding="utf-8") == '{"at_ut'


def parquet(path: Path, names: list[str], metadata: dict[bytes, bytes], **columns: object) -> Path:
    count = 3
    stamps = [1_767_657_600 + 3_600 * number for number in range(count)]
    own: dict[str, object] = {"time": pa.array(stamps).cast(pa.timestamp("s", tz="UTC"))}
    own |= {name: [1.1 + 0.01 * n for n in range(count)] for name in (*PRICES, "bid", "ask")}
    table = pa.table({name: (own | columns)[name] for name in dict.fromkeys(names)})
    if len(names) > len(set(names)):
        table = table.append_column(names[-1], table.column(names[-1]))
    written = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), written)
    path.write_bytes(written.getvalue())
    return path


BARS = ["time", *PRICES]


def test_a_row_longer_than_the_header_is_refused_and_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "EURUSD_H1.csv"
    path.write_text("time,open,high,low,close\n2026-01-06 00:00:00,1,1,1,1,7\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"EURUSD_H1\.csv"):
        read_bar_file(path)
    ticks = tmp_path / "EURUSD.csv"
    ticks.write_text("<DATE>\t<TIME>\t<BID>\t<ASK>\n2026.01.06\t00:00:00.1\t1\t2\t3\n", "utf-8")
    with pytest.raises(DataError, match=r"EURUSD\.csv"):
        read_tick_file(ticks)


@pytest.mark.parametrize(("volume", "is_read"), [(1e15 - 1.0, True), (1e15, False), (1e300, False)])
def test_a_tick_volume_that_no_market_has_is_refused(
    tmp_path: Path, volume: float, is_read: bool
) -> None:
    path = parquet(
        tmp_path / "EURUSD_H1.parquet", [*BARS, "tick_volume"], {}, tick_volume=[1.0, 2.0, volume]
    )
    if is_read:
        file = read_bar_file(path)
        assert file.tick_volume is not None
        assert file.tick_volume[2] == 10**15 - 1
    else:
        with pytest.raises(DataError, match="tick_volume is"):
            read_bar_file(path)


def test_a_column_twice_is_refused_in_bars_and_ticks(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a column twice"):
        read_bar_file(parquet(tmp_path / "EURUSD_H1.parquet", [*BARS, "close"], {}))
    with pytest.raises(DataError, match="a column twice"):
        read_tick_file(parquet(tmp_path / "EURUSD.parquet", ["time", "bid", "ask", "ask"], {}))


def test_metadata_that_is_no_text_stops_nothing(tmp_path: Path) -> None:
    path = parquet(tmp_path / "EURUSD_H1.parquet", BARS, {b"price_basis": b"\xff\xfe"})
    assert read_bar_file(path).price_basis == "bid"


@pytest.mark.parametrize(
    ("bids", "words"),
    [
        ([1.1, 1.1, float("inf")], "bid of tick 3 is inf"),
        ([1.1, -0.1, 1.1], "bid of tick 2 is -0.1"),
        (["x", "y", "z"], "column bid is string"),
    ],
)
def test_tick_prices_that_are_none_are_refused(
    tmp_path: Path, bids: list[object], words: str
) -> None:
    path = parquet(tmp_path / "EURUSD.parquet", ["time", "bid", "ask"], {}, bid=bids)
    with pytest.raises(DataError, match=words):
        read_tick_file(path)


def test_a_price_of_zero_stands_for_a_side_without_one(tmp_path: Path) -> None:
    path = parquet(tmp_path / "EURUSD.parquet", ["time", "bid", "ask"], {}, bid=[0.0, 1.0, 1.0])
    assert read_tick_file(path).bid[0] == 0.0


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_release_on_the_edge_of_all_dates_is_refused(date: str) -> None:
    row = {"title": "CPI", "country": "USD", "date": date, "impact": "High"}
    with pytest.raises(CalendarFormatError, match="between the years 2000 and 2100"):
        parse_feed(json.dumps([row]).encode())


@pytest.mark.parametrize("name", ["from_server_s", "to_server_s"])
def test_an_export_of_an_impossible_span_is_refused(name: str) -> None:
    document = {
        "format": "calendar-export",
        "version": 1,
        "written_at": "2026-03-17T11:00:00Z",
        "server_offset_s": 10_800,
        "from_server_s": 0,
        "to_server_s": 2**40,
        "rows_count": 0,
        "rows": [],
    }
    assert parse_export(json.dumps(document).encode(), server_offset_table()).events == ()
    for wrong in (2**40 + 1, -1, int(HUGE)):
        raw = json.dumps(document | {name: wrong}).encode()
        with pytest.raises(CalendarFormatError):
            parse_export(raw, server_offset_table())


@pytest.mark.parametrize(
    ("ahead_s", "result"),
    [(86_400.0, FetchResult.WAITED), (86_401.0, FetchResult.NEW), (float("inf"), FetchResult.NEW)],
)
def test_notes_that_forbid_fetching_for_good_are_not_believed(
    tmp_path: Path, ahead_s: float, result: FetchResult
) -> None:
    notes = Manners((), NOON + ahead_s)
    (tmp_path / "feed.json.fetch").write_text(json.dumps(asdict(notes)), encoding="utf-8")
    parts = FetchParts(
        lambda _question: Answer(200, b"[1]", "", "", ""),
        len,
        lambda path, raw: Path(path).write_bytes(raw) and None,
        ManualClock(NOON),
    )
    fetched = CalendarFetcher("https://calendar.test/x", tmp_path / "feed.json", parts).fetch()
    assert fetched.result == result


@pytest.mark.parametrize("kind", [{}, [], None, 7])
def test_a_history_of_a_kind_that_is_no_word_is_named(kind: object) -> None:
    (fault,) = faults_of({"kind": kind, "steps": []})
    assert "kind" in fault.text


@pytest.mark.parametrize(
    ("name", "offset", "is_kept"),
    [
        ("2026-03-17.jsonl", 2, True),
        ("2026-03-17.jsonl", -1, False),
        ("2026-03-17.jsonl", 2**63, False),
        ("../state/state.json", 0, False),
        ("\ud800", 0, False),
    ],
)
def test_a_cursor_the_watcher_cannot_have_written_begins_at_the_end(
    tmp_path: Path, name: str, offset: int, is_kept: bool
) -> None:
    (tmp_path / "2026-03-17.jsonl").write_text("{}\n{}\n", encoding="utf-8")
    news = JournalNews(tmp_path, {"file": name, "offset": offset})
    wanted = {"file": name, "offset": offset} if is_kept else {"file": "2026-03-17.jsonl"}
    assert wanted.items() <= news.cursor.items()
    assert is_kept or news.cursor["offset"] == 6


def test_a_watched_line_nested_too_deep_is_told_as_unreadable(tmp_path: Path) -> None:
    (tmp_path / "2026-03-17.jsonl").write_text(DEEP + "\n", encoding="utf-8")
    heard: list[str] = []
    JournalNews(tmp_path, {"file": "2026-03-17.jsonl", "offset": 0}).read(
        lambda kind, _severity, _line: heard.append(kind)
    )
    assert heard == ["JournalLine"]


def test_a_whole_state_is_read_field_by_field() -> None:
    state = example_of(BotState)
    assert state_from_document(state.document()) == state


@pytest.mark.parametrize(
    "change",
    [
        {"haltz": {}},
        {"phase_cash_money": "nan"},
        {"phase_cash_money": "1"},
        {"breach_reads_count": True},
        {"sizing": {"peak_money": 1.0, "peak": 2.0}},
    ],
)
def test_a_state_with_a_field_or_a_type_of_another_program_is_refused(
    change: dict[str, object],
) -> None:
    with pytest.raises(StateCorruptError, match=next(iter(change))):
        state_from_document(BotState().document() | change)


def line_of(document: object) -> bytes:
    body = json.dumps(document, separators=(",", ":")).encode()[:-1]
    return body + b',"crc":"%08x"}' % zlib.crc32(body)


class Lines:
    """A journal that holds these lines."""

    def __init__(self, lines: list[dict[str, object]]) -> None:
        self._lines = lines

    def record(self, event: Event) -> None:
        raise AssertionError("only read")

    def events(self, day: int | None = None) -> list[dict[str, object]]:
        return self._lines


OWN = {"seq": 1, "at_utc_s": 1.5, "day": 3, "event": "X"}


@pytest.mark.parametrize(
    "change",
    [{"seq": True}, {"day": "3"}, {"day": None}, {"day": 1.5}, {"at_utc_s": "1"}, {"event": 1}],
)
def test_a_journal_line_without_its_own_fields_is_none(change: dict[str, object]) -> None:
    assert read_line(line_of(OWN))["day"] == 3
    with pytest.raises(LineError, match="wrong type"):
        read_line(line_of(OWN | change))


@pytest.mark.parametrize("rung", [None, [], {}, 1.5])
def test_a_rung_of_another_version_has_no_identity_and_stops_no_start(rung: object) -> None:
    assert identity_of("RungTaken", {"position_id": 7, "rung": 0}) == ("RungTaken", (7, 0))
    assert identity_of("RungTaken", {"position_id": 7, "rung": rung}) is None
    assert identity_of("RungTaken", {"position_id": 7}) is None


def test_a_journal_line_beyond_floating_point_is_none() -> None:
    assert read_line(line_of(OWN | {"x": 1e308}))["x"] == 1e308
    body = line_of(OWN)[: -len(',"crc":"00000000"}')] + b',"x":1e999'
    with pytest.raises(LineError, match="floating point"):
        read_line(body + b',"crc":"%08x"}' % zlib.crc32(body))


def test_an_event_of_another_version_is_named_to_who_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = asdict(example_of(BotStarted)) | {"day_zone": "Mars/Olympus"}
    strange = {"seq": 9, "at_utc_s": 1.0, "day": 20_529, "event": "BotStarted", **started}
    monkeypatch.setattr("bot.cli.evidence.read_events", lambda _folder: [strange])
    with pytest.raises(StateCorruptError, match=r"journal event 9 \(BotStarted\)"):
        status_fold(RunFolder(tmp_path))


def test_a_preset_value_of_the_wrong_kind_in_a_union_is_named() -> None:
    document = json.loads((PARAMS / "firms" / "alpha_one.json").read_text(encoding="utf-8"))
    document["leverage"] = {"x": {"y": []}}
    with pytest.raises(ParamsError, match="leverage"):
        preset_of(document, "book.json")


@pytest.mark.parametrize(
    ("change", "is_fine"),
    [
        ({}, True),
        ({"daily_profits": [1e12, -1e12]}, True),
        ({"daily_profits": [1.1e12]}, False),
        ({"daily_profits": [True]}, False),
        ({"max_pct": 0.01}, True),
        ({"max_pct": 0.009}, False),
        ({"max_pct": 100}, True),
        ({"max_pct": 100.1}, False),
    ],
)
def test_a_best_days_share_is_asked_of_real_amounts_only(
    change: dict[str, object], is_fine: bool
) -> None:
    step = {"daily_profits": [100, -20], "max_pct": 30, "denominator": "total_net_profit"} | change
    faults = faults_of({"kind": "consistency", "steps": [step]})
    assert [fault.text.split(" ")[0] for fault in faults] == ([] if is_fine else list(change))


@pytest.mark.parametrize(("extra", "is_read"), [(95, True), (96, False)])
def test_a_header_of_very_many_columns_is_refused_before_it_is_read(
    tmp_path: Path, extra: int, is_read: bool
) -> None:
    path = tmp_path / "EURUSD_H1.csv"
    more = "".join(f",c{number}" for number in range(extra))
    row = "2026-01-06 00:00:00,1,1,1,1" + ",0" * extra
    path.write_text(f"time,open,high,low,close{more}\n{row}\n", encoding="utf-8")
    if is_read:
        assert read_bar_file(path).report.rows_count == 1
    else:
        with pytest.raises(DataError, match="a header of 101 columns"):
            read_bar_file(path)


def test_a_whole_number_too_long_for_any_price_is_named_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "EURUSD_H1.csv"
    head = "time,open,high,low,close\n2026-01-06 00:00:00,1,1,1,1\n"
    path.write_text(head + f"2026-01-06 01:00:00,{HUGE},1,1,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="open in row 2 is"):
        read_bar_file(path)


@pytest.mark.parametrize("change", [{"action": None}, {"intent_id": None}, {"intent_id": "9"}])
def test_an_intent_of_another_version_is_named_at_a_start_and_stops_nothing(
    change: dict[str, object],
) -> None:
    line = asdict(example_of(OrderIntended)) | OWN | {"event": "OrderIntended"} | change
    del line["action" if "action" in change else "price"]
    tail = read_journal_tail(BotState(), Lines([line]), 3 * 86_400.0, server_offset_table())
    assert bool(tail.findings) is ("intent_id" in change)


def test_column_names_that_are_no_text_are_refused(tmp_path: Path) -> None:
    raw = parquet(tmp_path / "EURUSD.parquet", ["time", "bid", "ask"], {}).read_bytes()
    (tmp_path / "EURUSD.parquet").write_bytes(raw.replace(b"ask", b"a\xf3k"))
    with pytest.raises(DataError, match=r"EURUSD\.parquet"):
        read_tick_file(tmp_path / "EURUSD.parquet")
    raw = parquet(tmp_path / "EURUSD_H1.parquet", BARS, {}).read_bytes()
    (tmp_path / "EURUSD_H1.parquet").write_bytes(raw.replace(b"high", b"h\xf3gh"))
    with pytest.raises(DataError, match=r"EURUSD_H1\.parquet"):
        read_bar_file(tmp_path / "EURUSD_H1.parquet")


class Log:
    """A channel that takes everything."""

    name = "log"
    severity_min = Severity.INFO

    def __init__(self) -> None:
        self.told: list[str] = []

    def send(self, text: str) -> None:
        self.told.append(text)


def test_an_alert_kept_twice_for_a_channel_is_told_once() -> None:
    alert = asdict(Alert("k", Severity.WARNING, "t", 1.5, ["log", "gone", "log"]))
    log = Log()
    outbox = Outbox([log], lambda _alerts: None, {"alerts": [alert]})
    outbox.deliver(0.0)
    outbox.deliver(1.0)
    assert log.told == ["WARNING: t"]
    assert outbox.waiting_count() == 0
