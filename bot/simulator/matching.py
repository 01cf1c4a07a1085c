"""Quotes against positions and resting orders: what triggers, when, and at which price.

The search looks only at symbols with open business and only for prices that can change something:
per symbol four levels stand for all its stops, targets, orders and the stop-out guard, and the
first quote that reaches one of them is found by comparison. Symbols are merged in time order;
equal stamps go by the market's order of symbols.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.simulator.execution import Execution
from bot.simulator.guards import stop_out_guards, tighter
from bot.simulator.rollover import Rollover
from bot.simulator.state import SymbolDesk
from bot.simulator.tape import NO_LEVELS, Levels
from bot.simulator.triggers import close_worst_position, process_quote, trigger_levels

_NOTHING: Final = -1
_NEVER_MS: Final = 1 << 62


@dataclass(slots=True, eq=False)
class _Watch:
    """How far one live symbol has been searched; quotes before `next_index` are dealt with."""

    desk: SymbolDesk
    next_index: int
    scanned_to: int
    levels: Levels = NO_LEVELS
    hit_index: int = _NOTHING


class Matcher:
    """Moves the server's clock, stopping at every quote and moment that changes the books."""

    def __init__(self, execution: Execution) -> None:
        self._state = execution.state
        self._book = execution.book
        self._execution = execution
        self._rollover = Rollover(execution)
        self._watches: dict[str, _Watch] = {}
        self._armed_version = -1
        self._needs_arming = True

    def advance(self, end_ms: int) -> None:
        """Process everything up to and including `end_ms`, in time order."""
        state = self._state
        while state.positions or state.orders or state.commission_due_minor:
            due_ms = self._rollover.next_ms()
            if due_ms > end_ms:
                self._run(end_ms)
                break
            self._run(due_ms - 1)
            state.move_to(due_ms)
            self._rollover.act()
        if not (state.positions or state.orders):
            self._watches = {}
        if state.now_ms != end_ms:
            state.move_to(end_ms)

    def _run(self, end_ms: int) -> None:
        """Process quotes up to and including `end_ms`."""
        state = self._state
        was_hit = False
        while True:
            if self._needs_arming or self._armed_version != state.books_version:
                self._arm()
            watch, hit_ms = self._earliest_hit(end_ms)
            if watch is None:
                break
            was_hit = True
            state.move_to(hit_ms)
            self._process(watch)
        for watch in self._watches.values():
            watch.next_index = watch.scanned_to
            if was_hit:
                watch.desk.tape.release()
        state.move_to(max(end_ms, state.now_ms))

    def _process(self, watch: _Watch) -> None:
        index = watch.hit_index
        watch.next_index = index + 1
        watch.desk.tape.show(index)
        process_quote(self._execution, watch.desk)
        if self._state.positions:
            self._stop_out()
        self._needs_arming = True

    def _earliest_hit(self, end_ms: int) -> tuple[_Watch | None, int]:
        earliest: _Watch | None = None
        earliest_ms = _NEVER_MS
        for watch in self._watches.values():
            if watch.hit_index == _NOTHING:
                found = watch.desk.tape.search(watch.levels, watch.scanned_to, end_ms)
                if found < 0:
                    watch.scanned_to = ~found
                    continue
                watch.hit_index = found
            hit_ms = watch.desk.tape.time_at(watch.hit_index)
            if hit_ms < earliest_ms:
                earliest, earliest_ms = watch, hit_ms
        return earliest, earliest_ms

    def _arm(self) -> None:
        """Set every live symbol's levels afresh; searching resumes at quotes not yet dealt with."""
        state = self._state
        guards = stop_out_guards(state, self._book)
        watches: dict[str, _Watch] = {}
        for name, desk in state.desks.items():
            if not desk.is_live and name not in guards:
                continue
            watch = self._watches.get(name)
            if watch is None:
                after = desk.tape.index_after(state.now_ms, desk.tape.cursor + 1)
                watch = _Watch(desk, after, after)
            else:
                current = desk.tape.index_after(state.now_ms - 1, watch.next_index)
                watch.scanned_to = max(watch.next_index, current)
                watch.hit_index = _NOTHING
            watch.levels = tighter(trigger_levels(desk), guards.get(name, NO_LEVELS))
            watches[name] = watch
        self._watches = watches
        self._armed_version = state.books_version
        self._needs_arming = False

    def _stop_out(self) -> None:
        """Close the worst position while equity is at or below the stop-out level."""
        state = self._state
        while state.positions and self._book.margin_minor() > 0:
            totals = self._book.totals()
            if totals.equity_minor > self._book.stop_out_equity_minor():
                return
            if not close_worst_position(self._execution, totals):
                return
