"""A market from recorded bars: what is there is used, what is not is said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.bar_files import BarFile, discover_bar_files
from bot.cli.span import Span
from bot.errors import DataError
from bot.report.text import day_text, duration
from bot.simulator.feed import Market, Replay, market_from_bars
from bot.simulator.quotes import QuotePath
from bot.simulator.symbols import conversion_symbols, default_contract

_DAY_S = 86_400
_PLAIN_PATH = QuotePath()
_QUOTES_PER_BAR = 4  # a bar is replayed as its open, both extremes and its close
_QUOTE_SLACK_S = 60.0
_EDGE_SLACK_S = 4 * _DAY_S  # a weekend and a holiday at either end of the span
_HISTORY_DAYS_MIN = 300  # 200 daily bars before the span, or signals start late
_FINGERPRINT_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Recorded:
    """A market and what it was made of; `notes` say what was left out and why."""

    market: Market
    symbols: tuple[str, ...]
    quote_age_max_s: float
    fingerprint: str
    notes: tuple[str, ...]


class Shelf:
    """The bar files of one folder that carry one span; `missing` says why others do not."""

    def __init__(self, folder: Path, span: Span) -> None:
        self._folder = folder
        self._span = span
        self.files: dict[str, dict[int, BarFile]] = {}
        self.missing: dict[str, str] = {}

    def take(self, symbol: str) -> None:
        """Read the files of `symbol`, once."""
        if symbol in self.files or symbol in self.missing:
            return
        try:
            default_contract(symbol)
            found = discover_bar_files(self._folder, symbol)
        except DataError as error:
            self.missing[symbol] = str(error)
            return
        found = {seconds: file for seconds, file in found.items() if seconds <= _DAY_S}
        if any(self._carries(file) for seconds, file in found.items() if seconds < _DAY_S):
            self.files[symbol] = found
        else:
            held = "; ".join(_held(file) for file in found.values())
            span = f"{self._span.first_text} to {self._span.last_text}"
            self.missing[symbol] = f"no bars shorter than a day from {span} (there are: {held})"

    def take_conversions(self, symbol: str) -> None:
        """Read what turns the money of `symbol` into dollars; without it the symbol is dropped."""
        if symbol not in self.files:
            return
        for pair in conversion_symbols([symbol]):
            self.take(pair)
            if pair not in self.files:
                del self.files[symbol]
                self.missing[symbol] = f"needs {pair} for its money: {self.missing[pair]}"
                return

    def _carries(self, file: BarFile) -> bool:
        report = file.report
        return (
            report.first_utc_s <= self._span.start_utc_s - _DAY_S + _EDGE_SLACK_S
            and report.last_utc_s >= self._span.end_utc_s - _EDGE_SLACK_S
        )


def recorded_market(
    folder: Path,
    wanted: tuple[str, ...],
    span: Span,
    *,
    must_have_all: bool,
    path: QuotePath = _PLAIN_PATH,
) -> Recorded:
    """The market of `wanted` symbols over `span`; without bars a symbol is left out and named.

    Raises `DataError` when nothing is left, or when `must_have_all` and one cannot be had.
    """
    if not folder.is_dir():
        message = f"--data {folder}: no such folder"
        raise DataError(message)
    shelf = Shelf(folder, span)
    for symbol in wanted:
        shelf.take(symbol)
    for symbol in wanted:
        shelf.take_conversions(symbol)
    traded = tuple(symbol for symbol in wanted if symbol in shelf.files)
    lacking = {symbol: shelf.missing[symbol] for symbol in wanted if symbol not in shelf.files}
    if not traded or (must_have_all and lacking):
        reasons = "".join(f"\n  {symbol}: {why}" for symbol, why in lacking.items())
        message = f"{folder}: {len(lacking)} of {len(wanted)} symbols cannot be replayed{reasons}"
        raise DataError(message)
    start_utc_s, end_utc_s = int(span.start_utc_s) - _DAY_S, int(span.end_utc_s)
    replay = Replay(start_utc_s=start_utc_s, end_utc_s=end_utc_s, path=path)
    market = market_from_bars(f"bars of {folder.name}", shelf.files, replay)
    return Recorded(
        market=market,
        symbols=traded,
        quote_age_max_s=_quote_age_max_s(market),
        fingerprint=_fingerprint(shelf),
        notes=tuple(_notes(market, shelf, traded, lacking)),
    )


def _quote_age_max_s(market: Market) -> float:
    """Quotes of long bars come seldom: the longest wait between two of one bar."""
    longest_s = max(feed.base_timeframe_s for feed in market.feeds.values())
    return longest_s / (_QUOTES_PER_BAR - 1) + _QUOTE_SLACK_S


def _notes(
    market: Market, shelf: Shelf, traded: tuple[str, ...], lacking: dict[str, str]
) -> Iterator[str]:
    bases = sorted({feed.base_timeframe_s for feed in market.feeds.values()})
    yield f"replayed from bars of {', '.join(duration(base) for base in bases)}"
    yield f"quotes count as fresh for {duration(_quote_age_max_s(market))}"
    for symbol in traded:
        first_utc_s = min(file.report.first_utc_s for file in shelf.files[symbol].values())
        history_days = int((market.start_utc_s - first_utc_s) // _DAY_S)
        if history_days < _HISTORY_DAYS_MIN:
            since = day_text(first_utc_s // _DAY_S)
            yield f"{symbol}: only {history_days} days of history before the span, since {since}"
    absent = [symbol for symbol, why in lacking.items() if f"no bars of {symbol}" in why]
    if absent:
        yield f"{len(absent)} symbols left out, there are no bars of them: {', '.join(absent)}"
    for symbol, why in lacking.items():
        if symbol not in absent:
            yield f"{symbol} left out: {why}"


def _held(file: BarFile) -> str:
    report = file.report
    first, last = day_text(report.first_utc_s // _DAY_S), day_text(report.last_utc_s // _DAY_S)
    return f"{Path(report.path).name} in {duration(report.timeframe_s)} bars {first} to {last}"


def _fingerprint(shelf: Shelf) -> str:
    """A digest of every file's rows and edges: other data is another run."""
    digest = hashlib.sha256()
    for symbol in sorted(shelf.files):
        for seconds, file in sorted(shelf.files[symbol].items()):
            report = file.report
            facts = (symbol, seconds, report.rows_count, report.first_utc_s, report.last_utc_s)
            digest.update(repr(facts).encode("ascii"))
            digest.update(file.bars.close_price.tobytes())
    return digest.hexdigest()[:_FINGERPRINT_LENGTH]
