"""A firm's rule around news: which actions break it, from when to when, and who is exempt."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class NewsAction(IntEnum):
    """What happens to a trade; each is one bit, so that a rule holds a set of them."""

    OPEN_MARKET = 1
    PENDING_TRIGGER = 2
    CLOSE = 4
    SL_TP_FILL = 8
    MODIFY_SL_TP = 16


class NewsRule(NamedTuple):
    """One rule in one phase.

    `triggers` is a sum of `NewsAction`, `impacts` a sum of `1 << Impact`; times are seconds around
    the release. An exemption of 0 is none; a speech without a window of its own
    (`has_speech_window` false) has that of a release.
    """

    before_s: float
    after_s: float
    is_inclusive: bool
    impacts: int
    covers_any_symbol: bool
    triggers: int
    exempt_if_opened_before_s: float
    bans_straddle: bool
    has_speech_window: bool
    speech_before_s: float
    speech_after_end_s: float


class NewsMoment(NamedTuple):
    """A release at `start_utc_s`, or a speech from then to `end_utc_s` (equal for a release)."""

    start_utc_s: float
    end_utc_s: float
    impact: int
    is_speech: bool


class NewsDeed(NamedTuple):
    """What is done, when, whether the symbol is related, and since when the trade is open.

    An entry has its own moment as `opened_utc_s`; of a pending order the trigger counts.
    """

    action: int
    at_utc_s: float
    is_related: bool
    opened_utc_s: float
