"""Values for the money rules with figures small enough to check by head.

A lot of the standard contract loses 100 000 per 1.0 of price: 10 per pip of 0.0001, so a stop of
100 pips costs 1 000 per lot.
"""

from __future__ import annotations

import math

from builders_challenge import high_stakes

from bot.model.account import Account, Floors, TradingDay
from bot.model.market import Quote, SymbolSpec
from bot.model.reserves import NO_FIRM_CAPS, ReserveTerms
from bot.model.settings import (
    AdmissionSettings,
    BrakeSettings,
    EntrySettings,
    ExitSettings,
    RiskSettings,
    WeekendSettings,
)
from bot.model.sizing import UNCAPPED, UNREDUCED, BaseReason, BaseRisk
from bot.model.trade import Book, Candidate, OpenTrade, Plan, Side, SizeDemand

BUY, SELL = Side.BUY.value, Side.SELL.value

SPEC = SymbolSpec(
    digits=5,
    tick_size_price=0.00001,
    contract_size=100_000.0,
    lots_min=0.01,
    lots_max=50.0,
    lots_step=0.01,
    loss_money_per_price_per_lot=100_000.0,
    gain_money_per_price_per_lot=100_000.0,
    stops_level_price=0.0,
    freeze_level_price=0.0,
    commission_money_per_lot=0.0,
    swap_long_money_per_lot_night=0.0,
    swap_short_money_per_lot_night=0.0,
    margin_money_per_lot=1_000.0,
)

ENTRY = EntrySettings(
    market_max_r=0.05,
    limit_max_r=0.30,
    drop_above_r=1.50,
    expiry_s=168 * 3_600.0,
    spread_wait_max_s=120 * 3_600.0,
    spread_max_r=0.06,
    spread_max_percentile_fraction=0.9,
    spread_samples_min_count=100,
    quote_age_max_s=60.0,
    deviation_max_r=0.05,
)

RISK = RiskSettings(
    risk_per_trade_balance_fraction=0.006,
    risk_reduced_balance_fraction=0.004,
    risk_ceiling_balance_fraction=0.01,
    confluence_points_base=4.0,
    confluence_step_fraction=0.15,
    confluence_factor_min=0.6,
    confluence_factor_max=1.5,
    cumulative_risk_equity_fraction_max=0.05,
    positions_max_count=10,
    entries_per_day_max_count=6,
    floor_reserve_initial_fraction=0.005,
    slippage_reserve_r=0.0,
    margin_free_equity_fraction_min=0.25,
    fill_excess_steps_max=1.0,
)

BRAKES = BrakeSettings(
    warn_base_fraction=0.02,
    reduce_base_fraction=0.03,
    flatten_base_fraction=0.035,
    total_flatten_initial_fraction=0.09,
)

RULES = high_stakes()

EXITS = ExitSettings(
    targets_r=(0.6, 1.2, 2.0),
    close_fractions=(0.35, 0.30, 0.35),
    stops_after_r=(0.0, 1.1, math.nan),
    breakeven_cost_r=0.02,
    time_stop_s=0.0,
    stale_after_s=0.0,
    stale_below_r=0.2,
    trail_start_r=0.0,
    trail_distance_r=0.8,
)

WEEKEND = WeekendSettings(
    entries_stop_before_close_s=5 * 3_600.0,
    losers_close_below_r=0.0,
    winners_close_above_r=1.6,
    halve_below_r=0.5,
    gap_close_adverse_r=0.5,
)

DAY = TradingDay(day=20_522, base_money=20_000.0, start_balance_money=20_000.0)
FLOORS = Floors(daily_money=19_000.0, total_money=18_000.0, initial_balance_money=20_000.0)
ADMISSION = AdmissionSettings(RISK, NO_FIRM_CAPS, symbol_risk_equity_fraction_max=0.05)
A_GRANT = BaseRisk(0.006, BaseReason.PARAMETER.value, 0, 0.0, 0.0)
"""The fixed risk of `RISK`, as its mode grants it."""

NO_RESERVES = ReserveTerms(slippage_r=0.0, gap_price=0.0, nights_count=1.0)
EMPTY_BOOK = Book(0.0, 0.0, 0.0, 0, 0, 0, 0, 0)


def an_account(equity_money: float = 20_000.0, balance_money: float = 20_000.0) -> Account:
    """An account without margin in use."""
    return Account(balance_money, equity_money, 0.0, equity_money)


def a_quote(bid_price: float, spread_price: float = 0.0) -> Quote:
    """A quote at second 0."""
    return Quote(bid_price, bid_price + spread_price, 0.0)


def a_plan(side: int = BUY, stop_r: float = 1.0) -> Plan:
    """Entry at 1.1000 with a stop `stop_r` times 100 pips away, expiring at second 1 000."""
    return Plan(side, 1.1, 1.1 - side * 0.01 * stop_r, 1_000.0)


def a_trade(side: int = BUY, lots: float = 1.0, hits_count: int = 0) -> OpenTrade:
    """Opened at 1.1000 at second 0 with a stop 100 pips away, so 1R is 0.01."""
    return OpenTrade(side, 1.1, 1.1 - side * 0.01, 0.01, lots, 1.0, hits_count, 0.0)


def a_demand(fill_price: float = 1.1) -> SizeDemand:
    """Base score, no brake, rooms that do not bind."""
    rooms = (10_000.0, 10_000.0, 10_000.0)
    return SizeDemand(fill_price, 4.0, 0, *rooms, NO_RESERVES, A_GRANT, UNREDUCED, UNCAPPED)


def a_candidate(risk_money: float = 120.0, side: int = BUY) -> Candidate:
    """0.12 lots at 1.1000 with a stop 100 pips away."""
    return Candidate(side, 1.1, 1.1 - side * 0.01, 0.12, risk_money, 0.0, 100.0, 0.0001)
