"""What exposure must remember over a restart: which symbols were found to move together."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class ExposureState:
    """The group of each measured symbol, named by its first member; `measured_count` had bars."""

    groups: dict[str, str] = field(default_factory=dict)
    measured_count: int = 0
