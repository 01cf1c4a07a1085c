"""What a firm demands and the bot cannot do for the trader: said, never hidden."""

from __future__ import annotations

from collections.abc import Iterator

from bot.params.firm import FirmPreset, Phase


def not_enforced(preset: FirmPreset, phase_id: str) -> tuple[str, ...]:
    """What is left to the trader in this phase, in words; nothing for an unknown phase."""
    phase = preset.phase(phase_id)
    if phase is None:
        return ()
    return (
        *_unknown_limits(preset, phase),
        *_news(preset, phase),
        *_holding(preset, phase),
        *_limits(preset, phase),
        *_conduct(preset),
        *_payouts(preset, phase),
    )


def _unknown_limits(preset: FirmPreset, phase: Phase) -> Iterator[str]:
    if preset.overall_loss_in(phase) is None:
        yield "overall_loss: none is known, only your own total brake stands"
    if preset.daily_loss_in(phase) is None:
        yield "daily_loss: the firm has none, only your own daily brakes stand"
    if phase.target_pct is None and phase.kind == "evaluation":
        yield "target: not known, so the bot cannot tell when the phase is passed"


def _news(preset: FirmPreset, phase: Phase) -> Iterator[str]:
    for rule in preset.news:
        if not {phase.id, "all"} & set(rule.phases):
            continue
        exits = [name for name in rule.triggers if name in ("close", "sl_tp_fill", "modify_sl_tp")]
        if exits:
            window = f"{rule.before_s:g} s before to {rule.after_s:g} s after"
            yield (
                f"news: exits from {window} count too ({', '.join(exits)}; {rule.effect}), and "
                "stops and targets standing at the broker may fill there"
            )


def _holding(preset: FirmPreset, phase: Phase) -> Iterator[str]:
    holding, is_funded = preset.holding, phase.kind == "funded"
    weekend = holding.weekend.funded if is_funded else holding.weekend.evaluation
    if weekend is False:
        yield "holding: no trade may be held over the weekend"
    if holding.overnight is False:
        yield "holding: no trade may be held over night"
    if is_funded and holding.max_market_break_h_funded is not None:
        hours = holding.max_market_break_h_funded
        yield f"holding: no trade may be held over a market break of more than {hours:g} h"


def _limits(preset: FirmPreset, phase: Phase) -> Iterator[str]:
    limits = preset.limits_in(phase)
    if limits is None:
        return
    if limits.daily_profit_cap is not None:
        cap = limits.daily_profit_cap
        yield f"limits: profit of a day above {cap.amount:g} does not count ({cap.effect})"
    if limits.min_trade_seconds is not None:
        yield f"limits: a trade must last {limits.min_trade_seconds:g} s"


def _conduct(preset: FirmPreset) -> Iterator[str]:
    conduct = preset.conduct
    if conduct.ea == "paid_addon_required":
        yield "conduct: automatic trading needs a paid add-on of the firm"
    if conduct.ea == "own_source_only":
        yield "conduct: only a bot whose source is your own may trade"
    if conduct.ea == "allowed_unique_strategy":
        yield "conduct: the strategy must be your own, not shared with other traders"
    if conduct.ea is None:
        yield "conduct: whether automatic trading is allowed is not known; ask the firm"


def _payouts(preset: FirmPreset, phase: Phase) -> Iterator[str]:
    if phase.kind != "funded":
        return
    rule = preset.consistency
    if rule is not None and "payout" in rule.checked_at:
        yield f"payout: the best day may be at most {rule.max_pct:g} % ({rule.denominator})"
    if preset.funded is not None and preset.funded.flat_before_payout:
        yield "payout: every trade must be closed when it is asked for"
