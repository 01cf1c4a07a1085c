"""When a symbol may be traded: its sessions, and how old its last quote may be."""

from __future__ import annotations

from typing import Final

from bot.rules.calendar import DAY_S, weekday_of
from bot.simulator.state import ServerState, SymbolDesk
from bot.simulator.symbols import SymbolContract

_QUOTE_AGE_LEAST_S: Final = 900
_QUOTE_AGE_BARS: Final = 2


def is_session_open(contract: SymbolContract, wall_s: float) -> bool:
    """Whether the symbol trades at this second of the server's clock."""
    day, second = divmod(wall_s, DAY_S)
    for start, end in contract.sessions[weekday_of(int(day))]:  # noqa: SIM110 - twice as fast
        if start <= second < end:
            return True
    return False


def has_fresh_quote(state: ServerState, desk: SymbolDesk) -> bool:
    """Whether the last quote is young enough for the server to trade on it."""
    desk.tape.seek(state.now_ms)
    if desk.tape.bid <= 0.0:
        return False
    bars_s = _QUOTE_AGE_BARS * desk.feed.base_timeframe_s
    allowed_s = state.account.quote_age_max_s or max(_QUOTE_AGE_LEAST_S, bars_s)
    return state.now_ms - desk.tape.time_ms <= allowed_s * 1000
