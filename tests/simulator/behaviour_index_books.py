"""Sections 12 to 17: triggers, what orders leave behind, money, and what follows for clients."""

from __future__ import annotations

CLIENT = "a duty of the client, not a behaviour of the terminal"

BOOKS: dict[str, tuple[str, tuple[str, ...] | str]] = {
    "12.1": (
        "buys fill at the ask and close at the bid, sells the reverse",
        (
            "test_a_buy_opens_at_the_ask_and_closes_at_the_bid",
            "test_a_sell_opens_at_the_bid_and_closes_at_the_ask",
            "test_a_resting_order_shows_the_side_it_waits_for",
        ),
    ),
    "12.2": (
        "the stops level and from where it is measured",
        (
            "test_the_stops_level_is_measured_from_the_closing_side_or_the_order_price",
            "test_a_pending_order_keeps_the_stops_level_from_the_market",
        ),
    ),
    "12.3": (
        "the freeze level forbids change, removal and closing",
        ("test_inside_the_freeze_level_nothing_can_be_changed",),
    ),
    "12.4": (
        "each pending kind has its side; an exchange executes limits at once",
        (
            "test_a_pending_order_belongs_on_its_own_side_of_the_market",
            "test_on_an_exchange_a_limit_order_behind_the_market_executes_at_once",
        ),
    ),
    "12.5": (
        "which side of the quote triggers what; a stop-limit keeps its ticket",
        (
            "test_a_pending_order_fills_on_its_own_side_of_the_quote",
            "test_a_stop_limit_order_becomes_a_limit_order_of_the_same_ticket",
            "test_a_long_stop_is_hit_by_bid_not_by_ask",
            "test_a_short_stop_is_hit_by_ask_alone_when_the_spread_widens",
        ),
    ),
    "12.6": (
        "stops fill at the first price behind a gap, targets at their level or better",
        (
            "test_a_stop_jumped_by_a_gap_fills_at_the_first_price_behind_it",
            "test_a_stop_order_is_never_filled_at_its_level_through_a_gap",
            "test_a_stop_loss_is_never_filled_at_its_level_through_a_gap",
            "test_a_target_jumped_by_a_gap_fills_at_its_level_unless_the_account_says_better",
        ),
    ),
    "12.7": (
        "one quote hits one level; an order and its stop in one gap take two quotes",
        (
            "test_one_quote_hits_the_stop_or_the_target_and_never_both",
            "test_an_order_and_its_stop_in_one_gap_open_now_and_stop_at_the_next_quote",
        ),
    ),
    "12.8": (
        "an order without margin is cancelled; its levels pass to the position",
        (
            "test_a_pending_order_without_margin_is_cancelled_instead_of_filled",
            "test_a_triggered_pending_order_is_netted_like_a_market_order",
        ),
    ),
    "12.9": (
        "expiry by time type, state 6; the symbol's mode at day change",
        (
            "test_an_order_ends_by_its_time_type_and_is_then_expired",
            "test_the_symbols_gtc_mode_decides_what_survives_the_day",
        ),
    ),
    "12.10": (
        "a closed session refuses, and triggers wait for the next",
        (
            "test_outside_the_session_nothing_is_traded_or_changed",
            "test_in_a_closed_session_triggers_wait_for_the_first_quote_of_the_next",
        ),
    ),
    "13.1": (
        "request, order, deal, position; a filled order has nothing left (and does not linger)",
        (
            "test_a_market_order_is_in_history_as_filled_with_nothing_left",
            "test_initial_volume_is_what_was_dealt_and_what_is_left",
        ),
    ),
    "13.2": (
        "ticket, identifier and position id of openers and closers",
        (
            "test_openers_and_closers_carry_the_identifier_and_pending_orders_none",
            "test_a_larger_opposite_order_reverses_in_one_deal_and_keeps_the_identifier",
            "test_swap_can_be_charged_by_reopening_the_position",
        ),
    ),
    "13.3": (
        "hedging: a partial close keeps all but the volume; odd rests are allowed",
        (
            "test_a_partial_close_keeps_ticket_open_price_levels_and_comment",
            "test_a_rest_below_the_minimum_may_stay_and_may_be_closed",
        ),
    ),
    "13.4": (
        "a partly filled order stands beside its position and revives it",
        (
            "test_return_leaves_the_rest_as_a_partial_order_which_the_next_quotes_fill",
            "test_a_partly_filled_order_revives_its_position_after_a_close",
        ),
    ),
    "13.5": (
        "netting: increase, reduction, reversal, and whose levels count",
        (
            "test_the_same_side_adds_to_the_position_at_the_weighted_opening_price",
            "test_the_opposite_side_reduces_and_at_the_end_closes",
            "test_a_larger_opposite_order_reverses_in_one_deal_and_keeps_the_identifier",
            "test_levels_are_replaced_on_increase_and_reversal_and_untouched_on_reduction",
        ),
    ),
    "13.6": (
        "time_update moves with the volume; profit is without swap and commission",
        (
            "test_time_update_moves_with_the_volume_alone",
            "test_profit_of_a_position_is_without_swap_and_commission",
        ),
    ),
    "13.7": (
        "magic and comment of an exit are the closing request's, or the level's",
        (
            "test_the_closing_request_gives_the_exit_its_magic_and_comment",
            "test_a_manual_close_carries_no_magic_no_comment_and_its_own_reason",
            "test_a_stop_or_target_keeps_the_magic_and_names_the_level_not_the_fill",
        ),
    ),
    "13.8": (
        "reasons of deals; stop-out comments begin with so",
        (
            "test_a_stop_or_target_keeps_the_magic_and_names_the_level_not_the_fill",
            "test_a_stop_out_has_its_reason_and_a_comment_that_begins_with_so",
            "test_swap_can_be_charged_by_reopening_the_position",
            "test_money_moves_are_deals_of_their_own_kind_and_not_of_any_position",
        ),
    ),
    "13.9": (
        "balance operations are deals of their own",
        (
            "test_money_moves_are_deals_of_their_own_kind_and_not_of_any_position",
            "test_credit_is_equity_and_not_balance",
        ),
    ),
    "13.10": (
        "a new position can be invisible for a while",
        (
            "test_a_new_position_can_be_invisible_for_a_while",
            "test_b07_what_was_done_is_not_listed_until_the_delay_is_over",
        ),
    ),
    "14.1": (
        "profit by calculation mode, options left out",
        ("test_profit_follows_the_calculation_mode",),
    ),
    "14.2": (
        "gains convert at the worse, losses at the dearer side",
        (
            "test_tick_values_convert_gains_at_the_worse_and_losses_at_the_dearer_side",
            "test_a_direct_cross_gives_gains_at_bid_and_losses_at_ask",
            "test_the_euro_of_a_demo_server_converts_ticks_as_recorded",
            "test_tick_values_are_0_while_the_cross_is_not_selected",
        ),
    ),
    "14.3": (
        "the calculators: market kinds, isolated orders, positive prices",
        (
            "test_the_calculators_agree_with_what_trading_books",
            "test_the_calculators_refuse_what_cannot_be_computed",
            "test_pending_types_need_no_margin",
            "test_an_isolated_margin_ignores_what_is_open",
        ),
    ),
    "14.4": (
        "margin by calculation mode (options are not modelled), rate and initial margin",
        (
            "test_margin_follows_the_calculation_mode",
            "test_margin_follows_the_kind_of_instrument",
            "test_an_initial_margin_overrides_the_formula",
            "test_the_margin_rate_multiplies_whatever_the_formula_says",
            "test_gold_in_forex_mode_is_margined_as_reported_by_a_terminal",
        ),
    ),
    "14.5": (
        "margin of hedged volume, and of the larger leg alone",
        (
            "test_covered_volume_is_margined_as_the_symbol_says",
            "test_a_full_hedge_needs_no_free_margin_by_the_leg_rule",
        ),
    ),
    "14.6": (
        "equity, free margin and margin level",
        ("test_account_figures_fit_together",),
    ),
    "14.7": (
        "swap modes 0 to 8, the triple night, booked on the exit pro rata",
        (
            "test_swap_is_computed_by_the_symbols_mode",
            "test_swap_can_be_charged_by_reopening_the_position",
            "test_wednesday_night_pays_three_and_the_weekend_none",
            "test_swap_counts_in_equity_and_is_booked_on_the_exit_pro_rata",
        ),
    ),
    "14.8": (
        "commission at entry, half and half, or daily; fee; a trade is the sum of its deals",
        (
            "test_commission_per_lot_is_booked_where_the_account_says",
            "test_a_daily_commission_is_one_deal_of_its_own_at_midnight",
            "test_a_fee_is_charged_at_once_on_every_deal",
            "test_a_trade_is_the_sum_of_all_deals_of_its_position",
        ),
    ),
    "14.9": (
        "stop-out: the worst first, then looked at again; the balance can go below zero",
        (
            "test_the_server_closes_when_equity_is_half_the_margin",
            "test_a_stop_out_in_money_looks_at_equity_alone",
            "test_the_most_losing_position_goes_first_and_the_rest_only_if_needed",
            "test_a_gap_can_leave_a_negative_balance",
        ),
    ),
    "15.1": (
        "what is known not to be sent leaves no trace; lost answers look alike",
        (
            "test_what_is_known_not_to_be_sent_leaves_no_trace",
            "test_a_lost_request_and_a_lost_answer_look_alike_and_are_not",
        ),
    ),
    "15.2": ("how a client prepares a request", CLIENT),
    "15.3": ("how a client searches for an outcome", CLIENT),
    "15.4": (
        "10036 or () after a close, 10025 after a change, may mean done",
        ("test_closing_twice_says_the_position_is_gone_and_setting_again_that_nothing_changes",),
    ),
    "15.5": ("what a client does at its start", CLIENT),
    "16.1": ("ten rules that follow", CLIENT),
    "17.1": (
        "gold of a demo server",
        (
            "test_gold_of_a_demo_server_pays_the_swap_its_terminal_reported",
            "test_gold_in_forex_mode_is_margined_as_reported_by_a_terminal",
        ),
    ),
    "17.2": (
        "the euro of a demo server",
        ("test_the_euro_of_a_demo_server_converts_ticks_as_recorded",),
    ),
}
