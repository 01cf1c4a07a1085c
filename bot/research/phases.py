"""The evaluation phases of a challenge, one after the other, as settings of one account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import ParamsError
from bot.model.settings import BotSettings
from bot.params.contradictions import preset_contradictions
from bot.params.load import Loaded, load, load_catalogue
from bot.params.reader import Document

_EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase that can be passed: its name in the preset, and the settings it is traded with."""

    name: str
    settings: BotSettings


def evaluation_phases(path: Path, first: BotSettings) -> tuple[Phase, ...]:
    """The phase of the parameter file and every later one that is passed, not lived in.

    `first` are the settings of the file's phase on the account that is studied; a later phase
    changes what the firm's preset changes, and the account starts at its initial balance again.
    Raises `ParamsError` where the parameters do not fit the rules of a later phase.
    """
    loaded = load(path)
    names = [phase.id for phase in loaded.preset.phases if phase.kind == _EVALUATION]
    if first.phase not in names:
        message = (
            f"{path}: account.phase {first.phase!r} is not one that is passed; "
            f"allowed here: {', '.join(names) or 'none, this program has no evaluation'}"
        )
        raise ParamsError(message)
    later = names[names.index(first.phase) + 1 :]
    return (Phase(first.phase, first), *(_phase(path, loaded, name, first) for name in later))


def _phase(path: Path, loaded: Loaded, name: str, first: BotSettings) -> Phase:
    document: Document = {
        **loaded.document,
        "account": {**_account(loaded.document), "phase": name},
    }
    problems = list(preset_contradictions(document, loaded.preset, frozenset()))
    if problems:
        listed = "; ".join(item.line for item in problems)
        message = f"{path}: the parameters do not fit the phase {name!r}: {listed}"
        raise ParamsError(message)
    account = loaded.params.account.model_copy(update={"phase": name})
    params = loaded.params.model_copy(update={"account": account})
    theirs = params.to_settings(loaded.preset, load_catalogue(path.parent / "symbols.json"))
    return Phase(
        name,
        replace(
            first,
            phase=name,
            rules=theirs.rules,
            leverages=theirs.leverages,
            firm_caps=theirs.firm_caps,
        ),
    )


def _account(document: Document) -> Document:
    account = document["account"]
    assert isinstance(account, dict)
    return account
