"""The run's summary in words."""

from __future__ import annotations

from bot.report import text as words
from bot.report.summary import RunSummary

VERDICTS = {
    "PASSED": "PASSED: target and profitable days met, no floor touched",
    "BREACHED_DAILY": "BREACHED: equity reached the daily floor",
    "BREACHED_TOTAL": "BREACHED: equity reached the total floor",
}


def verdict_text(summary: RunSummary) -> str:
    """The phase's verdict; a phase that is not over says so."""
    running = (
        f"STILL RUNNING after {summary.days_count} closed server days: neither passed nor breached"
    )
    return VERDICTS.get(summary.verdict, running)


def summary_rows(summary: RunSummary, currency: str) -> list[tuple[str, str]]:
    """Name and figure of each line, in the order a trader asks."""
    won = f"{summary.won_count} won, {summary.trades_count - summary.won_count} not"
    expectancy = "" if summary.expectancy_r is None else words.r_multiple(summary.expectancy_r)
    factor = "" if summary.profit_factor is None else f", profit factor {summary.profit_factor:.2f}"
    rows = [
        ("days", _days(summary)),
        ("trades", f"{summary.trades_count} closed ({won}), {summary.trades_open_count} open"),
    ]
    if summary.trades_count:
        result = f"{words.r_multiple(summary.result_r)}, {expectancy} per trade{factor}"
        rows.append(("result", result))
    rows += [
        ("gross", words.signed_money(summary.gross_money)),
        ("commission", words.signed_money(summary.commission_money)),
        ("swap", words.signed_money(summary.swap_money)),
        ("net", f"{words.signed_money(summary.deals_money)} {currency} after costs"),
        ("slippage", f"{words.signed_money(-summary.slippage_money)} against the planned entries"),
        ("worst day", f"{words.pct(summary.daily_used_fraction_max, 1)} of a daily allowance used"),
        ("worst total", f"{words.pct(summary.total_used_fraction_max, 1)} of the total allowance"),
        ("drawdown", f"{words.money(summary.drawdown_money_max)} from an earlier day's equity"),
        ("money", money_line(summary)),
    ]
    return rows


def money_line(summary: RunSummary) -> str:
    """Start balance plus every deal against the end balance, to the cent."""
    if summary.end_balance_money is None or summary.left_over_money is None:
        return "not compared: the end balance is not known"
    cash = f" {words.signed_money(summary.cash_money)} cash" if summary.cash_money else ""
    sum_text = (
        f"{words.money(summary.start_balance_money)}{cash} "
        f"{words.signed_money(summary.deals_money)} in {summary.deals_count} deals = "
        f"{words.money(summary.end_balance_money)}"
    )
    if summary.left_over_money == 0.0:
        return f"{sum_text}, reconciled to the cent"
    return f"{sum_text}, LEFT OVER {words.signed_money(summary.left_over_money)}"


def _days(summary: RunSummary) -> str:
    if not summary.days_count:
        return f"since {summary.first_date}, no server day closed yet"
    parts = [
        f"{summary.first_date} to {summary.last_date}: {summary.days_count} server days closed",
        f"{summary.profitable_days_count} profitable",
    ]
    if summary.days_touched_count:
        parts.append(f"{summary.days_touched_count} amber")
    if summary.days_breached_count:
        parts.append(f"{summary.days_breached_count} red")
    return ", ".join(parts)
