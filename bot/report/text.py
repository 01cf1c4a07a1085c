"""How figures are written for people: money, percent, R, times on the server's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.report.plain import MINUS, THIN_SPACE
from bot.rules.calendar import server_s
from bot.timezones import server_offset_table

_EPOCH = date(1970, 1, 1)
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
_HALF_CENT = 0.005


def money(amount_money: float) -> str:
    """An amount to the cent, thousands apart: 20 104.10."""
    figure = f"{abs(amount_money):,.2f}".replace(",", THIN_SPACE)
    return f"{MINUS}{figure}" if amount_money <= -_HALF_CENT else figure


def signed_money(amount_money: float) -> str:
    """An amount with its sign; zero carries none."""
    return f"+{money(amount_money)}" if amount_money >= _HALF_CENT else money(amount_money)


def pct(fraction: float, digits: int = 2) -> str:
    """A fraction as percent: 0.0312 is 3.12 %."""
    return f"{_signless_zero(fraction * 100.0, digits)}{THIN_SPACE}%"


def signed_pct(fraction: float, digits: int = 2) -> str:
    """A fraction as percent with its sign; zero carries none."""
    figure = pct(fraction, digits)
    return f"+{figure}" if round(fraction * 100.0, digits) > 0.0 else figure


def r_multiple(result_r: float) -> str:
    """A result in multiples of the trade's first risk, with its sign."""
    figure = _signless_zero(result_r, 2)
    sign = "+" if round(result_r, 2) > 0.0 else ""
    return f"{sign}{figure}{THIN_SPACE}R"


def price(value_price: float) -> str:
    """A price with the digits it has, at most eight, no trailing noise."""
    return f"{value_price:.8g}"


def lots(volume_lots: float) -> str:
    """A volume, at least two decimals."""
    figure = f"{volume_lots:.8f}".rstrip("0")
    whole, _, decimals = figure.partition(".")
    return f"{whole}.{decimals:0<2}"


def duration(length_s: float) -> str:
    """A length of time in its two largest units: 2 h 05 min."""
    seconds = max(0, int(length_s))
    if seconds < _MINUTE_S:
        return f"{seconds} s"
    if seconds < _HOUR_S:
        return f"{seconds // _MINUTE_S} min {seconds % _MINUTE_S:02d} s"
    if seconds < 2 * _DAY_S:
        return f"{seconds // _HOUR_S} h {seconds % _HOUR_S // _MINUTE_S:02d} min"
    return f"{seconds // _DAY_S} d {seconds % _DAY_S // _HOUR_S} h"


def day_text(day: int) -> str:
    """A server day (days since 1970-01-01) as YYYY-MM-DD."""
    return (_EPOCH + timedelta(days=day)).isoformat()


def day_number(text: str) -> int:
    """The server day of YYYY-MM-DD or YYYYMMDD. Raises `ValueError` for anything else."""
    return (date.fromisoformat(text) - _EPOCH).days


def weekday_text(day: int) -> str:
    """The weekday of a server day, three letters."""
    return (_EPOCH + timedelta(days=day)).strftime("%a")


def server_time(utc_s: float) -> str:
    """The server's wall clock at a UTC moment: 14:32."""
    return _server_wall(utc_s).strftime("%H:%M")


def server_stamp(utc_s: float) -> str:
    """The server's date and wall clock at a UTC moment: 2026-11-20 14:32."""
    return _server_wall(utc_s).strftime("%Y-%m-%d %H:%M")


def utc_stamp(utc_s: float) -> str:
    """A UTC moment in ISO form to the second."""
    return datetime.fromtimestamp(utc_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def offset_text(offset_s: float) -> str:
    """A clock's offset from UTC: UTC+3, UTC+5:30."""
    minutes = round(abs(offset_s) / _MINUTE_S)
    sign = "-" if offset_s < 0 else "+"
    rest = f":{minutes % 60:02d}" if minutes % 60 else ""
    return f"UTC{sign}{minutes // 60}{rest}"


def _server_wall(utc_s: float) -> datetime:
    return datetime.fromtimestamp(server_s(utc_s, server_offset_table()), UTC)


def _signless_zero(value: float, digits: int) -> str:
    rounded = round(value, digits)
    figure = f"{abs(rounded):.{digits}f}"
    return f"{MINUS}{figure}" if rounded < 0.0 else figure
