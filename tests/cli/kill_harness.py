"""Lives one short demo as a row of processes, each killed at a random moment, and tells the facts.

Run as a script by the tests. Everything slow (imports, market) is done once; each life is a forked
process that runs the very function behind `bot demo` and dies by SIGKILL. Half of the deaths come
at a random time, half at the instant a request reaches the broker's ledger.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path

from bot.adapters.journal_files import read_events
from bot.cli.demo import demo_market, window
from bot.cli.folders import RunFolder
from bot.cli.manifest import claim, manifest_of
from bot.cli.simulated import LedgerTerminal, RequestLedger
from bot.cli.simulated_account import account_config, simulated_settings
from bot.cli.simulated_run import Shown, live_and_tell
from bot.cli.simulation import SimulationPlan
from bot.model.settings import BotSettings
from bot.params import load_settings

REPOSITORY = Path(__file__).resolve().parents[2]
SYMBOLS = ("EURUSD", "USDJPY", "XAUUSD", "BTCUSD")
LIFE_MAX_S = 0.25
FROM_BIRTH_SHARE = 0.2
_LOOK_S = 0.0003
"""Between two looks: looking without a pause would take the processor from the one looked at."""
DAY_S = 86_400


def eager(settings: BotSettings) -> BotSettings:
    """Settings that find a trade nearly every day: much to lose, much to double."""
    signal = settings.signal
    return replace(
        settings,
        signal=signal._replace(
            score_min_fraction=0.1,
            levels=signal.levels._replace(rr_min_r=0.2, entry_at_close_atr=1.5, stop_max_atr=6.0),
            filters=signal.filters._replace(passes_min_count=0),
        ),
    )


def plan_in(folder: Path, days: int, seed: int = 7) -> SimulationPlan:
    settings = load_settings(REPOSITORY / "params" / "current_params.json")
    settings = eager(simulated_settings(settings, SYMBOLS))
    run = RunFolder(folder)
    claim(run, manifest_of("demo", settings, {"seed": seed, "days": days}), fresh=False)
    start_utc_s, end_utc_s = window(days)
    market = demo_market(seed, settings, end_utc_s)
    return SimulationPlan(run, "demo", settings, market, start_utc_s, end_utc_s)


def one_life(plan: SimulationPlan) -> int:
    """Fork a process that lives the plan to its end, unless it is killed."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        live_and_tell(plan, Shown("", as_json=True, with_picture=False))
        code = 0
    except BaseException:  # noqa: BLE001 -- a forked child must not return into its parent
        traceback.print_exc()
    finally:
        os._exit(code)


def kill_later(pid: int, plan: SimulationPlan, rng: random.Random, *, at_request: bool) -> bool:
    """Kill at a random moment, or as soon as a request is in the ledger; False if it was over.

    The moment counts from the first line this life journals, sometimes from its birth.
    """
    life_s = 4 * LIFE_MAX_S if at_request else rng.uniform(0.0, LIFE_MAX_S)
    is_started = rng.random() < FROM_BIRTH_SHARE
    requests, lines = _size(plan.run.ledger), _journal_size(plan)
    began_s = time.monotonic()
    while time.monotonic() - began_s < life_s:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
        if not is_started:
            is_started, began_s = _journal_size(plan) > lines, time.monotonic()
        if at_request and _size(plan.run.ledger) > requests:
            break
        time.sleep(_LOOK_S)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def live_through(plan: SimulationPlan, kills_count: int, rng: random.Random) -> int:
    """Live the plan with up to `kills_count` deaths; returns how many there were."""
    deaths = 0
    while deaths < kills_count:
        pid = one_life(plan)
        if not kill_later(pid, plan, rng, at_request=deaths % 2 == 1):
            return deaths
        deaths += 1
    _, status = os.waitpid(one_life(plan), 0)
    assert os.waitstatus_to_exitcode(status) == 0, "the last life did not end well"
    return deaths


def facts(plan: SimulationPlan, deaths: int) -> dict[str, object]:
    """What the broker holds at the end, and what the journal says of it."""
    terminal = LedgerTerminal(
        plan.market, account_config(plan.settings), RequestLedger(plan.run.ledger)
    )
    terminal.advance_to(max(plan.end_utc_s, terminal.now_utc_s))
    terminal.initialize()
    first, last = int(plan.start_utc_s) - 2 * DAY_S, int(plan.end_utc_s) + 2 * DAY_S
    deals, positions = terminal.history_deals_get(first, last), terminal.positions_get()
    account = terminal.account_info()
    return {
        "deaths": deaths,
        "trace": terminal.trace_hash(),
        "balance": account.balance,
        "deals": [deal._asdict() for deal in deals],
        "positions": [position._asdict() for position in positions],
        "journal": list(read_events(plan.run.journal)),
    }


def _journal_size(plan: SimulationPlan) -> int:
    return sum(_size(path) for path in plan.run.journal.glob("*.jsonl"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def main() -> None:
    """Arguments: days, kills, and a folder for each time the same is to be lived."""
    days, kills_count = int(sys.argv[1]), int(sys.argv[2])
    told = []
    for folder in sys.argv[3:]:
        plan = plan_in(Path(folder), days)
        told.append(facts(plan, live_through(plan, kills_count, random.Random(1))))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
