"""The last rungs before the firm's floor: close at any price, then raise the alarm each cycle.

The flatten brake stands below them and has latched long before; these make its closes certain.
"""

from __future__ import annotations

from bot.live.as_rules import trading_day
from bot.live.evidence import Evidence
from bot.live.exit_desk import ExitDesk
from bot.live.halts import HaltBook
from bot.live.record import Record
from bot.model.account import Floors
from bot.model.events import EmergencyAlarmed, EmergencyChanged
from bot.model.reserves import Emergency
from bot.model.settings import BotSettings
from bot.rules.challenge import floors
from bot.rules.loss_ladders import emergency

EMERGENCY = "emergency"


class EmergencyLadder:
    """Looks at the day's loss and the total one every cycle, after the brakes."""

    def __init__(
        self, settings: BotSettings, record: Record, halts: HaltBook, exits: ExitDesk
    ) -> None:
        self._settings = settings
        self._record = record
        self._halts = halts
        self._exits = exits
        self._rung = Emergency.NONE

    def step(self, evidence: Evidence) -> None:
        """Open the exits' price limit on the first rung; say so every cycle on the second."""
        day = self._record.state.day
        if day is None:
            return
        today, account, rules = trading_day(day), evidence.money, self._settings.rules
        brakes, ladders = self._settings.brakes, self._settings.ladders
        rung = Emergency(emergency(today, account, ladders, brakes, rules))
        levels = floors(today, rules)
        if rung != self._rung:
            self._change(rung, levels, evidence)
        if rung == Emergency.ALARM and (evidence.positions or evidence.orders):
            self._alarm(levels, evidence)

    def _change(self, rung: Emergency, levels: Floors, evidence: Evidence) -> None:
        before, self._rung = self._rung, rung
        if rung == Emergency.NONE:
            self._exits.is_any_price = False
        else:
            self._exits.lift_price_limit()
        equity, floor = evidence.account.equity_money, _nearer(levels)
        self._record.event(
            EmergencyChanged(
                before=before.name,
                after=rung.name,
                equity_money=equity,
                floor_money=floor,
                room_money=round(equity - floor, 2),
            )
        )
        if rung != Emergency.NONE:
            reason = f"equity {equity:.2f} is close to the floor {floor:.2f}"
            self._halts.latch(EMERGENCY, reason, needs_person=False, flattens=True)

    def _alarm(self, levels: Floors, evidence: Evidence) -> None:
        equity, floor = evidence.account.equity_money, _nearer(levels)
        self._record.event(
            EmergencyAlarmed(
                equity_money=equity,
                floor_money=floor,
                room_money=round(equity - floor, 2),
                positions_count=len(evidence.positions),
                orders_count=len(evidence.orders),
            )
        )


def _nearer(levels: Floors) -> float:
    return max(levels.daily_money, levels.total_money)
