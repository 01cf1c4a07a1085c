"""The doctor's checks of this machine and of the files in the run folder."""

from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path

from bot.adapters.envelope import EnvelopeError, Generation, unseal
from bot.adapters.instance_lock import InstanceLock
from bot.adapters.journal_files import journal_days, read_events
from bot.cli.doctor_rows import Row, failed, passed, warned
from bot.cli.folders import RunFolder
from bot.errors import AlreadyRunningError, StateCorruptError, StoreError
from bot.live.migrations import MIGRATIONS
from bot.live.state import SCHEMA_VERSION
from bot.model.settings import BotSettings
from bot.params.rules_text import rules_in_words
from bot.report.text import day_text

_FREE_FAIL_BYTES = 200 * 1024**2
_FREE_WARN_BYTES = 2 * 1024**3
_GIGABYTE = 1024**3
_PYTHON_MIN = (3, 11)


def python_row() -> Row:
    """Version and width of the interpreter; the package has 64-bit wheels only."""
    found = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    if sys.version_info < _PYTHON_MIN:
        return failed("python", f"{found}; 3.11 or newer is needed")
    if sys.maxsize <= 2**32:
        return failed("python", f"{found}; a 64-bit interpreter is needed")
    return passed("python", found)


def disk_row(root: Path) -> Row:
    """Free space where the state is kept: a full disk stops entries (FAULTS D03)."""
    try:
        free_bytes = shutil.disk_usage(_existing_parent(root)).free
    except OSError as error:
        return failed("disk space", f"{root}: {error.strerror}")
    text = f"{free_bytes / _GIGABYTE:.1f} GB free"
    if free_bytes < _FREE_FAIL_BYTES:
        return failed("disk space", f"{text}; at least 0.2 GB is needed")
    if free_bytes < _FREE_WARN_BYTES:
        return warned("disk space", f"{text}; journals and logs need 2 GB in a year")
    return passed("disk space", text)


def write_row(root: Path) -> Row:
    """Whether a file can be written, replaced and removed there."""
    probe = root / ".bot-check"
    try:
        root.mkdir(parents=True, exist_ok=True)
        probe.with_suffix(".new").write_bytes(b"check")
        probe.with_suffix(".new").replace(probe)
        probe.unlink()
    except OSError as error:
        return failed("write access", f"{root.resolve()}: {error.strerror}")
    return passed("write access", str(root.resolve()))


def journal_row(folder: RunFolder) -> Row:
    """Whether the newest journal files are whole and chained."""
    days = journal_days(folder.journal)
    if not days:
        return passed("journal", "none yet")
    try:
        for day in days[-3:]:
            read_events(folder.journal, day)
    except (StateCorruptError, OSError) as error:
        return failed("journal", str(error))
    return passed("journal", f"{len(days)} days, newest {day_text(days[-1])}")


def rules_row(settings: BotSettings) -> Row:
    """The firm's numbers the account will be held to."""
    words = dict(rules_in_words(settings.rules))
    figures = "; ".join(f"{name} {words[name]}" for name in ("daily loss", "total loss", "target"))
    return passed("rules", f"{settings.firm_label}, {settings.phase}: {figures}")


def state_row(folder: RunFolder, settings: BotSettings) -> Row:
    """Whether a generation of the snapshot is valid, and whose it is."""
    found = [_generation(folder.state / name) for name in ("state.json", "state.prev.json")]
    if all(item is None for item in found):
        return passed("state", "none yet")
    valid = [item for item in found if isinstance(item, Generation)]
    if not valid:
        return failed("state", f"no generation in {folder.state} is valid: {found[0]}")
    newest = max(valid, key=lambda item: item.number)
    if newest.schema_version not in {*MIGRATIONS, SCHEMA_VERSION}:
        versions = f"schema {newest.schema_version}, this program reads {SCHEMA_VERSION}"
        return failed("state", versions)
    login = newest.document.get("login")
    if settings.account.login and login != settings.account.login:
        return failed("state", f"belongs to login {login}, not {settings.account.login}")
    if len(valid) < sum(item is not None for item in found):
        return warned("state", f"generation {newest.number} of login {login}; the other is damaged")
    return passed("state", f"generation {newest.number} of login {login}")


def instance_row(folder: RunFolder, settings: BotSettings) -> Row:
    """Whether another bot holds this account's lock; `bot run` would refuse to start then."""
    account = settings.account
    if not folder.state.is_dir():
        return passed("second instance", "no bot ever ran in this folder")
    try:
        with InstanceLock(folder.state, account.login, account.server):
            return passed("second instance", "no other bot in this folder")
    except AlreadyRunningError as error:
        return warned("second instance", str(error))
    except StoreError as error:
        return failed("second instance", str(error))


def _generation(path: Path) -> Generation | str | None:
    """The file's generation, what is wrong with it, or None when it is not there."""
    try:
        return unseal(path.read_bytes())
    except FileNotFoundError:
        return None
    except EnvelopeError as error:
        return f"{path.name}: {error}"
    except OSError as error:
        return f"{path.name}: {error.strerror}"


def _existing_parent(path: Path) -> Path:
    return next(parent for parent in (path.resolve(), *path.resolve().parents) if parent.exists())
