"""Damage to the trader's files, and disks that refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bot.adapters.envelope import EnvelopeError, document_bytes, seal, unseal
from bot.live.state import STATE_NAME
from tools.storm.disk import SimDisk
from tools.storm.disk_damage import (
    Backup,
    back_up,
    cut,
    empty,
    fill_with_nul,
    flip_bytes,
    remove_folder,
    restore,
)
from tools.storm.disk_faults import (
    DiskFault,
    read_only,
    refused,
    sync_fails,
    write_fails,
)
from tools.storm.faults.draws import Setting
from tools.storm.faults.injector import LastingInjector, SceneInjector
from tools.storm.model import DeathError, Scene

_NEWEST: Final = f"{STATE_NAME}.json"
_OLDER: Final = f"{STATE_NAME}.prev.json"
_JOURNALS: Final = ".jsonl"


def disk_of(scene: Scene) -> SimDisk:
    """The scene's disk; only the simulated one can be broken."""
    assert isinstance(scene.disk, SimDisk), "faults of disks need the simulated one"
    return scene.disk


class BrokenDisk(LastingInjector):
    """D02 to D05, D11, D14: operations fail for `for_s` seconds, or `refusals` times.

    The disk counts what really failed.
    """

    def __init__(self, fault_id: str, parameters: Mapping[str, Setting]) -> None:
        super().__init__(fault_id, parameters)
        self._fault: DiskFault | None = None

    def begin(self, scene: Scene) -> None:
        """Put it in force."""
        self._fault = disk_of(scene).break_with(self._made())

    def end(self, scene: Scene) -> None:
        """The disk is sound again."""
        faults = disk_of(scene).faults
        if self._fault in faults:
            faults.remove(self._fault)

    def _made(self) -> DiskFault:
        times, where = self.whole("refusals") or None, self.word("where")
        shape = self.word("shape", "refused")
        if shape == "refused":
            return refused(self.fault_id, times, where, self.whole("windows_code", 32))
        makes = {"read-only": read_only, "sync": sync_fails, "write": write_fails}
        return makes[shape](self.fault_id, times, where)


class FullDisk(LastingInjector):
    """D03: there is room for so many bytes more, and then none, until somebody makes some."""

    def begin(self, scene: Scene) -> None:
        """Leave that room."""
        disk_of(scene).free_bytes = self.whole("free_bytes")

    def end(self, scene: Scene) -> None:
        """Make room."""
        disk_of(scene).free_bytes = None


class DamagedFiles(SceneInjector):
    """Files change behind the trader's back, and it dies with that: the next start reads them.

    What a start refuses, a person repairs from a copy `repair_s` seconds later. The trader is alive
    when it strikes, so the copy is sound. Shapes are the keys of `DAMAGES`.
    """

    def __init__(self, fault_id: str, parameters: Mapping[str, Setting]) -> None:
        super().__init__(fault_id, parameters)
        self._copies: dict[Path, Backup] = {}
        self._repair_utc_s = 0.0
        self._old: dict[Path, Backup] = {}

    def is_ready(self, scene: Scene) -> bool:
        """While a trader lives and has written something; a rewind needs an old copy first."""
        if scene.bot is None or not scene.disk.files(scene.state_folder):
            return False
        if "rewind" in self.word("shape") and not self._old:
            self._old = self._copied(scene)
            self._due_utc_s[0] = scene.now_utc_s + self.number("back_s", 3600.0)
            return False
        return True

    def strike(self, scene: Scene) -> None:
        """Damage them, and die."""
        copies = self._copied(scene)
        if not DAMAGES[self.word("shape", "newest cut")](self, scene):
            return
        self._copies = copies
        self._repair_utc_s = scene.now_utc_s + self.number("repair_s", 900.0)
        scene.struck(self.fault_id)
        raise DeathError(self.fault_id)

    def watch(self, scene: Scene) -> None:
        """Once it lives again the copy is old; if it does not, the copy is put back."""
        if self._copies and scene.bot is not None:
            self._copies = {}
        elif self._copies and scene.now_utc_s >= self._repair_utc_s:
            self.ease(scene)

    def ease(self, scene: Scene) -> None:
        """Repair what keeps a trader from starting."""
        copies, self._copies = self._copies, {}
        if scene.bot is None:
            for folder, copy in copies.items():
                restore(disk_of(scene), folder, copy)

    def back_to_old(self, scene: Scene, folders: tuple[Path, ...]) -> bool:
        """Put the old copy of these folders in place of what is there."""
        changed = [restore(disk_of(scene), folder, self._old[folder]) for folder in folders]
        self._old = {}
        return any(changed)

    def _copied(self, scene: Scene) -> dict[Path, Backup]:
        folders = (scene.state_folder, scene.journal_folder)
        return {folder: back_up(disk_of(scene), folder) for folder in folders}


