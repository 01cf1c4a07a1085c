"""The records of a walk's memory, field by field.

Money that the broker books is in whole cents (`_minor`), as the server keeps it.
"""

from __future__ import annotations

import numpy as np

from bot.backtest.kinds import (
    ENTRY_SLIPS_MAX_COUNT,
    FALLING_MAX_COUNT,
    NOTES_KEPT_COUNT,
    REFUSALS_COUNT,
    SLIPS_KEPT_COUNT,
    SYMBOLS_MAX_COUNT,
    HaltKind,
    Trigger,
)

SLOT = np.dtype(
    [
        ("status", "i8"),
        ("setup_id", "i8"),
        ("side", "i8"),
        ("entry_price", "f8"),
        ("stop_price", "f8"),
        ("points", "f8"),
        ("created_s", "f8"),
        ("expires_s", "f8"),
        ("since_s", "f8"),
        ("distance_r", "f8"),
        ("attempts_count", "i8"),
        ("refusal", "i8"),
        ("blocked_until_s", "f8"),
        ("scanned_bar_s", "f8"),
        # the broker's book
        ("cursor", "i8"),
        ("has_order", "?"),
        ("has_position", "?"),
        ("order_lots", "f8"),
        ("order_price", "f8"),
        ("open_price", "f8"),
        ("opened_s", "f8"),
        ("lots", "f8"),
        ("stop_level", "f8"),
        ("target_level", "f8"),
        ("swap_minor", "i8"),
        ("margin_money", "f8"),
        # the ladder
        ("is_adopted", "?"),
        ("one_r_price", "f8"),
        ("lots_opened", "f8"),
        ("filled_lots", "f8"),
        ("risk_money", "f8"),
        ("rungs_count", "i8"),
        ("ladder_stop_price", "f8"),
        ("last_price", "f8"),
        ("keep_lots", "f8"),
        ("close_reason", "i8"),
        ("weekend_day", "i8"),
        ("stop_edited_s", "f8"),
        ("wanted_since_s", "f8"),
        # the trade as it comes to be
        ("gross_minor", "i8"),
        ("commission_minor", "i8"),
        ("swap_booked_minor", "i8"),
        ("closed_lots", "f8"),
        ("closed_value", "f8"),
        ("closed_s", "f8"),
        ("deal_reason", "i8"),
        ("stop_fill_price", "f8"),
        ("lowest_r", "f8"),
        ("highest_r", "f8"),
        # what is known of the contract
        ("spec_at_s", "f8"),
        ("loss_money_per_price", "f8"),
        ("gain_money_per_price", "f8"),
        ("probe_at_s", "f8"),
        ("probe_loss", "f8"),
        ("probe_ask_price", "f8"),
        ("probe_margin_money", "f8"),
        ("case_version", "i8"),
        ("case_stop_money", "f8"),
        ("case_commission_money", "f8"),
        ("case_total_money", "f8"),
        ("spread_sample", "i8"),
        ("own_sample", "i8"),
        ("spread_limit_price", "f8"),
        ("slippage_r", "f8"),
        ("slips_count", "i8"),
        ("slips_r", "f8", (SLIPS_KEPT_COUNT,)),
    ],
    align=True,
)

_HALT = np.dtype(
    [
        ("on", "?"),
        ("day", "i8"),
        ("needs_person", "?"),
        ("is_confirmed", "?"),
        ("since_s", "f8"),
    ],
    align=True,
)

_TRIP = np.dtype(
    [
        ("on", "?"),
        ("action", "i8"),
        ("day", "i8"),
        ("since_s", "f8"),
        ("healed_s", "f8"),
        ("is_flat_asked", "?"),
    ],
    align=True,
)

_NOTE = np.dtype(
    [("setup_id", "i8"), ("symbol", "i8"), ("at_s", "f8"), ("risk_fraction", "f8")], align=True
)

