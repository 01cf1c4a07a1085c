"""Does a study's pieces one by one: what is done already is skipped, what is done now is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.adapters.clock import SystemClock
from bot.cli import console
from bot.cli.interrupt import interruptible
from bot.research.study_folder import Row, StudyFolder

_TELL_EVERY_S = 1.0


@dataclass(slots=True)
class Worker:
    """Keeps rows in the folder and tells of progress on stderr; stops between two pieces."""

    folder: StudyFolder
    is_stopped: bool = False
    done_count: int = 0
    _told_s: float = field(default=-1e9)

    @contextmanager
    def working(self) -> Iterator[Worker]:
        """Within it Ctrl-C ends after the running piece, a second one at once."""
        with interruptible(self.stop):
            yield self

    def stop(self) -> None:
        """Begin no other piece."""
        self.is_stopped = True

    def do(self, title: str, pieces: Iterable[tuple[str, Callable[[], Row]]]) -> None:
        """Do every piece of a kind that has no row yet."""
        todo = list(pieces)
        for number, (key, work) in enumerate(todo):
            if self.is_stopped:
                return
            if key not in self.folder.rows:
                self.folder.add(key, work())
                self.done_count += 1
            self._tell(title, number + 1, len(todo))

    def _tell(self, title: str, done: int, of: int) -> None:
        now_s = SystemClock().monotonic_s()
        if done == of or now_s - self._told_s >= _TELL_EVERY_S:
            self._told_s = now_s
            console.tell(f"{title}: {done} of {of}")
