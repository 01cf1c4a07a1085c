"""Bars are taken in as they are or not at all; a stopped download loses and doubles nothing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.bar_files import read_bar_file
from bot.adapters.bar_writer import HistoryBars, bar_path, write_bar_file
from bot.errors import DataError
from bot.model.broker import Timeframe
from bot.model.market import Bars
from bot.ports import Ok, Read, Unknown
from bot.research.history_check import OK, REFUSED, WARNING, bar_files_in, check_file
from bot.research.history_download import Download, Wanted, months_between
from bot.research.history_import import import_file
from bot.timezones import server_offset_table

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED.exists(), reason="needs the recorded market data")

HOUR_S, DAY_S = 3_600, 86_400
FIRST_DAY = 18_628  # 2021-01-01


def hours(first_s: int, count: int) -> HistoryBars:
    """Hourly bars without weekends: Friday 22:00 to Sunday 22:00 UTC is closed."""
    times = first_s + HOUR_S * np.arange(count, dtype=np.int64)
    since_friday_s = (times - DAY_S - 22 * HOUR_S) % (7 * DAY_S)
    times = times[since_friday_s >= 2 * DAY_S]
    price = 1.1 + 0.01 * np.sin(times / 40_000.0)
    price = np.round(price, 5)
    counts = np.full(len(times), 9, dtype=np.int64)
    bars = Bars(times, price, price + 0.0008, price - 0.0008, price.copy())
    return HistoryBars(bars, counts, counts)


@dataclass
class Source:
    """A terminal with bars up to `end_s`; `asked` are the months somebody wanted."""

    history: HistoryBars
    asked: list[int] = field(default_factory=list)
    fails_at: int = -1

    def recorded_bars(
        self, symbol: str, timeframe: Timeframe, first_wall_s: int, last_wall_s: int
    ) -> Read[HistoryBars]:
        del symbol, timeframe
        if last_wall_s - first_wall_s < 33 * DAY_S:
            self.asked.append(first_wall_s)
        if first_wall_s == self.fails_at:
            return Unknown("no connection")
        times = self.history.bars.open_utc_s
        chosen = (times >= first_wall_s) & (times <= last_wall_s)
        counts = self.history.tick_volume
        assert counts is not None
        bars = Bars(*(column[chosen] for column in self.history.bars))
        return Ok(HistoryBars(bars, counts[chosen], counts[chosen]))


def wanted() -> Wanted:
    return Wanted("EURUSD", Timeframe.H1, months_between(FIRST_DAY, FIRST_DAY + 100))


def never() -> bool:
    return False


def download(source: Source, folder: Path) -> Download:
    return Download(source, folder, lambda _: None)


def source() -> Source:
    return Source(hours(FIRST_DAY * DAY_S, 24 * 95))


# --- download -----------------------------------------------------------------------------------


def test_what_the_terminal_has_is_on_disk_bar_for_bar(tmp_path: Path) -> None:
    one = source()
    got = download(one, tmp_path).fetch(wanted(), never)
    assert got.problem == ""
    file = read_bar_file(tmp_path / "h1" / "EURUSD.parquet")
    assert np.array_equal(file.bars.open_utc_s, one.history.bars.open_utc_s)
    assert np.array_equal(file.bars.close_price, one.history.bars.close_price)
    assert file.spread_points is not None
    assert set(file.spread_points.tolist()) == {9}
    assert file.price_basis == "bid"


@pytest.mark.parametrize("stop_after", [0, 1, 2])
def test_a_stopped_download_goes_on_and_ends_with_the_same_bars(
    tmp_path: Path, stop_after: int
) -> None:
    first = source()
    stopped = download(first, tmp_path).fetch(wanted(), lambda: len(first.asked) > stop_after)
    assert stopped.problem == "interrupted"
    second = source()
    got = download(second, tmp_path).fetch(wanted(), never)
    assert got.problem == ""
    assert got.months_kept_count == min(stop_after + 1, 3)
    assert got.rows_count == len(first.history.bars.open_utc_s)


def test_whole_months_are_asked_for_once_and_the_running_one_again(tmp_path: Path) -> None:
    download(source(), tmp_path).fetch(wanted(), never)
    later = Source(hours(FIRST_DAY * DAY_S, 24 * 98))
    got = download(later, tmp_path).fetch(wanted(), never)
    assert len(later.asked) == 1
    assert got.rows_count == len(later.history.bars.open_utc_s)


def test_a_month_that_does_not_come_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    one = source()
    one.fails_at = wanted().months[1].first_wall_s
    got = download(one, tmp_path).fetch(wanted(), never)
    assert got.problem == "2021-02: no connection"
    assert not bar_path(tmp_path, "EURUSD", HOUR_S).exists()


def test_bars_from_elsewhere_are_not_overwritten(tmp_path: Path) -> None:
    place = bar_path(tmp_path, "EURUSD", HOUR_S)
    write_bar_file(place, hours(0, 50), HOUR_S)
    before = place.read_bytes()
    got = download(source(), tmp_path).fetch(wanted(), never)
    assert "not downloaded here" in got.problem
    assert place.read_bytes() == before


def test_no_bars_at_all_are_said(tmp_path: Path) -> None:
    got = download(Source(hours(0, 50)), tmp_path).fetch(wanted(), never)
    assert "no bars of these months" in got.problem


def test_bars_no_reader_would_take_do_not_reach_the_folder(tmp_path: Path) -> None:
    one = source()
    one.history.bars.close_price[500] = 40.0
    one.history.bars.high_price[500] = 41.0
    got = download(one, tmp_path).fetch(wanted(), never)
    assert "threefold" in got.problem
    assert not bar_path(tmp_path, "EURUSD", HOUR_S).exists()


def test_months_are_the_servers_whole_ones() -> None:
    first, *_, last = months_between(FIRST_DAY + 10, FIRST_DAY + 40)
    assert (first.name, last.name) == ("2021-01", "2021-02")
    assert first.first_wall_s == FIRST_DAY * DAY_S
    assert last.first_wall_s == first.last_wall_s + 1


# --- import -------------------------------------------------------------------------------------


@needs_data
def test_an_export_is_taken_in_with_its_spread_and_ticks(tmp_path: Path) -> None:
    export = SHARED / "mt5_export_samples" / "GBPUSD_M1_201202030200_201202032359.csv"
    done = import_file(export, tmp_path, None)
    assert (done.problem, done.timeframe, done.rows_count) == ("", "M1", 1_317)
    before, after = read_bar_file(export), read_bar_file(Path(done.path))
    assert np.array_equal(before.bars.open_utc_s, after.bars.open_utc_s)
    assert after.spread_points is not None
    assert before.spread_points is not None
    assert np.array_equal(before.spread_points, after.spread_points)


@needs_data
def test_ticks_and_a_second_import_are_refused(tmp_path: Path) -> None:
    samples = SHARED / "mt5_export_samples"
    ticks = import_file(samples / "EURUSD_201405021520_201405021544_ticks.csv", tmp_path, None)
    assert "ticks, not bars" in ticks.problem
    export = samples / "EURUSD_H1_202503030200_202504042300.csv"
    assert import_file(export, tmp_path, None).problem == ""
    assert "not overwritten" in import_file(export, tmp_path, None).problem
    assert import_file(export, tmp_path, "gbpusd").path.endswith("GBPUSD.parquet")


# --- check --------------------------------------------------------------------------------------


def written_file(folder: Path, history: HistoryBars, name: str = "EURUSD") -> Path:
    path = folder / "h1" / f"{name}.parquet"
    write_bar_file(path, history, HOUR_S)
    return path


def test_clean_bars_are_ok(tmp_path: Path) -> None:
    row = check_file(written_file(tmp_path, hours(FIRST_DAY * DAY_S, 24 * 60)))
    assert (row.status, row.remarks) == (OK, ())
    assert (row.symbol, row.timeframe, row.gaps_count) == ("EURUSD", "H1", 0)


def without(history: HistoryBars, first: int, count: int) -> HistoryBars:
    kept = np.ones(len(history.bars.open_utc_s), dtype=bool)
    kept[first : first + count] = False
    assert history.tick_volume is not None
    ticks = history.tick_volume[kept]
    return HistoryBars(Bars(*(column[kept] for column in history.bars)), ticks, ticks)


def test_a_hole_in_trading_hours_is_told_with_place_and_length(tmp_path: Path) -> None:
    history = without(hours(FIRST_DAY * DAY_S + 4 * DAY_S, 24 * 20), 30, 6)
    row = check_file(written_file(tmp_path, history))
    assert row.status == WARNING
    assert row.remarks == ("1 gaps in trading hours, the longest 7 h after 2021-01-06 05:00 UTC",)


def test_a_spike_that_comes_back_is_an_outlier_and_a_move_that_stays_is_not(
    tmp_path: Path,
) -> None:
    spike, move = (hours(FIRST_DAY * DAY_S + 4 * DAY_S, 24 * 30) for _ in range(2))
    for column in spike.bars[1:]:
        column[200] += 0.05
    for column in move.bars[1:]:
        column[200:] += 0.05
    assert "outliers" in check_file(written_file(tmp_path, spike)).remarks[0]
    assert check_file(written_file(tmp_path, move, "MOVED")).remarks == ()


def test_bars_without_a_range_are_told_once_there_are_many(tmp_path: Path) -> None:
    history = hours(FIRST_DAY * DAY_S + 4 * DAY_S, 24 * 30)
    for column in (history.bars.high_price, history.bars.low_price):
        column[::20] = history.bars.close_price[::20]
    assert "without a range: 2" in check_file(written_file(tmp_path, history)).remarks[0]


def new_york_weeks(weeks_count: int) -> HistoryBars:
    """Hours of weeks that open at the server's Monday midnight, summer and winter."""
    table = server_offset_table()
    found = []
    monday_wall_s = (FIRST_DAY + 3) * DAY_S
    for week in range(weeks_count):
        wall_s = monday_wall_s + 7 * DAY_S * week
        index = int(np.searchsorted(table.starts_utc_s, wall_s - 3 * HOUR_S, side="right")) - 1
        found.append(wall_s - int(table.offsets_s[index]) + HOUR_S * np.arange(119))
    times = np.concatenate(found).astype(np.int64)
    price = np.round(1.1 + 0.01 * np.sin(times / 40_000.0), 5)
    bars = Bars(times, price, price + 0.0008, price - 0.0008, price)
    return HistoryBars(bars)


