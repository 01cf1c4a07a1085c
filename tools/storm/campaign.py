"""Many seeds side by side, until they are done, the time is up, or somebody stops them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Final

from bot.adapters.clock import SystemClock
from tools.storm.campaign_plan import drawn_plan
from tools.storm.episode import Episode, Order
from tools.storm.results import Told, Totals

REPEATED_EVERY: Final = 25
"""One seed in so many is lived twice, and has to come out the same (I25)."""

_AHEAD_PER_WORKER: Final = 2


@dataclass(frozen=True, slots=True)
class Campaign:
    """Seeds from `first` up to, not including, `end`; `only` these faults, or all if empty."""

    first: int
    end: int
    days_count: int
    only: tuple[str, ...] = ()
    minutes: float = inf
    workers_count: int = 2


@dataclass(slots=True)
class Progress:
    """What a campaign has come to; `is_cut_short` when somebody stopped it."""

    totals: Totals = field(default_factory=Totals)
    took_s: float = 0.0
    is_cut_short: bool = False


def order_of(seed: int, days_count: int, only: tuple[str, ...] = ()) -> Order:
    """What a seed means."""
    return Order(seed, days_count, drawn_plan(seed, days_count, only))


def lived(order: Order) -> Told:
    """One seed from its first moment to its last."""
    return Episode(order).run()


def lived_as_asked(seed: int, days_count: int, only: tuple[str, ...], *, twice: bool) -> Told:
    """One seed; `twice` lives it again and adds a violation when it came out otherwise.

    What breaks in the harness itself is raised with the seed named.
    """
    try:
        told = lived(order_of(seed, days_count, only))
    except Exception as error:
        error.add_note(f"while seed {seed} was lived, {days_count} days")
        raise
    if twice and not told.violations:
        again = lived(order_of(seed, days_count, only))
        if again.trace_digest != told.trace_digest:
            words = f"lived twice, the traces are {told.trace_digest} and {again.trace_digest}"
            told.violations.append(("I25", words))
    if not told.violations:
        told.trace = []  # a thousand healthy stories need no telling
    return told


def run_campaign(campaign: Campaign, shown: Callable[[Progress], None]) -> Progress:
    """Live all seeds; `shown` is told after each. An interrupt keeps what is done."""
    progress, clock = Progress(), SystemClock()
    began_s = clock.monotonic_s()
    due_s = began_s + campaign.minutes * 60.0
    with ProcessPoolExecutor(campaign.workers_count, initializer=_ignore_interrupts) as pool:
        try:
            for told in _outcomes(pool, campaign, lambda: clock.monotonic_s() < due_s):
                progress.totals.add(told)
                progress.took_s = clock.monotonic_s() - began_s
                shown(progress)
        except KeyboardInterrupt:
            progress.is_cut_short = True
            pool.shutdown(wait=False, cancel_futures=True)
    progress.took_s = clock.monotonic_s() - began_s
    return progress


def _outcomes(
    pool: ProcessPoolExecutor, campaign: Campaign, may_begin: Callable[[], bool]
) -> Iterator[Told]:
    seeds = iter(range(campaign.first, campaign.end))
    running: set[Future[Told]] = set()
    while True:
        while len(running) < _AHEAD_PER_WORKER * campaign.workers_count and may_begin():
            seed = next(seeds, None)
            if seed is None:
                break
            is_twice = seed % REPEATED_EVERY == 0
            running.add(
                pool.submit(
                    lived_as_asked, seed, campaign.days_count, campaign.only, twice=is_twice
                )
            )
        if not running:
            return
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            yield future.result()


def _ignore_interrupts() -> None:
    """An interrupt is for the process that tells people, not for those that work."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
