"""Where a study keeps what it found, so that a stopped study goes on and a finished one is known.

A folder holds `study.json`, which says what exactly was studied, `rows.jsonl`, one line per piece
of work done, and whatever reports are made of them. Rows are appended and forced to disk one by
one; a torn last line, from a process that died while writing, is the work of one row.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.atomic_file import patiently, write_all
from bot.adapters.clock import SystemClock
from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.errors import BotError

Row = Mapping[str, object]

_MANIFEST_NAME = "study.json"
_ROWS_NAME = "rows.jsonl"
_KEY = "key"


class OtherStudyError(BotError):
    """The folder holds another study; it is neither overwritten nor mixed up."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a study the same study: code, prices, parameters, seed and what was asked."""

    kind: str
    code_hash: str
    data_hash: str
    params_hash: str
    seed: int
    asked: Mapping[str, object]

    def document(self) -> dict[str, object]:
        """As `study.json` holds it."""
        return {
            "kind": self.kind,
            "code_hash": self.code_hash,
            "data_hash": self.data_hash,
            "params_hash": self.params_hash,
            "seed": self.seed,
            "asked": dict(self.asked),
        }


class StudyFolder:
    """The folder of one study; rows written before are there again under their keys."""

    def __init__(self, root: Path, identity: Identity) -> None:
        """Open or begin the study; raises `OtherStudyError` when `root` holds another one."""
        self.root = root
        self.identity = identity
        self._claim()
        self.rows: dict[str, Row] = dict(self._read_rows())

    @property
    def manifest(self) -> Path:
        """What was studied."""
        return self.root / _MANIFEST_NAME

    def add(self, key: str, row: Row) -> None:
        """Keep one finished piece of work under `key`; on disk when this returns."""
        line = json.dumps({_KEY: key, **row}, allow_nan=False) + "\n"
        with (self.root / _ROWS_NAME).open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self.rows[key] = row

    def write_text(self, name: str, text: str) -> Path:
        """Write a report file as a whole or not at all; where it is."""
        place, beside = self.root / name, self.root / f"{name}.new"

        def put() -> None:
            write_all(beside, text.encode("utf-8"), fsync=True)
            beside.replace(place)

        patiently(put, str(place), SystemClock().sleep)
        return place

    def _claim(self) -> None:
        wanted = self.identity.document()
        if not self.manifest.exists():
            if self.root.exists() and any(self.root.iterdir()):
                message = f"{self.root} holds files but no study; choose another folder with --out"
                raise OtherStudyError(message)
            self.root.mkdir(parents=True, exist_ok=True)
            self.write_text(_MANIFEST_NAME, json.dumps(wanted, indent=2) + "\n")
            return
        known = self._known()
        names = sorted({*known, *wanted})
        differing = [
            f"{name} is {known.get(name)!r} there and {wanted.get(name)!r} now"
            for name in names
            if known.get(name) != json.loads(json.dumps(wanted.get(name)))
        ]
        if differing:
            message = (
                f"{self.root} holds another study: {'; '.join(differing)}. "
                "Choose another folder with --out, or remove this one"
            )
            raise OtherStudyError(message)

    def _known(self) -> Mapping[str, object]:
        try:
            return parse_object(self.manifest.read_bytes())
        except (OSError, StrictJsonError) as error:
            message = f"{self.manifest} cannot be read ({error}); choose another folder with --out"
            raise OtherStudyError(message) from error

    def _read_rows(self) -> list[tuple[str, Row]]:
        """Every whole row; the file is cut behind the last one, so that the next line is whole."""
        place = self.root / _ROWS_NAME
        if not place.exists():
            return []
        found: list[tuple[str, Row]] = []
        content = place.read_bytes()
        whole = 0
        for line in content.splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            try:
                row = dict(parse_object(line))
            except StrictJsonError as error:
                message = (
                    f"{place}: line {len(found) + 1} cannot be read ({error}); remove the study"
                )
                raise OtherStudyError(message) from error
            whole += len(line)
            found.append((str(row.pop(_KEY)), row))
        if whole < len(content):
            with place.open("r+b") as file:
                file.truncate(whole)
        return found
