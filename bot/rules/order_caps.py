"""What one order may take beside the rooms above the floors: the firm's caps, margin, leverage."""

from __future__ import annotations

import math

from bot.model.account import Account
from bot.model.settings import AdmissionSettings
from bot.model.sizing import Leverage, SizeCaps
from bot.model.trade import Book
from bot.rules._rule import rule
from bot.rules.admission import book_risk_money
from bot.rules.sizing_limits import least


@rule
def firm_risk_room_money(book: Book, initial_money: float, s: AdmissionSettings) -> float:
    """Worst case a new order may have under the firm's caps on one trade and on all together."""
    trade_money = s.firm.trade_risk_initial_fraction_max * initial_money
    open_money = s.firm.open_risk_initial_fraction_max * initial_money - book_risk_money(book)
    return least(trade_money, open_money)


@rule
def margin_room_money(account: Account, s: AdmissionSettings) -> float:
    """Margin a new order may tie up: what must stay free stays, and the firm's cap holds."""
    free_money = s.risk.margin_free_equity_fraction_min * account.equity_money
    firm_money = s.firm.margin_equity_fraction_max * account.equity_money
    return least(account.margin_free_money - free_money, firm_money - account.margin_money)


@rule
def order_caps(
    account: Account, book: Book, initial_money: float, s: AdmissionSettings, leverage: Leverage
) -> SizeCaps:
    """What one order may take now, beside the rooms; `book` is without it.

    What is usual among the own entries is not known here: its cap is left open.
    """
    symbol_money = s.symbol_risk_equity_fraction_max * account.equity_money
    return SizeCaps(
        firm_risk_room_money(book, initial_money, s),
        symbol_money - book.symbol_risk_money,
        s.firm.lots_max - book.lots_total,
        margin_room_money(account, s),
        leverage.value_max * account.equity_money,
        leverage.margin,
        math.inf,
    )
