"""Every version a snapshot was ever saved under is read, traded on, and never misread (D08)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from migration_worlds import a_scene
from state_versions import STATES, shape_of_today, shapes

from bot.adapters.envelope import document_bytes, seal, unseal
from bot.adapters.json_store import JsonStore
from bot.errors import StateCorruptError
from bot.live.migrations import MIGRATIONS
from bot.live.state import SCHEMA_VERSION, STATE_NAME, state_from_document

FIXTURES = sorted(path.name for path in STATES.glob("v*.json"))


def put(fixture: str, folder: Path) -> None:
    """The fixture is the only generation."""
    for file in folder.glob("state*.json"):
        file.unlink()
    shutil.copy(STATES / fixture, folder / "state.json")


def test_the_shape_of_the_snapshot_is_the_one_its_version_was_given() -> None:
    assert shapes()[str(SCHEMA_VERSION)] == shape_of_today(), (
        "the snapshot's fields changed: raise SCHEMA_VERSION, write the migration, then run "
        "PYTHONPATH=tests python tests/live/state_versions.py"
    )


def test_each_version_has_its_fixture_and_its_way_to_the_next() -> None:
    versions = {unseal((STATES / name).read_bytes()).schema_version for name in FIXTURES}
    assert versions == set(range(1, SCHEMA_VERSION + 1))
    assert set(MIGRATIONS) == set(range(1, SCHEMA_VERSION))


@pytest.mark.parametrize("fixture", FIXTURES)
def test_a_stored_version_trades_on_and_loses_nothing(tmp_path: Path, fixture: str) -> None:
    world = a_scene(tmp_path)
    put(fixture, tmp_path / "state")

    world.restart().run_minutes(2)

    written = unseal((tmp_path / "state" / "state.json").read_bytes())
    assert written.schema_version == SCHEMA_VERSION
    world.run_minutes(40)
    taken = [line["rung"] for line in world.events("RungTaken")]
    assert taken[:2] == [1, 2], "the rung of before was not taken again"
    closed = [line["symbol"] for line in world.events("PositionClosed")]
    assert sorted(str(symbol) for symbol in closed) == ["EURUSD", "GBPUSD"]
    money = sum(float(str(line["net_money"])) for line in world.events("PositionClosed"))
    assert money == pytest.approx(world.balance - 20_000.0, abs=0.004)
    assert [setup.symbol for setup in world.bot.state.setups.values()] == ["USDJPY"]
    assert world.bot.state.halts == {}


def test_money_paid_in_before_the_first_release_s_snapshot_moves_nothing_again() -> None:
    document = unseal((STATES / "v1_first.json").read_bytes()).document
    day = document["day"]
    assert isinstance(day, dict)
    day["cash_money"] = 500.0
    moved = state_from_document(MIGRATIONS[1](document)).day
    assert moved is not None
    assert (moved.cash_money, moved.cash_seen_money) == (500.0, 500.0)


def test_a_migration_leaves_the_document_it_was_given_alone() -> None:
    document = unseal((STATES / "v1_first.json").read_bytes()).document
    before = document_bytes(document)
    MIGRATIONS[1](document)
    assert document_bytes(document) == before


def test_a_version_of_the_future_is_refused_by_name_and_left_as_it_is(tmp_path: Path) -> None:
    newer = seal(7, SCHEMA_VERSION + 1, document_bytes({"login": 1}))
    (tmp_path / "state.json").write_bytes(newer)
    store = JsonStore(tmp_path, SCHEMA_VERSION, fsync=False, migrations=MIGRATIONS)
    with pytest.raises(StateCorruptError, match=f"under schema {SCHEMA_VERSION + 1}"):
        store.load(STATE_NAME)
    assert (tmp_path / "state.json").read_bytes() == newer
