"""A trader dies exactly where it was told to, leaving exactly what was done until then."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tools.kills.points import Deed, KillPoint, Phase, arm, drawn_fate, point_of

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can fork"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),  # the test runner has threads
]


def _died(act: Callable[[], object]) -> bool:
    """Whether a child that does `act` was killed; one that lives ends with 0."""
    pid = os.fork()
    if not pid:
        try:
            act()
        finally:
            os._exit(0)
    status = os.waitpid(pid, 0)[1]
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _three_writes(path: Path, point: KillPoint) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    arm(point)
    for word in (b"one.", b"two.", b"three."):
        os.write(descriptor, word)


@pytest.mark.parametrize(
    ("phase", "count", "left"),
    [
        (Phase.BEFORE, 1, b""),
        (Phase.TORN, 1, b"on"),
        (Phase.AFTER, 1, b"one."),
        (Phase.TORN, 2, b"one.tw"),
        (Phase.AFTER, 3, b"one.two.three."),
    ],
)
def test_a_write_is_left_out_torn_or_done(
    tmp_path: Path, phase: Phase, count: int, left: bytes
) -> None:
    path = tmp_path / "file"
    assert _died(lambda: _three_writes(path, KillPoint(Deed.WRITE, phase, count)))
    assert path.read_bytes() == left


@pytest.mark.parametrize("count", [0, 4])
def test_a_point_that_never_comes_kills_nobody(tmp_path: Path, count: int) -> None:
    path = tmp_path / "file"
    assert not _died(lambda: _three_writes(path, KillPoint(Deed.WRITE, Phase.BEFORE, count)))
    assert path.read_bytes() == b"one.two.three."


@pytest.mark.parametrize(("phase", "is_there"), [(Phase.BEFORE, False), (Phase.AFTER, True)])
def test_a_replace_is_left_out_or_done(tmp_path: Path, phase: Phase, is_there: bool) -> None:
    source, target = tmp_path / "new", tmp_path / "current"
    source.write_bytes(b"x")

    def act() -> None:
        arm(KillPoint(Deed.REPLACE, phase, 1))
        source.replace(target)

    assert _died(act)
    assert target.exists() == is_there


def test_a_point_survives_its_way_through_the_environment() -> None:
    point = KillPoint(Deed.SEND, Phase.AFTER, 2)
    assert point_of(point.text()) == point
    with pytest.raises(ValueError, match="nowhere"):
        point_of("nowhere:before:1")


def test_chance_draws_every_deed_and_moments_and_nothing_else_when_told_so() -> None:
    rng = np.random.default_rng(1)
    fates = [drawn_fate(rng) for _ in range(400)]
    assert {f.point.deed for f in fates if f.point.count} == set(Deed)
    assert any(not f.point.count for f in fates)
    sends = [drawn_fate(rng, (Deed.SEND,)) for _ in range(50)]
    assert {f.point.deed for f in sends} == {Deed.SEND}
    assert all(f.point.count for f in sends)
