"""The rest of a rule set in words: clock, news, holding, caps, conduct, payouts, sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.cli.rules_words import GRADES, Line, words
from bot.params.firm import FirmPreset, Limits, NewsRule, Phase

_UNITS = {"_pct": " %", "_s": " s", "_seconds": " s", "_days": " days"}
_EA = {
    "allowed": "allowed",
    "allowed_unique_strategy": "allowed, with a strategy of your own",
    "own_source_only": "allowed, if the source code is your own",
    "paid_addon_required": "needs a paid add-on of the firm",
    "prohibited_except_preapproved_risk_tools": "FORBIDDEN, but for risk tools approved before",
    None: "not stated: ask the firm",
}
_ACTIONS = {
    "open_market": "opening at market",
    "pending_trigger": "a resting order that fills",
    "close": "closing",
    "sl_tp_fill": "a stop or target that fills",
    "modify_sl_tp": "moving a stop or target",
}
_HELD = {True: "allowed", False: "FORBIDDEN", None: "not stated"}


def firm_lines(preset: FirmPreset, phase: Phase) -> Iterator[Line]:
    """Everything beside the loss limits and the target that holds in a phase."""
    clock = preset.clock
    assumed = "; the firm does not say so, it is ASSUMED" if clock.assumed else ""
    yield Line("clock", "day begins", f"{clock.reset} {clock.tz} ({clock.label}){assumed}")
    yield from _news_lines(preset, phase)
    yield from _holding_lines(preset)
    yield from _cap_lines(preset.limits_in(phase))
    yield from _activity_lines(preset)
    yield Line("platform", "account", _account_text(preset))
    if preset.leverage is not None:
        for name, ratio in _stated(preset.leverage.model_dump()):
            yield Line("platform", f"leverage {words(name)}", f"1:{ratio:g}")
    yield from _conduct_lines(preset)
    yield from _payout_lines(preset)


def source_lines(preset: FirmPreset) -> Iterator[Line]:
    """Where the numbers are from, what the sources disagree on, and what nobody knows."""
    meta = preset.meta
    yield Line("source", "grade", f"{meta.confidence}: {GRADES[meta.confidence]}")
    yield Line("source", "facts as of", meta.facts_as_of)
    for part, texts in (
        ("source", meta.sources),
        ("sources disagree", meta.conflicts),
        ("open questions, ask the firm", meta.unknown),
    ):
        for number, text in enumerate(texts, 1):
            yield Line(part, f"{number}.", text)


def _news_lines(preset: FirmPreset, phase: Phase) -> Iterator[Line]:
    rules = [rule for rule in preset.news if {phase.id, "all"} & set(rule.phases)]
    if not any(rule.triggers for rule in rules):
        yield Line("news", "window", "no rule in this phase")
    for rule in rules:
        if rule.triggers:
            yield from _news_rule(rule)
        if rule.straddle_ban:
            yield Line("news", "bracketing", "a buy stop and a sell stop around news is FORBIDDEN")


def _news_rule(rule: NewsRule) -> Iterator[Line]:
    ends = "both ends included" if rule.window_inclusive else "ends not included"
    span = f"{rule.before_s:g} s before to {rule.after_s:g} s after, {ends}"
    yield Line("news", "window", span)
    about = f"{', '.join(words(grade) for grade in rule.impact)} impact, {words(rule.scope)}"
    yield Line("news", "  about", f"{about}; calendar: {words(rule.calendar)}")
    yield Line("news", "  what counts", ", ".join(_ACTIONS[name] for name in rule.triggers))
    yield Line("news", "  then", words(rule.effect))
    if rule.exempt_if_opened_before_s is not None:
        hours = rule.exempt_if_opened_before_s / 3600.0
        seconds = rule.exempt_if_opened_before_s
        yield Line("news", "  exempt", f"opened {seconds:g} s ({hours:g} h) before, or earlier")
    if rule.speech_window is not None:
        speech = rule.speech_window
        span = f"{speech.before_s:g} s before its start to {speech.after_end_s:g} s after its end"
        yield Line("news", "  a speech", span)


def _holding_lines(preset: FirmPreset) -> Iterator[Line]:
    holding = preset.holding
    weekend = holding.weekend
    yield Line("holding", "over night", _HELD[holding.overnight])
    yield Line("holding", "weekend, evaluation", _HELD[weekend.evaluation])
    yield Line("holding", "weekend, funded", _HELD[weekend.funded])
    if holding.max_market_break_h_funded is not None:
        hours = holding.max_market_break_h_funded
        yield Line("holding", "market break, funded", f"of {hours:g} h at most")


def _cap_lines(limits: Limits | None) -> Iterator[Line]:
    if limits is None:
        yield Line("caps", "any", "none in this phase")
        return
    for name, value in _stated(limits.model_dump(exclude={"daily_profit_cap", "sl_required"})):
        yield Line("caps", words(name.removesuffix("_pct")), _figure(name, value))
    cap = limits.daily_profit_cap
    if cap is not None:
        yield Line("caps", "profit of a day", f"at most {cap.amount:g}; {words(cap.effect)}")
    stop = "required on every trade" if limits.sl_required else "not required (the bot sends one)"
    yield Line("caps", "stop loss", stop)


def _activity_lines(preset: FirmPreset) -> Iterator[Line]:
    activity = preset.activity
    days = activity.inactivity_days
    for name, limit in (
        ("evaluation", None if days is None else days.evaluation),
        ("funded", None if days is None else days.funded),
    ):
        text = "no limit stated" if limit is None else f"closed after {limit} days"
        yield Line("inactivity", name, text)
    if activity.counts is not None:
        since = f", counted from {words(activity.since)}" if activity.since else ""
        yield Line("inactivity", "what counts", words(activity.counts) + since)


def _account_text(preset: FirmPreset) -> str:
    sizes = ", ".join(f"{size:g}" for size in preset.account_sizes or ()) or "not stated"
    older = ", ".join(f"{size:g}" for size in preset.legacy_account_sizes or ())
    place = ", ".join(part for part in (preset.platform, preset.server_name) if part)
    return (
        f"{preset.model}, {preset.currency or 'currency not stated'}, sizes {sizes}"
        + (f" (older: {older})" if older else "")
        + (f"; {place}" if place else "")
        + f"; usual size {preset.default_size:g}"
    )


def _conduct_lines(preset: FirmPreset) -> Iterator[Line]:
    conduct = preset.conduct
    yield Line("conduct", "automatic trading", _EA[conduct.ea])
    for name, value in _stated(conduct.model_dump(exclude={"ea"})):
        if isinstance(value, bool) and name.endswith("_ban"):
            said = "FORBIDDEN" if value else "not forbidden"
            yield Line("conduct", words(name.removesuffix("_ban")), said)
        else:
            yield Line("conduct", words(name.removesuffix("_pct")), _figure(name, value))


def _payout_lines(preset: FirmPreset) -> Iterator[Line]:
    if preset.funded is None:
        yield Line("payouts", "terms", "not stated")
        return
    for name, value in _stated(preset.funded.model_dump(exclude={"scaling"})):
        yield Line("payouts", words(name.removesuffix("_pct")), _figure(name, value))
    scaling = preset.funded.scaling
    if scaling is not None:
        for name, value in _stated(scaling.model_dump()):
            text = _figure(name, value)
            yield Line("payouts", f"scaling: {words(name.removesuffix('_pct'))}", text)


def _stated(facts: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in facts.items() if value is not None)


def _figure(name: str, value: object) -> str:
    """A value with the unit that the last part of its name says."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{words(str(key))}: {_figure('', item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_pair(item) for item in value)
    if not isinstance(value, (int, float)):
        return words(str(value))
    unit = next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), "")
    return f"{value:.10g}{unit}"


def _pair(item: object) -> str:
    if isinstance(item, (list, tuple)):
        first, second = item
        return f"{first:.10g}: {second:.10g}"
    return _figure("", item)
