"""Two layers of one disk: what programs see now, and what a loss of power would leave.

Content is durable once its file was forced out, a name once its folder was. What was not is at the
mercy of the moment: kept, lost, torn at any byte, or there as zeros.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

BLOCK_BYTES = 512
"""What a drive writes at once or not at all."""

_IN_ORDER_FRACTION = 0.5
"""How many losses of power keep a first part of the names' changes, as a journaling disk does."""

_LOST_FRACTION = 0.5


class Tear(Enum):
    """What a loss of power makes of bytes that were not forced out; they reach it in order.

    `TORN` ends at any byte, `ZEROS` too but the file has its full size already (NTFS), `HOLED`
    lacks one block of the last write that arrived.
    """

    LOST = "lost"
    KEPT = "kept"
    TORN = "torn"
    ZEROS = "zeros"
    HOLED = "holed"


@dataclass(slots=True, eq=False)
class Node:
    """A file's content, whatever it is called. `waiting` are changes not yet forced out."""

    number: int
    seen: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, bytes | None]] = field(default_factory=list)
    changed_utc_s: float = 0.0
    handles_count: int = 0

    def write(self, offset: int, content: bytes) -> None:
        """Put `content` at `offset`; a gap before it reads as zeros."""
        _put(self.seen, offset, content)
        self.waiting.append((offset, content))

    def truncate(self, size_bytes: int) -> None:
        """Make the file `size_bytes` long."""
        _cut(self.seen, size_bytes)
        self.waiting.append((size_bytes, None))

    def sync(self) -> None:
        """Force everything out."""
        _apply(self.durable, self.waiting)
        self.waiting.clear()

    def settle(self, content: bytes) -> None:
        """Be `content`, durably."""
        self.seen, self.durable = bytearray(content), bytearray(content)
        self.waiting.clear()

    def lose_power(self, rng: random.Random) -> None:
        """Keep what is durable and, by chance, some of the rest."""
        if self.waiting:
            self.settle(self._after_power_loss(rng))

    def _after_power_loss(self, rng: random.Random) -> bytes:
        tear = rng.choice(tuple(Tear))
        if tear is Tear.LOST:
            return bytes(self.durable)
        if tear is Tear.KEPT:
            return bytes(self.seen)
        done_count = rng.randint(0, len(self.waiting) - 1)
        content = bytearray(self.durable)
        _apply(content, self.waiting[:done_count])
        offset, last = self.waiting[done_count]
        if last is None:
            return bytes(content)
        if tear is Tear.HOLED:
            _put(content, offset, last)
            _hole(content, offset, len(last), rng)
            return bytes(content)
        _put(content, offset, last[: rng.randint(0, len(last))])
        if tear is Tear.ZEROS and len(content) < len(self.seen):
            _cut(content, len(self.seen))
        return bytes(content)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of names not yet forced out: `gone` disappears, `name` becomes `node`.

    A `node` of None makes a folder of `name`.
    """

    name: str
    node: Node | None
    gone: str = ""

    def names(self) -> set[str]:
        """The names that change."""
        return {self.name, self.gone} - {""}

    def folders(self) -> set[str]:
        """The folders whose forcing out makes this durable."""
        return {_folder_of(name) for name in self.names()}

    def is_within(self, folder: str) -> bool:
        """Whether nothing but this folder has to be forced out for it."""
        names = (name for name in (self.name, self.gone) if name)
        return all(_folder_of(name) == folder for name in names)

    def rests_on(self, changed: set[str]) -> bool:
        """Whether one of `changed` must be there before."""
        return any(name in changed or changed & _above(name) for name in self.names())


class Names:
    """Names of files and folders below one root, in both layers."""

    def __init__(self, root: str) -> None:
        self.seen: dict[str, dict[str, Node | None]] = {root: {}}
        self._durable: dict[str, dict[str, Node | None]] = {root: {}}
        self._waiting: list[Change] = []

    def take_over(self, other: Names) -> None:
        """Become a copy of `other`, both layers and what waits between them."""
        layers = other.seen, other._durable, other._waiting
        self.seen, self._durable, self._waiting = copy.deepcopy(layers)

    def find(self, name: str) -> Node | None:
        """The file of this name now, None when there is none."""
        folder = self.seen.get(_folder_of(name))
        return None if folder is None else folder.get(_last_of(name))

    def find_durable(self, name: str) -> Node | None:
        """The file this name has when nothing more reaches the disk."""
        folder = self._durable.get(_folder_of(name))
        return None if folder is None else folder.get(_last_of(name))

    def is_folder(self, name: str) -> bool:
        """Whether `name` is a folder now."""
        return name in self.seen

    def change(self, change: Change) -> None:
        """Do it for programs; the disk will learn of it."""
        _do(self.seen, change)
        self._waiting.append(change)

    def change_durably(self, change: Change) -> None:
        """Do it in both layers at once, after everything before it."""
        for waiting in self._waiting:
            _do(self._durable, waiting)
        self._waiting.clear()
        _do(self.seen, change)
        _do(self._durable, change)

    def sync(self, folder: str) -> None:
        """Force out a folder's names, and whatever they rest on, in the order it was done."""
        if not self._waiting:
            return
        if all(change.is_within(folder) for change in self._waiting):
            for change in self._waiting:
                _do(self._durable, change)
            self._waiting.clear()
            return
        needed: set[str] = set()
        chosen: list[Change] = []
        for change in reversed(self._waiting):
            names = change.names()
            holds_folder = change.node is None and folder in names | _below(names, folder)
            if folder in change.folders() or names & needed or holds_folder:
                chosen.append(change)
                needed |= names.union(*(_above(name) for name in names))
        for change in reversed(chosen):
            _do(self._durable, change)
            self._waiting.remove(change)

    def lose_power(self, rng: random.Random) -> None:
        """Keep what is durable and some of the rest, by chance in order or out of it."""
        for change in self._survivors(rng):
            _do(self._durable, change)
        self._waiting.clear()
        self.seen = {name: dict(entries) for name, entries in self._durable.items()}

    def nodes(self) -> Iterator[tuple[str, Node]]:
        """Every file now, by name in order."""
        for folder in sorted(self.seen):
            for name, node in sorted(self.seen[folder].items(), key=lambda entry: entry[0]):
                if node is not None:
                    yield f"{folder}/{name}", node

    def _survivors(self, rng: random.Random) -> list[Change]:
        if rng.random() < _IN_ORDER_FRACTION:
            return self._waiting[: rng.randint(0, len(self._waiting))]
        kept, lost = [], set[str]()
        for change in self._waiting:
            if change.rests_on(lost) or rng.random() < _LOST_FRACTION:
                lost |= change.names()
            else:
                kept.append(change)
        return kept


