"""What a contract is on the simulated server, and the contracts of our universe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.errors import DataError
from bot.simulator.symbol_table import CLASS_TERMS, SYMBOL_ROWS, ClassTerms, SymbolRow

Sessions = tuple[tuple[tuple[int, int], ...], ...]
"""For each server weekday, Monday first, its trading intervals in seconds of the server day."""

FILLING_FOK, FILLING_IOC = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolContract:
    """One symbol as the server specifies it; codes are those of the MT5 contract.

    Sizes are lots, `stops_level` and `freeze_level` points, swaps in the unit `swap_mode` names,
    `leverage` divides the symbol's notional into margin, `commission_fraction_of_notional` is the
    round trip. A session interval contains its first second and not its last.

    `tick_value_profit` is what a tick of one lot is worth in profit currency, 0 where contract
    and tick size say it; `margin_initial` is money of the margin currency per lot, 0 where the
    formula of the calculation mode decides. `liquidity_lots` is how much each quote offers on
    either side, 0 for any amount; `book_depth` the levels of each side of the market depth, 0 for
    none. `fee_money_per_lot` is charged on every deal.
    """

    name: str
    path: str
    description: str
    asset_class: str
    currency_base: str
    currency_profit: str
    currency_margin: str
    digits: int
    point: float
    tick_size: float
    contract_size: float
    volume_min: float
    volume_max: float
    volume_step: float
    volume_limit: float
    stops_level: int
    freeze_level: int
    exemode: int = 2
    filling_mask: int = FILLING_FOK | FILLING_IOC
    order_mask: int = 127
    expiration_mask: int = 15
    calc_mode: int
    leverage: float
    margin_hedged: float
    swap_mode: int
    swap_long: float
    swap_short: float
    swap_rollover3days: int
    commission_money_per_lot_round_trip: float
    commission_fraction_of_notional: float
    trade_mode: int = 4
    gtc_mode: int = 0
    tick_value_profit: float = 0.0
    face_value: float = 0.0
    margin_initial: float = 0.0
    margin_rate: float = 1.0
    margin_hedged_use_leg: bool = False
    liquidity_lots: float = 0.0
    book_depth: int = 0
    fee_money_per_lot: float = 0.0
    sessions: Sessions


def known_symbols() -> tuple[str, ...]:
    """Names of every symbol `default_contract` knows, without suffix."""
    return tuple(SYMBOL_ROWS)


def default_contract(name: str, suffix: str = "") -> SymbolContract:
    """The contract of `name` ("EURUSD"), listed as `name + suffix` ("EURUSD.r").

    Raises `DataError` for a symbol we have no figures for.
    """
    row = SYMBOL_ROWS.get(name)
    if row is None:
        known = ", ".join(SYMBOL_ROWS)
        message = f"symbol {name!r} has no contract figures; known symbols: {known}"
        raise DataError(message)
    return _contract(row, CLASS_TERMS[row.asset_class], name + suffix)


def conversion_symbols(names: Iterable[str]) -> tuple[str, ...]:
    """The known dollar pairs needed to turn profit and margin of `names` into dollars."""
    needed: list[str] = []
    for name in names:
        row = SYMBOL_ROWS.get(name)
        for currency in () if row is None else (row.currency_profit, row.currency_margin):
            needed += [p for p in (f"{currency}USD", f"USD{currency}") if p in SYMBOL_ROWS]
    return tuple(dict.fromkeys(needed))


def _contract(row: SymbolRow, terms: ClassTerms, listed_name: str) -> SymbolContract:
    point = float(f"1e-{row.digits}")
    return SymbolContract(
        name=listed_name,
        path=f"{terms.folder}\\{listed_name}",
        description=row.description,
        asset_class=row.asset_class,
        currency_base=row.currency_base,
        currency_profit=row.currency_profit,
        currency_margin=row.currency_margin,
        digits=row.digits,
        point=point,
        tick_size=point,
        contract_size=row.contract_size,
        volume_min=terms.volume_step,
        volume_max=row.volume_max,
        volume_step=terms.volume_step,
        volume_limit=0.0,
        stops_level=row.stops_level,
        freeze_level=0,
        calc_mode=terms.calc_mode,
        leverage=terms.leverage,
        margin_hedged=row.contract_size,
        swap_mode=terms.swap_mode,
        swap_long=row.swap_long,
        swap_short=row.swap_short,
        swap_rollover3days=terms.swap_rollover3days,
        commission_money_per_lot_round_trip=terms.commission_money_per_lot_round_trip,
        commission_fraction_of_notional=terms.commission_fraction_of_notional,
        sessions=terms.sessions,
    )
