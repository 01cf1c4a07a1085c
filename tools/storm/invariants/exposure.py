"""I1, I2, I4, I13: what is open, how often, how much of it, and whose it is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from bot.live.evidence import setup_of_magic
from bot.live.intents import ENTRY_ACTIONS
from bot.simulator.state import Position, RestingOrder
from tools.storm.invariants.reach import Overdue
from tools.storm.invariants.sight import (
    ENTRY_IN,
    PENDING,
    REASON_ROLLOVER,
    Sight,
    Watcher,
    belief,
    is_opening,
    leg_of,
    number,
    strikes,
    whole,
)
from tools.storm.invariants.tradable import loss_money, takes_cancel, takes_close
from tools.storm.model import Scene, Sent

_SECOND_GOES_S: Final = 60.0
_MODEL_NOISE: Final = 1.01


class OneExposure(Watcher):
    """I1: one live exposure per setup, late fills and cancelled-but-filled orders included.

    Compared: the server's own positions and resting orders, grouped by the setup in their key; a
    partly filled order and its position are one. A request that would open a second is a violation
    at once, whatever the trader was told. A second that came to be without its doing (a late fill)
    must be gone within 60 clear seconds in which the server would have taken it off.
    """

    invariant_id = "I1"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._second = Overdue(_SECOND_GOES_S)

    @property
    def slowest_s(self) -> float:
        """The longest a second exposure stood although it could be taken off."""
        return self._second.slowest_s

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """A setup that has exposure asks for no more."""
        self.sight.look_at(scene, sent)
        magic = whole(sent.request, "magic")
        if not (is_opening(sent.request) and self.sight.is_own(magic)):
            return
        self.checked_count += 1
        setup_id = setup_of_magic(magic)
        held = self._by_setup().get(setup_id, [])
        if held:
            tickets = sorted(thing.ticket for thing in held)
            yield f"setup {setup_id} asks for an entry while {tickets} of it are at the server"

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """A second exposure does not stay."""
        self.sight.look(scene, self)
        self.checked_count += 1
        doubled = {key: held for key, held in self._by_setup().items() if len(held) > 1}
        self._second.keep_only(doubled)
        for setup_id, held in doubled.items():
            step_s = self.sight.reach.step_s if any(map(self._can_go, held)) else 0.0
            if self._second.see(setup_id, step_s):
                tickets = sorted(thing.ticket for thing in held)
                yield f"setup {setup_id} has {tickets} at the server for over {_SECOND_GOES_S:g} s"

    def _by_setup(self) -> Mapping[int, list[Position | RestingOrder]]:
        found: dict[int, list[Position | RestingOrder]] = defaultdict(list)
        magics = set()
        for position in self.sight.own_positions:
            magics.add(position.magic)
            found[setup_of_magic(position.magic)].append(position)
        for order in self.sight.own_orders:
            is_rest = order.filled_lots > 0.0 and order.magic in magics
            if order.closes is None and not is_rest:
                found[setup_of_magic(order.magic)].append(order)
        return found

    def _can_go(self, thing: Position | RestingOrder) -> bool:
        if isinstance(thing, Position):
            return takes_close(self.sight.server, thing)
        return takes_cancel(self.sight.server, thing)


class OneFillPerKey(Watcher):
    """I2: at most one opening order per key in the broker's whole history, and one entry per setup.

    Compared: every opening deal with our magic, as the server booked it (the night's reopening of
    a position is none). Parts of one order are one. An opening under an exit's key is a close that
    lost its ticket on the way (B23).
    """

    invariant_id = "I2"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._orders: dict[int, set[int]] = defaultdict(set)
        self._keys: dict[int, set[int]] = defaultdict(set)
        self._stripped_count = 0

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Look at what was opened since."""
        self.sight.look(scene, self)
        for deal in self.new_deals():
            if deal.entry != ENTRY_IN or deal.reason == REASON_ROLLOVER:
                continue
            if not self.sight.is_own(deal.magic):
                continue
            self.checked_count += 1
            if leg_of(deal.magic):
                yield from self._stripped(scene, deal.magic, deal.order)
            elif deal.order not in self._orders[deal.magic]:
                yield from self._opened(scene, deal.magic, deal.order)

    def _opened(self, scene: Scene, magic: int, order: int) -> Iterable[str]:
        orders, keys = self._orders[magic], self._keys[setup_of_magic(magic)]
        orders.add(order)
        keys.add(magic)
        if len(orders) > 1:
            yield f"key {magic} opened with orders {sorted(orders)}"
        elif len(keys) > 1:
            if self.excused["late fill after cancel"] < strikes(scene, "B45"):
                self.excuse("late fill after cancel")
                return
            yield f"setup {setup_of_magic(magic)} entered {len(keys)} times, keys {sorted(keys)}"

    def _stripped(self, scene: Scene, magic: int, order: int) -> Iterable[str]:
        self._stripped_count += 1
        if self._stripped_count <= strikes(scene, "B23"):
            self.excuse("ticket stripped from a close")
            return
        yield f"order {order} opened a position under the key of an exit, {magic}"


