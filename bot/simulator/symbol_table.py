"""The figures behind the contracts: one row per symbol, one set of terms per asset class.

Sources: (V) an MT5 demo server's specification export of 2025-11-10; (H) The5ers' help pages of
2026 on leverage, commission and market hours; (S) published typical spreads of a firm, 2026-01;
(M) spreads measured on that demo server. Digits, contract sizes, volume limits, stops levels and
swaps are V. What nobody publishes is an assumption and says so below.
"""

from __future__ import annotations

from dataclasses import dataclass

_MINUTE_S, _HOUR_S = 60, 3600
_WEEKDAYS_COUNT, _WEEKEND_DAYS_COUNT = 5, 2

_FX_DAY = ((5 * _MINUTE_S, 23 * _HOUR_S + 55 * _MINUTE_S),)  # H: 00:05-23:55 server
_LATE_DAY = ((_HOUR_S + 5 * _MINUTE_S, 23 * _HOUR_S + 50 * _MINUTE_S),)  # H: 01:05-23:50 server
_CRYPTO_WEEKEND_DAY = ((10 * _MINUTE_S, 23 * _HOUR_S + 50 * _MINUTE_S),)  # H: 00:10-23:50 server

ASSUMED_CRYPTO_WEEKDAY = _FX_DAY  # the help page gives crypto hours for weekends only
ASSUMED_METAL_COMMISSION_FRACTION = 0.00002  # H names a share of notional, not its rate
ASSUMED_CRYPTO_COMMISSION_FRACTION = 0.0006  # as above

_CALC_FOREX, _CALC_CFD_LEVERAGE = 0, 4
_SWAP_POINTS, _SWAP_CURRENCY_SYMBOL, _SWAP_INTEREST_CURRENT = 1, 2, 5
_WEDNESDAY, _FRIDAY = 3, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTerms:
    """What all symbols of an asset class have in common.

    Calculation modes are assumed (FOREX for currencies, CFDLEVERAGE for the rest): not in V.
    """

    folder: str
    calc_mode: int
    leverage: float
    volume_step: float
    swap_mode: int
    swap_rollover3days: int
    commission_money_per_lot_round_trip: float = 0.0
    commission_fraction_of_notional: float = 0.0
    sessions: tuple[tuple[tuple[int, int], ...], ...]


CLASS_TERMS: dict[str, ClassTerms] = {
    "fx": ClassTerms(
        folder="Forex",
        calc_mode=_CALC_FOREX,
        leverage=100.0,
        volume_step=0.01,
        swap_mode=_SWAP_POINTS,
        swap_rollover3days=_WEDNESDAY,
        commission_money_per_lot_round_trip=4.0,  # H
        sessions=(_FX_DAY,) * _WEEKDAYS_COUNT + ((),) * _WEEKEND_DAYS_COUNT,
    ),
    "metal": ClassTerms(
        folder="Metals",
        calc_mode=_CALC_CFD_LEVERAGE,
        leverage=25.0,
        volume_step=0.01,
        swap_mode=_SWAP_POINTS,
        swap_rollover3days=_WEDNESDAY,
        commission_fraction_of_notional=ASSUMED_METAL_COMMISSION_FRACTION,
        sessions=(_LATE_DAY,) * _WEEKDAYS_COUNT + ((),) * _WEEKEND_DAYS_COUNT,
    ),
    "index": ClassTerms(
        folder="Indices",
        calc_mode=_CALC_CFD_LEVERAGE,
        leverage=25.0,
        volume_step=0.1,
        swap_mode=_SWAP_CURRENCY_SYMBOL,
        swap_rollover3days=_FRIDAY,
        sessions=(_LATE_DAY,) * _WEEKDAYS_COUNT + ((),) * _WEEKEND_DAYS_COUNT,
    ),
    "crypto": ClassTerms(
        folder="Crypto",
        calc_mode=_CALC_CFD_LEVERAGE,
        leverage=2.0,
        volume_step=0.01,
        swap_mode=_SWAP_INTEREST_CURRENT,
        swap_rollover3days=_FRIDAY,
        commission_fraction_of_notional=ASSUMED_CRYPTO_COMMISSION_FRACTION,
        sessions=(ASSUMED_CRYPTO_WEEKDAY,) * _WEEKDAYS_COUNT
        + (_CRYPTO_WEEKEND_DAY,) * _WEEKEND_DAYS_COUNT,
    ),
}
"""Leverage and sessions are H. Hours of the firm are the trading hours of the server's day."""


@dataclass(frozen=True, slots=True)
class SymbolRow:
    """What only this symbol has; `spread_points` is its ordinary spread in liquid hours."""

    description: str
    asset_class: str
    currency_base: str
    currency_profit: str
    currency_margin: str
    digits: int
    contract_size: float
    volume_max: float
    stops_level: int
    swap_long: float
    swap_short: float
    spread_points: int


