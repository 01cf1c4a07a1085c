"""Parameters of time: how often each stage works, how long it waits, how much history it reads."""

from __future__ import annotations

from typing import Annotated

from bot.model.settings import ScheduleSettings
from bot.params.base import (
    Group,
    fraction,
    number,
    seconds_of_minutes,
    seconds_of_time,
    text,
)
from bot.params.entry import QueuesParams

_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_CLOCK_WORDS = "a server clock time HH:MM such as 23:50"


class ScheduleParams(Group):
    """Intervals, patience and history; times of day are the trade server's."""

    poll_interval_s: Annotated[
        float, number(10.0, 1.0, 60.0, "Pause between two cycles of the trading loop.")
    ]
    spread_sample_s: Annotated[
        float, number(300.0, 5.0, 3_600.0, "Pause between two samples of every symbol's spread.")
    ]
    spread_samples_max_count: Annotated[
        int, number(1_440, 20, 10_000, "Samples kept per symbol; older ones are forgotten.")
    ]
    deals_check_s: Annotated[
        float, number(60.0, 0.0, 900.0, "Pause between two readings of the account's deals.")
    ]
    equity_low_step_pct: Annotated[
        float,
        number(
            0.1,
            0.01,
            1.0,
            "A new low of the day's equity is recorded in steps of this, in percent of the day's "
            "base.",
        ),
    ]
    scan_after_midnight_min: Annotated[
        float, number(15.0, 1.0, 240.0, "Daily scan, this long after the server's midnight.")
    ]
    scan_after_weekend_min: Annotated[
        float, number(60.0, 1.0, 480.0, "The same on the first day of the week.")
    ]
    scan_symbols_per_cycle_count: Annotated[
        int, number(5, 1, 50, "Symbols one cycle scans at most, so that no cycle grows long.")
    ]
    rollover_start_time: Annotated[
        str, text("23:50", _CLOCK, _CLOCK_WORDS, "No entries and no stop edits from here ...")
    ]
    rollover_end_time: Annotated[
        str, text("00:15", _CLOCK, _CLOCK_WORDS, "... to here, over the server's midnight.")
    ]
    visible_grace_s: Annotated[
        float,
        number(20.0, 5.0, 120.0, "A done order or stop may stay invisible this long after it."),
    ]
    unresolved_clean_reads_count: Annotated[
        int,
        number(3, 2, 20, "Agreeing readings of the broker before an unanswered order is absent."),
    ]
    unresolved_span_s: Annotated[
        float, number(900.0, 60.0, 7_200.0, "Time those readings span at least.")
    ]
    blind_safe_after_s: Annotated[
        float,
        number(60.0, 10.0, 600.0, "Without a usable reading for this long, no new risk."),
    ]
    connected_before_entry_s: Annotated[
        float, number(60.0, 10.0, 900.0, "A restored link must hold this long before entries.")
    ]
    reconnect_every_s: Annotated[
        float, number(15.0, 5.0, 300.0, "Pause between two tries to reach the terminal.")
    ]
    flatten_retry_s: Annotated[
        float, number(5.0, 1.0, 60.0, "Pause between two rounds of closing everything.")
    ]
    requests_per_day_max_count: Annotated[
        int, number(500, 20, 2_000, "Trade requests in one server day; beyond, no new entries.")
    ]
    price_retries_count: Annotated[
        int, number(2, 0, 5, "New tries with fresh prices after the broker says the price moved.")
    ]
    save_at_least_every_s: Annotated[
        float, number(60.0, 5.0, 600.0, "An unchanged state is written again after this.")
    ]
    d1_bars_count: Annotated[int, number(500, 150, 5_000, "Daily bars read per symbol.")]
    h4_bars_count: Annotated[int, number(500, 150, 5_000, "Four-hour bars read per symbol.")]
    w1_bars_count: Annotated[int, number(104, 30, 1_000, "Weekly bars read per symbol.")]
    mn1_bars_count: Annotated[int, number(24, 12, 240, "Monthly bars read per symbol.")]


def schedule_settings(schedule: ScheduleParams, queues: QueuesParams) -> ScheduleSettings:
    """Every interval in seconds, times of day as seconds since the server's midnight."""
    return ScheduleSettings(
        poll_interval_s=schedule.poll_interval_s,
        entry_check_s=queues.entry_check_s,
        spread_retry_s=seconds_of_minutes(queues.spread_retry_min),
        spread_sample_s=schedule.spread_sample_s,
        spread_samples_max_count=schedule.spread_samples_max_count,
        resting_check_s=queues.resting_check_s,
        deals_check_s=schedule.deals_check_s,
        equity_low_step_base_fraction=fraction(schedule.equity_low_step_pct),
        scan_after_midnight_s=seconds_of_minutes(schedule.scan_after_midnight_min),
        scan_after_weekend_s=seconds_of_minutes(schedule.scan_after_weekend_min),
        scan_symbols_per_cycle_count=schedule.scan_symbols_per_cycle_count,
        revalidate_waiting_setups=queues.revalidate_waiting_setups,
        rollover_start_s=seconds_of_time(schedule.rollover_start_time),
        rollover_end_s=seconds_of_time(schedule.rollover_end_time),
        visible_grace_s=schedule.visible_grace_s,
        unresolved_clean_reads_count=schedule.unresolved_clean_reads_count,
        unresolved_span_s=schedule.unresolved_span_s,
        blind_safe_after_s=schedule.blind_safe_after_s,
        connected_before_entry_s=schedule.connected_before_entry_s,
        reconnect_every_s=schedule.reconnect_every_s,
        flatten_retry_s=schedule.flatten_retry_s,
        requests_per_day_max_count=schedule.requests_per_day_max_count,
        price_retries_count=schedule.price_retries_count,
        save_at_least_every_s=schedule.save_at_least_every_s,
        d1_bars_count=schedule.d1_bars_count,
        h4_bars_count=schedule.h4_bars_count,
        w1_bars_count=schedule.w1_bars_count,
        mn1_bars_count=schedule.mn1_bars_count,
    )
