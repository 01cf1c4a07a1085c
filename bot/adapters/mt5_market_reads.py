"""What the bot reads of the market: quotes, contracts and bars, each checked at the edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from operator import attrgetter
from typing import Protocol, cast

import numpy as np

from bot.adapters import mt5_codes as mt5
from bot.adapters.bar_arrays import bars_from_rates, history_from_rates
from bot.adapters.bar_writer import HistoryBars
from bot.adapters.mt5_rows import RowError, checked
from bot.adapters.mt5_session import Session
from bot.model.broker import Instrument, Timeframe
from bot.model.market import Bars, Quote
from bot.ports import Ok, Read, Unknown

_SYNC_TRIES_COUNT = 5
_SYNC_WAIT_S = 0.1
_MS_PER_S = 1000.0
_SIDES = {1: mt5.ORDER_TYPE_BUY, -1: mt5.ORDER_TYPE_SELL}

_TICK = attrgetter("bid", "ask", "time_msc", "time")


@dataclass(slots=True)
class _Seen:
    """The last tick of a symbol and what it was read as."""

    row: object
    offset_s: int
    answer: Ok[Quote]
    wall_s: float


class RangeTerminal(Protocol):
    """A terminal that gives bars between two dates."""

    def copy_rates_range(self, symbol: str, timeframe: int, first: int, last: int, /) -> object:
        """Bars as a structured array, oldest first, or None."""
        ...


class MarketReads:
    """Quotes, contracts, bars and the terminal's calculators."""

    _session: Session

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._synced: set[tuple[str, Timeframe]] = set()

    def quote(self, symbol: str) -> Read[Quote]:
        """Last tick; zero, crossed, not finite or absent is Unknown. Age is the caller's duty."""
        session = self._session
        name = session.names.broker_name(symbol)
        if not name:
            return Unknown(session.names.why_not(symbol))
        tick = session.link.ask(session.link.terminal.symbol_info_tick, name)
        if isinstance(tick, Unknown):
            return tick
        now_s = session.clock.now_utc_s()
        seen = self._seen.get(symbol)
        if seen is not None and seen.row is tick and seen.offset_s == session.time.offset_s(now_s):
            session.time.see(symbol, seen.wall_s, now_s, session.clock.monotonic_s())
            return seen.answer
        return self._new_quote(symbol, tick, now_s)

    def instrument(self, symbol: str) -> Read[Instrument]:
        """The contract, at most `instrument_max_age_s` old."""
        return self._session.instruments.instrument(symbol)

    def closed_bars(self, symbol: str, timeframe: Timeframe, count: int) -> Read[Bars]:
        """The last `count` closed bars or fewer, in arrays of their own that nobody may write."""
        session = self._session
        name = session.names.broker_name(symbol)
        if not name:
            return Unknown(session.names.why_not(symbol))
        if session.bars_max_count:
            count = min(count, session.bars_max_count - 2)  # at the limit the call fails as a whole
        rates = self._rates(name, timeframe, count)
        if isinstance(rates, Unknown):
            return rates
        wall_now_s = session.time.wall_s(session.clock.now_utc_s())
        what = f"{symbol} {timeframe.name}"
        try:
            arrays = checked(what, lambda: bars_from_rates(rates, timeframe, wall_now_s, what))
        except RowError as error:
            return Unknown(str(error))
        arrays = _newest(arrays, count)
        opens_utc_s = session.time.utc_array(arrays.open_utc_s)
        if (np.diff(opens_utc_s) <= 0).any():
            return Unknown(f"{what}: a bar stands in an hour the server's clock rule skips")
        opens_utc_s.setflags(write=False)
        return Ok(arrays._replace(open_utc_s=opens_utc_s))

    def recorded_bars(
        self, symbol: str, timeframe: Timeframe, first_wall_s: int, last_wall_s: int
    ) -> Read[HistoryBars]:
        """Closed bars opening between two moments of the server's clock, both included, on UTC.

        With the ticks and the spread in points that the terminal keeps of each. No bars is an
        answer too; one that is still arriving is Unknown.
        """
        session = self._session
        name = session.names.broker_name(symbol)
        if not name:
            return Unknown(session.names.why_not(symbol))
        rates = self._range(name, timeframe, (first_wall_s, last_wall_s))
        if isinstance(rates, Unknown):
            return rates
        wall_now_s = session.time.wall_s(session.clock.now_utc_s())
        what = f"{symbol} {timeframe.name}"
        try:
            history = checked(what, lambda: history_from_rates(rates, timeframe, wall_now_s, what))
        except RowError as error:
            return Unknown(str(error))
        opens_utc_s = session.time.utc_array(history.bars.open_utc_s)
        if (np.diff(opens_utc_s) <= 0).any():
            return Unknown(f"{what}: a bar stands in an hour the server's clock rule skips")
        return Ok(history._replace(bars=history.bars._replace(open_utc_s=opens_utc_s)))

    def loss_money(
        self, symbol: str, side: int, lots: float, prices: tuple[float, float]
    ) -> Read[float]:
        """The terminal's calculator: loss, positive, from open to close price of `prices`."""
        numbers = (float(lots), float(prices[0]), float(prices[1]))
        function = self._session.link.terminal.order_calc_profit
        profit = self._calculated(function, symbol, side, numbers)
        return Ok(-profit.value) if isinstance(profit, Ok) else profit

    def margin_money(self, symbol: str, side: int, lots: float, price: float) -> Read[float]:
        """Margin an order of this size would bind now, in account currency."""
        function = self._session.link.terminal.order_calc_margin
        return self._calculated(function, symbol, side, (float(lots), float(price)))

    def _new_quote(self, symbol: str, tick: object, now_s: float) -> Read[Quote]:
        session = self._session
        try:
            bid, ask, time_msc, time_s = checked(f"quote {symbol}", lambda: _TICK(tick))
            is_sane = checked(f"quote {symbol}", lambda: 0.0 < bid <= ask < inf and time_s > 0)
        except RowError as error:
            return Unknown(str(error))
        if not is_sane:
            return Unknown(f"quote {symbol}: bid {bid!r} ask {ask!r} time {time_s!r}")
        wall_s = time_msc / _MS_PER_S if time_msc else float(time_s)
        session.time.see(symbol, wall_s, now_s, session.clock.monotonic_s())
        offset_s = session.time.offset_s(now_s)
        answer = Ok(Quote(bid, ask, wall_s - offset_s))
        self._seen[symbol] = _Seen(tick, offset_s, answer, wall_s)
        return answer

    def _rates(self, name: str, timeframe: Timeframe, count: int) -> object:
        """The newest bars, one more than asked for: time tells whether the last one has closed.

        Position 0 is not always a forming bar: before a session's first tick of the day (metals,
        indices) the day before stands there, closed, and is what the daily scan is about.

        The first answer for a symbol and timeframe may be a part of what is on its way: a short
        one is asked for again until two agree (FAULTS X03, BEHAVIOUR 8).
        """
        link = self._session.link
        arguments = (name, mt5.TIMEFRAMES[timeframe], 0, int(count) + 1)
        rates = link.ask(link.terminal.copy_rates_from_pos, *arguments)
        if (name, timeframe) in self._synced or isinstance(rates, Unknown):
            return rates
        for _ in range(_SYNC_TRIES_COUNT):
            before_count = _length(rates)
            if before_count > count:
                break
            self._session.clock.sleep(_SYNC_WAIT_S)
            rates = link.ask(link.terminal.copy_rates_from_pos, *arguments)
            if _length(rates) == before_count:
                break
        else:
            return Unknown(f"{name} {timeframe.name}: history is still arriving")
        self._synced.add((name, timeframe))
        return rates

    def _range(self, name: str, timeframe: Timeframe, wall_s: tuple[int, int]) -> object:
        """Asked until two answers agree: the first may be a part of what is on its way."""
        link = self._session.link
        function = cast("RangeTerminal", link.terminal).copy_rates_range
        arguments = (name, mt5.TIMEFRAMES[timeframe], *wall_s)
        rates = link.ask(function, *arguments)
        for _ in range(_SYNC_TRIES_COUNT):
            if isinstance(rates, Unknown):
                return rates
            before_count = _length(rates)
            self._session.clock.sleep(_SYNC_WAIT_S)
            rates = link.ask(function, *arguments)
            if _length(rates) == before_count:
                return rates
        return Unknown(f"{name} {timeframe.name}: history is still arriving")

    def _calculated(
        self, function: Callable[..., object], symbol: str, side: int, numbers: tuple[float, ...]
    ) -> Read[float]:
        session = self._session
        name = session.names.broker_name(symbol)
        if not name or side not in _SIDES:
            return Unknown(f"{session.names.why_not(symbol)}; side {side!r}")
        answer = session.link.ask(function, _SIDES[side], name, *numbers)
        if isinstance(answer, Unknown):
            return answer
        if not isinstance(answer, float | int) or not -inf < answer < inf:
            return Unknown(f"{symbol}: the terminal's calculator gave {answer!r}")
        return Ok(float(answer))


def _newest(bars: Bars, count: int) -> Bars:
    """The last `count` bars."""
    return Bars(
        bars.open_utc_s[-count:],
        bars.open_price[-count:],
        bars.high_price[-count:],
        bars.low_price[-count:],
        bars.close_price[-count:],
    )


def _length(rates: object) -> int:
    size = getattr(rates, "size", 0)
    return size if isinstance(size, int) else 0
