"""What a script did to its accounts, counted and reconciled to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import Final

from bot.simulator.constants import Constants
from bot.simulator.script_accounts import ScriptAccounts
from bot.simulator.structs import AccountInfo, TradeDeal
from bot.simulator.terminal import SimulatedTerminal

_FROM_WALL_S: Final = 1
_TO_WALL_S: Final = 2**31 - 2
_TRADES: Final = (Constants.DEAL_TYPE_BUY, Constants.DEAL_TYPE_SELL)


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """One account: its first deposit and what made the balance of now out of it.

    `unexplained_money` is what balance and deals do not agree on; anything but 0 is a defect.
    """

    login: int
    currency: str
    start_balance_money: float
    end_balance_money: float
    equity_money: float
    profit_money: float
    swap_money: float
    commission_money: float
    other_money: float
    unexplained_money: float
    deals_count: int
    open_positions_count: int
    resting_orders_count: int


@dataclass(frozen=True, slots=True)
class ScriptSummary:
    """From when to when (UTC), requests by return code, and each account."""

    start_utc_s: float
    end_utc_s: float
    requests_by_retcode: Mapping[int, int]
    unanswered_requests_count: int
    accounts: tuple[AccountSummary, ...]


def summary_of(accounts: ScriptAccounts, span_utc_s: tuple[float, float]) -> ScriptSummary:
    """The summary as of now."""
    return ScriptSummary(
        *span_utc_s,
        dict(sorted(accounts.requests.by_retcode.items())),
        accounts.requests.unanswered_count,
        tuple(_account(terminal) for terminal in accounts),
    )


def _account(terminal: SimulatedTerminal) -> AccountSummary:
    """Read from the terminal's own books, past any fault: the class's calls, not the instance's."""
    kind = SimulatedTerminal
    kind.initialize(terminal)
    info = kind.account_info(terminal)
    deals = kind.history_deals_get(terminal, _FROM_WALL_S, _TO_WALL_S) or ()
    assert isinstance(info, AccountInfo), "an attached terminal answers"
    first, later = deals[0], deals[1:]
    trades = [deal for deal in later if deal.type in _TRADES]
    others = [deal for deal in later if deal.type not in _TRADES]
    parts = (
        first.profit,
        fsum(deal.profit for deal in trades),
        fsum(deal.swap for deal in trades),
        fsum(deal.commission + deal.fee for deal in trades),
        fsum(_total(deal) for deal in others),
    )
    start, profit, swap, commission, other = (round(part, info.currency_digits) for part in parts)
    return AccountSummary(
        login=info.login,
        currency=info.currency,
        start_balance_money=start,
        end_balance_money=info.balance,
        equity_money=info.equity,
        profit_money=profit,
        swap_money=swap,
        commission_money=commission,
        other_money=other,
        unexplained_money=round(
            info.balance - start - profit - swap - commission - other, info.currency_digits
        ),
        deals_count=len(trades),
        open_positions_count=kind.positions_total(terminal) or 0,
        resting_orders_count=kind.orders_total(terminal) or 0,
    )


def _total(deal: TradeDeal) -> float:
    return deal.profit + deal.swap + deal.commission + deal.fee
