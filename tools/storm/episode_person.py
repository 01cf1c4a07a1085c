"""The people around the bot: they read what it says, and do what its words tell them to."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from bot.errors import BotError
from bot.live.build import Bot
from bot.live.challenge_manager import PHASE_OVER, TOTAL_LOSS
from bot.live.halts import PERSON
from bot.model.breakers import RESETS, Breaker, ResetRule
from bot.ports import Command
from tools.storm.model import Phase
from tools.storm.scene import Stage
from tools.storm.trace import Trace

_LOOKS_EVERY_S: Final = 1_800.0
_WAIT_S: Final = (300.0, 5_400.0)
_WAIT_HEALING_S: Final = (20.0, 60.0)
_WORDS_CHANCE: Final = 0.02
"""Of a person's look that ends in a word nobody needed: a pause, or a flatten."""

_FINAL: Final = frozenset({PHASE_OVER, TOTAL_LOSS})


class Person:
    """Looks at the bot now and then; resumes what waits for a person, sometimes interferes."""

    def __init__(self, stage: Stage, trace: Trace) -> None:
        self._stage, self._scene, self._trace = stage, stage.scene, trace
        self._rng = random.Random(f"person {stage.scene.seed}")  # noqa: S311 - repeatable
        self._looks_utc_s = self._scene.now_utc_s + self._rng.uniform(0.0, _LOOKS_EVERY_S)
        self._said_count = 0
        self.repair: Callable[[BotError], None] = self._put_right

    def before_cycle(self) -> None:
        """Say what has to be said, if it is time."""
        scene = self._scene
        is_healing = scene.phase == Phase.HEALING
        if scene.bot is None or scene.now_utc_s < self._looks_utc_s:
            return
        wait_s = self._rng.uniform(*_WAIT_HEALING_S) if is_healing else _LOOKS_EVERY_S
        self._looks_utc_s = scene.now_utc_s + wait_s
        self._look(scene.bot, is_healing=is_healing)

    def called(self, error: BotError) -> float:
        """A trader ended and needs a person: put it right; after how many seconds it is."""
        is_healing = self._scene.phase == Phase.HEALING
        self.repair(error)
        return self._rng.uniform(*(_WAIT_HEALING_S if is_healing else _WAIT_S))

    def _look(self, bot: Bot, *, is_healing: bool) -> None:
        waiting = [h.kind for h in bot.state.halts.values() if h.resets == PERSON]
        if any(kind not in _FINAL for kind in waiting):
            self._stage.is_manage_only = False
            self._say("resume")
        for tripped in bot.state.breakers.in_order():
            known = tripped.breaker in set(Breaker)
            if known and RESETS[Breaker(tripped.breaker)].rule == ResetRule.PERSON:
                self._say("reset", tripped.breaker)
        if not is_healing and self._rng.random() < _WORDS_CHANCE:
            self._say(self._rng.choice(("pause", "flatten")))

    def _say(self, verb: str, argument: str = "") -> None:
        self._said_count += 1
        command = Command(f"person-{self._said_count}", verb, "as the page says", argument)
        self._scene.commands.append(command)
        self._trace.add(self._scene.now_utc_s, "person", f"{verb} {argument}".strip())

    def _put_right(self, error: BotError) -> None:
        """Log in again, put the file back: whoever did the damage undoes it in time."""
        self._trace.add(self._scene.now_utc_s, "person", f"called: {error}"[:300])
