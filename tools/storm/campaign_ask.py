"""What `bot storm` does: a campaign, or one seed told event by event."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console

from tools.storm.campaign import Campaign, Progress, lived, order_of, run_campaign
from tools.storm.campaign_plan import CALM, check_fault
from tools.storm.campaign_show import (
    Bar,
    document,
    show_failure,
    show_totals,
    show_trace,
    write_json,
)
from tools.storm.episode import Order
from tools.storm.minimise import Minimiser

MINIMISED_MAX_COUNT: Final = 3
"""Of a campaign's failed seeds: the first say most of what there is to say."""


class Ask:
    """Answers what a person asked of the storm; each answer is an exit code."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()

    def replay(self, seed: int, days_count: int, only: tuple[str, ...], end_day: int) -> int:
        """One seed, its last events and what it broke."""
        _check(only)
        order = replace(order_of(seed, days_count, only), end_days_count=end_day)
        told = lived(order)
        show_trace(self._console, told)
        words = f"seed {seed}: faults armed {', '.join(told.armed) or 'none'}; trace "
        self._console.print(words + told.trace_digest, markup=False, highlight=False)
        if not told.violations:
            self._console.print("no invariant was broken")
            return 0
        show_failure(self._console, told)
        return 1

    def campaign(
        self,
        span: tuple[int, int],
        days_count: int,
        only: tuple[str, ...],
        limits: tuple[float, int],
        json_file: Path | None,
    ) -> int:
        """Every seed of the span; `limits` are minutes and workers."""
        _check(only)
        campaign = Campaign(*span, days_count, only, *limits)
        with Bar(self._console, campaign) as bar:
            progress = run_campaign(campaign, bar.move)
        show_totals(self._console, progress)
        if json_file is not None:
            write_json(json_file, document(campaign, progress))
        self._tell_failures(campaign, progress)
        if progress.is_cut_short:
            self._console.print("stopped early: what is shown was lived, the rest was not")
        return 1 if progress.totals.failed else 0

    def _tell_failures(self, campaign: Campaign, progress: Progress) -> None:
        failed = sorted(progress.totals.failed, key=lambda told: told.seed)
        for number, told in enumerate(failed):
            show_failure(self._console, told)
            order = order_of(told.seed, campaign.days_count, campaign.only)
            if number < MINIMISED_MAX_COUNT and not progress.is_cut_short:
                order = Minimiser(told.violations[0][0]).smallest(order)
            self._console.print(f"  {command_for(order)}", markup=False, highlight=False)


def command_for(order: Order) -> str:
    """The command that lives this very order again."""
    faults = ",".join(sorted(order.plan.fault_ids)) or CALM
    end = f" --end-day {order.end_days_count}" if order.end_days_count else ""
    return f"bot storm --replay {order.seed} --days {order.days_count} --fault {faults}{end}"


def _check(only: tuple[str, ...]) -> None:
    for fault_id in () if only == (CALM,) else only:
        check_fault(fault_id)
