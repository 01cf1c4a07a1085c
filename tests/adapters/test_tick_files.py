import numpy as np
import pandas as pd
import pytest

from bot.adapters.tick_files import read_tick_file
from bot.errors import DataError

UTC_MS = 1_399_033_200_011  # 2014-05-02 12:20:00.011 UTC, 15:20 on the server
HEAD = "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\n"


def export_of(folder, *lines, head=HEAD, name="EURUSD_ticks.csv"):
    path = folder / name
    path.write_text(head + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_an_export_is_moved_from_the_servers_clock_to_utc(tmp_path):
    ticks = read_tick_file(
        export_of(
            tmp_path,
            "2014.05.02\t15:20:00.011\t1.38592\t1.38604\t\t\t6",
            "2014.05.02\t15:20:00.028\t1.38590\t1.38602\t\t\t6",
        )
    )
    assert ticks.symbol == "EURUSD"
    assert ticks.time_utc_ms.tolist() == [UTC_MS, UTC_MS + 17]
    assert ticks.bid.tolist() == [1.38592, 1.3859]
    assert ticks.ask.tolist() == [1.38604, 1.38602]


def test_an_empty_price_of_an_export_is_that_of_the_line_before(tmp_path):
    ticks = read_tick_file(
        export_of(
            tmp_path,
            "2014.05.02\t15:20:00.011\t1.1\t1.2\t\t\t6",
            "2014.05.02\t15:20:01.000\t\t1.3\t\t\t4",
        )
    )
    assert ticks.bid.tolist() == [1.1, 1.1]
    assert ticks.ask.tolist() == [1.2, 1.3]


def test_both_clock_changes_are_followed(tmp_path):
    ticks = read_tick_file(
        export_of(
            tmp_path,
            "2014.03.07\t12:00:00.000\t1.1\t1.2\t\t\t6",  # New York in winter: UTC+2
            "2014.03.10\t12:00:00.000\t1.1\t1.2\t\t\t6",  # in summer: UTC+3
        )
    )
    assert np.diff(ticks.time_utc_ms).tolist() == [(72 - 1) * 3_600_000]


def test_parquet_keeps_milliseconds(tmp_path):
    path = tmp_path / "XAUUSD_may.parquet"
    times = pd.to_datetime([UTC_MS, UTC_MS + 5], unit="ms", utc=True)
    frame = pd.DataFrame({"time": times, "bid": [1290.1, 1290.2], "ask": [1290.4, 1290.5]})
    frame.to_parquet(path)
    ticks = read_tick_file(path)
    assert ticks.symbol == "XAUUSD"
    assert ticks.time_utc_ms.tolist() == [UTC_MS, UTC_MS + 5]
    assert ticks.ask.tolist() == [1290.4, 1290.5]


@pytest.mark.parametrize(
    ("lines", "head", "words"),
    [
        ([], HEAD, "empty"),
        (["2014.05.02\t15:20:00.011\t1.1"], "<DATE>\t<TIME>\t<BID>\n", "'ask' is missing"),
        (["2014.05.02\tnoon\t1.1\t1.2\t\t\t6"], HEAD, "line 2: time is '2014.05.02 noon'"),
        (
            [
                "2014.05.02\t15:20:01.000\t1.1\t1.2\t\t\t6",
                "2014.05.02\t15:20:00.000\t1.1\t1.2\t\t\t6",
            ],
            HEAD,
            "tick 2 is older",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path, lines, head, words):
    with pytest.raises(DataError, match=words):
        read_tick_file(export_of(tmp_path, *lines, head=head))


def test_other_files_are_refused_by_name(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_tick_file(tmp_path / "EURUSD.csv")
    with pytest.raises(DataError, match=r"cannot read \.txt; allowed: \.parquet, \.csv"):
        read_tick_file(export_of(tmp_path, name="EURUSD.txt"))
    (tmp_path / "EURUSD.parquet").write_bytes(b"no parquet")
    with pytest.raises(DataError, match="not a readable Parquet file"):
        read_tick_file(tmp_path / "EURUSD.parquet")


def test_parquet_without_prices_or_stamps_is_refused(tmp_path):
    path = tmp_path / "EURUSD.parquet"
    pd.DataFrame({"time": [1, 2], "bid": [1.0, 1.0], "ask": [1.0, 1.0]}).to_parquet(path)
    with pytest.raises(DataError, match="column time is int64; allowed: timestamps"):
        read_tick_file(path)
    pd.DataFrame({"time": [1, 2], "bid": [1.0, 1.0]}).to_parquet(path)
    with pytest.raises(DataError, match="column 'ask' is missing"):
        read_tick_file(path)
