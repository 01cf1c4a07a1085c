"""What the journal says of setups, requests and positions: lessons of `bot.live.past`."""

from __future__ import annotations

import math
from collections.abc import Callable

from bot.live.conduct_state import EntryNote
from bot.live.evidence import attempt_of_magic
from bot.live.intents import ENTRY_ACTIONS
from bot.live.lines import Line, float_of, floats_of, int_of, side_of, text_of
from bot.live.state import BotState, Intent, Ladder, Rung, Setup, SetupStatus, TradeResult
from bot.model.broker import DealReason, SendResult
from bot.model.decision import ExitReason
from bot.model.settings import ExitSettings

_ENTERED = frozenset({SendResult.DONE.name, SendResult.PARTIAL.name, SendResult.UNKNOWN.name})
_WEEK_EDGES = frozenset({ExitReason.WEEKEND.name, ExitReason.MONDAY_GAP.name})


class PastTrades:
    """Follows setups, intents and ladders line by line in `state`.

    `balance_money` is the balance as far as the lines tell it; `exits` stand for a ladder whose
    line is of a build that did not write them.
    """

    def __init__(self, state: BotState, exits: ExitSettings) -> None:
        self._state = state
        self._exits = exits
        self.balance_money = 0.0
        self.guessed_ladders: list[int] = []
        self.lessons: dict[str, Callable[[Line], None]] = {
            "SetupCreated": self._created,
            "SetupMoved": self._moved,
            "OrderIntended": self._intended,
            "OrderAnswered": self._answered,
            "IntentResolved": self._resolved,
            "PositionOpened": self._opened,
            "FillCompared": self._compared,
            "RungTaken": self._rung,
            "StopMoved": self._stop,
            "DealBooked": self._deal,
            "PositionClosed": self._closed,
        }

    def ladder_of(self, line: Line) -> tuple[Setup, Ladder] | None:
        """The filled setup a line speaks of."""
        setup = self._state.setups.get(int_of(line, "setup_id"))
        return None if setup is None or setup.ladder is None else (setup, setup.ladder)

    def _created(self, line: Line) -> None:
        at, symbol = float_of(line, "at_utc_s"), text_of(line, "symbol")
        setup = Setup(
            setup_id=int_of(line, "setup_id"),
            symbol=symbol,
            side=side_of(line),
            entry_price=float_of(line, "entry_price"),
            stop_price=float_of(line, "stop_price"),
            points=float_of(line, "points"),
            bar_utc_s=float(str(line.get("bar_utc_s", 0.0)))
            or self._state.scanned_bar_utc_s.get(symbol, 0.0),
            created_utc_s=at,
            expires_utc_s=float_of(line, "expires_utc_s"),
            status=SetupStatus.AWAITING_ENTRY,
            since_utc_s=at,
        )
        self._state.setups[setup.setup_id] = setup

    def _moved(self, line: Line) -> None:
        setup = self._state.setups.get(int_of(line, "setup_id"))
        if setup is None:
            return
        setup.status = SetupStatus(text_of(line, "after"))
        setup.since_utc_s = float_of(line, "at_utc_s")
        setup.distance_r = float_of(line, "distance_r")
        if setup.status == SetupStatus.AWAITING_ENTRY:
            setup.order_ticket, setup.order_lots = 0, 0.0
        if not setup.is_live:
            del self._state.setups[setup.setup_id]

    def _intended(self, line: Line) -> None:
        state, action = self._state, text_of(line, "action")
        intent = Intent(
            intent_id=int_of(line, "intent_id"),
            magic=int_of(line, "magic"),
            setup_id=int_of(line, "setup_id"),
            symbol=text_of(line, "symbol"),
            action=action,
            side=side_of(line),
            lots=float_of(line, "lots"),
            price=float_of(line, "price"),
            stop_price=float_of(line, "stop_price"),
            risk_money=float_of(line, "risk_money"),
            created_utc_s=float_of(line, "at_utc_s"),
            ticket=int(str(line.get("position_id", 0))),
            lots_before=float(str(line.get("lots_before", 0.0))),
            rung=int(str(line.get("rung", -1))),
            is_unknown=True,
        )
        state.intents[intent.intent_id] = intent
        if state.day is not None:
            state.day.requests_count += 1
        setup = state.setups.get(intent.setup_id)
        if setup is None:
            return
        if action in ENTRY_ACTIONS:
            setup.order_magic = intent.magic
            setup.attempts_count = max(setup.attempts_count, attempt_of_magic(intent.magic))
        elif setup.ladder is not None:
            _note_exit(setup.ladder, intent, line)

    def _answered(self, line: Line) -> None:
        state, result = self._state, text_of(line, "result")
        intent = state.intents.get(int_of(line, "intent_id"))
        if intent is None:
            return
        if intent.action in ENTRY_ACTIONS and result in _ENTERED:
            share = intent.risk_money / self.balance_money if self.balance_money > 0.0 else 0.0
            at = float_of(line, "at_utc_s")
            state.conduct.note(EntryNote(intent.setup_id, intent.symbol, at, share))
        if result == SendResult.UNKNOWN.name:
            return
        del state.intents[intent.intent_id]
        setup = state.setups.get(intent.setup_id)
        if setup is not None and intent.action == "place_limit" and result in _ENTERED:
            setup.order_ticket, setup.order_lots = int_of(line, "order_ticket"), intent.lots

    def _resolved(self, line: Line) -> None:
        intent = self._state.intents.pop(int_of(line, "intent_id"), None)
        setup = self._state.setups.get(int_of(line, "setup_id"))
        words = text_of(line, "evidence").split()
        if intent is None or setup is None or line["resolution"] != "resting":
            return
        setup.order_ticket, setup.order_lots = int(words[-1]), intent.lots

    def _opened(self, line: Line) -> None:
        state, at = self._state, float_of(line, "at_utc_s")
        position_id, setup_id = int_of(line, "position_id"), int_of(line, "setup_id")
        if state.day is not None:
            state.day.entries_count += 1
        state.position_setups[position_id] = setup_id
        setup = state.setups.get(setup_id)
        if setup is None:
            return
        targets = [r for r in floats_of(line, "targets_r") if r is not None]
        fractions = [f for f in floats_of(line, "close_fractions") if f is not None]
        stops = floats_of(line, "stops_after_r")
        if not targets:
            targets, fractions = list(self._exits.targets_r), list(self._exits.close_fractions)
            stops = [None if math.isnan(r) else r for r in self._exits.stops_after_r]
            self.guessed_ladders.append(position_id)
        price, stop = float_of(line, "price"), float_of(line, "stop_price")
        if setup.status == SetupStatus.PENDING:
            setup.order_ticket = position_id
        setup.ladder = Ladder(
            position_id=position_id,
            opened_utc_s=float(str(line.get("opened_utc_s", 0.0))) or at,
            open_price=price,
            initial_stop_price=stop,
            one_r_price=abs(price - stop),
            lots_opened=float_of(line, "lots"),
            risk_money=float_of(line, "risk_money"),
            targets_r=targets,
            close_fractions=fractions,
            stops_after_r=stops,
            stop_price=stop,
            seen_utc_s=at,
        )

    def _compared(self, line: Line) -> None:
        known = self.ladder_of(line)
        filled, excess = float_of(line, "filled_lots"), float_of(line, "closed_excess_lots")
        if known is None or excess <= 0.0:
            return
        ladder = known[1]
        if excess >= filled:
            ladder.close_reason = ExitReason.OVERSIZE.name
            return
        ladder.keep_lots = ladder.lots_opened = filled - excess
        ladder.keep_reason = ExitReason.OVERSIZE.name

    def _rung(self, line: Line) -> None:
        known = self.ladder_of(line)
        place = int_of(line, "rung") - 1  # people count from one
        if known is not None and len(known[1].rungs) == place:
            at, price = float_of(line, "at_utc_s"), float_of(line, "price")
            known[1].rungs.append(Rung(place, at, price, float_of(line, "lots")))

    def _stop(self, line: Line) -> None:
        known = self.ladder_of(line)
        if known is not None:
            known[1].stop_price = float_of(line, "after_price")

    def _deal(self, line: Line) -> None:
        parts = ("profit_money", "swap_money", "commission_money", "fee_money")
        self.balance_money += sum(float_of(line, part) for part in parts)
        memory = self._state.challenge
        if line["entry"] == "IN":
            memory.last_opened_utc_s = max(memory.last_opened_utc_s, float_of(line, "time_utc_s"))
        known = self.ladder_of(line)
        if known is None or line["reason"] != DealReason.STOP.name or line["entry"] == "IN":
            return
        setup, ladder = known
        slipped_price = setup.side * (ladder.stop_price - float_of(line, "price"))
        fills = self._state.stop_fills.slipped_r.setdefault(setup.symbol, [])
        fills.append(slipped_price / ladder.one_r_price)

    def _closed(self, line: Line) -> None:
        state, position_id = self._state, int_of(line, "position_id")
        state.add_result(
            TradeResult(
                int_of(line, "setup_id"),
                text_of(line, "symbol"),
                float_of(line, "closed_utc_s"),
                float_of(line, "net_money"),
                float_of(line, "result_r"),
            )
        )
        for intent in list(state.intents.values()):
            if intent.action == "close" and intent.ticket == position_id:
                del state.intents[intent.intent_id]


def _note_exit(ladder: Ladder, intent: Intent, line: Line) -> None:
    """A close that was begun is gone on with; a policy of the week's edge is not asked twice."""
    reason = text_of(line, "evidence")
    if intent.rung < 0 and intent.lots >= intent.lots_before > 0.0:
        ladder.close_reason = reason
    if reason in _WEEK_EDGES:
        ladder.weekend_handled_day = int_of(line, "day")
