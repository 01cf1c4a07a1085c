"""I23, I24, I25: one writer and one build, no secret in any output, everything bounded."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from typing import Final

from bot import __version__
from bot.live.state import RESULTS_KEPT_COUNT, BotState
from tools.storm.invariants.sight import Sight, Watcher, belief
from tools.storm.model import Scene, Sent

CANARY: Final = "storm-canary-7fQ2x"
"""A secret planted as the account's password; it may stand in nothing the trader puts out."""

_STATE_BYTES_MAX: Final = 2_000_000
_DAY_BYTES_MAX: Final = 30_000_000
_FILES_MAX_COUNT: Final = 2_000
_CHECK_EVERY: Final = 100
_SENT_MAX_COUNT: Final = 100


class OneWriter(Watcher):
    """I23: one writer per account, one build.

    Compared before each request: the requests noted since this trader started with the number its
    own client counted; more means that somebody else sends beside it. After each cycle: every start
    the journal tells of is of this build, on the account of the one before, and lines follow one
    another in one chain (two writers would fork it).
    """

    invariant_id = "I23"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._bot: object = None
        self._sent_before = 0
        self._login = 0
        self._seq = 0

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """The one trader sends."""
        self.checked_count += 1
        if scene.bot is None:
            yield f"a request leaves while no trader runs: {dict(sent.request)}"
            return
        counted = scene.bot.ports.broker.requests_sent_count()
        self._meet(scene, counted - 1)
        noted = len(scene.sends) - self._sent_before + 1
        if noted != counted:
            yield f"{noted} requests left since the start, the trader sent {counted}"

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Starts and the chain of lines."""
        self.sight.look(scene, self)
        if scene.bot is not None:
            self._meet(scene, scene.bot.ports.broker.requests_sent_count())
        for line in self.new_lines():
            if line["seq"] == self._seq and self._seq:
                yield f"two lines have sequence {line['seq']}"
            self._seq = int(line["seq"])
            if line["event"] == "BotStarted":
                self.checked_count += 1
                yield from self._started(str(line["version"]), int(line["login"]))

    def on_cut(self, place: int) -> None:
        """The chain goes on from an earlier line."""
        del place
        self._seq = 0

    def _meet(self, scene: Scene, counted: int) -> None:
        """`counted` of the requests noted before now are of the trader that runs."""
        if scene.bot is not self._bot:
            self._bot = scene.bot
            self._sent_before = len(scene.sends) - counted

    def _started(self, version: str, login: int) -> Iterable[str]:
        if version != __version__:
            yield f"build {version} started, this is {__version__}"
        if self._login and login != self._login:
            yield f"a trader of login {login} writes the record of {self._login}"
        self._login = login


class NoSecret(Watcher):
    """I24: no secret in any output.

    The account's password is the canary. Searched for it: each request, each new journal line, the
    trader's alarms; at each death and at the end every file of state and journal, whole.
    """

    invariant_id = "I24"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._alarms_read = 0
        self._deaths = 0

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """Not in a comment."""
        self.sight.look_at(scene, sent)
        if self._is_in(str(sent.request.get("comment", ""))):
            yield "the secret stands in a request's comment"

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """New lines and alarms; all files after a death."""
        self.sight.look(scene, self)
        for line in self.new_lines():
            self.checked_count += 1
            if any(isinstance(value, str) and self._is_in(value) for value in line.values()):
                yield f"the secret stands in a journal line, {line['event']}"
        alarms, self._alarms_read = scene.alarms[self._alarms_read :], len(scene.alarms)
        if any(self._is_in(alarm) for alarm in alarms):
            yield "the secret stands in an alarm"
        if scene.deaths_count != self._deaths:
            self._deaths = scene.deaths_count
            yield from self._files(scene)

    def at_end(self, scene: Scene) -> Iterable[str]:
        """All files."""
        self.sight.look(scene, self)
        return list(self._files(scene))

    def _files(self, scene: Scene) -> Iterable[str]:
        secret = self._secret().encode()
        for folder in (scene.state_folder, scene.journal_folder):
            for path in scene.disk.files(folder):
                if secret and secret in (scene.disk.read(path) or b""):
                    yield f"the secret stands in {path.name}"

    def _is_in(self, text: str) -> bool:
        secret = self._secret()
        return bool(secret) and secret in text

    def _secret(self) -> str:
        return self.sight.state.account.password or CANARY


class StaysBounded(Watcher):
    """I25: memory, handles and time are bounded; the same seed gives the same trace.

    Compared every hundred looks: the number of entries in each collection of the trader's state,
    the bytes of state and of one day's journal, and the number of files, with fixed bounds. That
    the same seed gives the same trace is compared by the campaign, which runs seeds twice.
    """

    invariant_id = "I25"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._looks_count = 0

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Now and then."""
        self._looks_count += 1
        if self._looks_count % _CHECK_EVERY:
            return ()
        return self._sizes(scene)

    def at_end(self, scene: Scene) -> Iterable[str]:
        """Once more."""
        return self._sizes(scene)

    def _sizes(self, scene: Scene) -> list[str]:
        self.checked_count += 1
        state = belief(scene)
        found = [] if state is None else [*_state_sizes(state)]
        count = 0
        for folder, most in (
            (scene.state_folder, _STATE_BYTES_MAX),
            (scene.journal_folder, _DAY_BYTES_MAX),
        ):
            for path in scene.disk.files(folder):
                count += 1
                size = len(scene.disk.read(path) or b"")
                if size > most:
                    found.append(f"{path.name} has {size} bytes, at most {most}")
        if count > _FILES_MAX_COUNT:
            found.append(f"{count} files, at most {_FILES_MAX_COUNT}")
        return found


_MOST: Final = {
    "setups": 200,
    "intents": _SENT_MAX_COUNT,
    "halts": 40,
    "results": RESULTS_KEPT_COUNT,
    "faults_count": 200,
    "seen_deals": 5_000,
    "position_setups": 20_000,
    "blocked_until_utc_s": 200,
}


def _state_sizes(state: BotState) -> Iterable[str]:
    for name, most in _MOST.items():
        count = len(getattr(state, name))
        if count > most:
            yield f"the state keeps {count} {name}, at most {most}"


def memory_facts() -> tuple[int, int]:
    """Objects Python follows now, and blocks it has allocated: for a slope over time."""
    return len(gc.get_objects()), sys.getallocatedblocks()
