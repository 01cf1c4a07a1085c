"""What a long life costs, measured without slowing it: memory, handles, threads, cycle time."""

from __future__ import annotations

import gc
import statistics
import sys
import threading
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.adapters.machine import resident_bytes
from bot.cli.folders import RunFolder
from bot.model.events import Event, PositionClosed
from bot.ports import Ok

_MIB: Final = 1_048_576.0
_KIB: Final = 1_024.0
_DESCRIPTORS: Final = Path("/proc/self/fd")
_PERCENTILES: Final = 100


@dataclass(frozen=True, slots=True)
class Period:
    """The end of one period of a long life. What cannot be measured here is 0.

    `blocks_count` are memory blocks Python holds: a leak shows there before it shows in `_mib`.
    """

    day: float
    resident_mib: float
    blocks_count: int
    handles_count: int
    threads_count: int
    cycles_count: int
    cycle_median_ms: float
    cycle_99th_ms: float
    trades_count: int
    journal_mib: float
    state_kib: float

    def cells(self) -> tuple[str, ...]:
        """As a row of a table."""
        return (
            f"{self.day:.0f}",
            f"{self.resident_mib:.1f}",
            f"{self.blocks_count:,}".replace(",", " "),
            str(self.handles_count),
            str(self.threads_count),
            f"{self.cycle_median_ms:.2f}",
            f"{self.cycle_99th_ms:.2f}",
            str(self.trades_count),
        )

    def line(self) -> str:
        """As one line while the life goes on."""
        return "day {} {} MiB {} blocks {} handles {} threads {} ms ({}) {} trades".format(
            *self.cells()
        )


class Gauge:
    """Measures one process; times are the processor's, so that a busy machine adds nothing."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._cycles_s = array("d")
        self._began_s = spent_s()
        self.trades_count = 0

    def cycle_begins(self) -> None:
        """The trader is given the word."""
        self._began_s = spent_s()

    def cycle_ended(self) -> None:
        """The trader sleeps."""
        self._cycles_s.append(spent_s() - self._began_s)

    def told(self, event: Event) -> None:
        """An event was journalled."""
        if isinstance(event, PositionClosed):
            self.trades_count += 1

    def period(self, day: float) -> Period:
        """What holds now; cycle times are those since the period before."""
        gc.collect()
        cycles_s, self._cycles_s = self._cycles_s, array("d")
        resident = resident_bytes()
        return Period(
            day=round(day, 2),
            resident_mib=round(resident.value / _MIB, 2) if isinstance(resident, Ok) else 0.0,
            blocks_count=sys.getallocatedblocks(),
            handles_count=_handles_count(),
            threads_count=threading.active_count(),
            cycles_count=len(cycles_s),
            cycle_median_ms=round(1e3 * statistics.median(cycles_s), 3),
            cycle_99th_ms=round(1e3 * statistics.quantiles(cycles_s, n=_PERCENTILES)[-1], 3),
            trades_count=self.trades_count,
            journal_mib=round(_bytes_in(self._folder.journal) / _MIB, 2),
            state_kib=round(_bytes_in(self._folder.state) / _KIB, 1),
        )


if sys.platform == "win32":
    from bot.adapters.clock import SystemClock

    def spent_s() -> float:
        """Seconds on the host's monotonic clock: there is no finer count of the processor's."""
        return SystemClock().monotonic_s()

else:
    import resource

    def spent_s() -> float:
        """Seconds of the processor this process has used."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime


def _handles_count() -> int:
    """Open files of this process; the one that counts them is not counted."""
    if not _DESCRIPTORS.exists():
        return 0
    return sum(1 for _ in _DESCRIPTORS.iterdir()) - 1


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
