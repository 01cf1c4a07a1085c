"""All 141 faults of FAULTS.md by id, each with the way it is injected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tools.storm.faults.row import FaultRow
from tools.storm.faults.rows_broker import BROKER_ROWS
from tools.storm.faults.rows_market import CLOCK_ROWS, DATA_ROWS, NETWORK_ROWS
from tools.storm.faults.rows_people import CONCURRENCY_ROWS, CONFIG_ROWS, HUMAN_ROWS
from tools.storm.faults.rows_process import DISK_ROWS, PROCESS_ROWS

_ROWS: Final = (
    *BROKER_ROWS,
    *NETWORK_ROWS,
    *PROCESS_ROWS,
    *CLOCK_ROWS,
    *DISK_ROWS,
    *DATA_ROWS,
    *HUMAN_ROWS,
    *CONFIG_ROWS,
    *CONCURRENCY_ROWS,
)

CATALOGUE: Final[Mapping[str, FaultRow]] = {row.fault_id: row for row in _ROWS}
"""Every fault by its id, in the order of FAULTS.md."""

INJECTABLE: Final[tuple[FaultRow, ...]] = tuple(row for row in _ROWS if row.is_injectable)
"""Those the storm itself can let happen."""
