"""Where a run keeps its files, and reading them without touching what a trader writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.errors import BotError, StateCorruptError

DEMO_FOLDER = Path("runs") / "demo"
_MANIFEST_NAME = "run.json"


class NothingThereError(BotError):
    """No run was ever recorded in the folder that was asked for."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run: live in the data folder, simulated ones below `runs/`."""

    root: Path

    @property
    def state(self) -> Path:
        """Snapshots, heartbeat and lock."""
        return self.root / "state"

    @property
    def journal(self) -> Path:
        """One file of events per server day."""
        return self.root / "journal"

    @property
    def compliance(self) -> Path:
        """One page per server day."""
        return self.root / "compliance"

    @property
    def commands(self) -> Path:
        """The spool a person's commands go through."""
        return self.root / "commands"

    @property
    def heartbeat(self) -> Path:
        """Last completed cycle."""
        return self.state / "heartbeat.json"

    @property
    def manage_only(self) -> Path:
        """There while the supervisor lets positions be managed only; lifted by `bot resume`."""
        return self.state / "manage_only.json"

    @property
    def watch(self) -> Path:
        """What the supervisor remembers."""
        return self.root / "watch"

    @property
    def logs(self) -> Path:
        """The log for watching."""
        return self.root / "logs"

    @property
    def manifest(self) -> Path:
        """What was started here."""
        return self.root / _MANIFEST_NAME

    @property
    def ledger(self) -> Path:
        """A simulated broker's requests."""
        return self.root / "broker" / "requests.jsonl"

    def is_used(self) -> bool:
        """Whether a journal was begun here."""
        return any(self.journal.glob("*.jsonl"))


def existing(folder: Path) -> RunFolder:
    """The run in `folder`; raises `NothingThereError` saying where one might be instead."""
    run = RunFolder(folder)
    if run.is_used():
        return run
    hint = "start one with: bot demo"
    if folder != DEMO_FOLDER and RunFolder(DEMO_FOLDER).is_used():
        hint = f"the demo's is in {DEMO_FOLDER}: add --folder {DEMO_FOLDER}"
    message = f"no journal in {run.journal}; {hint}"
    raise NothingThereError(message)


def read_manifest(run: RunFolder) -> dict[str, object] | None:
    """What was started in this folder; None when nothing was, or before it was written."""
    try:
        return parse_object(run.manifest.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, StrictJsonError) as error:
        message = f"{run.manifest} cannot be read: {error}"
        raise StateCorruptError(message) from error


def write_manifest(run: RunFolder, document: Mapping[str, object]) -> None:
    """Write what was started here, whole or not at all."""
    run.root.mkdir(parents=True, exist_ok=True)
    beside = run.manifest.with_name(_MANIFEST_NAME + ".new")
    beside.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(run.manifest)
