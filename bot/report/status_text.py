"""The status page in words, for a window of 80 columns: the answer first, then its reasons."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from bot.report import text as words
from bot.report.breakers import breaker_text
from bot.report.compliance_model import LimitLine, ProgressLine
from bot.report.day_record import HaltLine
from bot.report.lasting import LASTING, LASTING_TEXT
from bot.report.refusals import refusal_says
from bot.report.setups import SetupRow
from bot.report.status import STALE_AFTER_S, Status
from bot.report.status_guards import (
    calendar_text,
    coast_text,
    gauges_text,
    lean_text,
    news_text,
    rung_texts,
    stake_text,
)
from bot.report.status_verdict import RESETS
from bot.report.trades import TradeRow

_COLUMNS, _LABEL_COLUMNS = 80, 11
_CONFIRMED_OLD_S = 30 * 86_400.0


def status_lines(status: Status, here: tzinfo | None = UTC) -> list[str]:
    """Everything `bot status` prints; the first line is the verdict, or says the figures are old.

    `here` is the reader's own clock, None this machine's.
    """
    return [
        *_head(status),
        *_who(status),
        *_account(status),
        "",
        *_rooms(status),
        *_at_stake(status),
        *_guards(status),
        *_ahead(status, here),
        *_progress(status.progress),
        *_rules(status),
        *_book(status),
    ]


def exposure_lines(status: Status) -> list[str]:
    """Open trades and resting orders alone."""
    return [*_trades(status.open_trades), *_setups("Resting", status.resting)]


def row(label: str, text: str) -> list[str]:
    """A labelled line, broken at 80 columns under its own text; nothing for an empty text."""
    if not text:
        return []
    width = _COLUMNS - _LABEL_COLUMNS
    parts = textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)
    labels = [label, *[""] * (len(parts) - 1)]
    return [f"{name:<{_LABEL_COLUMNS}}{part}" for name, part in zip(labels, parts, strict=True)]


def _head(status: Status) -> list[str]:
    if not status.is_running or status.age_s is None:
        return textwrap.wrap(_not_running(status), _COLUMNS, break_on_hyphens=False)
    age = words.duration(status.age_s)
    return [
        *row(status.headline.word, status.headline.because),
        *row("Running", f"last cycle {age} ago (no. {status.cycle_count})"),
    ]


def _not_running(status: Status) -> str:
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
    size = f"{words.money(who.initial_balance_money)} {who.currency}"
    return [
        *row("Account", f"{who.login} at {who.server}, {who.mode.upper()}"),
        *row("Phase", f"{who.preset} {who.phase}, {size}: {status.verdict}"),
    ]


def _account(status: Status) -> list[str]:
    if status.balance_money is None or status.equity_money is None:
        return []
    floating = words.signed_money(status.equity_money - status.balance_money)
    balance, equity = words.money(status.balance_money), words.money(status.equity_money)
    return row("Balance", f"{balance}, equity {equity} (floating {floating})")


def _rooms(status: Status) -> list[str]:
    lines: list[str] = []
    for limit, terms in zip(status.limits, status.room_terms, strict=True):
        lines += row(*_limit(limit))
        lines += row("", f"= {terms}" if terms else "")
    return lines


def _limit(limit: LimitLine) -> tuple[str, str]:
    name = "today" if limit.name == "daily loss" else "total"
    share = limit.room_money / limit.base_money if limit.base_money > 0.0 else 0.0
    room, floor = words.money(limit.room_money), words.money(limit.floor_money)
    used = words.pct(limit.used_fraction, 1)
    return f"Room {name}", f"{room} ({words.pct(share)}) above {floor}, used at worst {used}"


def _at_stake(status: Status) -> list[str]:
    outlook = status.outlook
    if outlook is None or not outlook.stakes or status.equity_money is None:
        return []
    total, parts = stake_text(outlook, status.equity_money)
    return [*row("At stake", total), *row("", parts), *row("Exposure", lean_text(outlook))]


def _guards(status: Status) -> list[str]:
    outlook, equity_money = status.outlook, status.equity_money
    told = ["none on" if status.brake == "NONE" else f"{status.brake.lower()} is on"]
    if outlook is not None and equity_money is not None:
        told += rung_texts(outlook.rungs, equity_money, outlook.base_money)
    lines = row("Brakes", "; ".join(told[:2]))
    lines += [line for text in told[2:] for line in row("", text)]
    for halt in status.halts:
        lines += row("HALT", _halt(halt))
    if outlook is not None:
        lines += row("Breakers", gauges_text(outlook.gauges))
    for line in status.breakers:
        lines += row("BREAKER", breaker_text(line).removeprefix("BREAKER").strip())
    if status.unknown_count:
        lines += row("UNKNOWN", f"{status.unknown_count} requests whose outcome is still open")
    return lines


def _halt(halt: HaltLine) -> str:
    resets = RESETS.get(halt.resets, halt.resets)
    if halt.halt in LASTING:
        resets = LASTING_TEXT
    return f"{halt.halt} since {words.server_stamp(halt.since_utc_s)}: {halt.reason}; {resets}"


def _ahead(status: Status, here: tzinfo | None) -> list[str]:
    lines = row("Next reset", countdown_text(status, here))
    outlook = status.outlook
    if outlook is None:
        return lines
    ahead = [news for news in outlook.news if news.at_utc_s >= status.now_utc_s]
    for number, news in enumerate(ahead):
        lines += row("" if number else "News", news_text(news, status.now_utc_s))
    lines += row("Calendar", calendar_text(outlook))
    return lines + row("Coast", coast_text(*status.coast, outlook))


def countdown_text(status: Status, here: tzinfo | None = UTC) -> str:
    """Time left to the firm's next day, and when that is on the firm's clock and the reader's."""
    left = words.duration(status.next_reset_utc_s - status.now_utc_s)
    moment = datetime.fromtimestamp(status.next_reset_utc_s, UTC)
    firm = moment.astimezone(_zone(status.firm_zone))
    city = status.firm_zone.rpartition("/")[2].replace("_", " ")
    own = moment.astimezone(here)
    return f"in {left}: {firm:%a %H:%M} {city}, {own:%a %H:%M} {_here_text(own)}"


