"""Each trade on its symbol's chart, as the numbers a page draws when the trade scrolls into view.

Times are the server's wall clock. A long trade is drawn in longer bars, so that a chart holds at
most some two hundred of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from bot.model.market import IntArray, OffsetTable
from bot.report.text import r_multiple, server_stamp, signed_money
from bot.research.backtest_trades import TradeRow
from bot.rules.calendar import server_s
from bot.simulator.feed import Market
from bot.simulator.quotes import BarArrays
from bot.timezones import server_offset_table

_BARS_AROUND_COUNT = 30
_BARS_MAX_COUNT = 140

Document = Mapping[str, object]


def trade_chart(trade: TradeRow, market: Market) -> Document:
    """Candles, levels and deals of one trade; plain values for JSON."""
    feed = market.feeds[trade.symbol]
    table = server_offset_table()
    digits = feed.contract.digits
    bars, step = _around(trade, feed.base_bars)
    return {
        "title": _title(trade),
        "times": [_wall(at_s, table) for at_s in bars.open_utc_s.tolist()],
        "open": np.round(bars.open, digits).tolist(),
        "high": np.round(bars.high, digits).tolist(),
        "low": np.round(bars.low, digits).tolist(),
        "close": np.round(bars.close, digits).tolist(),
        "bar_s": feed.base_timeframe_s * step,
        "opened": _wall(trade.opened_utc_s, table),
        "closed": _wall(trade.closed_utc_s, table),
        "entry": round(trade.open_price, digits),
        "stop": round(trade.stop_price, digits),
        "exits": [
            {
                "time": _wall(one.at_utc_s, table),
                "price": round(one.price, digits),
                "text": f"{one.lots:g} lots, {signed_money(one.money)}",
                "won": one.money > 0.0,
            }
            for one in trade.exits
        ],
    }


def _title(trade: TradeRow) -> str:
    return (
        f"{trade.number}. {trade.symbol} {trade.side}, {server_stamp(trade.opened_utc_s)} to "
        f"{server_stamp(trade.closed_utc_s)}: {r_multiple(trade.result_r)} "
        f"({signed_money(trade.net_money)}), {trade.reason}"
    )


def _around(trade: TradeRow, bars: BarArrays) -> tuple[BarArrays, int]:
    """The bars of the trade and some on either side, so many of them joined into one."""
    first = int(np.searchsorted(bars.open_utc_s, trade.opened_utc_s, side="right")) - 1
    last = int(np.searchsorted(bars.open_utc_s, trade.closed_utc_s, side="right"))
    step = max(1, math.ceil((last - first) / _BARS_MAX_COUNT))
    around = _BARS_AROUND_COUNT * step
    return _joined(bars.take(slice(max(0, first - around), last + around)), step), step


def _joined(bars: BarArrays, step: int) -> BarArrays:
    if step == 1 or len(bars) == 0:
        return bars
    firsts: IntArray = np.arange(0, len(bars), step)
    lasts = np.minimum(firsts + step, len(bars)) - 1
    return BarArrays(
        bars.open_utc_s[firsts],
        bars.open[firsts],
        np.maximum.reduceat(bars.high, firsts),
        np.minimum.reduceat(bars.low, firsts),
        bars.close[lasts],
        np.add.reduceat(bars.tick_volume, firsts),
        np.minimum.reduceat(bars.spread_points, firsts),
    )


def _wall(utc_s: float, table: OffsetTable) -> str:
    return str(np.datetime64(int(server_s(utc_s, table)), "s"))
