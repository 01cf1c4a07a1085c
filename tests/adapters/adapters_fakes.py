"""A terminal that says what a test tells it to say, in the package's own row types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.adapters.clock import ManualClock
from bot.adapters.mt5_client import MT5Client
from bot.model.settings import AccountPin, CommissionTerms, SymbolSettings
from bot.ports import Ok, Read, Unknown
from bot.simulator.struct_sequence import StructSequence
from bot.simulator.structs import (
    AccountInfo,
    OrderSendResult,
    TerminalInfo,
    Tick,
    TradeDeal,
    TradeOrder,
    TradePosition,
)
from bot.simulator.symbol_struct import SymbolInfo

CONTRACT = Path(__file__).resolve().parents[2] / ".." / "shared" / "mt5" / "contract.json"
NOW_UTC_S = datetime(2026, 7, 14, 9, 0, tzinfo=UTC).timestamp()
SUMMER_OFFSET_S = 3 * 3600
NOW_WALL_S = NOW_UTC_S + SUMMER_OFFSET_S
RATES = np.dtype(
    [
        ("time", "<i8"),
        ("open", "<f8"),
        ("high", "<f8"),
        ("low", "<f8"),
        ("close", "<f8"),
        ("tick_volume", "<u8"),
        ("spread", "<i4"),
        ("real_volume", "<u8"),
    ]
)
_EMPTY = {"int": 0, "float": 0.0, "str": "", "bool": False}


def row(kind: type[StructSequence], **values: Any) -> Any:
    """A row of the package's type; fields that are not given are zero or empty."""
    unknown = set(values) - set(kind.__annotations__)
    assert not unknown, f"{kind.__name__} has no {unknown}"
    return kind(
        values.get(name, _EMPTY.get(str(word))) for name, word in kind.__annotations__.items()
    )


def account_row(**changes: Any) -> Any:
    fields = {
        "login": 7,
        "server": "FivePercentOnline-Real",
        "currency": "USD",
        "leverage": 100,
        "margin_mode": 2,
        "trade_allowed": True,
        "trade_expert": True,
        "balance": 20_000.0,
        "equity": 20_000.0,
        "margin_free": 20_000.0,
        "margin_so_so": 50.0,
    }
    return row(AccountInfo, **{**fields, **changes})


def terminal_row(**changes: Any) -> Any:
    fields = {
        "connected": True,
        "trade_allowed": True,
        "build": 5200,
        "maxbars": 100_000,
        "ping_last": 89_900,
    }
    return row(TerminalInfo, **{**fields, **changes})


def symbol_row(name: str = "EURUSD", **changes: Any) -> Any:
    fields = {
        "name": name,
        "select": True,
        "digits": 5,
        "point": 1e-5,
        "trade_tick_size": 1e-5,
        "trade_tick_value": 1.0,
        "trade_tick_value_profit": 1.0,
        "trade_tick_value_loss": 1.0,
        "trade_contract_size": 100_000.0,
        "volume_min": 0.01,
        "volume_max": 50.0,
        "volume_step": 0.01,
        "trade_mode": 4,
        "order_mode": 127,
        "trade_exemode": 2,
        "filling_mode": 3,
        "expiration_mode": 15,
        "trade_stops_level": 10,
        "currency_base": name[:3],
        "currency_profit": name[3:6],
        "currency_margin": name[:3],
        "bid": 1.1000,
        "ask": 1.1001,
        "swap_mode": 1,
        "swap_long": -7.0,
        "swap_short": 2.0,
    }
    return row(SymbolInfo, **{**fields, **changes})


def tick_row(bid: float = 1.1000, ask: float = 1.1001, wall_s: float = NOW_WALL_S) -> Any:
    return row(Tick, time=int(wall_s), time_msc=int(wall_s * 1000), bid=bid, ask=ask)


def position_row(**changes: Any) -> Any:
    fields = {
        "ticket": 81,
        "identifier": 81,
        "symbol": "EURUSD",
        "volume": 0.5,
        "price_open": 1.1,
        "sl": 1.09,
        "tp": 1.12,
        "time": int(NOW_WALL_S),
        "time_msc": int(NOW_WALL_S) * 1000,
        "magic": 5,
    }
    return row(TradePosition, **{**fields, **changes})


def order_row(**changes: Any) -> Any:
    fields = {
        "ticket": 90,
        "symbol": "EURUSD",
        "type": 2,
        "state": 1,
        "volume_initial": 0.5,
        "volume_current": 0.5,
        "price_open": 1.09,
        "sl": 1.08,
        "time_setup": int(NOW_WALL_S),
        "time_setup_msc": int(NOW_WALL_S) * 1000,
    }
    return row(TradeOrder, **{**fields, **changes})


def deal_row(**changes: Any) -> Any:
    fields = {
        "ticket": 300,
        "order": 81,
        "position_id": 81,
        "symbol": "EURUSD",
        "volume": 0.5,
        "price": 1.1,
        "time": int(NOW_WALL_S),
        "time_msc": int(NOW_WALL_S) * 1000,
    }
    return row(TradeDeal, **{**fields, **changes})


def answer_row(retcode: int, **changes: Any) -> Any:
    return row(OrderSendResult, retcode=retcode, **changes)


