from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from params_files import a_document

from bot.errors import ParamsError
from bot.params.reader import parse_document, read_document


def refusal(tmp_path: Path, raw: bytes | str) -> str:
    path = tmp_path / "file.json"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    with pytest.raises(ParamsError) as caught:
        read_document(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def outcome_of(read: Callable[[], dict[str, object]]) -> dict[str, object] | str:
    """The document, or the words of the refusal."""
    try:
        return read()
    except ParamsError as error:
        return str(error)


def test_a_missing_file_a_folder_and_a_huge_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="no such file"):
        read_document(tmp_path / "absent.json")
    with pytest.raises(ParamsError, match=r"folder"):
        read_document(tmp_path)
    with pytest.raises(ParamsError, match="cannot be read"):
        read_document(tmp_path / ("x" * 5_000))
    assert "longer than" in refusal(tmp_path, b'{"a": "' + b"x" * 1_000_001 + b'"}')


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xef\xbb\xbf{}", "UTF-8 byte order mark"),
        ("{}".encode("utf-16"), "UTF-16 byte order mark"),
        (b'{\n"a": "\xff"}', "line 2: not UTF-8"),
        (b"", "the file ends there"),
        (b'{\n  "a": 1', "line 2 column"),
        (b'{"a": 1,}', "no comma after the last entry"),
        (b'{\n"a": 1, // why\n"b": 2}', "comments are not allowed"),
        (b"{'a': 1}", "double quotes"),
        (b'{\n"risk": 0.6 "x": 2}', "line 2 column 13"),
        (b"[1, 2]", "must be an object in braces, not [1, 2]"),
        (b'"text"', "must be an object"),
        (b'{"a": {"b": NaN}}', "a.b = NaN"),
        (b'{"a": [1, Infinity]}', "a[1] = Infinity"),
        (b'{"a": -Infinity}', "a = -Infinity"),
        (b'{"a": 1e999}', "a = 1e999"),
        (b'{"a": 123456789012345678901234567890}', "must be an ordinary number"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "nested deeper"),
    ],
)
def test_what_a_lenient_reader_swallows_is_refused_by_name(
    tmp_path: Path, raw: bytes, words: str
) -> None:
    assert words in refusal(tmp_path, raw)


def test_every_key_written_twice_is_named_with_its_way(tmp_path: Path) -> None:
    text = refusal(tmp_path, '{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 1}], "a": {"e": NaN}}')
    assert "a: written twice" in text
    assert "c[0].d: written twice" in text


def test_the_offending_text_is_shown(tmp_path: Path) -> None:
    text = refusal(tmp_path, '{\n  "risk_per_trade_pct": 0,6\n}')
    assert "line 2" in text
    assert '"risk_per_trade_pct": 0,6' in text


def test_a_file_cut_at_any_byte_is_refused_and_whole_it_is_read(tmp_path: Path) -> None:
    document = {"sizing": a_document()["sizing"], "exits": a_document()["exits"]}
    raw = json.dumps(document, indent=1).encode()
    for length in range(len(raw)):
        refusal(tmp_path, raw[:length])
    (tmp_path / "file.json").write_bytes(raw)
    assert read_document(tmp_path / "file.json") == document


def test_a_backslash_path_and_odd_text_survive(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text('{"a": "C:\\\\x", "b": "\\u00e9"}', "utf-8")
    assert read_document(path) == {"a": "C:\\x", "b": "\u00e9"}


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='{}[]",:0123456789.eE+-NaInfinitytruefalsn\\u \n', max_size=60))
def test_any_text_is_a_document_or_one_clear_error(text: str) -> None:
    outcome = outcome_of(lambda: parse_document(text, Path("file.json")))
    if isinstance(outcome, str):
        assert outcome.startswith("file.json: ")
    else:
        assert json.loads(text) == outcome


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=st.binary(max_size=80))
def test_any_bytes_are_a_document_or_one_clear_error(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(raw)
    outcome = outcome_of(lambda: read_document(path))
    assert isinstance(outcome, dict) or str(path) in outcome
