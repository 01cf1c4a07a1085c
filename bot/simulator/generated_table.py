"""The figures of the generated market: what drives prices, how strongly, and at which hours.

Measured on public hourly bars of 2022-2025: daily volatility, correlations of hourly returns,
activity by server hour (mean absolute hourly return over its mean; the American morning lowered by
what releases add to it). Anchor prices are round numbers near those of 2024; they are where the
live window starts, give or take a few percent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

from bot.simulator.symbol_table import SYMBOL_ROWS


class Loadings(NamedTuple):
    """Correlation of a factor with each common shock; `dollar` is the dollar's weakness."""

    dollar: float = 0.0
    risk: float = 0.0
    europe: float = 0.0
    antipodes: float = 0.0
    metals: float = 0.0
    crypto: float = 0.0


@dataclass(frozen=True, slots=True)
class Factor:
    """One driver of prices: the dollar value of a currency, a metal or a coin, or an index.

    `activity` names its hours. `events_per_day` releases, at `event_server_s`, concern it alone.
    """

    name: str
    anchor_price: float
    day_volatility_fraction: float
    activity: str
    loadings: Loadings
    events_per_day: float = 0.0
    event_server_s: int = 0

    @property
    def own_loading(self) -> float:
        """What is left to the factor's own shock, so that its variance is 1."""
        common = 0.0
        for loading in self.loadings:
            common += loading * loading
        return math.sqrt(1 - common)


SHOCKS: Final = Loadings._fields
DOLLAR_EVENTS_PER_DAY: Final = 0.15
DOLLAR_EVENT_SERVER_S: Final = 15 * 3600 + 30 * 60  # 08:30 New York


def _at(hours: int, minutes: int = 0) -> int:
    return hours * 3600 + minutes * 60


_EUR = Loadings(dollar=0.85, risk=-0.05, europe=0.35)
_GBP = Loadings(dollar=0.80, risk=0.12, europe=0.35)
_JPY = Loadings(dollar=0.60, risk=-0.45)
_CHF = Loadings(dollar=0.75, risk=-0.33, europe=0.25)
_AUD = Loadings(dollar=0.79, risk=0.45, antipodes=0.30)
_NZD = Loadings(dollar=0.80, risk=0.36, antipodes=0.30)
_CAD = Loadings(dollar=0.70, risk=0.30)
_XAU = Loadings(dollar=0.45, metals=0.75)
_XAG = Loadings(dollar=0.42, risk=0.15, metals=0.72)
_BTC = Loadings(dollar=0.10, risk=0.48, crypto=0.72)
_ETH = Loadings(dollar=0.10, risk=0.48, crypto=0.74)

FACTORS: Final = (
    Factor("EUR", 1.10, 0.0050, "europe", _EUR, 0.05, _at(15, 15)),
    Factor("GBP", 1.28, 0.0056, "europe", _GBP, 0.06, _at(9)),
    Factor("JPY", 1 / 150, 0.0064, "asia", _JPY, 0.03, _at(6)),
    Factor("CHF", 1 / 0.88, 0.0048, "europe", _CHF, 0.02, _at(10, 30)),
    Factor("AUD", 0.66, 0.0066, "asia", _AUD, 0.05, _at(4, 30)),
    Factor("NZD", 0.60, 0.0066, "asia", _NZD, 0.04, _at(5)),
    Factor("CAD", 1 / 1.37, 0.0040, "america", _CAD, 0.05, _at(15, 30)),
    Factor("XAU", 2600.0, 0.0095, "metal", _XAU),
    Factor("XAG", 31.0, 0.0180, "metal", _XAG),
    Factor("NAS100", 20_500.0, 0.0125, "us_index", Loadings(risk=0.90)),
    Factor("US30", 42_500.0, 0.0090, "us_index", Loadings(risk=0.88)),
    Factor("SPX500", 5_800.0, 0.0095, "us_index", Loadings(risk=0.96)),
    Factor("UK100", 8_200.0, 0.0075, "eu_index", Loadings(risk=0.60)),
    Factor("GER40", 19_500.0, 0.0100, "eu_index", Loadings(risk=0.70)),
    Factor("BTC", 68_000.0, 0.0240, "crypto", _BTC),
    Factor("ETH", 2_600.0, 0.0305, "crypto", _ETH),
)

ACTIVITY_BY_SERVER_HOUR: Final[dict[str, tuple[float, ...]]] = {
    "europe": (
        *(0.35, 0.55, 0.62, 0.82, 0.78, 0.63, 0.53, 0.58, 0.73, 1.26, 1.49, 1.28),
        *(1.15, 1.12, 1.17, 1.68, 1.62, 1.87, 1.37, 1.03, 0.96, 0.98, 0.72, 0.47),
    ),
    "asia": (
        *(0.42, 0.74, 0.90, 1.19, 1.16, 0.95, 0.83, 0.86, 0.86, 1.16, 1.28, 1.08),
        *(0.90, 0.84, 0.93, 1.62, 1.48, 1.67, 1.18, 0.87, 0.86, 0.91, 0.68, 0.48),
    ),
    "america": (
        *(0.38, 0.67, 0.65, 0.81, 0.84, 0.72, 0.57, 0.59, 0.69, 1.04, 1.19, 1.01),
        *(0.91, 0.89, 1.05, 1.55, 1.73, 1.96, 1.49, 1.11, 1.12, 1.15, 0.96, 0.69),
    ),
    "metal": (
        *(0.20, 0.57, 0.62, 0.90, 1.15, 0.86, 0.66, 0.68, 0.90, 1.00, 1.12, 0.96),
        *(0.84, 0.90, 0.90, 1.62, 1.91, 1.85, 1.31, 0.98, 0.87, 0.87, 0.79, 0.52),
    ),
    "us_index": (
        *(0.30, 0.85, 0.62, 0.77, 0.60, 0.47, 0.45, 0.45, 0.52, 0.66, 0.93, 0.82),
        *(0.64, 0.79, 0.88, 1.06, 2.08, 2.12, 1.68, 1.41, 1.52, 1.39, 1.49, 0.78),
    ),
    "eu_index": (  # assumed: the cash session 10:00-18:30 server, a lively American open
        *(0.25, 0.45, 0.45, 0.50, 0.45, 0.40, 0.40, 0.50, 0.70, 1.30, 1.90, 1.50),
        *(1.25, 1.15, 1.20, 1.60, 1.85, 1.70, 1.35, 0.90, 0.80, 0.80, 0.75, 0.55),
    ),
    "crypto": (
        *(1.00, 1.03, 0.85, 0.98, 1.02, 0.95, 0.77, 0.73, 0.82, 0.78, 0.87, 0.90),
        *(0.80, 0.75, 0.78, 0.97, 1.37, 1.66, 1.27, 1.20, 1.21, 1.04, 1.20, 1.08),
    ),
}

FACTOR_INDEX: Final = {factor.name: index for index, factor in enumerate(FACTORS)}


def legs_of(symbol: str) -> tuple[int | None, int | None]:
    """The factors whose ratio prices `symbol`, numerator first; None stands for the dollar."""
    if symbol in FACTOR_INDEX:
        return FACTOR_INDEX[symbol], None
    row = SYMBOL_ROWS[symbol]
    return FACTOR_INDEX.get(row.currency_base), FACTOR_INDEX.get(row.currency_profit)


def correlation(first: int, second: int) -> float:
    """Correlation of two factors' ordinary shocks."""
    total = 0.0
    for a, b in zip(FACTORS[first].loadings, FACTORS[second].loadings, strict=True):
        total += a * b
    return total
