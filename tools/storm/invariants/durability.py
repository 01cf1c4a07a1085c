"""I9, I10: the intent is on disk before the send, and what was written stays written, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bot.adapters.envelope import EnvelopeError, unseal
from bot.live.state import LEGAL_MOVES, STATE_NAME
from tools.storm.invariants.journal_tail import DURABLE, Line, newest_file
from tools.storm.invariants.sight import (
    DEAL,
    PENDING,
    Sight,
    Watcher,
    is_opening,
    whole,
)
from tools.storm.model import Scene, Sent

_DISK_FAULTS: Final = "D"
_LEGAL: Final = {
    before.value: frozenset(after.value for after in moves) for before, moves in LEGAL_MOVES.items()
}
_ONCE: Final[Mapping[str, tuple[str, ...]]] = {
    "DealBooked": ("deal_ticket",),
    "PositionOpened": ("position_id",),
    "PositionClosed": ("position_id",),
    "RungTaken": ("position_id", "rung"),
    "DayOpened": ("date",),
    "DayClosed": ("date",),
    "SetupCreated": ("setup_id",),
    "OrderIntended": ("intent_id",),
}


class IntentFirst(Watcher):
    """I9: the matching intent is durable before each send that deals.

    Compared before each deal or pending order: what a loss of power this instant would leave of
    the journal's newest file (or else of the newest valid generation of the state) holds an intent
    with the request's key. Edits of stops and removals carry no key and open nothing; doing them
    twice does no harm. What lowers risk goes out although the disk refuses (design rule 7): that is
    counted, and only where a disk fault struck and the trader knows that it could not write.
    """

    invariant_id = "I9"

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """The key is on disk."""
        self.sight.look_at(scene, sent)
        if sent.request.get("action") not in (DEAL, PENDING):
            return
        self.checked_count += 1
        magic = whole(sent.request, "magic")
        if self._in_journal(scene, magic) or self._in_state(scene, magic):
            return
        is_exit = not is_opening(sent.request)
        if is_exit and _disk_refuses(scene) and any(f[0] == _DISK_FAULTS for f in scene.fired):
            self.excuse("exit while the disk refuses")
            return
        yield f"the request with key {magic} leaves and no intent of it is durable"

    def _in_journal(self, scene: Scene, magic: int) -> bool:
        path = newest_file(scene)
        content = None if path is None else scene.disk.durable(path)
        if content is None:
            return False
        return content.rfind(b'"magic":%d,' % magic, max(0, len(content) - _TAIL_BYTES)) >= 0

    def _in_state(self, scene: Scene, magic: int) -> bool:
        for mark in ("", ".prev"):
            content = scene.disk.durable(scene.state_folder / f"{STATE_NAME}{mark}.json")
            try:
                generation = unseal(content or b"")
            except EnvelopeError:
                continue
            intents = generation.document.get("intents")
            if isinstance(intents, dict) and any(i["magic"] == magic for i in intents.values()):
                return True
        return False


_TAIL_BYTES: Final = 20_000
"""An intent stands within the last lines: a send follows it at once."""


class NothingLost(Watcher):
    """I10: nothing acknowledged is lost or doubled by a crash; only legal transitions.

    Compared: the journal's lines with themselves over time. A line of a durable kind that was once
    seen stays (a disk that was damaged from outside is excused and counted); what is told once is
    told once (deals, positions, rungs, days, setups, intents); lines are whole, in sequence and
    chained; each setup moves along legal transitions from where it stood, where a new start may
    repeat the last move its snapshot did not know of.
    """

    invariant_id = "I10"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._known: dict[tuple[object, ...], int] = {}
        self._stands: dict[int, tuple[str, int]] = {}
        self._breaks_count = self._dropped_count = self._starts_count = 0

    def on_cut(self, place: int) -> None:
        """Forget what stood in lines that are gone."""
        self._known = {key: at for key, at in self._known.items() if at < place}
        self._stands.clear()

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Look at new lines, and at lines that went."""
        self.sight.look(scene, self)
        journal = self.sight.journal
        is_damaged = self.sight.damage.is_fresh
        fresh = self.standing_lines()
        if len(journal.cuts) != self._dropped_count:
            self._dropped_count = len(journal.cuts)
            lost = [line["event"] for line in journal.dropped if line["event"] in DURABLE]
            if lost and is_damaged:
                self.excuse("record damaged on disk")
            elif lost:
                yield f"{len(lost)} durable lines are gone from the journal: {', '.join(lost[:5])}"
        broken = journal.breaks[self._breaks_count :]
        self._breaks_count = len(journal.breaks)
        if broken and is_damaged:
            self.excuse("record damaged on disk")
        elif broken:
            yield from broken
        for place, line in fresh:
            self.checked_count += 1
            yield from self._once(line, place)
            yield from self._move(line)

    def _once(self, line: Line, place: int) -> Iterable[str]:
        names = _ONCE.get(line["event"])
        if names is None:
            return
        identity = (line["event"], *(line[name] for name in names))
        if identity in self._known:
            yield f"{identity} stands twice in the journal, lines {self._known[identity]}, {place}"
        self._known[identity] = place

    def _move(self, line: Line) -> Iterable[str]:
        if line["event"] == "BotStarted":
            self._starts_count += 1
        if line["event"] != "SetupMoved":
            return
        before, after, setup_id = line["before"], line["after"], line["setup_id"]
        stood, starts_count = self._stands.get(setup_id, (before, 0))
        self._stands[setup_id] = (after, self._starts_count)
        if after not in _LEGAL.get(before, frozenset()):
            yield f"setup {setup_id} moved from {before} to {after}"
        elif stood != before and starts_count == self._starts_count:
            yield f"setup {setup_id} stood at {stood} and moved from {before} to {after}"
        if after not in _LEGAL:
            del self._stands[setup_id]


def _disk_refuses(scene: Scene) -> bool:
    return scene.bot is not None and not scene.bot.record.is_durable
