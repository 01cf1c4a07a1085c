"""The trader's process: born, cycling as `bot.live.loop.run` does, ending, and born again."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable
from typing import Final

from bot.errors import BotError, BrokerUnavailableError, NeedsPersonError
from bot.live.build import Bot
from bot.live.loop import skip, start, stop, tick
from bot.model.events import Event
from bot.watch.restarts import RestartPace
from bot.watch.supervisor import Patience
from tools.storm.model import DeathError, PowerLossError
from tools.storm.results import Told
from tools.storm.scene import Stage, wire
from tools.storm.trace import Trace

SEEN_DEAD_S: Final = 1.0
"""The supervisor looks once a second."""

_BOOT_S: Final = 90.0
_WORDS_MAX: Final = 300


class Process:
    """Runs the trader of a stage one step at a time; every way it may end is foreseen here.

    `on_person` is told of an end that only a person can help, and answers in how many seconds a
    person has done so.
    """

    def __init__(
        self, stage: Stage, trace: Trace, told: Told, on_person: Callable[[BotError], float]
    ) -> None:
        self._stage, self._scene = stage, stage.scene
        self._trace, self._told = trace, told
        self._on_person = on_person
        self._rng = random.Random(f"process {self._scene.seed}")  # noqa: S311 - repeatable
        self._pace = RestartPace(self._rng.random)
        self._born_utc_s = self._scene.now_utc_s
        self._is_recovering = False
        self.restart_s = 0.0
        self.is_seeing = False
        """Whether the last cycle was completed: the terminal answered, and time counts."""
        self._scene.fresh_bot = lambda: wire(stage, self._scene.settings, self._heard)

    @property
    def born_utc_s(self) -> float:
        """When the running process began, or the last one did."""
        return self._born_utc_s

    def step(self) -> None:
        """One cycle of a living trader, or the birth of one if it is time."""
        scene = self._scene
        self.is_seeing = False
        if scene.stall_s > 0.0:
            stall_s, scene.stall_s = scene.stall_s, 0.0
            self._stage.clock.sleep(stall_s)
        if scene.bot is not None:
            self._go_on()
        elif scene.now_utc_s >= scene.down_until_utc_s:
            self._born_utc_s = scene.now_utc_s
            self._is_recovering = True
            scene.starts_utc_s.append(scene.now_utc_s)
            self._told.starts_count += 1
            self._guarded(self._birth)
            self._go_on()

    def _go_on(self) -> None:
        bot = self._scene.bot
        if bot is not None:
            self._guarded(lambda: self._cycle(bot))

    def die(self, error: DeathError) -> None:
        """Killed: nothing is said or saved any more."""
        self._scene.deaths_count += 1
        self._told.deaths_count += 1
        is_power = isinstance(error, PowerLossError)
        self._over("death", f"{'power lost' if is_power else 'killed'}: {error}")
        if is_power:
            self._stage.disk.crash(self._rng)
            scene = self._scene
            scene.down_until_utc_s = max(scene.down_until_utc_s, scene.now_utc_s + _BOOT_S)
        self._restart_later()

    def hang(self, function: str, duration_s: float) -> None:
        """A call that does not return: the supervisor loses patience, or it comes back in time."""
        if not self._stage.plan.is_trading:
            return
        silence_s = self._scene.now_utc_s - self._scene.beat_utc_s
        left_s = max(SEEN_DEAD_S, Patience().beat_s + SEEN_DEAD_S - silence_s)
        self._stage.clock.sleep(min(duration_s, left_s))
        if duration_s > left_s:
            message = f"{function} hung, the supervisor ended it"
            raise DeathError(message)

    def _birth(self) -> None:
        bot = wire(self._stage, self._scene.settings, self._heard)
        start(bot)
        self._scene.bot = bot
        self._trace.add(self._scene.now_utc_s, "start", f"process {self._told.starts_count}")

    def _cycle(self, bot: Bot) -> None:
        """As `bot.live.loop.run` does it, one turn at a time."""
        try:
            tick(bot)
        except BrokerUnavailableError as error:
            self._trace.add(self._scene.now_utc_s, "blind", str(error)[:_WORDS_MAX])
            skip(bot, error)
        else:
            bot.blind_since_utc_s = 0.0
            self.is_seeing = True
            self._recovered()
        self._told.cycles_count += 1
        if bot.is_stopping:
            stop(bot, "asked to stop")
            self._over("end", "as it was told")
            self._restart_later()

    def _recovered(self) -> None:
        if self._is_recovering:
            self._is_recovering = False
            self.restart_s = max(self.restart_s, self._scene.now_utc_s - self._born_utc_s)

    def _guarded(self, act: Callable[[], None]) -> None:
        self._stage.plan.is_trading = True
        try:
            act()
        except DeathError as error:
            self.die(error)
        except NeedsPersonError as error:
            self._refused(error)
            wait_s = self._on_person(error)
            self._scene.down_until_utc_s = self._scene.now_utc_s + wait_s
        except BotError as error:
            self._refused(error)
            self._restart_later()
        except Exception as error:  # noqa: BLE001 - what is unforeseen ends the process, as live
            self._told.unforeseen[_place(error)] += 1
            self._over("unforeseen", "".join(traceback.format_exception(error))[-3000:])
            self._restart_later()
        finally:
            self._stage.plan.is_trading = False

    def _refused(self, error: BotError) -> None:
        self._told.refused_starts[type(error).__name__] += 1
        self._over("end", f"{type(error).__name__}: {error}"[:_WORDS_MAX])

    def _over(self, kind: str, words: str) -> None:
        scene = self._scene
        self._trace.add(scene.now_utc_s, kind, words)
        scene.bot = None
        self._stage.disk.kill()

    def _restart_later(self) -> None:
        scene = self._scene
        restart = self._pace.died(scene.now_utc_s, scene.now_utc_s - self._born_utc_s)
        if restart.is_manage_only:
            self._stage.is_manage_only = True
        due_utc_s = scene.now_utc_s + SEEN_DEAD_S + restart.wait_s
        scene.down_until_utc_s = max(scene.down_until_utc_s, due_utc_s)

    def _heard(self, event: Event) -> None:
        self._trace.add(self._scene.now_utc_s, "journal", repr(event)[:_WORDS_MAX])


def _place(error: Exception) -> str:
    """What went wrong and where, short enough to be counted."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/bot/" in frame.filename] or frames
    last = own[-1]
    name = last.filename.rpartition("/")[2]
    return f"{type(error).__name__} in {name}:{last.lineno} {last.name}: {error}"[:160]
