"""A rule set as one page: which phases, for which account, and who looks after what."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot.cli.rules_presets import configured, named_preset
from bot.cli.rules_words import Account, Line, phase_lines, policy_lines
from bot.cli.rules_words_firm import firm_lines, source_lines
from bot.errors import ParamsError
from bot.params import FirmPreset, Loaded, not_enforced
from bot.params.firm import Phase
from bot.params.firm_rules import differences
from bot.params.reader import Document

ENFORCED = (
    "daily and total floor: no order, and nothing held, whose worst case would touch one",
    "its own brakes, well inside the floors, that close everything and verify it",
    "the firm's day and its clock, both daylight-saving changes included",
    "the target, the days, and no new risk once the phase is won",
    "news windows for entries, caps on lots, risk, positions and margin that the firm prints",
    "a stop at the broker with every order; an alarm before inactivity",
)


@dataclass(frozen=True, slots=True)
class PhasePage:
    """One phase: its lines, and what of it is left to the trader."""

    phase: Phase
    lines: tuple[Line, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RulesPage:
    """Everything `bot rules show` prints; `loaded` is there for the configured account alone."""

    preset: FirmPreset
    account: Account
    phases: tuple[PhasePage, ...]
    common: tuple[Line, ...]
    loaded: Loaded | None = field(default=None)

    @property
    def document(self) -> Document:
        """The preset as data."""
        dumped: Document = self.preset.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return dumped


def page_of_account(loaded: Loaded, phase_id: str | None = None) -> RulesPage:
    """The page of the configured account; another phase when one is named."""
    params = loaded.params.account
    account = Account(params.initial_balance_money, params.to_policy())
    phases = _phases(loaded.preset, phase_id or params.phase)
    return _page(loaded.preset, account, phases, loaded)


def page_of(params: Path | None, name: str, phase_id: str | None) -> RulesPage:
    """The page of any preset; the configured one's money when it is that, else of its usual size.

    Raises `ParamsError` for an unknown preset or phase.
    """
    preset, loaded = named_preset(params, name), configured(params)
    phases = _phases(preset, phase_id)
    if loaded is not None and loaded.preset.id == name:
        terms = loaded.params.account
        account = Account(terms.initial_balance_money, terms.to_policy())
        return _page(preset, account, phases, loaded)
    return _page(preset, Account(preset.default_size), phases, None)


def phase_facts(preset: FirmPreset, phase: Phase, account: Account) -> tuple[Line, ...]:
    """The lines that may differ from phase to phase, and those that do not."""
    return (*phase_lines(preset, phase, account), *firm_lines(preset, phase))


def _page(
    preset: FirmPreset, account: Account, phases: tuple[Phase, ...], loaded: Loaded | None
) -> RulesPage:
    facts = [phase_facts(preset, phase, account) for phase in phases]
    several = facts[1:]  # of one phase alone nothing is common
    common = [line for line in facts[0] if several and all(line in other for other in several)]
    pages = tuple(
        PhasePage(phase, tuple(line for line in lines if line not in common), _left(preset, phase))
        for phase, lines in zip(phases, facts, strict=True)
    )
    shared = (*common, *policy_lines(account.policy), *source_lines(preset))
    return RulesPage(preset, account, pages, shared, loaded)


def _left(preset: FirmPreset, phase: Phase) -> tuple[str, ...]:
    forbidden = tuple(
        f"{field} = {value}: {why}; the bot refuses to trade this phase"
        for field, value, why in differences(preset, phase)
    )
    return (*forbidden, *not_enforced(preset, phase.id))


def _phases(preset: FirmPreset, phase_id: str | None) -> tuple[Phase, ...]:
    if phase_id is None:
        return preset.phases
    phase = preset.phase(phase_id)
    if phase is None:
        known = ", ".join(item.id for item in preset.phases)
        message = f"{preset.id} has no phase {phase_id!r}; its phases: {known}"
        raise ParamsError(message)
    return (phase,)