def _do(tree: dict[str, dict[str, Node | None]], change: Change) -> None:
    if change.gone:
        tree[_folder_of(change.gone)].pop(_last_of(change.gone), None)
        tree.pop(change.gone, None)
    if not change.name:
        return
    folder = tree.setdefault(_folder_of(change.name), {})
    folder[_last_of(change.name)] = change.node
    if change.node is None:
        tree.setdefault(change.name, {})


def _apply(content: bytearray, changes: list[tuple[int, bytes | None]]) -> None:
    for offset, written in changes:
        if written is None:
            _cut(content, offset)
        else:
            _put(content, offset, written)


def _put(content: bytearray, offset: int, written: bytes) -> None:
    if offset > len(content):
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(written)] = written


def _cut(content: bytearray, size_bytes: int) -> None:
    if size_bytes < len(content):
        del content[size_bytes:]
    else:
        content.extend(bytes(size_bytes - len(content)))


def _hole(content: bytearray, offset: int, size_bytes: int, rng: random.Random) -> None:
    """Zero one block of what was just written: its neighbours reached the drive, it did not."""
    if not size_bytes:
        return
    at = rng.randrange(offset, offset + size_bytes)
    start = max(offset, at - at % BLOCK_BYTES)
    end = min(offset + size_bytes, start - start % BLOCK_BYTES + BLOCK_BYTES)
    content[start:end] = bytes(end - start)


def _folder_of(name: str) -> str:
    return name.rpartition("/")[0]


def _last_of(name: str) -> str:
    return name.rpartition("/")[2]


def _above(name: str) -> set[str]:
    """Every folder above `name`."""
    parts = name.split("/")
    return {"/".join(parts[:count]) for count in range(2, len(parts))}


def _below(names: set[str], folder: str) -> set[str]:
    """`folder` itself, when one of `names` stands above it."""
    return {folder} if names & _above(folder) else set()
