"""A study's best parameters become the trader's file, with a passport; the file before is kept.

Beside `current_params.json` stand `current_params.passport.json` (where the numbers come from, and
the hash of the parameters it speaks for) and `history/`, one numbered pair per file replaced.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from bot.adapters.atomic_file import patiently, sync_folder, write_all
from bot.adapters.clock import SystemClock
from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.errors import ParamsError, RefusedError
from bot.params.document_check import Desk
from bot.params.layout import laid_out
from bot.params.reader import Document
from bot.research.space import Changes, changed

PARITY_TRADES_MIN_COUNT = 30
START_FACTOR = 0.5
_FACTOR_PATH = "sizing.start_factor"
_KINDS = ("sweep", "walkforward")


@dataclass(frozen=True, slots=True)
class Run:
    """What a study's folder offers: changed parameters, why not to trade them, and its facts."""

    folder: Path
    changes: Changes
    refusals: tuple[str, ...]
    study: Mapping[str, object]
    report: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Promotion:
    """What was written: the parameters' hash, where the file before lies, and the passport."""

    params_hash: str
    kept: Path
    passport: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wish:
    """How to promote: `anyway` is the reason for trading a result that is refused, else empty."""

    anyway: str
    start_factor: float
    at_utc: datetime


def read_run(folder: Path) -> Run:
    """A finished sweep or walk-forward; raises `RefusedError` naming what is not there."""
    study, report = (_object(folder / name) for name in ("study.json", "report.json"))
    kind = report.get("kind")
    best, verdict = report.get("best"), report.get("verdict")
    if kind not in _KINDS or not isinstance(best, dict) or not isinstance(verdict, dict):
        message = f"{folder}: kind is {kind!r}; allowed: a finished {' or '.join(_KINDS)}"
        raise RefusedError(message)
    fixed = cast("Changes", report.get("fixed", {}))
    changes = {**fixed, **cast("Changes", best["changes"])}
    return Run(folder, changes, tuple(verdict.get("refusals", ())), study, report)


def promote(path: Path, run: Run, wish: Wish) -> Promotion:
    """Make the run's best parameters those in `path`; raises `RefusedError` for thin results."""
    desk = Desk.of_file(path)
    refusals = [*run.refusals, *_other_file(desk, run)]
    if refusals and not wish.anyway:
        reasons = "".join(f"\n  {reason}" for reason in refusals)
        message = (
            f"{run.folder}: not promoted{reasons}\n--anyway REASON does it all the same; the "
            "reason is kept in the passport"
        )
        raise RefusedError(message)
    full = _full_factor(path, desk)
    reduced = min(full, wish.start_factor)
    document = changed(desk.document, {**run.changes, _FACTOR_PATH: reduced})
    params_hash = desk.settings_of(document).params_hash
    passport = _passport(run, wish, refusals, params_hash, (full, reduced))
    kept = _keep(path, _hash(desk))
    _write(path, laid_out(document))
    _write(passport_path(path), _text(passport))
    return Promotion(params_hash, kept, passport)


def rollback(path: Path) -> Path:
    """Put the file before the last promotion back; the one it replaces is kept as undone."""
    entries = _entries(path)
    if not entries:
        message = f"{_history(path)}: nothing was promoted yet, so there is nothing to go back to"
        raise RefusedError(message)
    last = entries[-1]
    undone = last.with_name(f"undone-{last.name}")
    now = path.read_text(encoding="utf-8")
    if now != last.read_text(encoding="utf-8"):  # else a rollback before died half way
        _write(undone, now)
    _write(path, last.read_text(encoding="utf-8"))
    before, passport = passport_path(last), passport_path(path)
    if passport.exists():
        _write(passport_path(undone), passport.read_text(encoding="utf-8"))
    if before.exists():
        _write(passport, before.read_text(encoding="utf-8"))
    else:
        passport.unlink(missing_ok=True)
    before.unlink(missing_ok=True)
    last.unlink()
    return undone


