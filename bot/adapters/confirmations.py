"""What a trader confirmed, on disk: every number read, by whom and when (FAULTS H11, K05)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bot.adapters.atomic_file import Sleep
from bot.adapters.json_store import JsonStore
from bot.errors import StateCorruptError

_NAME, _SCHEMA_VERSION = "rules_confirmed", 1
ABSENT = "absent"
"""Stands for a field that one of two confirmations does not have."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A confirmation; `facts` maps each field's path to its value as JSON text."""

    facts: Mapping[str, str]
    by: str
    confirmed_utc_s: float

    @property
    def digest(self) -> str:
        """What was confirmed, as one short hash."""
        return digest_of(self.facts)


class Change(NamedTuple):
    """One field that is not what was confirmed."""

    field: str
    before: str
    now: str


class Confirmations:
    """The confirmation of one run folder, written whole or not at all."""

    def __init__(self, folder: Path, *, sleep: Sleep | None = None) -> None:
        self._folder = folder
        self._store = JsonStore(folder, _SCHEMA_VERSION, sleep=sleep)

    def load(self) -> Confirmation | None:
        """The last confirmation, None if there never was one; raises `StateCorruptError`."""
        document = self._store.load(_NAME)
        if document is None:
            return None
        facts, by, at = (document.get(key) for key in ("facts", "by", "confirmed_utc_s"))
        is_whole = isinstance(facts, dict) and isinstance(by, str) and isinstance(at, float)
        if not is_whole or document.get("digest") != digest_of(_texts(facts)):
            message = f"{self._folder / _NAME}.json holds no confirmation; confirm again after "
            raise StateCorruptError(message + "moving it away")
        return Confirmation(_texts(facts), str(by), float(str(at)))

    def save(self, confirmation: Confirmation) -> None:
        """Durable on return; raises `StoreError`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._store.save(
            _NAME,
            {
                "by": confirmation.by,
                "confirmed_utc_s": float(confirmation.confirmed_utc_s),
                "digest": confirmation.digest,
                "facts": dict(confirmation.facts),
            },
        )


def digest_of(facts: Mapping[str, str]) -> str:
    """A hash over fields and values, whatever their order."""
    text = json.dumps(dict(facts), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """Every field that differs, in the order of what is true now."""
    fields = [*now, *(field for field in before if field not in now)]
    return [
        Change(field, before.get(field, ABSENT), now.get(field, ABSENT))
        for field in fields
        if before.get(field, ABSENT) != now.get(field, ABSENT)
    ]


def _texts(facts: object) -> dict[str, str]:
    if not isinstance(facts, dict):
        return {}
    return {str(field): str(value) for field, value in facts.items()}
