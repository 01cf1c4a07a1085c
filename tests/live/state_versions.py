"""The stored snapshots of every schema version, the scene they are of, and today's shape.

Run `PYTHONPATH=tests python tests/live/state_versions.py` after `SCHEMA_VERSION` was raised: it
writes the fixture of the new version and pins its shape. One that is there is never overwritten.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from migration_worlds import a_scene
from pydantic import TypeAdapter

from bot.live.state import SCHEMA_VERSION, BotState

STATES = Path(__file__).resolve().parents[1] / "adapters" / "states"
SHAPES = STATES / "shapes.json"
_WORDS = frozenset({"title", "description"})


def shape_of_today() -> str:
    """A short hash of every field of the snapshot and its type, without words for people."""
    schema = TypeAdapter(BotState).json_schema()
    plain = json.dumps(_without_words(schema), sort_keys=True)
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()[:16]


def shapes() -> dict[str, str]:
    """The pinned shapes by schema version."""
    return dict(json.loads(SHAPES.read_text(encoding="utf-8")))


def _without_words(schema: object) -> object:
    if isinstance(schema, dict):
        kept = {k: v for k, v in schema.items() if k not in _WORDS or not isinstance(v, str)}
        return {key: _without_words(value) for key, value in kept.items()}
    if isinstance(schema, list):
        return [_without_words(value) for value in schema]
    return schema


def _write_fixture() -> None:
    path = STATES / f"v{SCHEMA_VERSION}.json"
    known = shapes() if SHAPES.exists() else {}
    if path.exists() or str(SCHEMA_VERSION) in known:
        raise SystemExit(f"{path} is there: a version's fixture is never written again")
    with tempfile.TemporaryDirectory() as folder:
        a_scene(Path(folder))
        shutil.copy(Path(folder) / "state" / "state.json", path)
    known[str(SCHEMA_VERSION)] = shape_of_today()
    SHAPES.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write_fixture()