def _zone(name: str) -> tzinfo:
    if name.startswith("UTC"):
        return datetime.strptime(name.removeprefix("UTC"), "%z").tzinfo or UTC
    return ZoneInfo(name)


def _here_text(own: datetime) -> str:
    return "UTC" if not own.utcoffset() else "here"


def _progress(progress: ProgressLine | None) -> list[str]:
    if progress is None:
        return []
    profit = words.signed_money(progress.closed_profit_money)
    if progress.target_money is not None and progress.target_done_fraction is not None:
        done = words.pct(progress.target_done_fraction, 1)
        lines = row("Target", f"{profit} of {words.money(progress.target_money)} ({done})")
    else:
        lines = row("Profit", f"{profit} closed")
    needed = progress.profitable_days_min_count
    of_needed = "" if needed is None else f" of {needed}"
    days = f"{progress.profitable_days_count}{of_needed} profitable"
    if progress.day_gain_money is not None and progress.day_gain_needed_money is not None:
        gain = words.signed_money(progress.day_gain_money)
        days += f"; today {gain} of {words.money(progress.day_gain_needed_money)}"
    return lines + row("Days", days)


def _rules(status: Status) -> list[str]:
    """How old the trader's confirmation of the firm's rules is."""
    if status.confirmed_utc_s is None:
        return []
    age_s = max(0.0, status.now_utc_s - status.confirmed_utc_s)
    text = f"confirmed {words.duration(age_s)} ago"
    if age_s > _CONFIRMED_OLD_S:
        text += ": read them again, firms change them (bot check rules)"
    return row("Rules", text)


def _book(status: Status) -> list[str]:
    lines = [
        *_trades(status.open_trades),
        *_setups("Resting", status.resting),
        *_setups("Waiting", status.waiting),
    ]
    return ["", *lines] if lines else []


def _trades(trades: Iterable[TradeRow]) -> list[str]:
    lines: list[str] = []
    for trade in trades:
        lines += row(
            "Open",
            f"[{trade.symbol}] setup {trade.setup_id} {trade.side} {words.lots(trade.lots)} at "
            f"{words.price(trade.open_price)}, stop {words.price(trade.stop_now_price)}, "
            f"risk {words.money(trade.risk_money)}" + _rungs(trade),
        )
    return lines


def _rungs(trade: TradeRow) -> str:
    count = len(trade.rungs)
    return f", {count} rung{'' if count == 1 else 's'} taken" if count else ""


def _setups(title: str, setups: Iterable[SetupRow]) -> list[str]:
    return [line for setup in setups for line in row(title, _setup(setup))]


def _setup(setup: SetupRow) -> str:
    distance = "" if setup.distance_r is None else f", {setup.distance_r:.2f} R away"
    refusal = f", kept: {refusal_says(setup.refusal)}" if setup.refusal else ""
    return (
        f"[{setup.symbol}] setup {setup.setup_id} {setup.side} at "
        f"{words.price(setup.entry_price)}, stop {words.price(setup.stop_price)}{distance}"
        f"{refusal}, until {words.server_stamp(setup.expires_utc_s)}"
    )
