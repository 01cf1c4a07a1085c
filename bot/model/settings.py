"""Tuned numbers as rules see them: fractions, seconds and R, built by `bot.params` alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.model.breakers import BreakerSettings
from bot.model.challenge import ChallengeRules
from bot.model.coast import CoastSettings
from bot.model.conduct import ConductSettings
from bot.model.exposure import ExposureSettings
from bot.model.firm_clock import FirmClock
from bot.model.news import NewsPlan
from bot.model.reserves import NO_FIRM_CAPS, FirmCaps, GateSettings, LossLadders
from bot.model.signal import SignalSettings
from bot.model.sizing import LeverageTerms, SizingSettings


class EntrySettings(NamedTuple):
    """Distance routing (DESIGN.md section 4)."""

    market_max_r: float
    limit_max_r: float
    drop_above_r: float
    expiry_s: float
    spread_wait_max_s: float
    spread_max_r: float
    spread_max_percentile_fraction: float
    spread_samples_min_count: int
    quote_age_max_s: float
    deviation_max_r: float


class RiskSettings(NamedTuple):
    """Sizing and the caps around it; each fraction names what it is a fraction of."""

    risk_per_trade_balance_fraction: float
    risk_reduced_balance_fraction: float
    risk_ceiling_balance_fraction: float
    confluence_points_base: float
    confluence_step_fraction: float
    confluence_factor_min: float
    confluence_factor_max: float
    cumulative_risk_equity_fraction_max: float
    positions_max_count: int
    entries_per_day_max_count: int
    floor_reserve_initial_fraction: float
    slippage_reserve_r: float
    margin_free_equity_fraction_min: float
    fill_excess_steps_max: float


class AdmissionSettings(NamedTuple):
    """What an order is admitted by: the tuned risk numbers and the firm's own caps."""

    risk: RiskSettings
    firm: FirmCaps
    symbol_risk_equity_fraction_max: float


class BrakeSettings(NamedTuple):
    """The day's loss from its base, and the total loss, at which the bot brakes."""

    warn_base_fraction: float
    reduce_base_fraction: float
    flatten_base_fraction: float
    total_flatten_initial_fraction: float


class ExitSettings(NamedTuple):
    """The ladder and what else may end a trade.

    `targets_r`, `close_fractions` and `stops_after_r` have one entry per rung; the last rung closes
    the rest. A stop of 0 R is break-even; NaN leaves the stop. A time limit of 0 is off.
    """

    targets_r: tuple[float, ...]
    close_fractions: tuple[float, ...]
    stops_after_r: tuple[float, ...]
    breakeven_cost_r: float
    time_stop_s: float
    stale_after_s: float
    stale_below_r: float
    trail_start_r: float
    trail_distance_r: float


class WeekendSettings(NamedTuple):
    """What Friday evening does to open trades (crypto is exempt) and when entries pause."""

    entries_stop_before_close_s: float
    losers_close_below_r: float
    winners_close_above_r: float
    halve_below_r: float
    gap_close_adverse_r: float


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """How often each stage works and how long it waits; nothing here is a literal elsewhere."""

    poll_interval_s: float
    entry_check_s: float
    spread_retry_s: float
    spread_sample_s: float
    spread_samples_max_count: int
    resting_check_s: float
    deals_check_s: float
    equity_low_step_base_fraction: float
    scan_after_midnight_s: float
    scan_after_weekend_s: float
    scan_symbols_per_cycle_count: int
    revalidate_waiting_setups: bool
    rollover_start_s: float
    rollover_end_s: float
    visible_grace_s: float
    unresolved_clean_reads_count: int
    unresolved_span_s: float
    blind_safe_after_s: float
    connected_before_entry_s: float
    reconnect_every_s: float
    flatten_retry_s: float
    requests_per_day_max_count: int
    price_retries_count: int
    save_at_least_every_s: float
    d1_bars_count: int
    h4_bars_count: int
    w1_bars_count: int
    mn1_bars_count: int


@dataclass(frozen=True, slots=True)
class AccountPin:
    """Which account may be traded at all (I14); empty strings and 0 pin nothing but are shown."""

    login: int
    server: str
    currency: str
    require_hedging: bool
    initial_balance_money: float


@dataclass(frozen=True, slots=True)
class SymbolSettings:
    """One traded symbol: our name, and what the broker may call it."""

    symbol: str
    broker_names: tuple[str, ...]
    asset_class: str
    is_volatile: bool
    trades_weekends: bool
    news_currencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommissionTerms:
    """Round-trip commission of an asset class: money per lot plus a share of the notional value."""

    asset_class: str
    money_per_lot: float
    notional_fraction: float


@dataclass(frozen=True, slots=True)
class BotSettings:
    """Everything the trader tuned, checked and converted, plus the firm's rules."""

    account: AccountPin
    preset: str
    phase: str
    firm_label: str
    rules: ChallengeRules
    firm_clock: FirmClock
    inactivity_alarm_days: int
    magic_base: int
    symbols: tuple[SymbolSettings, ...]
    broker_suffixes: tuple[str, ...]
    signal: SignalSettings
    entry: EntrySettings
    risk: RiskSettings
    sizing: SizingSettings
    leverages: tuple[LeverageTerms, ...]
    brakes: BrakeSettings
    breakers: BreakerSettings
    exits: ExitSettings
    weekend: WeekendSettings
    news: NewsPlan
    schedule: ScheduleSettings
    coast: CoastSettings
    exposure: ExposureSettings
    conduct: ConductSettings
    params_hash: str
    gate: GateSettings
    ladders: LossLadders
    commissions: tuple[CommissionTerms, ...] = ()
    firm_caps: FirmCaps = NO_FIRM_CAPS

    @property
    def admission(self) -> AdmissionSettings:
        """What an order is admitted by."""
        return AdmissionSettings(
            self.risk, self.firm_caps, self.gate.symbol_risk_equity_fraction_max
        )
