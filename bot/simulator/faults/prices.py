"""Faults of data: quotes, bars, specifications and account figures that are not what is true."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.simulator.faults.answers import changed
from bot.simulator.faults.injection import Injection, Proceed
from bot.simulator.faults.seam import Call
from bot.simulator.structs import AccountInfo, Tick, TradeOrder, TradePosition
from bot.simulator.symbol_struct import SymbolInfo

Bars = NDArray[np.void]
Quote = dict[str, object]

_MS: Final = 1000
_TICK_VALUES: Final = ("trade_tick_value", "trade_tick_value_profit", "trade_tick_value_loss")


class Spoiling(NamedTuple):
    """What happens to a quote, and how it is told: fields to replace, from symbol and fields."""

    note: str
    spoil: Callable[[Injection, str, Quote], Quote]


def freeze_quote(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X01: the quote and its stamp stand still from the first look on; the server trades on."""
    return _each_quote(injection, call, proceed, Spoiling("quote frozen", _as_first_seen))


def _as_first_seen(injection: Injection, name: str, quote: Quote) -> Quote:
    first = injection.memory.setdefault(name, {n: quote[n] for n in ("bid", "ask", "time")})
    assert isinstance(first, dict)
    injection.note = "quote frozen"  # also at the first look, which shows what is true
    if "time_msc" in quote:
        first.setdefault("time_msc", quote["time_msc"])
        if int(first["time_msc"]) // _MS != first["time"]:  # seen first without milliseconds
            first["time_msc"] = int(first["time"]) * _MS
        return dict(first)
    width = (float(first["ask"]) - float(first["bid"])) / float(str(quote["point"]))
    return {**{n: first[n] for n in ("bid", "ask", "time")}, "spread": round(width)}