_CURRENCY_NAMES = {
    "EUR": "Euro",
    "GBP": "British Pound",
    "AUD": "Australian Dollar",
    "NZD": "New Zealand Dollar",
    "USD": "US Dollar",
    "CAD": "Canadian Dollar",
    "CHF": "Swiss Franc",
    "JPY": "Japanese Yen",
}

# pair: swap long, swap short (points a night, V), spread (points, S)
_FX_FIGURES: dict[str, tuple[float, float, int]] = {
    "EURUSD": (-7.85, 3.8, 10),
    "GBPUSD": (-1.12, -0.79, 15),
    "USDJPY": (9.17, -18.95, 10),
    "AUDUSD": (-1.5, 0.31, 15),
    "USDCAD": (3.36, -9.22, 15),
    "USDCHF": (5.58, -13.15, 15),
    "NZDUSD": (-3.09, 1.52, 20),
    "EURJPY": (1.79, -10.66, 15),
    "GBPJPY": (6.64, -24.97, 20),
    "EURGBP": (-8.62, 1.83, 15),
    "AUDCAD": (1.63, -6.18, 20),
    "AUDCHF": (3.26, -7.82, 20),
    "AUDJPY": (2.68, -10.61, 20),
    "AUDNZD": (0.78, -5.95, 25),
    "CADCHF": (1.55, -5.9, 25),
    "CADJPY": (2.05, -7.2, 20),
    "CHFJPY": (-4.94, -0.4, 20),
    "EURAUD": (-12.23, 4.35, 20),
    "EURCAD": (-4.01, -2.5, 20),
    "EURCHF": (1.94, -9.56, 15),
    "EURNZD": (-7.54, -0.13, 30),
    "GBPAUD": (-3.74, -8.84, 25),
    "GBPCAD": (3.8, -16.54, 25),
    "GBPCHF": (5.54, -19.79, 25),
    "GBPNZD": (2.67, -17.15, 35),
    "NZDCAD": (-0.9, -2.95, 25),
    "NZDCHF": (1.62, -5.46, 25),
    "NZDJPY": (0.89, -6.81, 25),
}


def _fx_row(pair: str, swap_long: float, swap_short: float, spread_points: int) -> SymbolRow:
    base, profit = pair[:3], pair[3:]
    return SymbolRow(
        description=f"{_CURRENCY_NAMES[base]} vs {_CURRENCY_NAMES[profit]}",
        asset_class="fx",
        currency_base=base,
        currency_profit=profit,
        currency_margin=base,
        digits=3 if profit == "JPY" else 5,
        contract_size=100_000.0,
        volume_max=100.0,
        stops_level=0,
        swap_long=swap_long,
        swap_short=swap_short,
        spread_points=spread_points,
    )


def _index_row(
    description: str, currency: str, swaps: tuple[float, float], spread_points: int
) -> SymbolRow:
    return SymbolRow(
        description=description,
        asset_class="index",
        currency_base=currency,
        currency_profit=currency,
        currency_margin=currency,
        digits=2,
        contract_size=1.0,
        volume_max=500.0,
        stops_level=50,
        swap_long=swaps[0],
        swap_short=swaps[1],
        spread_points=spread_points,
    )


SYMBOL_ROWS: dict[str, SymbolRow] = {
    **{pair: _fx_row(pair, *figures) for pair, figures in _FX_FIGURES.items()},
    "XAUUSD": SymbolRow(
        "Gold vs US Dollar", "metal", "XAU", "USD", "USD", 2, 100.0, 100.0, 20, -66.98, 43.92, 30
    ),
    "XAGUSD": SymbolRow(
        "Silver vs US Dollar", "metal", "XAG", "USD", "USD", 3, 5000.0, 20.0, 10, -10.07, 2.07, 30
    ),
    "NAS100": _index_row("US Tech 100 Cash", "USD", (-5.66, 1.17), 250),
    "US30": _index_row("US Wall Street 30 Cash", "USD", (-10.6, 1.0), 300),
    "SPX500": _index_row("US 500 Cash", "USD", (-1.52, 0.31), 50),
    "UK100": _index_row("UK 100 Cash", "GBP", (-2.06, 0.4), 200),
    "GER40": _index_row("Germany 40 Cash", "EUR", (-3.22, 0.19), 250),
    "BTCUSD": SymbolRow(  # spread: M
        "Bitcoin vs US Dollar", "crypto", "BTC", "USD", "BTC", 2, 1.0, 100.0, 0, -25.0, 9.0, 1700
    ),
    "ETHUSD": SymbolRow(  # spread: M
        "Ethereum vs US Dollar", "crypto", "ETH", "USD", "ETH", 2, 1.0, 100.0, 0, -38.0, 9.0, 250
    ),
}
"""The 37 symbols; index spreads S read in index points, metals in tenths of a dollar and cents."""
