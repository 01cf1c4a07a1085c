"""Distances in price as a trader says them: pips of a currency pair, else the price itself."""

from __future__ import annotations

from bot.report import text as words
from bot.report.plain import THIN_SPACE

_CURRENCIES = frozenset(
    [
        "USD",
        "EUR",
        "GBP",
        "JPY",
        "CHF",
        "AUD",
        "NZD",
        "CAD",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "HUF",
        "CZK",
        "TRY",
        "ZAR",
        "MXN",
        "SGD",
        "HKD",
        "CNH",
    ]
)
_CODE_LENGTH = 3
_PIP, _COARSE_PIP = 0.0001, 0.01
_COARSE = frozenset({"JPY", "HUF"})


def pip_price(symbol: str) -> float | None:
    """One pip in price; None for what is not a pair of two currencies."""
    base, quote = symbol[:_CODE_LENGTH], symbol[_CODE_LENGTH:]
    if base not in _CURRENCIES or quote not in _CURRENCIES:
        return None
    return _COARSE_PIP if quote in _COARSE else _PIP


def distance_text(distance_price: float, symbol: str) -> str:
    """A distance: `0.9 pips` of a pair, `2.35 in price` of anything else."""
    pip = pip_price(symbol)
    if pip is None:
        return f"{words.price(float(f'{distance_price:.4g}'))} in price"
    return f"{distance_price / pip:.1f}{THIN_SPACE}pips"
