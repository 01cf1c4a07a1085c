import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.envelope import unseal
from bot.adapters.json_store import JsonStore
from bot.errors import StateCorruptError, StoreError


def a_store(folder: Path, **options) -> JsonStore:
    options.setdefault("sleep", lambda _: None)
    options.setdefault("fsync", False)
    return JsonStore(folder, options.pop("schema_version", 1), **options)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


FIRST = {"setups": {"1": {"symbol": "EURUSD", "points": 4.5}}, "day": None}
SECOND = {"setups": {"1": {"symbol": "EURUSD", "points": 5.0}}, "day": 20_000}


def test_nothing_saved_is_none(tmp_path):
    assert a_store(tmp_path / "new").load("state") is None


def test_what_was_saved_is_loaded_by_another_process(tmp_path):
    a_store(tmp_path, fsync=True).save("state", FIRST)

    assert a_store(tmp_path).load("state") == FIRST


def test_the_generation_before_is_kept(tmp_path):
    store = a_store(tmp_path)
    store.save("state", FIRST)
    store.save("state", SECOND)

    assert unseal((tmp_path / "state.json").read_bytes()).document == SECOND
    assert unseal((tmp_path / "state.prev.json").read_bytes()).document == FIRST
    assert set(files(tmp_path)) == {"state.json", "state.prev.json"}


def test_names_do_not_disturb_each_other(tmp_path):
    store = a_store(tmp_path)
    store.save("state", FIRST)
    store.save("spreads", SECOND)

    assert a_store(tmp_path).load("state") == FIRST
    assert a_store(tmp_path).load("spreads") == SECOND


def test_generations_count_on_across_processes(tmp_path):
    for points in range(5):
        a_store(tmp_path).save("state", {"points": points})

    assert unseal((tmp_path / "state.json").read_bytes()).number == 5


def test_an_unchanged_document_is_not_written_again(tmp_path):
    store = a_store(tmp_path)
    store.save("state", FIRST)
    before = (tmp_path / "state.json").stat().st_mtime_ns, files(tmp_path)

    store.save("state", dict(FIRST))

    assert ((tmp_path / "state.json").stat().st_mtime_ns, files(tmp_path)) == before


def test_a_person_can_read_a_line_per_setup(tmp_path):
    a_store(tmp_path).save("state", {"setups": {"1": {"a": 1}, "2": {"a": 2}}, "rungs": [[1], [2]]})

    lines = (tmp_path / "state.json").read_text(encoding="utf-8").splitlines()

    assert '   "1": {"a": 1},' in lines
    assert '   "2": {"a": 2}' in lines
    assert "   [1]," in lines
    assert json.loads("\n".join(lines))["document"]["setups"]["2"] == {"a": 2}


documents = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
        ),
        max_leaves=12,
    ),
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(documents, min_size=1, max_size=3))
def test_any_document_comes_back_as_it_was(tmp_path_factory, saved):
    folder = tmp_path_factory.mktemp("store")
    store = a_store(folder)
    for document in saved:
        store.save("state", document)

    assert a_store(folder).load("state") == saved[-1]
    shutil.rmtree(folder)


def two_generations(folder: Path) -> JsonStore:
    store = a_store(folder)
    store.save("state", FIRST)
    store.save("state", SECOND)
    return store


def test_a_file_cut_at_any_byte_leaves_the_generation_before(tmp_path):
    two_generations(tmp_path)
    whole = files(tmp_path)
    newest = whole["state.json"]
    for length in range(len(newest)):
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        (tmp_path / "state.prev.json").write_bytes(whole["state.prev.json"])
        (tmp_path / "state.json").write_bytes(newest[:length])
        store = a_store(tmp_path)

        assert store.load("state") == FIRST
        assert "other generation used" in store.findings[0]
        assert (tmp_path / "state.corrupt-1.json").read_bytes() == newest[:length]


