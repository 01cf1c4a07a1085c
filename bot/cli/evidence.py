"""Reads a run's files for the verbs that only look: journal, snapshot, heartbeat, manifest."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from bot.adapters.clock import SystemClock
from bot.adapters.envelope import EnvelopeError, unseal
from bot.adapters.heartbeat import read_heartbeat
from bot.adapters.journal_files import read_events
from bot.cli.folders import RunFolder, read_manifest
from bot.cli.manifest import rules_of_document
from bot.errors import StateCorruptError
from bot.model.challenge import ChallengeRules
from bot.report.status import Pulse, StatusFold

_STATE_NAMES = ("state.json", "state.prev.json")
_RULES_KEY = "rules"
_CONFIRMED_NAME = "rules_confirmed.json"


def status_fold(run: RunFolder) -> StatusFold:
    """Everything the journal says, folded. Raises `StateCorruptError` for a damaged journal."""
    fold = StatusFold()
    for document in read_events(run.journal):
        try:
            fold.take(document)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            event = f"journal event {document.get('seq')} ({document.get('event')})"
            message = f"{run.journal}: {event} cannot be understood: {error!r}; of another version?"
            raise StateCorruptError(message) from error
    return fold


def saved_state(run: RunFolder) -> Mapping[str, object] | None:
    """The newest whole snapshot, only to be shown; None when there is none to be read now."""
    for name in _STATE_NAMES:
        try:
            return unseal((run.state / name).read_bytes()).document
        except (OSError, EnvelopeError):
            continue  # absent, or being replaced at this very moment
    return None


def trader_pulse(run: RunFolder) -> Pulse | None:
    """The last heartbeat against the host's clock; None when there never was one."""
    beat = read_heartbeat(run.heartbeat)
    if beat is None:
        return None
    return Pulse(beat.cycle_count, beat.host_utc_s, SystemClock().now_utc_s())


def confirmed_utc_s(run: RunFolder) -> float | None:
    """When a person last confirmed the firm's rules; None when nobody did or it cannot be read."""
    try:
        moment = unseal((run.state / _CONFIRMED_NAME).read_bytes()).document["confirmed_utc_s"]
    except (OSError, EnvelopeError, KeyError):
        return None
    return moment if isinstance(moment, float) else None


def rules_of(run: RunFolder) -> ChallengeRules | None:
    """The phase's rules as they stood when the run was started; None when not written down."""
    manifest = read_manifest(run)
    rules = None if manifest is None else manifest.get(_RULES_KEY)
    try:
        return rules_of_document(rules)
    except ValidationError:
        return None  # written by a version that knew other rules
