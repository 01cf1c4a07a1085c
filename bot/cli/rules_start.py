"""What a start of the trader says about the rules, and refuses without a person's confirmation."""

from __future__ import annotations

from bot.adapters.clock import SystemClock
from bot.cli import console
from bot.cli.folders import RunFolder
from bot.cli.rules_confirmed import REMIND_AFTER_DAYS, command, date_of, demand_confirmed
from bot.cli.rules_confirmed import start_lines as lines_of
from bot.params import Loaded


def show_rules(loaded: Loaded) -> None:
    """The numbers, their grade and date, on stderr."""
    for line in lines_of(loaded):
        console.tell(line)


def show_confirmed_rules(loaded: Loaded, folder: RunFolder) -> None:
    """As `show_rules`, for live trading: raises `NeedsPersonError` unless they are confirmed."""
    show_rules(loaded)
    standing = demand_confirmed(loaded, folder, SystemClock().now_utc_s())
    by = standing.confirmation.by if standing.confirmation is not None else "nobody"
    console.tell(f"Confirmed  {date_of(standing)} by {by}")
    if standing.is_old:
        age = f"{standing.age_days} days old, more than {REMIND_AFTER_DAYS}"
        console.tell(f"Warning: the confirmation is {age}; renew it: {command(folder)}")
