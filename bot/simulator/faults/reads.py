"""Faults of calls as such: failing, hanging, empty, of another login, of a symbol gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.simulator.case import ACTION_SLTP
from bot.simulator.faults.answers import (
    HISTORY_READS,
    SEND,
    SYMBOL_CALLS,
    changed,
    known_request,
    refused_check,
    sent_request,
    symbol_of,
)
from bot.simulator.faults.injection import Injection, Proceed
from bot.simulator.faults.seam import Call
from bot.simulator.retcodes import DONE, SUCCESS
from bot.simulator.structs import AccountInfo, OrderSendResult, TradeRequest

_NETTING: Final = 0
_REFUSED, _NOT_FOUND, _CALL_FAILED, _IPC_TIMEOUT = -6, -4, -1, -10005
_INVALID_REQUEST: Final = 10013
_NO_POSITION: Final = 10036
_INVALID_PARAMS: Final = -2
_BY_TICKET: Final = "ticket"
_DAY_S: Final = 86_400
_SECONDS_MAX: Final = 2**31 - 1 - _DAY_S  # the package reads dates as signed 32-bit seconds
_FAR_FROM_ENDS: Final = (1970, 2038)
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
    """N07: dates arrive in another zone, so the newest rows are missing; or no ticket is taken."""
    if injection.word("what") == _BY_TICKET:
        injection.note = "ticket refused"
        return injection.world.fail(call, _INVALID_PARAMS)
    shift_s = injection.number("shift_s")
    moved = tuple(_moved(value, shift_s) for value in call.args)
    injection.note = f"dates moved by {shift_s:g} s"
    return proceed(Call(call.name, moved, call.kwargs))


def has_dates(injection: Injection, call: Call) -> bool:
    """A history call by ticket, or over a range of dates that the package accepts."""
    if injection.word("what") == _BY_TICKET:
        return not call.args and isinstance(call.kwargs.get("ticket"), int)
    return len(call.args) == 2 and all(map(_is_date, call.args))  # noqa: PLR2004 - from and to


def _is_date(value: object) -> bool:
    if isinstance(value, datetime):
        return _FAR_FROM_ENDS[0] < value.year < _FAR_FROM_ENDS[1]
    return isinstance(value, int | float) and _DAY_S < abs(value) < _SECONDS_MAX


def _moved(value: object, shift_s: float) -> object:
    if isinstance(value, datetime):
        return value + timedelta(seconds=shift_s)
    return value + type(value)(shift_s) if isinstance(value, int | float) else value


def show_netting(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B35: the account says it nets positions."""
    answer = proceed(call)
    if not isinstance(answer, AccountInfo) or answer.margin_mode == _NETTING:
        return answer
    injection.note = "margin mode shown as netting"
    return changed(answer, margin_mode=_NETTING)


def is_of_gone_symbol(injection: Injection, call: Call) -> bool:
    """A call about the symbol that is gone, or a list it would be in."""
    if call.name in ("symbols_get", "symbols_total"):
        return True
    if symbol_of(call, injection.world.state) != _gone(injection):
        return False
    return call.name != SEND or sent_request(injection, call) is not None


def lose_symbol(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B37: the symbol is not offered any more."""
    world, name = injection.world, _gone(injection)
    if call.name in ("symbols_total", "symbols_get"):
        return _unlisted(injection, proceed(call))
    injection.note = f"{name} gone"
    if call.name == SEND:
        return world.server.answer(known_request(call), _INVALID_REQUEST)
    if call.name == "order_check":
        answer = proceed(call)
        return refused_check(answer, _INVALID_REQUEST)
    is_bars = call.name.startswith("copy_rates") or call.name == "symbol_select"
    return world.fail(call, _CALL_FAILED if is_bars else _NOT_FOUND)


def _unlisted(injection: Injection, answer: object) -> object:
    """A list, or the length of one, without the symbol that is gone."""
    name = _gone(injection)
    shown: object = answer
    if type(answer) is tuple:
        shown = tuple(row for row in answer if row.name != name)
    elif type(answer) is int:
        shown = answer - 1
    if shown != answer:
        injection.note = f"{name} gone"
    return shown


def _gone(injection: Injection) -> str:
    return injection.symbol or next(iter(injection.world.state.desks))


GONE_CALLS: Final = SYMBOL_CALLS | {SEND, "order_check", "symbols_total"}


def needs_authorisation(injection: Injection, call: Call) -> bool:
    """A call that a terminal does not answer while nobody is logged in."""
    del injection
    return call.name not in ("shutdown", "version", "terminal_info")


def lose_authorisation(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B40: the account is logged out; nothing works and logging in is refused."""
    del proceed
    injection.note = "not authorised"
    return injection.world.fail(call, _REFUSED)


def swap_login(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B41: another account is logged in; commands reach that one."""
    login = injection.whole("login")
    if call.name == SEND:
        request = sent_request(injection, call)
        if request is None:
            return proceed(call)
        injection.note = f"command reached login {login}"
        return _answer_of_other(injection, request)
    answer = proceed(call)
    if answer is None:
        return None
    injection.note = f"answered for login {login}"
    if isinstance(answer, AccountInfo):
        return changed(answer, **_other_account(injection))
    return () if isinstance(answer, tuple) else 0


def _answer_of_other(injection: Injection, request: TradeRequest) -> OrderSendResult:
    """What the other account says: it has none of the positions and orders of this one."""
    server = injection.world.server
    if request.position or request.action == ACTION_SLTP:
        return server.answer(request, _NO_POSITION)
    if request.order:
        return server.answer(request, _INVALID_REQUEST)
    code = injection.world.refusal(request)
    if code:
        return server.answer(request, code)
    return server.answer(request, DONE, order=_OTHER_ORDER, lots=request.volume)


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
