"""What a rebuilt state holds, in words: what a person compares with the terminal."""

from __future__ import annotations

from bot.live.day_book import date_text
from bot.live.rebuild_broker import BrokerFacts
from bot.live.state import BotState, SetupStatus


def told(state: BotState, facts: BrokerFacts) -> tuple[str, ...]:
    """One line for each figure that a limit of the firm or of the trader rests on."""
    waiting = state.live_setups(SetupStatus.AWAITING_ENTRY, SetupStatus.AWAITING_SPREAD)
    pending = state.live_setups(SetupStatus.PENDING)
    trades_count = len(state.results)
    lines = [
        f"record of {state.pinned}, login {state.login} on {state.server}",
        f"account now: balance {facts.account.balance_money:.2f}, "
        f"equity {facts.account.equity_money:.2f}",
        _day(state),
        f"paid in or out since the start: {state.phase_cash_money:+.2f}",
        f"highest closed balance: {state.sizing.peak_money:.2f}",
        f"verdict {state.verdict}, counted days: {', '.join(state.profitable_days) or 'none'}",
        f"halts: {', '.join(sorted(state.halts)) or 'none'}; "
        f"breakers: {', '.join(sorted(state.breakers.tripped)) or 'none'}",
        f"{trades_count} closed trades, {len(state.intents)} requests of unknown outcome",
        f"waiting setups: {_symbols([s.symbol for s in waiting])}; "
        f"resting orders: {_symbols([s.symbol for s in pending])}",
        "not kept anywhere, counted anew: this day's cycles and requests, the last hour's "
        "equity, disconnects, blocked symbols",
    ]
    return tuple(lines)


def _day(state: BotState) -> str:
    day = state.day
    if day is None:
        return "day: none is known"
    return (
        f"day {date_text(day.day)}: base {day.base_money:.2f}, "
        f"lowest equity {day.lowest_equity_money:.2f}, {day.entries_count} entries"
    )


def _symbols(symbols: list[str]) -> str:
    return " ".join(symbols) or "none"
