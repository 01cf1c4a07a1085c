"""Reads histories of accounts and says, by name, what in them cannot be lived."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bot.adapters.strict_json import StrictJsonError, parse_list, parse_object
from bot.cli.challenge_history import Facts
from bot.cli.rules_steps import STEP_CHECKS, history_checks, moment_in
from bot.errors import DataError
from bot.params.problems import nearest
from bot.params.reader import shown

_VECTOR = frozenset(
    {"id", "kind", "title", "preset", "phase", "basis", "notes", "note", "source", "steps", "tags"}
)
_OWN: Mapping[str, frozenset[str]] = {
    "equity_path": frozenset({"initial_balance", "policy", "clock_override"}),
    "news": frozenset({"event"}),
    "clock": frozenset(),
    "inactivity": frozenset(),
    "consistency": frozenset(),
}
_STEP: Mapping[str, frozenset[str]] = {
    "equity_path": frozenset(
        {"t_utc", "t_server", "balance", "equity", "open_positions", "cash_op"}
    ),
    "news": frozenset({"t_utc", "t_server", "action", "symbol_related"}),
    "clock": frozenset({"t_utc", "t_server"}),
    "inactivity": frozenset({"phase", "last_new_trade_utc", "now_utc"}),
    "consistency": frozenset({"preset", "daily_profits", "max_pct", "denominator"}),
}
_ANY_STEP = frozenset({"expect", "note", "notes"})
_SLIP_CUTOFF = 0.8


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a step, or with all of it (`step` None); a remark stops nothing."""

    step: int | None
    text: str
    is_remark: bool = False


def read_histories(path: Path) -> list[object]:
    """The histories of a file: under `vectors`, a plain list, or a single one.

    Raises `DataError` for a file that holds none or is not strict JSON.
    """
    try:
        raw = path.read_bytes()
        is_list = raw.lstrip()[:1] == b"["
        document: object = parse_list(raw) if is_list else parse_object(raw)
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror})"
        raise DataError(message) from error
    except StrictJsonError as error:
        message = f"{path}: {error}"
        raise DataError(message) from error
    if isinstance(document, dict):
        document = [document] if "kind" in document else document.get("vectors")
    if not isinstance(document, list) or not document:
        message = f"{path}: vectors must be a list of at least one history"
        raise DataError(message)
    return document


def faults_of(vector: Facts) -> list[Fault]:
    """Everything wrong with a history, before any rule is asked."""
    kind = vector.get("kind")
    if not isinstance(kind, str) or kind not in _OWN:
        return [Fault(None, f"kind = {shown(kind)}: {nearest(str(kind), list(_OWN))}")]
    found = list(_unknown(vector, _VECTOR | _OWN[kind], "", None))
    found += [Fault(None, text) for text in history_checks(vector, kind)]
    steps = vector.get("steps")
    if not isinstance(steps, list) or not steps:
        return [*found, Fault(None, f"steps = {shown(steps)}: must be a list of at least one step")]
    for number, step in enumerate(steps):
        found += _step_faults(step, kind, number)
    return found + (list(_backwards(steps)) if kind == "equity_path" else [])


def _step_faults(step: object, kind: str, number: int) -> list[Fault]:
    if not isinstance(step, dict):
        return [Fault(number, f"step = {shown(step)}: must be an object")]
    known = _STEP[kind] | _ANY_STEP
    found = list(_unknown(step, known, "", number))
    if kind == "news":
        found = [fault for fault in found if "opened" not in fault.text.split(" ")[0]]
    texts = STEP_CHECKS[kind](step)
    expect = step.get("expect")
    if expect is not None and not isinstance(expect, dict):
        found.append(Fault(number, f"expect = {shown(expect)}: must be an object"))
    return [*found, *(Fault(number, text) for text in texts)]


def _backwards(steps: Sequence[object]) -> Iterator[Fault]:
    """A time before the one above it; steps without a readable time are named elsewhere."""
    above: float | None = None
    for number, step in enumerate(steps):
        try:
            now = moment_in(cast(Facts, step)) if isinstance(step, dict) else above
        except DataError:
            continue
        if above is not None and now is not None and now < above:
            text = f"t_utc = {shown(cast(Facts, step)['t_utc'])}: lies before the step above it"
            yield Fault(number, text)
            continue
        above = now


def _unknown(facts: Facts, known: frozenset[str], way: str, step: int | None) -> Iterator[Fault]:
    """Fields nobody reads: a slip of a known name is a fault, any other one a remark."""
    for name, value in facts.items():
        if name in known:
            continue
        slip = difflib.get_close_matches(name, sorted(known), n=1, cutoff=_SLIP_CUTOFF)
        meant = f'the nearest known name is "{slip[0]}"' if slip else "it is left out"
        text = f"{way}{name} = {shown(value)}: unknown field; {meant}"
        yield Fault(step, text, is_remark=not slip)
