"""The status page in words, line by line."""

from __future__ import annotations

from collections.abc import Iterable

from bot.report import text as words
from bot.report.compliance_model import LimitLine, ProgressLine
from bot.report.day_record import HaltLine
from bot.report.setups import SetupRow
from bot.report.status import STALE_AFTER_S, Status, countdown_text
from bot.report.trades import TradeRow

_RESETS = {
    "next_server_day": "resets at the next server midnight",
    "person": "resets only by a person: bot resume",
}


def status_lines(status: Status) -> list[str]:
    """Everything `bot status` prints; the first line says whether the figures are live."""
    lines = [_running(status)]
    lines += _who(status)
    lines.append(f"Clock     {words.server_stamp(status.now_utc_s)} server")
    lines.append(f"Reset in  {countdown_text(status)}")
    lines += _account(status)
    lines += [_limit(limit) for limit in status.limits]
    lines += _progress(status.progress)
    lines += _guards(status)
    lines += _trades(status.open_trades)
    lines += _setups("Resting", status.resting)
    lines += _setups("Waiting", status.waiting)
    return lines


def exposure_lines(status: Status) -> list[str]:
    """Open trades and resting orders alone."""
    return [*_trades(status.open_trades), *_setups("Resting", status.resting)]


def _running(status: Status) -> str:
    if status.is_running and status.age_s is not None:
        return f"RUNNING   last cycle {words.duration(status.age_s)} ago (no. {status.cycle_count})"
    if status.stopped_because:
        return f"NOT RUNNING: stopped, {status.stopped_because}. Figures below are its last ones."
    if status.age_s is None:
        return "NOT RUNNING: no heartbeat found. Figures below are the last ones written."
    age, limit = words.duration(status.age_s), words.duration(STALE_AFTER_S)
    return f"NOT RUNNING: last cycle {age} ago (limit {limit}). Figures below are old."


def _who(status: Status) -> list[str]:
    who = status.who
    if who is None:
        return []
    return [
        f"Mode      {who.mode.upper()}, account {who.login} at {who.server}",
        f"Phase     {who.preset}, {who.phase}, {words.money(who.initial_balance_money)} "
        f"{who.currency}: {status.verdict}",
    ]


def _account(status: Status) -> list[str]:
    if status.balance_money is None or status.equity_money is None:
        return []
    floating = status.equity_money - status.balance_money
    return [
        f"Balance   {words.money(status.balance_money)}, equity {words.money(status.equity_money)} "
        f"(floating {words.signed_money(floating)})"
    ]


def _limit(limit: LimitLine) -> str:
    name = "today" if limit.name == "daily loss" else "total"
    share = limit.room_money / limit.base_money if limit.base_money > 0.0 else 0.0
    return (
        f"Room {name} {words.money(limit.room_money)} ({words.pct(share)} of "
        f"{words.money(limit.base_money)}), floor {words.money(limit.floor_money)}, "
        f"used at worst {words.pct(limit.used_fraction, 1)}"
    )


def _progress(progress: ProgressLine | None) -> list[str]:
    if progress is None:
        return []
    lines = []
    profit = words.signed_money(progress.closed_profit_money)
    if progress.target_money is not None and progress.target_done_fraction is not None:
        done = words.pct(progress.target_done_fraction, 1)
        lines.append(f"Target    {profit} of {words.money(progress.target_money)} ({done})")
    else:
        lines.append(f"Profit    {profit} closed")
    needed = progress.profitable_days_min_count
    of_needed = "" if needed is None else f" of {needed}"
    days = f"Days      {progress.profitable_days_count}{of_needed} profitable"
    if progress.day_gain_money is not None and progress.day_gain_needed_money is not None:
        gain = words.signed_money(progress.day_gain_money)
        days += f"; today {gain} of {words.money(progress.day_gain_needed_money)}"
    return [*lines, days]


def _guards(status: Status) -> list[str]:
    lines = [f"Brake     {status.brake.lower()}"]
    lines += [_halt(halt) for halt in status.halts]
    if status.unknown_count:
        lines.append(f"UNKNOWN   {status.unknown_count} requests whose outcome is still open")
    return lines


def _halt(halt: HaltLine) -> str:
    resets = _RESETS.get(halt.resets, halt.resets)
    since = words.server_stamp(halt.since_utc_s)
    return f"HALT      {halt.halt} since {since}: {halt.reason}; {resets}"


def _trades(trades: Iterable[TradeRow]) -> list[str]:
    return [
        f"Open      [{row.symbol}] setup {row.setup_id} {row.side} {words.lots(row.lots)} at "
        f"{words.price(row.open_price)}, stop {words.price(row.stop_now_price)}, "
        f"risk {words.money(row.risk_money)}, {len(row.rungs)} rungs taken"
        for row in trades
    ]


def _setups(title: str, setups: Iterable[SetupRow]) -> list[str]:
    return [f"{title:<9} {_setup(row)}" for row in setups]


def _setup(row: SetupRow) -> str:
    distance = "" if row.distance_r is None else f", {row.distance_r:.2f} R away"
    refusal = f", kept by {row.refusal.lower().replace('_', ' ')}" if row.refusal else ""
    return (
        f"[{row.symbol}] setup {row.setup_id} {row.side} at {words.price(row.entry_price)}, "
        f"stop {words.price(row.stop_price)}{distance}{refusal}, "
        f"until {words.server_stamp(row.expires_utc_s)}"
    )
