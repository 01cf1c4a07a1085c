"""Faults of calls as such: failing, hanging, empty, of another login, of a symbol gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.simulator.faults.answers import (
    HISTORY_READS,
    SEND,
    SYMBOL_CALLS,
    changed,
    request_of,
    symbol_of,
)
from bot.simulator.faults.injection import Injection, Proceed
from bot.simulator.faults.seam import Call
from bot.simulator.retcodes import DONE, SUCCESS
from bot.simulator.structs import AccountInfo

_NETTING: Final = 0
_REFUSED, _NOT_FOUND, _CALL_FAILED, _IPC_TIMEOUT = -6, -4, -1, -10005
_INVALID_REQUEST: Final = 10013
_OTHER_ORDER: Final = 900_000_001
OTHER_LOGIN: Final = 99_999_999


def fail_read(injection: Injection, call: Call, proceed: Proceed) -> object:
    """N01: a read fails, alone or as the first of a burst."""
    del proceed
    code = injection.whole("error_code")
    injection.note = f"failed with {code}"
    return injection.world.fail(call, code)


def find_nothing(injection: Injection, call: Call, proceed: Proceed) -> object:
    """N02: successful and empty, although there are positions."""
    answer = proceed(call)
    if not answer:
        return answer
    injection.note = "falsely empty"
    return () if isinstance(answer, tuple) else 0


def overwrite_error(injection: Injection, call: Call, proceed: Proceed) -> object:
    """N03: a read fails, and by the time anybody asks `last_error` tells of another call."""
    del proceed
    answer = injection.world.fail(call, _CALL_FAILED)
    injection.world.report(SUCCESS)
    injection.note = "failed; last_error says Success"
    return answer


def hang(injection: Injection, call: Call, proceed: Proceed) -> object:
    """N06: the call does not return; a request may be executed all the same."""
    world, seconds = injection.world, injection.number("hang_s")
    injection.note = f"hangs for {seconds:g} s"
    if injection.word("executed") == "no":
        world.hang(call.name, seconds)
        return world.fail(call, _IPC_TIMEOUT)
    answer = proceed(call)
    world.hang(call.name, seconds)
    return answer


def freeze_terminal(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B38: an update or a dialog holds the terminal: `initialize` times out, other calls hang."""
    if call.name == "initialize":
        injection.note = "terminal not ready"
        return injection.world.fail(call, _IPC_TIMEOUT)
    return hang(injection, call, proceed)


def shift_history(injection: Injection, call: Call, proceed: Proceed) -> object:
    """N07: the dates asked for arrive in another zone, so the newest rows are missing."""
    shift_s = injection.number("shift_s")
    moved = tuple(_moved(value, shift_s) for value in call.args)
    injection.note = f"dates moved by {shift_s:g} s"
    return proceed(Call(call.name, moved, call.kwargs))


def has_dates(injection: Injection, call: Call) -> bool:
    """A history call over a range of dates."""
    del injection
    return len(call.args) == 2  # noqa: PLR2004 - from and to


def _moved(value: object, shift_s: float) -> object:
    if isinstance(value, datetime):
        return value + timedelta(seconds=shift_s)
    return value + type(value)(shift_s) if isinstance(value, int | float) else value


def show_netting(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B35: the account says it nets positions."""
    answer = proceed(call)
    injection.note = "margin mode shown as netting"
    return changed(answer, margin_mode=_NETTING) if isinstance(answer, AccountInfo) else answer


def is_of_gone_symbol(injection: Injection, call: Call) -> bool:
    """A call about the symbol that is gone, or a list it would be in."""
    if call.name in ("symbols_get", "symbols_total"):
        return True
    return symbol_of(call, injection.world.state) == _gone(injection)


def lose_symbol(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B37: the symbol is not offered any more."""
    world, name = injection.world, _gone(injection)
    injection.note = f"{name} gone"
    if call.name == "symbols_total":
        count = proceed(call)
        return count - 1 if isinstance(count, int) else count
    if call.name == "symbols_get":
        rows = proceed(call)
        return tuple(r for r in rows if r.name != name) if isinstance(rows, tuple) else rows
    if call.name == SEND:
        request = request_of(call)
        return proceed(call) if request is None else world.server.answer(request, _INVALID_REQUEST)
    is_bars = call.name.startswith("copy_rates") or call.name == "symbol_select"
    return world.fail(call, _CALL_FAILED if is_bars else _NOT_FOUND)


def _gone(injection: Injection) -> str:
    return injection.symbol or next(iter(injection.world.state.desks))


GONE_CALLS: Final = SYMBOL_CALLS | {SEND, "symbols_total"}


def lose_authorisation(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B40: the account is logged out; nothing works and logging in is refused."""
    injection.note = "not authorised"
    if call.name in ("shutdown", "version", "terminal_info"):
        return proceed(call)
    return injection.world.fail(call, _REFUSED)


def swap_login(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B41: another account is logged in; commands reach that one."""
    injection.note = f"answered for login {injection.whole('login')}"
    if call.name == SEND:
        request = request_of(call)
        if request is None:
            return proceed(call)
        injection.note = f"command reached login {injection.whole('login')}"
        return injection.world.server.answer(request, DONE, order=_OTHER_ORDER, lots=request.volume)
    if call.name != "account_info":
        answer = proceed(call)
        return answer if answer is None else () if isinstance(answer, tuple) else 0
    answer = proceed(call)
    return changed(answer, **_other_account(injection)) if isinstance(answer, AccountInfo) else None


def _other_account(injection: Injection) -> Mapping[str, object]:
    balance = injection.number("balance_money")
    return {
        "login": injection.whole("login"),
        "name": "Somebody Else",
        "balance": balance,
        "credit": 0.0,
        "profit": 0.0,
        "equity": balance,
        "margin": 0.0,
        "margin_free": balance,
        "margin_level": 0.0,
    }


LOGIN_CALLS: Final = HISTORY_READS | {
    "account_info",
    "positions_get",
    "positions_total",
    "orders_get",
    "orders_total",
    SEND,
}
