"""What is remembered of stop fills between restarts."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class StopFills:
    """Slippage of each symbol's latest stop fills in R, worse counted positive; newest last."""

    slipped_r: dict[str, list[float]] = field(default_factory=dict)
