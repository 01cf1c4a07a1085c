"""The quick encoder writes exactly what the standard library's writes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters import fast_json
from bot.adapters.fast_json import text_encoder
from bot.adapters.journal_lines import _ODD, _may_be_odd

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(value=PLAIN, separators=st.sampled_from([(", ", ": "), (",", ":")]))
def test_the_text_is_the_standard_librarys(value: object, separators: tuple[str, str]) -> None:
    expected = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=separators)
    assert text_encoder(separators)(value) == expected


@pytest.mark.parametrize("bad", [float("nan"), [float("inf")], {"a": -float("inf")}])
def test_what_is_not_finite_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        text_encoder()(bad)


@pytest.mark.parametrize("bad", [b"bytes", {1, 2}, {"a": object()}])
def test_other_types_are_refused(bad: object) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        text_encoder()(bad)


def test_what_json_does_not_know_may_be_stood_in_for() -> None:
    text = text_encoder(default=lambda value: value.item())
    assert text({"lots": np.float32(0.5), "count": np.int64(3)}) == '{"lots": 0.5, "count": 3}'


def test_what_holds_itself_is_an_error_and_no_endless_text() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises((RecursionError, ValueError)):
        text_encoder()(loop)


def test_a_python_without_the_compiled_encoder_writes_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = {"a": [1.5, None, "ü\n"], "b": {"c": True}}
    quick = text_encoder((",", ":"))(document)
    monkeypatch.setattr(fast_json.encoder, "c_make_encoder", None)
    assert text_encoder((",", ":"))(document) == quick


ODD_PARTS = st.sampled_from(
    [b"1e999", b"2E+308", b"-7e100", rb"\ud83d", rb"\uDc00", b"9" * 300, b"1" * 299, b"1e99"]
)


@given(parts=st.lists(ODD_PARTS | st.binary(max_size=12), max_size=6))
def test_no_odd_line_slips_past_the_quick_look(parts: list[bytes]) -> None:
    line = b'{"seq":1,"x":' + b",".join(parts) + b"}"
    assert _may_be_odd(line) or _ODD.search(line) is None


def test_an_ordinary_line_is_not_looked_at_closely() -> None:
    assert not _may_be_odd(b'{"seq":7,"at_utc_s":1774224000.5,"price":1.09871,"note":"2 lots"}')
