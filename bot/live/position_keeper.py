"""Applies exits to open positions: stops at the broker, the ladder, weekends, gaps.

The broker's volume says what is left; the ladder only remembers which rungs were reached. A stop
is restored when it is missing or looser than ours, kept when a person tightened it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from bot.live.as_rules import exits_of, open_trade
from bot.live.closings import Closings
from bot.live.conduct import Patience
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.exit_desk import ExitDesk
from bot.live.record import Record
from bot.live.recovery import UNKNOWN_POSITIONS
from bot.live.state import Ladder, Rung, Setup, SetupStatus
from bot.model.broker import BrokerPosition, Instrument, SendResult
from bot.model.decision import ExitAction, ExitReason, PositionStep
from bot.model.events import RungTaken
from bot.model.market import OffsetTable, Quote
from bot.model.settings import BotSettings
from bot.rules.calendar import friday_close_within, is_week_open, server_day
from bot.rules.entry import exit_price
from bot.rules.exits import gap_step, legal_edit, step_position, weekend_step

_NAKED_TRIES_MAX = 2
_LOTS_NOISE = 1e-6
_STEPS_PER_CYCLE_MAX = 8
_WEEK_LOOK_S = 1.0


class _WeekMoment(NamedTuple):
    """The server's date at a moment, and whether the week's close is near or its open just past."""

    at_utc_s: float
    day: int
    is_friday_close: bool
    is_open: bool


class PositionKeeper:
    """One step per position and cycle; a step loops until the rule says hold."""

    def __init__(
        self,
        settings: BotSettings,
        record: Record,
        wires: tuple[EvidenceReader, ExitDesk, Closings, Patience],
        table: OffsetTable,
    ) -> None:
        self._settings = settings
        self._record = record
        self._reader, self._desk, self._closings, self._patience = wires
        self._table = table
        self._week = _WeekMoment(-math.inf, 0, is_friday_close=False, is_open=False)

    def step(self) -> None:
        """Look at every filled setup once."""
        for setup in self._record.state.live_setups(SetupStatus.FILLED):
            ladder = setup.ladder
            assert ladder is not None, "a filled setup has a ladder"
            evidence = self._reader.evidence()
            position = self._find(setup, ladder, evidence)
            if position is None:
                self._closings.settle(setup, evidence)
                continue
            ladder.seen_utc_s = evidence.now_utc_s
            self._keep(setup, ladder, position)
        self._close_orphans()

    def _close_orphans(self) -> None:
        """An own position that no setup and no open intent knows is closed: a late double fill."""
        evidence, state = self._reader.evidence(), self._record.state
        if not evidence.positions or UNKNOWN_POSITIONS in state.halts:
            return
        known = {s.ladder.position_id for s in state.setups.values() if s.ladder is not None}
        known |= {setup.order_ticket for setup in state.setups.values()}
        magics = {s.order_magic for s in state.setups.values() if s.is_live}
        magics |= {intent.magic for intent in state.intents.values()}
        for position in evidence.positions:
            if not self._reader.is_own(position.magic) or position.magic in magics:
                continue
            if position.position_id not in known:
                self._record.fault("B03", f"{position.symbol}: {position.position_id} is nobody's")
                self._desk.close(position, position.lots, ExitReason.OTHER.name)

    def _find(self, setup: Setup, ladder: Ladder, evidence: Evidence) -> BrokerPosition | None:
        position = evidence.position(ladder.position_id)
        if position is not None:
            return position
        for candidate in evidence.positions:  # the id in the answer was not the position's (B27)
            if candidate.magic == setup.order_magic and candidate.symbol == setup.symbol:
                ladder.position_id = candidate.position_id
                self._record.state.position_setups[candidate.position_id] = setup.setup_id
                return candidate
        return None

    def _keep(self, setup: Setup, ladder: Ladder, position: BrokerPosition) -> None:
        if ladder.close_reason:
            self._close(setup, position, ladder.close_reason)
            return
        if not self._guard_levels(setup, ladder, position):
            return
        if self._shed(ladder, position):
            return
        market = self._fresh_market(setup.symbol)
        if market is None:
            return  # a stale quote prices nothing (X01); the broker's own levels still stand
        if not self._week_edges(setup, ladder, position, market):
            self._climb(setup, ladder, market)
        ladder.last_price = exit_price(setup.side, market[0])

    def _shed(self, ladder: Ladder, position: BrokerPosition) -> bool:
        """Close what is above the volume to keep, until the broker's volume proves it."""
        if ladder.keep_lots <= 0.0:
            return False
        excess = position.lots - ladder.keep_lots
        if excess < _LOTS_NOISE:
            ladder.keep_lots = 0.0
            self._record.touch()
            return False
        self._desk.close(position, excess, ladder.keep_reason)
        return True

    def _fresh_market(self, symbol: str) -> tuple[Quote, Instrument] | None:
        quote, instrument = self._reader.quote(symbol), self._reader.instrument(symbol)
        if quote is None or instrument is None:
            return None
        age_s = self._record.now_utc_s() - quote.time_utc_s
        return (quote, instrument) if age_s <= self._settings.entry.quote_age_max_s else None

    def _climb(self, setup: Setup, ladder: Ladder, market: tuple[Quote, Instrument]) -> None:
        """Ask the exit rule until it says hold; each answer is carried out before the next."""
        quote, instrument = market
        exits = exits_of(ladder, self._settings.exits)
        now = self._record.now_utc_s()
        for _ in range(_STEPS_PER_CYCLE_MAX):
            current = self._reader.evidence().position(ladder.position_id)
            if current is None:
                return
            trade = open_trade(ladder, current)
            step = step_position(trade, quote, now, instrument.spec, exits)
            if not self._apply(setup, current, step, quote):
                return

    def _apply(
        self, setup: Setup, position: BrokerPosition, step: PositionStep, quote: Quote
    ) -> bool:
        """Carry out one answer; True when the rule should be asked again."""
        if step.action == ExitAction.TAKE_RUNG:
            if self._must_wait(setup, ExitReason.TARGET.value):
                return False
            return self._take_rung(setup, position, step.lots, quote)
        if step.action == ExitAction.MOVE_STOP:
            return self._move_stop(setup, position, step.stop_price, quote)
        if step.action == ExitAction.CLOSE and not self._must_wait(setup, step.reason):
            self._close(setup, position, ExitReason(step.reason).name)
        return False

    def _must_wait(self, setup: Setup, reason: int) -> bool:
        assert setup.ladder is not None, "a filled setup has a ladder"
        return self._patience.must_wait(setup.ladder, reason)

    def _take_rung(self, setup: Setup, position: BrokerPosition, lots: float, quote: Quote) -> bool:
        ladder = setup.ladder
        assert ladder is not None
        rung = len(ladder.rungs)
        price = exit_price(setup.side, quote)
        if lots > 0.0:
            outcome = self._desk.close(position, lots, f"rung {rung + 1}", rung)
            if outcome is None or outcome.result not in (SendResult.DONE, SendResult.PARTIAL):
                return False
            if outcome.result == SendResult.PARTIAL:
                ladder.keep_lots, ladder.keep_reason = position.lots - lots, f"rung {rung + 1}"
            price = outcome.price or price
        self.note_rung(setup, rung, lots, price)
        return True

    def note_rung(self, setup: Setup, rung: int, lots: float, price: float) -> None:
        """Write down a rung that evidence says was taken."""
        ladder = setup.ladder
        assert ladder is not None
        now = self._record.now_utc_s()
        ladder.rungs.append(Rung(rung=rung, hit_utc_s=now, price=price, lots=lots))
        trade_r = setup.side * (price - ladder.open_price) / ladder.one_r_price
        self._record.event(
            RungTaken(
                setup_id=setup.setup_id,
                symbol=setup.symbol,
                position_id=ladder.position_id,
                rung=rung + 1,
                lots=lots,
                price=price,
                profit_r=trade_r,
            )
        )

    def _move_stop(
        self, setup: Setup, position: BrokerPosition, stop_price: float, quote: Quote
    ) -> bool:
        instrument = self._reader.instrument(setup.symbol)
        assert instrument is not None
        legal = legal_edit(setup.side, stop_price, position.target_price, quote, instrument.spec)
        if legal == 0.0:
            return False  # inside the stops level: the old stop stays, the next cycle asks again
        if not self._patience.stop_edit_is_due(position.position_id):
            return False  # the level it should have by then is set at the next edit
        levels = (legal, position.target_price)
        is_moved = self._desk.move_stop(setup, position, levels, "ladder")
        if is_moved:
            self._patience.note_stop_edit(position.position_id)
        return is_moved

    def _guard_levels(self, setup: Setup, ladder: Ladder, position: BrokerPosition) -> bool:
        """Stop present, not looser than ours, final target present (I3, H02); False: acted."""
        stop = position.stop_price
        if stop > 0.0 and setup.side * (stop - ladder.stop_price) > 0.0:
            ladder.stop_price = stop  # a person or the ladder tightened it: keep
        tolerance = self._tick(setup.symbol)
        if tolerance <= 0.0 and stop > 0.0:
            return True  # without the contract a level cannot be compared
        is_loose = stop <= 0.0 or setup.side * (ladder.stop_price - stop) > tolerance
        target = self._final_target(setup, ladder)
        if not is_loose and abs(position.target_price - target) <= tolerance:
            ladder.naked_tries_count = 0
            return True
        if is_loose:
            self._record.fault("B24", f"{setup.symbol}: stop {stop:g}, ours {ladder.stop_price:g}")
        if self._desk.move_stop(setup, position, (ladder.stop_price, target), "restored"):
            return True
        if stop > 0.0:
            return True  # a stop stands; the level is tried again after the back-off
        ladder.naked_tries_count += 1
        if ladder.naked_tries_count >= _NAKED_TRIES_MAX:
            self._close(setup, position, ExitReason.NAKED.name)
        return False

    def _week_edges(
        self,
        setup: Setup,
        ladder: Ladder,
        position: BrokerPosition,
        market: tuple[Quote, Instrument],
    ) -> bool:
        """Friday policy before the close, gap check after the open; True when it acted."""
        quote, instrument = market
        if instrument.is_24_7:
            return False
        now = self._record.now_utc_s()
        moment = self._week_moment(now)
        if ladder.weekend_handled_day == moment.day:
            return False
        weekend = self._settings.weekend
        if moment.is_friday_close:
            step = weekend_step(open_trade(ladder, position), quote, weekend, instrument.spec)
        elif moment.is_open and ladder.opened_utc_s < now - 86_400.0:
            step = gap_step(open_trade(ladder, position), quote, weekend, ladder.last_price)
        else:
            return False
        if step.action != ExitAction.HOLD and self._must_wait(setup, step.reason):
            return False
        ladder.weekend_handled_day = moment.day
        if step.action == ExitAction.HOLD:
            return False
        if step.action == ExitAction.TAKE_RUNG:
            ladder.keep_lots = position.lots - step.lots
            ladder.keep_reason = ExitReason(step.reason).name
            self._shed(ladder, position)
        else:
            self._close(setup, position, ExitReason(step.reason).name)
        return True

    def _week_moment(self, now_utc_s: float) -> _WeekMoment:
        """Where in the server's week we stand; looked at once a second, not for each position."""
        if not 0.0 <= now_utc_s - self._week.at_utc_s < _WEEK_LOOK_S:
            before_s = self._settings.weekend.entries_stop_before_close_s
            self._week = _WeekMoment(
                now_utc_s,
                int(server_day(now_utc_s, self._table)),
                is_friday_close=bool(friday_close_within(now_utc_s, self._table, before_s)),
                is_open=bool(is_week_open(now_utc_s, self._table)),
            )
        return self._week

    def _close(self, setup: Setup, position: BrokerPosition, reason: str) -> None:
        ladder = setup.ladder
        assert ladder is not None
        ladder.close_reason = reason
        self._record.touch()
        self._desk.close(position, position.lots, reason)

    def _final_target(self, setup: Setup, ladder: Ladder) -> float:
        return ladder.open_price + setup.side * ladder.one_r_price * ladder.targets_r[-1]

    def _tick(self, symbol: str) -> float:
        instrument = self._reader.instrument(symbol)
        return instrument.spec.tick_size_price if instrument is not None else 0.0
