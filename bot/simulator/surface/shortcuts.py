"""Buy, Sell and Close: the package's helpers written in Python, for parity only.

They trade with deviation 10, without stop, target, magic or filling mode, and `Close` touches every
position of the symbol. Nothing serious should use them (BEHAVIOUR 1).
"""

from __future__ import annotations

from typing import Final, Literal

from bot.simulator.constants import Constants
from bot.simulator.structs import OrderSendResult, TradePosition
from bot.simulator.surface.symbols import SymbolCalls
from bot.simulator.surface.trading import TradingCalls

_TRIES_COUNT: Final = 10
_DEVIATION_POINTS: Final = 10
_PRICE_MOVED: Final = (Constants.TRADE_RETCODE_REQUOTE, Constants.TRADE_RETCODE_PRICE_OFF)
_BUY, _SELL = Constants.ORDER_TYPE_BUY, Constants.ORDER_TYPE_SELL


class ShortcutCalls(TradingCalls, SymbolCalls):
    """The three capitalised helpers."""

    def Buy(  # noqa: N802 - the package's name
        self,
        symbol: str,
        volume: float,
        price: float | None = None,
        *,
        comment: str | None = None,
        ticket: int | None = None,
    ) -> OrderSendResult | None:
        """Buy at market; without a price, up to ten tries on requotes. None when not sent."""
        return self._market(_BUY, symbol, (volume, price), {"comment": comment, "position": ticket})

    def Sell(  # noqa: N802 - the package's name
        self,
        symbol: str,
        volume: float,
        price: float | None = None,
        *,
        comment: str | None = None,
        ticket: int | None = None,
    ) -> OrderSendResult | None:
        """Sell at market, as `Buy`."""
        sizes = (volume, price)
        return self._market(_SELL, symbol, sizes, {"comment": comment, "position": ticket})

    def Close(  # noqa: N802 - the package's name
        self, symbol: str, *, comment: str | None = None, ticket: int | None = None
    ) -> Literal["Partially"] | bool | None:
        """Close one ticket or every position of the symbol; None as soon as a send fails.

        Raises `TypeError` when the positions cannot be read, as the package does.
        """
        if ticket is None:
            positions = self.positions_get(symbol=symbol)
        else:
            positions = self.positions_get(ticket=ticket)
        if positions is None:
            message = "'NoneType' object is not iterable"
            raise TypeError(message)
        done_count = 0
        for position in positions:
            result = self._close_one(position, comment)
            if result is None:
                return None
            done_count += result.retcode == Constants.TRADE_RETCODE_DONE
        if done_count == 0:
            return False
        return True if done_count == len(positions) else "Partially"

    def _close_one(self, position: TradePosition, comment: str | None) -> OrderSendResult | None:
        kind = _SELL if position.type == _BUY else _BUY
        extras: dict[str, object] = {"comment": comment, "position": position.ticket}
        return self._market(kind, position.symbol, (position.volume, None), extras)

    def _market(
        self,
        kind: int,
        symbol: str,
        sizes: tuple[float, float | None],
        extras: dict[str, object],
    ) -> OrderSendResult | None:
        volume, price = sizes
        given = {name: value for name, value in extras.items() if value is not None}
        result: OrderSendResult | None = None
        for _ in range(1 if price is not None else _TRIES_COUNT):
            request: dict[str, object] = {
                "action": Constants.TRADE_ACTION_DEAL,
                "symbol": symbol,
                "volume": volume,
                "type": kind,
                "price": self._price_now(symbol, kind) if price is None else price,
                "deviation": _DEVIATION_POINTS,
                **given,
            }
            result = self.order_send(request)
            if result is None or result.retcode not in _PRICE_MOVED:
                break
        return result

    def _price_now(self, symbol: str, kind: int) -> float:
        tick = self.symbol_info_tick(symbol)
        if tick is None:
            return 0.0
        return tick.ask if kind == _BUY else tick.bid