def rates_array(*bars: tuple[float, ...]) -> np.ndarray:
    """Bars (time, open, high, low, close) as the package hands them out: packed, read-only."""
    array = np.array([(*bar, 1, 1, 0) for bar in bars], dtype=RATES)
    array.setflags(write=False)
    return array


@dataclass
class Fault:
    """One call that goes wrong: a value in place of the answer, or an exception."""

    value: object = None
    raises: BaseException | None = None
    error: tuple[int, str] = (-1, "Terminal: Call failed")


class ScriptedTerminal:
    """The functions the client uses; `faults[name]` are consumed one per call, `calls` is kept."""

    def __init__(self) -> None:
        self.account = account_row()
        self.terminal = terminal_row()
        self.symbols = {"EURUSD": symbol_row()}
        self.ticks = {"EURUSD": tick_row()}
        self.open_positions: tuple[object, ...] = ()
        self.open_orders: tuple[object, ...] = ()
        self.deals: tuple[object, ...] = ()
        self.done_orders: tuple[object, ...] = ()
        self.rates: object = rates_array()
        self.answers: list[object] = []
        self.faults: dict[str, list[Fault]] = {}
        self.calls: list[tuple[str, tuple[object, ...]]] = []
        self.error = (1, "Success")

    def calls_of(self, name: str) -> list[tuple[object, ...]]:
        return [arguments for called, arguments in self.calls if called == name]

    def break_next(self, name: str, *faults: Fault) -> None:
        self.faults.setdefault(name, []).extend(faults)

    def _say(self, name: str, arguments: tuple[object, ...], answer: Callable[[], Any]) -> Any:
        self.calls.append((name, arguments))
        self.error = (1, "Success")
        waiting = self.faults.get(name)
        if not waiting:
            return answer()
        fault = waiting.pop(0)
        self.error = fault.error
        if fault.raises is not None:
            raise fault.raises
        return fault.value

    def initialize(self, *args: str, **kwargs: int) -> Any:
        return self._say("initialize", (*args, kwargs), lambda: True)

    def shutdown(self) -> Any:
        return self._say("shutdown", (), lambda: True)

    def last_error(self) -> Any:
        return self.error

    def account_info(self) -> Any:
        return self._say("account_info", (), lambda: self.account)

    def terminal_info(self) -> Any:
        return self._say("terminal_info", (), lambda: self.terminal)

    def symbols_get(self) -> Any:
        return self._say("symbols_get", (), lambda: tuple(self.symbols.values()))

    def symbol_select(self, symbol: str, enable: bool, /) -> Any:
        return self._say("symbol_select", (symbol, enable), lambda: True)

    def symbol_info(self, symbol: str, /) -> Any:
        return self._say("symbol_info", (symbol,), lambda: self.symbols.get(symbol))

    def symbol_info_tick(self, symbol: str, /) -> Any:
        return self._say("symbol_info_tick", (symbol,), lambda: self.ticks.get(symbol))

    def copy_rates_from_pos(self, *arguments: Any) -> Any:
        return self._say("copy_rates_from_pos", arguments, lambda: self.rates)

    def positions_get(self) -> Any:
        return self._say("positions_get", (), lambda: self.open_positions)

    def orders_get(self) -> Any:
        return self._say("orders_get", (), lambda: self.open_orders)

    def history_orders_get(self, first_s: int, last_s: int, /) -> Any:
        return self._say("history_orders_get", (first_s, last_s), lambda: self.done_orders)

    def history_deals_get(self, first_s: int, last_s: int, /) -> Any:
        return self._say("history_deals_get", (first_s, last_s), lambda: self.deals)

    def order_calc_profit(self, action: int, symbol: str, *numbers: float) -> Any:
        def profit() -> float:
            lots, opened, closed = numbers
            spec = self.symbols[symbol]
            move = (closed - opened) * (1 if action == 0 else -1)
            return move * lots * spec.trade_tick_value_loss / spec.trade_tick_size

        return self._say("order_calc_profit", (action, symbol, *numbers), profit)

    def order_calc_margin(self, action: int, symbol: str, *numbers: float) -> Any:
        lots = numbers[0]
        return self._say("order_calc_margin", (action, symbol, *numbers), lambda: lots * 1100.0)

    def order_send(self, request: dict[str, Any], /) -> Any:
        return self._say("order_send", (request,), lambda: self.answers.pop(0))


PIN = AccountPin(7, "FivePercentOnline-Real", "USD", True, 20_000.0)
EURUSD = SymbolSettings("EURUSD", ("EURUSD",), "fx", False, False)


def a_client(
    terminal: ScriptedTerminal,
    clock: ManualClock | None = None,
    *,
    pin: AccountPin = PIN,
    symbols: tuple[SymbolSettings, ...] = (EURUSD,),
    suffixes: tuple[str, ...] = (),
    connect: bool = True,
    **options: Any,
) -> MT5Client:
    """A client on `terminal`, attached and settled unless asked otherwise."""
    clock = clock or ManualClock(NOW_UTC_S)
    options.setdefault("commissions", (CommissionTerms("fx", 4.0, 0.0),))
    client = MT5Client(terminal, pin, symbols, suffixes, clock, **options)
    if connect:
        value_of(client.connect())
        terminal.calls.clear()
    return client


def value_of(read: Read[Any]) -> Any:
    assert isinstance(read, Ok), read
    return read.value


def reason_of(read: Read[Any]) -> str:
    assert isinstance(read, Unknown), read
    return read.reason
