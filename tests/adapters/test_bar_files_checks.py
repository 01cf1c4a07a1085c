from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.bar_checks import RawBars, check_bars, count_gaps, tick_of
from bot.adapters.bar_files import load_bars
from bot.errors import DataError

H1, H4, D1, W1, MN1 = 3_600, 14_400, 86_400, 604_800, 2_592_000
TUESDAY = 1_704_153_600  # 2024-01-02 00:00 UTC
LATER = TUESDAY + 400 * D1
HEADER = "time,open,high,low,close"
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


def raw_bars(count: int = 60, timeframe_s: int = H1, **changes) -> RawBars:
    """Sound bars: every high and low differs, 5 decimals."""
    opens = np.round(1.1 + (np.arange(count) % 17) * 1e-4 + np.arange(count) * 1e-5, 5)
    prices = {"open": opens, "high": opens + 2e-3, "low": opens - 2e-3, "close": opens + 1e-3}
    fields = {
        "path": "h1/EURUSD.parquet",
        "row_word": "row",
        "first_row": 1,
        "time_utc_s": TUESDAY + timeframe_s * np.arange(count, dtype=np.int64),
        "prices": {name: np.round(values, 5) for name, values in prices.items()},
        "ask_prices": {},
        "spread_points": None,
        "tick_volume": None,
        "price_basis": "bid",
        "timeframe_name": "",
    }
    return RawBars(**{**fields, **changes})


def with_price(row: int, count: int = 60, **prices: float) -> RawBars:
    raw = raw_bars(count)
    for name, value in prices.items():
        raw.prices[name][row] = value
    return raw


def refuse(raw: RawBars, words: str, timeframe_s: int = H1, now_utc_s: float = LATER) -> None:
    with pytest.raises(DataError, match=words):
        check_bars(raw, timeframe_s, now_utc_s)


@pytest.mark.parametrize("timeframe_s", [60, 900, H1, H4, D1, W1])
def test_sound_bars_pass(timeframe_s):
    check_bars(raw_bars(timeframe_s=timeframe_s), timeframe_s, LATER + 60 * W1)


def test_calendar_months_are_monthly_bars():
    times = np.arange("2020-01", "2024-01", dtype="datetime64[M]").astype("datetime64[s]")
    check_bars(raw_bars(48, time_utc_s=times.astype(np.int64)), MN1, LATER)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0, -1.1])
@pytest.mark.parametrize("name", ["open", "high", "low", "close"])
def test_a_price_must_be_finite_and_positive(name, value):
    refuse(
        with_price(4, **{name: value}), rf"row 5 .*: {name} is .*; allowed: above 0, below 1e\+09"
    )


def test_high_below_low_is_refused_with_row_time_and_values():
    words = r"EURUSD\.parquet, row 4 \(2024-01-02 03:00 UTC\): high 1\.05 is below low 1\.09"
    refuse(with_price(3, high=1.05, low=1.09), words)


def test_a_close_outside_high_and_low_is_refused():
    refuse(with_price(3, close=1.2), r"row 4 .*: close 1\.2 is outside low 1\.09.* to high 1\.10")


def test_an_open_outside_high_and_low_is_refused():
    refuse(with_price(3, open=1.0), r"row 4 .*: open 1\.0 is outside low")


def test_the_first_faulty_row_is_named_whatever_its_fault():
    raw = with_price(9, high=1.0, low=1.1)
    raw.prices["close"][5] = 2.0
    refuse(raw, "row 6 .*close")


@pytest.mark.parametrize(("excess_ticks", "is_sound"), [(1, True), (2, False)])
def test_one_tick_outside_is_tolerated_and_two_are_not(excess_ticks, is_sound):
    raw = raw_bars()
    raw.prices["close"][7] = round(raw.prices["high"][7] + excess_ticks * 1e-5, 5)
    if is_sound:
        check_bars(raw, H1, LATER)
    else:
        refuse(raw, r"row 8 .*: close .* inside, within one tick of 1e-05")


def test_the_tolerated_tick_widens_the_bar(tmp_path):
    path = tmp_path / "EURUSD_H1.csv"
    rows = ["2024-01-02 08:00,1.10000,1.10010,1.09990,1.10011"]
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    bars = load_bars(path)
    assert bars.high_price.tolist() == bars.close_price.tolist() == [1.10011]


def test_a_repeated_time_is_refused():
    times = raw_bars().time_utc_s.copy()
    times[7] = times[6]
    refuse(raw_bars(time_utc_s=times), "row 8 .*: time repeats that of the row before")


def test_disordered_times_are_refused():
    times = raw_bars().time_utc_s.copy()
    times[[10, 11]] = times[[11, 10]]
    refuse(raw_bars(time_utc_s=times), "row 12 .*: time is earlier than that of the row before")


