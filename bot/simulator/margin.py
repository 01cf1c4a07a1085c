"""Margin by calculation mode, and what opposite positions of one symbol bind together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from bot.simulator.converter import to_minor
from bot.simulator.state import LONG, Position, ServerState, SymbolDesk
from bot.simulator.symbols import SymbolContract

_FOREX: Final = 0
_FOREX_NO_LEVERAGE: Final = 5


class MarginLeg(NamedTuple):
    """An order's margin before it is a position."""

    side: int
    lots: float
    margin_money: float


def margin_money(state: ServerState, contract: SymbolContract, lots: float, price: float) -> float:
    """Account money that one isolated order of `lots` at `price` binds (BEHAVIOUR 14).

    Forex modes: lots x contract in the margin currency, divided by leverage. CFD modes: the same
    times price, in the profit currency. Converted at the dearer side; 0.0 without a cross quote.
    """
    size = lots * contract.contract_size
    if contract.calc_mode == _FOREX_NO_LEVERAGE:
        return size * state.converter.rates(contract.currency_margin, state.now_ms).loss
    if contract.calc_mode == _FOREX:
        loss_rate = state.converter.rates(contract.currency_margin, state.now_ms).loss
        return size / contract.leverage * loss_rate
    loss_rate = state.converter.rates(contract.currency_profit, state.now_ms).loss
    return size * price / contract.leverage * loss_rate


def added_margin_minor(
    state: ServerState, desk: SymbolDesk, side: int, lots: float, price: float
) -> int:
    """By how many cents the account's margin would grow with this order; negative for a hedge."""
    leg = MarginLeg(side, lots, margin_money(state, desk.contract, lots, price))
    before = margin_of_symbol(desk.positions.values(), desk.contract)
    after = margin_of_symbol([*desk.positions.values(), leg], desk.contract)
    return to_minor(after - before, state.converter.minor_per_unit)


def margin_of_symbol(legs: Iterable[Position | MarginLeg], contract: SymbolContract) -> float:
    """Account money bound by all positions of one symbol.

    The covered volume is charged `margin_hedged` per lot instead of the contract size, at the
    average rate of both sides; the rest of the larger side is charged in full (BEHAVIOUR 14).
    """
    lots = {LONG: 0.0, -LONG: 0.0}
    money = {LONG: 0.0, -LONG: 0.0}
    for leg in legs:
        lots[leg.side] += leg.lots
        money[leg.side] += leg.margin_money
    covered = min(lots.values())
    if covered <= 0.0:
        return sum(money.values())
    larger = LONG if lots[LONG] >= lots[-LONG] else -LONG
    uncovered_money = money[larger] * (lots[larger] - covered) / lots[larger]
    average_per_lot = sum(money.values()) / sum(lots.values())
    hedged_share = contract.margin_hedged / contract.contract_size
    return uncovered_money + covered * hedged_share * average_per_lot
