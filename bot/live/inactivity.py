"""Watches how long no trade was opened: firms let an idle account lapse. It never trades for it."""

from __future__ import annotations

from bot.errors import BrokerUnavailableError
from bot.live.deal_history import DealHistory
from bot.live.evidence import Evidence
from bot.live.record import Record
from bot.model.broker import DealEntry
from bot.model.events import InactivityNoticed
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.ports import Broker
from bot.rules.calendar import DAY_S, server_day
from bot.rules.challenge_days import idle_days_count

_LOOK_BACK_S = 90.0 * DAY_S


class InactivityWatch:
    """Raises one alarm per day from the alarm's age on."""

    def __init__(
        self, settings: BotSettings, record: Record, broker: Broker, table: OffsetTable
    ) -> None:
        self._settings = settings
        self._record = record
        self._history = DealHistory(broker)
        self._table = table

    def step(self, evidence: Evidence) -> None:
        """Compare the last opened trade with today; holding a position does not count."""
        memory = self._record.state.challenge
        if memory.last_opened_utc_s == 0.0:
            try:
                memory.last_opened_utc_s = self._last_opened(evidence.now_utc_s)
            except BrokerUnavailableError as error:  # an alarm that waits must not stop the cycle
                self._record.fault("N01", str(error))
                return
            self._record.touch()
        today = server_day(evidence.now_utc_s, self._table)
        last = server_day(memory.last_opened_utc_s, self._table)
        idle = idle_days_count(last, today)
        if idle < self._settings.inactivity_alarm_days or memory.alarmed_day >= today:
            return
        memory.alarmed_day = today
        self._record.event(
            InactivityNoticed(
                idle_days_count=idle,
                limit_days=self._settings.rules.inactive_days_max,
                last_opened_utc_s=memory.last_opened_utc_s,
            )
        )

    def _last_opened(self, now_utc_s: float) -> float:
        """The newest opening of the last months, by anybody; else when this record began."""
        deals = self._history.since(now_utc_s - _LOOK_BACK_S)
        opened = [deal.time_utc_s for deal in deals if deal.entry == DealEntry.IN]
        return max(opened, default=self._record.state.first_start_utc_s or now_utc_s)