@pytest.mark.parametrize(("now_after_last_s", "is_sound"), [(0, True), (-1, False)])
def test_bars_of_the_future_are_refused(now_after_last_s, is_sound):
    raw = raw_bars()
    now_utc_s = float(raw.time_utc_s[-1] + now_after_last_s)
    if is_sound:
        check_bars(raw, H1, now_utc_s)
    else:
        refuse(raw, "row 60 .*: time lies in the future; allowed: up to", now_utc_s=now_utc_s)


def test_daily_bars_under_an_hourly_name_are_refused():
    raw = raw_bars(timeframe_s=D1)
    refuse(raw, "from here 51 bars are usually 1 d apart but H1 means 1 h", now_utc_s=LATER)


def test_a_file_of_three_daily_bars_under_an_hourly_name_is_refused_too():
    refuse(raw_bars(3, D1), "from here 3 bars are usually 1 d apart")


def test_a_stretch_of_another_timeframe_inside_a_file_is_refused():
    times = np.concatenate([TUESDAY + H1 * np.arange(100), TUESDAY + D1 * np.arange(5, 105)])
    refuse(raw_bars(200, time_utc_s=times), "row 101 .*: from here 51 bars are usually 1 d apart")


def test_bars_too_close_together_are_refused():
    times = raw_bars().time_utc_s.copy()
    times[30:] -= 1_800
    refuse(raw_bars(time_utc_s=times), "row 31 .*: opens only 30 min after the bar before")


@pytest.mark.parametrize(("timeframe_s", "is_sound"), [(H4, True), (D1, True), (H1, False)])
def test_bars_on_a_local_clock_may_be_an_hour_short_when_the_clock_changes(timeframe_s, is_sound):
    raw = raw_bars(timeframe_s=timeframe_s)
    raw.time_utc_s[30:] -= H1 // 2
    if is_sound:
        check_bars(raw, timeframe_s, LATER)
    else:
        refuse(raw, "opens only", timeframe_s=timeframe_s)


@pytest.mark.parametrize(("alike_count", "is_sound"), [(6, True), (7, False)])
def test_a_frozen_feed_is_refused(alike_count, is_sound):
    raw = raw_bars()
    alike = slice(20, 20 + alike_count)
    for name, value in (("high", 1.2), ("low", 1.0)):
        raw.prices[name][alike] = value
    if is_sound:
        check_bars(raw, H1, LATER)
    else:
        refuse(raw, "row 21 .*: feed is frozen: 7 bars in a row show high 1.2 and low 1.0")


def test_quiet_minutes_are_given_more_time():
    raw = raw_bars(timeframe_s=60)
    for name, value in (("high", 1.2), ("low", 1.0)):
        raw.prices[name][20:35] = value
    check_bars(raw, 60, LATER)


@pytest.mark.parametrize(("day", "is_sound"), [(4, True), (1, False)])
def test_flat_bars_are_overlooked_at_the_weekend_only(day, is_sound):
    raw = raw_bars(time_utc_s=TUESDAY + day * D1 + H1 * np.arange(60, dtype=np.int64))
    for values in raw.prices.values():
        values[5:25] = 1.1
    if is_sound:
        check_bars(raw, H1, LATER)
    else:
        refuse(raw, "feed is frozen: 20 bars")


def test_an_ask_below_the_bid_is_refused_with_the_count():
    raw = raw_bars()
    asks = {name: values + 1e-4 for name, values in raw.prices.items()}
    asks["close"][[8, 12]] -= 2e-4
    words = r"row 9 .*: ask_close .* is below bid .* \(2 such rows\); allowed: ask >= bid"
    refuse(raw_bars(ask_prices=asks), words)


@pytest.mark.parametrize("name", ["spread_points", "tick_volume"])
def test_a_negative_count_is_refused(name):
    counts = np.zeros(60)
    counts[3] = -1
    refuse(raw_bars(**{name: counts}), r"row 4 .* is -1\.0; allowed: a number of 0 or more")


def test_a_change_of_unit_is_refused():
    raw = raw_bars()
    for values in raw.prices.values():
        values[40:] *= 100
    refuse(raw, r"row 41 .*: close 110.* follows close 1\.1.*unit changed")