def grow(path: Path, parity_trades_count: int) -> float:
    """Give trades their full size back once parity compared enough; the factor that is then used.

    Raises `RefusedError` with fewer trades than the passport asks for, or no passport that fits.
    """
    place = passport_path(path)
    if not place.exists():
        message = f"{place}: no passport, so nothing holds the size back; see {_FACTOR_PATH}"
        raise RefusedError(message)
    passport = dict(_object(place))
    desk = Desk.of_file(path)
    if passport.get("params_hash") != _hash(desk):
        message = (
            f"{place} speaks for parameters {passport.get('params_hash')}, but {path.name} holds "
            f"{_hash(desk)}: edited since; set {_FACTOR_PATH} by hand"
        )
        raise RefusedError(message)
    size = dict(cast("Mapping[str, object]", passport["size"]))
    wanted = cast(int, size["parity_trades_min_count"])
    if parity_trades_count < wanted:
        message = f"parity trades = {parity_trades_count}: must be at least {wanted}"
        raise RefusedError(message)
    full = cast(float, size["full_factor"])
    document = changed(desk.document, {_FACTOR_PATH: full})
    params_hash = desk.settings_of(document).params_hash
    size |= {"start_factor": full, "parity_trades_count": parity_trades_count}
    _write(path, laid_out(document))
    _write(place, _text(passport | {"params_hash": params_hash, "size": size}))
    return full


def passport_path(path: Path) -> Path:
    """The passport beside a parameter file."""
    return path.with_name(f"{path.stem}.passport.json")


def _passport(
    run: Run, wish: Wish, refusals: list[str], params_hash: str, factors: tuple[float, float]
) -> dict[str, object]:
    best = cast("Mapping[str, object]", run.report["best"])
    figures = cast("Mapping[str, object]", best.get("figures", {}))
    full, reduced = factors
    return {
        "params_hash": params_hash,
        "promoted_utc": wish.at_utc.isoformat(timespec="seconds"),
        "run": run.folder.name,
        "study": dict(run.study),
        "changes": dict(run.changes),
        "trials_count": run.report.get("trials_count"),
        "windows": run.report.get("windows", []),
        "figures": dict(figures),
        "pass_rate": {
            "passed": figures.get("passed_count"),
            "accounts": figures.get("accounts_count"),
        },
        "verdict": run.report["verdict"],
        "refusals": refusals,
        "anyway": wish.anyway,
        "size": {
            "full_factor": full,
            "start_factor": reduced,
            "parity_trades_count": 0,
            "parity_trades_min_count": PARITY_TRADES_MIN_COUNT,
            "ends": "bot params full-size --parity-trades N, once bot parity has compared enough",
        },
    }


def _other_file(desk: Desk, run: Run) -> list[str]:
    """Another file than the one studied, other than in the size it starts with."""
    studied, here = run.study.get("params_hash"), _hash(desk)
    if studied == here:
        return []
    return [f"the study began from parameters {studied}, but the file holds {here}"]


def _hash(desk: Desk) -> str:
    return desk.settings_of(desk.document).params_hash


def _full_factor(path: Path, desk: Desk) -> float:
    """The size to come back to: the file's own, or what a promotion before still holds back."""
    place = passport_path(path)
    passport = _object(place) if place.exists() else {}
    if passport.get("params_hash") == _hash(desk):
        return cast(float, cast("Mapping[str, object]", passport["size"])["full_factor"])
    return cast(float, cast(Document, desk.document["sizing"])["start_factor"])


def _keep(path: Path, params_hash: str) -> Path:
    """A copy of the file and its passport, numbered on."""
    history = _history(path)
    history.mkdir(exist_ok=True)
    used = history.glob("*[0-9][0-9][0-9][0-9]-*.json")  # undone ones too: nothing is overwritten
    number = max((int(entry.name.removeprefix("undone-")[:4]) for entry in used), default=0) + 1
    kept = history / f"{number:04d}-{params_hash}.json"
    passport = passport_path(path)
    if passport.exists():
        _write(passport_path(kept), passport.read_text(encoding="utf-8"))
    _write(kept, path.read_text(encoding="utf-8"))
    return kept


def _history(path: Path) -> Path:
    return path.parent / "history"


def _entries(path: Path) -> list[Path]:
    found = _history(path).glob("[0-9][0-9][0-9][0-9]-*.json")
    return sorted(entry for entry in found if not entry.name.endswith(".passport.json"))


def _object(place: Path) -> Mapping[str, object]:
    try:
        return parse_object(place.read_bytes())
    except FileNotFoundError as error:
        message = f"{place}: no such file; allowed: the folder of a finished study"
        raise RefusedError(message) from error
    except (OSError, StrictJsonError) as error:
        message = f"{place}: cannot be read ({error})"
        raise ParamsError(message) from error


def _text(document: Mapping[str, object]) -> str:
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _write(place: Path, text: str) -> None:
    """Whole or not at all, and on disk."""
    beside = place.with_name(f"{place.name}.new")

    def put() -> None:
        write_all(beside, text.encode("utf-8"), fsync=True)
        beside.replace(place)
        sync_folder(place.parent)

    patiently(put, str(place), SystemClock().sleep)
