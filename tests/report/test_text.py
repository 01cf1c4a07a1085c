import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_story import DAY, at

from bot.report import text
from bot.report.plain import plain


@pytest.mark.parametrize(
    ("amount", "written", "signed"),
    [
        (20_104.1, "20 104.10", "+20 104.10"),
        (-14.2, "-14.20", "-14.20"),
        (0.0, "0.00", "0.00"),
        (-0.004, "0.00", "0.00"),
        (-0.006, "-0.01", "-0.01"),
        (1_234_567.891, "1 234 567.89", "+1 234 567.89"),
    ],
)
def test_money_has_two_digits_thin_thousands_and_no_negative_zero(amount, written, signed):
    assert plain(text.money(amount)) == written
    assert plain(text.signed_money(amount)) == signed


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**11), 10**11))
def test_written_money_reads_back_to_the_cent(cent):
    written = plain(text.signed_money(cent / 100)).replace(" ", "")
    assert round(float(written) * 100) == cent


def test_r_and_percent_carry_their_unit():
    assert plain(text.r_multiple(1.9)) == "+1.90 R"
    assert plain(text.r_multiple(-1.0)) == "-1.00 R"
    assert plain(text.r_multiple(-0.001)) == "0.00 R"
    assert plain(text.pct(0.0312)) == "3.12 %"
    assert plain(text.signed_pct(0.0312)) == "+3.12 %"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (-5.0, "0 s"),
        (59.9, "59 s"),
        (60.0, "1 min 00 s"),
        (3_599.0, "59 min 59 s"),
        (7_500.0, "2 h 05 min"),
        (172_800.0, "2 d 0 h"),
    ],
)
def test_durations_show_their_two_largest_units(seconds, written):
    assert text.duration(seconds) == written


def test_lots_and_prices_show_no_binary_noise():
    assert text.lots(0.1 + 0.2) == "0.30"
    assert text.lots(0.001) == "0.001"
    assert text.lots(12.0) == "12.00"
    assert text.price(1.1 + 0.2) == "1.3"


def test_days_are_dates_both_ways():
    assert text.day_text(DAY) == "2026-11-16"
    assert text.day_number("20261116") == DAY
    assert text.weekday_text(DAY) == "Mon"
    with pytest.raises(ValueError, match="Invalid isoformat"):
        text.day_number("yesterday")


def test_moments_are_shown_on_the_servers_clock():
    assert text.server_stamp(at(14.5)) == "2026-11-16 14:30"
    assert text.server_time(at(14.5)) == "14:30"


@pytest.mark.parametrize(
    ("offset_s", "written"), [(7_200.0, "UTC+2"), (19_800.0, "UTC+5:30"), (-18_000.0, "UTC-5")]
)
def test_offsets_from_utc_are_named(offset_s, written):
    assert text.offset_text(offset_s) == written


def test_plain_text_is_ascii_whatever_it_was():
    assert plain("a\u202fb \u2212 \u2265 \u4e2d").isascii()
    assert plain("\u4e2d") == "?"
