"""What coasting must remember over a restart: what it has last said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class CoastState:
    """The stage and the locked floor as last journalled (a floor of 0: none)."""

    stage: int = 0
    lock_floor_money: float = 0.0
