import sys
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.bar_files import discover_bar_files, discover_bars, load_bars, read_bar_file
from bot.errors import DataError
from bot.timezones import offset_table

H1, H4, D1 = 3_600, 14_400, 86_400
TUESDAY = 1_704_182_400  # 2024-01-02 08:00 UTC
HEADER = "time,open,high,low,close"
EXPORT_HEADER = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>"

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared history is not at hand")


def written_csv(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def three_hours(folder: Path, name: str = "EURUSD_H1.csv", header: str = HEADER) -> Path:
    rows = [f"2024-01-02 0{8 + n}:00:00,1.1,1.2,1.0,1.15" for n in range(2)]
    return written_csv(folder, name, header, *rows)


def parquet_of(path: Path, columns: dict[str, object], metadata: dict[str, str]) -> Path:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table(columns).replace_schema_metadata(metadata)
    parquet.write_table(table, path)
    return path


def hourly_columns(count: int = 4, start_utc_s: int = TUESDAY) -> dict[str, object]:
    pa = pytest.importorskip("pyarrow")
    times_ns = (start_utc_s + H1 * np.arange(count)) * 10**9
    price = 1.1 + np.arange(count) * 0.001
    return {
        "time": pa.array(times_ns, pa.timestamp("ns", tz="UTC")),
        "open": price,
        "high": price + 0.002,
        "low": price - 0.002,
        "close": price + 0.001,
    }


def test_csv_rows_become_bars_on_utc(tmp_path):
    bars = load_bars(three_hours(tmp_path), H1)
    assert bars.open_utc_s.tolist() == [TUESDAY, TUESDAY + H1]
    assert bars.high_price.tolist() == [1.2, 1.2]
    assert bars.open_utc_s.dtype == np.int64
    assert bars.close_price.dtype == np.float64


def test_csv_headers_are_read_in_any_case_and_timestamp_is_a_time(tmp_path):
    path = three_hours(tmp_path, header="Timestamp,Open,High,Low,Close")
    assert len(load_bars(path, H1).open_utc_s) == 2


def test_csv_times_with_an_offset_are_turned_to_utc(tmp_path):
    path = written_csv(
        tmp_path,
        "EURUSD_H1.csv",
        HEADER,
        "2024-01-02T10:00:00+02:00,1.1,1.2,1.0,1.15",
        "2024-01-02T11:00:00+02:00,1.1,1.2,1.0,1.15",
    )
    assert load_bars(path).open_utc_s.tolist() == [TUESDAY, TUESDAY + H1]


def test_csv_brings_ticks_and_spreads_where_it_has_them(tmp_path):
    path = written_csv(
        tmp_path,
        "EURUSD_H1.csv",
        HEADER + ",tick_volume,spread",
        "2024-01-02 08:00,1.1,1.2,1.0,1.15,321,7",
        "2024-01-02 09:00,1.1,1.2,1.0,1.15,0,0",
    )
    file = read_bar_file(path)
    assert file.tick_volume is not None
    assert file.spread_points is not None
    assert file.tick_volume.tolist() == [321, 0]
    assert file.spread_points.tolist() == [7, 0]
    assert file.price_basis == "bid"


def test_csv_without_them_says_so(tmp_path):
    file = read_bar_file(three_hours(tmp_path))
    assert file.tick_volume is None
    assert file.spread_points is None


def test_an_export_is_read_on_the_servers_clock(tmp_path):
    path = written_csv(
        tmp_path,
        "EURUSD_H1_202401021000_202401021100.csv",
        EXPORT_HEADER,
        "2024.01.02\t10:00:00\t1.1\t1.2\t1.0\t1.15\t2390\t0\t8",
        "2024.01.02\t11:00:00\t1.1\t1.2\t1.0\t1.15\t2391\t0\t0",
    )
    file = read_bar_file(path)
    assert file.bars.open_utc_s.tolist() == [TUESDAY, TUESDAY + H1]  # New York + 7 h = UTC + 2
    assert file.tick_volume is not None
    assert file.tick_volume.tolist() == [2390, 2391]
    assert file.spread_points is not None
    assert file.spread_points.tolist() == [8, 0]


def test_an_export_between_the_changeovers_depends_on_whose_clock_it_is(tmp_path):
    path = written_csv(
        tmp_path,
        "EURUSD_H1.csv",
        EXPORT_HEADER,
        "2024.03.13\t10:00:00\t1.1\t1.2\t1.0\t1.15\t1\t0\t0",
        "2024.03.13\t11:00:00\t1.1\t1.2\t1.0\t1.15\t1\t0\t0",
    )
    new_york = read_bar_file(path).bars.open_utc_s[0]
    athens = read_bar_file(path, clock=offset_table("Europe/Athens")).bars.open_utc_s[0]
    assert athens - new_york == H1  # New York changed on 10 March, Europe on 31 March


def test_a_daily_export_needs_no_time_column(tmp_path):
    path = written_csv(
        tmp_path,
        "EURUSD_D1.csv",
        EXPORT_HEADER.replace("<TIME>\t", ""),
        "2024.01.02\t1.1\t1.2\t1.0\t1.15\t1\t0\t0",
        "2024.01.03\t1.1\t1.2\t1.0\t1.15\t1\t0\t0",
    )
    assert load_bars(path).open_utc_s.tolist() == [1_704_146_400, 1_704_146_400 + D1]


def test_an_export_of_ticks_is_told_from_one_of_bars(tmp_path):
    path = written_csv(
        tmp_path,
        "EURUSD_M1.csv",
        "<DATE>\t<TIME>\t<BID>\t<ASK>",
        "2024.01.02\t10:00:00.011\t1.1\t1.2",
    )
    with pytest.raises(DataError, match="holds ticks, not bars"):
        load_bars(path)


def test_parquet_is_read_with_its_price_basis(tmp_path):
    path = parquet_of(tmp_path / "h1" / "EURUSD.parquet", hourly_columns(), {"price_basis": "mid"})
    file = read_bar_file(path)
    assert file.price_basis == "mid"
    assert file.bars.open_utc_s.tolist() == [TUESDAY + n * H1 for n in range(4)]


@pytest.mark.parametrize(
    ("described", "basis"),
    [("bid (MT5 chart)", "bid"), ("exchange last (Binance)", "mid"), ("", "bid")],
)
def test_the_described_basis_is_understood(tmp_path, described, basis):
    metadata = {"price_basis": described}
    path = parquet_of(tmp_path / "h1" / "X.parquet", hourly_columns(), metadata)
    assert read_bar_file(path).price_basis == basis


def test_rows_before_usable_from_are_left_out_and_rows_keep_their_number(tmp_path):
    columns = hourly_columns(30)
    closes = np.array(columns["close"])
    closes[20] = -1.0
    metadata = {"usable_from": "2024-01-03"}
    path = parquet_of(tmp_path / "h1" / "X.parquet", {**columns, "close": closes}, metadata)
    with pytest.raises(DataError, match=r"row 21 \(2024-01-03 04:00 UTC\): close is -1"):
        load_bars(path)
    path = parquet_of(tmp_path / "h1" / "X.parquet", columns, metadata)
    assert load_bars(path).open_utc_s[0] == 1_704_240_000  # 2024-01-03 00:00


def test_parquet_may_name_its_timeframe_itself(tmp_path):
    path = parquet_of(tmp_path / "EURUSD.parquet", hourly_columns(), {"timeframe": "H1"})
    assert read_bar_file(path).report.timeframe_s == H1
    with pytest.raises(DataError, match="name says H1 but H4 bars were asked for"):
        load_bars(path, H4)


def test_without_pyarrow_the_error_names_the_extra(tmp_path, monkeypatch):
    path = tmp_path / "h1" / "EURUSD.parquet"
    path.parent.mkdir()
    path.write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match=r"challenge-bot\[research\]"):
        load_bars(path)


