"""One parameter set of the sieve."""

from __future__ import annotations

from typing import NamedTuple

from bot.backtest.compiled import compiled


class Idea(NamedTuple):
    """One parameter set; distances in average true ranges (ATR) of the signal's bar or in R.

    `shares` of the units leave at each target but the last, which takes the rest; `stops_r` is
    where the stop goes after each of these. With `checks_entry_bar` the stop counts on the bar of
    the fill, too.
    """

    pullback_atr: float
    stop_atr: float
    expiry_bars: int
    risk_fraction: float = 0.005
    half_spread_price: float = 0.0
    targets_r: tuple[float, float, float] = (0.6, 1.2, 2.0)
    shares: tuple[float, float] = (0.35, 0.30)
    stops_r: tuple[float, float] = (0.0, 1.1)
    checks_entry_bar: bool = True


@compiled
def tuned(base: Idea, pullback_atr: float, stop_atr: float, expiry_bars: int) -> Idea:
    """The base with other distances."""
    return Idea(
        pullback_atr,
        stop_atr,
        expiry_bars,
        base.risk_fraction,
        base.half_spread_price,
        base.targets_r,
        base.shares,
        base.stops_r,
        base.checks_entry_bar,
    )
