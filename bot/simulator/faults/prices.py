"""Faults of data: quotes, bars, specifications and account figures that are not what is true."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, nan
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.simulator.faults.answers import changed
from bot.simulator.faults.injection import Injection, Proceed
from bot.simulator.faults.seam import Call
from bot.simulator.struct_sequence import StructSequence
from bot.simulator.structs import AccountInfo, Tick, TradeOrder, TradePosition
from bot.simulator.symbol_struct import SymbolInfo

Bars = NDArray[np.void]
_Row = TypeVar("_Row", bound=StructSequence)

_FIRST_AS_RULE: Final = 3  # bars needed to lose, swap or repeat one in the middle
_TICK_VALUES: Final = ("trade_tick_value", "trade_tick_value_profit", "trade_tick_value_loss")


def freeze_quote(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X01: the quote and its stamp stand still from the first look on; the server trades on."""
    injection.note = "quote frozen"
    return _each_quote(injection, call, proceed(call), _as_first_seen(injection))


def _as_first_seen(injection: Injection) -> Callable[[str, dict[str, object]], dict[str, object]]:
    def frozen(name: str, quote: dict[str, object]) -> dict[str, object]:
        first = injection.memory.setdefault(name, {n: quote[n] for n in ("bid", "ask", "time")})
        assert isinstance(first, dict)
        stamp = {"time_msc": int(first["time"]) * 1000} if "time_msc" in quote else {}
        return {**first, **stamp}

    return frozen


def break_quote(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X02: a quote that is crossed, zero, or far from where the market is."""
    shape, fraction = injection.word("shape"), injection.number("fraction")
    injection.note = f"{shape} quote"

    def broken(name: str, quote: dict[str, object]) -> dict[str, object]:
        del name
        bid, ask = float(str(quote["bid"])), float(str(quote["ask"]))
        if shape == "crossed":
            return {"bid": ask, "ask": bid if bid != ask else bid * (1.0 - fraction)}
        factor = 0.0 if shape == "zero" else 1.0 + fraction
        return {"bid": bid * factor, "ask": ask * factor}

    return _each_quote(injection, call, proceed(call), broken)


def stamp_in_utc(injection: Injection, call: Call, proceed: Proceed) -> object:
    """C07: quotes are stamped in UTC while everything else is in server time."""
    offset_s = injection.world.state.clock.offset_s(injection.world.now_utc_s)
    injection.note = f"stamps {offset_s} s earlier"

    def in_utc(name: str, quote: dict[str, object]) -> dict[str, object]:
        del name
        stamps = {"time": int(str(quote["time"])) - offset_s}
        if "time_msc" in quote:
            stamps["time_msc"] = int(str(quote["time_msc"])) - offset_s * 1000
        return dict(stamps)

    return _each_quote(injection, call, proceed(call), in_utc)


def _each_quote(
    injection: Injection,
    call: Call,
    answer: object,
    change: Callable[[str, dict[str, object]], dict[str, object]],
) -> object:
    """Change the quote in a tick, in a symbol's description or in a list of descriptions."""
    if isinstance(answer, Tick):
        return changed(answer, **change(str(call.args[0]), answer._asdict()))
    if isinstance(answer, SymbolInfo):
        is_other = injection.symbol not in ("", answer.name)
        return answer if is_other else changed(answer, **change(answer.name, answer._asdict()))
    if isinstance(answer, tuple):
        return tuple(_each_quote(injection, call, row, change) for row in answer)
    return answer


def spoil_specification(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X06: the tick value is many times too large or too small."""
    factor = injection.memory.setdefault("factor", _factor(injection))
    assert isinstance(factor, float)
    injection.note = f"tick value times {factor:.6g}"

    def spoilt(name: str, info: dict[str, object]) -> dict[str, object]:
        del name
        return {field: float(str(info[field])) * factor for field in _TICK_VALUES}

    return _each_quote(injection, call, proceed(call), spoilt)


def _factor(injection: Injection) -> float:
    """As set, or drawn between 0.01 and 100, small and large alike."""
    if injection.number("factor"):
        return injection.number("factor")
    return exp(log(0.01) + log(100.0 / 0.01) * injection.rng.random())


def mistake_symbol(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X09: the name leads to another symbol's data."""
    asked, other = str(call.args[0]), _other_symbol(injection, str(call.args[0]))
    injection.note = f"{asked} answered with {other}"
    answer = proceed(Call(call.name, (other, *call.args[1:]), call.kwargs))
    return changed(answer, name=asked) if isinstance(answer, SymbolInfo) else answer


def has_other_symbol(injection: Injection, call: Call) -> bool:
    """A call with a symbol where the market has another one."""
    return bool(call.args) and bool(_other_symbol(injection, str(call.args[0])))


def _other_symbol(injection: Injection, asked: str) -> str:
    if injection.word("other"):
        return injection.word("other")
    return next((name for name in injection.world.state.desks if name != asked), "")


def spoil_figures(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X07: NaN where a price or money should be."""
    answer = proceed(call)
    if answer is None or (isinstance(answer, tuple | np.ndarray) and not len(answer)):
        return answer
    injection.note = f"NaN in {call.name}"
    if isinstance(answer, np.ndarray):
        bars = answer.copy()
        bars["close" if "close" in (bars.dtype.names or ()) else "bid"][-1] = nan
        bars.flags.writeable = False
        return bars
    if isinstance(answer, Tick):
        return changed(answer, bid=nan, ask=nan)
    if isinstance(answer, SymbolInfo):
        return changed(answer, **dict.fromkeys(_TICK_VALUES, nan))
    return changed(answer, equity=nan) if isinstance(answer, AccountInfo) else answer


def spoil_lots(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X11: volumes with the noise of binary fractions, or none at all."""
    answer, noise = proceed(call), injection.number("noise_lots")
    if not isinstance(answer, tuple) or not answer:
        return answer
    injection.note = f"volumes off by {noise:g}"
    return tuple(_noisy(row, noise) for row in answer)


def _noisy(row: object, noise: float) -> object:
    if isinstance(row, TradePosition):
        return changed(row, volume=row.volume + noise)
    return (
        changed(row, volume_current=row.volume_current + noise)
        if isinstance(row, TradeOrder)
        else row
    )


def lose_equity(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X10: the account is read as if there were no equity."""
    answer = proceed(call)
    injection.note = "equity 0.0"
    zeros = {"equity": 0.0, "margin_free": 0.0, "margin_level": 0.0}
    if injection.word("balance") == "zero":
        zeros["balance"] = 0.0
    return changed(answer, **zeros) if isinstance(answer, AccountInfo) else answer
