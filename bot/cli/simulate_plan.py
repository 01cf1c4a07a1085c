"""What `bot simulate` was asked for, checked word by word before anything is built."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from bot.adapters.tick_files import read_tick_file
from bot.cli.options import BarPath
from bot.cli.recorded import Shelf
from bot.cli.span import Span
from bot.errors import DataError, ParamsError
from bot.report.text import day_number, duration
from bot.rules.calendar import DAY_S, HOUR_S, day_start_utc_s, server_day
from bot.simulator.config import AccountConfig
from bot.simulator.feed import Market, Replay, market_from_bars
from bot.simulator.feed_ticks import market_from_ticks
from bot.simulator.generated import generated_market
from bot.simulator.quotes import ExtremeOrder, QuotePath
from bot.simulator.script_clock import Pace
from bot.simulator.script_faults import demand_known, fault_names, with_id
from bot.simulator.symbols import conversion_symbols, known_symbols
from bot.timezones import server_offset_table

_MINUTE_S: Final = 60
_NOON_S: Final = 12 * HOUR_S
_TICK_HISTORY_DAYS: Final = 30  # so that short bars and ticks of weeks ago can be asked for
_REPEAT_QUOTES_S: Final = 10  # long recorded bars would leave a script without a fresh quote
_FIRST_DAY: Final = day_number("1990-01-01")
_LAST_DAY: Final = day_number("2036-12-31")  # the package's stamps end in January 2038
_UNITS_S: Final = {"": 1.0, "s": 1.0, "m": _MINUTE_S, "h": HOUR_S, "d": DAY_S}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which market, in the words of the command line."""

    seed: int
    data: Path | None
    start: str
    days: int
    symbols: str | None
    suffix: str
    path: BarPath = BarPath.ADVERSE_FIRST


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatePlan:
    """One run: script, market, account, pace, end and faults."""

    script: Path
    args: tuple[str, ...]
    wanted: Wanted
    account: AccountConfig
    pace: Pace
    stop_after: str | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuiltMarket:
    """The market and the moments the script may live from and to."""

    market: Market
    start_utc_s: float
    end_utc_s: float


def fault_rows() -> str:
    """Every fault with its id in the catalogue, its name and what it does, one a line."""
    return "\n".join(f"  {fault_id}  {name:<32}{does}" for fault_id, name, does in fault_names())


def wanted_faults(given: list[str]) -> tuple[str, ...]:
    """The faults by id; raises `typer.BadParameter` naming what cannot be understood."""
    texts = tuple(with_id(text) for text in given)
    known = {name for fault_id, name, _ in fault_names()}
    for text in texts:
        name = text.partition("@")[0]
        if not re.fullmatch(r"[A-Za-z]\d\d", name):
            message = f"--fault {name!r} is not known{nearest(name, known)}; --fault list shows all"
            raise typer.BadParameter(message)
    try:
        demand_known(texts)
    except ParamsError as error:
        message = f"--fault: {error} (--fault list explains them)"
        raise typer.BadParameter(message) from error
    return texts


def nearest(name: str, known: Iterable[str]) -> str:
    """What was probably meant, as words to append; empty when nothing is like it."""
    by_lower = {each.lower(): each for each in known}
    like = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f" (did you mean {by_lower[like[0]]}?)" if like else ""


