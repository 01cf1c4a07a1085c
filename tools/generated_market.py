"""The page that puts generated bars beside recorded ones.

python -m tools.generated_market [FOLDER]     write docs/generated_market.md; exit 1 if too far off

FOLDER holds the recorded bars (h1/, m1/ and spread_profile.csv); ../shared/data by default.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bot.adapters.bar_files import load_bars
from bot.errors import DataError
from bot.model.market import Bars
from bot.simulator.bar_statistics import bar_statistics
from bot.simulator.feed import Market
from bot.simulator.generated_world import draw_world
from bot.timezones import server_offset_table
from tools.doc_text import table
from tools.likeness import (
    HOURS_MIN,
    PAIRS_MAX,
    PAIRS_MEAN_MAX,
    SEEDS,
    SPREAD_HOURS_MIN,
    TOLERANCES,
    Pair,
    Row,
    SpreadHours,
    generated_markets,
    hourly_rows,
    mid_bars,
    pairs,
    spread_hours,
)

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = ROOT.parent / "shared" / "data"
PAGE: Final = "docs/generated_market.md"

_NOTE: Final = (
    "<!-- Written by `uv run python -m tools.generated_market` from the recorded bars. -->\n"
)
_MINUTE_S: Final = 60
_WORST_COUNT: Final = 5
_WORLD_DAYS: Final = 7_300
_FIRST_DAY: Final = 19_723  # 2024-01-01
_FILES: Final = (
    ("EURUSD", "EURUSD_oanda_2014_2018"),
    ("NZDUSD", "NZDUSD_oanda_2014"),
    ("XAUUSD", "XAUUSD_oanda_2014"),
)
_COLUMNS: Final = {
    "volatility": ("volatility, bp", "{:.1f}"),
    "kurtosis": ("kurtosis", "{:.0f}"),
    "far move": ("1 in 1000", "{:.1f}"),
    "lag 1": ("lag 1 h", "{:.2f}"),
    "lag 24": ("lag 24 h", "{:.2f}"),
    "lag 120": ("lag 120 h", "{:.2f}"),
    "gap": ("gap, median", "{:.2f}"),
    "wide gap": ("gap, 95 %", "{:.2f}"),
    "weekend": ("weekend", "{:.2f}"),
}


def page(folder: Path) -> tuple[str, list[str]]:
    """The text of docs/generated_market.md, and everything outside the tolerance."""
    markets = generated_markets()
    rows, together = hourly_rows(markets, folder), pairs(markets[0], folder)
    spreads = spread_hours(folder)
    outside = list(_outside(rows, together, spreads))
    parts = [
        "# The generated market beside real ones\n",
        _NOTE,
        _introduction(outside),
        *_hour_part(rows),
        *_pair_part(together),
        *_minute_part(markets, folder),
        *_spread_part(spreads),
        _crash_part(),
        _LIMITS,
    ]
    return "\n".join(parts), outside


def _outside(
    rows: Sequence[Row], together: Sequence[Pair], spreads: Sequence[SpreadHours]
) -> Iterator[str]:
    for row in rows:
        for name in row.outside:
            yield f"{row.symbol}: {name}"
    if together[0].apart > PAIRS_MAX:
        yield f"{together[0].first} and {together[0].second}: correlation"
    if _mean_apart(together) > PAIRS_MEAN_MAX:
        yield "correlations on average"
    for spread in spreads:
        if spread.correlation < SPREAD_HOURS_MIN:
            yield f"{spread.symbol}: spread by hour"


def _introduction(outside: Sequence[str]) -> str:
    verdict = "everything lies within it" if not outside else f"outside: {', '.join(outside)}"
    return (
        "Recorded hourly bars of 2022 to 2026 against those of "
        f"{len(SEEDS)} generated markets (seeds {', '.join(map(str, SEEDS))}, 900 days each), "
        "measured by the same functions. Each cell is generated / recorded; a generated figure is "
        f"the median over the seeds.\n\n**Verdict.** Against the tolerance below, {verdict}. The "
        "tests hold it wherever the recorded bars are at hand.\n"
    )


def _hour_part(rows: Sequence[Row]) -> Iterator[str]:
    yield "## Hours\n"
    head = ["symbol", *(title for title, _ in _COLUMNS.values()), "hours of the day", "verdict"]
    yield table(head, [_hour_row(row) for row in rows])
    tolerances = [str(TOLERANCES[name]) for name in _COLUMNS]
    yield table(head[1:-1], [[*tolerances, f"at least {HOURS_MIN}"]])
    yield (
        "Volatility is the deviation of hourly returns. “1 in 1000” is the return exceeded by one "
        "hour in a thousand, in deviations. Lags are autocorrelations of absolute returns, their "
        "daily rhythm included. Gaps over weekends are in daily deviations. “Weekend” is the "
        "deviation of Saturdays and Sundays over that of other days. “Hours of the day” is the "
        "correlation of the mean absolute returns by server hour. The tolerance of the kurtosis is "
        "wide because a single day decides it: that of GBPUSD is 2022-09-26, that of the indices "
        "2025-04-09.\n"
    )


def _hour_row(row: Row) -> list[str]:
    cells = [
        f"{form.format(row.made[name])} / {form.format(row.real[name])}".replace("nan / nan", "-")
        for name, (_, form) in _COLUMNS.items()
    ]
    verdict = f"outside: {', '.join(row.outside)}" if row.outside else "within"
    return [row.symbol, *cells, f"{row.hours_correlation:.2f}", verdict]


def _pair_part(together: Sequence[Pair]) -> Iterator[str]:
    yield "## Symbols together\n"
    yield (
        f"Correlations of hourly returns, all {len(together)} pairs: {_mean_apart(together):.2f} "
        f"apart on average (tolerance {PAIRS_MEAN_MAX}), at most {together[0].apart:.2f} "
        f"(tolerance {PAIRS_MAX}). The farthest, and some that matter most:\n"
    )
    named = {("EURUSD", "GBPUSD"), ("AUDUSD", "NZDUSD"), ("EURUSD", "XAUUSD"), ("NAS100", "US30")}
    shown = [*together[:_WORST_COUNT], *(p for p in together if (p.first, p.second) in named)]
    yield table(
        ("pair", "generated", "recorded"),
        [(f"{p.first}, {p.second}", f"{p.made:.2f}", f"{p.real:.2f}") for p in shown],
    )


def _mean_apart(together: Sequence[Pair]) -> float:
    return float(np.mean([pair.apart for pair in together]))


def _minute_part(markets: Sequence[Market], folder: Path) -> Iterator[str]:
    yield "## Minutes\n"
    yield (
        "Recorded minutes are single days and weeks of 2011 to 2018, so their volatility says "
        "little; the shape does.\n"
    )
    yield table(
        ("symbol", "kurtosis", "lag 1 min"),
        [_minute_row(markets, name, folder / "m1" / f"{file}.parquet") for name, file in _FILES],
    )


def _minute_row(markets: Sequence[Market], symbol: str, path: Path) -> tuple[str, str, str]:
    real = _minutes(load_bars(path, _MINUTE_S))
    feeds = [market.feeds[symbol] for market in markets]
    made = [_minutes(mid_bars(feed.base_bars, feed.contract)) for feed in feeds]
    kurtosis, lag = np.median(made, axis=0).tolist()
    return symbol, f"{kurtosis:.0f} / {real[0]:.0f}", f"{lag:.2f} / {real[1]:.2f}"


def _minutes(bars: Bars) -> tuple[float, float]:
    figures = bar_statistics(bars.open_utc_s, bars.close_price, _MINUTE_S)
    return figures.kurtosis, figures.autocorrelation


def _spread_part(spreads: Sequence[SpreadHours]) -> Iterator[str]:
    yield "## Spread by hour\n"
    yield (
        "Median spread of minute bars over the median of the day, by New York hour, generated / "
        "recorded. A dash: closed, or not recorded. Correlation of the two at least "
        f"{SPREAD_HOURS_MIN}.\n"
    )
    rows = [
        [
            f"{hour:02d}",
            *(f"{_times(s.made[hour])} / {_times(s.real[hour])}" for s in spreads),
        ]
        for hour in range(24)
    ]
    rows.append(["correlation", *(f"{spread.correlation:.2f}" for spread in spreads)])
    yield table(["hour", *(spread.symbol for spread in spreads)], rows)


def _times(value: float) -> str:
    return f"{value:.1f}" if value else "-"


def _crash_part() -> str:
    crashes = draw_world(SEEDS[0], _FIRST_DAY, _WORLD_DAYS, server_offset_table()).crashes
    events = draw_world(SEEDS[0], _FIRST_DAY, _WORLD_DAYS, server_offset_table()).events
    per_month = len(crashes) / (_WORLD_DAYS / 30)
    falls = [abs(crash.fall_fraction) for crash in crashes]
    largest = float(np.max(np.abs(events.jumps_fraction)))
    return (
        "## News and flash crashes\n\n"
        f"A generated month brings {len(events.time_utc_s) / (_WORLD_DAYS / 30):.0f} releases "
        f"over all currencies, the largest jump in twenty years being {largest:.1%}, and "
        f"{per_month:.1f} flash crashes somewhere in the market: a fall of {min(falls):.1%} to "
        f"{max(falls):.1%} within four minutes (one and a half to three days' volatility of the "
        "factor), half to nearly all of it back within the next half hour, and nine times the "
        "spread. They are far more frequent than in life (recorded: GBP 2016-10-06, JPY "
        "2019-01-02, gold 2021-08-08; about one in two years), because a rule that is never met "
        "is never tested. They exist in the minutes of the live window only; hourly history is "
        "too coarse for them.\n"
    )


_LIMITS: Final = """## What it does not do

No prices of any real day, no calendar: releases come at usual times on drawn days. No trends longer
than some weeks, no regime as of 2008 or 2020. Correlations are constant. A market torn open by a
fifth, as the franc in 2015, does not occur: recorded bars and injected faults are there for that.
Results on a generated market test the bot; they say nothing about what a strategy earns.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; exit code 0 within the tolerance, 1 outside or without recorded bars."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    folder = Path(given[0]) if given else DATA
    try:
        text, outside = page(folder)
    except (DataError, OSError) as error:
        sys.stderr.write(f"Error: no recorded bars to compare with: {error}\n")
        return 1
    (ROOT / PAGE).write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{PAGE}: written\n" + "".join(f"outside: {name}\n" for name in outside))
    return 1 if outside else 0


if __name__ == "__main__":
    raise SystemExit(main())
