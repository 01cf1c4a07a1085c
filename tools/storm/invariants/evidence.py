"""I8, I16: nothing is concluded from what was not read, and nothing priced from what is old."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.live.evidence import setup_of_magic
from bot.live.intents import ENTRY_ACTIONS
from bot.live.state import SetupStatus
from tools.storm.invariants.journal_tail import Line
from tools.storm.invariants.sight import (
    DEAL,
    Sight,
    Watcher,
    is_opening,
    number,
    struck_since,
    whole,
)
from tools.storm.model import Scene, Sent

_BREACHED: Final = "BREACHED"
_EQUITY_SLACK_FRACTION: Final = 0.01
_CLOCK_S: Final = 2.0
_DAY_LEAST_S: Final = 23 * 3_600.0
_LATE_CANCEL_S: Final = 300.0
_ENDED: Final = frozenset(
    {
        SetupStatus.EXPIRED.value,
        SetupStatus.INVALIDATED.value,
        SetupStatus.CANCELLED.value,
        SetupStatus.AWAITING_ENTRY.value,
    }
)


class OnEvidence(Watcher):
    """I8: no decision rests on a failed, empty, partial or stale read.

    What the trader concluded, as the journal tells it, against the server's books at the end of
    the same cycle: a position called closed is not open; a setup taken back has no order resting
    (an order that was confirmed removed and is only hidden, B45, is excepted); a request resolved
    as absent has neither position nor order with its key; a phase is not called breached while the
    server's equity stands more than one per cent of the initial balance above the floor.
    """

    invariant_id = "I8"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._keys: dict[int, int] = {}

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Judge what was concluded since."""
        self.sight.look(scene, self)
        for line in self.new_lines():
            kind = line["event"]
            if kind == "OrderIntended" and line["action"] in ENTRY_ACTIONS:
                self._keys[int(line["intent_id"])] = int(line["magic"])
            elif kind in _JUDGES:
                self.checked_count += 1
                yield from _JUDGES[kind](self, scene, line)

    def _closed(self, _scene: Scene, line: Line) -> Iterable[str]:
        for position in self.sight.own_positions:
            if position.identifier == line["position_id"]:
                yield f"position {position.ticket} is called closed and is open"

    def _moved(self, scene: Scene, line: Line) -> Iterable[str]:
        if line["before"] != SetupStatus.PENDING.value or line["after"] not in _ENDED:
            return
        setup_id = int(line["setup_id"])
        resting = [o for o in self.sight.own_orders if setup_of_magic(o.magic) == setup_id]
        newest = scene.sends[-1].at_utc_s if scene.sends else 0.0
        is_replaced = bool(resting) and newest >= scene.now_utc_s - _CLOCK_S
        if resting and not is_replaced:
            if struck_since(scene, scene.now_utc_s - _LATE_CANCEL_S, "B45"):
                return
            yield f"setup {setup_id} is {line['after']}, order {resting[0].ticket} still rests"

    def _resolved(self, _scene: Scene, line: Line) -> Iterable[str]:
        magic = self._keys.pop(int(line["intent_id"]), 0)
        if line["resolution"] != "absent" or not magic:
            return
        for ticket, key in self.sight.own_keys():
            if key == magic:
                yield f"intent {line['intent_id']} is called absent, {ticket} has its key"

    def _decided(self, _scene: Scene, line: Line) -> Iterable[str]:
        if not str(line["verdict"]).startswith(_BREACHED):
            return
        slack = _EQUITY_SLACK_FRACTION * self.sight.settings.rules.initial_balance_money
        equity = self.sight.equity_money
        if equity > line["floor_money"] + slack:
            yield f"{line['verdict']} at {line['equity_money']}, the server's equity is {equity}"


_JUDGES: Final[dict[str, Any]] = {
    "PositionClosed": OnEvidence._closed,
    "SetupMoved": OnEvidence._moved,
    "IntentResolved": OnEvidence._resolved,
    "PhaseDecided": OnEvidence._decided,
}


class FreshPrices(Watcher):
    """I16: only fresh ticks and closed, ordered, unrevised bars.

    Compared before each entry: the server's last true quote of the symbol is at most
    `quote_age_max_s` and two seconds old, and a market entry is priced within its own deviation and
    a tick of it. After each cycle: every scanned bar had ended by the true clock (a daily bar has
    23 hours at least), and per symbol bars only go forward; the same one again only after a start.
    """

    invariant_id = "I16"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._bars: dict[str, tuple[float, int]] = {}
        self._starts_count = 0

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """Priced from what the market shows now."""
        self.sight.look_at(scene, sent)
        state, request = self.sight.state, sent.request
        desk = state.desks.get(str(request.get("symbol")))
        if desk is None or not is_opening(request):
            return
        self.checked_count += 1
        desk.tape.seek(state.now_ms)
        age_s = (state.now_ms - desk.tape.time_ms) / 1000.0
        if age_s > self.sight.settings.entry.quote_age_max_s + _CLOCK_S:
            yield f"{desk.name} is entered on a quote that is {age_s:.0f} s old"
        if request.get("action") != DEAL:
            return
        market = desk.tape.bid if whole(request, "type") % 2 else desk.tape.ask
        contract = desk.contract
        allowed = number(request, "deviation") * contract.point + 1.001 * contract.tick_size
        price = number(request, "price")
        if abs(price - market) > allowed:
            yield f"{desk.name} is priced {price:g}, the market is {market:g}"

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Bars as they were scanned."""
        self.sight.look(scene, self)
        if self.sight.damage.is_fresh:
            self._bars.clear()  # an older record may be in force
        for line in self.new_lines():
            if line["event"] == "BotStarted":
                self._starts_count += 1
            elif line["event"] == "SymbolScanned":
                self.checked_count += 1
                yield from self._scanned(scene, line)

    def _scanned(self, scene: Scene, line: Line) -> Iterable[str]:
        symbol, bar_utc_s = str(line["symbol"]), float(line["bar_utc_s"])
        before, starts_count = self._bars.get(symbol, (0.0, 0))
        self._bars[symbol] = (max(before, bar_utc_s), self._starts_count)
        if bar_utc_s + _DAY_LEAST_S > scene.now_utc_s + _CLOCK_S:
            yield f"{symbol}: the bar of {bar_utc_s:.0f} was scanned before it ended"
        is_again = bar_utc_s == before and starts_count != self._starts_count
        if bar_utc_s <= before and not is_again:
            yield f"{symbol}: bar {bar_utc_s:.0f} was scanned after {before:.0f}"
