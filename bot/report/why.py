"""Why it did and why it did not: the decisions about one symbol or setup, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.report import text as words
from bot.report.breakers import figures_text
from bot.report.documents import Document, kind, number, text, whole
from bot.report.refusals import refusal_says
from bot.report.why_scans import scan_change
from bot.report.why_words import WORDS, Told

_REFUSALS = ("OrderRefused", "SizeRefused")
_JUDGEMENTS = ("SymbolScanned", *_REFUSALS)
_BREAKER_OPEN = "BREAKER_OPEN"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision with its figures; `repeated_count` equal ones followed it in a row.

    `details` are further lines; `changed` says what is different from the answer before.
    """

    at_utc_s: float
    symbol: str
    setup_id: int | None
    event: str
    headline: str
    figures: str
    details: tuple[str, ...] = ()
    changed: str = ""
    repeated_count: int = 0


def decisions(documents: Iterable[Document], subject: str) -> tuple[Decision, ...]:
    """The chain of decisions about `subject`, a symbol or a setup's number, newest first.

    Equal refusals of a setup become one line with their count.
    """
    chain = _Chain(subject)
    for document in documents:
        chain.take(document)
    return tuple(reversed(chain.decisions))


def why_lines(chain: Iterable[Decision]) -> list[str]:
    """The chain as text on the server's clock: a line each, its details indented below."""
    lines: list[str] = []
    for decision in chain:
        lines.append(_line(decision))
        lines += [f"    {detail}" for detail in decision.details]
        if decision.changed:
            lines.append(f"    changed: {decision.changed}")
    return lines


def subjects(documents: Iterable[Document]) -> list[str]:
    """Every symbol the documents tell a decision about, sorted."""
    found = (document.get("symbol") for document in documents if document.get("event") in WORDS)
    return sorted({symbol for symbol in found if isinstance(symbol, str) and symbol})


class _Chain:
    """Takes documents in journal order and joins what repeats."""

    def __init__(self, subject: str) -> None:
        self.decisions: list[Decision] = []
        self._subject = subject
        self._breakers: dict[tuple[float, float], str] = {}
        self._scanned: dict[str, Document] = {}
        self._sized: tuple[object, str, float] | None = None

    def take(self, document: Document) -> None:
        """Fold one document; what is not about the subject is left out."""
        event = document.get("event")
        if event == "BreakerTripped":
            figures = number(document, "value"), number(document, "limit")
            self._breakers[figures] = text(document, "breaker")
        if event not in WORDS or not self._is_about(document):
            return
        if event == "OrderRefused":
            self._count_closed_repeats(document)
        decision = self._decision(document)
        is_told_by_size = event == "OrderRefused" and self._sized == _judged(document)
        self._sized = _judged(document) if event == "SizeRefused" else None
        if not is_told_by_size and not self._joined(decision):
            self.decisions.append(decision)

    def _is_about(self, document: Document) -> bool:
        if self._subject.isdigit():
            return document.get("setup_id") == int(self._subject)
        return str(document.get("symbol", "")).upper() == self._subject.upper()

    def _joined(self, decision: Decision) -> bool:
        """Whether it only repeats the one before: judgements do, deeds never."""
        if not self.decisions or decision.event not in _JUDGEMENTS:
            return False
        before = self.decisions[-1]
        if _said(before) != _said(decision) or before.setup_id != decision.setup_id:
            return False
        is_refusal = before.event in _REFUSALS and decision.event in _REFUSALS
        if before.event != decision.event and not is_refusal:
            return False
        is_scan = decision.event == "SymbolScanned"
        if is_scan and (before.figures, before.details) != (decision.figures, decision.details):
            return False
        self.decisions[-1] = replace(before, repeated_count=before.repeated_count + 1)
        return True

    def _count_closed_repeats(self, document: Document) -> None:
        """A changed refusal tells how often the one before it was repeated unseen."""
        repeats = whole(document, "repeated_count")
        earlier = self._refusal_before(document)
        if earlier is not None:
            known = self.decisions[earlier]
            count = known.repeated_count + repeats
            self.decisions[earlier] = replace(known, repeated_count=count)

    def _refusal_before(self, document: Document) -> int | None:
        """The setup's newest refusal that is not the size of this very one."""
        newest = len(self.decisions) - 1
        if document.get("event") == "OrderRefused" and self._sized == _judged(document):
            newest -= 1
        for index in range(newest, -1, -1):
            known = self.decisions[index]
            if known.event in _REFUSALS and known.setup_id == document.get("setup_id"):
                return index
        return None

    def _decision(self, document: Document) -> Decision:
        event = kind(document)
        told = self._with_breaker(document, WORDS[event](document))
        setup_id = document.get("setup_id")
        return Decision(
            at_utc_s=number(document, "at_utc_s"),
            symbol=text(document, "symbol"),
            setup_id=setup_id if isinstance(setup_id, int) else None,
            event=event,
            headline=told.headline,
            figures=told.figures,
            details=told.details,
            changed=self._changed(document),
        )

    def _with_breaker(self, document: Document, told: Told) -> Told:
        """An open breaker's figures in its own unit, when the journal says which one it was."""
        if document.get("refusal") != _BREAKER_OPEN or document.get("event") != "OrderRefused":
            return told
        value, limit = number(document, "value"), number(document, "limit")
        breaker = self._breakers.get((value, limit))
        if breaker is None:
            return told
        return told._replace(figures=f"{breaker}, {figures_text(breaker, value, limit)}")

    def _changed(self, document: Document) -> str:
        """What is different from the last scan of the symbol, or the setup's last refusal."""
        if kind(document) == "SymbolScanned":
            symbol = text(document, "symbol")
            before = self._scanned.get(symbol)
            self._scanned[symbol] = document
            return "" if before is None else scan_change(before, document)
        if kind(document) not in _REFUSALS:
            return ""
        earlier = self._refusal_before(document)
        if earlier is None:
            return ""
        known = self.decisions[earlier]
        if _said(known) == refusal_says(text(document, "refusal")):
            return ""
        figures = f" ({known.figures})" if known.figures else ""
        return f"before, {_said(known)}{figures}"


def _judged(document: Document) -> tuple[object, str, float]:
    """What one judgement of a setup is known by: the size and the refusal it led to share it."""
    return document.get("setup_id"), text(document, "refusal"), number(document, "at_utc_s")


def _said(decision: Decision) -> str:
    return decision.headline.partition(": ")[2]


def _line(decision: Decision) -> str:
    setup = "" if decision.setup_id is None else f" setup {decision.setup_id}"
    repeats = f" (and {decision.repeated_count} times more)" if decision.repeated_count else ""
    figures = f": {decision.figures}" if decision.figures else ""
    stamp = words.server_stamp(decision.at_utc_s)
    return f"{stamp} [{decision.symbol}]{setup} {decision.headline}{figures}{repeats}"
