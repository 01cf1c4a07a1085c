"""I11, I12: the state loads whole or not at all, and the journal's money is the broker's."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from bot.adapters.envelope import EnvelopeError, Generation, unseal
from bot.live.evidence import setup_of_magic
from bot.live.state import STATE_NAME, BotState
from bot.simulator.structs import TradeDeal
from tools.storm.invariants.journal_tail import Line
from tools.storm.invariants.sight import (
    ENTRY_IN,
    REASON_ROLLOVER,
    Sight,
    Watcher,
    leg_of,
)
from tools.storm.model import Scene

_CENT: Final = 0.005
_TRADES: Final = (0, 1)
_PARTS: Final = ("profit", "swap", "commission", "fee")


def generations_on_disk(scene: Scene) -> list[Generation]:
    """The valid generations of the state, newest first."""
    found = []
    for mark in ("", ".prev"):
        raw = scene.disk.read(scene.state_folder / f"{STATE_NAME}{mark}.json")
        try:
            found.append(unseal(raw or b""))
        except EnvelopeError:
            continue
    return sorted(found, key=lambda generation: -generation.number)


class LoadsWhole(Watcher):
    """I11: the state loads as its last or previous valid generation, or not at all.

    Compared at each start that succeeded: what the trader now holds to be its state with the valid
    generations that lay on the disk after the death. It is of the same account and first start, no
    counter is lower than in the older of them, and every live setup of the newer one is still known
    or told of in the journal since. Once there was a state, a later start is never one from
    nothing, unless somebody took the files away and a person began anew.
    """

    invariant_id = "I11"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._bot: object = None
        self._first_start_utc_s = 0.0
        self._before: list[Generation] = []
        self._ended: set[int] = set()

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """At a death, note what is on disk; at a start, compare."""
        self.sight.look(scene, self)
        self._ended |= {
            int(line["setup_id"]) for line in self.new_lines() if line["event"] == "SetupMoved"
        }
        if scene.bot is None:
            if self._bot is not None:
                self._before = generations_on_disk(scene)
                self._ended.clear()
            self._bot = None
            return
        if scene.bot is self._bot:
            return
        self._bot = scene.bot
        self.checked_count += 1
        yield from self._started(scene.bot.state, is_damaged=self.sight.damage.is_fresh)

    def _started(self, state: BotState, *, is_damaged: bool) -> Iterable[str]:
        first, self._first_start_utc_s = self._first_start_utc_s, state.first_start_utc_s
        if self._before and first and state.first_start_utc_s != first:
            if is_damaged:
                self.excuse("record damaged on disk")
                return
            now = state.first_start_utc_s
            yield f"a state from nothing: first start {now:.0f}, was {first:.0f}"
            return
        if not self._before or is_damaged:
            return
        older, newer = self._before[-1].document, self._before[0].document
        for name in ("next_setup_id", "next_intent_id", "login"):
            if getattr(state, name) < _whole(older, name):
                yield f"{name} {getattr(state, name)} is lower than the saved {older.get(name)}"
        live = {int(key) for key in _table(newer, "setups")} & {
            int(key) for key in _table(older, "setups")
        }
        lost = live - set(state.setups) - self._ended
        if lost:
            yield f"setups {sorted(lost)} were saved and are not known after the start"


class Accounts(Watcher):
    """I12: each own order and deal belongs to one journal chain; its money is the broker's.

    Compared: each `DealBooked` line with the server's deal of that ticket, to the cent and to the
    setup of its key; each opening deal with an intent of its key. At the end, after healing: every
    own deal is booked, and only those; the sum of all own deals is the sum of the journal's money;
    each closed trade's result is that of its deals. A record that was taken away with its disk is
    excused and counted.
    """

    invariant_id = "I12"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._by_ticket: dict[int, TradeDeal] = {}
        self._read = 0
        self._intended: set[int] = set()
        self._has_lost = False

    def on_cut(self, place: int) -> None:
        """A record that lost lines to damage cannot come to the sum of all deals."""
        self._has_lost = self._has_lost or self.sight.damage.is_fresh

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """New lines, then new deals."""
        self.sight.look(scene, self)
        deals = self.sight.deals[self._read :]
        self._read += len(deals)
        self._by_ticket.update((deal.ticket, deal) for deal in deals)
        for line in self.new_lines():
            if line["event"] == "OrderIntended":
                self._intended.add(int(line["magic"]))
            elif line["event"] == "DealBooked":
                self.checked_count += 1
                yield from self._booked(line)
        for deal in deals:
            is_entry = deal.entry == ENTRY_IN and deal.reason != REASON_ROLLOVER
            if is_entry and self.sight.is_own(deal.magic) and deal.magic not in self._intended:
                if self.sight.damage.is_fresh:
                    self.excuse("record lost with its disk")
                else:
                    yield f"deal {deal.ticket} opened, no intent has its key {deal.magic}"

    def at_end(self, scene: Scene) -> Iterable[str]:
        """The whole account."""
        self.sight.journal.read_on(scene)
        booked = self._told("DealBooked", "deal_ticket")
        own = _own_deals(self.sight)
        missing = [deal.ticket for deal in own if deal.ticket not in booked]
        if missing and self._has_lost:
            self.excuse("record lost with its disk")
            return
        if missing:
            yield f"deals {missing[:5]} are not in the journal, {len(missing)} in all"
        mine = {deal.ticket for deal in own}
        told = [line for ticket, line in booked.items() if line["is_own"]]
        strange = [line["deal_ticket"] for line in told if line["deal_ticket"] not in mine]
        if strange:
            yield f"deals {strange[:5]} are booked as own and are not"
        ours, theirs = math.fsum(map(_line_money, told)), math.fsum(map(_deal_money, own))
        if not missing and abs(ours - theirs) > _CENT:
            yield f"own deals come to {theirs:.2f}, the journal says {ours:.2f}"
        yield from self._results(own)

    def _results(self, own: list[TradeDeal]) -> Iterable[str]:
        nets: dict[int, float] = defaultdict(float)
        for deal in own:
            nets[deal.position_id] += _deal_money(deal)
        for position_id, line in self._told("PositionClosed", "position_id").items():
            if position_id in nets and abs(nets[position_id] - line["net_money"]) > _CENT:
                net = nets[position_id]
                yield f"position {position_id} came to {net:.2f}, told is {line['net_money']}"

    def _told(self, kind: str, key: str) -> dict[int, Line]:
        lines = self.sight.journal.lines
        return {int(line[key]): line for line in lines if line["event"] == kind}

    def _booked(self, line: Line) -> Iterable[str]:
        ticket = int(line["deal_ticket"])
        deal = self._by_ticket.get(ticket)
        if deal is None:
            yield f"deal {ticket} is booked and does not exist"
            return
        if abs(_line_money(line) - _deal_money(deal)) > _CENT:
            told, true = _line_money(line), _deal_money(deal)
            yield f"deal {ticket} is booked as {told:.2f}, it is {true:.2f}"
        if self.sight.is_own(deal.magic) and not leg_of(deal.magic):
            setup_id = setup_of_magic(deal.magic)
            if not line["is_own"] or line["setup_id"] != setup_id:
                yield f"deal {ticket} of setup {setup_id} is booked under {line['setup_id']}"


def _own_deals(sight: Sight) -> list[TradeDeal]:
    """Deals of our positions, closed by whomever."""
    trades = [deal for deal in sight.deals if deal.type in _TRADES]
    ids = {deal.position_id for deal in trades if sight.is_own(deal.magic)}
    return [deal for deal in trades if deal.position_id in ids]


def _deal_money(deal: TradeDeal) -> float:
    return math.fsum((deal.profit, deal.swap, deal.commission, deal.fee))


def _line_money(line: Line) -> float:
    return math.fsum(line[f"{part}_money"] for part in _PARTS)


def _table(document: dict[str, object], name: str) -> dict[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _whole(document: dict[str, object], name: str) -> int:
    value = document.get(name)
    return value if isinstance(value, int) else 0
