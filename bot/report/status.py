"""The running bot on one page: rooms, progress, trades, queues, halts, and how old all that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.model.settings import ChallengeRules
from bot.report import text as words
from bot.report.compliance import page
from bot.report.compliance_model import LimitLine, Now, ProgressLine, Who
from bot.report.day_money import settle
from bot.report.day_record import HaltLine, Low
from bot.report.days import DayFold
from bot.report.documents import Document, number, text
from bot.report.setups import RESTING, WAITING, SetupRow
from bot.report.trades import TradeRow
from bot.rules.calendar import day_start_utc_s, server_day
from bot.timezones import server_offset_table

STALE_AFTER_S = 60.0
"""Age of the last completed cycle from which the bot counts as not running (FAULTS I22)."""


class Pulse(NamedTuple):
    """The last completed cycle, and the wall clock it is compared with."""

    cycle_count: int
    beat_utc_s: float
    wall_utc_s: float


@dataclass(frozen=True, slots=True)
class Status:
    """What a person asks first. Figures of a bot that is not running are its last ones.

    `now_utc_s` is the trader's clock: the wall's when live, the market's in a simulated run.
    """

    is_running: bool
    age_s: float | None
    cycle_count: int | None
    stopped_because: str
    who: Who | None
    now_utc_s: float
    balance_money: float | None
    equity_money: float | None
    limits: tuple[LimitLine, ...]
    progress: ProgressLine | None
    verdict: str
    brake: str
    halts: tuple[HaltLine, ...]
    open_trades: tuple[TradeRow, ...]
    resting: tuple[SetupRow, ...]
    waiting: tuple[SetupRow, ...]
    unknown_count: int
    next_reset_utc_s: float


class StatusFold:
    """Takes documents in journal order; `status` answers at any time."""

    def __init__(self) -> None:
        self.days = DayFold()
        self._verdict = "RUNNING"
        self._brake = "NONE"
        self._stopped_because = ""
        self._last_utc_s = 0.0

    def take(self, document: Document) -> None:
        """Fold one document."""
        self.days.take(document)
        self._last_utc_s = max(self._last_utc_s, number(document, "at_utc_s"))
        event = document.get("event")
        if event == "PhaseDecided":
            self._verdict = text(document, "verdict")
        elif event == "BrakeChanged":
            self._brake = text(document, "after")
        elif event == "DayOpened":
            self._brake = "NONE"
        elif event == "BotStopped":
            self._stopped_because = text(document, "reason")
        elif event == "BotStarted":
            self._stopped_because = ""

    def status(
        self,
        rules: ChallengeRules | None,
        state: Mapping[str, object] | None,
        pulse: Pulse | None,
    ) -> Status:
        """The page now; `state` is the saved snapshot, `pulse` the heartbeat, when they exist."""
        settle(self.days)
        now = _now(state)
        now_utc_s = self._trader_clock(now, pulse)
        day = max(self.days.days, default=server_day(now_utc_s, server_offset_table()))
        today = page(self.days, day, rules, now)
        is_running = _is_fresh(pulse) and not self._stopped_because
        next_day = server_day(now_utc_s, server_offset_table()) + 1
        return Status(
            is_running=is_running,
            age_s=None if pulse is None else max(0.0, pulse.wall_utc_s - pulse.beat_utc_s),
            cycle_count=None if pulse is None else pulse.cycle_count,
            stopped_because=self._stopped_because,
            who=today.who,
            now_utc_s=now_utc_s,
            balance_money=None if now is None else now.balance_money,
            equity_money=None if now is None else now.equity_money,
            limits=today.limits,
            progress=today.progress,
            verdict=self._verdict,
            brake=self._brake,
            halts=tuple(self.days.halts.values()),
            open_trades=today.book.trades_open,
            resting=_with_distances(self.days.setups.in_status(RESTING), state),
            waiting=_with_distances(self.days.setups.in_status(*WAITING), state),
            unknown_count=_unknown_count(state),
            next_reset_utc_s=day_start_utc_s(next_day, server_offset_table()),
        )

    def _trader_clock(self, now: Now | None, pulse: Pulse | None) -> float:
        """A running live bot's clock is the wall's; otherwise the last moment it spoke of."""
        known = max(self._last_utc_s, 0.0 if now is None else now.at_utc_s)
        started = self.days.started
        if pulse is not None and started is not None and text(started, "mode") == "live":
            return max(known, pulse.wall_utc_s)
        return known


def _is_fresh(pulse: Pulse | None) -> bool:
    return pulse is not None and pulse.wall_utc_s - pulse.beat_utc_s <= STALE_AFTER_S


def _now(state: Mapping[str, object] | None) -> Now | None:
    """The account at the last completed cycle, as the snapshot holds it."""
    seen = None if state is None else state.get("last_seen")
    if state is None or not isinstance(seen, Mapping):
        return None
    anchor = state.get("day")
    low = None
    if isinstance(anchor, Mapping):
        low = Low(number(anchor, "lowest_equity_money"), number(anchor, "lowest_equity_utc_s"))
    return Now(
        at_utc_s=number(seen, "at_utc_s"),
        balance_money=number(seen, "balance_money"),
        equity_money=number(seen, "equity_money"),
        low=low,
    )


def now_of_state(state: Mapping[str, object] | None) -> Now | None:
    """What a saved snapshot knows of the running day."""
    return _now(state)


def _unknown_count(state: Mapping[str, object] | None) -> int:
    intents = None if state is None else state.get("intents")
    if not isinstance(intents, Mapping):
        return 0
    return sum(1 for item in intents.values() if isinstance(item, Mapping) and item["is_unknown"])


def _with_distances(
    rows: tuple[SetupRow, ...], state: Mapping[str, object] | None
) -> tuple[SetupRow, ...]:
    """The rows with the snapshot's distances, which are newer than the journal's."""
    setups = None if state is None else state.get("setups")
    if not isinstance(setups, Mapping):
        return rows
    return tuple(_with_distance(row, setups.get(str(row.setup_id))) for row in rows)


def _with_distance(row: SetupRow, saved: object) -> SetupRow:
    if not isinstance(saved, Mapping):
        return row
    return row.at_distance(number(saved, "distance_r"))


def countdown_text(status: Status) -> str:
    """Time left to the next server midnight, and when that is."""
    left_s = status.next_reset_utc_s - status.now_utc_s
    return f"{words.duration(left_s)} ({words.utc_stamp(status.next_reset_utc_s)})"
