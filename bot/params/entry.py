"""Parameters of the way from a setup to an order: distances, spreads and waiting."""

from __future__ import annotations

from typing import Annotated

from bot.model.settings import EntrySettings
from bot.params.base import Group, fraction, number, seconds_of_hours, switch


class EntryParams(Group):
    """Distance routing: d = |price - entry| / |entry - stop|, in R."""

    market_max_r: Annotated[
        float, number(0.05, 0.0, 0.5, "Up to this distance a setup is entered at market.")
    ]
    limit_max_r: Annotated[
        float,
        number(0.30, 0.0, 2.0, "Up to this distance a limit order rests at the entry."),
    ]
    drop_above_r: Annotated[
        float, number(1.50, 0.1, 5.0, "Beyond this distance the setup is dropped.")
    ]
    expiry_h: Annotated[
        float, number(168.0, 4.0, 720.0, "A setup not entered by then expires, resting or waiting.")
    ]
    spread_max_r: Annotated[
        float,
        number(0.06, 0.005, 0.5, "Widest spread for a market entry, as a share of the setup's 1R."),
    ]
    spread_percentile_pct: Annotated[
        float,
        number(
            90.0,
            50.0,
            100.0,
            "A market entry also waits while the spread is above this percentile of the symbol's "
            "own recent spreads.",
        ),
    ]
    spread_samples_min_count: Annotated[
        int,
        number(288, 10, 5_000, "Samples of a symbol's spread before its percentile is believed."),
    ]
    quote_age_max_s: Annotated[
        float, number(60.0, 2.0, 600.0, "A quote older than this prices no entry.")
    ]
    deviation_max_r: Annotated[
        float,
        number(0.05, 0.001, 0.5, "Slippage a market order allows the broker, in R of the setup."),
    ]


class QueuesParams(Group):
    """How long setups wait and how often each queue looks."""

    entry_check_s: Annotated[
        float,
        number(
            0.0,
            0.0,
            3_600.0,
            "Pause between two looks at setups waiting for their price; 0 looks every cycle.",
        ),
    ]
    spread_wait_max_h: Annotated[
        float,
        number(120.0, 1.0, 720.0, "A setup waiting for a narrower spread gives up after this."),
    ]
    spread_retry_min: Annotated[
        float, number(5.0, 0.1, 120.0, "Pause between two tries of a setup waiting for spread.")
    ]
    resting_check_s: Annotated[
        float,
        number(
            60.0, 0.0, 3_600.0, "Pause between two checks of the volume of resting limit orders."
        ),
    ]
    revalidate_waiting_setups: Annotated[
        bool,
        switch(
            "Re-check a waiting setup's thesis at each new daily bar and drop it when the "
            "direction changed or the structure broke.",
            recommended=True,
        ),
    ]


def entry_settings(entry: EntryParams, queues: QueuesParams) -> EntrySettings:
    """Distances, spreads and patience as the entry rule sees them."""
    return EntrySettings(
        market_max_r=entry.market_max_r,
        limit_max_r=entry.limit_max_r,
        drop_above_r=entry.drop_above_r,
        expiry_s=seconds_of_hours(entry.expiry_h),
        spread_wait_max_s=seconds_of_hours(queues.spread_wait_max_h),
        spread_max_r=entry.spread_max_r,
        spread_max_percentile_fraction=fraction(entry.spread_percentile_pct),
        spread_samples_min_count=entry.spread_samples_min_count,
        quote_age_max_s=entry.quote_age_max_s,
        deviation_max_r=entry.deviation_max_r,
    )
