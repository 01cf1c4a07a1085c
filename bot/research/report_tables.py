"""The tables of a backtest report in words, the same for a page, for Markdown and for a console."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.report import text as words
from bot.report.summary_text import VERDICTS
from bot.research.backtest import Figures
from bot.research.backtest_days import DayPoint
from bot.research.backtest_trades import Cut, TradeRow
from bot.research.ratios import Ratios

_DASH = "-"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts: one heading per column, rows as long as the headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def verdict_line(figures: Figures) -> str:
    """The phase's verdict in one line; a phase that is not over says so."""
    running = (
        f"STILL RUNNING on {words.day_text(figures.days[-1].day)}: neither passed nor breached"
    )
    more = {"OUT_OF_TIME": "OUT OF TIME: the phase's time limit is over"}
    ended = words.day_text(figures.days[-1].day)
    known = {**VERDICTS, **more}
    if figures.verdict not in known:
        return running
    return f"{known[figures.verdict]} (on {ended}, day {len(figures.days)})"


def money_line(figures: Figures) -> str:
    """Start, every deal and end in one sum, to the cent."""
    money = figures.money
    parts = (money.gross_money, money.commission_money, money.swap_money)
    text = " ".join(words.signed_money(part) for part in parts)
    end = "reconciled to the cent"
    if money.left_over_money:
        end = f"LEFT OVER {words.signed_money(money.left_over_money)}"
    return (
        f"{words.money(money.start_money)} {text} in {money.deals_count} deals = "
        f"{words.money(money.end_balance_money)}, {end}"
    )


def headline_rows(figures: Figures) -> list[tuple[str, str]]:
    """Name and figure, in the order a trader asks."""
    ratios, money, trades = figures.ratios, figures.money, figures.trades
    won = sum(trade.is_won for trade in trades)
    worst = figures.worst_days[0] if figures.worst_days else None
    return [
        ("days", f"{len(figures.days)} days, {_counted(figures)} counted by the firm"),
        (
            "trades",
            f"{len(trades)} closed ({won} won, {len(trades) - won} not), "
            f"{figures.trades_open_count} open at the end",
        ),
        ("result", _result(ratios, trades)),
        ("gross", f"{words.signed_money(money.gross_money)} (spread included)"),
        ("commission", words.signed_money(money.commission_money)),
        ("swap", words.signed_money(money.swap_money)),
        ("net", f"{words.signed_money(money.net_money)} {figures.currency} after costs"),
        ("money", money_line(figures)),
        ("drawdown", f"{_pct(ratios.drawdown_fraction)} from the best day's end"),
        ("worst day", _DASH if worst is None else day_loss(worst)),
        ("exposure", exposure_line(figures)),
    ]


def day_loss(day: DayPoint) -> str:
    """A day and what it moved."""
    return f"{words.day_text(day.day)} {words.signed_money(day.gain_money)}"


def exposure_line(figures: Figures) -> str:
    """Time in the market."""
    exposure = figures.exposure
    return (
        f"in the market {words.pct(exposure.in_market_fraction, 1)} of the time, at most "
        f"{exposure.positions_max_count} positions, held {words.duration(exposure.held_mean_s)} "
        "on average"
    )


def careful_lines(figures: Figures) -> list[str]:
    """What to know before believing any figure, in whole sentences."""
    length_s = max(1.0, figures.end_utc_s - figures.start_utc_s)
    found = [
        f"The breaker for {halt.reason} tripped on {words.server_stamp(halt.since_utc_s)} and "
        "nobody reset it: nothing was opened in the last "
        f"{words.pct((figures.end_utc_s - halt.since_utc_s) / length_s, 0)} of the time. "
        "With --person-after-h 24 a person resets it a day later."
        for halt in figures.halts
    ]
    if figures.trades_open_count:
        found.append(
            f"{figures.trades_open_count} trades were still open at the end; their deals so far "
            "are in the money, and they are in no other table."
        )
    if figures.days_lost_count:
        found.append(
            f"The walk had no room for {figures.days_lost_count} of its days: the curves jump over "
            "them, and there are no ratios of daily equity. Trades and money are complete; walk "
            "shorter spans for the rest."
        )
        return [*found, *(one for one in figures.ratios.warnings if "trading days" not in one)]
    return [*found, *figures.ratios.warnings]