class RiskCap(Watcher):
    """I4: positions, resting orders and unresolved requests together risk no more than the cap.

    Compared before each request that adds risk: what the server's books lose if everything, the
    request included and foreign things too, went to its stop, against `cumulative_risk` times the
    server's equity. Of a position the smaller of the losses from its opening and from now counts,
    and no reserves: what the trader adds for gaps and costs only makes it stricter, so the one per
    cent of tolerance is for conversion rates alone. A position without a stop has no bound. The
    number of everything live stays under `positions_max_count`.
    """

    invariant_id = "I4"

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """A request that adds risk fits under the caps."""
        self.sight.look_at(scene, sent)
        if not is_opening(sent.request):
            return
        self.checked_count += 1
        risks = [*self._positions(), *self._orders(), *self._unresolved(scene)]
        most = self.sight.settings.risk.positions_max_count
        if len(risks) >= most:
            yield f"{len(risks)} things are live, at most {most} may be with one more"
        risk_money = math.fsum(risks) + self._asked(sent)
        equity_money = self.sight.equity_money
        cap_money = self.sight.settings.risk.cumulative_risk_equity_fraction_max * equity_money
        if not risk_money <= cap_money * _MODEL_NOISE:
            yield f"the stops would cost {risk_money:.2f}, the cap is {cap_money:.2f}"

    def _positions(self) -> Iterable[float]:
        state = self.sight.state
        for p in state.positions.values():
            if p.sl <= 0.0:
                yield math.inf
                continue
            yield min(
                loss_money(state, p.desk, p.side, p.lots, (p.open_price, p.sl)),
                loss_money(state, p.desk, p.side, p.lots, (p.closing_price, p.sl)),
            )

    def _orders(self) -> Iterable[float]:
        state = self.sight.state
        for o in state.orders.values():
            if o.closes is None:
                bound = (o.price, o.sl)
                is_bound = o.sl > 0.0
                yield loss_money(state, o.desk, o.side, o.lots, bound) if is_bound else math.inf

    def _unresolved(self, scene: Scene) -> Iterable[float]:
        state = belief(scene)
        if state is None:
            return
        shown = {magic for _, magic in self.sight.own_keys()}
        for intent in state.intents.values():
            is_open = intent.is_unknown and intent.action in ENTRY_ACTIONS
            desk = self.sight.state.desks.get(intent.symbol)
            if is_open and desk is not None and intent.magic not in shown:
                prices = (intent.price, intent.stop_price)
                yield loss_money(self.sight.state, desk, intent.side, intent.lots, prices)

    def _asked(self, sent: Sent) -> float:
        request = sent.request
        desk = self.sight.state.desks.get(str(request.get("symbol")))
        stop = number(request, "sl")
        if desk is None or stop <= 0.0:
            return math.inf
        side = -1 if whole(request, "type") % 2 else 1
        desk.tape.seek(self.sight.state.now_ms)
        market = desk.tape.ask if side > 0 else desk.tape.bid
        price = number(request, "price") if request.get("action") == PENDING else market
        lots = number(request, "volume")
        return loss_money(self.sight.state, desk, side, lots, (price, stop))


class HandsOff(Watcher):
    """I13: tickets without our magic are never touched.

    Compared: the position or order each request names, as it stands in the server's books. That
    they are counted is in I4, whose sum takes everything the account holds.
    """

    invariant_id = "I13"

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """Whatever is named is ours."""
        self.sight.look_at(scene, sent)
        self.checked_count += 1
        for name, book in (
            ("position", self.sight.state.positions),
            ("position_by", self.sight.state.positions),
            ("order", self.sight.state.orders),
        ):
            thing = book.get(whole(sent.request, name))
            if thing is not None and not self.sight.is_own(thing.magic):
                yield f"{name} {thing.ticket} with magic {thing.magic} is named, it is not ours"
