"""What programs ask of the simulated disk, in the words of the operating system."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass

from tools.storm.disk_faults import Operation
from tools.storm.disk_gate import Gate
from tools.storm.disk_layers import Change, Names, Node
from tools.storm.model import DeathError

DESCRIPTORS_FROM = 1 << 24
"""Descriptors of the simulated disk start here, far above any of the real system's."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass(slots=True)
class Handle:
    """An open file; an open folder has no node."""

    path: str
    node: Node | None
    flags: int = 0
    position: int = 0


class Programs:
    """Open files of one process; every call raises `OSError` as the system would.

    A dead process opens nothing and changes nothing: its calls raise `DeathError`, only closing and
    writing pass without effect, because those are what a file does while it is thrown away.
    """

    def __init__(self, names: Names, gate: Gate) -> None:
        self._names = names
        self._gate = gate
        self._handles: dict[int, Handle] = {}
        self._next_descriptor = DESCRIPTORS_FROM
        self._next_node = 1

    def open(self, path: str, flags: int) -> int:
        """Open or make a file, or open a folder."""
        self._gate.refuse_dead()
        if self._names.is_folder(path):
            return self._hold(Handle(path, None))
        node = self._names.find(path)
        if node is None and not flags & os.O_CREAT:
            raise missing(path)
        if node is not None and flags & os.O_CREAT and flags & os.O_EXCL:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        _require_folder(self._names, path)
        if flags & _WRITING:
            self._gate.before(Operation.OPEN, path)
            node = self._opened(path, node, flags)
            self._gate.after(Operation.OPEN, path)
        else:
            self._gate.consult(Operation.READ, path)
        assert node is not None
        node.handles_count += 1
        return self._hold(Handle(path, node, flags))

    def write(self, descriptor: int, content: bytes) -> int:
        """Append or overwrite; how many bytes fitted."""
        if self._gate.is_dead:
            return len(content)
        handle, node = self._file(descriptor)
        self._gate.before(Operation.WRITE, handle.path)
        fitting = self._gate.fitting(content)
        at = len(node.seen) if handle.flags & os.O_APPEND else handle.position
        node.write(at, fitting)
        handle.position = at + len(fitting)
        self._touch(node)
        self._gate.after(Operation.WRITE, handle.path)
        return len(fitting)

    def read(self, descriptor: int, count: int) -> bytes:
        """The next `count` bytes."""
        handle, node = self._file(descriptor)
        found = bytes(node.seen[handle.position : handle.position + count])
        handle.position += len(found)
        return found

    def seek(self, descriptor: int, offset: int, whence: int) -> int:
        """Move within a file; where it then stands."""
        handle, node = self._file(descriptor)
        start = {os.SEEK_SET: 0, os.SEEK_CUR: handle.position, os.SEEK_END: len(node.seen)}
        handle.position = start[whence] + offset
        return handle.position

    def fsync(self, descriptor: int) -> None:
        """Force a file's content out, or a folder's names."""
        self._gate.refuse_dead()
        handle = self.handle(descriptor)
        self._gate.before(Operation.FSYNC, handle.path)
        if handle.node is None:
            self._names.sync(handle.path)
        else:
            handle.node.sync()
        self._gate.after(Operation.FSYNC, handle.path)

    def truncate(self, descriptor: int, size_bytes: int) -> None:
        """Make the file `size_bytes` long."""
        self._gate.refuse_dead()
        handle, node = self._file(descriptor)
        self._gate.before(Operation.TRUNCATE, handle.path)
        node.truncate(size_bytes)
        self._touch(node)
        self._gate.after(Operation.TRUNCATE, handle.path)

    def close(self, descriptor: int) -> None:
        """Let go of a descriptor; the dead hold none."""
        handle = self._handles.pop(descriptor, None)
        if handle is None:
            if self._gate.is_dead:
                return
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        if handle.node is not None:
            handle.node.handles_count -= 1

    def close_all(self) -> None:
        """Let go of everything, as the end of a process does."""
        for descriptor in tuple(self._handles):
            self.close(descriptor)

    def handle(self, descriptor: int) -> Handle:
        """What is open under `descriptor`."""
        try:
            return self._handles[descriptor]
        except KeyError:
            if self._gate.is_dead:
                raise DeathError("the process is dead") from None
            raise OSError(errno.EBADF, os.strerror(errno.EBADF)) from None

    @property
    def open_count(self) -> int:
        """Descriptors open now."""
        return len(self._handles)

    def new_node(self) -> Node:
        """An empty file without a name."""
        self._next_node += 1
        return Node(self._next_node)

    def _opened(self, path: str, node: Node | None, flags: int) -> Node:
        if node is None:
            node = self.new_node()
            self._names.change(Change(path, node))
        elif flags & os.O_TRUNC and node.seen:
            node.truncate(0)
            self._touch(node)
        return node

    def _touch(self, node: Node) -> None:
        node.changed_utc_s = self._gate.now_utc_s()

    def _hold(self, handle: Handle) -> int:
        self._next_descriptor += 1
        self._handles[self._next_descriptor] = handle
        return self._next_descriptor

    def _file(self, descriptor: int) -> tuple[Handle, Node]:
        handle = self.handle(descriptor)
        if handle.node is None:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), handle.path)
        return handle, handle.node


class ProgramNames:
    """Names as programs change them; every call raises `OSError` as the system would."""

    def __init__(self, names: Names, gate: Gate) -> None:
        self._names = names
        self._gate = gate

    def replace(self, source: str, target: str) -> None:
        """Rename over whatever is there, at once for all who look."""
        self._gate.refuse_dead()
        node = self._named(source)
        self._gate.before(Operation.REPLACE, source)
        self._refuse_open(source)
        self._refuse_open(target)
        _require_folder(self._names, target)
        self._names.change(Change(target, node, gone=source))
        self._gate.after(Operation.REPLACE, source)

    def unlink(self, path: str) -> None:
        """Take a name away."""
        self._gate.refuse_dead()
        self._named(path)
        self._gate.before(Operation.UNLINK, path)
        self._refuse_open(path)
        self._names.change(Change("", None, gone=path))
        self._gate.after(Operation.UNLINK, path)

    def mkdir(self, path: str) -> None:
        """Make a folder."""
        self._gate.refuse_dead()
        if self._names.is_folder(path) or self._names.find(path) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        _require_folder(self._names, path)
        self._gate.before(Operation.MKDIR, path)
        self._names.change(Change(path, None))
        self._gate.after(Operation.MKDIR, path)

    def rmdir(self, path: str) -> None:
        """Take an empty folder away."""
        self._gate.refuse_dead()
        if not self._names.is_folder(path):
            raise missing(path)
        if self._names.seen[path]:
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), path)
        self._gate.before(Operation.UNLINK, path)
        self._names.change(Change("", None, gone=path))
        self._gate.after(Operation.UNLINK, path)

    def _named(self, path: str) -> Node:
        node = self._names.find(path)
        if node is None:
            raise missing(path)
        return node

    def _refuse_open(self, path: str) -> None:
        """Windows lets nobody rename or remove what is open."""
        node = self._names.find(path)
        if node is not None and node.handles_count:
            raise PermissionError(errno.EACCES, "file is open", path)


def missing(path: str) -> FileNotFoundError:
    """What the system says of a name that is not there."""
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def _require_folder(names: Names, path: str) -> None:
    if not names.is_folder(path.rpartition("/")[0]):
        raise missing(path)
