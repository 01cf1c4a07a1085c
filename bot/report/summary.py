"""A whole run in figures: what it earned after costs, and whether every cent is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.report.compliance import page
from bot.report.compliance_model import ComplianceDay, Now
from bot.report.day_money import deals_since_start, settle
from bot.report.days import DayFold
from bot.report.documents import number
from bot.report.money import Anchor, MoneyDay, money_day, to_cents
from bot.report.trades import TradeRow
from bot.report.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class SymbolRow:
    """One symbol's closed trades."""

    symbol: str
    trades_count: int
    won_count: int
    result_r: float
    net_money: float


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run from its first journal line to its last.

    `left_over_money` is end balance - start balance - deals - cash: zero when every cent is
    accounted for, None when the end balance was not at hand.
    """

    verdict: str
    first_date: str
    last_date: str
    days_count: int
    days_touched_count: int
    days_breached_count: int
    profitable_days_count: int
    start_balance_money: float
    end_balance_money: float | None
    deals_count: int
    deals_money: float
    cash_money: float
    left_over_money: float | None
    trades_count: int
    trades_open_count: int
    won_count: int
    result_r: float
    expectancy_r: float | None
    profit_factor: float | None
    gross_money: float
    commission_money: float
    swap_money: float
    slippage_money: float
    daily_used_fraction_max: float
    total_used_fraction_max: float
    drawdown_money_max: float
    refusals: dict[str, int]
    symbols: tuple[SymbolRow, ...]


def summarise(fold: DayFold, end: Now | None) -> RunSummary:
    """The summary of everything folded so far; `end` is the account at the end, when known."""
    settle(fold)
    days = sorted(fold.days)
    pages = [page(fold, day, None, end if day == days[-1] else None) for day in days]
    money = _money(fold, end)
    rows = list(fold.trades.rows.values())
    closed = [row for row in rows if not row.is_open]
    return RunSummary(
        verdict=_verdict(fold),
        first_date=pages[0].date if pages else "",
        last_date=max((p.date for p in pages if p.is_closed), default=""),
        days_count=sum(p.is_closed for p in pages),
        days_touched_count=sum(p.status == Verdict.TOUCHED for p in pages),
        days_breached_count=sum(p.status == Verdict.BREACHED for p in pages),
        profitable_days_count=_profitable_days(fold),
        start_balance_money=money.start_balance_money,
        end_balance_money=money.end_balance_money if money.is_compared else None,
        deals_count=money.deals_count,
        deals_money=money.deals_money,
        cash_money=money.cash_money,
        left_over_money=money.difference_money if money.is_compared else None,
        trades_count=len(closed),
        trades_open_count=len(rows) - len(closed),
        won_count=sum(row.net_money > 0.0 for row in closed),
        result_r=round(_total_r(closed), 4),
        expectancy_r=round(_total_r(closed) / len(closed), 4) if closed else None,
        profit_factor=_profit_factor(closed),
        gross_money=money.gross_money,
        commission_money=money.commission_money,
        swap_money=money.swap_money,
        slippage_money=to_cents(sum(row.slippage_money for row in rows)),
        daily_used_fraction_max=_used_max(pages, "daily loss"),
        total_used_fraction_max=_used_max(pages, "total loss"),
        drawdown_money_max=to_cents(_drawdown(fold)),
        refusals=_refusals(fold),
        symbols=_symbols(closed),
    )


def _money(fold: DayFold, end: Now | None) -> MoneyDay:
    """The run's reconciliation, from the first opened day's balance to the account's at the end."""
    opened = [fold.days[day].opened for day in sorted(fold.days)]
    start_money = next((number(o, "balance_money") for o in opened if o is not None), 0.0)
    anchor = None if end is None else Anchor(end.at_utc_s, end.balance_money)
    return money_day(deals_since_start(fold), start_money, anchor)


def _verdict(fold: DayFold) -> str:
    verdicts = [verdict for day in sorted(fold.days) for verdict in fold.days[day].verdicts]
    return verdicts[-1] if verdicts else "RUNNING"


def _profitable_days(fold: DayFold) -> int:
    closed = [record.closed for record in fold.days.values()]
    return sum(1 for document in closed if document is not None and document["is_profitable_day"])


def _total_r(closed: Sequence[TradeRow]) -> float:
    return sum(row.result_r or 0.0 for row in closed)


def _profit_factor(closed: Sequence[TradeRow]) -> float | None:
    """What was won for each unit lost; None without a loss."""
    won = sum(row.net_money for row in closed if row.net_money > 0.0)
    lost = -sum(row.net_money for row in closed if row.net_money < 0.0)
    return round(won / lost, 3) if lost > 0.0 else None


def _used_max(pages: Sequence[ComplianceDay], name: str) -> float:
    used = [line.used_fraction for p in pages for line in p.limits if line.name == name]
    return max(used, default=0.0)


def _drawdown(fold: DayFold) -> float:
    """Largest fall of equity from an earlier day's end to a later low, in money."""
    peak, worst = float("-inf"), 0.0
    for day in sorted(fold.days):
        record = fold.days[day]
        if record.opened is not None:
            peak = max(peak, number(record.opened, "equity_money"))
        if record.low is not None:
            worst = max(worst, peak - record.low.equity_money)
        if record.closed is not None:
            peak = max(peak, number(record.closed, "equity_money"))
    return worst


def _refusals(fold: DayFold) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for record in fold.days.values():
        counts.update(record.refusals)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _symbols(closed: Sequence[TradeRow]) -> tuple[SymbolRow, ...]:
    rows = []
    for symbol in sorted({row.symbol for row in closed}):
        own = [row for row in closed if row.symbol == symbol]
        rows.append(
            SymbolRow(
                symbol=symbol,
                trades_count=len(own),
                won_count=sum(row.net_money > 0.0 for row in own),
                result_r=round(_total_r(own), 4),
                net_money=to_cents(sum(row.net_money for row in own)),
            )
        )
    return tuple(rows)
