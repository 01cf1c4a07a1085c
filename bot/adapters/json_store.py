"""Named documents on disk, written whole or not at all, with the generation before kept.

Each name has two files: `name.json`, and `name.prev.json` with what was saved before. A damaged
file is set aside, never read as empty; a person decides when nothing valid is left (FAULTS D01,
D07, D10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from bot.adapters.atomic_file import Sleep, patiently, sync_folder, write_all
from bot.adapters.clock import SystemClock
from bot.adapters.envelope import EnvelopeError, Generation, document_bytes, seal, unseal
from bot.errors import StateCorruptError, StoreError

Migration = Callable[[dict[str, object]], dict[str, object]]
"""Turns a document of one schema version into the next version's."""

_QUARANTINES_MAX_COUNT = 99
_TEMPORARY = ".tmp"
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")


class JsonStore:
    """Store in one folder; `fsync=False` is for simulations, whose machine does not lose power.

    `migrations[v]` turns a document of schema `v` into `v + 1`; there is no way back. `findings`
    tells what was wrong on disk although a valid generation was found, for the journal.
    """

    def __init__(
        self,
        folder: Path,
        schema_version: int,
        *,
        fsync: bool = True,
        migrations: Mapping[int, Migration] | None = None,
        sleep: Sleep | None = None,
    ) -> None:
        self._folder = folder
        self._schema_version = schema_version
        self._fsync = fsync
        self._migrations = dict(migrations or {})
        self._sleep = sleep or SystemClock().sleep
        self._numbers: dict[str, int] = {}
        self._saved: dict[str, bytes] = {}
        self._paths: dict[tuple[str, str], Path] = {}
        self._written: dict[str, bytes] = {}
        self.findings: list[str] = []

    def load(self, name: str) -> Mapping[str, object] | None:
        """The newest valid generation; None only if none ever existed.

        Raises `StateCorruptError` when files exist and none is valid, or when the newest was
        written under a schema this program cannot read; nothing is changed then.
        """
        newest = self._newest(name)
        if newest is None:
            return None
        self._numbers[name] = newest.number
        self._saved.pop(name, None)
        return self._migrated(name, newest)

    def save(self, name: str, document: Mapping[str, object]) -> None:
        """Durable on return; an unchanged document is not written again.

        Raises `StoreError` after bounded tries, with the generation before intact.
        """
        try:
            body = document_bytes(document)
        except (TypeError, ValueError, RecursionError) as error:
            message = f"{name}: the document is not strict JSON: {error}"
            raise StoreError(message) from error
        if self._saved.get(name) == body:
            return
        if name not in self._numbers:
            newest = self._newest(name)
            self._numbers[name] = newest.number if newest else 0
        number = self._numbers[name] + 1
        self._saved.pop(name, None)
        self._write(name, seal(number, self._schema_version, body))
        self._numbers[name] = number
        self._saved[name] = body

    def set_aside(self, name: str) -> list[Path]:
        """Move every generation of a document out of the way; returns where they are kept.

        Only for a person who said so: afterwards the document does not exist. Raises `StoreError`.
        """
        kept = []
        for path in (self._path(name), self._path(name, ".prev")):
            raw = self._read(path)
            if raw is not None:
                kept.append(self._quarantine(name, raw))
                patiently(path.unlink, f"cannot set aside {path}", self._sleep)
        self._numbers.pop(name, None)
        self._saved.pop(name, None)
        return kept

    def _write(self, name: str, content: bytes) -> None:
        """Temporary file, then two renames; each instant has a valid generation on disk."""
        current, previous = self._path(name), self._path(name, ".prev")
        temporary = self._path(name, _TEMPORARY)

        def keep_previous() -> None:
            raw = self._read(current)
            if raw is None:
                return  # the first save, or the one after a failed swap
            if raw != self._written.get(name) and not _is_valid(raw):
                self._set_damaged_aside(name, raw)  # the good one before stays where it is
                return
            current.replace(previous)

        what = f"cannot write {current}"
        patiently(lambda: self._write_temporary(temporary, content), what, self._sleep)
        patiently(keep_previous, what, self._sleep)
        patiently(lambda: temporary.replace(current), what, self._sleep)
        self._written[name] = content
        if self._fsync:
            patiently(lambda: sync_folder(self._folder), what, self._sleep)

    def _set_damaged_aside(self, name: str, raw: bytes) -> None:
        kept = self._quarantine(name, raw)
        self.findings.append(f"{name}.json was damaged since it was saved; kept as {kept.name}")

    def _write_temporary(self, temporary: Path, content: bytes) -> None:
        try:
            write_all(temporary, content, fsync=self._fsync)
        except FileNotFoundError:
            self._folder.mkdir(parents=True)
            write_all(temporary, content, fsync=self._fsync)
        except OSError:
            with suppress(OSError):  # a full disk needs the room; the error itself goes on
                temporary.unlink()
            raise

    def _newest(self, name: str) -> Generation | None:
        """The newest of both files; a damaged one beside a valid one is moved out of the way."""
        valid: list[Generation] = []
        damaged: dict[Path, tuple[bytes, str]] = {}
        for path in (self._path(name), self._path(name, ".prev")):
            raw = self._read(path)
            if raw is None:
                continue
            try:
                valid.append(unseal(raw))
            except EnvelopeError as error:
                damaged[path] = (raw, str(error))
        if not valid and damaged:
            raise self._all_damaged(name, damaged)
        for path, (raw, why) in damaged.items():
            kept = self._quarantine(name, raw)
            patiently(path.unlink, f"cannot set aside {path}", self._sleep)
            self.findings.append(f"{path.name}: {why}; kept as {kept.name}, other generation used")
        return max(valid, key=lambda generation: generation.number, default=None)

    def _all_damaged(
        self, name: str, damaged: Mapping[Path, tuple[bytes, str]]
    ) -> StateCorruptError:
        """Copies go to quarantine, the files stay: the next start must fail as well."""
        details = []
        for path, (raw, why) in damaged.items():
            kept = self._quarantine(name, raw)
            details.append(f"{path} ({why}; copied to {kept.name})")
        return StateCorruptError(
            f"no generation of {name!r} is valid: {'; '.join(details)}. "
            "bot rebuild makes it again from journal and broker, and asks first"
        )

    def _quarantine(self, name: str, raw: bytes) -> Path:
        """Keep a copy under the first free number, or the last; equal bytes are kept once."""
        for number in range(1, _QUARANTINES_MAX_COUNT + 1):
            path = self._path(name, f".corrupt-{number}")
            known = self._read(path)
            if known == raw:
                return path
            if known is None:
                break
        what = f"cannot write {path}"
        patiently(lambda: write_all(path, raw, fsync=self._fsync), what, self._sleep)
        return path

    def _read(self, path: Path) -> bytes | None:
        def read() -> bytes | None:
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

        return patiently(read, f"cannot read {path}", self._sleep)

    def _migrated(self, name: str, generation: Generation) -> dict[str, object]:
        document, version = generation.document, generation.schema_version
        while version != self._schema_version:
            step = self._migrations.get(version)
            if step is None or version > self._schema_version:
                message = (
                    f"{self._path(name)} was written under schema {generation.schema_version}, "
                    f"this program reads schema {self._schema_version} and knows no way from "
                    f"{version}: use the program that wrote it, or a newer one"
                )
                raise StateCorruptError(message)
            document, version = step(document), version + 1
        return document

    def _path(self, name: str, mark: str = "") -> Path:
        path = self._paths.get((name, mark))
        if path is None:
            path = self._paths[name, mark] = self._new_path(name, mark)
        return path

    def _new_path(self, name: str, mark: str) -> Path:
        if not name or not set(name) <= _NAME_CHARACTERS:
            message = f"document name {name!r}: letters a-z, digits, _ and - only"
            raise StoreError(message)
        return self._folder / (name + mark if mark == _TEMPORARY else f"{name}{mark}.json")


def _is_valid(raw: bytes) -> bool:
    try:
        unseal(raw)
    except EnvelopeError:
        return False
    return True
