"""The parts of a firm's rule set that are facts to show, not rules to compute with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.params.base import Group

Ratio = Annotated[float, Field(gt=0.0, le=1_000.0)]
SharePct = Annotated[float, Field(ge=0.0, le=100.0)]
Amount = Annotated[float, Field(ge=0.0, le=100_000_000.0)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Text = Annotated[str, Field(min_length=1, max_length=1_000)]


class Leverage(Group):
    """Leverage 1:n by class."""

    forex: Ratio | None = None
    metals: Ratio | None = None
    indices: Ratio | None = None
    commodities: Ratio | None = None
    energies: Ratio | None = None
    oil: Ratio | None = None
    crypto: Ratio | None = None
    funded_indices: Ratio | None = None
    funded_commodities: Ratio | None = None


class Conduct(Group):
    """What the firm forbids; null or absent is not stated."""

    ea: (
        Literal[
            "allowed",
            "allowed_unique_strategy",
            "own_source_only",
            "paid_addon_required",
            "prohibited_except_preapproved_risk_tools",
        ]
        | None
    )
    sl_visible_on_server: bool | None = None
    hft_ban: bool | None = None
    grid_ban: bool | None = None
    hedging_ban: bool | None = None
    tick_scalping_ban: bool | None = None
    latency_arbitrage_ban: bool | None = None
    rollover_scalping_ban: bool | None = None
    bulk_simultaneous_trades_ban: bool | None = None
    one_sided_betting_ban: bool | None = None
    oversize_vs_history_ban: bool | None = None
    order_block_spam_ban: bool | None = None
    purposeful_news_trading_ban: bool | None = None
    gap_trading_ban: bool | None = None
    gap_trading_clause: Text | None = None
    cross_account_hedge_ban: bool | None = None
    same_account_hedge: Text | None = None
    copy_own_accounts: Text | None = None
    third_party_signals_ban: bool | None = None
    martingale: Text | None = None
    profit_day_manufacturing_ban: bool | None = None
    server_request_flood_ban: bool | None = None
    two_ips_at_once_ban: bool | None = None
    max_requests_per_day: Count | None = None
    requests_disable_account: Count | None = None
    max_positions_per_day: Count | None = None
    max_trades_per_day_warn: Count | None = None
    max_allocation_per_strategy: Amount | None = None
    max_share_trades_under_60s_pct: SharePct | None = None
    min_average_trade_seconds: Count | None = None
    quick_strike_seconds: Count | None = None


class Scaling(Group):
    """How a funded account grows."""

    milestone_pct: SharePct | None = None
    increase_pct: SharePct | None = None
    factor: Ratio | None = None
    period: Text | None = None
    needs_profitable_days: Count | None = None
    flat_required: bool | None = None
    payout_timer_resets: bool | None = None
    max_balance: Amount | None = None
    ladder_100k: tuple[Amount, ...] | None = None
    split_by_level: tuple[tuple[Amount, SharePct], ...] | None = None


class Funded(Group):
    """Payout terms."""

    split_start_pct: SharePct | None = None
    split_after_level1_pct: SharePct | None = None
    split_max_pct: SharePct | None = None
    first_payout_days: Count | None = None
    payout_every_days: Count | None = None
    min_payout: Amount | None = None
    min_payout_pct: SharePct | None = None
    min_payout_after_split: bool | None = None
    payout_fee_pct: SharePct | None = None
    payout_cap: tuple[tuple[Amount, Amount], ...] | None = None
    flat_before_payout: bool | None = None
    scaling: Scaling | None = None
    fixed_monthly: tuple[tuple[Amount, Amount], ...] | None = None
    fee_refund: Text | None = None


class Meta(Group):
    """Where the facts are from: grade A (the firm's own words) to D (inference), and their date."""

    confidence: Literal["A", "B", "C", "D"]
    facts_as_of: Text
    sources: Annotated[tuple[Text, ...], Field(min_length=1)]
    conflicts: tuple[Text, ...]
    unknown: tuple[Text, ...]
