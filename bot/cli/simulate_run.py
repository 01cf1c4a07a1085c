"""Runs the script of `bot simulate` and tells, on stderr, what it did."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import typer

from bot.cli import console
from bot.cli.simulate_plan import BuiltMarket, SimulatePlan, built_market, seconds_of
from bot.errors import DataError
from bot.report.text import duration, server_stamp
from bot.simulator.retcodes import RETCODE_TEXTS
from bot.simulator.script import ScriptOutcome, ScriptWorld, run_script
from bot.simulator.script_summary import AccountSummary

_FAILED: Final = 1
_REASONS_MAX: Final = 4
_WIDTH: Final = 12


def run_and_tell(plan: SimulatePlan, *, is_quiet: bool, as_json: bool) -> int:
    """Run the script; its exit code. Raises `typer.BadParameter` when it does not exist."""
    _demand_script(plan.script)
    stop_after_s = None if plan.stop_after is None else seconds_of(plan.stop_after, "--for")
    problem = _problem(plan.script)
    if problem:
        console.complain(problem)
        return _FAILED
    built = _built(plan)
    end_utc_s = built.end_utc_s
    if stop_after_s is not None:
        end_utc_s = min(end_utc_s, built.start_utc_s + stop_after_s)
    if not (is_quiet or as_json):
        console.tell(_row("simulating", _prospect(plan, built.start_utc_s, end_utc_s)))
    outcome = run_script(plan.script, plan.args, _world(plan, built, end_utc_s))
    sys.stdout.flush()
    if as_json:
        console.tell(json.dumps(_document(plan, outcome), default=str))
    elif not is_quiet:
        for line in _lines(plan, outcome, is_end_of_market=end_utc_s == built.end_utc_s):
            console.tell(line)
    return outcome.exit_code


def _demand_script(script: Path) -> None:
    if not script.is_file():
        what = "a folder, not a script" if script.is_dir() else "no such script"
        message = f"{script}: {what}"
        raise typer.BadParameter(message)


def _built(plan: SimulatePlan) -> BuiltMarket:
    """The market; one that cannot be had was wrongly asked for."""
    try:
        return built_market(plan.wanted)
    except DataError as error:
        raise typer.BadParameter(_shortened(str(error))) from error


def _shortened(words: str) -> str:
    """The first few of many reasons, one a line."""
    lines = words.splitlines()
    more_count = len(lines) - _REASONS_MAX
    return "\n".join([*lines[:_REASONS_MAX], *([f"  and {more_count} more"] * (more_count > 0))])


def _prospect(plan: SimulatePlan, start_utc_s: float, end_utc_s: float) -> str:
    """From when, how fast and how long at most."""
    length_s = end_utc_s - start_utc_s
    words = f"from {server_stamp(start_utc_s)} server for {duration(length_s)} at most"
    speed = plan.pace.speed
    if speed and plan.pace.is_paced:
        words += f", {speed:g} times real time: {duration(length_s / speed)}"
    return words if plan.stop_after else f"{words}; --for 2h ends it sooner, Ctrl-C at once"


def _problem(script: Path) -> str:
    """Why the script cannot even begin; empty when it can."""
    try:
        compile(script.read_bytes(), str(script), "exec")
    except SyntaxError as error:
        words = "".join(traceback.format_exception_only(error)).rstrip()
        return f"{script} is not a valid Python script\n{words}"
    except (ValueError, OSError) as error:
        return f"{script} is not a readable Python script: {error}"
    return ""


def _world(plan: SimulatePlan, built: BuiltMarket, end_utc_s: float) -> ScriptWorld:
    def give_up() -> None:
        console.complain("the script was asked to stop three times and goes on; ended here")
        sys.stdout.flush()
        os._exit(_FAILED)

    return ScriptWorld(
        market=built.market,
        start_utc_s=built.start_utc_s,
        end_utc_s=end_utc_s,
        account=plan.account,
        pace=plan.pace,
        faults=plan.faults,
        faults_seed=plan.wanted.seed,
        give_up=give_up,
    )


def _document(plan: SimulatePlan, outcome: ScriptOutcome) -> dict[str, object]:
    summary = asdict(outcome.summary)
    return {
        "script": str(plan.script),
        "exit_code": outcome.exit_code,
        "is_time_over": outcome.is_time_over,
        "is_interrupted": outcome.is_interrupted,
        "calls_count": outcome.calls_count,
        "faults_count": outcome.faults_count,
        **summary,
    }


def _lines(plan: SimulatePlan, outcome: ScriptOutcome, *, is_end_of_market: bool) -> Iterator[str]:
    summary = outcome.summary
    start, end = server_stamp(summary.start_utc_s), server_stamp(summary.end_utc_s)
    lived = duration(summary.end_utc_s - summary.start_utc_s)
    yield ""
    yield _row("simulated", f"{start} to {end} server, {lived}, {outcome.calls_count} calls")
    if outcome.calls_count == 0:
        yield _row("note", f"{plan.script.name} never called a function of MetaTrader5")
    if plan.faults:
        yield _row("faults", f"{', '.join(plan.faults)}: struck {outcome.faults_count} times")
    if outcome.missing_module:
        module = outcome.missing_module.partition(".")[0]
        yield _row("note", f"{module} is not installed beside this program: {sys.executable}")
    yield _row("requests", _requests(outcome))
    for account in summary.accounts:
        yield from _account_lines(account)
    if outcome.is_time_over:
        why = "the market ends here; --days asks for more" if is_end_of_market else "--for is over"
        yield _row("stopped", why)
    elif outcome.is_interrupted:
        yield _row("stopped", "interrupted")


def _requests(outcome: ScriptOutcome) -> str:
    counts = outcome.summary.requests_by_retcode
    unanswered = outcome.summary.unanswered_requests_count
    parts = [f"{count} x {code} {RETCODE_TEXTS[code]}" for code, count in counts.items()]
    parts += [f"{unanswered} x None"] if unanswered else []
    return ", ".join(parts) or "none"


def _account_lines(account: AccountSummary) -> Iterator[str]:
    currency = account.currency
    change = account.end_balance_money - account.start_balance_money
    yield _row(
        "account",
        f"{account.login}  balance {account.start_balance_money:.2f} -> "
        f"{account.end_balance_money:.2f} {currency} ({change:+.2f}), deals: {account.deals_count}",
    )
    yield _row(
        "",
        f"= profit {account.profit_money:+.2f}, swap {account.swap_money:+.2f}, "
        f"commission {account.commission_money:+.2f}, other {account.other_money:+.2f}",
    )
    if account.unexplained_money:
        yield _row("", f"and {account.unexplained_money:+.2f} that no deal explains")
    if account.open_positions_count or account.resting_orders_count:
        yield _row(
            "open",
            f"positions: {account.open_positions_count}, orders: {account.resting_orders_count}, "
            f"equity {account.equity_money:.2f} {currency}",
        )


def _row(name: str, words: str) -> str:
    return f"{name:<{_WIDTH}}{words}".rstrip()
