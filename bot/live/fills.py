"""Turns a fill into a position with a ladder, and compares its volume with what it should be."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.errors import BrokerUnavailableError
from bot.live.as_rules import side_name
from bot.live.evidence import EvidenceReader
from bot.live.record import Record
from bot.live.state import Intent, Ladder, Setup, SetupStatus
from bot.model.broker import BrokerPosition, SendOutcome
from bot.model.decision import ExitReason
from bot.model.events import FillCompared, PositionOpened
from bot.model.settings import BotSettings
from bot.rules.sizing import fill_excess_lots, money_at_stop


@dataclass(frozen=True, slots=True)
class Fill:
    """What the market gave, and the size that would be right for the balance at that moment."""

    position_id: int
    lots: float
    price: float
    at_utc_s: float
    wanted_lots: float


class FillBook:
    """Adopts fills; the broker's volume and price are the truth."""

    def __init__(self, settings: BotSettings, record: Record, reader: EvidenceReader) -> None:
        self._settings = settings
        self._record = record
        self._reader = reader

    def adopt_answer(
        self, setup: Setup, intent: Intent, outcome: SendOutcome, wanted_lots: float
    ) -> None:
        """Adopt a market entry from the broker's answer; a visible position overrides it (B07)."""
        position = self._visible(intent.magic)
        if position is not None:
            self.adopt_position(setup, position, wanted_lots)
            return
        lots = outcome.lots or intent.lots
        price = outcome.price or intent.price
        now = self._record.now_utc_s()
        self.adopt(setup, Fill(outcome.order_ticket, lots, price, now, wanted_lots))

    def adopt_position(self, setup: Setup, position: BrokerPosition, wanted_lots: float) -> None:
        """Adopt an open position as it is at the broker."""
        fill = Fill(
            position.position_id,
            position.lots,
            position.open_price,
            position.opened_utc_s,
            wanted_lots,
        )
        self.adopt(setup, fill)

    def adopt(self, setup: Setup, fill: Fill) -> None:
        """Give the setup its ladder; an excess over the wanted lots is shed."""
        setup.ladder = self._ladder(setup, fill)
        self._note_opened(setup, fill)
        self._record.move(setup, SetupStatus.FILLED, "filled")
        self._compare(setup, fill.lots, fill.wanted_lots)

    def _visible(self, magic: int) -> BrokerPosition | None:
        try:
            evidence = self._reader.evidence()
        except BrokerUnavailableError:
            return None
        return next((p for p in evidence.positions if p.magic == magic), None)

    def _ladder(self, setup: Setup, fill: Fill) -> Ladder:
        exits = self._settings.exits
        instrument = self._reader.instrument(setup.symbol)
        risk_money = 0.0
        if instrument is not None:
            spec = instrument.spec
            risk_money = money_at_stop(setup.side, fill.price, setup.stop_price, fill.lots, spec)
            risk_money += spec.commission_money_per_lot * fill.lots
        return Ladder(
            position_id=fill.position_id,
            opened_utc_s=fill.at_utc_s,
            open_price=fill.price,
            initial_stop_price=setup.stop_price,
            one_r_price=abs(fill.price - setup.stop_price),
            lots_opened=fill.lots,
            risk_money=risk_money,
            targets_r=list(exits.targets_r),
            close_fractions=list(exits.close_fractions),
            stops_after_r=[None if math.isnan(r) else r for r in exits.stops_after_r],
            stop_price=setup.stop_price,
            seen_utc_s=self._record.now_utc_s(),
        )

    def _note_opened(self, setup: Setup, fill: Fill) -> None:
        state, ladder = self._record.state, setup.ladder
        assert ladder is not None
        state.position_setups[fill.position_id] = setup.setup_id
        if state.day is not None:
            state.day.entries_count += 1
        planned_r = abs(setup.entry_price - setup.stop_price)
        slippage = setup.side * (ladder.open_price - setup.entry_price)
        self._record.event(
            PositionOpened(
                setup_id=setup.setup_id,
                symbol=setup.symbol,
                side=side_name(setup.side),
                position_id=fill.position_id,
                lots=ladder.lots_opened,
                wanted_lots=fill.wanted_lots,
                price=ladder.open_price,
                planned_price=setup.entry_price,
                stop_price=setup.stop_price,
                slippage_r=slippage / planned_r,
                risk_money=ladder.risk_money,
                opened_utc_s=ladder.opened_utc_s,
                targets_r=tuple(ladder.targets_r),
                close_fractions=tuple(ladder.close_fractions),
                stops_after_r=self._settings.exits.stops_after_r,
            )
        )

    def _shed(self, setup: Setup, filled_lots: float, excess_lots: float) -> None:
        """What is too much is closed by the position keeper, until the volume proves it."""
        ladder = setup.ladder
        assert ladder is not None, "adopted a moment ago"
        if excess_lots >= filled_lots:
            ladder.close_reason = ExitReason.OVERSIZE.name
        elif excess_lots > 0.0:
            ladder.keep_lots = filled_lots - excess_lots
            ladder.keep_reason = ExitReason.OVERSIZE.name
            ladder.lots_opened = ladder.keep_lots

    def _compare(self, setup: Setup, filled_lots: float, wanted_lots: float) -> None:
        """Journal a difference of a step or more, and plan to close an excess."""
        instrument = self._reader.instrument(setup.symbol)
        if instrument is None:
            self._record.fault("B11", f"{setup.symbol}: contract unknown at fill")
            return
        step = instrument.spec.lots_step
        if abs(filled_lots - wanted_lots) < step * (1.0 - 1e-9):
            return
        spec, risk = instrument.spec, self._settings.risk
        excess = fill_excess_lots(filled_lots, wanted_lots, spec, risk)
        self._shed(setup, filled_lots, excess)
        self._record.event(
            FillCompared(
                setup_id=setup.setup_id,
                symbol=setup.symbol,
                filled_lots=filled_lots,
                wanted_lots=wanted_lots,
                closed_excess_lots=excess,
                reason="larger than now allowed" if filled_lots > wanted_lots else "shortfall",
            )
        )
