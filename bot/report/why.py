"""Why it did and why it did not: the decisions about one symbol or setup, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bot.report import text as words
from bot.report.documents import Document, number, text, texts, whole


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision with its figures; `repeated_count` equal ones followed it in a row."""

    at_utc_s: float
    symbol: str
    setup_id: int | None
    event: str
    headline: str
    figures: str
    repeated_count: int = 0


def decisions(documents: Iterable[Document], subject: str) -> tuple[Decision, ...]:
    """The chain of decisions about `subject`, a symbol or a setup's number, newest first.

    Equal refusals of a setup become one line with their count.
    """
    chain: list[Decision] = []
    for document in documents:
        if not _is_about(document, subject):
            continue
        _count_closed_repeats(chain, document)
        decision = _decision(document)
        if chain and _is_repeat(chain[-1], decision):
            count = chain[-1].repeated_count + 1
            chain[-1] = replace(chain[-1], repeated_count=count)
        else:
            chain.append(decision)
    return tuple(reversed(chain))


def why_lines(chain: Iterable[Decision]) -> list[str]:
    """The chain as text, one line per decision, on the server's clock."""
    return [_line(decision) for decision in chain]


def subjects(documents: Iterable[Document]) -> list[str]:
    """Every symbol the documents tell a decision about, sorted."""
    found = (document.get("symbol") for document in documents if document.get("event") in _WORDS)
    return sorted({symbol for symbol in found if isinstance(symbol, str) and symbol})


def _line(decision: Decision) -> str:
    setup = "" if decision.setup_id is None else f" setup {decision.setup_id}"
    repeats = f" (and {decision.repeated_count} times more)" if decision.repeated_count else ""
    figures = f": {decision.figures}" if decision.figures else ""
    stamp = words.server_stamp(decision.at_utc_s)
    return f"{stamp} [{decision.symbol}]{setup} {decision.headline}{figures}{repeats}"


def _is_about(document: Document, subject: str) -> bool:
    if document.get("event") not in _WORDS:
        return False
    if subject.isdigit():
        return document.get("setup_id") == int(subject)
    return str(document.get("symbol", "")).upper() == subject.upper()


def _is_repeat(before: Decision, after: Decision) -> bool:
    """Whether the same was decided again; only judgements repeat, deeds never do."""
    if after.event not in ("SymbolScanned", "OrderRefused") or before.event != after.event:
        return False
    same_words = (before.headline, before.setup_id) == (after.headline, after.setup_id)
    return same_words and (after.event == "OrderRefused" or before.figures == after.figures)


def _count_closed_repeats(chain: list[Decision], document: Document) -> None:
    """A changed refusal tells how often the one before it was repeated unseen."""
    if document.get("event") != "OrderRefused":
        return
    repeats = whole(document, "repeated_count")
    for index in range(len(chain) - 1, -1, -1):
        earlier = chain[index]
        if earlier.event == "OrderRefused" and earlier.setup_id == document.get("setup_id"):
            count = earlier.repeated_count + repeats
            chain[index] = replace(earlier, repeated_count=count)
            return


def _decision(document: Document) -> Decision:
    event = text(document, "event")
    headline, figures = _WORDS[event](document)
    setup_id = document.get("setup_id")
    return Decision(
        at_utc_s=number(document, "at_utc_s"),
        symbol=text(document, "symbol"),
        setup_id=setup_id if isinstance(setup_id, int) else None,
        event=event,
        headline=headline,
        figures=figures,
    )


def _scanned(document: Document) -> tuple[str, str]:
    verdict = text(document, "verdict").lower().replace("_", " ")
    side = text(document, "side")
    passed, failed = texts(document, "passed"), texts(document, "failed")
    figures = [f"score {words.pct(number(document, 'score_fraction'), 0)}"]
    if number(document, "entry_price"):
        figures.append(f"entry {words.price(number(document, 'entry_price'))}")
        figures.append(f"stop {words.price(number(document, 'stop_price'))}")
        figures.append(f"reward {number(document, 'rr_r'):.2f} R")
    if passed:
        figures.append(f"yes: {', '.join(passed).lower()}")
    if failed:
        figures.append(f"no: {', '.join(failed).lower()}")
    return f"scan: {verdict}" + (f" {side}" if side else ""), "; ".join(figures)


def _created(document: Document) -> tuple[str, str]:
    figures = (
        f"entry {words.price(number(document, 'entry_price'))}, "
        f"stop {words.price(number(document, 'stop_price'))}, "
        f"{number(document, 'points'):.1f} points, "
        f"until {words.server_stamp(number(document, 'expires_utc_s'))}"
    )
    return f"setup made, {text(document, 'side')}", figures


