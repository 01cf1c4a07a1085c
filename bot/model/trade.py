"""Nouns of a trade, as rules see them: numbers only."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from bot.model.reserves import ReserveTerms
from bot.model.sizing import BaseRisk, RiskFactors, SizeCaps


class Side(IntEnum):
    """Direction of a trade; the value is the sign of its profit per price."""

    BUY = 1
    SELL = -1


class Plan(NamedTuple):
    """Where a setup wants to enter and where it is wrong; 1R is |entry - stop|."""

    side: int
    entry_price: float
    stop_price: float
    expires_utc_s: float


class OpenTrade(NamedTuple):
    """A filled position as the exit rule sees it; volume and stop are the broker's."""

    side: int
    entry_price: float
    stop_price: float
    one_r_price: float
    lots: float
    lots_opened: float
    targets_hit_count: int
    opened_utc_s: float


class Book(NamedTuple):
    """What is already at risk, in money and in counts, worst case."""

    open_risk_money: float
    resting_risk_money: float
    unknown_risk_money: float
    positions_count: int
    resting_count: int
    unknown_count: int
    symbol_exposures_count: int
    entries_today_count: int
    symbol_risk_money: float = 0.0
    lots_total: float = 0.0


class Candidate(NamedTuple):
    """An order about to be sent."""

    side: int
    entry_price: float
    stop_price: float
    lots: float
    risk_money: float
    reserve_money: float
    margin_money: float
    spread_price: float


class SizeDemand(NamedTuple):
    """What sizing must know besides account, plan and contract, at the moment of sending.

    `fill_price` is the side that would fill now (the order's price for a limit). The rooms are
    money that may still be lost in the worst case: above each floor (reserves taken off), and
    within the cap on cumulative risk. A room may be zero or negative. `reserves` are the symbol's.
    `base` is what the mode grants, `factors` what reduces it, `caps` what one order may take.
    """

    fill_price: float
    points: float
    brake: int
    daily_room_money: float
    total_room_money: float
    cumulative_room_money: float
    reserves: ReserveTerms
    base: BaseRisk
    factors: RiskFactors
    caps: SizeCaps