def test_a_file_on_one_clock_is_ok_and_one_that_forgets_summer_time_is_not(
    tmp_path: Path,
) -> None:
    right = new_york_weeks(40)
    assert check_file(written_file(tmp_path, right)).status == OK
    first_s = int(right.bars.open_utc_s[0])
    since_s = (right.bars.open_utc_s - first_s) % (7 * DAY_S)
    winter = since_s >= 7 * DAY_S - HOUR_S
    stubborn = right.bars.open_utc_s + np.where(winter | (since_s > 6 * DAY_S), HOUR_S, 0)
    drift = right.bars._replace(open_utc_s=stubborn)
    weeks = np.concatenate([[0], np.flatnonzero(np.diff(drift.open_utc_s) > DAY_S) + 1])
    local = drift.open_utc_s.copy()
    for begin, end in zip(weeks, [*weeks[1:], len(local)], strict=True):
        local[begin:end] = first_s + 7 * DAY_S * round((local[begin] - first_s) / (7 * DAY_S))
        local[begin:end] += HOUR_S * np.arange(end - begin)
    row = check_file(written_file(tmp_path, HistoryBars(drift._replace(open_utc_s=local)), "NODST"))
    assert row.status == WARNING
    assert "clocks" in row.remarks[0]


@needs_data
@pytest.mark.parametrize(
    "name", sorted(file.name for file in (SHARED / "defects").glob("*")) if SHARED.exists() else []
)
def test_each_recorded_defect_is_refused_and_named(name: str) -> None:
    row = check_file(SHARED / "defects" / name)
    assert row.status == REFUSED
    assert name in row.remarks[0]


def test_an_empty_folder_is_said_and_hidden_parts_are_no_bars(tmp_path: Path) -> None:
    shutil.copytree(written_file(tmp_path / "x", hours(0, 50)).parent, tmp_path / ".parts" / "h1")
    shutil.rmtree(tmp_path / "x")
    with pytest.raises(DataError, match="no bars here"):
        bar_files_in(tmp_path)
