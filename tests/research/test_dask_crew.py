"""A cluster of real processes brings the same rows, also when a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from planted_landscape import Hill

from bot.backtest.engine import Stretch
from bot.errors import ParamsError
from bot.research.judge import Bars
from bot.research.scheduling import LocalCrew, Piece, crew_of, run_pieces
from bot.research.search import Plan
from bot.research.space import Axis, Space
from bot.research.study_folder import Identity, StudyFolder
from bot.research.sweep import Bench, Swept, sweep

distributed = pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SPACE = Space((Axis("x", tuple(range(10))), Axis("y", tuple(range(8)))))
PLAN = Plan("tpe", 64, 3, ("net_r",))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as made:
        yield made


def pieces(count: int) -> list[Piece]:
    return [Piece(str(x), {"changes": {"x": x / 10, "y": 0}}) for x in range(count)]


def test_a_killed_worker_costs_no_row_and_changes_none(cluster: Any, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    pids.mkdir()
    wanted = dict(run_pieces(pieces(60), Hill()))
    found: dict[str, object] = {}
    killed: list[int] = []
    with crew_of(Hill(pids=pids, wait_s=0.05), cluster.scheduler_address, 1) as crew:
        for key, row in crew.run(pieces(60)):
            assert key not in found
            found[key] = row
            if len(found) == 10:
                killed.append(int(next(pids.iterdir()).name))
                os.kill(killed[0], signal.SIGKILL)
    assert found == wanted
    assert killed
    assert killed[0] != os.getpid()


def test_all_workers_killed_at_once_lose_the_shared_facts_but_no_row(
    cluster: Any, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    pids.mkdir()
    found: dict[str, object] = {}
    with crew_of(Hill(pids=pids, wait_s=0.05), cluster.scheduler_address, 1) as crew:
        for key, row in crew.run(pieces(40)):
            found[key] = row
            if len(found) == 8:
                for pid in pids.iterdir():
                    os.kill(int(pid.name), signal.SIGKILL)
    assert found == dict(run_pieces(pieces(40), Hill()))


def test_a_sweep_on_a_cluster_with_a_killed_worker_is_the_local_sweep(
    cluster: Any, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    pids.mkdir()

    def swept(name: str, crew: Any, told: Any = None) -> Swept:
        folder = StudyFolder(tmp_path / name, Identity("sweep", "c", "d", "p", 0, {}))
        return sweep(SPACE, PLAN, Bench(crew, folder, {}, told), Stretch(0.0, 1e7), Bars())

    def kill_at_twenty(rows_count: int, _trial: object) -> None:
        if rows_count == 20:
            os.kill(int(next(pids.iterdir()).name), signal.SIGKILL)

    work = Hill(pids=pids, wait_s=0.02)
    with crew_of(work, cluster.scheduler_address, 1) as crew:
        on_cluster = swept("cluster", crew, kill_at_twenty)
    assert on_cluster == swept("local", LocalCrew(Hill(), 2))


def test_an_error_of_the_work_is_not_hidden_by_trying_again(cluster: Any) -> None:
    with (
        crew_of(Hill(), cluster.scheduler_address, 1) as crew,
        pytest.raises(KeyError, match="changes"),
    ):
        list(crew.run([Piece("1", {})]))


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "dask", ""])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ParamsError, match="must be local or a Dask scheduler's address"):
        crew_of(Hill(), address, 1)
