"""The 25 invariants of the catalogue as checkers: the server's truth, never the trader's belief."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from tools.storm.invariants.blackouts import NoFillInBlackout
from tools.storm.invariants.build import CANARY, NoSecret, OneWriter, StaysBounded
from tools.storm.invariants.days import OneReset
from tools.storm.invariants.durability import IntentFirst, NothingLost
from tools.storm.invariants.evidence import FreshPrices, OnEvidence
from tools.storm.invariants.exemptions import ALL_EXEMPTIONS, REASONS
from tools.storm.invariants.exposure import HandsOff, OneExposure, OneFillPerKey, RiskCap
from tools.storm.invariants.floors import FloorsHold
from tools.storm.invariants.halts import EndsFlat, HaltHolds
from tools.storm.invariants.healing import Heals, IsHeardOf
from tools.storm.invariants.memory import Accounts, LoadsWhole
from tools.storm.invariants.sending import Bounded, RightAccount
from tools.storm.invariants.sight import Sight, Watcher
from tools.storm.invariants.sizes import Avoidable, PlannedLoss
from tools.storm.invariants.stops import StopStands
from tools.storm.model import Checker

__all__ = [
    "ALL_CHECKERS",
    "ALL_EXEMPTIONS",
    "CANARY",
    "REASONS",
    "checks_done",
    "exemptions_used",
    "fresh_checkers",
    "slowest_s",
]

WATCHERS: Final[tuple[type[Watcher], ...]] = (
    OneExposure,
    OneFillPerKey,
    StopStands,
    RiskCap,
    FloorsHold,
    HaltHolds,
    EndsFlat,
    OnEvidence,
    IntentFirst,
    NothingLost,
    LoadsWhole,
    Accounts,
    HandsOff,
    RightAccount,
    NoFillInBlackout,
    FreshPrices,
    Avoidable,
    PlannedLoss,
    Bounded,
    OneReset,
    Heals,
    IsHeardOf,
    OneWriter,
    NoSecret,
    StaysBounded,
)
"""I1 to I25, each once, in order."""


def fresh_checkers() -> tuple[Watcher, ...]:
    """One checker of each invariant for one scene; they share what they see."""
    sight = Sight()
    return tuple(watcher(sight) for watcher in WATCHERS)


ALL_CHECKERS: Final[Callable[[], tuple[Watcher, ...]]] = fresh_checkers


def exemptions_used(checkers: Iterable[Checker]) -> Counter[str]:
    """How often each named exemption was used."""
    used: Counter[str] = Counter()
    for checker in checkers:
        if isinstance(checker, Watcher):
            used.update(checker.excused)
    return used


def checks_done(checkers: Iterable[Checker]) -> dict[str, int]:
    """How many things each invariant was held against."""
    return {c.invariant_id: c.checked_count for c in checkers if isinstance(c, Watcher)}


def slowest_s(checkers: Iterable[Checker]) -> dict[str, float]:
    """For promises with a time: the longest anything took to come right, in clear seconds."""
    return {
        c.invariant_id: c.slowest_s
        for c in checkers
        if isinstance(c, Watcher) and c.slowest_s > 0.0
    }
