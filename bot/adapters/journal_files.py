"""Reading a journal folder: one file per server day, lines checked and chained."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from bot.adapters.journal_lines import SEAM, LineError, line_hash, read_line
from bot.adapters.journal_mend import START, UNKNOWN, Before
from bot.errors import StateCorruptError

_DAY_S = 86_400
_SUFFIX = ".jsonl"
_REMEDY = "bot run and bot rebuild set it aside, keep what is whole and say what is missing"


class Scan(NamedTuple):
    """A file's whole lines as documents, the last of them, and the bytes after it that are none."""

    documents: list[dict[str, object]]
    last: Before
    whole_bytes_count: int
    torn: bytes


class Scanning(Protocol):
    """How a file is gone through, as `scan_file` does it."""

    def __call__(self, path: Path, before: Before) -> Scan:
        """The scan, or what `scan_file` raises."""
        ...


class Scans:
    """Scans files, and remembers what it saw: the same bytes are not gone through twice."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[bytes, Before, Scan]] = {}

    def __call__(self, path: Path, before: Before) -> Scan:
        """The scan of a file as it is now; its documents are not to be changed."""
        raw, known = path.read_bytes(), self._known.get(path)
        if known is not None and before in (UNKNOWN, known[1]) and raw == known[0]:
            return known[2]
        scan = _scanned(path, raw, before)
        self._known[path] = (raw, before, scan)
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
    last = START if day is None else UNKNOWN
    for known in wanted:
        path = day_path(folder, known)
        scan = (scanning or scan_file)(path, last)
        if scan.torn and known != days[-1]:
            raise StateCorruptError(f"{path}: ends in {len(scan.torn)} bytes that are not a line")
        events.extend(scan.documents)
        last = scan.last
    return [_without_chain(document) for document in events]


def line_before(folder: Path, day: int) -> Before:
    """The last line of the file before that of `day`, if it is whole."""
    days = [known for known in journal_days(folder) if known < day]
    if not days:
        return START
    last = day_path(folder, days[-1]).read_bytes().rpartition(b"\n")[0].rpartition(b"\n")[2]
    try:
        return _as_before(last, read_line(last))
    except LineError:
        return UNKNOWN


def scan_file(path: Path, before: Before) -> Scan:
    """Every line of a file; where what stands before it is unknown, the first line is believed.

    Raises `StateCorruptError` for a line that is not as written, not chained, or out of sequence.
    """
    return _scanned(path, path.read_bytes(), before)


def _scanned(path: Path, raw: bytes, before: Before) -> Scan:
    whole_count = raw.rfind(b"\n") + 1
    documents: list[dict[str, object]] = []
    for number, line in enumerate(raw[:whole_count].split(b"\n")[:-1], start=1):
        documents.append(_checked(f"{path} line {number}", line, before))
        before = _as_before(line, documents[-1])
    return Scan(documents, before, whole_count, raw[whole_count:])


def _checked(where: str, line: bytes, before: Before) -> dict[str, object]:
    try:
        document = read_line(line)
    except LineError as error:
        message = f"{where}: {error}; the journal was damaged or edited; {_REMEDY}"
        raise StateCorruptError(message) from error
    is_believed = before.is_seam or before.last_hash is None
    if not is_believed and document.get("prev") != before.last_hash:
        message = f"{where}: not chained to the line before: lines are missing; {_REMEDY}"
        raise StateCorruptError(message)
    if before.seq is not None and not _is_in_sequence(
        document, before.seq, is_after_seam=before.is_seam
    ):
        raise StateCorruptError(
            f"{where}: sequence {document['seq']} after {before.seq}; {_REMEDY}"
        )
    return document


def _as_before(line: bytes, document: Mapping[str, object]) -> Before:
    return Before(line_hash(line), int(str(document["seq"])), document["event"] == SEAM)


def _is_in_sequence(document: dict[str, object], before_seq: int, *, is_after_seam: bool) -> bool:
    """One after the other; a seam stands for those that are missing, which may be none at all."""
    seq = int(str(document["seq"]))
    if document["event"] == SEAM:
        return seq >= before_seq
    return seq == before_seq + 1 or (is_after_seam and seq == before_seq)


def _without_chain(document: dict[str, object]) -> dict[str, object]:
    plain = document.copy()
    del plain["prev"], plain["crc"]
    return plain
