"""Planted defects as data: what each changes, which promise it breaks, and who should notice."""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

PLACES = ("bot/rules/", "bot/live/", "bot/adapters/", "bot/params/", "bot/watch/", "bot/cli/")
"""Where a defect may be planted: what decides or guards, never what is simulated."""

_ID = re.compile(r"[a-z][a-z0-9-]{3,59}")
_PROMISE = re.compile(r"[BNPCDXHKT]\d\d|I\d{1,2}")
_LINES_CHANGED_MAX = 1


class DefectError(ValueError):
    """A defect that cannot be planted; names its id and what does not fit."""


class Defect(BaseModel):
    """One sabotage: `old` stands exactly once in `file` and becomes `new`.

    `breaks` are ids of faults and invariants, `tests` the nodes of pytest that should go red.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    file: str
    old: str
    new: str
    breaks: tuple[str, ...]
    effect: str
    tests: tuple[str, ...]

    def planted(self, text: str) -> str:
        """The file's text with the defect in it; raises `DefectError` unless it fits once."""
        count = text.count(self.old)
        if count != 1:
            raise DefectError(
                f"{self.id}: {self.file} holds the old text {count} times; allowed: once"
            )
        return text.replace(self.old, self.new)

    def mark(self, text: str) -> str:
        """What an outcome holds for: this defect, these tests, this text of the file."""
        whole = "\0".join((self.id, self.file, self.planted(text), *self.tests))
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    defect: tuple[Defect, ...]


def load_defects(folder: Path) -> list[Defect]:
    """Every defect of the TOML files in `folder`, in the files' order.

    Raises `DefectError` naming the file for what is no defect, and for an id given twice.
    """
    found: list[Defect] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
            found += _File.model_validate(document).defect
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise DefectError(f"{path.name}: {error}") from error
    seen: set[str] = set()
    for defect in found:
        if defect.id in seen:
            raise DefectError(f"{defect.id}: given twice")
        seen.add(defect.id)
    return found


def chosen(defects: Sequence[Defect], ids: Sequence[str]) -> list[Defect]:
    """The defects named, or all without a name; raises `DefectError` for an unknown one."""
    known = {defect.id for defect in defects}
    for name in ids:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {len(known)}, see --list"
            raise DefectError(f"no defect {name!r}; {hint}")
    return [defect for defect in defects if not ids or defect.id in ids]


def problems(defect: Defect, root: Path) -> list[str]:
    """What keeps a defect from being planted in the project at `root`, or makes it no defect."""
    return list(_problems(defect, root))


def _problems(defect: Defect, root: Path) -> Iterator[str]:
    if not _ID.fullmatch(defect.id):
        yield f"id {defect.id!r}: 4 to 60 small letters, digits and -"
    for name in defect.breaks:
        if not _PROMISE.fullmatch(name):
            yield f"breaks {name!r}: the id of a fault (B01) or an invariant (I9)"
    if not (defect.breaks and defect.tests and defect.effect):
        yield "breaks, effect or tests are empty"
    for node in defect.tests:
        if not _has_test(root, node):
            yield f"no such test: {node}"
    path = root / defect.file
    if not defect.file.startswith(PLACES) or not path.is_file():
        yield f"file {defect.file!r}: must be a file below one of {', '.join(PLACES)}"
        return
    yield from _patch_problems(defect, path.read_text(encoding="utf-8"))


def _patch_problems(defect: Defect, text: str) -> Iterator[str]:
    try:
        planted = defect.planted(text)
        tree = ast.parse(planted)
    except DefectError as error:
        yield str(error)
        return
    except SyntaxError as error:
        yield f"no Python any more: line {error.lineno}, {error.msg}"
        return
    if ast.dump(tree) == ast.dump(ast.parse(text)):
        yield "changes nothing"
    changed = _lines_changed(text, planted)
    if changed > _LINES_CHANGED_MAX:
        yield f"changes {changed} lines; allowed: {_LINES_CHANGED_MAX}"


def _lines_changed(before: str, after: str) -> int:
    """The larger of lines taken out and lines put in."""
    delta = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return max(sum(line.startswith(sign) for line in delta) for sign in ("- ", "+ "))


def _has_test(root: Path, node: str) -> bool:
    name, _, function = node.partition("::")
    path = root / name
    if not path.is_file():
        return False
    return not function or f"def {function}(" in path.read_text(encoding="utf-8")