def _moved(document: Document) -> tuple[str, str]:
    before = text(document, "before").replace("_", " ")
    after = text(document, "after").replace("_", " ")
    distance = number(document, "distance_r")
    return f"{before} to {after}", f"{text(document, 'reason')}; distance {distance:.2f} R"


def _refused(document: Document) -> tuple[str, str]:
    refusal = text(document, "refusal").lower().replace("_", " ")
    value, limit = number(document, "value"), number(document, "limit")
    figures = f"{value:.6g} against a limit of {limit:.6g}" if limit else f"at {value:.2f} R"
    return f"refused: {refusal}", figures


def _intended(document: Document) -> tuple[str, str]:
    action = text(document, "action").replace("_", " ")
    price = words.price(number(document, "price"))
    figures = f"{words.lots(number(document, 'lots'))} lots at {price}"
    if number(document, "risk_money"):
        figures += (
            f", stop {words.price(number(document, 'stop_price'))}, "
            f"risk {words.money(number(document, 'risk_money'))} = "
            f"{words.pct(number(document, 'base_risk_fraction'))} of balance"
            f" x confluence {number(document, 'confluence_factor'):.2f}"
            f" x brake {number(document, 'brake_factor'):.2f}"
        )
    evidence = text(document, "evidence")
    return f"sending: {action}", f"{figures}; {evidence}" if evidence else figures


def _answered(document: Document) -> tuple[str, str]:
    result = text(document, "result").lower().replace("_", " ")
    figures = f"code {whole(document, 'retcode')} {text(document, 'text')}".strip()
    if number(document, "lots"):
        price = words.price(number(document, "price"))
        figures += f", {words.lots(number(document, 'lots'))} lots at {price}"
    return f"broker: {result}", figures


def _resolved(document: Document) -> tuple[str, str]:
    return f"unknown outcome settled: {text(document, 'resolution')}", text(document, "evidence")


def _replaced(document: Document) -> tuple[str, str]:
    old, new = number(document, "old_lots"), number(document, "new_lots")
    figures = f"{words.lots(old)} to {words.lots(new)} lots; {text(document, 'reason')}"
    return "resting order kept right", figures


def _opened(document: Document) -> tuple[str, str]:
    figures = (
        f"{words.lots(number(document, 'lots'))} lots at {words.price(number(document, 'price'))}, "
        f"stop {words.price(number(document, 'stop_price'))}, "
        f"risk {words.money(number(document, 'risk_money'))}, "
        f"slippage {words.r_multiple(number(document, 'slippage_r'))}"
    )
    return f"opened {text(document, 'side')}", figures


def _compared(document: Document) -> tuple[str, str]:
    filled, wanted = number(document, "filled_lots"), number(document, "wanted_lots")
    figures = f"{words.lots(filled)} against {words.lots(wanted)} lots; {text(document, 'reason')}"
    return "fill differs from the size now", figures


def _rung(document: Document) -> tuple[str, str]:
    price = words.price(number(document, "price"))
    figures = f"{words.lots(number(document, 'lots'))} lots at {price}, "
    return (
        f"rung {whole(document, 'rung') + 1} taken",
        figures + words.r_multiple(number(document, "profit_r")),
    )


def _stop_moved(document: Document) -> tuple[str, str]:
    before = words.price(number(document, "before_price"))
    after = words.price(number(document, "after_price"))
    return "stop moved", f"{before} to {after}; {text(document, 'reason')}"


def _closed(document: Document) -> tuple[str, str]:
    figures = (
        f"net {words.signed_money(number(document, 'net_money'))}, "
        f"{words.r_multiple(number(document, 'result_r'))}, "
        f"{whole(document, 'rungs_taken_count')} rungs"
    )
    return f"closed: {text(document, 'reason').lower().replace('_', ' ')}", figures


_WORDS: dict[str, Callable[[Document], tuple[str, str]]] = {
    "SymbolScanned": _scanned,
    "SetupCreated": _created,
    "SetupMoved": _moved,
    "OrderRefused": _refused,
    "OrderIntended": _intended,
    "OrderAnswered": _answered,
    "IntentResolved": _resolved,
    "RestingOrderReplaced": _replaced,
    "PositionOpened": _opened,
    "FillCompared": _compared,
    "RungTaken": _rung,
    "StopMoved": _stop_moved,
    "PositionClosed": _closed,
}
