"""What is used of the `MetaTrader5` package, as one type.

The package itself, or an object with the same functions, is handed in where the program is wired.
Answers are `object`: nothing the terminal says is believed before it was checked.
"""

from __future__ import annotations

from typing import Protocol

RequestValue = int | float | str


class TerminalSurface(Protocol):
    """Functions of the package, called the way the package wants them (BEHAVIOUR 1)."""

    def initialize(self, *args: str, **kwargs: int) -> object:
        """Attach to the terminal: path as the only positional argument, `timeout` in ms."""
        ...

    def shutdown(self) -> object:
        """Close the pipe; the terminal goes on."""
        ...

    def last_error(self) -> object:
        """Code and text of the most recent call."""
        ...

    def account_info(self) -> object:
        """The account, or None."""
        ...

    def terminal_info(self) -> object:
        """The terminal, or None."""
        ...

    def symbols_get(self) -> object:
        """Every symbol the broker lists, None or False."""
        ...

    def symbol_select(self, symbol: str, enable: bool, /) -> object:  # noqa: FBT001
        """Put a symbol into Market Watch: True or False."""
        ...

    def symbol_info(self, symbol: str, /) -> object:
        """One symbol, or None."""
        ...

    def symbol_info_tick(self, symbol: str, /) -> object:
        """Its last tick, or None."""
        ...

    def copy_rates_from_pos(self, symbol: str, timeframe: int, start: int, count: int, /) -> object:
        """Bars as a structured array, position 0 the forming one, or None."""
        ...

    def positions_get(self) -> object:
        """Every open position, or None."""
        ...

    def orders_get(self) -> object:
        """Every resting order, or None."""
        ...

    def history_orders_get(self, date_from: int, date_to: int, /) -> object:
        """Finished orders in a range of server time, or None."""
        ...

    def history_deals_get(self, date_from: int, date_to: int, /) -> object:
        """Deals in a range of server time, or None."""
        ...

    def order_calc_profit(self, action: int, symbol: str, *numbers: float) -> object:
        """Profit of volume, open price, close price in account currency, or None."""
        ...

    def order_calc_margin(self, action: int, symbol: str, *numbers: float) -> object:
        """Margin of volume and price in account currency, or None."""
        ...

    def order_send(self, request: dict[str, RequestValue], /) -> object:
        """Send one trade request: a result, or None when its fate may be open."""
        ...
