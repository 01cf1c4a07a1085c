"""What a simulated run is: two runs with the same identity are the same run, gone on with."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from pydantic import TypeAdapter

from bot import __version__
from bot.cli.folders import RunFolder, read_manifest, write_manifest
from bot.errors import BotError
from bot.model.challenge import ChallengeRules
from bot.model.settings import BotSettings

_NOT_IDENTITY = ("rules", "notes")
_RULES: TypeAdapter[ChallengeRules] = TypeAdapter(ChallengeRules)


class OtherRunError(BotError):
    """The folder holds another run; it is neither overwritten nor mixed up."""


def manifest_of(kind: str, settings: BotSettings, facts: Mapping[str, object]) -> dict[str, object]:
    """The identity of a run and the rules its pages are read with."""
    return {
        "kind": kind,
        **facts,
        "symbols": [item.symbol for item in settings.symbols],
        "params_hash": settings.params_hash,
        "version": __version__,
        "rules": _RULES.dump_python(settings.rules, mode="json"),
    }


def rules_of_document(document: object) -> ChallengeRules:
    """The rules as a manifest holds them; a `ValidationError` for anything else."""
    return _RULES.validate_python(document)


def claim(run: RunFolder, manifest: Mapping[str, object], *, fresh: bool) -> None:
    """Make `run` the folder of this run: go on with it, begin it, or begin it again.

    Raises `OtherRunError` when it holds another run, or files that are not a run's.
    """
    if fresh:
        _clear(run)
    known = read_manifest(run)
    if known is None:
        if run.root.exists() and any(run.root.iterdir()):
            message = f"{run.root} holds files but no run; choose another folder with --out"
            raise OtherRunError(message)
        write_manifest(run, manifest)
        return
    differing = [
        f"{key} is {known.get(key)!r} there and {manifest.get(key)!r} now"
        for key in sorted({*known, *manifest} - {*_NOT_IDENTITY})
        if known.get(key) != manifest.get(key)
    ]
    if differing:
        message = (
            f"{run.root} holds another run: {'; '.join(differing)}. "
            "Begin again with --fresh, or choose another folder with --out"
        )
        raise OtherRunError(message)


def _clear(run: RunFolder) -> None:
    """Remove a run's own files and nothing else."""
    if read_manifest(run) is None:
        return
    for folder in (run.state, run.journal, run.compliance, run.commands, run.logs):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(run.ledger.parent, ignore_errors=True)
    run.manifest.unlink(missing_ok=True)
