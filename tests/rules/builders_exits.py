"""An open trade lived through quotes, for the tests of the exit rules."""

from __future__ import annotations

import pytest
from builders_money import BUY, EXITS, SELL, SPEC, a_quote

from bot.model.decision import ExitAction, ExitReason, PositionStep
from bot.model.market import Quote, SymbolSpec
from bot.model.settings import ExitSettings
from bot.model.trade import OpenTrade
from bot.rules.exits import (
    step_position,
)

HOLD = PositionStep(ExitAction.HOLD, 0.0, 0.0, ExitReason.NONE)


BOTH = pytest.mark.parametrize("side", [BUY, SELL])


def at_r(side: int, profit_r: float, spread_price: float = 0.0) -> Quote:
    """A quote whose closing side stands at `profit_r` of `a_trade`."""
    price = round(1.1 + side * profit_r * 0.01, 7)
    return a_quote(price if side == BUY else price - spread_price, spread_price)


def step(
    trade: OpenTrade,
    quote: Quote,
    s: ExitSettings = EXITS,
    now_utc_s: float = 0.0,
    spec: SymbolSpec = SPEC,
) -> PositionStep:
    return step_position(trade, quote, now_utc_s, spec, s)


def carried_out(trade: OpenTrade, answer: PositionStep) -> OpenTrade:
    """The trade after the broker did what was asked."""
    if answer.action == ExitAction.TAKE_RUNG:
        left = round(trade.lots - answer.lots, 8)
        return trade._replace(lots=left, targets_hit_count=trade.targets_hit_count + 1)
    if answer.action == ExitAction.MOVE_STOP:
        return trade._replace(stop_price=answer.stop_price)
    if answer.action == ExitAction.CLOSE:
        return trade._replace(lots=0.0)
    return trade


def until_hold(
    trade: OpenTrade, quote: Quote, s: ExitSettings = EXITS, spec: SymbolSpec = SPEC
) -> tuple[OpenTrade, list[PositionStep]]:
    """Carry out every step at one quote, as the live bot and the backtest do."""
    steps = []
    while trade.lots > 0.0:
        answer = step(trade, quote, s, spec=spec)
        if answer.action == ExitAction.HOLD:
            break
        steps.append(answer)
        assert len(steps) < 30, "the rule must come to rest"
        trade = carried_out(trade, answer)
    return trade, steps
