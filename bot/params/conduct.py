"""Parameters of conduct: what keeps an account from looking like a basket, a scalper, a gambler."""

from __future__ import annotations

from typing import Annotated

from bot.model.conduct import ConductSettings
from bot.params.base import Group, number, seconds_of_minutes


class ConductParams(Group):
    """Spacing of entries and stop edits, least holding, and one usual size."""

    entry_gap_s: Annotated[
        float, number(30.0, 1.0, 600.0, "Seconds between any two entries, resting orders too.")
    ]
    symbol_gap_min: Annotated[
        float, number(5.0, 0.0, 240.0, "Minutes between two entries of one symbol.")
    ]
    stop_edit_gap_s: Annotated[
        float,
        number(10.0, 0.0, 600.0, "A standing stop is moved up at most once in these seconds."),
    ]
    stop_edit_gap_saving_min: Annotated[
        float,
        number(
            15.0,
            0.0,
            240.0,
            "The same in minutes once the day's soft budget of requests is spent; a missing stop "
            "is always set at once.",
        ),
    ]
    hold_min_s: Annotated[
        float,
        number(
            60.0,
            0.0,
            3_600.0,
            "The bot closes no part of a younger trade for a rung, its age or the weekend; "
            "stops, targets at the broker, brakes and people are free.",
        ),
    ]
    size_max_factor: Annotated[
        float,
        number(
            2.0,
            1.5,
            10.0,
            "A trade risks at most this multiple of the median of the own latest ones.",
        ),
    ]
    size_samples_count: Annotated[
        int, number(20, 3, 50, "How many of the latest entries that median is taken of.")
    ]
    size_samples_min_count: Annotated[
        int, number(5, 3, 50, "With fewer entries nothing is usual yet, and the cap is off.")
    ]

    def to_settings(self) -> ConductSettings:
        """Minutes as seconds."""
        return ConductSettings(
            entry_gap_s=self.entry_gap_s,
            symbol_gap_s=seconds_of_minutes(self.symbol_gap_min),
            stop_edit_gap_s=self.stop_edit_gap_s,
            stop_edit_gap_saving_s=seconds_of_minutes(self.stop_edit_gap_saving_min),
            hold_min_s=self.hold_min_s,
            size_max_factor=self.size_max_factor,
            size_samples_count=self.size_samples_count,
            size_samples_min_count=self.size_samples_min_count,
        )
