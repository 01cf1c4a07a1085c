"""Accounts lived one after another through a stretch: what a trader gets who always buys again.

One account would end a study early: it passes, breaches, or stands still behind a halt that waits
for a person. Here the next one is bought on the day after, so that every day of the stretch is
traded and each result stays in R.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.backtest.engine import Engine, Stretch, Walked, walk_account
from bot.backtest.inputs import Inputs, Records
from bot.backtest.kinds import HaltKind
from bot.model.decision import PhaseVerdict

DAY_S = 86_400.0
_LIVES_MAX_COUNT = 1_000
_LASTING = (HaltKind.TOTAL_LOSS, HaltKind.PHASE_OVER, HaltKind.TARGET_STOP, HaltKind.BREAKER_PERSON)


@dataclass(frozen=True, slots=True, eq=False)
class Lives:
    """Closed trades of all accounts in order of time, and how the accounts ended.

    `closed_s` UTC seconds, `result_r` R of the trade, `net_money` account currency after costs;
    `stuck_count` are accounts that stood still behind a halt only a person lifts.
    """

    closed_s: NDArray[np.float64]
    result_r: NDArray[np.float64]
    net_money: NDArray[np.float64]
    accounts_count: int
    passed_count: int
    breached_count: int
    stuck_count: int


def live_through(inputs: Inputs, stretch: Stretch, engine: Engine = Engine.COMPILED) -> Lives:
    """Walk account after account from the start of `stretch` to its end."""
    walks: list[Walked] = []
    start_s = stretch.start_s
    while start_s < stretch.end_s and len(walks) < _LIVES_MAX_COUNT:
        walked = walk_account(inputs, Stretch(start_s, stretch.end_s), engine)
        walks.append(walked)
        ended_s = _ended_s(walked.account, stretch.end_s)
        if ended_s >= stretch.end_s:
            break
        start_s = _next_midnight_s(inputs, max(ended_s, start_s))
    return _lives(walks, float(inputs.terms[0].minor_per_unit))


def _ended_s(me: Records, end_s: float) -> float:
    """When the account was over for the trader; `end_s` when it still lives."""
    if me.verdict != PhaseVerdict.RUNNING.value:
        return float(me.now_s)
    halts = [me.halts[kind] for kind in _LASTING]
    return min((float(halt.since_s) for halt in halts if halt.on), default=end_s)


def _next_midnight_s(inputs: Inputs, after_s: float) -> float:
    """The first server midnight later than `after_s`, a day on where the calendar ends."""
    place = int(np.searchsorted(inputs.midnights_s, after_s, side="right"))
    if place < len(inputs.midnights_s):
        return float(inputs.midnights_s[place])
    return after_s + DAY_S


def _lives(walks: list[Walked], minor_per_unit: float) -> Lives:
    trades = np.concatenate([walked.trades for walked in walks])
    trades = trades[np.argsort(trades["closed_s"], kind="stable")]
    verdicts = [int(walked.account.verdict) for walked in walks]
    passed = sum(verdict == PhaseVerdict.PASSED.value for verdict in verdicts)
    running = sum(verdict == PhaseVerdict.RUNNING.value for verdict in verdicts)
    stuck = sum(
        int(walked.account.verdict) == PhaseVerdict.RUNNING.value
        and any(walked.account.halts[kind].on for kind in _LASTING)
        for walked in walks
    )
    return Lives(
        closed_s=trades["closed_s"].copy(),
        result_r=trades["result_r"].copy(),
        net_money=trades["net_minor"] / minor_per_unit,
        accounts_count=len(walks),
        passed_count=passed,
        breached_count=len(walks) - passed - running,
        stuck_count=stuck,
    )
