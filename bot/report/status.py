"""The running bot on one page: rooms, progress, trades, queues, halts, and how old all that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from bot.model.challenge import ChallengeRules
from bot.model.outlook import Outlook
from bot.report.breakers import BreakerLine, breaker_lines
from bot.report.compliance import page
from bot.report.compliance_model import LimitLine, Now, ProgressLine, Who
from bot.report.day_money import settle
from bot.report.day_record import HaltLine, Low
from bot.report.days import DayFold
from bot.report.documents import Document, number, text
from bot.report.own_terms import Yardstick, in_own_terms, yardstick
from bot.report.setups import RESTING, WAITING, SetupRow
from bot.report.status_verdict import Headline, Standing, headline_of
from bot.report.trades import TradeRow
from bot.rules.calendar import day_start_utc_s, server_day

STALE_AFTER_S = 60.0
"""Age of the last completed cycle from which the bot counts as not running (FAULTS I22)."""

_OUTLOOK: TypeAdapter[Outlook] = TypeAdapter(Outlook)
_ZONE_DEFAULT = "America/New_York"


class Pulse(NamedTuple):
    """The last completed cycle, and the wall clock it is compared with."""

    cycle_count: int
    beat_utc_s: float
    wall_utc_s: float


class Alive(NamedTuple):
    """Whether the trader runs, how old its last cycle is, and why it stopped if it said so."""

    is_running: bool
    age_s: float | None
    cycle_count: int | None
    stopped_because: str


class CoastLine(NamedTuple):
    """The stage near the pass (`CoastStage`), and the floor under locked profit (0: none)."""

    stage: int
    lock_floor_money: float


@dataclass(frozen=True, slots=True)
class Status:
    """What a person asks first. Figures of a bot that is not running are its last ones.

    `now_utc_s` is the trader's clock: the wall's when live, the market's in a simulated run;
    `confirmed_utc_s` is when a person last confirmed the firm's rules, None if nobody did.
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
    breakers: tuple[BreakerLine, ...]
    headline: Headline
    outlook: Outlook | None
    room_terms: tuple[str, ...]
    coast: CoastLine
    firm_zone: str
    confirmed_utc_s: float | None


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
        confirmed_utc_s: float | None = None,
    ) -> Status:
        """The page now, from the saved snapshot and the heartbeat, when they exist."""
        settle(self.days)
        now = _now(state)
        now_utc_s = self._trader_clock(now, pulse)
        day = max(self.days.days, default=server_day(now_utc_s, self.days.clock))
        today = page(self.days, day, rules, now)
        stick = self._yardstick(state)
        standing = self._standing(today.limits, state, stick)
        return Status(
            *self._alive(pulse),
            who=today.who,
            now_utc_s=now_utc_s,
            balance_money=None if now is None else now.balance_money,
            equity_money=None if now is None else now.equity_money,
            limits=today.limits,
            room_terms=tuple(in_own_terms(limit.room_money, stick) for limit in today.limits),
            progress=today.progress,
            verdict=standing.verdict,
            brake=standing.brake,
            halts=standing.halts,
            open_trades=today.book.trades_open,
            resting=_with_distances(self.days.setups.in_status(RESTING), state),
            waiting=_with_distances(self.days.setups.in_status(*WAITING), state),
            unknown_count=standing.unknown_count,
            next_reset_utc_s=self._next_reset_utc_s(now_utc_s),
            firm_zone=self._firm_zone(),
            breakers=standing.breakers,
            headline=headline_of(standing),
            outlook=standing.outlook,
            coast=_coast(state),
            confirmed_utc_s=confirmed_utc_s,
        )

    def _alive(self, pulse: Pulse | None) -> Alive:
        is_running = _is_fresh(pulse) and not self._stopped_because
        if pulse is None:
            return Alive(is_running, None, None, self._stopped_because)
        age_s = max(0.0, pulse.wall_utc_s - pulse.beat_utc_s)
        return Alive(is_running, age_s, pulse.cycle_count, self._stopped_because)

    def _next_reset_utc_s(self, now_utc_s: float) -> float:
        next_day = server_day(now_utc_s, self.days.clock) + 1
        return float(day_start_utc_s(next_day, self.days.clock))

    def _yardstick(self, state: Mapping[str, object] | None) -> Yardstick | None:
        live = self.days.setups.in_status(RESTING, *WAITING)
        rows = self.days.trades.rows.values()
        return yardstick(outlook_of_state(state), rows, _with_distances(live, state))

    def _standing(
        self,
        limits: tuple[LimitLine, ...],
        state: Mapping[str, object] | None,
        stick: Yardstick | None,
    ) -> Standing:
        return Standing(
            verdict=self._verdict,
            brake=self._brake,
            halts=tuple(self.days.halts.values()),
            breakers=breaker_lines(state),
            limits=limits,
            unknown_count=_unknown_count(state),
            full_stop_money=0.0 if stick is None else stick.full_stop_money,
            outlook=outlook_of_state(state),
        )

    def _firm_zone(self) -> str:
        started = self.days.started
        if started is None or "day_zone" not in started:
            return _ZONE_DEFAULT
        return text(started, "day_zone")

    def _trader_clock(self, now: Now | None, pulse: Pulse | None) -> float:
        """A running live bot's clock is the wall's; otherwise the last moment it spoke of."""
        known = max(self._last_utc_s, 0.0 if now is None else now.at_utc_s)
        started = self.days.started
        if pulse is not None and started is not None and text(started, "mode") == "live":
            return max(known, pulse.wall_utc_s)
        return known


def outlook_of_state(state: Mapping[str, object] | None) -> Outlook | None:
    """The standing in a saved snapshot; None before the first look, or of another version."""
    try:
        outlook = _OUTLOOK.validate_python({} if state is None else state.get("outlook") or {})
    except ValidationError:
        return None
    return outlook if outlook.at_utc_s > 0.0 else None


def _coast(state: Mapping[str, object] | None) -> CoastLine:
    own = None if state is None else state.get("coast")
    if not isinstance(own, Mapping):
        return CoastLine(0, 0.0)
    return CoastLine(int(number(own, "stage")), number(own, "lock_floor_money"))


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
