"""What changed between two scans of a symbol."""

from __future__ import annotations

from collections.abc import Iterable

from bot.report import text as words
from bot.report.documents import Document, number, text, texts


def pillar_names(names: Iterable[str]) -> str:
    """Pillars as a person reads them: `trend vote, golden zone`."""
    return ", ".join(name.lower().replace("_", " ") for name in names)


def scan_change(before: Document, after: Document) -> str:
    """Score and pillars that are different now; empty when nothing is."""
    parts: list[str] = []
    old, new = number(before, "score_fraction"), number(after, "score_fraction")
    if words.pct(old, 0) != words.pct(new, 0):
        parts.append(f"score {words.pct(old, 0)} to {words.pct(new, 0)}")
    if text(before, "side") != text(after, "side"):
        parts.append(f"side {text(before, 'side') or 'none'} to {text(after, 'side') or 'none'}")
    was, is_now = set(texts(before, "passed")), set(texts(after, "passed"))
    gained = [pillar for pillar in texts(after, "passed") if pillar not in was]
    lost = [pillar for pillar in texts(before, "passed") if pillar not in is_now]
    if gained:
        parts.append(f"now yes: {pillar_names(gained)}")
    if lost:
        parts.append(f"no longer: {pillar_names(lost)}")
    return "; ".join(parts)
