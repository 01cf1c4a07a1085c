"""I20: exactly one daily reset per date of the firm, with the base the server's deals give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.report.text import day_number
from bot.rules.calendar import day_start_utc_s, offset_at
from bot.timezones import server_offset_table
from tools.storm.invariants.firm_day import FirmDay
from tools.storm.invariants.journal_tail import Line
from tools.storm.invariants.reach import Overdue
from tools.storm.invariants.sight import Sight, Watcher, belief
from tools.storm.model import Scene

_SOON_S: Final = 900.0
_CLOCK_S: Final = 2.0
_CENT: Final = 0.011
_BALANCE: Final = 2


class OneReset(Watcher):
    """I20: exactly one reset per date of the firm, none too early, none left out.

    Compared: the journal's days against the true clock. Each date is opened once, in order, not
    more than two seconds before it begins (a clock that is wronger raises an alarm), and within 15
    clear minutes of its beginning (in the state, where the disk refuses the line). A base is not
    below what the balance was at the reset by the server's deals, payouts of the day taken off.

    The firm resets by its server's clock. Where that was set back (C01, C02, K08), a date is late
    only once that clock shows it too: no trader can know a reset that its server has not reached.
    """

    invariant_id = "I20"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._money = FirmDay(sight)
        self._last = self._told = -1
        self._late = Overdue(_SOON_S)
        self._rule = server_offset_table()

    @property
    def slowest_s(self) -> float:
        """The longest a date had begun without being opened, although the trader could see."""
        return self._late.slowest_s

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Look at newly opened days, and whether today's is open."""
        self.sight.look(scene, self)
        for line in self.new_lines():
            if line["event"] == "DayOpened":
                self.checked_count += 1
                yield from self._judge(scene, line)
        state, today = belief(scene), self._begun_everywhere(scene.now_utc_s)
        if state is not None and state.day is not None:
            self._last = max(self._last, state.day.day)  # the journal may have refused the line
        if not -1 < self._last < today:
            self._late.keep_only(())
        elif self._late.see(today, self.sight.reach.step_s):
            yield f"day {today} began over {_SOON_S:g} s ago and was not opened"

    def _begun_everywhere(self, now_utc_s: float) -> int:
        """The date by the true clock, or by the server's where that stands behind the rule."""
        shown_s = self.sight.state.clock.offset_s(now_utc_s)
        behind_s = min(0, shown_s - offset_at(now_utc_s, self._rule))
        return self.sight.firm_day(now_utc_s + behind_s)

    def _judge(self, scene: Scene, line: Line) -> Iterable[str]:
        day, date = day_number(str(line["date"])), line["date"]
        begins_utc_s = float(day_start_utc_s(day, self.sight.firm_table))
        last, told, self._told = self._last, self._told, max(self._told, day)
        self._last = max(last, day)
        is_odd = day <= told or (last > 0 and not last <= day <= last + 1)
        if is_odd and not self.sight.damage.is_fresh:
            yield f"{date} was opened after day {max(last, told)}, it is day {day}"
        if scene.now_utc_s < begins_utc_s - _CLOCK_S:
            yield f"{date} was opened {begins_utc_s - scene.now_utc_s:.0f} s before it begins"
            return
        balance = self._money.balance_at(begins_utc_s)
        least = balance + self._money.paid_out_money(begins_utc_s)
        if line["base_money"] < min(least, self._initial_money(balance)) - _CENT:
            yield f"{date} has base {line['base_money']}, the balance at its reset was {balance}"

    def _initial_money(self, balance: float) -> float:
        """Where the base is the initial balance, that is the least it may be."""
        rules = self.sight.settings.rules
        return rules.initial_balance_money if rules.daily.base_kind == 1 else balance
