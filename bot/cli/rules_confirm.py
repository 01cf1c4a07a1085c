"""The bodies of `bot rules confirm` and `bot check rules`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.adapters.confirmations import Confirmation, Confirmations
from bot.cli import console
from bot.cli.doctor_rows import Row, failed, passed, show_rows, warned
from bot.cli.folders import RunFolder
from bot.cli.options import params_path
from bot.cli.rules_confirmed import (
    REMIND_AFTER_DAYS,
    Standing,
    change_lines,
    command,
    date_of,
    facts_of,
    name_of,
    standing_of,
)
from bot.cli.rules_page import page_of_account
from bot.cli.rules_show import print_page
from bot.errors import ParamsError, RefusedError
from bot.params import Loaded, load
from bot.params.rules_text import rules_in_words
from bot.report.text import utc_stamp

_SIGNED_MAX = 80


def confirm(params: Path | None, folder: Path, by: str, *, as_json: bool) -> None:
    """Show the configured rules and keep that a person confirmed them, by name.

    Without a name one is asked for. Raises `RefusedError` when none is given, or when the folder's
    record is of another phase or account, and `StoreError` when it cannot be written.
    """
    loaded, run, clock = load(params_path(params)), RunFolder(folder), SystemClock()
    standing = standing_of(loaded, run, clock.now_utc_s())
    if standing.pinned:
        message = (
            f"--folder {folder}: its record is of {standing.pinned}, not of {name_of(loaded)}; "
            "a new phase or account gets a folder of its own (--folder NEW, then "
            "bot run --data-folder NEW)"
        )
        raise RefusedError(message)
    if not as_json:
        print_page(page_of_account(loaded))
        console.say()
        _tell_changes(standing)
    signed = _signature(by)
    confirmation = Confirmation(facts_of(loaded), signed, clock.now_utc_s())
    Confirmations(run.state).save(confirmation)
    _tell(loaded, confirmation, as_json=as_json)


def check_rules(params: Path | None, folder: Path, *, as_json: bool) -> int:
    """Print how the confirmation stands; 0 fine, 1 never confirmed, changed, or refused."""
    run = RunFolder(folder)
    try:
        loaded = load(params_path(params))
    except ParamsError as error:
        return show_rows([failed("parameters", str(error))], as_json=as_json)
    standing = standing_of(loaded, run, SystemClock().now_utc_s())
    return show_rows(_rows(loaded, run, standing), as_json=as_json)


def confirmed_row(loaded: Loaded, folder: RunFolder, standing: Standing) -> Row:
    """Whether the rules may be traded live; `bot run` asks the same."""
    name, again = "confirmed", command(folder)
    if standing.pinned:
        return failed(name, f"this folder's record is of {standing.pinned}: use one of its own")
    if standing.confirmation is None:
        return failed(name, f"never; bot run would refuse. Read and confirm: {again}")
    when = f"{date_of(standing)} by {standing.confirmation.by}"
    if standing.changed:
        count = len(standing.changed)
        return failed(name, f"{when}, but {count} fields changed since: {again}")
    if standing.is_old:
        age = f"{standing.age_days} days ago, more than {REMIND_AFTER_DAYS}"
        return warned(name, f"{when}, {age}: look at the firm's page again, then {again}")
    return passed(name, f"{when}, {_ago(standing.age_days)}")


def _rows(loaded: Loaded, folder: RunFolder, standing: Standing) -> Iterator[Row]:
    yield passed("rules", name_of(loaded))
    for name, text in rules_in_words(loaded.settings.rules)[:4]:
        yield passed(name, text)
    meta = loaded.preset.meta
    source = f"grade {meta.confidence}, facts as of {meta.facts_as_of}"
    sure = meta.confidence in ("A", "B")
    yield (passed if sure else warned)("source", source)
    yield confirmed_row(loaded, folder, standing)
    for line in change_lines(standing.changed):
        yield failed("changed", line)


def _signature(by: str) -> str:
    signed = by.strip()
    if not signed:
        console.say("Are these the numbers of your agreement and your dashboard?")
        sys.stdout.write("Your name confirms it, nothing leaves it unconfirmed: ")
        sys.stdout.flush()
        signed = sys.stdin.readline().strip()
    if not signed:
        raise RefusedError("not confirmed: no name was given; allowed: --by NAME, or a typed one")
    if len(signed) > _SIGNED_MAX or not signed.isprintable():
        message = f"--by {signed[:_SIGNED_MAX]!r}: allowed: one line of 1 to {_SIGNED_MAX} letters"
        raise RefusedError(message)
    return signed


def _tell_changes(standing: Standing) -> None:
    if standing.changed:
        console.say(f"Changed since {date_of(standing)}:")
        for line in change_lines(standing.changed):
            console.say(f"  {line}")
        console.say()


def _tell(loaded: Loaded, confirmation: Confirmation, *, as_json: bool) -> None:
    at = utc_stamp(confirmation.confirmed_utc_s)
    if as_json:
        account = loaded.params.account
        console.say_json(
            {
                "ok": True,
                "preset": loaded.preset.id,
                "phase": account.phase,
                "initial_balance_money": account.initial_balance_money,
                "by": confirmation.by,
                "confirmed_at": at,
                "digest": confirmation.digest,
            }
        )
        return
    console.say(f"Confirmed by {confirmation.by} at {at}: {name_of(loaded)}")


def _ago(days: int) -> str:
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