def test_gaps_are_holes_no_weekend_explains():
    week = TUESDAY + H1 * np.arange(7 * 24, dtype=np.int64)
    friday_close, sunday_open = TUESDAY + 3 * D1 + 22 * H1, TUESDAY + 5 * D1 + 22 * H1
    trading = week[(week < friday_close) | (week >= sunday_open)]
    assert count_gaps(trading, H1) == 0
    without_pause = trading[(trading - TUESDAY) // H1 % 24 != 22]
    assert count_gaps(without_pause, H1) == 0
    without_a_morning = np.delete(trading, slice(10, 14))
    assert count_gaps(without_a_morning, H1) == 1
    assert count_gaps(np.array([TUESDAY, TUESDAY + 30 * D1]), H1) == 1


def test_the_tick_is_the_last_decimal_in_use():
    assert tick_of(np.array([1.10001, 1.2])) == 1e-5
    assert tick_of(np.array([150.001, 150.25])) == 1e-3
    assert tick_of(np.array([4.0, 5.0])) == 1.0
    assert tick_of(np.array([0.1 + 0.2, 0.5])) == 0.1


@settings(max_examples=100, deadline=None)
@given(
    row=st.integers(0, 59),
    field=st.sampled_from(["open", "high", "low", "close"]),
    value=st.one_of(st.floats(), st.floats(0.5, 2.0)),
)
def test_what_passes_is_finite_positive_and_enclosed(row, field, value):
    raw = with_price(row, **{field: value})
    try:
        check_bars(raw, H1, LATER)
    except DataError as error:
        assert "EURUSD.parquet, row" in str(error)  # noqa: PT017 - both outcomes are specified
        assert "allowed:" in str(error)  # noqa: PT017
        return
    tick = tick_of(raw.prices["close"])
    for name in ("open", "close"):
        assert np.all(raw.prices[name] <= raw.prices["high"] + tick)
        assert np.all(raw.prices[name] >= raw.prices["low"] - tick)
    assert all(np.all(np.isfinite(p) & (p > 0)) for p in raw.prices.values())


def csv_file(folder: Path, text: str, name: str = "EURUSD_H1.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a readable table"),
        (HEADER + "\n", "holds no bars"),
        ("time,open,high,low\n2024-01-02,1,1,1\n", "column 'close' is missing; there are: time"),
        ("open,high,low,close\n1,1,1,1\n", "column 'time' is missing"),
        (HEADER + "\nyesterday,1,1,1,1\n", "line 2: time is 'yesterday'; allowed: 2024-03-01"),
        (HEADER + "\n2024-01-02,1,1,one,1\n", "low in row 1 is 'one'; allowed: a number"),
        (HEADER + "\n2024-01-02,1,1,,1\n", "line 2 .*: low is nan"),
        (HEADER + "\n2024-01-02,2,1,1,1\n", "line 2 .*: open 2.0 is outside"),
    ],
)
def test_an_unreadable_table_is_refused_in_words(tmp_path, text, words):
    with pytest.raises(DataError, match=words):
        load_bars(csv_file(tmp_path, text))


def test_files_that_are_not_what_they_say_are_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        load_bars(tmp_path / "EURUSD_H1.csv")
    with pytest.raises(DataError, match=r"cannot read \.xlsx; allowed: \.parquet, \.csv"):
        load_bars(csv_file(tmp_path, "x", "EURUSD_H1.xlsx"))
    binary = tmp_path / "GBPUSD_H1.csv"
    binary.write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(DataError, match="not a readable text file"):
        load_bars(binary)
    with pytest.raises(DataError, match="not a readable Parquet file"):
        load_bars(csv_file(tmp_path, "not parquet at all", "EURUSD_H1.parquet"))


def test_the_timeframe_must_be_said_and_not_contradicted(tmp_path):
    text = HEADER + "\n2024-01-02,1,1,1,1\n"
    with pytest.raises(DataError, match="neither name nor folder says which timeframe"):
        load_bars(csv_file(tmp_path, text, "EURUSD.csv"))
    assert len(load_bars(csv_file(tmp_path, text, "EURUSD.csv"), D1).open_utc_s) == 1
    with pytest.raises(DataError, match="name says H1 but D1 bars were asked for"):
        load_bars(csv_file(tmp_path, text), D1)
    with pytest.raises(DataError, match="timeframe of 7 s is unknown"):
        load_bars(csv_file(tmp_path, text, "EURUSD.csv"), 7)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared defective files are not at hand")
@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("defects/BTC_USD_H1.csv", "line 2 .* usually 1 d apart but H1 means 1 h"),
        ("defects/NAS100_USD_M15_2020_2025.csv", "line 2 .* usually 1 d apart but M15 means"),
        ("defects/XAUUSD_D1_2003_2025_head.csv", "line 2 .*close 428.* is outside low 431"),
        ("defects/EUR_USD_H4_backup_head.csv", "line 2 .* usually 1 d apart but H4 means 4 h"),
        ("defects/NAS100_H1_frozen_feed.parquet", "feed is frozen: 11 bars in a row"),
        ("defects/US30_H1_frozen_feed.parquet", "feed is frozen: 16 bars in a row"),
        ("m1/GBPUSD_fxcm_2012.parquet", "ask_open .* is below bid .*347 such rows"),
    ],
)
def test_each_known_defect_is_refused_in_words_a_trader_understands(file, words):
    with pytest.raises(DataError, match=words):
        load_bars(SHARED / file)
