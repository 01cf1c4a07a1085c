"""What trading costs besides the spread: commission per deal and swap per night, in cents."""

from __future__ import annotations

from typing import Final

from bot.simulator.config import CommissionSplit
from bot.simulator.converter import to_minor
from bot.simulator.ledger import ENTRY_IN
from bot.simulator.state import LONG, Position, ServerState
from bot.simulator.symbols import SymbolContract

_POINTS, _BASE_MONEY, _MARGIN_MONEY, _DEPOSIT_MONEY = 1, 2, 3, 4
_INTEREST_CURRENT, _INTEREST_OPEN = 5, 6
_BANK_YEAR_DAYS: Final = 360
_TRIPLE_NIGHTS: Final = 3
_SUNDAY_OF_MT5, _SATURDAY_OF_MT5 = 0, 6


def commission_minor(
    state: ServerState, contract: SymbolContract, lots: float, price: float, *, entry: int
) -> int:
    """Commission of one deal in cents, 0 or negative.

    The round trip is a sum per lot in account money plus a fraction of the notional, which is
    converted at the dearer side. It belongs to the entry deal, or half to each side.
    """
    split = state.account.commission_split
    if split is not CommissionSplit.HALF and entry != ENTRY_IN:
        return 0
    money = lots * contract.commission_money_per_lot_round_trip
    if contract.commission_fraction_of_notional:
        rate = state.converter.rates(contract.currency_profit, state.now_ms).loss
        notional = lots * contract.contract_size * price * rate
        money += notional * contract.commission_fraction_of_notional
    share = 0.5 if split is CommissionSplit.HALF else 1.0
    return -to_minor(money * share, state.converter.minor_per_unit)


def fee_minor(state: ServerState, contract: SymbolContract, lots: float) -> int:
    """The fee of one deal in cents, 0 or negative."""
    if not contract.fee_money_per_lot:
        return 0
    return -to_minor(lots * contract.fee_money_per_lot, state.converter.minor_per_unit)


def nights_charged(contract: SymbolContract, ended_weekday: int) -> int:
    """How many nights of swap the midnight after `ended_weekday` (0 is Sunday) charges.

    Three on `swap_rollover3days`, none after Saturday and Sunday, whose nights the triple pays.
    """
    if ended_weekday == contract.swap_rollover3days:
        return _TRIPLE_NIGHTS
    return 0 if ended_weekday in (_SATURDAY_OF_MT5, _SUNDAY_OF_MT5) else 1


def swap_minor_per_night(state: ServerState, position: Position) -> int:
    """Swap of one night in cents, by the symbol's swap mode (BEHAVIOUR 14)."""
    contract = position.desk.contract
    rate = contract.swap_long if position.side == LONG else contract.swap_short
    amount, currency = _swap_amount(state, position, rate)
    return state.converter.minor(amount, state.converter.rates(currency, state.now_ms))


def _swap_amount(state: ServerState, position: Position, rate: float) -> tuple[float, str]:
    contract, lots = position.desk.contract, position.lots
    size = lots * contract.contract_size
    if contract.swap_mode == _POINTS:
        return rate * contract.point * size, contract.currency_profit
    if contract.swap_mode in (_INTEREST_CURRENT, _INTEREST_OPEN):
        is_current = contract.swap_mode == _INTEREST_CURRENT
        price = position.closing_price if is_current else position.open_price
        return size * price * rate / 100.0 / _BANK_YEAR_DAYS, contract.currency_profit
    currencies = {
        _BASE_MONEY: contract.currency_base,
        _MARGIN_MONEY: contract.currency_margin,
        _DEPOSIT_MONEY: state.account.currency,
    }
    if contract.swap_mode not in currencies:
        return 0.0, state.account.currency
    return rate * lots, currencies[contract.swap_mode]
