"""What a firm's eye on conduct asks of a bot: spacing, few requests, patience, one usual size."""

from __future__ import annotations

from typing import NamedTuple


class ConductSettings(NamedTuple):
    """How an account is traded so that nobody has to ask.

    A stop is edited at most once per `stop_edit_gap_s`, and once per `stop_edit_gap_saving_s` when
    the day's soft budget of requests is spent.
    """

    entry_gap_s: float
    symbol_gap_s: float
    stop_edit_gap_s: float
    stop_edit_gap_saving_s: float
    hold_min_s: float
    size_max_factor: float
    size_samples_count: int
    size_samples_min_count: int


class EntryTimes(NamedTuple):
    """Seconds since the last entry of all, and since the last of the symbol (inf: never)."""

    since_any_s: float
    since_symbol_s: float


class Requests(NamedTuple):
    """Trade requests of the day, and the soft budget from which they are saved."""

    today_count: int
    soft_count: int
