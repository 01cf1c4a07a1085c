"""The steps of a size as the journal keeps them: for an order about to be sent, and for a no."""

from __future__ import annotations

from dataclasses import replace

from bot.live.as_rules import side_name
from bot.live.grounds import Grounds
from bot.live.state import Intent, Setup
from bot.model.decision import Refusal
from bot.model.events import OrderIntended, SizeRefused
from bot.model.sizing import BaseReason, Lots, SizeLimit


def order_intended(intent: Intent, grounds: Grounds | None, evidence_text: str) -> OrderIntended:
    """What is about to be sent; only an entry has been sized and has grounds."""
    sized = grounds.sized if grounds else None
    plain = OrderIntended(
        intent_id=intent.intent_id,
        magic=intent.magic,
        setup_id=intent.setup_id,
        symbol=intent.symbol,
        action=intent.action,
        side=side_name(intent.side),
        lots=intent.lots,
        price=intent.price,
        stop_price=intent.stop_price,
        risk_money=intent.risk_money,
        base_risk_fraction=sized.base.balance_fraction if sized else 0.0,
        confluence_factor=sized.confluence_factor if sized else 0.0,
        brake_factor=sized.brake_factor if sized else 0.0,
        evidence=evidence_text,
        position_id=intent.ticket,
        lots_before=intent.lots_before,
        rung=intent.rung,
    )
    return plain if grounds is None else _with_grounds(plain, grounds)


def _with_grounds(plain: OrderIntended, grounds: Grounds) -> OrderIntended:
    sized, case, passed = grounds.sized, grounds.case, grounds.passed
    return replace(
        plain,
        base_reason=BaseReason(sized.base.reason).name,
        drawdown_factor=sized.factors.drawdown,
        total_loss_factor=sized.factors.total_loss,
        coast_factor=sized.factors.coast,
        start_factor=sized.factors.start,
        intended_risk_money=sized.intended_money,
        limit_step=SizeLimit(sized.limit.step).name,
        limit_money=sized.limit.money,
        stop_money=round(case.stop_money, 2),
        slippage_reserve_money=round(case.slippage_money, 2),
        commission_reserve_money=round(case.commission_money, 2),
        swap_reserve_money=round(case.swap_money, 2),
        gap_reserve_money=round(case.gap_money, 2),
        checks=tuple(check.refusal.name for check in passed),
        check_values=tuple(check.value for check in passed),
        check_limits=tuple(check.limit for check in passed),
    )


def size_refused(setup: Setup, sized: Lots) -> SizeRefused:
    """Every step of a size that came to nothing, and the step that bound."""
    return SizeRefused(
        setup_id=setup.setup_id,
        symbol=setup.symbol,
        refusal=Refusal(sized.refusal).name,
        base_risk_fraction=sized.base.balance_fraction,
        base_reason=BaseReason(sized.base.reason).name,
        confluence_factor=sized.confluence_factor,
        brake_factor=sized.brake_factor,
        drawdown_factor=sized.factors.drawdown,
        total_loss_factor=sized.factors.total_loss,
        coast_factor=sized.factors.coast,
        start_factor=sized.factors.start,
        intended_risk_money=sized.intended_money,
        limit_step=SizeLimit(sized.limit.step).name,
        limit_money=sized.limit.money,
        value=sized.value,
        limit=sized.limit_value,
    )
