"""`python -m tools.parity --seeds A:B`: random stretches lived and walked; every deal compared."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bot.backtest.engine import Engine
from bot.report.text import utc_stamp
from tools.parity.scenario import Deal, Outcome, outcome_of, scenario_of


def main() -> int:
    """Exit code 1 when any stretch differs."""
    asked = _asked()
    console = Console(stderr=True)
    first, last = (int(part) for part in asked.seeds.split(":"))
    deals_count, unlike = 0, list[int]()
    for seed in range(first, last):
        with tempfile.TemporaryDirectory() as folder:
            outcome = outcome_of(scenario_of(seed), Path(folder) / "run", Engine(asked.engine))
        deals_count += len(outcome.lived)
        if outcome.first_unlike is not None:
            unlike.append(seed)
            for line in _told(outcome, outcome.first_unlike):
                console.print(line, highlight=False)
        elif (seed - first) % 10 == 0:
            console.print(f"seed {seed}: {len(outcome.lived)} deals alike", highlight=False)
    count = last - first
    console.print(f"{count - len(unlike)} of {count} stretches alike, {deals_count} deals lived")
    if asked.json:
        summary = {"stretches_count": count, "deals_count": deals_count, "unlike_seeds": unlike}
        sys.stdout.write(json.dumps(summary) + "\n")
    return 1 if unlike else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.parity", description=__doc__)
    parser.add_argument("--seeds", default="0:20", help="first and last, the last excluded")
    parser.add_argument("--engine", choices=[e.value for e in Engine], default="compiled")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _told(outcome: Outcome, place: int) -> Iterator[str]:
    seed, profile = outcome.scenario.seed, outcome.scenario.profile
    counts = f"{len(outcome.lived)} lived, {len(outcome.walked)} walked"
    yield f"seed {seed} ({profile}): {counts}; they part at deal {place}"
    for name, deals in (("lived ", outcome.lived), ("walked", outcome.walked)):
        for deal in deals[max(0, place - 1) : place + 2]:
            yield f"  {name} {_line(deal)}"


def _line(deal: Deal) -> str:
    at = utc_stamp(deal.at_utc_s)
    what = f"{'out' if deal.is_exit else 'in'} {deal.side:+d} {deal.lots:g} at {deal.price:g}"
    return f"{at} {deal.symbol} {what} {deal.moved_minor:+d} cents"


if __name__ == "__main__":
    sys.exit(main())
