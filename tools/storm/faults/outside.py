"""What reaches the trader from outside besides the terminal: its calendar of news."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.model.news import NOT_CONFIGURED, CalendarRead, CalendarSource, SourceFacts, SourceStatus
from bot.ports import NewsCalendar
from tools.storm.faults.draws import Setting
from tools.storm.faults.injector import LastingInjector
from tools.storm.model import Scene

_OLD_S: Final = 30 * 86_400.0
_WEEK_S: Final = 7 * 86_400.0


class FixedCalendar:
    """A calendar that always answers the same."""

    def __init__(self, read: CalendarRead) -> None:
        self._read = read

    def events(self) -> CalendarRead:
        """The same answer."""
        return self._read


class StaleCalendar(LastingInjector):
    """N09, X08: the calendar is absent, empty, broken or old (`shape`); no entries then."""

    def __init__(self, fault_id: str, parameters: Mapping[str, Setting]) -> None:
        super().__init__(fault_id, parameters)
        self._own: NewsCalendar | None = None

    def begin(self, scene: Scene) -> None:
        """Put the bad one in the place of the scene's."""
        self._own = scene.calendar
        scene.calendar = FixedCalendar(_READS[self.word("shape", "old")](scene.now_utc_s))
        scene.struck(self.fault_id)

    def end(self, scene: Scene) -> None:
        """Give the scene its own back."""
        if self._own is not None:
            scene.calendar, self._own = self._own, None


def _absent(now_utc_s: float) -> CalendarRead:
    del now_utc_s
    return NOT_CONFIGURED


def _of(status: SourceStatus, written_utc_s: float, rows_count: int) -> CalendarRead:
    facts = SourceFacts(
        status=status.value,
        is_required=True,
        is_declared=False,
        written_utc_s=written_utc_s,
        covers_from_utc_s=written_utc_s - _WEEK_S,
        covers_until_utc_s=written_utc_s + _WEEK_S,
        rows_count=rows_count,
    )
    return CalendarRead(events=(), sources=(CalendarSource("feed", facts),))


def _empty(now_utc_s: float) -> CalendarRead:
    return _of(SourceStatus.READ, now_utc_s, 0)


def _broken(now_utc_s: float) -> CalendarRead:
    return _of(SourceStatus.BROKEN, now_utc_s, 0)


def _old(now_utc_s: float) -> CalendarRead:
    return _of(SourceStatus.READ, now_utc_s - _OLD_S, 40)


_READS: Final[dict[str, Callable[[float], CalendarRead]]] = {
    "absent": _absent,
    "empty": _empty,
    "broken": _broken,
    "old": _old,
}
