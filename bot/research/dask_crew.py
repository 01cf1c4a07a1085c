"""Pieces of work on a Dask cluster: a worker that dies costs time, never a row.

Dask hands the pieces of a dead worker to another one. What it gives up (a piece whose workers died
several times, shared facts that died with their last holder) is handed out again from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.errors import BotError, ParamsError
from bot.research.scheduling import Piece, PiecesLostError, Row, Work

_CONNECT_S = 20.0
_WORKERS_WAIT_S = 60.0
_ROUNDS_COUNT = 5
_SCHEMES = ("tcp://", "tls://", "ws://", "inproc://")
_LOST = ("cancelled", "lost")

try:
    from distributed import Client, KilledWorker, as_completed
except ModuleNotFoundError as missing:
    if (missing.name or "").split(".")[0] not in ("distributed", "dask"):
        raise
    _MESSAGE = '--scheduler needs Dask: pip install "challenge-bot[cluster]", on every machine'
    raise ParamsError(_MESSAGE) from missing


class ClusterGoneError(BotError):
    """The scheduler cannot be reached, or has no workers."""


class DaskCrew:
    """A client of the cluster at `address`; the work is on each worker before the first piece."""

    def __init__(self, work: Work, address: str) -> None:
        """Connect; raises `ParamsError` for no address, `ClusterGoneError` for nobody there."""
        if not address.startswith(_SCHEMES):
            message = (
                f"--scheduler {address!r}: must be local or a Dask scheduler's address such as "
                "tcp://127.0.0.1:8786"
            )
            raise ParamsError(message)
        self._work = work
        self._address = address
        self._shipped: Any = None
        try:
            self._client = Client(address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            message = f"--scheduler {address}: no Dask scheduler answers there ({error})"
            raise ClusterGoneError(message) from error

    def run(self, pieces: Iterable[Piece]) -> Iterator[tuple[str, Row]]:
        """As `Crew.run`; raises `PiecesLostError` when the cluster cannot finish a piece."""
        left = {piece.key: piece for piece in pieces}
        for _ in range(_ROUNDS_COUNT):
            if not left:
                return
            yield from self._round(left)
        if left:
            message = (
                f"{len(left)} pieces were lost {_ROUNDS_COUNT} times on {self._address}; what is "
                "done is kept, the same command goes on"
            )
            raise PiecesLostError(message)

    def close(self) -> None:
        """Leave the cluster; it stays up for others."""
        self._client.close()

    def _round(self, left: dict[str, Piece]) -> Iterator[tuple[str, Row]]:
        """Hand out what is left once; a piece that comes back leaves `left`."""
        shared, loop = self._ship(), self._client.loop
        futures = {
            self._client.submit(_do, shared, dict(piece.asked), pure=False, retries=1): key
            for key, piece in left.items()
        }
        try:
            for future in as_completed(list(futures), raise_errors=False, loop=loop):
                if self._is_lost(future):
                    self._shipped = None
                    continue
                key = futures[future]
                row: Row = future.result()
                del left[key]
                yield key, row
        finally:
            self._client.cancel(list(futures), force=True)

    def _ship(self) -> Any:
        """The work on every worker, shipped anew only after it was lost."""
        if self._shipped is None or self._shipped.status in _LOST:
            try:
                self._client.wait_for_workers(1, timeout=_WORKERS_WAIT_S)
            except TimeoutError as error:
                message = f"--scheduler {self._address}: has no workers; start dask worker there"
                raise ClusterGoneError(message) from error
            self._shipped = self._client.scatter(self._work, broadcast=True, hash=False)
        return self._shipped

    def _is_lost(self, future: Any) -> bool:
        if future.status in _LOST:
            return True
        return future.status == "error" and isinstance(future.exception(), KilledWorker)


def _do(work: Work, asked: dict[str, object]) -> Row:
    return work(asked)
