"""Whether the trader confirmed the rules that would be traded under, and what changed since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.confirmations import Change, Confirmation, Confirmations, changes
from bot.adapters.envelope import EnvelopeError, unseal
from bot.cli.folders import RunFolder
from bot.errors import NeedsPersonError
from bot.live.recovery import pin_of
from bot.live.state import STATE_NAME
from bot.params import Loaded
from bot.params.reader import Document, Json, join
from bot.params.rules_text import rules_in_words
from bot.report.text import day_text, money
from bot.rules.calendar import DAY_S

REMIND_AFTER_DAYS = 30
"""Age from which on a confirmation is to be renewed: firms change their pages within weeks."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a confirmation stands now; `pinned` is the other account this folder's record is of."""

    confirmation: Confirmation | None
    changed: tuple[Change, ...]
    age_days: int
    pinned: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether what would be traded is what was confirmed."""
        return self.confirmation is not None and not self.changed and not self.pinned

    @property
    def is_old(self) -> bool:
        """Whether it is time to read the firm's page again; a date ahead of the clock is, too."""
        return not 0 <= self.age_days <= REMIND_AFTER_DAYS


def facts_of(loaded: Loaded) -> dict[str, str]:
    """Everything that is confirmed, a line per field: phase, size, policies and the preset."""
    account = loaded.params.account
    preset: Document = loaded.preset.model_dump(mode="json", by_alias=True, exclude_unset=True)
    facts: Document = {
        "account.firm_preset": account.firm_preset,
        "account.phase": account.phase,
        "account.initial_balance_money": account.initial_balance_money,
        "account.snapshot_policy": account.snapshot_policy,
        "account.cash_policy": account.cash_policy,
    }
    own = {field: _text(value) for field, value in facts.items()}
    return own | dict(_leaves(preset, ""))


def standing_of(loaded: Loaded, folder: RunFolder, now_utc_s: float) -> Standing:
    """How the confirmation in `folder` stands; raises `StateCorruptError` for a damaged one."""
    pinned = _other_pin(loaded, folder)
    confirmation = None
    if folder.state.is_dir():
        confirmation = Confirmations(folder.state).load()
    if confirmation is None:
        return Standing(None, (), 0, pinned)
    changed = tuple(changes(confirmation.facts, facts_of(loaded)))
    age_s = now_utc_s - confirmation.confirmed_utc_s
    return Standing(confirmation, changed, int(age_s // DAY_S), pinned)


def demand_confirmed(loaded: Loaded, folder: RunFolder, now_utc_s: float) -> Standing:
    """The standing of rules that may be traded live; raises `NeedsPersonError` for any other."""
    standing = standing_of(loaded, folder, now_utc_s)
    if not standing.is_valid:
        raise NeedsPersonError(f"{refusal(loaded, standing)}\n  {command(folder)}")
    return standing


def refusal(loaded: Loaded, standing: Standing) -> str:
    """Why the rules may not be traded, field by field."""
    rules = name_of(loaded)
    if standing.pinned:
        return (
            f"this folder's record is of {standing.pinned}, the parameters say {rules}; a new "
            "phase or account gets a folder of its own. Read and confirm its rules there:"
        )
    if standing.confirmation is None:
        return f"the rules of {rules} were never confirmed here. Read and confirm them:"
    lines = "".join(f"\n  {line}" for line in change_lines(standing.changed))
    return f"not the rules confirmed on {date_of(standing)}:{lines}\nRead and confirm them:"


def change_lines(changed: tuple[Change, ...]) -> list[str]:
    """Each change in a line: field, what was confirmed, what is there now."""
    return [f"{item.field}: was {item.before}, is {item.now}" for item in changed]


def command(folder: RunFolder) -> str:
    """What to type to confirm."""
    at = "" if folder.root == Path() else f" --folder {folder.root}"
    return f"bot rules confirm{at}"


def name_of(loaded: Loaded) -> str:
    """Firm, program, phase and size in one line."""
    account = loaded.params.account
    return (
        f"{loaded.preset.label}, phase {account.phase}, "
        f"{money(account.initial_balance_money)} {account.currency}"
    )


def date_of(standing: Standing) -> str:
    """The day of the confirmation, UTC."""
    if standing.confirmation is None:
        return "never"
    return day_text(int(standing.confirmation.confirmed_utc_s // DAY_S))


def start_lines(loaded: Loaded) -> list[str]:
    """The numbers a start shows: rules, day, source and its date."""
    said = dict(rules_in_words(loaded.settings.rules))
    meta, clock = loaded.preset.meta, loaded.preset.clock
    return [
        f"Rules      {name_of(loaded)}",
        f"Daily loss {said['daily loss']}",
        f"Total loss {said['total loss']}",
        f"Target     {said['target']}; days: {said['days']}",
        f"Day begins {clock.reset} {clock.tz}",
        f"Source     grade {meta.confidence}, facts as of {meta.facts_as_of}",
    ]


def _other_pin(loaded: Loaded, folder: RunFolder) -> str:
    """Whose record the folder holds when it is not of these parameters; empty when it is fine."""
    path = folder.state / f"{STATE_NAME}.json"
    try:
        document = unseal(path.read_bytes()).document
    except FileNotFoundError:
        return ""
    except (OSError, EnvelopeError):
        return ""  # the start itself reads both generations and says what is wrong with them
    pinned = str(document.get("pinned", ""))
    return "" if pinned in ("", pin_of(loaded.settings)) else pinned


def _leaves(value: Json, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, join(path, key))
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, join(path, index))
    else:
        yield path, _text(value)


def _text(value: Json) -> str:
    """A number reads the same whether the file writes 5 or 5.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)
