"""Sections 10 and 11: answers, the order of the checks, and actions."""

from __future__ import annotations

CLIENT = "a duty of the client, not a behaviour of the terminal"
PRECEDENCE = "test_of_two_things_wrong_the_earlier_check_answers"

TRADING: dict[str, tuple[str, tuple[str, ...] | str]] = {
    "10.1": (
        "order_check: 0 and the account after the trade, or a code and zeros",
        (
            "test_an_order_check_that_passes_is_retcode_0_and_changes_nothing",
            "test_an_order_check_that_fails_has_every_number_0",
            "test_order_check_looks_at_neither_sessions_nor_prices",
            "test_order_check_shows_the_margin_after_a_close_too",
        ),
    ),
    "10.2": (
        "a refusal of the terminal: zeros, request_id 0, the request echoed",
        (
            "test_a_refusal_echoes_the_request_and_shows_nothing_else",
            "test_a_refusal_of_the_terminal_has_request_id_0_and_the_servers_counts_up",
        ),
    ),
    "10.3": (
        "answers of the server count their request ids",
        ("test_a_refusal_of_the_terminal_has_request_id_0_and_the_servers_counts_up",),
    ),
    "10.4": (
        "a deal answers 10009 with tickets, volume, price and quote",
        ("test_a_deal_answers_with_tickets_volume_price_and_quote",),
    ),
    "10.5": (
        "a placed order answers 10009 without deal or price",
        ("test_a_placed_order_answers_10009_without_deal_or_price",),
    ),
    "10.6": ("changed levels answer with zeros", ("test_changed_levels_answer_with_zeros",)),
    "10.7": (
        "10008 is accepted and not executed; a rejection can follow",
        (
            "test_without_any_volume_left_return_is_accepted_and_waits",
            "test_b05_a_placed_market_deal_may_be_rejected_in_the_end",
        ),
    ),
    "10.8": (
        "10010 says what was done, 10004 shows the new quote",
        (
            "test_immediate_or_cancel_takes_what_there_is_and_cancels_the_rest",
            "test_a_requote_shows_the_new_quote",
        ),
    ),
    "10.9": ("which codes a client counts as success", CLIENT),
    "10.10": (
        "wrong types and long texts: None and -2",
        ("test_requests_are_parsed_by_the_types_and_limits_of_the_contract",),
    ),
    "10.11": (
        "switches: -8, 10027, 10026",
        (
            "test_a_disabled_python_interface_is_none_before_any_retcode",
            "test_the_button_is_asked_before_the_account_and_the_link",
            PRECEDENCE,
        ),
    ),
    "10.12": ("no server link: 10031", (PRECEDENCE,)),
    "10.13": (
        "no sense in action, symbol, direction or type: 10013, 10035",
        (
            "test_a_request_that_makes_no_sense_is_refused_by_its_form",
            "test_a_close_in_the_positions_own_direction_is_invalid",
            PRECEDENCE,
        ),
    ),
    "10.14": (
        "trade mode: 10017, 10042, 10043, 10044",
        ("test_the_trade_mode_of_the_symbol_decides_what_may_open", PRECEDENCE),
    ),
    "10.15": (
        "a kind of order the symbol does not take: 10035",
        ("test_an_order_kind_missing_from_the_mask_is_prohibited", PRECEDENCE),
    ),
    "10.16": (
        "a filling that is not allowed: 10030",
        ("test_filling_follows_execution_mode_and_mask", PRECEDENCE),
    ),
    "10.17": (
        "volume outside minimum, maximum, step: 10014",
        ("test_volume_keeps_to_minimum_maximum_and_step", PRECEDENCE),
    ),
    "10.18": (
        "prices off the market, the grid or the stops level: 10015, 10004",
        (
            "test_instant_execution_fills_within_the_deviation_or_requotes",
            "test_a_pending_order_belongs_on_its_own_side_of_the_market",
            "test_a_pending_price_is_positive_finite_and_on_the_tick_grid",
        ),
    ),
    "10.19": (
        "levels on the wrong side or too near: 10016",
        ("test_stops_and_targets_lie_on_their_sides", PRECEDENCE),
    ),
    "10.20": (
        "an expiry that is not permitted, missing or past: 10022",
        ("test_expiry_must_be_a_permitted_kind_and_not_past",),
    ),
    "10.21": (
        "inside the freeze level: 10029",
        (
            "test_inside_the_freeze_level_nothing_can_be_changed",
            "test_inside_the_freeze_level_a_netted_position_is_not_reduced",
        ),
    ),
    "10.22": (
        "no session 10018, no quotes 10021",
        (
            "test_outside_the_session_nothing_is_traded_or_changed",
            "test_a_symbol_without_a_recent_quote_is_not_traded",
            PRECEDENCE,
        ),
    ),
    "10.23": (
        "what is gone: 10036 for positions, 10013 for orders",
        ("test_what_is_gone_has_its_own_code_per_action",),
    ),
    "10.24": (
        "too much to close 10038, already being closed 10039",
        (
            "test_a_close_takes_at_most_what_is_open",
            "test_the_rest_of_a_close_waits_and_no_second_close_is_taken_meanwhile",
        ),
    ),
    "10.25": (
        "limits of orders 10033, volume 10034, positions 10040",
        (
            "test_orders_positions_and_volume_have_limits",
            "test_the_limits_count_what_the_net_position_becomes",
        ),
    ),
    "10.26": (
        "FIFO 10045, hedging prohibited 10046",
        (
            "test_on_a_fifo_account_the_oldest_position_is_closed_first",
            "test_where_hedging_is_prohibited_nothing_is_opened_against_a_position",
        ),
    ),
    "10.27": (
        "not enough money: 10019",
        ("test_an_order_whose_margin_exceeds_free_equity_is_refused_to_the_cent", PRECEDENCE),
    ),
    "10.28": ("nothing changes: 10025", ("test_nothing_changed_is_said_and_not_done",)),
    "10.29": (
        "in process 10028, changed 10023, too many 10024",
        (
            "test_b10_the_server_refuses_with_any_code",
            "test_b18_requests_beyond_the_limit_of_a_span_are_too_many",
        ),
    ),
    "10.30": (
        "the dealer refuses, cancels, does not answer: 10006, 10007, 10012, 10011",
        (
            "test_b10_the_server_refuses_with_any_code",
            "test_fill_or_kill_takes_all_or_nothing",
        ),
    ),
    "10.31": (
        "activation refused; 10032, demo not permitted, is left to the faults",
        (
            "test_a_pending_order_without_margin_is_cancelled_instead_of_filled",
            "test_b46_a_triggered_order_is_deleted_instead_of_filled",
        ),
    ),
    "11.1": (
        "DEAL: price and deviation count in Request and Instant execution only",
        (
            "test_instant_execution_fills_within_the_deviation_or_requotes",
            "test_market_execution_ignores_price_and_deviation",
            "test_b24_an_entry_loses_its_levels_without_a_word",
        ),
    ),
    "11.2": (
        "DEAL with a position closes; without one it hedges, or nets by symbol",
        (
            "test_an_opposite_order_without_ticket_opens_a_second_position",
            "test_a_close_in_the_positions_own_direction_is_invalid",
            "test_the_symbol_decides_whatever_ticket_a_deal_names",
        ),
    ),
    "11.3": (
        "SLTP replaces both levels; netting takes the symbol alone",
        (
            "test_both_levels_are_replaced_and_an_omitted_one_is_removed",
            "test_levels_of_a_netted_position_are_set_by_symbol_alone",
            "test_levels_by_symbol_need_a_netting_account_and_a_position",
        ),
    ),
    "11.4": (
        "PENDING of all six kinds, RETURN and FOK accepted",
        (
            "test_a_pending_order_fills_on_its_own_side_of_the_quote",
            "test_filling_follows_execution_mode_and_mask",
        ),
    ),
    "11.5": (
        "MODIFY resets what is not given, never volume and kind",
        ("test_a_modified_order_resets_what_is_not_given_and_keeps_volume_and_kind",),
    ),
    "11.6": (
        "REMOVE takes the order alone, and once",
        (
            "test_a_removed_order_is_in_history_as_cancelled",
            "test_removing_an_order_twice_is_an_invalid_request",
        ),
    ),
    "11.7": (
        "CLOSE_BY at the other's opening price, two deals OUT_BY, hedging accounts only",
        (
            "test_opposite_positions_close_by_each_other_without_spread",
            "test_positions_of_one_side_cannot_close_each_other",
            "test_positions_cannot_be_closed_by_each_other_where_there_is_only_one",
        ),
    ),
    "11.8": (
        "the mask is not the filling; FOK, IOC, RETURN, BOC do as they are called",
        (
            "test_filling_modes_are_the_mask_of_fok_and_ioc",
            "test_fill_or_kill_takes_all_or_nothing",
            "test_immediate_or_cancel_takes_what_there_is_and_cancels_the_rest",
            "test_return_leaves_the_rest_as_a_partial_order_which_the_next_quotes_fill",
            "test_book_or_cancel_never_executes_at_once",
        ),
    ),
    "11.9": (
        "Request and Instant: every filling, BOC for limits",
        ("test_filling_follows_execution_mode_and_mask",),
    ),
    "11.10": (
        "Market: FOK and IOC by bit, RETURN never at market (pending orders may)",
        ("test_filling_follows_execution_mode_and_mask",),
    ),
    "11.11": (
        "Exchange: FOK and IOC by bit, RETURN always",
        (
            "test_filling_follows_execution_mode_and_mask",
            "test_a_triggered_order_is_filled_by_its_mode",
        ),
    ),
}
