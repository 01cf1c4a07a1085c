"""I17, I18: what is asked for is legal, leaves no crumbs, and risks what was intended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.simulator.state import SymbolDesk
from tools.storm.invariants.journal_tail import Line
from tools.storm.invariants.sight import (
    DEAL,
    LEVELS,
    PENDING,
    REMOVE,
    Sight,
    Watcher,
    is_opening,
    number,
    struck_since,
    whole,
)
from tools.storm.invariants.tradable import loss_money, refusal_now
from tools.storm.model import Scene, Sent

_MISLED_S: Final = 120.0
_MISLEADING: Final = ("X", "B35", "B36", "B37")
_ILLEGAL: Final = frozenset({-2, 10013, 10014, 10015, 10016, 10022, 10030, 10035, 10038})
_NOT_OPEN: Final = frozenset({10017, 10019, 10027, 10033, 10034, 10040, 10042, 10043, 10044})
_MONEY_NOISE, _MONEY_SLACK = 1.01, 0.02
_LOTS_NOISE: Final = 1e-6
_SPEC_FAULTS: Final = ("B11", "B14", "B28")


class Avoidable(Watcher):
    """I17: no refusal the trader could have foreseen; remainders are zero or tradable.

    Compared before each request: what the server's own rules say to it at this instant. Malformed
    values, volumes, prices, stops, expiry, filling and close volume (and for what adds risk also
    trade mode, margin and limits) can be read beforehand, so such an answer is a violation. Prices
    that move, links and sessions are not. A ticket that is gone is the world's change. What was
    preceded by false figures from the terminal itself is excused. After each cycle: a position of
    ours that became smaller is not below the symbol's least volume.
    """

    invariant_id = "I17"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._lots: dict[int, float] = {}

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """The server would take it, or refuse it for what nobody could know."""
        self.sight.look_at(scene, sent)
        if self._is_about_nothing(sent):
            return
        self.checked_count += 1
        code = refusal_now(self.sight.server, sent.request)
        if code not in _ILLEGAL and not (is_opening(sent.request) and code in _NOT_OPEN):
            return
        if struck_since(scene, scene.now_utc_s - _MISLED_S, *_MISLEADING):
            self.excuse("misled by false figures")
            return
        yield f"{_told(sent)} would be refused with {code}"

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """No crumbs."""
        self.sight.look(scene, self)
        before, self._lots = self._lots, {p.ticket: p.lots for p in self.sight.own_positions}
        for position in self.sight.own_positions:
            was = before.get(position.ticket, position.lots)
            if position.lots >= was - _LOTS_NOISE:
                continue
            self.checked_count += 1
            least = position.desk.contract.volume_min
            if position.lots < least - _LOTS_NOISE and not self._is_forced(scene):
                yield (
                    f"position {position.ticket}: {position.lots:g} lots left, at least {least:g}"
                )

    def _is_forced(self, scene: Scene) -> bool:
        """Partial fills and hands of people leave what they leave."""
        since = scene.now_utc_s - _MISLED_S
        return struck_since(scene, since, "B06", "B22", "B30", "B31", *_SPEC_FAULTS)

    def _is_about_nothing(self, sent: Sent) -> bool:
        state, action = self.sight.state, sent.request.get("action")
        position, order = whole(sent.request, "position"), whole(sent.request, "order")
        if action in (DEAL, LEVELS) and position:
            return position not in state.positions
        return action == REMOVE and order not in state.orders


class PlannedLoss(Watcher):
    """I18: the planned loss at the stop is at most what was intended; lots are floored to the step.

    Compared before each entry: price and stop of the request, worth what they are worth in the
    server's books, against the risk the journal's intent of this key states, and against the
    ceiling of the settings times the server's balance. One per cent and two cents of tolerance are
    for conversion rates that differ between gain and loss.
    """

    invariant_id = "I18"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._intents: dict[int, Line] = {}

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """An entry is as large as intended."""
        self.sight.look_at(scene, sent)
        self._intents.update(
            (int(line["magic"]), line)
            for line in self.new_lines()
            if line["event"] == "OrderIntended" and not line["action"].startswith("close")
        )
        request = sent.request
        desk = self.sight.state.desks.get(str(request.get("symbol")))
        if not is_opening(request) or desk is None:
            return
        self.checked_count += 1
        loss = self._loss_money(sent, desk)
        intent = self._intents.pop(whole(request, "magic"), None)
        most = self.sight.settings.risk.risk_ceiling_balance_fraction * self.sight.balance_money
        if intent is not None:
            most = min(most, float(intent["risk_money"]))
        if not loss <= most * _MONEY_NOISE + _MONEY_SLACK:
            yield f"{_told(sent)} would lose {loss:.2f} at its stop, intended are {most:.2f}"
        steps = number(request, "volume") / desk.contract.volume_step
        if abs(steps - round(steps)) > _LOTS_NOISE and not struck_since(
            scene, scene.now_utc_s - _MISLED_S, *_SPEC_FAULTS, *_MISLEADING
        ):
            yield f"{_told(sent)}: the step is {desk.contract.volume_step:g}"

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Nothing: entries are judged as they leave."""
        self._intents.clear()
        self.sight.look(scene, self)
        self.new_lines()
        return ()

    def _loss_money(self, sent: Sent, desk: SymbolDesk) -> float:
        request = sent.request
        side = -1 if whole(request, "type") % 2 else 1
        prices = (number(request, "price"), number(request, "sl"))
        return loss_money(self.sight.state, desk, side, number(request, "volume"), prices)


def _told(sent: Sent) -> str:
    request = sent.request
    kinds = {DEAL: "deal", PENDING: "order", LEVELS: "stop edit", REMOVE: "removal"}
    names = ("symbol", "position", "order", "volume", "price", "sl", "tp")
    figures = " ".join(f"{name} {request[name]}" for name in names if request.get(name))
    return f"{kinds.get(whole(request, 'action'), 'request')} {figures}"