def test_a_report_tells_what_the_file_holds(tmp_path):
    report = read_bar_file(three_hours(tmp_path)).report
    assert report.rows_count == 2
    assert (report.first_utc_s, report.last_utc_s) == (TUESDAY, TUESDAY + H1)
    assert report.timeframe_s == H1
    assert report.gaps_count == 0


def test_every_timeframe_of_a_symbol_is_discovered(tmp_path):
    three_hours(tmp_path, "h1/EURUSD.csv")
    written_csv(
        tmp_path,
        "EURUSD_H4.csv",
        HEADER,
        "2024-01-02 08:00,1.1,1.2,1.0,1.15",
        "2024-01-02 12:00,1.1,1.2,1.0,1.15",
    )
    three_hours(tmp_path, "h1/GBPUSD.csv")
    assert list(discover_bars(tmp_path, "EURUSD")) == [H1, H4]
    assert list(discover_bars(tmp_path, "GBPUSD")) == [H1]
    assert discover_bar_files(tmp_path, "EURUSD")[H1].report.rows_count == 2


def test_exports_are_discovered_by_their_name(tmp_path):
    rows = ["2024.01.02\t10:00:00\t1.1\t1.2\t1.0\t1.15\t1\t0\t0"]
    written_csv(tmp_path, "EURUSD_H1_202401021000_202401021000.csv", EXPORT_HEADER, *rows)
    assert list(discover_bars(tmp_path, "EURUSD")) == [H1]


