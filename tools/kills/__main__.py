"""`python -m tools.kills --count N`: campaigns side by side until N traders have died."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.adapters.clock import SystemClock
from bot.model.settings import BotSettings
from tools.kills.campaign import Campaign, CampaignPlan, Told, forked
from tools.kills.points import Deed
from tools.kills.victim import eager_settings

KILLS_PER_CAMPAIGN = 100
TRADING_DAYS = 40
RESTART_MAX_S = 30.0


def run_campaigns(plans: Sequence[CampaignPlan], jobs_count: int) -> Iterator[Told]:
    """Every campaign's findings as it ends, at most `jobs_count` at a time.

    Raises `RuntimeError` when a campaign itself broke.
    """
    settings = eager_settings()
    waiting, running = list(plans), dict[int, CampaignPlan]()
    while waiting or running:
        while waiting and len(running) < jobs_count:
            plan = waiting.pop(0)
            running[forked(lambda plan=plan: _one(plan, settings))] = plan  # type: ignore[misc]
        pid, status = os.wait()
        plan = running.pop(pid)
        if status:
            message = f"campaign {plan.seed} broke with {os.waitstatus_to_exitcode(status)}"
            raise RuntimeError(message)
        yield Told(**json.loads(_answer(plan).read_text(encoding="utf-8")))


def plans_for(count: int, first: CampaignPlan) -> list[CampaignPlan]:
    """So many campaigns like the first that `count` traders die, each on a market of its own."""
    per_campaign = min(count, KILLS_PER_CAMPAIGN)
    seeds = range(first.seed, first.seed + -(-count // per_campaign))
    return [
        replace(first, folder=first.folder / f"seed-{n}", seed=n, kills_count=per_campaign)
        for n in seeds
    ]


def totals(told: Sequence[Told], took_s: float) -> dict[str, object]:
    """What all campaigns together came to."""
    by: Counter[str] = Counter()
    for one in told:
        by.update(one.kills_by)
    warm = [s for one in told for s in one.recovered_s]
    cold = [s for one in told for s in one.cold_recovered_s]
    return {
        "kills": sum(one.kills_count for one in told),
        "kills by": ", ".join(f"{how} {count}" for how, count in sorted(by.items())),
        "settled and compared": sum(one.settled_count for one in told),
        "server days": sum(one.days_count for one in told),
        "days compared with an unkilled run": sum(one.days_compared_count for one in told),
        "day bases judged by a witness": sum(one.bases_judged_count for one in told),
        "positions": sum(one.positions_count for one in told),
        "own deals": sum(one.own_deals_count for one in told),
        "rungs": sum(one.rungs_count for one in told),
        "back after, warm, at most (s)": round(max(warm, default=0.0), 2),
        "back after, from scratch, at most (s)": round(max(cold, default=0.0), 2),
        "broken promises": sum(len(one.complaints) for one in told),
        "took (s)": round(took_s, 1),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, compare, tell; exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="tools.kills", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="how many traders die, at least")
    parser.add_argument("--seed", type=int, default=1, help="the first campaign's")
    parser.add_argument("--jobs", type=int, default=2, help="campaigns at a time")
    parser.add_argument("--cold-every", type=int, default=25, help="every n-th is a new program")
    parser.add_argument("--only", choices=[deed.value for deed in Deed], help="die at these alone")
    parser.add_argument("--json", action="store_true", help="print facts as JSON")
    given = parser.parse_args(arguments)
    if min(given.count, given.jobs) < 1 or min(given.seed, given.cold_every) < 0:
        parser.error("--count and --jobs must be 1 or more, --seed and --cold-every 0 or more")
    root = Path(tempfile.mkdtemp(prefix="kills-"))
    clock = SystemClock()
    began_s = clock.monotonic_s()
    deeds = (Deed(given.only),) if given.only else tuple(Deed)
    first = CampaignPlan(root, given.seed, given.count, TRADING_DAYS, given.cold_every, deeds)
    told = list(run_campaigns(plans_for(given.count, first), given.jobs))
    found = totals(told, clock.monotonic_s() - began_s)
    complaints = [line for one in told for line in one.complaints]
    if given.json:
        sys.stdout.write(json.dumps({**found, "complaints": complaints}) + "\n")
    else:
        _show(found, complaints)
    if complaints:
        sys.stderr.write(f"files are kept in {root}\n")
        return 1
    shutil.rmtree(root, ignore_errors=True)
    return 0


def _show(found: Mapping[str, object], complaints: Sequence[str]) -> None:
    table = Table("what", "how much")
    for name, value in found.items():
        table.add_row(name, str(value))
    console = Console()
    console.print(table)
    for line in complaints:
        console.print(line, markup=False)


def _one(plan: CampaignPlan, settings: BotSettings) -> None:
    told = Campaign(plan, settings).go()
    _answer(plan).write_text(json.dumps(asdict(told)), encoding="utf-8")


def _answer(plan: CampaignPlan) -> Path:
    return plan.folder.with_suffix(".json")


if __name__ == "__main__":
    sys.exit(main())