ACCOUNT = np.dtype(
    [
        ("now_s", "f8"),
        ("end_s", "f8"),
        ("start_s", "f8"),
        ("busy_until_s", "f8"),
        ("wake_s", "f8"),
        ("window", "i8"),
        ("scan", "i8"),
        ("group", "i8"),
        ("version", "i8"),
        ("looked_version", "i8"),
        ("cycle", "i8"),
        ("cycles_count", "i8"),
        ("live_count", "i8"),
        ("live", "i8", (SYMBOLS_MAX_COUNT,)),
        ("next_setup_id", "i8"),
        ("next_midnight_s", "f8"),
        ("midnight", "i8"),
        ("is_full", "?"),
        ("was_flattening", "?"),
        # money
        ("balance_minor", "i8"),
        ("equity_minor", "i8"),
        ("margin_minor", "i8"),
        ("peak_minor", "i8"),
        ("gross_minor", "i8"),
        ("commission_minor", "i8"),
        ("swap_minor", "i8"),
        ("deals_count", "i8"),
        ("trades_count", "i8"),
        ("days_count", "i8"),
        # the day
        ("day", "i8"),
        ("base_money", "f8"),
        ("start_balance_money", "f8"),
        ("trail_peak_money", "f8"),
        ("trail_floor_money", "f8"),
        ("is_trail_locked", "?"),
        ("lowest_equity_money", "f8"),
        ("brake", "i8"),
        ("entries_count", "i8"),
        ("requests_count", "i8"),
        ("sent_count", "i8"),
        ("sent_before_count", "i8"),
        ("is_paused", "?"),
        ("opened_count", "i8"),
        ("closed_count", "i8"),
        ("opened_next_count", "i8"),
        ("closed_next_count", "i8"),
        ("firm_day_start_s", "f8"),
        ("firm_day_end_s", "f8"),
        # the phase
        ("first_day", "i8"),
        ("counted_days_count", "i8"),
        ("best_day_money", "f8"),
        ("positive_days_money", "f8"),
        ("verdict", "i8"),
        ("breach_reads_count", "i8"),
        ("is_target_announced", "?"),
        ("seen_at_s", "f8"),
        ("seen_balance_money", "f8"),
        ("seen_equity_money", "f8"),
        # sizing
        ("peak_money", "f8"),
        ("closed_money", "f8"),
        ("closed_since_s", "f8"),
        ("sizing_day", "i8"),
        ("sizing_start_equity_money", "f8"),
        # what conduct and breakers remember
        ("entered_cycle", "i8"),
        ("notes_count", "i8"),
        ("notes", _NOTE, (NOTES_KEPT_COUNT,)),
        ("halts", _HALT, (len(HaltKind),)),
        ("trips", _TRIP, (len(Trigger),)),
        ("losses_after_setup_id", "i8"),
        ("rapid_reads_count", "i8"),
        ("falling_count", "i8"),
        ("falling_s", "f8", (FALLING_MAX_COUNT + 1,)),
        ("falling_money", "f8", (FALLING_MAX_COUNT + 1,)),
        ("entry_slips_count", "i8"),
        ("entry_slips_r", "f8", (ENTRY_SLIPS_MAX_COUNT,)),
        ("spread_due_s", "f8"),
        ("clean_reads_count", "i8"),
        ("connected_s", "f8"),
        ("refusals_count", "i8", (REFUSALS_COUNT,)),
        ("setups_count", "i8"),
        ("dropped_far_count", "i8"),
        ("dropped_old_count", "i8"),
        ("dropped_stop_count", "i8"),
        ("dropped_thesis_count", "i8"),
    ],
    align=True,
)

TRADE = np.dtype(
    [
        ("setup_id", "i8"),
        ("symbol", "i8"),
        ("side", "i8"),
        ("opened_s", "f8"),
        ("closed_s", "f8"),
        ("firm_day", "i8"),
        ("planned_price", "f8"),
        ("stop_price", "f8"),
        ("open_price", "f8"),
        ("close_price", "f8"),
        ("lots", "f8"),
        ("points", "f8"),
        ("risk_money", "f8"),
        ("gross_minor", "i8"),
        ("commission_minor", "i8"),
        ("swap_minor", "i8"),
        ("net_minor", "i8"),
        ("result_r", "f8"),
        ("lowest_r", "f8"),
        ("highest_r", "f8"),
        ("reason", "i8"),
        ("rungs_count", "i8"),
    ],
    align=True,
)
"""A closed trade; `reason` is an `ExitReason`, `lowest_r` and `highest_r` its worst and best."""

DEAL = np.dtype(
    [
        ("time_s", "f8"),
        ("symbol", "i8"),
        ("setup_id", "i8"),
        ("kind", "i8"),
        ("side", "i8"),
        ("lots", "f8"),
        ("price", "f8"),
        ("profit_minor", "i8"),
        ("commission_minor", "i8"),
        ("swap_minor", "i8"),
        ("reason", "i8"),
    ],
    align=True,
)
"""A deal as the server would book it; `side` is the deal's own, `reason` the package's code."""

DAY = np.dtype(
    [
        ("day", "i8"),
        ("base_money", "f8"),
        ("balance_money", "f8"),
        ("equity_money", "f8"),
        ("lowest_equity_money", "f8"),
        ("entries_count", "i8"),
        ("is_counted", "?"),
    ],
    align=True,
)
"""A closed day of the firm."""
