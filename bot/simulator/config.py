"""What kind of account and terminal is simulated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.errors import DataError

NETTING, EXCHANGE, HEDGING = range(3)
"""Values of `margin_mode`; the first two hold one position per symbol."""

_PERCENT, _MONEY = 0, 1


class CommissionSplit(Enum):
    """Where a round trip's commission is booked.

    Whole on the entry deal, half on each deal, or whole at the end of the day as a deal of its own.
    """

    ENTRY = "entry"
    HALF = "half"
    DAILY = "daily"


class LimitFill(Enum):
    """At what price limits and targets fill when the quote is beyond their level."""

    AT_LEVEL = "at_level"
    AT_QUOTE = "at_quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountConfig:
    """The account on the simulated server; money in `currency`, levels in percent or money.

    `stop_out_level` and `margin_call_level` are percent of margin when `stop_out_mode` is 0 and
    money when it is 1. `leverage` is what `account_info` shows; margin uses each symbol's own.
    `quote_age_max_s` is how old the last quote may be to trade on; 0 chooses, per symbol, the
    larger of 15 minutes and two base bars. `fifo_close` allows closing the oldest position of a
    symbol only, `hedge_prohibited` no opposite positions; both are about hedging accounts.
    Raises `DataError` for what cannot be simulated.
    """

    login: int = 5_012_345
    password: str = ""
    name: str = "Simulated Trader"
    server: str = "Simulated-Server"
    company: str = "Simulated Broker"
    currency: str = "USD"
    currency_digits: int = 2
    balance_money: float = 20_000.0
    leverage: int = 100
    trade_mode: int = 0
    margin_mode: int = HEDGING
    stop_out_mode: int = _PERCENT
    margin_call_level: float = 100.0
    stop_out_level: float = 50.0
    limit_orders: int = 200
    limit_positions: int = 0
    commission_split: CommissionSplit = CommissionSplit.ENTRY
    limit_fill: LimitFill = LimitFill.AT_LEVEL
    quote_age_max_s: int = 0
    fifo_close: bool = False
    hedge_prohibited: bool = False

    def __post_init__(self) -> None:
        if self.margin_mode not in (NETTING, EXCHANGE, HEDGING):
            allowed = "0 (netting), 1 (exchange), 2 (hedging)"
            message = f"margin_mode is {self.margin_mode}; allowed: {allowed}"
            raise DataError(message)
        if self.stop_out_mode not in (_PERCENT, _MONEY):
            message = f"stop_out_mode is {self.stop_out_mode}; allowed: 0 (percent), 1 (money)"
            raise DataError(message)
        if not 0 <= self.balance_money < 1e12:  # noqa: PLR2004 - keeps cents exact in a float
            message = f"balance_money is {self.balance_money}; allowed: 0 to 1e12"
            raise DataError(message)
        if not 0 <= self.currency_digits <= 8:  # noqa: PLR2004 - MT5's own limit
            message = f"currency_digits is {self.currency_digits}; allowed: 0 to 8"
            raise DataError(message)
        if not 0 < self.login < 2**63:
            message = f"login is {self.login}; allowed: 1 to 2**63 - 1"
            raise DataError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalConfig:
    """The terminal program: build, bar limit, folders, and what it holds when it starts.

    `market_watch` names the symbols selected at the start, None selects all. While the history of
    a symbol is synchronised, `history_sync_s` from the first request on and again after each
    login, only its newest `history_local_count` bars or ticks are there. A symbol put into Market
    Watch has no tick for `first_tick_s`.
    """

    build: int = 5260
    build_date: str = "05 Sep 2025"
    bars_max_count: int = 100_000
    ping_us: int = 1_200
    language: str = "English"
    path: str = "C:\\Program Files\\Simulated Terminal"
    data_path: str = "C:\\Terminals\\Simulated"
    first_order_ticket: int = 50_000_001
    first_deal_ticket: int = 40_000_001
    first_request_id: int = 1
    market_watch: tuple[str, ...] | None = None
    history_sync_s: float = 0.0
    history_local_count: int = 0
    first_tick_s: float = 0.0


class TerminalStart(Enum):
    """What becomes of `initialize`: attached, or why not."""

    READY = "ready"
    NOT_INSTALLED = "not installed"
    SILENT = "silent"
    REFUSED = "refused"
    OUTDATED = "outdated"
    UNSUPPORTED = "unsupported"


@dataclass(slots=True)
class Switches:
    """What a person or the outside world can switch; all on means trading is possible.

    Without `order_activation` the server deletes a triggered order instead of filling it. Before
    `ready_at_utc_s` the terminal is still starting: `initialize` waits up to its timeout for it.
    """

    connected: bool = True
    algo_trading: bool = True
    python_api: bool = True
    account_trading: bool = True
    account_experts: bool = True
    order_activation: bool = True
    start: TerminalStart = TerminalStart.READY
    ready_at_utc_s: float = 0.0


@dataclass(slots=True)
class Delays:
    """For how many seconds what has happened is not yet shown by reads; all 0 shows it at once."""

    position_s: float = 0.0
    order_s: float = 0.0
    history_s: float = 0.0
