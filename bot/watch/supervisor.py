"""Keeps one trader running: starts it, looks at its heartbeat, ends and restarts one that hangs.

Never two (I23): a new one is started only when the one before is known to be gone. Whoever
supervises may die as well; the next supervisor finds the trader by its number and start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple, Protocol

from bot.errors import StoreError
from bot.ports import Clock
from bot.watch.alerts import Severity
from bot.watch.restarts import RestartPace

WRONG_USE, NEEDS_PERSON = 2, 3
_GONE_ALARM_S: Final = 30.0
_SAID_AGAIN_S: Final = 600.0


class Life(NamedTuple):
    """A trader's heartbeat: cycles completed, and the moment it was last alive (only compared)."""

    cycle_count: int
    alive_utc_s: float


class Trader(Protocol):
    """One trader's process."""

    pid: int

    @property
    def exit_code(self) -> int | None:
        """None while it runs, and when nobody can know it."""
        ...

    def is_alive(self) -> bool:
        """Whether it still runs."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    def ask_to_end(self) -> None:
        """Ask it to end after its cycle."""
        ...


class Place(Protocol):
    """Where the trader lives: its process, and its files, which are only read."""

    def start(self) -> Trader:
        """Start a trader. Raises `StoreError` when it cannot be started."""
        ...

    def running(self) -> Trader | None:
        """A trader that runs already, known beyond doubt."""
        ...

    def life(self, pid: int) -> Life | None:
        """What that trader last said of itself."""
        ...

    def is_exposed(self) -> bool:
        """Whether anything is open, rests or is unresolved; also when that cannot be known."""
        ...

    def has_ended_on_purpose(self) -> bool:
        """Whether the last thing the journal says is that the trader ended as it was told to."""
        ...

    def let_manage_only(self, reason: str) -> None:
        """Keep every trader that starts from now on from entering. Raises `StoreError`."""
        ...


class Tell(Protocol):
    """Passes something on that a person should know of."""

    def __call__(self, key: str, severity: Severity, text: str) -> None:
        """One alert; those of a key are counted together."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, in seconds, what may take."""

    first_beat_s: float = 60.0
    beat_s: float = 20.0
    unseen_s: float = 60.0
    ending_s: float = 20.0
    other_s: float = 20.0


class _Stage(Enum):
    WAITING = 1
    RUNNING = 2
    KILLED = 3
    ENDING = 4
    LOOKING = 5
    OVER = 6


