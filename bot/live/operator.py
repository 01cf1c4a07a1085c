"""A person's commands: stopping is easy, going on needs a person."""

from __future__ import annotations

from bot.live.breakers import Breakers
from bot.live.challenge_manager import PHASE_OVER, TOTAL_LOSS
from bot.live.entry_gate import OPERATOR_PAUSE
from bot.live.flattener import OPERATOR_FLATTEN
from bot.live.halts import HaltBook
from bot.live.record import Record
from bot.model.events import CommandTaken
from bot.ports import MANAGE_ONLY, Command, Commands

COMMANDS_KEPT_COUNT = 50
_LIFTING = frozenset({"resume", "reset"})
_NOT_RESUMABLE = frozenset({PHASE_OVER, TOTAL_LOSS})


class Operator:
    """Carries out spooled commands at the start of a cycle."""

    def __init__(
        self, record: Record, commands: Commands, halts: HaltBook, breakers: Breakers
    ) -> None:
        self._record = record
        self._commands = commands
        self._halts = halts
        self._breakers = breakers
        self._owed: list[str] = []

    def step(self) -> None:
        """Take, carry out, save, acknowledge: in this order, so that no death loses a command.

        What was carried out is in the snapshot that its effect is in: met again, it is only
        acknowledged. What lifts something needs the journal: a halt must not be gone from the
        state and stand there. Where the disk refuses the line it stays, and a person asks again.
        """
        for command in self._commands.take():
            is_new = command.command_id not in self._record.state.commands_done
            if not is_new or self._begin(command):
                self._owed.append(command.command_id)
        if self._owed and self._record.save():
            for command_id in self._owed:
                self._commands.acknowledge(command_id)
            self._owed.clear()

    def _begin(self, command: Command) -> bool:
        """Journal and carry out; False for what must not be without its line."""
        is_lifting = command.verb in _LIFTING
        write = self._record.event_now if is_lifting else self._record.event
        is_written = write(
            CommandTaken(
                command_id=command.command_id,
                verb=command.verb,
                reason=command.reason,
                argument=command.argument,
            )
        )
        if is_lifting and not is_written:
            self._record.fault("D03", f"{command.verb} was not carried out: the disk refuses it")
            return False
        if command.verb != MANAGE_ONLY:  # the supervisor's flag is met anew by each process
            done = self._record.state.commands_done
            done.append(command.command_id)
            del done[:-COMMANDS_KEPT_COUNT]
        self._carry_out(command)
        return True

    def _carry_out(self, command: Command) -> None:
        reason = command.reason or "operator"
        if command.verb == "pause":
            self._halts.latch(OPERATOR_PAUSE, reason, needs_person=True, flattens=False)
        elif command.verb == MANAGE_ONLY:
            self._halts.latch(MANAGE_ONLY, reason, needs_person=True, flattens=False)
        elif command.verb == "flatten":
            self._halts.latch(OPERATOR_FLATTEN, reason, needs_person=True, flattens=True)
        elif command.verb == "resume":
            self._resume(reason)
        elif command.verb == "reset":
            self._breakers.reset(command.argument, command.reason)

    def _resume(self, reason: str) -> None:
        """Lift what a person may lift; the day's brake and a finished phase stay."""
        for halt in list(self._record.state.halts.values()):
            if halt.resets == "person" and halt.kind not in _NOT_RESUMABLE:
                self._halts.clear(halt.kind, reason)
