"""The journal's last days at a start: it was written before the snapshot and knows a little more.

What it already recorded is not recorded twice, numbers it gave out are not given out again, and
what it decided holds (FAULTS D06). A line of another build is named and stops nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from bot.errors import StateCorruptError
from bot.live.breaker_state import learn_breaker, was_settled
from bot.live.day_book import date_text
from bot.live.deal_book import may_be_new, shift_cash
from bot.live.lines import Line, float_of, int_of
from bot.live.record import identity_of
from bot.live.state import BotState, DayAnchor, Halt
from bot.model.broker import DealEntry
from bot.model.market import OffsetTable
from bot.ports import Journal
from bot.rules.calendar import server_day

_TAIL_DAYS = 3
_BEHIND_MAX_COUNT = 2
REBUILD_HINT = "bot rebuild makes it again from journal and broker, and asks first"
JOURNAL_DAMAGED = "journal_damaged"
"""Halt of a start whose journal lacks lines, or holds some that nobody understands."""
SEAM = "JournalMended"


class Tail(NamedTuple):
    """What the journal's last days recorded, and the lines that were not understood."""

    recorded: set[tuple[str, object]]
    findings: tuple[str, ...]


def read_journal_tail(
    state: BotState, journal: Journal, now_utc_s: float, table: OffsetTable
) -> Tail:
    """Bring the state up to what the journal gave out and decided since the snapshot.

    Raises `StateCorruptError` when the journal is so far ahead that the snapshot is an old one.
    """
    lines = _tail_lines(state, journal, now_utc_s, table)
    _check_not_rewound(state, lines)
    recorded: set[tuple[str, object]] = set()
    findings = []
    for line in lines:
        wrong = learn_line(state, line, table)
        if wrong:
            findings.append(wrong)
            state.halts.setdefault(JOURNAL_DAMAGED, person_halt(JOURNAL_DAMAGED, wrong, line))
            continue
        identity = identity_of(str(line["event"]), line)
        if identity is not None:
            recorded.add(identity)
    return Tail(recorded, tuple(findings))


def _tail_lines(
    state: BotState, journal: Journal, now_utc_s: float, table: OffsetTable
) -> list[Line]:
    """The last days' lines; a journal that a clock carried ahead is read to its end (C05)."""
    today = server_day(now_utc_s, table)
    start = min(today, state.day.day if state.day is not None else today) - _TAIL_DAYS
    return [line for line in journal.events() if int_of(line, "day") >= start]


def _check_not_rewound(state: BotState, lines: Sequence[Line]) -> None:
    """An entry is sent only once its number is saved: a snapshot cannot be many behind (D10)."""
    ahead_count = sum(
        line["event"] == "OrderIntended"
        and line.get("action") != "close"
        and isinstance(number := line.get("intent_id"), int)  # `learn_line` names any other
        and number >= state.next_intent_id
        for line in lines
    )
    if ahead_count > _BEHIND_MAX_COUNT:
        raise StateCorruptError(
            f"the journal knows {ahead_count} entries that the state has not heard of: it is an "
            f"older one, put back from a backup; {REBUILD_HINT}"
        )


def learn_line(state: BotState, line: Line, table: OffsetTable) -> str:
    """Take over what a line says; returns what is wrong with a line that cannot be understood.

    A kind of another build teaches nothing; a known kind with fields of another build is named.
    """
    learn = _LESSONS.get(str(line["event"]))
    if learn is None:
        return ""
    try:
        _learn_cash(state, line, table)
        learn(state, line)
    except (KeyError, TypeError, ValueError) as error:
        return f"journal line {line['seq']} {line['event']} is not understood: {error}"
    return ""


def _learn_setup(state: BotState, line: Mapping[str, object]) -> None:
    state.next_setup_id = max(state.next_setup_id, int_of(line, "setup_id") + 1)


def _learn_intent(state: BotState, line: Mapping[str, object]) -> None:
    state.next_intent_id = max(state.next_intent_id, int_of(line, "intent_id") + 1)


def _learn_deal(state: BotState, line: Mapping[str, object]) -> None:
    state.seen_deals[int_of(line, "deal_ticket")] = float_of(line, "time_utc_s")
    if int_of(line, "setup_id") and int_of(line, "position_id"):
        state.position_setups[int_of(line, "position_id")] = int_of(line, "setup_id")


