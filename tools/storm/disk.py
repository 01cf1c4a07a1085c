"""A disk in memory: fast, exact about what is durable, and breakable in every way a disk breaks.

    disk = SimDisk()
    with disk.installed():          # paths below `disk.root` are simulated, all others are real
        JsonStore(disk.root / "state", 1).save("bot", {})
    disk.crash(rng)                 # power loss; `disk.kill()` is the death of the process alone

Windows and POSIX at once, each where it is the stricter one: an open file can neither be replaced
nor unlinked, and a new name is durable only after its folder was forced out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.storm.disk_calls import install, remove
from tools.storm.disk_gate import Gate
from tools.storm.disk_layers import Change, Names
from tools.storm.disk_programs import ProgramNames, Programs

ROOT = Path("/storm-disk")


class SimDisk(Gate):
    """Files below `root`, for one process at a time; fulfils `tools.storm.model.Disk`.

    `now_utc_s` dates files; `struck` is told each fault that really happened. Put faults in force
    with `break_with` and `free_bytes`, end them with `heal`.
    """

    def __init__(
        self,
        root: Path = ROOT,
        *,
        now_utc_s: Callable[[], float] | None = None,
        struck: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(now_utc_s or (lambda: 0.0), struck)
        self.root = root
        self.names = Names(str(root))
        self.programs = Programs(self.names, self)
        self._program_names = ProgramNames(self.names, self)

    @contextmanager
    def installed(self) -> Iterator[SimDisk]:
        """Let programs of this Python process find the disk below `root` while the block runs."""
        install(self.root, self.names, self.programs, self._program_names)
        try:
            yield self
        finally:
            remove()

    def kill(self) -> None:
        """The process died; the machine goes on, so everything it wrote is there."""
        self.programs.close_all()
        for _, node in self.names.nodes():
            node.handles_count = 0
        self.is_dead = False

    def copied(self) -> SimDisk:
        """The same files in both layers on a disk of its own, without hooks, faults and handles."""
        twin = SimDisk(self.root, now_utc_s=self.now_utc_s)
        twin.names.take_over(self.names)
        return twin

    def crash(self, rng: random.Random) -> None:
        """Power was lost: what was forced out is there, and of the rest what chance left."""
        self.kill()
        self.names.lose_power(rng)
        for _, node in self.names.nodes():
            node.lose_power(rng)

    def read(self, path: Path) -> bytes | None:
        """What a program that opened `path` now would see; None when it is not there."""
        node = self.names.find(str(path))
        return None if node is None else bytes(node.seen)

    def durable(self, path: Path) -> bytes | None:
        """What `path` holds if nothing more reaches the disk; None: it is not there."""
        node = self.names.find_durable(str(path))
        return None if node is None else bytes(node.durable)

    def files(self, folder: Path) -> tuple[Path, ...]:
        """Every file below `folder`, sorted."""
        start = f"{folder}/"
        return tuple(Path(name) for name, _ in self.names.nodes() if name.startswith(start))

    def overwrite(self, path: Path, content: bytes) -> None:
        """Change a file behind the program's back, durably (a person, bit rot)."""
        for folder in reversed(path.parents):
            is_ours = folder.is_relative_to(self.root)
            if is_ours and not self.names.is_folder(str(folder)):
                self.names.change_durably(Change(str(folder), None))
        node = self.names.find(str(path)) or self.programs.new_node()
        node.settle(content)
        node.changed_utc_s = self.now_utc_s()
        self.names.change_durably(Change(str(path), node))

    def remove(self, path: Path) -> None:
        """Take a file away behind the program's back, durably."""
        if self.names.find(str(path)) is not None:
            self.names.change_durably(Change("", None, gone=str(path)))