def seconds_of(text: str, option: str) -> float:
    """The length of 90, 90s, 15m, 2h or 3d; raises `typer.BadParameter` for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text.strip())
    seconds = float(found[1]) * _UNITS_S[found[2]] if found else 0.0
    if seconds <= 0.0 or not math.isfinite(seconds):
        message = f"{option} {text!r}: must be a length of time above 0, as 90s, 15m, 2h or 3d"
        raise typer.BadParameter(message)
    return seconds


def start_of(text: str) -> float:
    """The UTC moment of a server date, noon unless it names a time."""
    day_part, _, time_part = text.strip().replace("T", " ").partition(" ")
    clock = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", time_part.strip())
    try:
        day = day_number(day_part)
    except ValueError:
        day = None
    if day is not None and not _FIRST_DAY <= day <= _LAST_DAY:
        message = f"--from {text!r}: must be from 1990-01-01 to 2036-12-31"
        raise typer.BadParameter(message)
    if day is None or (time_part.strip() and clock is None):
        message = f"--from {text!r}: must be a server date, YYYY-MM-DD, maybe with HH:MM"
        raise typer.BadParameter(message)
    wall_s = int(clock[1]) * HOUR_S + int(clock[2]) * _MINUTE_S if clock else _NOON_S
    return day_start_utc_s(day, server_offset_table()) + wall_s


def built_market(wanted: Wanted) -> BuiltMarket:
    """The market that was asked for. Raises `DataError` when it cannot be had."""
    start_utc_s = start_of(wanted.start)
    table = server_offset_table()
    first_day = server_day(start_utc_s, table)
    end_utc_s = day_start_utc_s(first_day + wanted.days, table)
    make = _generated if wanted.data is None else _recorded
    if wanted.data is not None and wanted.data.is_file():
        make = _ticks
    market = make(wanted, first_day)
    return BuiltMarket(market, start_utc_s, end_utc_s)


def _symbols(wanted: Wanted) -> tuple[str, ...]:
    known = known_symbols()
    if wanted.symbols is None:
        return known
    given = [part.strip().removesuffix(wanted.suffix) for part in wanted.symbols.split(",")]
    chosen = tuple(dict.fromkeys(name for name in given if name))
    unknown = [name for name in chosen if name not in known]
    if unknown or not chosen:
        what = f"{', '.join(unknown)} is not known here" if unknown else "names no symbol"
        hint = nearest(unknown[0], known) if unknown else ""
        message = f"--symbols: {what}{hint}; allowed: {', '.join(known)}"
        raise typer.BadParameter(message)
    return tuple(dict.fromkeys([*chosen, *conversion_symbols(chosen)]))


def _generated(wanted: Wanted, first_day: int) -> Market:
    opens_utc_s = day_start_utc_s(first_day - _TICK_HISTORY_DAYS, server_offset_table())
    days_count = _TICK_HISTORY_DAYS + wanted.days
    return generated_market(
        wanted.seed, _symbols(wanted), int(opens_utc_s), days_count, suffix=wanted.suffix
    )


def _ticks(wanted: Wanted, first_day: int) -> Market:
    """The market of one file of ticks; bars in the folder above its own are its history."""
    path = wanted.data
    assert path is not None, "asked for by the caller"
    ticks = read_tick_file(path)
    span = Span(first_day, first_day + wanted.days - 1)
    shelf = Shelf(path.parent.parent, span)
    shelf.take(ticks.symbol)
    replay = Replay(
        start_utc_s=int(span.start_utc_s) - DAY_S,
        end_utc_s=int(span.end_utc_s),
        suffix=wanted.suffix,
    )
    return market_from_ticks(f"ticks of {path.name}", {ticks.symbol: ticks}, replay, shelf.files)


def _recorded(wanted: Wanted, first_day: int) -> Market:
    folder = wanted.data
    assert folder is not None, "asked for by the caller"
    if not folder.is_dir():
        message = f"--data {folder}: no such folder"
        raise DataError(message)
    span = Span(first_day, first_day + wanted.days - 1)
    shelf = Shelf(folder, span)
    names = _symbols(wanted)
    for take in (shelf.take, shelf.take_conversions):
        for name in names:
            take(name)
    if not shelf.files or (wanted.symbols is not None and shelf.missing):
        reasons = "".join(f"\n  {name}: {why}" for name, why in shelf.missing.items())
        days = duration(wanted.days * DAY_S)
        message = f"{folder}: no market of {days} from {span.first_text} can be made{reasons}"
        raise DataError(message)
    replay = Replay(
        start_utc_s=int(span.start_utc_s) - DAY_S,
        end_utc_s=int(span.end_utc_s),
        path=QuotePath(ExtremeOrder(wanted.path.value), wanted.seed, _REPEAT_QUOTES_S),
        suffix=wanted.suffix,
    )
    return market_from_bars(f"bars of {folder.name}", shelf.files, replay)