def test_a_flipped_bit_anywhere_is_seen(tmp_path):
    two_generations(tmp_path)
    whole = files(tmp_path)
    newest = whole["state.json"]
    for offset in range(len(newest)):
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        (tmp_path / "state.prev.json").write_bytes(whole["state.prev.json"])
        changed = bytearray(newest)
        changed[offset] ^= 1
        (tmp_path / "state.json").write_bytes(bytes(changed))

        assert a_store(tmp_path).load("state") == FIRST, f"offset {offset}"


def test_a_damaged_newest_generation_never_replaces_the_valid_one(tmp_path):
    two_generations(tmp_path)
    (tmp_path / "state.json").write_bytes(b"\0" * 500)
    store = a_store(tmp_path)
    assert store.load("state") == FIRST

    store.save("state", {"after": 1})

    assert unseal((tmp_path / "state.prev.json").read_bytes()).document == FIRST
    assert a_store(tmp_path).load("state") == {"after": 1}


@pytest.mark.parametrize("is_same_process", [True, False])
def test_a_generation_damaged_since_it_was_saved_never_takes_the_good_ones_place(
    tmp_path, is_same_process
):
    store = two_generations(tmp_path)
    if not is_same_process:
        store = a_store(tmp_path)
        store.load("state")
    good, newest = tmp_path / "state.prev.json", tmp_path / "state.json"
    before, damaged = good.read_bytes(), newest.read_bytes()[:-9]
    newest.write_bytes(damaged)

    store.save("state", {"generation": 3})

    assert good.read_bytes() == before
    assert (tmp_path / "state.corrupt-1.json").read_bytes() == damaged
    assert any("damaged since it was saved" in finding for finding in store.findings)
    assert a_store(tmp_path).load("state") == {"generation": 3}
    store.save("state", {"generation": 4})
    assert b'"generation": 3' in good.read_bytes() or b'"generation":3' in good.read_bytes()


def test_a_damaged_older_generation_is_set_aside_too(tmp_path):
    two_generations(tmp_path)
    (tmp_path / "state.prev.json").write_bytes(b"{}")
    store = a_store(tmp_path)

    assert store.load("state") == SECOND
    assert "state.prev.json" in store.findings[0]


@pytest.mark.parametrize("left", [["state.json"], ["state.prev.json"], ["state.json", "x"]])
def test_a_lost_rename_loads_the_newest_that_is_there(tmp_path, left):
    two_generations(tmp_path)
    if left == ["state.json"]:
        (tmp_path / "state.prev.json").unlink()
        expected = SECOND
    elif left == ["state.prev.json"]:
        (tmp_path / "state.json").unlink()
        expected = FIRST
    else:  # both renames undone: the older lies under the newer's name
        older = (tmp_path / "state.prev.json").read_bytes()
        (tmp_path / "state.json").replace(tmp_path / "state.prev.json")
        (tmp_path / "state.json").write_bytes(older)
        expected = SECOND

    assert a_store(tmp_path).load("state") == expected


def test_when_no_generation_is_valid_a_person_is_asked_and_nothing_is_lost(tmp_path):
    two_generations(tmp_path)
    (tmp_path / "state.json").write_bytes(b"garbage")
    (tmp_path / "state.prev.json").write_bytes(b"")

    with pytest.raises(StateCorruptError, match="no generation of 'state' is valid") as caught:
        a_store(tmp_path).load("state")

    assert str(tmp_path / "state.json") in str(caught.value)
    assert files(tmp_path) == {
        "state.json": b"garbage",
        "state.prev.json": b"",
        "state.corrupt-1.json": b"garbage",
        "state.corrupt-2.json": b"",
    }


def test_the_next_start_fails_as_well_and_copies_nothing_twice(tmp_path):
    two_generations(tmp_path)
    for name in ("state.json", "state.prev.json"):
        (tmp_path / name).write_bytes(b"garbage")
    for _ in range(3):
        with pytest.raises(StateCorruptError):
            a_store(tmp_path).load("state")

    assert set(files(tmp_path)) == {"state.json", "state.prev.json", "state.corrupt-1.json"}


