"""What happens to files behind a program's back: bits flip, people restore, folders vanish."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from tools.storm.disk import SimDisk

_FLIPS_MAX_COUNT = 8

Backup = Mapping[Path, bytes]
"""Every file below one folder and what it held."""


def flip_bytes(disk: SimDisk, path: Path, rng: random.Random) -> bool:
    """Change one to eight bytes of a file (FAULTS D07); whether there was anything to change."""
    content = bytearray(disk.read(path) or b"")
    if not content:
        return False
    for _ in range(rng.randint(1, _FLIPS_MAX_COUNT)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    if bytes(content) == disk.read(path):
        content[0] ^= 1  # two flips of one bit undid each other
    disk.overwrite(path, bytes(content))
    return True


def empty(disk: SimDisk, path: Path) -> bool:
    """Leave a file of zero length (FAULTS D01)."""
    return _put(disk, path, b"")


def fill_with_nul(disk: SimDisk, path: Path) -> bool:
    """Leave a file of its old length that is all zeros, as NTFS does after a loss of power."""
    return _put(disk, path, bytes(len(disk.read(path) or b"")))


def cut(disk: SimDisk, path: Path, rng: random.Random) -> bool:
    """Leave the first part of a file."""
    content = disk.read(path) or b""
    return _put(disk, path, content[: rng.randrange(len(content) or 1)])


def remove_folder(disk: SimDisk, folder: Path) -> bool:
    """Take every file below a folder away (FAULTS D10, P14)."""
    files = disk.files(folder)
    for path in files:
        disk.remove(path)
    return bool(files)


def back_up(disk: SimDisk, folder: Path) -> Backup:
    """What a person would copy away now."""
    return {path: disk.read(path) or b"" for path in disk.files(folder)}


def restore(disk: SimDisk, folder: Path, backup: Backup) -> bool:
    """Put a backup in place of what is there; whether that changed anything (FAULTS D09, D10).

    Restoring the state folder alone leaves a journal newer than the state, the journal folder
    alone the reverse.
    """
    if back_up(disk, folder) == dict(backup):
        return False
    remove_folder(disk, folder)
    for path, content in backup.items():
        disk.overwrite(path, content)
    return True


def _put(disk: SimDisk, path: Path, content: bytes) -> bool:
    before = disk.read(path)
    if before is None or before == content:
        return False
    disk.overwrite(path, content)
    return True
