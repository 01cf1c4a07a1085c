"""Sections 1 to 5: the package's surface, its connection, its failures, its structures."""

from __future__ import annotations

SURFACE: dict[str, tuple[str, tuple[str, ...] | str]] = {
    "1.1": (
        "32 native functions, 3 helpers, 11 struct types, 223 constants, version and author",
        (
            "test_all_functions_are_there_under_their_names",
            "test_every_constant_has_the_value_of_the_package",
            "test_no_constant_is_offered_that_the_package_lacks",
            "test_every_struct_has_the_fields_of_the_package_in_order_and_type",
        ),
    ),
    "1.2": (
        "calling styles: no arguments, positional only, keywords allowed",
        (
            "test_functions_without_arguments_refuse_any",
            "test_positional_functions_refuse_keywords_with_a_type_error",
        ),
    ),
    "1.3": (
        "unknown keywords are silently ignored",
        (
            "test_keyword_functions_ignore_unknown_keywords",
            "test_misspelt_credentials_are_ignored_and_the_account_stays",
        ),
    ),
    "1.4": (
        "positions_get and orders_get use one filter, ticket before symbol before group",
        (
            "test_exactly_one_filter_counts_ticket_before_symbol_before_group",
            "test_a_filter_of_the_wrong_type_is_refused_by_name",
            "test_orders_are_filtered_like_positions",
        ),
    ),
    "1.5": (
        "history_*_get: two dates, or a ticket, or a position; dates never by keyword",
        (
            "test_what_the_package_itself_refuses_is_none_and_its_own_text",
            "test_order_deal_and_position_are_linked_and_found_by_each_id",
        ),
    ),
    "1.6": (
        "order_send takes a dictionary or keywords; `request=` is a request without keys",
        ("test_a_request_is_a_dictionary_or_keywords",),
    ),
    "1.7": (
        "login order; symbol_select selects by default; symbols_get positional",
        (
            "test_login_takes_login_password_server_in_this_order",
            "test_select_puts_in_unless_told_otherwise",
            "test_symbols_are_counted_listed_and_masked",
        ),
    ),
    "1.8": (
        "failed argument parsing and integers that do not fit are a SystemError",
        (
            "test_what_the_argument_parser_refuses_is_a_system_error",
            "test_an_integer_that_does_not_fit_is_a_system_error",
            "test_a_ticket_that_does_not_fit_is_a_system_error",
        ),
    ),
    "1.9": (
        "Buy, Sell and Close with their fixed deviation and ten tries",
        (
            "test_the_helpers_of_the_package_trade_and_close_everything",
            "test_the_helpers_try_ten_times_while_there_is_no_price_and_then_report_it",
            "test_the_close_helper_says_partially_when_one_position_is_frozen",
        ),
    ),
    "2.1": (
        "initialize: only the path positional, types strict",
        (
            "test_only_the_path_may_be_positional",
            "test_credentials_and_path_are_strictly_typed",
        ),
    ),
    "2.2": (
        "initialize ends attached, refused (-6) or not ready in time (-10005)",
        (
            "test_a_terminal_that_cannot_be_attached_says_why_and_stays_closed",
            "test_a_terminal_not_ready_within_the_timeout_is_10005_whatever_was_passed",
        ),
    ),
    "2.3": (
        "-10005 means not ready, also without credentials",
        ("test_a_terminal_not_ready_within_the_timeout_is_10005_whatever_was_passed",),
    ),
    "2.4": (
        "the timeout bounds only the wait; it is answered with False",
        ("test_a_timeout_is_answered_with_false_and_not_with_an_exception",),
    ),
    "2.5": (
        "which installation is taken without a path",
        "there is one simulated terminal and no folder to look for",
    ),
    "2.6": (
        "a failed initialize closes, a failed login does not; login needs a number",
        (
            "test_a_failed_initialize_closes_a_connection_that_stood",
            "test_a_refused_login_is_error_6_and_leaves_account_and_connection",
            "test_login_without_a_number_is_refused_by_the_package",
        ),
    ),
    "2.7": (
        "-7 for accounts with certificates, -10003 with a detail",
        ("test_a_terminal_that_cannot_be_attached_says_why_and_stays_closed",),
    ),
    "2.8": (
        "one connection, re-pointed by a second initialize; login switches the whole terminal",
        (
            "test_a_second_initialize_points_the_one_connection_anew",
            "test_login_switches_what_every_call_is_about",
            "test_an_account_nobody_looks_at_lives_on",
        ),
    ),
    "2.9": ("shutdown is always True", ("test_initialize_attaches_and_shutdown_lets_go",)),
    "2.10": (
        "without a connection version is zeros, everything else -10004",
        (
            "test_before_initialize_every_call_fails_with_no_connection",
            "test_version_names_line_build_and_date",
        ),
    ),
    "3.1": (
        "initialize, login, symbol_select: True or False",
        (
            "test_initialize_refuses_wrong_types_and_closes_the_connection",
            "test_unknown_symbols_fail_each_in_its_own_way",
        ),
    ),
    "3.2": (
        "market_book_add and _release: False with Success; None for a wrong argument",
        (
            "test_where_there_is_no_depth_add_is_false_and_last_error_success",
            "test_there_is_no_depth_of_market",
        ),
    ),
    "3.3": (
        "symbols_get is False for a wrong argument",
        ("test_symbols_are_counted_listed_and_masked",),
    ),
    "3.4": (
        "reads are None with last_error when they fail",
        ("test_what_the_terminal_refuses_is_none_with_its_words",),
    ),
    "3.5": (
        "order_send is None only when the request or its answer was lost",
        ("test_a_lost_answer_is_none_whether_or_not_the_request_was_executed",),
    ),
    "3.6": (
        "version fails with (0, 0, '')",
        ("test_a_failed_initialize_closes_a_connection_that_stood",),
    ),
    "3.7": (
        "nothing found is empty with Success",
        (
            "test_unknown_tickets_are_an_empty_answer_with_success",
            "test_an_empty_window_of_ticks_is_an_empty_array_with_success",
        ),
    ),
    "3.8": (
        "each call resets last_error, reading it does not",
        ("test_last_error_shows_the_most_recent_call_and_resets_nothing",),
    ),
    "3.9": (
        "unknown tickets are (), unknown symbols fail each in its own way",
        (
            "test_unknown_tickets_are_an_empty_answer_with_success",
            "test_unknown_symbols_fail_each_in_its_own_way",
            "test_bars_of_an_unknown_symbol_fail_and_its_ticks_are_not_found",
        ),
    ),
    "3.10": (
        "the package's own -2 texts differ from the terminal's",
        (
            "test_what_the_package_itself_refuses_is_none_and_its_own_text",
            "test_a_count_of_max_bars_or_more_fails_as_a_whole",
        ),
    ),
    "3.11": (
        "-8 belongs to order_send alone",
        ("test_trading_disabled_for_python_is_none_and_minus_8_not_a_retcode",),
    ),
    "4.1": (
        "a hung terminal hangs the caller",
        ("test_n06_a_hanging_call_is_bounded_by_the_caller_alone",),
    ),
    "4.2": (
        "a lost terminal is -10001 or -10002, then -10004 or -10001 for ever",
        ("test_b39_a_killed_terminal_answers_nothing_until_attached_again",),
    ),
    "4.3": (
        "-10000 when answers are out of step, until attached again (when told to)",
        ("test_answers_out_of_step_are_minus_10000_until_attached_again",),
    ),
    "4.4": (
        "without a server link cached data is served and trading is refused",
        ("test_without_a_link_cached_data_is_served_and_trading_is_10031",),
    ),
    "4.5": (
        "an update restarts the terminal with another build",
        ("test_b39_a_killed_terminal_answers_nothing_until_attached_again",),
    ),
    "4.6": (
        "after a login history has to arrive anew",
        ("test_after_a_login_everything_has_to_arrive_anew",),
    ),
    "4.7": (
        "latencies seen in the field (none unless told to)",
        ("test_answers_take_the_time_that_waiting_is_told_to_take",),
    ),
    "5.1": (
        "results are struct sequences without what named tuples add",
        (
            "test_there_is_nothing_of_a_named_tuple",
            "test_asdict_is_shallow_and_in_order",
            "test_results_are_struct_sequences_and_never_named_tuples",
        ),
    ),
    "5.2": (
        "each field has its declared type",
        ("test_values_in_results_have_exactly_the_declared_types",),
    ),
    "5.3": (
        "bars and ticks are packed and read-only",
        ("test_bars_and_ticks_are_packed_and_read_only",),
    ),
    "5.4": (
        "group masks: stars, exclusions, nothing else",
        (
            "test_group_masks_know_only_stars_and_exclusions",
            "test_a_group_longer_than_1997_units_is_refused",
        ),
    ),
    "5.5": (
        "requests are parsed by strict types",
        (
            "test_a_price_or_volume_that_is_not_a_float_is_refused_by_name",
            "test_a_whole_number_where_a_price_belongs_is_never_accepted",
            "test_an_integer_key_takes_true_integers_only",
            "test_numpy_doubles_booleans_and_int_enums_pass",
        ),
    ),
    "5.6": (
        "comment and symbol have at most 29 UTF-16 units",
        ("test_a_comment_has_at_most_29_utf16_units",),
    ),
}
