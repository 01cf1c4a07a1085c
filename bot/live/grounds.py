"""What an entry that may be sent rests on: its size, its worst case, and the checks it passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.model.account import Account, Floors
from bot.model.decision import Finding, Refusal
from bot.model.reserves import WorstCase
from bot.model.settings import AdmissionSettings
from bot.model.sizing import Lots
from bot.model.trade import Book, Candidate
from bot.rules.admission import check_caps, check_floors, check_margin, check_risk


class Passed(NamedTuple):
    """A check that said yes: the refusal it would have been, its value and its limit."""

    refusal: Refusal
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why an entry may be sent, for the journal; nothing is decided by it."""

    sized: Lots
    case: WorstCase
    passed: tuple[Passed, ...]


def passed_checks(
    candidate: Candidate, book: Book, account: Account, limits: Floors, s: AdmissionSettings
) -> tuple[Passed, ...]:
    """The figures of an admitted order's checks; the floor is the higher one's."""
    is_total = limits.total_money > limits.daily_money
    floor = Refusal.TOTAL_FLOOR_AT_RISK if is_total else Refusal.DAILY_FLOOR_AT_RISK
    answers: tuple[tuple[Refusal, Finding], ...] = (
        (Refusal.POSITIONS_AT_CAP, check_caps(book, s.risk)),
        (Refusal.CUMULATIVE_RISK, check_risk(candidate, book, account, s)),
        (floor, check_floors(candidate, book, account, limits, s.risk)),
        (Refusal.MARGIN_TOO_LOW, check_margin(candidate, account, s)),
    )
    return tuple(Passed(refusal, answer.value, answer.limit) for refusal, answer in answers)
