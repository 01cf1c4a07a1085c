"""The parameter file as a whole, and its conversion into what the bot uses."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated

from pydantic import Field

from bot.model.settings import BotSettings
from bot.params.account import AccountParams, CostsParams, UniverseParams
from bot.params.base import Group, fraction
from bot.params.catalogue import Catalogue
from bot.params.entry import EntryParams, QueuesParams, entry_settings
from bot.params.exits import ExitsParams, WeekendParams
from bot.params.firm import FirmPreset
from bot.params.firm_rules import to_rules
from bot.params.reader import Document, Json
from bot.params.risk import BrakesParams, SizingParams
from bot.params.schedule import ScheduleParams, schedule_settings
from bot.params.signal import SignalParams

_HASH_LENGTH = 12


class Params(Group):
    """Everything a trader tunes, in the file's own units."""

    account: Annotated[AccountParams, Field(description="The account and its rules.")]
    universe: Annotated[UniverseParams, Field(description="What is traded.")]
    signal: Annotated[SignalParams, Field(description="What makes a setup.")]
    entry: Annotated[EntryParams, Field(description="From a setup to an order.")]
    queues: Annotated[QueuesParams, Field(description="How setups wait.")]
    sizing: Annotated[SizingParams, Field(description="What trades may cost.")]
    brakes: Annotated[BrakesParams, Field(description="What a loss or a target changes.")]
    exits: Annotated[ExitsParams, Field(description="How trades are left.")]
    weekend: Annotated[WeekendParams, Field(description="What Friday means.")]
    schedule: Annotated[ScheduleParams, Field(description="Intervals, patience, history.")]
    costs: Annotated[CostsParams, Field(description="What the firm charges.")]

    def to_settings(self, preset: FirmPreset, catalogue: Catalogue) -> BotSettings:
        """Fractions and seconds, with the firm's rules of the phase and the symbols described.

        Raises `ParamsError` for a preset this version cannot enforce. Whether the parameters fit
        the preset and the catalogue is `bot.params.load_settings`' business.
        """
        account = self.account
        return BotSettings(
            account=account.to_settings(),
            preset=preset.id,
            phase=account.phase,
            firm_label=preset.label,
            rules=to_rules(preset, account.phase, account.initial_balance_money),
            magic_base=account.magic_base,
            symbols=catalogue.settings_of(self.universe.symbols),
            broker_suffixes=self.universe.broker_suffixes,
            signal=self.signal.to_settings(),
            entry=entry_settings(self.entry, self.queues),
            risk=self.sizing.to_settings(),
            brakes=self.brakes.to_settings(),
            exits=self.exits.to_settings(),
            weekend=self.weekend.to_settings(),
            schedule=schedule_settings(self.schedule, self.queues),
            target_policy=self.brakes.target_policy,
            coast_risk_balance_fraction=fraction(self.brakes.coast_risk_pct),
            params_hash=params_hash(self._everything(preset, catalogue)),
            commissions=self.costs.to_settings(),
        )

    def _everything(self, preset: FirmPreset, catalogue: Catalogue) -> Document:
        """All that decides how the bot trades: our numbers, the firm's rules, the symbols."""
        traded = {name: catalogue.symbols[name] for name in self.universe.symbols}
        return {
            "params": self.model_dump(mode="json"),
            "preset": preset.model_dump(mode="json", by_alias=True),
            "symbols": {name: entry.model_dump(mode="json") for name, entry in traded.items()},
        }


def params_hash(document: Document) -> str:
    """First 12 hex digits of the SHA-256 of the document's canonical JSON.

    Canonical: keys sorted, no blanks, 5 and 5.0 alike; layout and order of a file do not count.
    """
    text = json.dumps(_canonical(document), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]


def _canonical(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
