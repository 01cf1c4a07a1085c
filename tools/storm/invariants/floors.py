"""I5: equity never passes a floor by more than the modelled gap, with or without the trader."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.simulator.state import Position, SymbolDesk
from bot.simulator.structs import TradeDeal
from tools.storm.invariants.firm_day import FirmDay
from tools.storm.invariants.reach import Overdue
from tools.storm.invariants.sight import (
    ENTRY_IN,
    Sight,
    Watcher,
    is_opening,
    number,
    strikes,
    whole,
)
from tools.storm.invariants.tradable import (
    loss_money,
    result_money,
    takes_cancel,
    takes_close,
    tolerance_price,
)
from tools.storm.model import Scene, Sent

_GUARD_S: Final = 60.0
_NOISE_MONEY: Final = 1.0
_TRADES: Final = (0, 1)
_DEPOSIT: Final = 2


@dataclass(slots=True)
class _Held:
    """An own position as it was last seen, with the tightest stop it had."""

    desk: SymbolDesk
    side: int
    stop_price: float
    is_naked: bool
    contract_size: float


@dataclass(slots=True)
class _Beyond:
    """Losses no stop could hold, as positive amounts: of this day, and since the beginning."""

    today_money: float = 0.0
    ever_money: float = 0.0

    def add(self, money: float) -> None:
        self.today_money += money
        self.ever_money += money


class FloorsHold(Watcher):
    """I5: equity passes neither floor by more than the modelled gap, also if the trader vanished.

    Two comparisons after each cycle, both with the server's books. Vanished: the balance plus every
    position's result at its stop (or now, if that is worse) and every resting order filled and
    stopped out stays above both floors; where it does not, the trader has 60 clear seconds to take
    something off, while the server takes it. Now: equity stays above both floors. What own
    positions lost beyond their stops is added back and counted, split into what the trader's own
    reserve states (`slippage_reserve_r` and the gap of the occasion are in its gate, so they are
    inside the floor) and what no trader could hold: that is an exemption, as are foreign losses and
    charges. Once a floor fell to those the account is over, and nothing more is judged.
    """

    invariant_id = "I5"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self.day = FirmDay(sight)
        self.is_over = False
        self._vanished = Overdue(_GUARD_S)
        self._own, self._other = _Beyond(), _Beyond()
        self._held: dict[int, _Held] = {}
        self._asked_stops: dict[int, float] = {}
        self._today = -1
        self._has_lost_stop = self._has_gap = False

    @property
    def slowest_s(self) -> float:
        """The longest the worst case stood below a floor while something could go."""
        return self._vanished.slowest_s

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """Remember the stop an entry asks for."""
        self.sight.look_at(scene, sent)
        if is_opening(sent.request):
            self._asked_stops[whole(sent.request, "magic")] = number(sent.request, "sl")
        return ()

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Both comparisons."""
        self.sight.look(scene, self)
        self.day.look(scene)
        if self._today != self.day.day:
            self._today = self.day.day
            self._own.today_money = self._other.today_money = 0.0
        self._note_deals()
        floating = self._note_positions()
        if self.is_over:
            return
        self.checked_count += 1
        levels = self.day.floors()
        yield from self._now(scene, floating, (levels.daily_money, levels.total_money))
        yield from self._without_trader(max(levels.daily_money, levels.total_money))

    def _now(
        self, scene: Scene, floating: tuple[float, float], levels: tuple[float, float]
    ) -> Iterable[str]:
        equity, own, other = self.sight.equity_money, self._own, self._other
        names = ("daily", "total")
        excess = (own.today_money + other.today_money, own.ever_money + other.ever_money)
        for name, floor, beyond in zip(names, levels, excess, strict=True):
            if equity > floor - _NOISE_MONEY:
                continue
            self.is_over = True
            if equity + beyond + math.fsum(floating) > floor - _NOISE_MONEY:
                self._excuse_why(scene)
            elif strikes(scene, "B36"):
                self.excuse("contract changed under a position")
            else:
                held = beyond + math.fsum(floating)
                yield (
                    f"equity {equity:.2f} passed the {name} floor {floor:.2f}, "
                    f"{held:.2f} of it beyond stops or not ours"
                )
            return

    def _excuse_why(self, scene: Scene) -> None:
        if strikes(scene, "B36"):
            self.excuse("contract changed under a position")
        elif self._has_lost_stop:
            self.excuse("stop taken away")
        elif self._own.ever_money >= self._other.ever_money:
            self.excuse("gap beyond the model")
        else:
            self.excuse("money that is not ours")

    def _without_trader(self, floor: float) -> Iterable[str]:
        worst = self.sight.equity_money
        state = self.sight.state
        worst -= math.fsum(self._ahead_money(p) for p in state.positions.values())
        worst -= math.fsum(
            loss_money(state, o.desk, o.side, o.lots, (o.price, o.sl))
            for o in state.orders.values()
            if o.closes is None and o.sl > 0.0
        )
        if worst > floor - _NOISE_MONEY:
            self._vanished.keep_only(())
            return
        server = self.sight.server
        can_go = any(takes_close(server, p) for p in self.sight.own_positions)
        can_go = can_go or any(takes_cancel(server, o) for o in self.sight.own_orders)
        if self._vanished.see("floor", self.sight.reach.step_s if can_go else 0.0):
            yield f"all stops together leave {worst:.2f}, the floor is {floor:.2f}"

    def _ahead_money(self, p: Position) -> float:
        """What a position loses from now to its stop; 0 without one (I3 times that)."""
        if p.sl <= 0.0:
            return 0.0
        prices = (p.closing_price, p.sl)
        return max(0.0, -result_money(self.sight.state, p.desk, p.side, p.lots, prices))

    def _note_deals(self) -> None:
        for deal in self.new_deals():
            if deal.type not in _TRADES:
                if deal.type != _DEPOSIT:
                    self._other.add(max(0.0, -(deal.profit + deal.commission + deal.swap)))
            elif deal.entry != ENTRY_IN:
                self._note_exit(deal)

    def _note_exit(self, deal: TradeDeal) -> None:
        held = self._held.get(deal.position_id)
        if held is None:
            held = self._unseen(deal)
        if held is None:  # foreign
            self._other.add(max(0.0, -(deal.profit + deal.commission + deal.swap)))
            return
        if held.stop_price > 0.0:
            prices = (held.stop_price, deal.price)
            lost = loss_money(self.sight.state, held.desk, held.side, deal.volume, prices)
            self._note_beyond(held, lost, deal.price)

    def _unseen(self, deal: TradeDeal) -> _Held | None:
        """A position that opened and closed between two looks: its stop is what was asked for."""
        opened = self.sight.state.ledger.deals_of_position(deal.position_id)
        magic = next((d.magic for d in opened if d.entry == ENTRY_IN), 0)
        desk = self.sight.state.desks.get(deal.symbol)
        if desk is None or not self.sight.is_own(magic):
            return None
        side = 1 if deal.type else -1
        stop = self._asked_stops.get(magic, 0.0)
        return _Held(desk, side, stop, is_naked=False, contract_size=desk.contract.contract_size)

    def _note_beyond(self, held: _Held, lost_money: float, price: float) -> None:
        if held.side * (held.stop_price - price) <= tolerance_price(held.desk):
            return
        self._own.add(lost_money)
        self._has_lost_stop = self._has_lost_stop or held.is_naked
        self._has_gap = True

    def _note_positions(self) -> tuple[float, float]:
        """What own positions float beyond their stops, and what foreign ones have lost so far."""
        own_tickets = set()
        beyond = foreign = 0.0
        for p in self.sight.state.positions.values():
            if not self.sight.is_own(p.magic):
                lost = (p.open_price, p.closing_price)
                foreign += loss_money(self.sight.state, p.desk, p.side, p.lots, lost)
                continue
            own_tickets.add(p.identifier)
            held = self._seen(p)
            if held.stop_price > 0.0:
                prices = (held.stop_price, p.closing_price)
                beyond += loss_money(self.sight.state, p.desk, p.side, p.lots, prices)
        for ticket in [t for t in self._held if t not in own_tickets]:
            del self._held[ticket]
        return beyond, foreign

    def _seen(self, p: Position) -> _Held:
        held = self._held.get(p.identifier)
        if held is None:
            stop = p.sl or self._asked_stops.pop(p.magic, 0.0)
            size = p.desk.contract.contract_size
            held = self._held[p.identifier] = _Held(p.desk, p.side, stop, p.sl <= 0.0, size)
        held.is_naked = p.sl <= 0.0
        held.stop_price = p.sl or held.stop_price
        return held
