"""Parameter folders on disk, as a trader has them, for tests to bend."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

from bot.params import default_document

REPOSITORY = Path(__file__).resolve().parents[2]
SHIPPED = REPOSITORY / "params"
SHARED_PRESETS = REPOSITORY / ".." / "shared" / "rules" / "presets.json"

_DEFAULT = default_document()


def a_document() -> dict[str, Any]:
    return copy.deepcopy(_DEFAULT)


def a_folder(tmp_path: Path) -> Path:
    """A params folder with the shipped firms, profiles and symbols."""
    folder = tmp_path / "params"
    if not folder.exists():
        shutil.copytree(SHIPPED, folder)
    return folder


def a_file(tmp_path: Path, document: object) -> Path:
    path = a_folder(tmp_path) / "current_params.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def steps(field: str) -> list[str | int]:
    """`exits.ladder[0].target_r` as the keys to walk."""
    keys: list[str | int] = []
    for part in field.split("."):
        name, *indices = part.replace("]", "").split("[")
        keys += [name, *map(int, indices)]
    return keys


def put(document: dict[str, Any], field: str, value: object) -> dict[str, Any]:
    """The document with the value at `field` replaced (or added)."""
    *way, last = steps(field)
    place: Any = document
    for key in way:
        place = place[key]
    place[last] = value
    return document


def taken(document: dict[str, Any], field: str) -> dict[str, Any]:
    """The document without `field`."""
    *way, last = steps(field)
    place: Any = document
    for key in way:
        place = place[key]
    del place[last]
    return document


def get(document: dict[str, Any], field: str) -> Any:
    place: Any = document
    for key in steps(field):
        place = place[key]
    return place
