"""Margin by calculation mode, and what opposite positions of one symbol bind together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from bot.simulator.converter import to_minor
from bot.simulator.state import LONG, Position, ServerState, SymbolDesk
from bot.simulator.symbols import SymbolContract
from bot.simulator.valuation import (
    CFD,
    CFD_INDEX,
    CFD_LEVERAGE,
    FOREX,
    FOREX_NO_LEVERAGE,
    FUTURES_MODES,
    OTC_MODES,
    money_per_price,
)

_FOREX_MODES: Final = (FOREX, FOREX_NO_LEVERAGE)
_BY_INITIAL: Final = OTC_MODES | FUTURES_MODES


class MarginLeg(NamedTuple):
    """An order's margin before it is a position."""

    side: int
    lots: float
    margin_money: float


def margin_money(state: ServerState, contract: SymbolContract, lots: float, price: float) -> float:
    """Account money that one isolated order of `lots` at `price` binds (BEHAVIOUR 14).

    Converted at the dearer side from the margin currency (forex modes and an initial margin given
    as money) or from the profit currency; 0.0 without a cross quote.
    """
    if contract.margin_initial and contract.calc_mode in _BY_INITIAL:
        amount_per_lot, currency = contract.margin_initial, contract.currency_margin
    elif contract.calc_mode in _FOREX_MODES:
        amount_per_lot = _FORMULAS[contract.calc_mode](contract, price)
        currency = contract.currency_margin
    else:
        amount_per_lot = _FORMULAS.get(contract.calc_mode, _value)(contract, price)
        currency = contract.currency_profit
    rate = state.converter.rates(currency, state.now_ms).loss
    return lots * amount_per_lot * contract.margin_rate * rate


def added_margin_minor(
    state: ServerState, desk: SymbolDesk, side: int, lots: float, price: float
) -> int:
    """By how many cents the account's margin would grow with this order; negative for a hedge."""
    money = margin_money(state, desk.contract, lots, price)
    if not desk.positions:
        return to_minor(money, state.converter.minor_per_unit)
    before = margin_of_symbol(desk.positions.values(), desk.contract)
    if state.is_netting:
        after = _netted_margin(state, desk, MarginLeg(side, lots, money), price)
    else:
        leg = MarginLeg(side, lots, money)
        after = margin_of_symbol([*desk.positions.values(), leg], desk.contract)
    return to_minor(after - before, state.converter.minor_per_unit)


def freed_margin_minor(state: ServerState, position: Position, lots: float) -> int:
    """By how many cents the account's margin would fall if `lots` of a position were closed."""
    desk = position.desk
    rest = max(position.lots - lots, 0.0)
    leg = MarginLeg(position.side, rest, position.margin_money * rest / position.lots)
    others: list[Position | MarginLeg] = [p for p in desk.positions.values() if p is not position]
    before = margin_of_symbol(desk.positions.values(), desk.contract)
    after = margin_of_symbol([*others, leg], desk.contract)
    return to_minor(before - after, state.converter.minor_per_unit)


def margin_of_symbol(legs: Iterable[Position | MarginLeg], contract: SymbolContract) -> float:
    """Account money bound by all positions of one symbol.

    With `margin_hedged_use_leg` only the larger side counts. Otherwise the covered volume is
    charged `margin_hedged` per lot, as a contract size at the average rate of both sides, or as
    money where an initial margin is given; the rest of the larger side is charged in full
    (BEHAVIOUR 14).
    """
    lots = {LONG: 0.0, -LONG: 0.0}
    money = {LONG: 0.0, -LONG: 0.0}
    for leg in legs:
        lots[leg.side] += leg.lots
        money[leg.side] += leg.margin_money
    covered = min(lots.values())
    if covered <= 0.0:
        return money[LONG] + money[-LONG]
    if contract.margin_hedged_use_leg:
        return max(money.values())
    larger = LONG if lots[LONG] >= lots[-LONG] else -LONG
    uncovered_money = money[larger] * (lots[larger] - covered) / lots[larger]
    average_per_lot = (money[LONG] + money[-LONG]) / (lots[LONG] + lots[-LONG])
    is_money = contract.margin_initial and contract.calc_mode in _BY_INITIAL
    hedged_share = contract.margin_hedged / (
        contract.margin_initial if is_money else contract.contract_size
    )
    return uncovered_money + covered * hedged_share * average_per_lot


def _netted_margin(state: ServerState, desk: SymbolDesk, leg: MarginLeg, price: float) -> float:
    """Margin of the symbol's one position after an order has been netted into it."""
    position = next(iter(desk.positions.values()))
    if position.side == leg.side:
        return position.margin_money + leg.margin_money
    rest = position.lots - leg.lots
    if rest >= 0.0:
        return position.margin_money * rest / position.lots
    return margin_money(state, desk.contract, -rest, price)


def _forex(contract: SymbolContract, _price: float) -> float:
    return contract.contract_size / contract.leverage


def _forex_no_leverage(contract: SymbolContract, _price: float) -> float:
    return contract.contract_size


def _cfd(contract: SymbolContract, price: float) -> float:
    return contract.contract_size * price


def _cfd_leverage(contract: SymbolContract, price: float) -> float:
    return contract.contract_size * price / contract.leverage


def _cfd_index(contract: SymbolContract, price: float) -> float:
    ticks_money = contract.tick_value_profit / contract.tick_size
    return contract.contract_size * price * (ticks_money or 1.0)


def _value(contract: SymbolContract, price: float) -> float:
    """Stocks and bonds are paid in full; futures bind their initial margin, collateral nothing."""
    return 0.0 if contract.calc_mode in FUTURES_MODES else price * money_per_price(contract)


_FORMULAS: Final[dict[int, Callable[[SymbolContract, float], float]]] = {
    FOREX: _forex,
    FOREX_NO_LEVERAGE: _forex_no_leverage,
    CFD: _cfd,
    CFD_INDEX: _cfd_index,
    CFD_LEVERAGE: _cfd_leverage,
}
