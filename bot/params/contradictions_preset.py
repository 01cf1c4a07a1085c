"""Values of a rule set that are each fine and cannot hold together; every clash is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from bot.params.problems import Problem, nearest, problem
from bot.params.reader import Document, Json, join

_FOLLOWS = "a trailing floor must name what it follows"
_STATIC = "a static floor has none; allowed: null"
_ALL = "all"


def preset_clashes(document: Document) -> Iterator[Problem]:
    """Clashes within a rule set whose every single value is allowed."""
    yield from _loss_clashes(document, "")
    phases = cast("list[Document]", document["phases"])
    names = [str(phase["id"]) for phase in phases]
    for index, phase in enumerate(phases):
        path = join("phases", index)
        if names.index(names[index]) != index:
            yield problem(join(path, "id"), phase["id"], "names an earlier phase already")
        yield from _loss_clashes(phase, path)
    yield from _phase_names(document, names)
    yield from _split_clash(document)


def _loss_clashes(part: Document, path: str) -> Iterator[Problem]:
    """The limits that stand in the preset itself, or replace them in one phase."""
    overall = part.get("overall_loss")
    if isinstance(overall, dict):
        yield from _floor_clashes(overall, join(path, "overall_loss"))
    daily = part.get("daily_loss")
    if isinstance(daily, dict) and isinstance(overall, dict):
        share, most = daily["pct"], overall["pct"]
        if cast(float, share) > cast(float, most):
            text = f"must be at most overall_loss.pct = {most}"
            yield problem(join(join(path, "daily_loss"), "pct"), share, text)
    limits = part.get("limits")
    if isinstance(limits, dict):
        yield from _cap_clashes(limits, join(path, "limits"))


def _floor_clashes(overall: Document, path: str) -> Iterator[Problem]:
    follows = overall["trail_on"]
    if overall["kind"] == "trailing":
        if follows is None:
            yield problem(join(path, "trail_on"), follows, _FOLLOWS)
        return
    for name in ("trail_on", "lock"):
        if overall[name] is not None:
            yield problem(join(path, name), overall[name], _STATIC)
    if overall["amount_of"] == "peak":
        text = 'a static floor has no peak; allowed: "initial_balance"'
        yield problem(join(path, "amount_of"), "peak", text)


def _cap_clashes(limits: Document, path: str) -> Iterator[Problem]:
    trade, all_open = limits["max_risk_per_trade_pct"], limits["max_open_risk_pct"]
    if trade is not None and all_open is not None and cast(float, trade) > cast(float, all_open):
        text = f"must be at most max_open_risk_pct = {all_open}"
        yield problem(join(path, "max_risk_per_trade_pct"), trade, text)
    lots: Json = limits["max_lots"]
    caps = lots if isinstance(lots, dict) else {"": lots}
    for name, cap in caps.items():
        if cap is not None and cast(float, cap) <= 0.0:
            place = join(path, "max_lots")
            yield problem(join(place, name) if name else place, cap, "must be above 0")


def _phase_names(document: Document, names: list[str]) -> Iterator[Problem]:
    parts = [
        (join("news", index), rule)
        for index, rule in enumerate(cast("list[Document]", document["news"]))
    ]
    if isinstance(document["consistency"], dict):
        parts.append(("consistency", document["consistency"]))
    for path, part in parts:
        for index, name in enumerate(cast("list[str]", part["phases"])):
            if name not in (*names, _ALL):
                place = join(join(path, "phases"), index)
                text = f"no phase of this rule set; {nearest(name, [*names, _ALL])}"
                yield problem(place, name, text)


def _split_clash(document: Document) -> Iterator[Problem]:
    funded = document["funded"]
    if not isinstance(funded, dict):
        return
    first, most = funded.get("split_start_pct"), funded.get("split_max_pct")
    if first is not None and most is not None and cast(float, first) > cast(float, most):
        yield problem("funded.split_start_pct", first, f"must be at most split_max_pct = {most}")
