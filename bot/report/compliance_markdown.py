"""The compliance page as Markdown: one screen a trader reads each morning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.report import text as words
from bot.report.compliance_model import (
    Activity,
    ComplianceDay,
    CostLine,
    LimitLine,
    ProgressLine,
    Who,
)
from bot.report.conduct import conduct_rows
from bot.report.money import MoneyDay
from bot.report.setups import SetupRow
from bot.report.trades import TradeRow
from bot.report.verdicts import Verdict

_SIGNALS = {Verdict.OK: "GREEN", Verdict.TOUCHED: "AMBER", Verdict.BREACHED: "RED"}
_HEADLINES = {
    Verdict.OK: "no rule touched",
    Verdict.TOUCHED: "a limit was touched or needs a look",
    Verdict.BREACHED: "a rule was broken",
}
_COUNTED = {None: "known at midnight", True: "counted", False: "not counted"}


def markdown(page: ComplianceDay) -> str:
    """The whole page. Same page, same text."""
    blocks = [_title(page)]
    if not page.is_recorded:
        blocks.append("The journal does not speak of this day: the bot did not run.")
    blocks += [
        _limits(page.limits),
        _progress(page.progress),
        _money(page.money, page.floating_money),
        _closed_trades(page.book.trades_closed),
        _open_trades(page.book.trades_open),
        _setups("Resting orders", page.book.orders_resting),
        _setups("Waiting setups", page.book.setups_waiting),
        _costs(page.costs),
        _refusals(page.activity),
        _section("Conduct", ("asked", "answer"), conduct_rows(page.conduct)),
        _conduct(page.activity),
        _verdicts(page),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _title(page: ComplianceDay) -> str:
    lines = [f"# {page.date} {page.weekday} (server day)"]
    if page.who is not None:
        lines += ["", _who(page.who)]
    state = "closed" if page.is_closed else "still running"
    if page.is_estimated:
        state += ", a midnight was rebuilt from the deal history"
    if page.is_recorded:
        signal, headline = _SIGNALS[page.status], _HEADLINES[page.status]
        lines += ["", f"**STATUS {signal}**: {headline}. The day is {state}."]
    return "\n".join(lines)


def _who(who: Who) -> str:
    return (
        f"{who.preset}, {who.phase}, {who.mode.upper()}. Account {who.login} at {who.server}, "
        f"{words.money(who.initial_balance_money)} {who.currency}. "
        f"Version {who.version}, parameters `{who.params_hash}`."
    )


def _limits(limits: Sequence[LimitLine]) -> str:
    rows = [
        (
            line.name,
            words.money(line.base_money),
            words.money(line.floor_money),
            words.money(line.equity_money),
            words.money(line.room_money),
            _at(line.lowest_equity_money, line.lowest_equity_utc_s),
            words.money(line.room_at_lowest_money),
            words.pct(line.used_fraction, 1),
        )
        for line in limits
    ]
    head = ("limit", "base", "floor", "equity", "room", "lowest equity", "room then", "used")
    return _section("Limits", head, rows)


def _at(equity_money: float, utc_s: float) -> str:
    return f"{words.money(equity_money)} at {words.server_time(utc_s)}"


def _progress(progress: ProgressLine | None) -> str:
    if progress is None:
        return ""
    done = "" if progress.target_done_fraction is None else words.pct(progress.target_done_fraction)
    rows = [
        (
            "profit target",
            words.signed_money(progress.closed_profit_money),
            _known_money(progress.target_money),
            done,
        ),
        (
            "profitable days",
            _known(progress.profitable_days_count),
            _known(progress.profitable_days_min_count),
            "",
        ),
        (
            "this day's gain",
            _known_money(progress.day_gain_money, signed=True),
            _known_money(progress.day_gain_needed_money),
            _COUNTED[progress.is_profitable_day],
        ),
    ]
    return _section("Progress", ("", "now", "needed", ""), rows)


def _money(money: MoneyDay | None, floating_money: float | None) -> str:
    if money is None:
        return ""
    rows = [
        ("start balance", words.money(money.start_balance_money)),
        (f"{money.deals_count} deals", words.signed_money(money.deals_money)),
        ("deposits and withdrawals", words.signed_money(money.cash_money)),
        ("end balance", words.money(money.end_balance_money)),
        ("left over", _left_over(money)),
    ]
    if floating_money is not None:
        rows.append(("floating at the end", words.signed_money(floating_money)))
    return _section("Money", ("", "amount"), rows)


def _left_over(money: MoneyDay) -> str:
    if not money.is_compared:
        return "not compared: the day is running"
    if money.is_exact:
        return "0.00, reconciled to the cent"
    return f"{words.signed_money(money.difference_money)} NOT EXPLAINED"


def _closed_trades(trades: Sequence[TradeRow]) -> str:
    rows = [
        (
            str(row.setup_id),
            row.symbol,
            row.side,
            words.lots(row.lots),
            words.price(row.open_price),
            "" if row.close_price is None else words.price(row.close_price),
            str(len(row.rungs)),
            words.signed_money(row.net_money),
            "" if row.result_r is None else words.r_multiple(row.result_r),
            row.reason,
        )
        for row in trades
    ]
    head = ("setup", "symbol", "side", "lots", "in", "out", "rungs", "net", "R", "reason")
    if not rows:
        return "## Trades closed\n\nNone."
    total_r = sum(row.result_r or 0.0 for row in trades)
    total = words.signed_money(sum(row.net_money for row in trades))
    table = _section("Trades closed", head, rows)
    return f"{table}\n\nTogether {total}, {words.r_multiple(total_r)} in {len(rows)} trades."


def _open_trades(trades: Sequence[TradeRow]) -> str:
    rows = [
        (
            str(row.setup_id),
            row.symbol,
            row.side,
            words.lots(row.lots),
            words.price(row.open_price),
            words.price(row.stop_price),
            words.money(row.risk_money),
            str(len(row.rungs)),
        )
        for row in trades
    ]
    head = ("setup", "symbol", "side", "lots", "in", "first stop", "risk", "rungs")
    return _section("Positions open at the end", head, rows) if rows else ""


def _setups(title: str, setups: Sequence[SetupRow]) -> str:
    rows = [
        (
            str(row.setup_id),
            row.symbol,
            row.side,
            words.price(row.entry_price),
            words.price(row.stop_price),
            "" if row.distance_r is None else words.r_multiple(row.distance_r),
            words.server_stamp(row.expires_utc_s),
            row.refusal.lower().replace("_", " "),
        )
        for row in setups
    ]
    head = ("setup", "symbol", "side", "entry", "stop", "last distance", "expires", "kept by")
    return _section(title, head, rows) if rows else ""


def _costs(costs: CostLine | None) -> str:
    if costs is None:
        return ""
    worst = ""
    if costs.slippage_worst_symbol:
        worst = f", worst {costs.slippage_worst_symbol} {words.r_multiple(costs.slippage_worst_r)}"
    return (
        "## Costs\n\n"
        f"Gross {words.signed_money(costs.gross_money)}, "
        f"commission {words.signed_money(costs.commission_money)}, "
        f"swap {words.signed_money(costs.swap_money)}, "
        f"net {words.signed_money(costs.net_money)}. "
        f"Fills against the planned entries {words.signed_money(-costs.slippage_money)}{worst}."
    )


def _refusals(activity: Activity) -> str:
    lines = ["## Signals and refusals", ""]
    lines.append(f"Bars judged: {_counts(activity.scans) or 'none'}.")
    lines.append(f"Setups created: {activity.setups_created_count}.")
    lines.append(f"Refused by gate: {_counts(activity.refusals) or 'none'}.")
    return "\n".join(lines)


def _conduct(activity: Activity) -> str:
    lines = [
        "## Conduct and faults",
        "",
        f"Trade requests: {activity.requests_count}; "
        f"entries and closes answered: {_counts(activity.answers) or 'none'}.",
        f"Cycles: {_known(activity.cycles_count)}. Starts: {activity.starts_count}.",
    ]
    if activity.clock_offset_s is not None:
        lines.append(f"Server clock: {words.offset_text(activity.clock_offset_s)}.")
    for brake in activity.brakes:
        moment, loss = words.server_time(brake.at_utc_s), words.pct(brake.loss_base_fraction)
        lines.append(f"- {moment} brake {brake.before} to {brake.after}, day's loss {loss}")
    for halt in activity.halts:
        moment = words.server_time(halt.since_utc_s)
        lines.append(f"- {moment} halt {halt.halt}: {halt.reason} (resets: {halt.resets})")
    lines += [f"- fault {name}: {detail}" for name, detail in activity.faults.items()]
    lines += [f"- command {command}" for command in activity.commands]
    lines += [f"- **phase {verdict}**" for verdict in activity.phase_verdicts]
    return "\n".join(lines)


def _verdicts(page: ComplianceDay) -> str:
    rows = [(line.rule, line.verdict.value, line.figures) for line in page.rules]
    return _section("Rules", ("rule", "verdict", "figures"), rows)


def _section(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose columns stand under each other in plain text too."""
    cells = [[cell.replace("|", "/") for cell in row] for row in (head, *rows)]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(head))]
    lines = [_row(row, widths) for row in cells]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join([f"## {title}", "", *lines])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name.lower().replace('_', ' ')} {count}" for name, count in counts.items())


def _known(value: int | None) -> str:
    return "not known" if value is None else str(value)


def _known_money(amount_money: float | None, *, signed: bool = False) -> str:
    if amount_money is None:
        return "not known"
    return words.signed_money(amount_money) if signed else words.money(amount_money)
