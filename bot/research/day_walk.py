"""A challenge lived day by day through results that were lived before: fast, and the firm's rules.

Each day of a lived account is three fractions of the balance it began with: what it closed, how
low equity went, and what still floated at its end. Drawn again in another order they are paths
that did not happen but could have; limits, days and target are judged by `bot.rules`. What such a
path cannot know is how the bot's own brakes and sizing would have answered its losses.
"""

from __future__ import annotations

import numpy as np
from arch.bootstrap import optimal_block_length
from numpy.typing import NDArray

from bot.backtest.compiled import machine
from bot.backtest.inputs import Records
from bot.model.challenge import ChallengeRules, Observation
from bot.model.decision import PhaseVerdict
from bot.rules.challenge_engine import begin, next_day, observe, verdict_now

LIVED_DAY = np.dtype(
    [
        ("gain_fraction", "f8"),
        ("low_fraction", "f8"),
        ("floating_fraction", "f8"),
        ("entries_count", "i8"),
    ],
    align=True,
)
"""A lived day, as fractions of the balance at its start; `low` is never above what closed."""

_RUNNING = PhaseVerdict.RUNNING.value


def lived_days(days: Records, initial_money: float) -> Records:
    """The `DAY` records of a walk as fractions of the balance each day began with."""
    found = np.zeros(len(days), LIVED_DAY).view(np.recarray)
    balance = np.asarray(days.balance_money)
    start = np.concatenate(([initial_money], balance))[: len(days)]
    equity, lowest = np.asarray(days.equity_money), np.asarray(days.lowest_equity_money)
    found.gain_fraction = balance / start - 1.0
    found.floating_fraction = equity / balance - 1.0
    found.low_fraction = np.minimum(lowest, equity) / start - 1.0
    found.entries_count = days.entries_count
    return found


def live_days(
    lived: Records, drawn: NDArray[np.int64], factor: float, rules: ChallengeRules
) -> tuple[int, int]:
    """Live one phase through the days `drawn`; the verdict (`PhaseVerdict`) and after how many.

    Every result is multiplied by `factor`: what another risk per trade would come to.
    """
    state = begin(0, rules)
    for k in range(len(drawn)):
        day = lived[drawn[k]]
        start = state.balance_money
        low = start * (1.0 + factor * day.low_fraction)
        count = day.entries_count
        seen = Observation(start, low, 0.0, 0.0, True, count, 0)  # noqa: FBT003
        state = observe(state, seen, rules)
        answer = verdict_now(state, rules)
        if answer != _RUNNING:
            return answer, k + 1
        balance = start * (1.0 + factor * day.gain_fraction)
        equity = balance * (1.0 + factor * day.floating_fraction)
        seen = Observation(balance, equity, 0.0, 0.0, equity != balance, 0, 0)
        state = observe(state, seen, rules)
        answer = verdict_now(state, rules)
        if answer != _RUNNING:
            return answer, k + 1
        state = next_day(state, rules)
    return _RUNNING, len(drawn)


_LIVE_DAYS = machine(live_days)


def live_days_compiled(
    lived: Records, drawn: NDArray[np.int64], factor: float, rules: ChallengeRules
) -> tuple[int, int]:
    """`live_days` as machine code."""
    answer, count = _LIVE_DAYS(lived, drawn, factor, rules)
    return int(answer), int(count)


def block_days_count(lived: Records) -> int:
    """How many days a block should have, at least 5; 5 where the days say nothing.

    Politis and White's estimate (2004, corrected 2009) for the circular bootstrap.
    """
    gains = np.asarray(lived.gain_fraction)
    if len(gains) < 50 or not gains.std() > 0.0:  # noqa: PLR2004 -- too little to estimate from
        return 5
    return max(5, int(np.ceil(optimal_block_length(gains)["circular"].iloc[0])))


def drawn_days(
    count: int, wanted_count: int, block_count: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """`wanted_count` places among `count` days, in circular blocks of following days."""
    blocks = -(-wanted_count // block_count)
    firsts = generator.integers(0, count, blocks)
    places = (firsts[:, None] + np.arange(block_count)) % count
    return places.reshape(-1)[:wanted_count].astype(np.int64)