def break_quote(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X02: a quote that is crossed, zero, or far from where the market is."""
    note = f"{injection.word('shape')} quote"
    return _each_quote(injection, call, proceed, Spoiling(note, _broken))


def _broken(injection: Injection, name: str, quote: Quote) -> Quote:
    del name
    shape, fraction = injection.word("shape"), injection.number("fraction")
    bid, ask = float(str(quote["bid"])), float(str(quote["ask"]))
    if shape == "crossed":
        return {"bid": ask, "ask": bid if bid != ask else bid * (1.0 - fraction)}
    factor = 0.0 if shape == "zero" else 1.0 + fraction
    return {"bid": bid * factor, "ask": ask * factor}


def stamp_in_utc(injection: Injection, call: Call, proceed: Proceed) -> object:
    """C07: quotes are stamped in UTC while everything else is in server time."""
    return _each_quote(
        injection, call, proceed, Spoiling(f"stamps {_ahead_s(injection)} s earlier", _in_utc)
    )


def _ahead_s(injection: Injection) -> int:
    return injection.world.state.clock.offset_s(injection.world.now_utc_s)


def _in_utc(injection: Injection, name: str, quote: Quote) -> Quote:
    del name
    stamps = {n: int(str(quote[n])) for n in ("time", "time_msc") if n in quote}
    units = {"time": 1, "time_msc": _MS}
    ahead_s = _ahead_s(injection)
    return {n: stamp and stamp - ahead_s * units[n] for n, stamp in stamps.items()}


def spoil_specification(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X06: the tick value is many times too large or too small."""
    if "factor" not in injection.memory:
        injection.memory["factor"] = injection.number("factor") or injection.chance.between(
            0.01, 100.0
        )
    note = f"tick value times {injection.memory['factor']:.6g}"
    return _each_quote(injection, call, proceed, Spoiling(note, _misvalued))


def _misvalued(injection: Injection, name: str, quote: Quote) -> Quote:
    del name
    factor = injection.memory["factor"]
    assert isinstance(factor, float)
    return {field: float(str(quote[field])) * factor for field in _TICK_VALUES}


def _each_quote(injection: Injection, call: Call, proceed: Proceed, spoiling: Spoiling) -> object:
    """Spoil the quote in a tick, in a symbol's description or in a list of descriptions.

    What cannot be spoilt (an error, an empty list, another symbol) leaves no note.
    """

    def spoilt(row: object) -> object:
        if isinstance(row, Tick):
            name = str(call.args[0])
        elif isinstance(row, SymbolInfo) and injection.symbol in ("", row.name):
            name = row.name
        else:
            return row
        other = changed(row, **spoiling.spoil(injection, name, row._asdict()))
        if other != row:
            injection.note = spoiling.note
        return other

    answer = proceed(call)
    if type(answer) is tuple:
        return tuple(spoilt(row) for row in answer)
    return spoilt(answer)


def mistake_symbol(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X09: the name leads to another symbol's data."""
    asked, other = str(call.args[0]), _other_symbol(injection, str(call.args[0]))
    answer = proceed(Call(call.name, (other, *call.args[1:]), call.kwargs))
    if answer is not None:
        injection.note = f"{asked} answered with {other}"
    return changed(answer, name=asked) if isinstance(answer, SymbolInfo) else answer


def has_other_symbol(injection: Injection, call: Call) -> bool:
    """A call about a symbol of the market, which has another one too."""
    asked = call.args[0] if call.args else None
    if not isinstance(asked, str) or asked not in injection.world.state.desks:
        return False
    return _other_symbol(injection, asked) not in ("", asked)


def _other_symbol(injection: Injection, asked: str) -> str:
    if injection.word("other"):
        return injection.word("other")
    return next((name for name in injection.world.state.desks if name != asked), "")


def spoil_figures(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X07: NaN where a price or money should be."""
    answer = proceed(call)
    spoilt = _without_number(answer)
    if spoilt is not answer:
        injection.note = f"NaN in {call.name}"
    return spoilt


def _without_number(answer: object) -> object:
    """A copy with NaN in it; the same object where there is no figure to spoil."""
    if isinstance(answer, np.ndarray):
        return _bars_without_number(answer) if len(answer) else answer
    if isinstance(answer, Tick):
        return changed(answer, bid=nan, ask=nan)
    if isinstance(answer, SymbolInfo):
        return changed(answer, **dict.fromkeys(_TICK_VALUES, nan))
    if isinstance(answer, AccountInfo):
        return changed(answer, equity=nan)
    if type(answer) is tuple and answer:
        return tuple(_without_number(row) for row in answer)
    return answer


def _bars_without_number(bars: Bars) -> Bars:
    spoilt = bars.copy()
    spoilt["close"][-1] = nan
    spoilt.flags.writeable = False
    return spoilt


def spoil_lots(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X11: volumes with the noise of binary fractions."""
    answer, noise = proceed(call), injection.number("noise_lots")
    if type(answer) is not tuple:
        return answer
    noisy = tuple(_noisy(row, noise) for row in answer)
    if noisy != answer:
        injection.note = f"volumes off by {noise:g}"
    return noisy


def _noisy(row: object, noise_lots: float) -> object:
    """The row with a volume off by so much; by more where a double could not show it."""
    if isinstance(row, TradePosition):
        return changed(row, volume=row.volume + noise_lots * max(1.0, row.volume))
    if isinstance(row, TradeOrder):
        lots = row.volume_current
        return changed(row, volume_current=lots + noise_lots * max(1.0, lots))
    return row


def lose_equity(injection: Injection, call: Call, proceed: Proceed) -> object:
    """X10: the account is read as if there were no equity."""
    answer = proceed(call)
    if not isinstance(answer, AccountInfo):
        return answer
    injection.note = "equity 0.0"
    zeros = {"equity": 0.0, "margin_free": 0.0, "margin_level": 0.0}
    if injection.word("balance") == "zero":
        zeros["balance"] = 0.0
    return changed(answer, **zeros)
