"""What an episode came to, and what many came to together; plain figures, fit for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

DAYS_PER_ACCOUNT_YEAR = 260.0
"""Trading days an account lives through in a year."""

DAY_S = 86_400.0


@dataclass(slots=True)
class Recovery:
    """The longest spells, in seconds during which the trader lived and the terminal answered.

    `restart_s` counts from the moment a new process begins to its first completed cycle.
    """

    naked_stop_s: float = 0.0
    flat_s: float = 0.0
    restart_s: float = 0.0
    unknown_s: float = 0.0
    healed_s: float = 0.0

    def widen(self, other: Recovery) -> None:
        """Keep the longer of each spell."""
        self.naked_stop_s = max(self.naked_stop_s, other.naked_stop_s)
        self.flat_s = max(self.flat_s, other.flat_s)
        self.restart_s = max(self.restart_s, other.restart_s)
        self.unknown_s = max(self.unknown_s, other.unknown_s)
        self.healed_s = max(self.healed_s, other.healed_s)


@dataclass(slots=True)
class Told:
    """What one seed came to. `violations` are pairs of an invariant and a sentence.

    `trading_days` counts weekdays, in parts of a day; `is_early`: it broke before healing began.
    """

    seed: int
    profile: str
    days_count: int
    trading_days: float = 0.0
    cycles_count: int = 0
    deaths_count: int = 0
    starts_count: int = 0
    refused_starts: Counter[str] = field(default_factory=Counter)
    unforeseen: Counter[str] = field(default_factory=Counter)
    armed: list[str] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    sends_count: int = 0
    deals_count: int = 0
    violations: list[tuple[str, str]] = field(default_factory=list)
    is_early: bool = False
    recovery: Recovery = field(default_factory=Recovery)
    trace_digest: str = ""
    trace: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Totals:
    """What a campaign came to so far."""

    seeds_count: int = 0
    trading_days: float = 0.0
    cycles_count: int = 0
    deaths_count: int = 0
    starts_count: int = 0
    sends_count: int = 0
    deals_count: int = 0
    repeated_count: int = 0
    refused_starts: Counter[str] = field(default_factory=Counter)
    unforeseen: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    seeds_fired: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    profiles: Counter[str] = field(default_factory=Counter)
    recovery: Recovery = field(default_factory=Recovery)
    failed: list[Told] = field(default_factory=list)

    def add(self, told: Told) -> None:
        """Count one more seed."""
        self.seeds_count += 1
        self.trading_days += told.trading_days
        self.cycles_count += told.cycles_count
        self.deaths_count += told.deaths_count
        self.starts_count += told.starts_count
        self.sends_count += told.sends_count
        self.deals_count += told.deals_count
        self.refused_starts.update(told.refused_starts)
        self.unforeseen.update(told.unforeseen)
        self.fired.update(told.fired)
        self.seeds_fired.update(list(told.fired))
        self.pairs.update(pairs_of(told.fired))
        self.checks.update(told.checks)
        self.excused.update(told.excused)
        self.profiles[told.profile] += 1
        self.recovery.widen(told.recovery)
        if told.violations:
            self.failed.append(told)

    @property
    def account_years(self) -> float:
        """Simulated trading time in years of one account."""
        return self.trading_days / DAYS_PER_ACCOUNT_YEAR


def pairs_of(fired: Iterable[str]) -> list[str]:
    """Groups of faults that met in one seed, two by two: "BP"."""
    groups = sorted({fault_id[0] for fault_id in fired})
    return [first + second for at, first in enumerate(groups) for second in groups[at + 1 :]]
