"""A person's commands that come at a bad moment, twice, or too late."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.adapters.command_spool import AGE_MAX_S, CommandSpool, submit
from bot.ports import Command
from tools.storm.faults.draws import Setting
from tools.storm.faults.hands import own_orders
from tools.storm.faults.injector import LastingInjector
from tools.storm.model import Scene, Violation

_RESUME: Final = "resume"
_OPERATIONS_MAX_COUNT: Final = 300


def say(scene: Scene, verb: str, reason: str) -> None:
    """Lay a person's command into the scene's spool."""
    number = len(scene.commands) + 1
    command_id = f"{round(scene.now_utc_s * 1000)}-{reason}-{number}"
    scene.commands.append(Command(command_id, verb, reason))


class SpokenWord(LastingInjector):
    """A command that halts (`verb`: pause or flatten), lifted by the same person after `for_s`."""

    def begin(self, scene: Scene) -> None:
        """Say it."""
        say(scene, self.word("verb", "pause"), self.fault_id)
        scene.struck(self.fault_id)

    def end(self, scene: Scene) -> None:
        """Take it back."""
        say(scene, _RESUME, self.fault_id)


class MidCycleWord(SpokenWord):
    """T07: the command arrives in the middle of a cycle, at its n-th operation."""

    def begin(self, scene: Scene) -> None:
        """Wait for the operation, then say it."""
        left_count = self.rng.randint(1, _OPERATIONS_MAX_COUNT)

        def count(name: str) -> None:
            nonlocal left_count
            del name
            left_count -= 1
            if left_count <= 0:
                scene.hooks.remove(count)
                say(scene, self.word("verb", "pause"), self.fault_id)
                scene.struck(self.fault_id)

        self._hook = count
        scene.hooks.append(count)

    def end(self, scene: Scene) -> None:
        """Take it back."""
        if self._hook in scene.hooks:
            scene.hooks.remove(self._hook)
        super().end(scene)


class FillDuringFlatten(SpokenWord):
    """T09: while a flatten sweeps, orders whose removal was confirmed fill all the same."""

    def __init__(self, fault_id: str, parameters: Mapping[str, Setting]) -> None:
        super().__init__(fault_id, parameters)
        self._seen_count = 0

    def can_begin(self, scene: Scene) -> bool:
        """When one of our orders rests."""
        return scene.bot is not None and bool(own_orders(scene))

    def begin(self, scene: Scene) -> None:
        """Let removals be followed by fills, and say flatten."""
        self._seen_count = len(scene.plan.fired)
        scene.plan.add(
            "B45",
            at_call=1,
            times=len(own_orders(scene)),
            delay_s=self.number("delay_s", 5.0),
            until_utc_s=self._until_utc_s,
        )
        say(scene, "flatten", self.fault_id)

    def watch(self, scene: Scene) -> None:
        """Count the removals that were followed by a fill."""
        if self.is_in_force:
            new, self._seen_count = scene.plan.fired[self._seen_count :], len(scene.plan.fired)
            for line in new:
                if line.fault_id == "B45" and not line.function:  # the fill, not the removal
                    scene.struck(self.fault_id)
        super().watch(scene)


class OldWord(SpokenWord):
    """H10: a command is found long after it was written, or is given a second time.

    It goes through the real spool, in a folder of its own. What the spool hands out goes on to the
    trader; a stale or a repeated one that gets through is a broken promise (I19, I6).
    """

    def begin(self, scene: Scene) -> None:
        """Write it, and let the spool judge."""
        with tempfile.TemporaryDirectory(prefix="storm-") as name:
            folder, now_utc_s = Path(name), scene.now_utc_s
            if self.word("shape", "stale") == "stale":
                age_s = AGE_MAX_S + self.number("age_s", 3600.0)
                submit(folder, _RESUME, self.fault_id, now_utc_s - age_s)
            else:
                self._speak_once(scene, folder)
            for command in CommandSpool(folder, lambda: now_utc_s).take():
                told = f"a {self.word('shape', 'stale')} {command.verb} passed the spool"
                scene.violations.append(Violation("I6", now_utc_s, told))
        scene.struck(self.fault_id)

    def end(self, scene: Scene) -> None:
        """Take back what got through."""
        if self.word("shape", "stale") != "stale":
            super().end(scene)

    def _speak_once(self, scene: Scene, folder: Path) -> None:
        """A command that is carried out, and whose file is put back afterwards."""
        now_utc_s = scene.now_utc_s
        submit(folder, self.word("verb", "pause"), self.fault_id, now_utc_s)
        written = next(folder.glob("*.json"))
        content, spool = written.read_bytes(), CommandSpool(folder, lambda: now_utc_s)
        for command in spool.take():
            say(scene, command.verb, self.fault_id)  # its own id would name this process
            spool.acknowledge(command.command_id)
        written.write_bytes(content)