def _learn_cash(state: BotState, line: Mapping[str, object], table: OffsetTable) -> None:
    """A deposit or payout that was journalled, but not yet in the snapshot, is no profit either."""
    if line["event"] != "DealBooked" or line["entry"] != DealEntry.NONE.name:
        return
    at_utc_s = float_of(line, "time_utc_s")
    if may_be_new(state, int_of(line, "deal_ticket"), at_utc_s):
        parts = ("profit_money", "swap_money", "commission_money", "fee_money")
        cash_money = round(math.fsum(float_of(line, part) for part in parts), 2)
        shift_cash(state, cash_money, server_day(at_utc_s, table))


def _learn_profit(state: BotState, line: Mapping[str, object]) -> None:
    date = str(line["date"])
    is_counted = line.get("is_counted_day", line["is_profitable_day"])
    if is_counted and date not in state.profitable_days:
        state.profitable_days.append(date)
    if line.get("is_tally_told"):
        state.challenge.best_day_money = float_of(line, "best_day_money")
        state.challenge.positive_days_money = float_of(line, "positive_days_money")


def _learn_halt(state: BotState, line: Mapping[str, object]) -> None:
    """The journal decides which halts hold (FAULTS D06): the snapshot may be a cycle behind."""
    kind, at_utc_s = str(line["halt"]), float_of(line, "at_utc_s")
    known = state.halts.get(kind)
    if line["event"] == "HaltCleared":
        if known is not None and known.since_utc_s <= at_utc_s:
            del state.halts[kind]
    elif known is None and not was_settled(state.cleared_utc_s, kind, at_utc_s):
        state.halts[kind] = Halt(
            kind=kind,
            reason=str(line["reason"]),
            since_utc_s=at_utc_s,
            day=int_of(line, "day"),
            resets=str(line["resets"]),
            flattens=bool(line.get("flattens", True)),
        )


def _learn_seam(state: BotState, line: Mapping[str, object]) -> None:
    """Where lines are missing nobody knows what they said: a person looks first."""
    at_utc_s = float_of(line, "at_utc_s")
    known = JOURNAL_DAMAGED in state.halts
    if not known and not was_settled(state.cleared_utc_s, JOURNAL_DAMAGED, at_utc_s):
        reason = f"{line['file']}: {line['lost_lines_count']} lines are missing"
        state.halts[JOURNAL_DAMAGED] = person_halt(JOURNAL_DAMAGED, reason, line)


def person_halt(kind: str, reason: str, line: Line) -> Halt:
    """A halt that began with a line, flattens nothing and waits for a person."""
    at_utc_s, day = float_of(line, "at_utc_s"), int_of(line, "day")
    return Halt(kind, reason, at_utc_s, day, resets="person", flattens=False)


def _learn_breaker(state: BotState, line: Mapping[str, object]) -> None:
    newest = state.results[-1].setup_id if state.results else 0
    learn_breaker(state.breakers, line, newest)


def _learn_day(state: BotState, line: Mapping[str, object]) -> None:
    """A day opened in the journal but not in the snapshot keeps the base it was given."""
    number = int_of(line, "day")
    if date_text(number) != line["date"] or (state.day is not None and state.day.day >= number):
        return
    equity = float_of(line, "equity_money")
    before = state.day
    state.day = DayAnchor(
        day=number,
        base_money=float_of(line, "base_money"),
        start_balance_money=float_of(line, "balance_money"),
        is_estimated=bool(line["is_estimated"]),
        lowest_equity_money=equity,
        lowest_equity_utc_s=float_of(line, "at_utc_s"),
        marked_low_money=equity,
        trail_peak_money=0.0 if before is None else before.trail_peak_money,
        trail_floor_money=float_of(line, "total_floor_money"),
        is_trail_locked=before is not None and before.is_trail_locked,
    )


_LESSONS: dict[str, Callable[[BotState, Mapping[str, object]], None]] = {
    "SetupCreated": _learn_setup,
    "OrderIntended": _learn_intent,
    "DealBooked": _learn_deal,
    "DayClosed": _learn_profit,
    "DayOpened": _learn_day,
    "HaltLatched": _learn_halt,
    "HaltCleared": _learn_halt,
    SEAM: _learn_seam,
    "BreakerTripped": _learn_breaker,
    "BreakerReset": _learn_breaker,
}
