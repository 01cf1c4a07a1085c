"""Parameters of exposure: currencies, groups that move together, one side, margin, swap."""

from __future__ import annotations

from typing import Annotated

from bot.model.exposure import CorrelationSettings, ExposureSettings
from bot.params.base import Group, fraction, number


class ExposureParams(Group):
    """How much may be bet the same way, whatever the symbols are called."""

    currency_max_r: Annotated[
        float,
        number(
            3.5,
            0.5,
            20.0,
            "Net risk on one currency (or metal, coin, or a currency's indices), in R of a trade "
            "at the base risk; resting orders count where they add.",
        ),
    ]
    group_max_pct: Annotated[
        float,
        number(
            40.0,
            10.0,
            100.0,
            "Share of the cap on cumulative risk that symbols which move together may hold; both "
            "directions add up.",
        ),
    ]
    one_side_max_pct: Annotated[
        float,
        number(
            70.0,
            10.0,
            100.0,
            "Share of the cap on cumulative risk that all buys, all sells, or all trades for or "
            "against the dollar may hold.",
        ),
    ]
    correlation_days_count: Annotated[
        int, number(60, 20, 250, "Daily returns from which correlations are measured.")
    ]
    correlation_days_min_count: Annotated[
        int,
        number(
            40,
            10,
            250,
            "With fewer common days two symbols are one group when they are of one asset class.",
        ),
    ]
    alike_min: Annotated[
        float,
        number(
            0.7,
            0.3,
            1.0,
            "Each two symbols of a group correlate at least this much, in either direction.",
        ),
    ]
    stop_out_buffer_pct: Annotated[
        float,
        number(
            15.0,
            5.0,
            90.0,
            "Share of equity by which the worst case stays above the broker's stop-out.",
        ),
    ]
    swap_max_r: Annotated[
        float,
        number(0.25, 0.01, 5.0, "Swap of the expected holding above this much R refuses an entry."),
    ]
    hold_nights_count: Annotated[
        int,
        number(5, 1, 30, "Nights a trade is expected to be held; the triple day counts three."),
    ]

    def to_settings(self) -> ExposureSettings:
        """Percents as fractions."""
        return ExposureSettings(
            currency_max_r=self.currency_max_r,
            group_cap_fraction=fraction(self.group_max_pct),
            one_side_cap_fraction=fraction(self.one_side_max_pct),
            stop_out_buffer_equity_fraction=fraction(self.stop_out_buffer_pct),
            swap_max_r=self.swap_max_r,
            hold_nights_count=self.hold_nights_count,
            correlation=CorrelationSettings(
                self.correlation_days_count, self.correlation_days_min_count, self.alike_min
            ),
        )
