"""When to look next: every ten seconds where ten seconds matter, seldom where nothing can happen.

The trader's own loop runs every ten seconds; years of idle cycles would show nothing but idling.
Between the looks the market runs on at the server, so that a calm stretch is a short outage to it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from bot.live.build import Bot
from bot.live.state import SetupStatus
from bot.rules.calendar import DAY_S, FRIDAY_CLOSE_S, day_start_utc_s, is_weekend, server_day
from bot.timezones import firm_day_table, server_offset_table
from tools.storm.episode_health import own_orders, own_positions
from tools.storm.model import Phase
from tools.storm.scene import Stage
from tools.storm.scene_plan import server_of
from tools.storm.scene_profiles import CYCLE_S

_ALERT_S, _SENT_S = 60.0, 25.0
_OPEN_S, _WAITING_S, _IDLE_S, _WEEKEND_S = 900.0, 2_400.0, 3_600.0, 3_600.0
_SECOND_LOOK_S: Final = 30.0
"""A tick's freshness shows in two looks within a minute; without it nothing is entered."""

_AGAIN_S: Final = 1_800.0
_UNKNOWN_S, _WORRY_S = 60.0, 60.0
_DEAD_S: Final = 30.0
_NEAR_S: Final = 15.0
_WORRY_FRACTION: Final = 0.015
"""Of the day's base lost: from here on the brakes are near."""

_WAITS: Final = (SetupStatus.AWAITING_ENTRY, SetupStatus.AWAITING_SPREAD)


class Pace:
    """How long a stage may be left alone."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._scene = stage, stage.scene
        self._edges = _edges(stage)
        self._table = server_offset_table()
        self._alert_until_utc_s = 0.0
        self._struck_utc_s: dict[str, float] = {}
        self._is_second_look = False

    def alert(self, fault_ids: Iterable[str] = ()) -> None:
        """Something went wrong: look closely for a while; not again while it goes on and on."""
        now = self._scene.now_utc_s
        news = [name for name in fault_ids if now - self._struck_utc_s.get(name, 0.0) > _AGAIN_S]
        if news or not fault_ids:
            self._alert_until_utc_s = now + _ALERT_S
        self._struck_utc_s.update(dict.fromkeys(fault_ids, now))

    def sent(self) -> None:
        """A request went out: its outcome shows within a few cycles."""
        until_utc_s = self._scene.now_utc_s + _SENT_S
        self._alert_until_utc_s = max(self._alert_until_utc_s, until_utc_s)

    def pause_s(self) -> float:
        """Seconds until the next look."""
        scene = self._scene
        now = scene.now_utc_s
        wanted = self._wanted_s()
        at = bisect_right(self._edges, now - _NEAR_S)
        if at < len(self._edges):
            until_edge_s = self._edges[at] - now
            if until_edge_s <= _NEAR_S:
                return CYCLE_S
            wanted = min(wanted, until_edge_s - CYCLE_S)
        return max(1.0, wanted)

    def _wanted_s(self) -> float:
        scene = self._scene
        now = scene.now_utc_s
        if scene.bot is None:
            return min(max(1.0, scene.down_until_utc_s - now), _DEAD_S)
        if now < self._alert_until_utc_s or scene.phase == Phase.HEALING:
            return CYCLE_S
        return self._calm_s(scene.bot)

    def _calm_s(self, bot: Bot) -> float:
        scene = self._scene
        if any(h.flattens and not h.is_flat_confirmed for h in bot.state.halts.values()):
            return CYCLE_S
        if bot.blind_since_utc_s or bot.state.intents:
            return _UNKNOWN_S
        if own_positions(scene):
            return _WORRY_S if self._is_worrying() else _OPEN_S
        if own_orders(scene):
            return _OPEN_S
        if bot.state.live_setups(*_WAITS):
            self._is_second_look = not self._is_second_look
            return _SECOND_LOOK_S if self._is_second_look else _WAITING_S
        return _WEEKEND_S if is_weekend(scene.now_utc_s, self._table) else _IDLE_S

    def _is_worrying(self) -> bool:
        scene = self._scene
        day = scene.bot.state.day if scene.bot is not None else None
        if day is None:
            return True
        server = server_of(scene.terminal)
        unit = server.state.converter.minor_per_unit
        equity_money = server.book.totals().equity_minor / unit
        return equity_money < day.base_money * (1.0 - _WORRY_FRACTION)


def _edges(stage: Stage) -> list[float]:
    """Moments at which what is allowed changes: resets, rollover, the weekly close, releases."""
    settings, stretch = stage.scene.settings, stage.stretch
    schedule, news = settings.schedule, settings.news.gate
    moments: set[float] = set()
    table = server_offset_table()
    for clock in {id(t): t for t in (table, firm_day_table(settings.firm_clock))}.values():
        first = server_day(stretch.start_utc_s, clock)
        last = server_day(stretch.end_utc_s, clock)
        moments |= {day_start_utc_s(day, clock) for day in range(first, last + 2)}
    first, last = (server_day(at, table) for at in (stretch.start_utc_s, stretch.end_utc_s))
    for day in range(first - 1, last + 2):
        start = day_start_utc_s(day, table)
        close = start + FRIDAY_CLOSE_S - settings.weekend.entries_stop_before_close_s
        moments |= {start + schedule.rollover_start_s, start + schedule.rollover_end_s, close}
    shifts = (-news.before_s - news.resting_before_s, -news.before_s, 0.0, news.after_s)
    for event in stretch.calendar.events().events:
        if stretch.start_utc_s - DAY_S < event.utc_s < stretch.end_utc_s + DAY_S:
            moments |= {event.utc_s + shift for shift in shifts}
    return sorted(moments)
