"""What no trader could have kept: named, with the reason, and counted whenever it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Exemption:
    """A case in which a broken promise is not the trader's doing."""

    exemption_id: str
    invariant_id: str
    reason: str


ALL_EXEMPTIONS: Final = (
    Exemption(
        "late fill after cancel",
        "I2",
        "B45: the broker confirmed the removal, history included, and filled the order afterwards; "
        "the second fill has to go, but it cannot be prevented",
    ),
    Exemption(
        "ticket stripped from a close",
        "I2",
        "B23: the request left with its ticket and lost it on the way; the position it opened has "
        "to go at once (I1 times that)",
    ),
    Exemption(
        "gap beyond the model",
        "I5",
        "B32, X12, B33: the market jumped over a stop by more than the reserve the trader states; "
        "only not trading at all would have helped",
    ),
    Exemption(
        "money that is not ours",
        "I5",
        "B34, B43: losses of foreign positions, charges and withdrawals pass a floor whatever the "
        "trader does with its own",
    ),
    Exemption(
        "contract changed under a position",
        "I5",
        "B36: what a price step is worth was multiplied while the position was open",
    ),
    Exemption(
        "stop taken away",
        "I5",
        "B24, H02: a loss between the moment a stop was dropped and the moment it could be back",
    ),
    Exemption(
        "exit while the disk refuses",
        "I9",
        "D02 to D05: what lowers risk goes out although its intent cannot be written (design rule "
        "7)",
    ),
    Exemption(
        "record damaged on disk",
        "I10",
        "D07, D08, D10, P14: durable lines were changed or taken away behind the program's back",
    ),
    Exemption(
        "record lost with its disk",
        "I12",
        "D07, D08, D10, P14: deals were booked in lines that somebody took away",
    ),
    Exemption(
        "nobody was there",
        "I15",
        "a resting order filled inside a window that began while the trader was dead or the "
        "terminal could not be reached: nobody could have withdrawn it",
    ),
    Exemption(
        "misled by false figures",
        "I17",
        "X01 to X07, X11, B35 to B37: the terminal itself stated something else a moment before",
    ),
)

REASONS: Final = {item.exemption_id: item.reason for item in ALL_EXEMPTIONS}
