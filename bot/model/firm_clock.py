"""When a firm's trading day begins."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FirmClock:
    """The firm's day begins at `reset_s` seconds after midnight of the zone `zone_name`.

    The zone is an IANA name or `UTC+hh:mm`.
    """

    zone_name: str
    reset_s: int


SERVER_MIDNIGHT = FirmClock("America/New_York", 17 * 3_600)
"""17:00 in New York: midnight of an MT5 server that shows New York time plus seven hours."""
