"""What the machines that write files share: a disk that breaks, and deaths at any operation."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

from hypothesis import Phase, settings

from bot.errors import StoreError
from tools.storm.disk import SimDisk
from tools.storm.disk_faults import read_only, refused, sync_fails
from tools.storm.model import DeathError

FAULTS = {
    "held for a moment": lambda: refused("D02", 3),
    "held for long": lambda: refused("D02", 60),
    "read-only": lambda: read_only(times=2),
    "does not sync": lambda: sync_fails(times=2),
}
DEATHS = ("kill", "crash")


def machine_settings(examples_count: int, steps_count: int = 30) -> settings:
    """Histories of `steps_count` steps; a failing one is told as found, shrinking takes minutes.

    FUZZ_DEPTH in the environment multiplies how many there are.
    """
    return settings(
        max_examples=examples_count * int(os.environ.get("FUZZ_DEPTH", "1")),
        stateful_step_count=steps_count,
        deadline=None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )


def no_wait(_duration_s: float) -> None:
    return None


class Ward:
    """A disk with one process on it; `attempt` says how what was asked of it ended."""

    def __init__(self) -> None:
        self.disk = SimDisk()
        self.is_dead = False
        with self.disk.installed():
            self.disk.root.mkdir(exist_ok=True)

    def attempt(self, action: Callable[[], object], dies_after: int | None) -> str:
        """`done`, `refused` or `died`; it dies at its `dies_after`-th change of the disk."""
        left = dies_after

        def count(_name: str, _path: Path) -> None:
            nonlocal left
            if left is not None:
                left -= 1
                if left < 0:
                    raise DeathError

        self.disk.before_operation = count
        try:
            with self.disk.installed():
                action()
        except StoreError:
            return "refused"
        except DeathError:
            self.is_dead = True
            return "died"
        finally:
            self.disk.before_operation = None
        return "done"

    def bury(self, how: str, seed: int) -> None:
        """The process is gone; after a `crash` the machine was, too."""
        if how == "kill":
            self.disk.kill()
        else:
            self.disk.crash(random.Random(seed))
        self.disk.heal()
        self.is_dead = False
