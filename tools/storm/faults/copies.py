"""A second trader on the same account: refused by the lock, which a file left behind is not."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.adapters.instance_lock import InstanceLock
from bot.errors import AlreadyRunningError
from tools.storm.faults.injector import SceneInjector
from tools.storm.model import Scene, Violation


class SecondCopy(SceneInjector):
    """P03, P18, H09: another copy is started while the trader runs; it must be refused (I23).

    P04 (`shape` "stale"): the files of a lock whose holder is dead must not keep anybody out. The
    locks are real ones of the operating system, in a folder of their own.
    """

    def is_ready(self, scene: Scene) -> bool:
        """While a trader lives."""
        return scene.bot is not None

    def strike(self, scene: Scene) -> None:
        """Start it, and see."""
        sent_count = len(scene.sends)
        with tempfile.TemporaryDirectory(prefix="storm-") as name:
            folder, account = Path(name), scene.settings.account
            first = InstanceLock(folder, account.login, account.server)
            second = InstanceLock(folder, account.login, account.server)
            if self.word("shape", "running") == "running":
                with first:
                    is_refused = _is_refused(second)
                broken = "" if is_refused else "a second copy got the lock of a running one"
            else:
                (folder / f"account-{account.login}-any.pid").write_text("4242\n", "ascii")
                with first:
                    pass
                broken = (
                    "a dead trader's files kept the next one out" if _is_refused(second) else ""
                )
        scene.struck(self.fault_id)
        if broken or len(scene.sends) != sent_count:
            told = broken or "a copy that was refused sent something"
            scene.violations.append(Violation("I23", scene.now_utc_s, told))


def _is_refused(lock: InstanceLock) -> bool:
    try:
        lock.acquire()
    except AlreadyRunningError:
        return True
    lock.release()
    return False