def ratio_table(ratios: Ratios) -> Table:
    """The ratios with what they are."""
    low, high = ratios.expectancy_low_r, ratios.expectancy_high_r
    span = _DASH if low is None or high is None else f"{low:+.2f} to {high:+.2f} R"
    rows = (
        ("Expectancy", _figure(ratios.expectancy_r, "{:+.3f} R"), "mean result of a trade"),
        ("  its 95 % interval", span, "bootstrap over the trades"),
        ("Trades won", _pct(ratios.won_fraction), f"of {ratios.trades_count}"),
        ("Profit factor", _figure(ratios.profit_factor, "{:.2f}"), "money won / money lost"),
        ("Sharpe", _figure(ratios.sharpe, "{:.2f}"), "daily equity, 252 days a year"),
        ("Sortino", _figure(ratios.sortino, "{:.2f}"), "as Sharpe, falls only"),
        ("Calmar", _figure(ratios.calmar, "{:.2f}"), "CAGR / largest drawdown"),
        ("CAGR", _pct(ratios.cagr_fraction), "growth stretched to a year"),
        ("Volatility", _pct(ratios.volatility_fraction), "a year"),
        ("Largest drawdown", _pct(ratios.drawdown_fraction), "day's end to day's end"),
        ("Ulcer index", _pct(ratios.ulcer_fraction), "root mean square of drawdown"),
    )
    return Table(
        (f"n = {ratios.days_count} trading days, {ratios.trades_count} trades", "", ""), rows
    )


def cut_table(name: str, cuts: Sequence[Cut]) -> Table:
    """Groups of trades, each with its costs."""
    headings = (name, "trades", "won", "R", "R per trade", "gross", "commission", "swap", "net")
    rows = tuple(
        (
            cut.name,
            str(cut.trades_count),
            str(cut.won_count),
            words.r_multiple(cut.result_r),
            words.r_multiple(cut.expectancy_r),
            *_moneys(cut.gross_money, cut.commission_money, cut.swap_money, cut.net_money),
        )
        for cut in cuts
    )
    return Table(headings, rows)


def worst_days_table(figures: Figures) -> Table:
    """The days that lost most, and how near they came to the daily floor."""
    headings = ("day", "result", "lowest equity", "daily floor", "room left", "entries")
    rows = tuple(
        (
            f"{words.weekday_text(day.day)} {words.day_text(day.day)}",
            words.signed_money(day.gain_money),
            words.money(day.lowest_equity_money),
            _maybe(day.daily_floor_money, words.money),
            _maybe(_room(day), words.money),
            str(day.entries_count),
        )
        for day in figures.worst_days
    )
    return Table(headings, rows)


def untraded_table(figures: Figures) -> Table:
    """Why setups did not become trades; one setup may be refused many times."""
    rows = [("setups found by the daily scans", str(figures.setups_count))]
    rows += [(f"dropped: {row.reason}", str(row.count)) for row in figures.dropped]
    rows += [(f"refused: {row.reason}", str(row.count)) for row in figures.refused]
    return Table(("what", "times"), tuple(rows))


def trade_table(trades: Sequence[TradeRow]) -> Table:
    """One line per trade."""
    headings = (
        "no", "symbol", "side", "opened (server)", "closed (server)", "lots", "entry", "stop",
        "close", "R", "worst R", "best R", "gross", "commission", "swap", "net", "exit",
    )  # fmt: skip
    rows = tuple(
        (
            str(trade.number),
            trade.symbol,
            trade.side,
            words.server_stamp(trade.opened_utc_s),
            words.server_stamp(trade.closed_utc_s),
            words.lots(trade.lots),
            words.price(trade.open_price),
            words.price(trade.stop_price),
            words.price(trade.close_price),
            words.r_multiple(trade.result_r),
            words.r_multiple(trade.lowest_r),
            words.r_multiple(trade.highest_r),
            *_moneys(trade.gross_money, trade.commission_money, trade.swap_money, trade.net_money),
            trade.reason,
        )
        for trade in trades
    )
    return Table(headings, rows)


def _counted(figures: Figures) -> int:
    return sum(day.is_counted for day in figures.days)


def _result(ratios: Ratios, trades: Sequence[TradeRow]) -> str:
    if ratios.expectancy_r is None:
        return "no trades"
    factor = "" if ratios.profit_factor is None else f", profit factor {ratios.profit_factor:.2f}"
    total = words.r_multiple(sum(trade.result_r for trade in trades))
    return f"{total}, {words.r_multiple(ratios.expectancy_r)} per trade{factor}"


def _room(day: DayPoint) -> float | None:
    if day.daily_floor_money is None:
        return None
    return day.lowest_equity_money - day.daily_floor_money


def _moneys(*amounts: float) -> tuple[str, ...]:
    return tuple(words.signed_money(amount) for amount in amounts)


def _maybe(value: float | None, written: Callable[[float], str]) -> str:
    return _DASH if value is None else written(value)


def _figure(value: float | None, form: str) -> str:
    return _DASH if value is None else form.format(value)


def _pct(fraction: float | None) -> str:
    return _DASH if fraction is None else words.pct(fraction)