def test_saving_over_files_that_were_never_readable_is_refused(tmp_path):
    (tmp_path / "state.json").write_bytes(b"garbage")

    with pytest.raises(StateCorruptError):
        a_store(tmp_path).save("state", FIRST)

    assert (tmp_path / "state.json").read_bytes() == b"garbage"


def sealed_by_hand(folder: Path, text: str) -> None:
    (folder / "state.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('\ufeff{"generation": 1}', "byte order mark"),
        ('{"generation": 1, "generation": 2}', "appears twice"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": -Infinity}', "-Infinity is not a number"),
        ('{"a": 1e999}', "beyond the range"),
        ("[1]", "holds a list"),
        ('{"a": 1', "at line 1 column"),
        ('{"a": "\0"}', "NUL byte"),
        ("{" + '"a":{' * 70 + "}" * 71, "nested deeper than 64"),
        ('{"a":' + "[" * 50_000, "nested deeper"),
        ('{"a": ' + "9" * 5000 + "}", "integer string conversion"),
        ("{}", "missing or of the wrong type"),
        ('{"generation": true, "schema": 1, "document": {}}', "missing or of the wrong type"),
        ('{"generation": 1, "schema": 1, "document": {}}', "rewritten by another program"),
    ],
)
def test_what_is_not_strict_or_not_ours_is_damaged(tmp_path, text, why):
    sealed_by_hand(tmp_path, text)

    with pytest.raises(StateCorruptError, match=why):
        a_store(tmp_path).load("state")


def test_a_hand_edited_number_is_seen_even_when_the_json_is_fine(tmp_path):
    a_store(tmp_path).save("state", FIRST)
    path = tmp_path / "state.json"
    path.write_text(path.read_text(encoding="utf-8").replace("4.5", "4.6"), encoding="utf-8")

    with pytest.raises(StateCorruptError, match="checksum does not fit"):
        a_store(tmp_path).load("state")


def test_a_hand_edited_generation_number_is_seen(tmp_path):
    a_store(tmp_path).save("state", FIRST)
    path = tmp_path / "state.json"
    text = path.read_text(encoding="utf-8").replace('"generation": 1', '"generation":  1')
    path.write_text(text, encoding="utf-8")

    with pytest.raises(StateCorruptError, match="damaged or edited"):
        a_store(tmp_path).load("state")


def test_another_schema_is_refused_naming_both(tmp_path):
    a_store(tmp_path, schema_version=2).save("state", FIRST)
    before = files(tmp_path)

    with pytest.raises(StateCorruptError, match=r"under schema 2, this program reads schema 1"):
        a_store(tmp_path, schema_version=1).load("state")

    assert files(tmp_path) == before


def test_an_older_schema_is_migrated_step_by_step(tmp_path):
    a_store(tmp_path, schema_version=1).save("state", {"lots": 1})
    migrations = {
        1: lambda document: {**document, "points": 4},
        2: lambda document: {**document, "lots": document["lots"] * 2},
    }

    store = a_store(tmp_path, schema_version=3, migrations=migrations)

    assert store.load("state") == {"lots": 2, "points": 4}
    store.save("state", {"lots": 3})
    assert unseal((tmp_path / "state.json").read_bytes()).schema_version == 3


def test_a_missing_migration_is_named(tmp_path):
    a_store(tmp_path, schema_version=1).save("state", {})
    store = a_store(tmp_path, schema_version=3, migrations={1: dict})

    with pytest.raises(StateCorruptError, match="knows no way from 2"):
        store.load("state")


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), {1, 2}, object(), b"bytes", [float("nan")]]
)
def test_a_document_that_is_not_strict_json_is_refused_and_the_old_one_stays(tmp_path, value):
    store = a_store(tmp_path)
    store.save("state", FIRST)

    with pytest.raises(StoreError, match="not strict JSON"):
        store.save("state", {"value": value})

    assert a_store(tmp_path).load("state") == FIRST


@pytest.mark.parametrize("name", ["", "../state", "State", "a.b", "a/b"])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path, name):
    with pytest.raises(StoreError, match="document name"):
        a_store(tmp_path).save(name, FIRST)
