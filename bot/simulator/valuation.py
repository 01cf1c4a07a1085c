"""What a price is worth by calculation mode, before any conversion (BEHAVIOUR 14)."""

from __future__ import annotations

from typing import Final

from bot.simulator.symbols import SymbolContract

FOREX, FUTURES, CFD, CFD_INDEX, CFD_LEVERAGE, FOREX_NO_LEVERAGE = range(6)
STOCKS, EXCHANGE_FUTURES, OPTIONS, OPTIONS_MARGIN = 32, 33, 34, 36
BONDS, STOCKS_MOEX, BONDS_MOEX, COLLATERAL = 37, 38, 39, 64

FUTURES_MODES: Final = frozenset({FUTURES, EXCHANGE_FUTURES})
BOND_MODES: Final = frozenset({BONDS, BONDS_MOEX})
STOCK_MODES: Final = frozenset({STOCKS, STOCKS_MOEX})
OTC_MODES: Final = frozenset(range(6))
MODELLED_CALC_MODES: Final = tuple(
    sorted(OTC_MODES | FUTURES_MODES | BOND_MODES | STOCK_MODES | {COLLATERAL})
)
"""Options are not modelled: their formulas need figures the package does not carry."""

_BY_CONTRACT_SIZE: Final = (OTC_MODES - FUTURES_MODES) | STOCK_MODES
_PERCENT: Final = 100.0  # bonds are quoted in percent of their face value


def money_per_price(contract: SymbolContract) -> float:
    """Profit currency that one lot gains when the price rises by 1."""
    if contract.calc_mode in _BY_CONTRACT_SIZE:
        return contract.contract_size
    if contract.calc_mode in FUTURES_MODES:
        return tick_money(contract) / contract.tick_size
    if contract.calc_mode in BOND_MODES:
        return contract.contract_size * contract.face_value / _PERCENT
    return 0.0  # collateral earns nothing


def tick_money(contract: SymbolContract) -> float:
    """Profit currency of one tick of one lot."""
    if contract.tick_value_profit > 0.0:
        return contract.tick_value_profit
    if contract.calc_mode in BOND_MODES:
        return contract.tick_size * contract.contract_size * contract.face_value / _PERCENT
    return contract.tick_size * contract.contract_size
