"""The parameter file as a whole, and its conversion into what the bot uses."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated

from pydantic import Field

from bot.model.settings import BotSettings
from bot.params.account import AccountParams, CostsParams, UniverseParams
from bot.params.base import Group
from bot.params.breakers import BreakersParams
from bot.params.catalogue import Catalogue
from bot.params.coast import CoastParams
from bot.params.conduct import ConductParams
from bot.params.entry import EntryParams, QueuesParams, entry_settings
from bot.params.exits import ExitsParams, WeekendParams
from bot.params.exposure import ExposureParams
from bot.params.firm import FirmPreset
from bot.params.firm_caps import to_caps
from bot.params.firm_leverage import to_leverages
from bot.params.firm_rules import to_clock, to_rules
from bot.params.news import NewsParams
from bot.params.reader import Document, Json
from bot.params.reserves import GateParams
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
    gate: Annotated[GateParams, Field(description="What the worst case counts.")]
    brakes: Annotated[BrakesParams, Field(description="What a loss changes.")]
    breakers: Annotated[BreakersParams, Field(description="What stops new trades by itself.")]
    exposure: Annotated[ExposureParams, Field(description="What may be bet the same way.")]
    conduct: Annotated[ConductParams, Field(description="What keeps a firm from asking.")]
    coast: Annotated[CoastParams, Field(description="How a near pass is protected.")]
    exits: Annotated[ExitsParams, Field(description="How trades are left.")]
    weekend: Annotated[WeekendParams, Field(description="What Friday means.")]
    news: Annotated[NewsParams, Field(description="Around which news nothing is opened.")]
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
            rules=to_rules(
                preset, account.phase, account.initial_balance_money, account.to_policy()
            ),
            firm_clock=to_clock(preset),
            inactivity_alarm_days=account.inactivity_alarm_days,
            magic_base=account.magic_base,
            symbols=catalogue.settings_of(self.universe.symbols),
            broker_suffixes=self.universe.broker_suffixes,
            signal=self.signal.to_settings(),
            entry=entry_settings(self.entry, self.queues),
            risk=self.sizing.to_settings(),
            sizing=self.sizing.to_sizing(),
            leverages=to_leverages(preset, account.phase),
            brakes=self.brakes.to_settings(),
            breakers=self.breakers.to_settings(),
            exits=self.exits.to_settings(),
            weekend=self.weekend.to_settings(),
            news=self.news.to_plan(preset, account.phase),
            schedule=schedule_settings(self.schedule, self.queues),
            coast=self.coast.to_settings(),
            exposure=self.exposure.to_settings(),
            conduct=self.conduct.to_settings(),
            params_hash=params_hash(self._everything(preset, catalogue)),
            gate=self.gate.to_settings(),
            ladders=self.brakes.to_ladders(),
            commissions=self.costs.to_settings(),
            firm_caps=to_caps(preset, account.phase, account.initial_balance_money),
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
