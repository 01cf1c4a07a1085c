"""Work with a known answer: no prices, no walk, importable by workers of a cluster."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from bot.research.figures import Figures


def figures(net_r: float, trades_count: int = 400, sharpe: float | None = None) -> Figures:
    """Figures of a trial that came to `net_r`."""
    own = net_r / 40.0 if sharpe is None else sharpe
    return Figures(
        net_r=net_r,
        trades_count=trades_count,
        mean_r=net_r / trades_count,
        win_fraction=0.5,
        profit_factor=1.0,
        drawdown_r=5.0,
        calmar=net_r / 5.0,
        sharpe=own,
        skew=0.0,
        kurtosis=3.0,
        net_money=net_r * 100.0,
        accounts_count=2,
        passed_count=1,
        breached_count=0,
        stuck_count=0,
        pass_fraction=1.0,
    )


@dataclass
class Hill:
    """A hill with its top at (`x`, `y`); refuses points with x = 9. Counts what it was asked.

    With `pids`, every call leaves its process's number there and takes `wait_s`.
    """

    x: float = 6.0
    y: float = 3.0
    pids: Path | None = None
    wait_s: float = 0.0
    asked_count: int = 0

    def __call__(self, asked: Mapping[str, object]) -> Mapping[str, object]:
        self.asked_count += 1
        if self.pids is not None:
            (self.pids / str(os.getpid())).touch()
            time.sleep(self.wait_s)
        changes = cast("Mapping[str, Any]", asked["changes"])
        x, y = float(changes.get("x", 0)), float(changes.get("y", 0))
        if x == 9:
            return {"pruned": "x = 9: must not be"}
        net_r = 20.0 - (x - self.x) ** 2 - (y - self.y) ** 2
        row: dict[str, object] = {"figures": figures(net_r).document()}
        if asked.get("with_trades"):
            start_s = cast(float, asked["start_s"])
            row |= {"closed_s": [start_s + 60.0], "result_r": [net_r]}
        return row
