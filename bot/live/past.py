"""The state as the journal tells it: every line, oldest first (FAULTS D06, D10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.live.breaker_state import Slip
from bot.live.day_book import date_text
from bot.live.journal_tail import SEAM, learn_line
from bot.live.lines import Line, float_of, int_of, text_of
from bot.live.operator import COMMANDS_KEPT_COUNT
from bot.live.past_trades import PastTrades
from bot.live.sizing_state import SizingState
from bot.live.state import BotState
from bot.model.breakers import BreakerAction
from bot.model.coast import CoastStage
from bot.model.decision import Brake, PhaseVerdict
from bot.model.events import EVENTS
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.rules.calendar import server_day
from bot.timezones import server_offset_table

_FIRM_PAUSE = "firm_pause"
_BREAKER_HALT = "breaker_"


class Past:
    """Folds the whole journal into a state; `findings` names what was not understood.

    `is_whole` says that the chain goes from the first line to the last without a seam.
    """

    def __init__(self, state: BotState, settings: BotSettings, table: OffsetTable) -> None:
        self.state = state
        self.findings: list[str] = []
        self.is_whole = True
        self.lines_count = 0
        self.started: Line | None = None
        self.trades = PastTrades(state, settings.exits)
        self._table = table
        self._server_table = server_offset_table()
        self._unknown_kinds: set[str] = set()
        self._lessons: dict[str, Callable[[Line], None]] = {
            "BotStarted": self._started,
            "DayOpened": self._day_opened,
            "DayClosed": self._day_closed,
            "EquityLowMarked": self._low,
            "BrakeChanged": self._brake,
            "HaltLatched": self._halt,
            "HaltCleared": self._halt_cleared,
            "BreakerReset": self._breaker_reset,
            "FlattenFinished": self._flat,
            "PhaseDecided": self._decided,
            "TargetReached": self._target,
            "InactivityNoticed": self._idle,
            "SymbolScanned": self._scanned,
            "FaultMet": self._fault,
            "CommandTaken": self._command,
            "GroupsMeasured": self._groups,
            "CoastChanged": self._coast,
            "PositionOpened": self._slip,
            SEAM: self._seam,
        }

    def take_all(self, lines: Iterable[Line]) -> None:
        """Every line of the journal."""
        for line in lines:
            if self.lines_count == 0 and line["seq"] != 1:
                self.is_whole = False
            self.lines_count += 1
            self._take(line)

    def _take(self, line: Line) -> None:
        kind = str(line["event"])
        if kind not in EVENTS and kind not in self._unknown_kinds:
            self._unknown_kinds.add(kind)
            self.findings.append(f"journal: {kind} is an event of another build, left out")
        try:
            before = self._lessons.get(kind)
            if before is not None:
                before(line)
            lesson = self.trades.lessons.get(kind)
            if lesson is not None:
                lesson(line)
        except (KeyError, TypeError, ValueError) as error:
            self.is_whole = False
            self.findings.append(f"journal line {line['seq']} {kind} is not understood: {error}")
            return
        wrong = learn_line(self.state, line, self._table)
        if wrong:
            self.is_whole = False
            self.findings.append(wrong)

    def _is_today(self, line: Line) -> bool:
        day = self.state.day
        return day is not None and day.day == int_of(line, "day")

    def _started(self, line: Line) -> None:
        self.started = line
        if self.state.first_start_utc_s == 0.0:
            self.state.first_start_utc_s = float_of(line, "at_utc_s")

    def _day_opened(self, line: Line) -> None:
        number, state = int_of(line, "day"), self.state
        self.trades.balance_money = float_of(line, "balance_money")
        if date_text(number) != line["date"]:
            return
        state.challenge.first_day = state.challenge.first_day or number
        start = min(float_of(line, "equity_money"), float_of(line, "base_money"))
        state.sizing = SizingState(state.pinned, state.sizing.peak_money, number, start)

    def _day_closed(self, line: Line) -> None:
        """Lines of a build that did not tell the tally: a day's profit is its balance's change."""
        day, memory = self.state.day, self.state.challenge
        if line.get("is_tally_told") or day is None or date_text(day.day) != line["date"]:
            return
        profit = float_of(line, "balance_money") - day.start_balance_money - day.cash_money
        memory.best_day_money = max(memory.best_day_money, round(profit, 2))
        memory.positive_days_money += max(0.0, round(profit, 2))

    def _low(self, line: Line) -> None:
        day, equity = self.state.day, float_of(line, "equity_money")
        if day is not None and self._is_today(line) and equity < day.lowest_equity_money:
            day.lowest_equity_money = day.marked_low_money = equity
            day.lowest_equity_utc_s = float_of(line, "at_utc_s")

    def _brake(self, line: Line) -> None:
        if self.state.day is not None and self._is_today(line):
            self.state.day.brake = Brake[text_of(line, "after")].value

    def _halt(self, line: Line) -> None:
        kind, day = text_of(line, "halt"), self.state.day
        if kind == _FIRM_PAUSE and day is not None and self._is_today(line):
            day.is_paused = True
        tripped = self.state.breakers.tripped.get(kind.removeprefix(_BREAKER_HALT))
        if tripped is not None and tripped.action == BreakerAction.FLATTEN:
            tripped.is_flat_asked = True

    def _halt_cleared(self, line: Line) -> None:
        self.state.cleared_utc_s[text_of(line, "halt")] = float_of(line, "at_utc_s")

    def _breaker_reset(self, line: Line) -> None:
        """Here every trip was learned from a line: the reset takes its evidence along."""
        for tripped in self.state.breakers.tripped.values():
            tripped.is_learned = False
        self.state.breakers.settled_utc_s[text_of(line, "breaker")] = float_of(line, "at_utc_s")

    def _flat(self, line: Line) -> None:
        del line
        for halt in self.state.halts.values():
            halt.is_flat_confirmed = halt.is_flat_confirmed or halt.flattens

    def _decided(self, line: Line) -> None:
        self.state.verdict = PhaseVerdict[text_of(line, "verdict")].name

    def _target(self, line: Line) -> None:
        del line
        self.state.is_target_announced = True

    def _idle(self, line: Line) -> None:
        self.state.challenge.alarmed_day = int_of(line, "day")

    def _scanned(self, line: Line) -> None:
        state, symbol = self.state, text_of(line, "symbol")
        known = state.scanned_bar_utc_s.get(symbol, 0.0)
        state.scanned_bar_utc_s[symbol] = max(known, float_of(line, "bar_utc_s"))
        state.scanned_day[symbol] = server_day(float_of(line, "at_utc_s"), self._server_table)

    def _fault(self, line: Line) -> None:
        fault, count = text_of(line, "fault"), int_of(line, "count")
        self.state.faults_count[fault] = max(self.state.faults_count.get(fault, 0), count)

    def _command(self, line: Line) -> None:
        done = self.state.commands_done
        done.append(text_of(line, "command_id"))
        del done[:-COMMANDS_KEPT_COUNT]

    def _groups(self, line: Line) -> None:
        lines, state = line["groups"], self.state.exposure
        if not isinstance(lines, list):
            raise TypeError(f"groups = {lines!r} is not a list")
        state.measured_count = int_of(line, "measured_count")
        state.groups = {name: str(m).split()[0] for m in lines for name in str(m).split()}

    def _coast(self, line: Line) -> None:
        self.state.coast.stage = CoastStage[text_of(line, "after")].value
        self.state.coast.lock_floor_money = float_of(line, "lock_floor_money")

    def _slip(self, line: Line) -> None:
        slips = self.state.breakers.slips
        slips.append(Slip(int_of(line, "setup_id"), float_of(line, "slippage_r")))

    def _seam(self, line: Line) -> None:
        self.is_whole = False
        self.findings.append(f"journal: {line['file']} lacks {line['lost_lines_count']} lines")
