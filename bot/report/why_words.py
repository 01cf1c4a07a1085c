"""Each journalled decision in words: a headline, its figures, and further lines where it has."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from bot.report import text as words
from bot.report.documents import Document, number, numbers, text, texts, whole
from bot.report.refusals import (
    passed_figures,
    refusal_figures,
    refusal_says,
    smallest_volume_figures,
)
from bot.report.size_steps import size_limit, size_steps
from bot.report.why_scans import pillar_names

_FLOORS = {"floor": "a floor", "reset_night": "tomorrow's floor"}
_RESERVES = ("slippage", "commission", "swap", "gap")


class Told(NamedTuple):
    """A decision in words."""

    headline: str
    figures: str
    details: tuple[str, ...] = ()


def _scanned(document: Document) -> Told:
    verdict = text(document, "verdict").lower().replace("_", " ")
    side = text(document, "side")
    passed, failed = texts(document, "passed"), texts(document, "failed")
    figures = [f"score {words.pct(number(document, 'score_fraction'), 0)}"]
    if number(document, "entry_price"):
        figures.append(f"entry {words.price(number(document, 'entry_price'))}")
        figures.append(f"stop {words.price(number(document, 'stop_price'))}")
        figures.append(f"reward {number(document, 'rr_r'):.2f} R")
    details = tuple(
        f"{answer}: {pillar_names(names)}"
        for answer, names in (("yes", passed), ("no", failed))
        if names
    )
    return Told(f"scan: {verdict}" + (f" {side}" if side else ""), "; ".join(figures), details)


def _created(document: Document) -> Told:
    figures = (
        f"entry {words.price(number(document, 'entry_price'))}, "
        f"stop {words.price(number(document, 'stop_price'))}, "
        f"{number(document, 'points'):.1f} points, "
        f"until {words.server_stamp(number(document, 'expires_utc_s'))}"
    )
    return Told(f"setup made, {text(document, 'side')}", figures)


def _moved(document: Document) -> Told:
    before = text(document, "before").replace("_", " ")
    after = text(document, "after").replace("_", " ")
    distance = number(document, "distance_r")
    return Told(f"{before} to {after}", f"{text(document, 'reason')}; distance {distance:.2f} R")


def _refused(document: Document) -> Told:
    name, symbol = text(document, "refusal"), text(document, "symbol")
    figures = refusal_figures(name, number(document, "value"), number(document, "limit"), symbol)
    return Told(f"refused: {refusal_says(name)}", figures)


def _size_refused(document: Document) -> Told:
    name, symbol = text(document, "refusal"), text(document, "symbol")
    value, limit = number(document, "value"), number(document, "limit")
    figures = smallest_volume_figures(name, value, limit, symbol)
    details = tuple(part for part in (size_steps(document), size_limit(document)) if part)
    return Told(f"no size: {refusal_says(name)}", figures, details)


def _intended(document: Document) -> Told:
    action = text(document, "action").replace("_", " ")
    price = words.price(number(document, "price"))
    figures = f"{words.lots(number(document, 'lots'))} lots at {price}"
    evidence = text(document, "evidence")
    if not number(document, "risk_money"):
        return Told(f"sending: {action}", f"{figures}; {evidence}" if evidence else figures)
    figures += f", stop {words.price(number(document, 'stop_price'))}"
    size = f"risk {words.money(number(document, 'risk_money'))} = {size_steps(document)}"
    bound, worst, checks = size_limit(document), _worst_case(document), _checks(document)
    details = [size, bound, worst, checks, evidence]
    return Told(f"sending: {action}", figures, tuple(part for part in details if part))


def _worst_case(document: Document) -> str:
    """The stop and every reserve by name; empty in journals that do not tell."""
    if "stop_money" not in document or not number(document, "stop_money"):
        return ""
    stop = number(document, "stop_money")
    reserves = [(name, number(document, f"{name}_reserve_money")) for name in _RESERVES]
    total = stop + math.fsum(money for _, money in reserves)
    parts = [f"{name} {words.money(money)}" for name, money in reserves if money]
    return f"worst case {words.money(total)}: {', '.join([f'stop {words.money(stop)}', *parts])}"


def _checks(document: Document) -> str:
    """The checks with figures that said yes."""
    if not document.get("checks"):
        return ""
    symbol = text(document, "symbol")
    rows = zip(
        texts(document, "checks"),
        numbers(document, "check_values"),
        numbers(document, "check_limits"),
        strict=True,
    )
    told = [
        passed_figures(name, v, limit, symbol) for name, v, limit in rows if math.isfinite(limit)
    ]
    return f"passed: {'; '.join(told)}"


def _answered(document: Document) -> Told:
    result = text(document, "result").lower().replace("_", " ")
    figures = f"code {whole(document, 'retcode')} {text(document, 'text')}".strip()
    if number(document, "lots"):
        price = words.price(number(document, "price"))
        figures += f", {words.lots(number(document, 'lots'))} lots at {price}"
    return Told(f"broker: {result}", figures)


def _resolved(document: Document) -> Told:
    settled = f"unknown outcome settled: {text(document, 'resolution')}"
    return Told(settled, text(document, "evidence"))


def _replaced(document: Document) -> Told:
    old, new = number(document, "old_lots"), number(document, "new_lots")
    figures = f"{words.lots(old)} to {words.lots(new)} lots; {text(document, 'reason')}"
    return Told("resting order kept right", figures)


def _opened(document: Document) -> Told:
    figures = (
        f"{words.lots(number(document, 'lots'))} lots at {words.price(number(document, 'price'))}, "
        f"stop {words.price(number(document, 'stop_price'))}, "
        f"risk {words.money(number(document, 'risk_money'))}, "
        f"slippage {words.r_multiple(number(document, 'slippage_r'))}"
    )
    return Told(f"opened {text(document, 'side')}", figures)


def _compared(document: Document) -> Told:
    filled, wanted = number(document, "filled_lots"), number(document, "wanted_lots")
    figures = f"{words.lots(filled)} against {words.lots(wanted)} lots; {text(document, 'reason')}"
    return Told("fill differs from the size now", figures)


def _relieved(document: Document) -> Told:
    cause = text(document, "cause")
    figures = (
        f"{words.lots(number(document, 'lots'))} lots give back "
        f"{words.money(number(document, 'relief_money'))}; the worst case lacked "
        f"{words.money(number(document, 'shortfall_money'))} to {_FLOORS.get(cause, cause)}"
    )
    return Told(f"taken off: {text(document, 'action')}", figures)


def _rung(document: Document) -> Told:
    price = words.price(number(document, "price"))
    figures = f"{words.lots(number(document, 'lots'))} lots at {price}, "
    figures += words.r_multiple(number(document, "profit_r"))
    return Told(f"rung {whole(document, 'rung') + 1} taken", figures)


def _stop_moved(document: Document) -> Told:
    before = words.price(number(document, "before_price"))
    after = words.price(number(document, "after_price"))
    return Told("stop moved", f"{before} to {after}; {text(document, 'reason')}")


def _closed(document: Document) -> Told:
    figures = (
        f"net {words.signed_money(number(document, 'net_money'))}, "
        f"{words.r_multiple(number(document, 'result_r'))}, "
        f"{whole(document, 'rungs_taken_count')} rungs"
    )
    return Told(f"closed: {text(document, 'reason').lower().replace('_', ' ')}", figures)


WORDS: dict[str, Callable[[Document], Told]] = {
    "SymbolScanned": _scanned,
    "SetupCreated": _created,
    "SetupMoved": _moved,
    "OrderRefused": _refused,
    "SizeRefused": _size_refused,
    "OrderIntended": _intended,
    "OrderAnswered": _answered,
    "IntentResolved": _resolved,
    "RestingOrderReplaced": _replaced,
    "PositionOpened": _opened,
    "FillCompared": _compared,
    "ExposureRelieved": _relieved,
    "RungTaken": _rung,
    "StopMoved": _stop_moved,
    "PositionClosed": _closed,
}
"""The events that are decisions, each with its words."""
