"""Sections 6 to 9: time, symbols, history and permissions."""

from __future__ import annotations

CLIENT = "a duty of the client, not a behaviour of the terminal"

READS: dict[str, tuple[str, tuple[str, ...] | str]] = {
    "6.1": (
        "every stamp is the server's wall clock, New York + 7 h",
        (
            "test_every_stamp_is_the_servers_wall_clock",
            "test_the_server_is_seven_hours_ahead_of_new_york_through_both_changeovers",
            "test_the_hosts_clock_has_no_say",
        ),
    ),
    "6.2": ("how to derive the offset", CLIENT),
    "6.3": (
        "dates: int, float or datetime, naive in the host's zone, 32 bits, zero is none",
        (
            "test_other_kinds_of_dates_are_refused_by_every_call",
            "test_a_naive_date_is_read_in_the_hosts_zone",
            "test_dates_are_cut_to_whole_seconds",
            "test_an_integer_past_2038_is_a_system_error",
            "test_a_float_or_datetime_past_2038_wraps_to_1901",
            "test_zero_is_no_date_to_any_call",
        ),
    ),
    "6.4": (
        "10:00 on the server is asked for as 10:00 UTC; a day ahead contains the newest",
        (
            "test_ten_oclock_on_the_server_is_asked_for_as_ten_oclock_utc",
            "test_a_day_ahead_is_sure_to_contain_the_newest_deals",
        ),
    ),
    "6.5": (
        "deals can reach the history after the answer",
        ("test_deals_and_finished_orders_can_reach_the_history_after_the_answer",),
    ),
    "6.6": (
        "an expiry is compared with the server's clock",
        ("test_an_expiry_is_compared_with_the_servers_clock",),
    ),
    "7.1": (
        "names carry the broker's decoration",
        ("test_names_may_carry_the_brokers_decoration",),
    ),
    "7.2": (
        "outside Market Watch there is no tick; crosses are selected unseen; use forbids removal",
        (
            "test_a_symbol_outside_market_watch_has_a_description_but_no_tick",
            "test_an_unselected_symbol_has_no_prices_to_trade_at",
            "test_crosses_for_conversion_are_selected_without_being_shown",
            "test_a_cross_stays_selected_while_an_open_position_needs_it",
            "test_a_symbol_in_use_cannot_be_deselected",
        ),
    ),
    "7.3": (
        "the first tick after select can take a while",
        ("test_the_first_tick_after_select_can_take_a_while",),
    ),
    "7.4": (
        "ticks never expire",
        (
            "test_a_dead_feed_shows_its_last_tick_for_days_and_the_spread_of_now",
            "test_the_last_tick_is_on_the_servers_clock_and_never_ages",
        ),
    ),
    "7.5": (
        "spread is in points of now; the tick size may be coarser than the point",
        (
            "test_a_dead_feed_shows_its_last_tick_for_days_and_the_spread_of_now",
            "test_a_tick_size_coarser_than_the_point_is_the_grid",
        ),
    ),
    "7.6": (
        "tick flags name the changed sides; last and volume are 0 over the counter",
        (
            "test_flags_tell_which_side_of_the_last_quote_changed",
            "test_over_the_counter_ticks_have_no_last_price_and_no_volume",
            "test_a_symbol_shows_its_contract_quote_and_day",
        ),
    ),
    "7.7": (
        "bars are bids, their spread the narrowest",
        ("test_bars_are_made_of_bids_and_their_spread_is_the_narrowest",),
    ),
    "8.1": (
        "bars ascend, 0 is the forming one, ranges contain both ends, weeks open on Sunday",
        (
            "test_positions_count_back_from_the_forming_bar",
            "test_from_a_date_back_means_bars_opening_by_it",
            "test_a_range_contains_both_its_ends",
            "test_weeks_open_on_sunday_months_on_the_first_days_at_midnight",
        ),
    ),
    "8.2": (
        "a count of max bars or more fails as a whole",
        (
            "test_a_count_of_max_bars_or_more_fails_as_a_whole",
            "test_a_range_as_long_as_the_bar_limit_fails_as_a_whole",
            "test_fewer_bars_than_asked_for_are_a_shorter_array_and_no_error",
        ),
    ),
    "8.3": (
        "a first request is partial or fails until the history is here",
        (
            "test_the_first_request_is_partial_until_the_history_has_arrived",
            "test_with_nothing_local_the_first_request_fails_and_starts_the_download",
            "test_an_empty_window_of_ticks_is_an_empty_array_with_success",
        ),
    ),
    "8.4": (
        "tick requests can wait 45 s, and long ranges hang (when told to)",
        ("test_a_request_for_ticks_can_wait_45_seconds_and_one_for_months_for_ever",),
    ),
    "8.5": (
        "tick requests have a grain of one second",
        (
            "test_ticks_come_from_a_whole_second_on_and_tell_which_side_moved",
            "test_a_range_of_ticks_is_cut_at_whole_seconds_and_at_now",
        ),
    ),
    "8.6": (
        "deals by ticket fail with -2 on some terminals (when told to)",
        ("test_on_some_terminals_deals_by_ticket_are_refused_and_by_position_found",),
    ),
    "8.7": (
        "a filled limit order stands twice in the history of one broker (when told to)",
        ("test_one_broker_lists_a_filled_limit_order_twice_under_one_ticket",),
    ),
    "9.1": (
        "the AutoTrading button: 10027",
        ("test_each_switch_refuses_with_its_own_code_and_order_check_says_so_too",),
    ),
    "9.2": (
        "trading from Python disabled: None and -8",
        ("test_trading_disabled_for_python_is_none_and_minus_8_not_a_retcode",),
    ),
    "9.3": (
        "experts forbidden for the account: 10026",
        ("test_each_switch_refuses_with_its_own_code_and_order_check_says_so_too",),
    ),
    "9.4": (
        "no trading for the account or no link: 10017 or 10031",
        ("test_each_switch_refuses_with_its_own_code_and_order_check_says_so_too",),
    ),
    "9.5": (
        "the symbol's trade mode: 10017, 10042, 10043, 10044",
        ("test_the_trade_mode_of_the_symbol_decides_what_may_open",),
    ),
    "9.6": (
        "no call presses a button; reading and order_check keep working",
        ("test_no_switch_stops_reading_and_history",),
    ),
}
