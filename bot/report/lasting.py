"""Halts that nobody lifts: said wherever a person might wait for it."""

from __future__ import annotations

from collections.abc import Mapping

LASTING = frozenset({"total_loss", "phase_over"})
LASTING_TEXT = "nobody lifts it; a new account or phase begins in a folder of its own"


def lasting_lines(state: Mapping[str, object] | None) -> list[str]:
    """A line for each halt of a saved state that a resume does not lift."""
    halts = state.get("halts") if state is not None else None
    names = sorted(LASTING & set(halts)) if isinstance(halts, Mapping) else []
    return [f"HALT {name} stays: {LASTING_TEXT}" for name in names]
