"""A size that came to nothing, step by step; one that did is in `OrderIntended`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.events.base import Event


@dataclass(frozen=True, slots=True)
class SizeRefused(Event):
    """No volume could be traded: the pipeline's steps, and the one that bound.

    `value` was held against `limit`: money of the smallest volume against what was left, or the
    figures of the mode that granted nothing.
    """

    setup_id: int
    symbol: str
    refusal: str
    base_risk_fraction: float
    base_reason: str
    confluence_factor: float
    brake_factor: float
    drawdown_factor: float
    total_loss_factor: float
    coast_factor: float
    start_factor: float
    intended_risk_money: float
    limit_step: str
    limit_money: float
    value: float
    limit: float
