"""What is known of a trader and its broker at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.adapters.journal_files import read_events
from bot.adapters.json_store import JsonStore
from bot.cli.folders import RunFolder
from bot.live.state import SCHEMA_VERSION, STATE_NAME, BotState, state_from_document
from bot.model.settings import BotSettings
from tools.kills.witness import WITNESS_NAME, Sight, sights

Row = Mapping[str, Any]
RUN_NAME: Final = "run"
CENT: Final = 100
MONEY: Final = ("profit", "swap", "commission", "fee")


@dataclass(frozen=True, slots=True)
class Facts:
    """The broker's rows, the journal's lines, the newest saved state."""

    truth: Row
    events: list[dict[str, Any]]
    state: BotState
    settings: BotSettings
    seen: tuple[Sight, ...] = ()

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The journal's lines of one kind."""
        return [line for line in self.events if line["event"] == kind]

    def count(self, kind: str) -> int:
        """How many lines of one kind there are."""
        return len(self.told(kind))

    def own_deals(self) -> list[Row]:
        """Deals of our positions, closed by whomever."""
        ids = {d["position_id"] for d in self.truth["deals"] if self.is_own(d["magic"])}
        return [d for d in self.truth["deals"] if d["position_id"] in ids]

    def own_positions(self) -> list[Row]:
        """Our open positions."""
        return [p for p in self.truth["positions"] if self.is_own(p["magic"])]

    def is_own(self, magic: int) -> bool:
        """Whether a magic number is one of ours."""
        return magic >> 48 == self.settings.magic_base


def facts_of(truth: Row, folder: Path, settings: BotSettings) -> Facts:
    """Read what a dead trader left; raises `StateCorruptError` when it cannot be read."""
    run = RunFolder(folder / RUN_NAME)
    document = JsonStore(run.state, SCHEMA_VERSION, fsync=False).load(STATE_NAME)
    state = BotState() if document is None else state_from_document(document)
    seen = tuple(sights(folder / WITNESS_NAME))
    return Facts(truth, read_events(run.journal), state, settings, seen)


def cents_of(row: Row, parts: Iterable[str]) -> int:
    """Money of a row in whole cents."""
    return sum(round(CENT * row[part]) for part in parts)
