"""What a pass rate came to, as one document: chances, times, breaches, yardstick, risk, paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.report.text import day_text
from bot.research.attempts import ENDING_WORDS, Attempt, Ending, attempts_in
from bot.research.chances import (
    Chance,
    Curve,
    Runs,
    block_length_count,
    chances,
    difference,
    exact_interval,
    incidences,
    independent_count,
    mean_chance,
    median_ending_days,
    median_pass_days,
    passing_curve,
    surviving_curve,
)
from bot.research.pass_words import verdict_lines
from bot.research.passrate import CALIBRATION_KEY, PassAsk, entry_rate, of_kind
from bot.research.study_folder import Row

_HORIZON_SLACK_DAYS = 0.01

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Named:
    """The phases' names in order, and what was asked."""

    phases: tuple[str, ...]
    ask: PassAsk


def runs_of_step(attempts: Sequence[Attempt], number: int) -> Runs:
    """The runs of one phase: of every attempt that reached it."""
    reached = [one for one in attempts if len(one.steps) > number]
    return Runs(
        np.array([one.day for one in reached], dtype=np.int64),
        np.array([one.steps[number].days for one in reached], dtype=np.float64),
        np.array([int(one.steps[number].ending) for one in reached], dtype=np.int64),
    )


def runs_of_all(attempts: Sequence[Attempt]) -> Runs:
    """The runs of whole challenges: passed is every phase passed, ended is by whichever phase."""
    lasted = [one.waited_days + one.steps[-1].days for one in attempts]
    return Runs(
        np.array([one.day for one in attempts], dtype=np.int64),
        np.array(lasted, dtype=np.float64),
        np.array([int(one.steps[-1].ending) for one in attempts], dtype=np.int64),
    )


def document_of(rows: Mapping[str, Row], named: Named) -> Document:
    """Everything the report says, from the study's rows."""
    attempts = of_kind(rows, "strategy/")
    whole = runs_of_all(attempts)
    found: Document = {
        "attempts_count": len(attempts),
        "first_start": day_text(attempts[0].day),
        "last_start": day_text(attempts[-1].day),
        "entries_per_year": round(entry_rate(attempts) * 365.25, 2),
        "steps": [
            _figures(runs_of_step(attempts, number), name, named.ask)
            for number, name in enumerate(named.phases)
        ],
        "whole": _figures(whole, "all steps", named.ask),
        "by_month": _by_month(attempts),
        "yardstick": yardstick_document(rows, named),
        "risk": [_risk(rows, risk, named) for risk in named.ask.risks_fraction],
        "paths": _paths(rows, named),
    }
    found["verdict"] = verdict_lines(found)
    return found


def _figures(runs: Runs, name: str, ask: PassAsk) -> Document:
    if not len(runs):
        return {"name": name, "runs_count": 0}
    found = chances(runs, ask.seed)
    at_horizon = runs.lasted_days >= ask.days_max - _HORIZON_SLACK_DAYS
    cut = runs.endings == Ending.CUT.value
    return {
        "name": name,
        "runs_count": len(runs),
        "pass": found[Ending.PASSED].document(),
        "endings": {
            ending.name.lower(): {
                "words": ENDING_WORDS[ending],
                "count": runs.count(ending),
                "chance": found[ending].document() if ending in found else None,
            }
            for ending in Ending
        },
        "cut_by_horizon_count": int((cut & at_horizon).sum()),
        "cut_by_data_count": int((cut & ~at_horizon).sum()),
        "median_pass_days": median_pass_days(runs),
        "median_ending_days": median_ending_days(runs),
        "independent_count": round(independent_count(runs), 2),
        "block_starts_count": block_length_count(runs),
        "passing": _curve(passing_curve(runs)),
        "surviving": _curve(surviving_curve(runs)),
    }


def _curve(curve: Curve) -> Document:
    """A curve with no more points than a picture shows."""
    places = np.unique(np.linspace(0, len(curve.days) - 1, min(len(curve.days), 200)).astype(int))
    return {
        "days": [round(curve.days[k], 2) for k in places],
        "fractions": [round(curve.fractions[k], 5) for k in places],
    }