def test_a_symbol_is_not_mistaken_for_a_longer_name(tmp_path):
    three_hours(tmp_path, "EURUSD.r_H1.csv")
    with pytest.raises(DataError, match="no bars of EURUSD"):
        discover_bars(tmp_path, "EURUSD")
    assert list(discover_bars(tmp_path, "EURUSD.r")) == [H1]


def test_two_files_of_one_timeframe_are_refused(tmp_path):
    three_hours(tmp_path, "h1/EURUSD.csv")
    three_hours(tmp_path, "EURUSD_H1.csv")
    with pytest.raises(DataError, match="several H1 files of EURUSD"):
        discover_bars(tmp_path, "EURUSD")


def test_a_missing_folder_and_a_missing_symbol_are_refused(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        discover_bars(tmp_path / "absent", "EURUSD")
    with pytest.raises(DataError, match=r"no bars of EURUSD; expected e\.g\."):
        discover_bars(tmp_path, "EURUSD")


@needs_shared
@pytest.mark.parametrize("symbol", ["EURUSD", "XAUUSD", "NAS100", "BTCUSD"])
def test_the_shared_history_of_a_symbol_is_sound(symbol):
    files = discover_bar_files(SHARED, symbol)
    assert {H1, H4, D1} <= set(files)
    assert all(file.report.rows_count > 500 for file in files.values())
    assert files[H1].price_basis == ("bid" if symbol == "NAS100" else "mid")


@needs_shared
def test_an_hour_file_from_another_source_is_read_by_its_own_label():
    file = read_bar_file(SHARED / "bidask_h1" / "oanda" / "NZDUSD.parquet")
    assert file.report.timeframe_s == H1
    assert file.spread_points is not None
    assert np.median(file.spread_points) > 5


@needs_shared
def test_the_shared_exports_are_read_as_the_parquet_they_came_from():
    # the exporter's clock followed Europe; in mid-February it equals New York plus seven hours
    path = SHARED / "mt5_export_samples" / "XAUUSD_M15_202602160200_202602202345.csv"
    export = load_bars(path)
    origin = load_bars(SHARED / "m15" / "XAUUSD.parquet")
    rows = np.searchsorted(origin.open_utc_s, export.open_utc_s)
    assert np.array_equal(origin.open_utc_s[rows], export.open_utc_s)
    assert np.allclose(origin.close_price[rows], export.close_price)
