"""Who does the work of a study: threads of this process, or a Dask cluster. Both the same pieces.

A piece is a key and what the work needs to know of it; its result is a row. Rows come back in the
order they are done, each under its key, so that a study keeps what is finished whatever happens to
the rest. What all pieces share (prices, parameters) is inside the work, which travels once to each
worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from bot.errors import BotError

Row = Mapping[str, object]
Work = Callable[[Mapping[str, object]], Row]
"""Does one piece; called from several threads at once, and sent to other machines by value."""


class PiecesLostError(BotError):
    """Pieces that no worker brought to an end, however often they were handed out again."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work: `asked` is what `Work` is called with, plain values only."""

    key: str
    asked: Mapping[str, object]


class Crew(Protocol):
    """Does pieces of one kind of work, many at a time."""

    def run(self, pieces: Iterable[Piece]) -> Iterator[tuple[str, Row]]:
        """Every piece's key and row as they are done; closing the iterator drops the rest."""
        ...

    def close(self) -> None:
        """Let the workers go."""
        ...


class LocalCrew:
    """Threads of this process: walks release the interpreter, prices are shared."""

    def __init__(self, work: Work, threads_count: int) -> None:
        self._work = work
        self._threads_count = threads_count

    def run(self, pieces: Iterable[Piece]) -> Iterator[tuple[str, Row]]:
        """As `Crew.run`; a piece begun is finished even when the rest is dropped."""
        waiting = iter(pieces)
        with ThreadPoolExecutor(self._threads_count) as pool:
            try:
                yield from self._stream(pool, waiting)
            finally:
                pool.shutdown(cancel_futures=True)

    def _stream(
        self, pool: ThreadPoolExecutor, waiting: Iterator[Piece]
    ) -> Iterator[tuple[str, Row]]:
        running: dict[Future[Row], str] = {}
        while True:
            for piece in islice(waiting, 2 * self._threads_count - len(running)):
                running[pool.submit(self._work, piece.asked)] = piece.key
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()

    def close(self) -> None:
        """Nothing is held between runs."""


def crew_of(work: Work, scheduler: str, threads_count: int) -> AbstractContextManager[Crew]:
    """Workers for `work`: `scheduler` is `local`, or a Dask scheduler's `tcp://host:port`.

    Raises `ParamsError` for any other address, and for a cluster without its extra installed.
    """
    if scheduler == "local":
        return closing(LocalCrew(work, threads_count))
    from bot.research.dask_crew import DaskCrew  # noqa: PLC0415 -- an extra of its own

    return closing(DaskCrew(work, scheduler))


def run_pieces(
    pieces: Iterable[Piece], work: Work, scheduler: str = "local", threads_count: int = 2
) -> Iterator[tuple[str, Row]]:
    """All pieces once, for tools that need no second round; keys and rows as they are done."""
    with crew_of(work, scheduler, threads_count) as crew:
        yield from crew.run(pieces)