def _by_month(attempts: Sequence[Attempt]) -> Document:
    months: dict[str, dict[str, int]] = {}
    for one in attempts:
        month = months.setdefault(day_text(one.day)[:7], {})
        name = one.steps[0].ending.name.lower()
        month[name] = month.get(name, 0) + 1
    return dict(months)


def random_fractions(rows: Mapping[str, Row], number: int | None) -> list[float]:
    """The chance to pass of every seed of random entries: a phase's, or None for all phases."""
    found: list[float] = []
    for key, row in rows.items():
        if key.startswith("random/") and key != CALIBRATION_KEY:
            lived = attempts_in(row)
            runs = runs_of_all(lived) if number is None else runs_of_step(lived, number)
            found.append(float(incidences(runs.lasted_days, runs.endings)[0]))
    return found


def yardstick_document(rows: Mapping[str, Row], named: Named) -> Document | None:
    """The strategy against random entries: difference, interval and a plain verdict."""
    seeds = random_fractions(rows, 0)
    if not seeds:
        return None
    attempts = of_kind(rows, "strategy/")
    lived = [
        one
        for key, row in rows.items()
        if key.startswith("random/") and key != CALIBRATION_KEY
        for one in attempts_in(row)
    ]
    first = _against(runs_of_step(attempts, 0), seeds, named.ask)
    whole = _against(runs_of_all(attempts), random_fractions(rows, None), named.ask)
    return {
        "seeds_count": len(seeds),
        "entries_per_year": round(entry_rate(lived) * 365.25, 2),
        "first_step": first,
        "whole": whole,
    }


def _against(runs: Runs, seeds: Sequence[float], ask: PassAsk) -> Document:
    own = chances(runs, ask.seed)[Ending.PASSED]
    other = mean_chance(np.array(seeds))
    gap, low, high = difference(own, other)
    beaten = sum(1 for seed in seeds if seed >= own.fraction - 1e-12)
    return {
        "random": other.document(),
        "seeds": [round(seed, 5) for seed in seeds],
        "difference_fraction": round(gap, 6),
        "low_fraction": round(low, 6),
        "high_fraction": round(high, 6),
        "seeds_as_good_count": beaten,
        "verdict": against_words(low, high),
    }


def against_words(low_fraction: float, high_fraction: float) -> str:
    """What the interval of the difference to random entries allows to say."""
    if low_fraction > 0.0:
        return "passes more often than random entries"
    if high_fraction < 0.0:
        return "passes less often than random entries"
    return "indistinguishable from random entries"


def _risk(rows: Mapping[str, Row], risk_fraction: float, named: Named) -> Document:
    attempts = of_kind(rows, f"risk/{risk_fraction:.6f}")
    first, whole = runs_of_step(attempts, 0), runs_of_all(attempts)
    one, every = chances(first, named.ask.seed), chances(whole, named.ask.seed)
    return {
        "risk_fraction": risk_fraction,
        "runs_count": len(first),
        "first_step": one[Ending.PASSED].document(),
        "whole": every[Ending.PASSED].document(),
        "failed_fraction": round(sum(c.fraction for e, c in one.items() if e != Ending.PASSED), 6),
    }


def _paths(rows: Mapping[str, Row], named: Named) -> Document | None:
    lived = of_kind(rows, "paths/")
    if not lived:
        return None
    first, whole = runs_of_step(lived, 0), runs_of_all(lived)
    return {
        "paths_count": len(lived),
        "block_days": next(row["block"] for key, row in rows.items() if key.startswith("paths/")),
        "first_step": _independent(first).document(),
        "whole": _independent(whole).document(),
        "endings": {e.name.lower(): first.count(e) for e in Ending if first.count(e)},
    }


def _independent(runs: Runs) -> Chance:
    """Paths are drawn independently; the interval is of the drawing, not of the days drawn from."""
    share = runs.count(Ending.PASSED) / len(runs)
    return Chance(share, *exact_interval(share, float(len(runs))), float(len(runs)))
