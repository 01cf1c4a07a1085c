"""Reading a journal folder: one file per server day, lines checked and chained."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from bot.adapters.journal_lines import GENESIS, SEAM, LineError, line_hash, read_line
from bot.errors import StateCorruptError

_DAY_S = 86_400
_SUFFIX = ".jsonl"
_REMEDY = "bot run and bot rebuild set it aside, keep what is whole and say what is missing"


class Scan(NamedTuple):
    """A file's whole lines as documents, and the bytes after them that are not a line."""

    documents: list[dict[str, object]]
    last_hash: str
    whole_bytes_count: int
    torn: bytes


class Scanning(Protocol):
    """How a file is gone through, as `scan_file` does it."""

    def __call__(self, path: Path, previous_hash: str | None) -> Scan:
        """The scan, or what `scan_file` raises."""
        ...


class Scans:
    """Scans files, and remembers what it saw: the same bytes are not gone through twice."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[bytes, str | None, Scan]] = {}

    def __call__(self, path: Path, previous_hash: str | None) -> Scan:
        """The scan of a file as it is now; its documents are not to be changed."""
        raw, known = path.read_bytes(), self._known.get(path)
        if known is not None and previous_hash in (None, known[1]) and raw == known[0]:
            return known[2]
        scan = _scanned(path, raw, previous_hash)
        self._known[path] = (raw, previous_hash, scan)
        return scan

    def forget(self) -> None:
        """Let go of everything seen."""
        self._known.clear()


def day_path(folder: Path, day: int) -> Path:
    """The file of a server day (days since 1970-01-01): `2026-09-29.jsonl`."""
    return folder / f"{datetime.fromtimestamp(day * _DAY_S, UTC):%Y-%m-%d}{_SUFFIX}"


def journal_days(folder: Path) -> list[int]:
    """Server days with a file, in order; other files are ignored."""
    days = []
    for path in folder.glob(f"????-??-??{_SUFFIX}"):
        try:
            date = datetime.strptime(f"{path.stem}+0000", "%Y-%m-%d%z")
        except ValueError:
            continue  # looks like a date and is none
        days.append(int(date.timestamp()) // _DAY_S)
    return sorted(days)


def read_events(
    folder: Path, day: int | None = None, scanning: Scanning | None = None
) -> list[dict[str, object]]:
    """Recorded events, all or of one server day, without touching any file.

    The chain is checked from line to line and, when all is read, from file to file. An unfinished
    last line of the newest file is left out: it is being written, or a crash tore it. Raises
    `StateCorruptError` naming file and line.
    """
    days = journal_days(folder)
    wanted = days if day is None else [known for known in days if known == day]
    events: list[dict[str, object]] = []
    last_hash: str | None = GENESIS if day is None else None
    for known in wanted:
        path = day_path(folder, known)
        scan = (scanning or scan_file)(path, last_hash)
        if scan.torn and known != days[-1]:
            raise StateCorruptError(f"{path}: ends in {len(scan.torn)} bytes that are not a line")
        events.extend(scan.documents)
        last_hash = scan.last_hash if day is None else None
    return [_without_chain(document) for document in events]


def scan_file(path: Path, previous_hash: str | None) -> Scan:
    """Every line of a file; `previous_hash` None takes the first line's word for it.

    Raises `StateCorruptError` for a line that is not as written, not chained, or out of sequence.
    """
    return _scanned(path, path.read_bytes(), previous_hash)


def _scanned(path: Path, raw: bytes, previous_hash: str | None) -> Scan:
    whole_count = raw.rfind(b"\n") + 1
    documents: list[dict[str, object]] = []
    last_hash = previous_hash
    for number, line in enumerate(raw[:whole_count].split(b"\n")[:-1], start=1):
        documents.append(_checked(f"{path} line {number}", line, last_hash, documents))
        last_hash = line_hash(line)
    return Scan(documents, last_hash or GENESIS, whole_count, raw[whole_count:])


def _checked(
    where: str, line: bytes, last_hash: str | None, before: list[dict[str, object]]
) -> dict[str, object]:
    try:
        document = read_line(line)
    except LineError as error:
        message = f"{where}: {error}; the journal was damaged or edited; {_REMEDY}"
        raise StateCorruptError(message) from error
    is_after_seam = bool(before) and before[-1]["event"] == SEAM
    if not is_after_seam and last_hash is not None and document.get("prev") != last_hash:
        message = f"{where}: not chained to the line before: lines are missing; {_REMEDY}"
        raise StateCorruptError(message)
    if before and not _is_in_sequence(document, int(str(before[-1]["seq"]))):
        raise StateCorruptError(
            f"{where}: sequence {document['seq']} after {before[-1]['seq']}; {_REMEDY}"
        )
    return document


def _is_in_sequence(document: dict[str, object], before_seq: int) -> bool:
    """One after the other; a seam stands for those that are missing."""
    seq = int(str(document["seq"]))
    return seq >= before_seq if document["event"] == SEAM else seq == before_seq + 1


def _without_chain(document: dict[str, object]) -> dict[str, object]:
    plain = document.copy()
    del plain["prev"], plain["crc"]
    return plain
