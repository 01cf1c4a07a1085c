"""Every fault that can be injected, by its id, and those that cannot, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.simulator.faults.catalogue_conditions import CONDITION_KINDS
from bot.simulator.faults.catalogue_events import EVENT_KINDS
from bot.simulator.faults.catalogue_reads import READ_KINDS
from bot.simulator.faults.catalogue_sends import SEND_KINDS
from bot.simulator.faults.kind import GROUPS, FaultKind

_ORDER: Final = "".join(GROUPS)

CATALOGUE: Final[Mapping[str, FaultKind]] = {
    kind.fault_id: kind
    for kind in sorted(
        (*SEND_KINDS, *CONDITION_KINDS, *EVENT_KINDS, *READ_KINDS),
        key=lambda kind: (_ORDER.index(kind.fault_id[0]), kind.fault_id),
    )
}
"""Kinds of faults by id, in the order of the groups."""

IMPOSSIBLE: Final[Mapping[str, str]] = {
    "N09": "news, chat and web requests do not pass through a terminal; slow the port that "
    "makes them",
    "N10": "alerts leave the program by another way than the terminal; flood that queue",
    "X08": "the package has no calendar of news; give the program an empty or old file",
}
"""What no simulated terminal can bring about, and where to do it instead."""