class Supervisor:
    """Call `step` about once a second until it returns an exit code."""

    def __init__(
        self,
        parts: tuple[Place, Tell, Clock],
        pace: RestartPace,
        patience: Patience,
    ) -> None:
        self._place, self._tell, self._clock = parts
        self._pace = pace
        self._patience = patience
        self._stage = _Stage.WAITING
        self._trader: Trader | None = None
        self._life: Life | None = None
        now_s = self._clock.monotonic_s()
        self._due_s = self._since_s = self._alive_s = self._seen_s = now_s
        self._told_unseen_s: float | None = None
        self._exit_code = 0
        self._is_asked = False
        self._steps: dict[_Stage, Callable[[float], None]] = {
            _Stage.WAITING: self._wait,
            _Stage.RUNNING: self._watch,
            _Stage.KILLED: self._bury,
            _Stage.ENDING: self._end,
            _Stage.LOOKING: self._look_for_another,
            _Stage.OVER: lambda _now_s: None,
        }

    def stop(self) -> None:
        """End the trader as planned, then supervising; to be called again is harmless."""
        self._is_asked = True

    def step(self) -> int | None:
        """Look and act once; the exit code when it is over."""
        now_s = self._clock.monotonic_s()
        if self._is_asked and self._stage in (_Stage.WAITING, _Stage.LOOKING):
            self._stage = _Stage.OVER
        elif self._is_asked and self._stage == _Stage.RUNNING and self._trader is not None:
            self._trader.ask_to_end()
            self._stage, self._since_s = _Stage.ENDING, now_s
        self._read_life(now_s)
        self._steps[self._stage](now_s)
        self._say_unseen(now_s)
        return self._exit_code if self._stage == _Stage.OVER else None

    # --- stages ---------------------------------------------------------------------------------

    def _wait(self, now_s: float) -> None:
        if now_s < self._due_s:
            return
        running = self._place.running()
        if running is not None:
            self._tell("adopted", Severity.INFO, f"trader {running.pid} runs already: watching it")
            self._take(running, now_s)
            return
        try:
            self._take(self._place.start(), now_s)
        except StoreError as error:
            self._tell("start", self._severity(), f"the trader cannot be started: {error}")
            self._due_s = now_s + self._pace.died(now_s, 0.0).wait_s

    def _take(self, trader: Trader, now_s: float) -> None:
        self._trader, self._life = trader, None
        self._stage, self._since_s, self._alive_s = _Stage.RUNNING, now_s, now_s

    def _watch(self, now_s: float) -> None:
        trader = self._held()
        if not trader.is_alive():
            self._gone(now_s)
            return
        allowed_s = self._patience.first_beat_s if self._life is None else self._patience.beat_s
        silent_s = now_s - self._alive_s
        if silent_s >= allowed_s:
            text = (
                f"trader {trader.pid} gave no sign for {silent_s:.0f} s: it is ended and restarted"
            )
            self._tell("stalled", self._severity(), text)
            self._kill(now_s)

    def _kill(self, now_s: float) -> None:
        self._held().kill()
        self._stage, self._due_s = _Stage.KILLED, now_s + _GONE_ALARM_S

    def _bury(self, now_s: float) -> None:
        trader = self._held()
        if not trader.is_alive():
            self._again(now_s, "was ended because it hung")
            return
        trader.kill()
        if now_s >= self._due_s:
            self._due_s = now_s + _GONE_ALARM_S
            text = f"trader {trader.pid} cannot be ended; no other is started beside it"
            self._tell("unkillable", Severity.CRITICAL, text)

    def _gone(self, now_s: float) -> None:
        code = self._held().exit_code
        if code == 0 or (code is None and self._place.has_ended_on_purpose()):
            self._tell("ended", Severity.WARNING, "the trader ended as it was told to")
            self._stage, self._exit_code = _Stage.OVER, 0
        elif code == WRONG_USE:
            text = "the trader refuses its parameters or options; nothing is started again"
            self._tell("wrong use", Severity.CRITICAL, text)
            self._stage, self._exit_code = _Stage.OVER, WRONG_USE
        elif code == NEEDS_PERSON:
            text = "the trader needs a person, see its log; nothing is started again"
            self._tell("person", Severity.CRITICAL, text)
            self._stage, self._exit_code = _Stage.LOOKING, NEEDS_PERSON
            self._due_s = now_s + self._patience.other_s
        else:
            how = "ended, nobody knows how" if code is None else f"ended with code {code}"
            self._again(now_s, how)

    def _look_for_another(self, now_s: float) -> None:
        """A trader that was refused because another runs: that other is the one to watch."""
        running = self._place.running()
        if running is not None:
            self._exit_code = 0
            self._tell("adopted", Severity.WARNING, f"trader {running.pid} holds the account")
            self._take(running, now_s)
        elif now_s >= self._due_s:
            self._stage = _Stage.OVER

    def _again(self, now_s: float, how: str) -> None:
        trader, is_asked = self._held(), self._is_asked
        restart = self._pace.died(now_s, now_s - self._since_s)
        text = f"trader {trader.pid} {how}; next start in {restart.wait_s:.0f} s"
        self._tell(
            "died", self._severity(), f"{text}, restart {restart.restarts_count} in 10 minutes"
        )
        if restart.is_manage_only:
            self._manage_only(restart.restarts_count)
        self._stage = _Stage.OVER if is_asked else _Stage.WAITING
        self._due_s = now_s + restart.wait_s

    def _manage_only(self, count: int) -> None:
        reason = f"{count} restarts in 10 minutes"
        try:
            self._place.let_manage_only(reason)
        except StoreError as error:
            reason = f"{reason}, but this could not be written: {error}"
        text = f"manage-only: {reason}; positions are managed, nothing enters until bot resume"
        self._tell("manage only", Severity.CRITICAL, text)

    def _end(self, now_s: float) -> None:
        if not self._held().is_alive():
            self._stage = _Stage.OVER
        elif now_s - self._since_s >= self._patience.ending_s:
            text = "the trader did not end when it was told to: it is ended hard"
            self._tell("ending", self._severity(), text)
            self._kill(now_s)

    # --- what is seen ---------------------------------------------------------------------------

    def _read_life(self, now_s: float) -> None:
        """Moments are our own: a wall clock that steps changes nothing (FAULTS C04)."""
        if self._trader is None:
            return
        life, before = self._place.life(self._trader.pid), self._life
        if life is None or life == before:
            return
        self._life, self._alive_s = life, now_s
        if before is not None and life.cycle_count != before.cycle_count:
            self._seen_s = now_s
            if self._told_unseen_s is not None:
                self._told_unseen_s = None
                self._tell("seen", Severity.WARNING, "the account is attended again")

    def _say_unseen(self, now_s: float) -> None:
        unseen_s = now_s - self._seen_s
        told_s = self._told_unseen_s
        is_due = told_s is None or now_s - told_s >= _SAID_AGAIN_S
        if unseen_s < self._patience.unseen_s or not is_due or self._stage == _Stage.OVER:
            return
        if self._place.is_exposed():
            self._told_unseen_s = now_s
            text = f"no cycle was completed for {unseen_s:.0f} s while the account is exposed"
            self._tell("unseen", Severity.CRITICAL, text)

    def _severity(self) -> Severity:
        return Severity.CRITICAL if self._place.is_exposed() else Severity.WARNING

    def _held(self) -> Trader:
        assert self._trader is not None, "a stage that has a trader"
        return self._trader
