"""Faults under which no trader could keep a promise: which promises, and why."""

from __future__ import annotations

from typing import Final, NamedTuple


class Harm(NamedTuple):
    """A fault that breaks promises whoever trades, and only those named, while it is in force."""

    fault_id: str
    invariants: tuple[str, ...]
    reason: str


HARMS: Final[tuple[Harm, ...]] = (
    Harm(
        "B13",
        ("I3", "I7"),
        "what is frozen can be neither changed nor closed: a lost stop stays lost until it thaws",
    ),
    Harm(
        "B15",
        ("I3", "I7"),
        "in a symbol that is wholly disabled (mode 0) nothing can be set or closed",
    ),
    Harm("B16", ("I3", "I7"), "in a closed market nothing can be set or closed"),
    Harm(
        "B20",
        ("I3", "I7"),
        "without permission to trade even exits are refused; only the broker's stops protect",
    ),
    Harm(
        "B23",
        ("I1", "I2"),
        "the close carried its ticket and lost it on the way: the opposite deal bears our key",
    ),
    Harm("B31", ("I5",), "the broker closes at its own moment and price"),
    Harm("B32", ("I5",), "a gap beyond the reserve of the gate fills stops beyond any plan"),
    Harm("B33", ("I5",), "a spread beyond the reserve reaches stops the price never did"),
    Harm("B34", ("I5",), "money the broker takes is equity no trader can defend"),
    Harm(
        "B36",
        ("I4", "I5", "I18"),
        "what is open is worth another multiple from one moment to the next",
    ),
    Harm("B42", ("I3", "I7"), "a server that is down takes no request"),
    Harm("B44", ("I3", "I7"), "a disabled account takes no request; its stops alone protect it"),
    Harm("C09", ("I3", "I7"), "in a closed market, or without prices, nothing can be closed"),
    Harm("C10", ("I3", "I7"), "in a closed market nothing can be set or closed"),
    Harm("X12", ("I5",), "prices step without a trade: a gap like any other"),
    Harm("H05", ("I5",), "money the owner takes out is equity no trader can defend"),
    Harm(
        "D10",
        ("I10", "I12"),
        "what was acknowledged into a record that is destroyed with its copies cannot be kept",
    ),
)
"""Everything else has no excuse."""