Damage = Callable[[DamagedFiles, Scene], bool]


def _newest(way: Callable[[SimDisk, Path], bool]) -> Damage:
    return lambda _, scene: way(disk_of(scene), scene.state_folder / _NEWEST)


def _flipped(name: str) -> Damage:
    def flip(injector: DamagedFiles, scene: Scene) -> bool:
        return flip_bytes(disk_of(scene), scene.state_folder / name, injector.rng)

    return flip


def _cut(injector: DamagedFiles, scene: Scene) -> bool:
    return cut(disk_of(scene), scene.state_folder / _NEWEST, injector.rng)


def _both_flipped(injector: DamagedFiles, scene: Scene) -> bool:
    older = _flipped(_OLDER)(injector, scene)
    return _flipped(_NEWEST)(injector, scene) or older


def _journal(scene: Scene) -> Path | None:
    days = [p for p in scene.disk.files(scene.journal_folder) if p.name.endswith(_JOURNALS)]
    return days[-1] if days else None


def _journal_flipped(injector: DamagedFiles, scene: Scene) -> bool:
    path = _journal(scene)
    return path is not None and flip_bytes(disk_of(scene), path, injector.rng)


def _journal_torn(injector: DamagedFiles, scene: Scene) -> bool:
    """The last line is not whole: what was not forced out was lost with the power."""
    path = _journal(scene)
    content = b"" if path is None else scene.disk.read(path) or b""
    if path is None or not content:
        return False
    tail = b'{"seq": 1, "event": "Dea' if injector.rng.random() < 0.5 else bytes(17)  # noqa: PLR2004
    scene.disk.overwrite(path, content + tail)
    return True


def _journal_gone(injector: DamagedFiles, scene: Scene) -> bool:
    del injector
    path = _journal(scene)
    if path is not None:
        scene.disk.remove(path)
    return path is not None


def _rewritten(change: Callable[[bytes], bytes]) -> Damage:
    def rewrite(injector: DamagedFiles, scene: Scene) -> bool:
        del injector
        path = scene.state_folder / _NEWEST
        content = scene.disk.read(path)
        if content is None or change(content) == content:
            return False
        scene.disk.overwrite(path, change(content))
        return True

    return rewrite


def _of_newer_program(raw: bytes) -> bytes:
    """A whole generation, as a program of the next schema would write it."""
    try:
        generation = unseal(raw)
    except EnvelopeError:
        return raw
    body = document_bytes(generation.document)
    return seal(generation.number + 1, generation.schema_version + 1, body)


def _gone(injector: DamagedFiles, scene: Scene) -> bool:
    del injector
    scene.disk.remove(scene.state_folder / _NEWEST)
    return True


def _folder_gone(injector: DamagedFiles, scene: Scene) -> bool:
    del injector
    return remove_folder(disk_of(scene), scene.state_folder)


def _state_rewound(injector: DamagedFiles, scene: Scene) -> bool:
    return injector.back_to_old(scene, (scene.state_folder,))


def _all_rewound(injector: DamagedFiles, scene: Scene) -> bool:
    return injector.back_to_old(scene, (scene.state_folder, scene.journal_folder))


DAMAGES: Final[dict[str, Damage]] = {
    "newest cut": _cut,
    "newest empty": _newest(empty),
    "newest nul": _newest(fill_with_nul),
    "newest flipped": _flipped(_NEWEST),
    "older flipped": _flipped(_OLDER),
    "both flipped": _both_flipped,
    "newest gone": _gone,
    "folder gone": _folder_gone,
    "journal flipped": _journal_flipped,
    "journal torn": _journal_torn,
    "journal gone": _journal_gone,
    "state rewind": _state_rewound,
    "whole rewind": _all_rewound,
    "edited": _rewritten(lambda raw: raw.replace(b'"lots"', b'"lots "', 1) + b" "),
    "with a mark": _rewritten(lambda raw: b"\xef\xbb\xbf" + raw),
    "line ends": _rewritten(lambda raw: raw.replace(b"\n", b"\r\n")),
    "nan": _rewritten(lambda raw: raw.replace(b".0", b"NaN", 1)),
    "doubled key": _rewritten(
        lambda raw: raw.replace(b'"schema"', b'"generation": 1, "schema"', 1)
    ),
    "newer schema": _rewritten(_of_newer_program),
}
"""How files are damaged, by the word of the catalogue's `shape`."""
