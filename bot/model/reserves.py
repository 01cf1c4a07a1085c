"""What the no-breach gate reckons with: reserves, caps, relief and the night of the reset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.model.market import FloatArray, IntArray
from bot.model.numbered import Numbered


class ReserveTerms(NamedTuple):
    """What one symbol's worst case adds to the loss at the stop, now.

    `slippage_r` is in R of the trade, `gap_price` what a gap may take beyond the stop, and
    `nights_count` how many nights of swap the next reset charges.
    """

    slippage_r: float
    gap_price: float
    nights_count: float


class Exposure(NamedTuple):
    """A position, a resting order or an unresolved request as its worst case sees it.

    The loss is counted from `from_price`: the closing side now for a position, its own price for
    an order. `one_r_price` is the distance slippage is measured in (at least the one to the stop
    counts), `commission_share` what of the round trip is still to be paid.
    """

    side: int
    lots: float
    from_price: float
    stop_price: float
    one_r_price: float
    commission_share: float


class WorstCase(NamedTuple):
    """What an exposure may cost from now on, part by part; `total_money` is their sum."""

    stop_money: float
    slippage_money: float
    commission_money: float
    swap_money: float
    gap_money: float
    total_money: float


class GapFractions(NamedTuple):
    """How far a price may jump beyond a stop, as shares of the price, by occasion."""

    weekend_fraction: float
    news_fraction: float
    rollover_fraction: float


class Occasion(NamedTuple):
    """What lies ahead of an exposure: a weekend to be held, a news window, the rollover."""

    is_weekend: bool
    is_news: bool
    is_rollover: bool


class FirmCaps(NamedTuple):
    """Caps of the firm's preset; an infinite one does not exist."""

    open_risk_initial_fraction_max: float = float("inf")
    trade_risk_initial_fraction_max: float = float("inf")
    lots_max: float = float("inf")
    positions_max_count: float = float("inf")
    margin_equity_fraction_max: float = float("inf")


NO_FIRM_CAPS = FirmCaps()
"""A firm that caps nothing."""


class GuardItems(NamedTuple):
    """What could be taken off, one entry per item, all arrays of one length.

    `relief_money` is what the worst case shrinks by when all of it goes. Without a grid
    (`lots_step` 0, a resting order) an item goes as a whole. `rank` orders kinds of harm: a lower
    rank goes first. What cannot be acted on now has no relief (0).
    """

    rank: IntArray
    relief_money: FloatArray
    lots: FloatArray
    lots_min: FloatArray
    lots_step: FloatArray


class ResetOutlook(NamedTuple):
    """The next day as it would begin with the running positions.

    `room_money` is what the worst case leaves above the higher floor and the reserve; at or below
    zero the night must not begin like this.
    """

    base_money: float
    daily_floor_money: float
    floor_money: float
    worst_case_money: float
    room_money: float


class ResetPolicy(Numbered):
    """What is done before a reset that would leave too little room."""

    KEEP = 0
    TRIM = 1
    CLOSE = 2


class Emergency(Numbered):
    """How near the day's loss is to the firm's floor, beyond the flatten brake."""

    NONE = 0
    ANY_PRICE = 1
    ALARM = 2


class LossLadders(NamedTuple):
    """Rungs beyond the brakes: of the day's loss from its base, and of the total loss."""

    any_price_base_fraction: float
    alarm_base_fraction: float
    caution_initial_fraction: float
    caution_factor: float
    severe_initial_fraction: float
    severe_factor: float


class SlippageSettings(NamedTuple):
    """How the slippage reserve is fitted from the bot's own stop fills."""

    percentile_fraction: float
    samples_min_count: int
    prior_weight_count: float


@dataclass(frozen=True, slots=True)
class GateSettings:
    """The no-breach gate's tuned numbers; gaps by asset class, then by symbol where one differs."""

    slippage: SlippageSettings
    symbol_risk_equity_fraction_max: float
    weekend_lead_s: float
    rollover_lead_s: float
    gaps_by_class: tuple[tuple[str, GapFractions], ...]
    gaps_by_symbol: tuple[tuple[str, GapFractions], ...]
    reset_window_s: float
    reset_policy: ResetPolicy

    def gaps_of(self, symbol: str, asset_class: str) -> GapFractions:
        """A symbol's own gaps, else its class's, else the widest of all classes."""
        for name, gaps in self.gaps_by_symbol:
            if name == symbol:
                return gaps
        for name, gaps in self.gaps_by_class:
            if name == asset_class:
                return gaps
        return GapFractions(*(max(parts) for parts in zip(*self._classes(), strict=True)))

    def _classes(self) -> list[GapFractions]:
        return [gaps for _, gaps in self.gaps_by_class]
