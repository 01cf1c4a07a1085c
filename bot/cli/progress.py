"""What a simulated run shows of itself while it runs: a picture, or one line per server day."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from bot.adapters.clock import SystemClock
from bot.cli import console
from bot.live.view import LiveView
from bot.model.events import DayClosed, Event
from bot.report import text as words
from bot.report.headline import headline
from bot.report.picture import PictureSize, Point, picture

_SAMPLE_S = 1_800.0
_DRAW_EVERY_S = 0.5
_EVENTS_COUNT = 4
_LINES_BELOW = _EVENTS_COUNT + 4
_ROWS_MAX = 40
_LOOK_EVERY_CYCLES = 8

Look = Callable[[], LiveView | None]
"""Asks for the account after the last cycle; not free, so that it is asked only when shown."""


class Progress(Protocol):
    """Told of every simulated moment and every event."""

    def moved(self, look: Look, now_utc_s: float) -> None:
        """A cycle is done and the market ran on to `now_utc_s`."""
        ...

    def told(self, event: Event) -> None:
        """An event was journalled."""
        ...

    def finish(self) -> None:
        """The run ended or was interrupted."""
        ...


class Pace:
    """Wall time against simulated time: how far, how fast, how long still."""

    def __init__(self, start_utc_s: float, end_utc_s: float, resumed_utc_s: float) -> None:
        self._clock = SystemClock()
        self._span_s = max(1.0, end_utc_s - start_utc_s)
        self._start_utc_s = start_utc_s
        self._end_utc_s = end_utc_s
        self._resumed_utc_s = resumed_utc_s
        self._began_s = self._clock.monotonic_s()
        self.cycles_count = 0

    def wall_s(self) -> float:
        """Seconds since this process began to simulate."""
        return self._clock.monotonic_s() - self._began_s

    def text(self, now_utc_s: float) -> str:
        """Share done, cycles per second and time left."""
        wall_s = max(1e-9, self.wall_s())
        done = min(1.0, max(0.0, (now_utc_s - self._start_utc_s) / self._span_s))
        simulated_s = now_utc_s - self._resumed_utc_s
        left = "?"
        if simulated_s > 0.0:
            left = words.duration((self._end_utc_s - now_utc_s) / simulated_s * wall_s)
        return f"{done:.0%} done, {self.cycles_count / wall_s:,.0f} cycles/s, {left} left"


class LineProgress:
    """One line per closed server day on stderr; nothing when nobody watches."""

    def __init__(self, pace: Pace, *, is_shown: bool) -> None:
        self._pace = pace
        self._is_shown = is_shown
        self._now_utc_s = 0.0

    def moved(self, look: Look, now_utc_s: float) -> None:
        """Count the cycle."""
        del look
        self._pace.cycles_count += 1
        self._now_utc_s = now_utc_s

    def told(self, event: Event) -> None:
        """Show a closed day."""
        if self._is_shown and isinstance(event, DayClosed):
            console.tell(f"{headline(event)}  ({self._pace.text(self._now_utc_s)})")

    def finish(self) -> None:
        """Nothing is left open."""


class PictureProgress:
    """Equity against both floors and the target, redrawn in place a few times per second."""

    def __init__(self, title: str, pace: Pace, points: list[Point]) -> None:
        from rich.live import Live  # noqa: PLC0415 -- slow to import

        self._title = title
        self._pace = pace
        self._points = points
        self._events: deque[str] = deque(maxlen=_EVENTS_COUNT)
        self._drawn_s = -_DRAW_EVERY_S
        # asked before the screen is taken over: its stand-in for stdout knows neither
        self._has_colour, self._has_unicode = console.has_colour(), console.has_unicode()
        self._live = Live(console=console.console(), auto_refresh=False, screen=False)
        self._live.start()

    def moved(self, look: Look, now_utc_s: float) -> None:
        """Sample the equity, and redraw when the last drawing is old enough."""
        self._pace.cycles_count += 1
        if self._pace.cycles_count % _LOOK_EVERY_CYCLES:
            return
        view = look()
        if view is None:
            return
        self._sample(view)
        if self._pace.wall_s() - self._drawn_s > _DRAW_EVERY_S:
            self._draw(view, now_utc_s)

    def told(self, event: Event) -> None:
        """Keep the latest lines."""
        line = headline(event)
        if line:
            self._events.append(line)

    def finish(self) -> None:
        """Leave the last drawing on the screen."""
        self._live.stop()

    def _sample(self, view: LiveView) -> None:
        """One point per half hour, its lowest."""
        point = Point(
            view.now_utc_s, view.equity_money, view.daily_floor_money, view.total_floor_money
        )
        last = self._points[-1] if self._points else None
        if last is None or point.at_utc_s - last.at_utc_s >= _SAMPLE_S:
            self._points.append(point)
        elif point.equity_money < last.equity_money:
            self._points[-1] = point._replace(at_utc_s=last.at_utc_s)

    def _draw(self, view: LiveView, now_utc_s: float) -> None:
        from rich.text import Text  # noqa: PLC0415 -- slow to import

        self._drawn_s = self._pace.wall_s()
        columns = console.columns()
        rows = max(8, min(console.rows() - _LINES_BELOW - 1, _ROWS_MAX))
        size = PictureSize(columns, rows, self._has_colour, self._has_unicode)
        drawing = picture(self._points, view.target_money, size)
        lines = [self._head(now_utc_s), *_account_lines(view), *self._event_lines()]
        below = "\n".join(line[:columns] for line in lines)
        self._live.update(Text.from_ansi(f"{drawing}\n{below}", no_wrap=True), refresh=True)

    def _head(self, now_utc_s: float) -> str:
        return f"{self._title}  {words.server_stamp(now_utc_s)}  {self._pace.text(now_utc_s)}"

    def _event_lines(self) -> list[str]:
        lines = [f"  {line}" for line in self._events]
        return lines + [""] * (_EVENTS_COUNT - len(lines))


def _account_lines(view: LiveView) -> tuple[str, str]:
    """The account in two lines that fit eighty columns."""
    halts = ",".join(view.halts) or "none"
    return (
        f"equity {words.money(view.equity_money)}  "
        f"room today {words.money(view.equity_money - view.daily_floor_money)}  "
        f"total {words.money(view.equity_money - view.total_floor_money)}  "
        f"target {words.money(view.target_money)}",
        f"open {view.open_positions_count}  resting {view.resting_count}  "
        f"waiting {view.waiting_count}  profitable days {view.profitable_days_count}  "
        f"brake {view.brake.lower()}  halts {halts}",
    )
