"""Parameters of the time near the pass: the target's policy, smaller risk, and a locked profit."""

from __future__ import annotations

from typing import Annotated, Literal

from bot.model.coast import CoastSettings, TargetPolicy
from bot.params.base import Group, choice, fraction, number


class CoastParams(Group):
    """How a pass that is near, or already earned, is protected."""

    after_target: Annotated[
        Literal["stop", "coast", "trade_on"],
        choice(
            "coast",
            "With the target reached and profitable days missing: stop opening trades, coast at a "
            "small risk, or trade on as before.",
        ),
    ]
    risk_pct: Annotated[
        float, number(0.2, 0.05, 1.0, "Risk of a trade while coasting, in percent of balance.")
    ]
    near_target_pct: Annotated[
        float,
        number(
            1.0,
            0.0,
            5.0,
            "With the days done and no more than this missing to the target, in percent of the "
            "initial balance, trades run at a protecting risk. 0: off.",
        ),
    ]
    near_loss_max_pct: Annotated[
        float,
        number(
            10.0, 1.0, 50.0, "One trade near the target loses at most this share of the profit."
        ),
    ]
    lock_from_pct: Annotated[
        float,
        number(
            5.0,
            0.5,
            20.0,
            "Closed profit, in percent of the initial balance, from which part of it is locked.",
        ),
    ]
    lock_keep_pct: Annotated[
        float,
        number(
            50.0,
            0.0,
            90.0,
            "Share of the best closed profit that entries must not put at stake; below it only a "
            "person can reopen them, by lowering this. 0: off.",
        ),
    ]

    def to_settings(self) -> CoastSettings:
        """Percents as fractions."""
        return CoastSettings(
            policy=TargetPolicy[self.after_target.upper()].value,
            risk_balance_fraction=fraction(self.risk_pct),
            near_initial_fraction=fraction(self.near_target_pct),
            loss_profit_fraction_max=fraction(self.near_loss_max_pct),
            lock_from_initial_fraction=fraction(self.lock_from_pct),
            lock_profit_fraction=fraction(self.lock_keep_pct),
        )
