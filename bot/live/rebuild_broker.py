"""What the broker adds to a state rebuilt from the journal, and all there is without one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.live.deal_book import net_money
from bot.live.evidence import EvidenceReader, attempt_of_magic, setup_of_magic
from bot.live.past import Past
from bot.live.state import Ladder, Rung, Setup, SetupStatus, TradeResult
from bot.model.broker import (
    AccountFacts,
    BrokerDeal,
    BrokerOrder,
    BrokerPosition,
    DealEntry,
    DealReason,
)
from bot.model.settings import BotSettings, ExitSettings
from bot.rules.calendar import server_day
from bot.rules.sizing import money_at_stop
from bot.timezones import firm_day_table, server_offset_table

_LOTS_NOISE = 1e-6
_BEFORE_S = 1.0
_BAR_OPEN_BEFORE_S = 86_400.0
"""A daily bar that is closed now was opened at least a day ago."""


@dataclass(frozen=True, slots=True)
class BrokerFacts:
    """Account, open positions, resting orders and the whole history, deals oldest first."""

    account: AccountFacts
    positions: tuple[BrokerPosition, ...]
    orders: tuple[BrokerOrder, ...]
    deals: tuple[BrokerDeal, ...]
    finished: tuple[BrokerOrder, ...]
    now_utc_s: float

    @property
    def trades_money(self) -> float:
        """What every trade of the account came to, costs included."""
        return net_money(d for d in self.deals if d.entry != DealEntry.NONE)

    def deals_of(self, position_id: int) -> list[BrokerDeal]:
        """The deals of one position."""
        return [deal for deal in self.deals if deal.position_id == position_id]


class BrokerSide:
    """Adds to a state folded from the journal what only the broker knows now."""

    def __init__(
        self, past: Past, settings: BotSettings, facts: BrokerFacts, reader: EvidenceReader
    ) -> None:
        self._past = past
        self._state = past.state
        self._settings = settings
        self._facts = facts
        self._reader = reader
        self._table = firm_day_table(settings.firm_clock)
        self.findings: list[str] = []

    def add(self, *, is_whole: bool) -> list[str]:
        """Numbers, positions and, where the journal is not whole, the stricter guesses."""
        self._numbers()
        for position in self._facts.positions:
            if self._reader.is_own(position.magic):
                self._position(position, is_whole=is_whole)
        for order in self._facts.orders:
            self._order(order)
        if not is_whole:
            self._fill_gaps()
        self._state.breakers.slips_counted = [s.setup_id for s in self._filled()]
        return self.findings

    def _filled(self) -> list[Setup]:
        return self._state.live_setups(SetupStatus.FILLED)

    def _own_deals(self) -> list[BrokerDeal]:
        return [deal for deal in self._facts.deals if self._reader.is_own(deal.magic)]

    def _numbers(self) -> None:
        """A number that the broker has seen is not given out again (I2)."""
        state, facts = self._state, self._facts
        magics = [p.magic for p in facts.positions] + [d.magic for d in facts.deals]
        magics += [order.magic for order in (*facts.orders, *facts.finished)]
        own = [setup_of_magic(magic) for magic in magics if self._reader.is_own(magic)]
        state.next_setup_id = max([state.next_setup_id, *(number + 1 for number in own)])
        for deal in self._own_deals():
            if deal.position_id:
                state.position_setups.setdefault(deal.position_id, setup_of_magic(deal.magic))

    def _position(self, position: BrokerPosition, *, is_whole: bool) -> None:
        known = next((s for s in self._filled() if _holds(s, position)), None)
        label = f"position {position.position_id} {position.symbol} {position.lots:g} lots"
        if known is not None and known.ladder is not None:
            ladder, source = known.ladder, "the journal"
            if position.position_id in self._past.trades.guessed_ladders:
                source = "the journal, its exits from today's parameters"
        elif self._is_expected(position):
            return  # its fill is not journalled yet: the first cycle adopts it
        else:
            setup = self._adopted(position)
            if setup is None:
                self.findings.append(f"{label}: no stop is known; entries stay shut for it")
                return
            self._state.setups[setup.setup_id] = setup
            assert setup.ladder is not None, "adopted with one"
            known, ladder, source = setup, setup.ladder, "the broker and today's parameters"
        _fit(known, ladder, position)
        if not is_whole:
            self._rungs_of_deals(ladder, position)
        rungs = f"{len(ladder.rungs)} of {len(ladder.targets_r)} rungs taken"
        self.findings.append(f"{label}: ladder from {source}, {rungs}, stop {ladder.stop_price:g}")

    def _is_expected(self, position: BrokerPosition) -> bool:
        pending = self._state.live_setups(SetupStatus.PENDING)
        magics = {s.order_magic for s in pending} | {
            i.magic for i in self._state.intents.values() if i.action != "close"
        }
        tickets = {s.order_ticket for s in pending}
        return position.magic in magics or position.position_id in tickets

    def _adopted(self, position: BrokerPosition) -> Setup | None:
        """A setup around a position of which the journal says nothing."""
        opening = [d for d in self._facts.deals_of(position.position_id) if d.entry == DealEntry.IN]
        tickets = {deal.order_ticket for deal in opening}
        order = next((o for o in self._facts.finished if o.ticket in tickets), None)
        stop = _first_stop(position, order, self._settings.exits)
        if stop is None:
            return None
        setup_id = setup_of_magic(position.magic)
        lots = math.fsum(deal.lots for deal in opening) or position.lots
        entry = order.price if order is not None and order.price > 0.0 else position.open_price
        setup = Setup(
            setup_id=setup_id,
            symbol=position.symbol,
            side=position.side,
            entry_price=entry,
            stop_price=stop,
            points=0.0,
            bar_utc_s=position.opened_utc_s,
            created_utc_s=position.opened_utc_s,
            expires_utc_s=self._facts.now_utc_s,
            status=SetupStatus.FILLED,
            since_utc_s=position.opened_utc_s,
            attempts_count=attempt_of_magic(position.magic),
            order_ticket=position.position_id,
            order_magic=position.magic,
        )
        setup.ladder = _ladder(position, stop, lots, self._settings.exits)
        setup.ladder.risk_money = self._risk_money(setup, setup.ladder)
        return setup

    def _risk_money(self, setup: Setup, ladder: Ladder) -> float:
        instrument = self._reader.instrument(setup.symbol)
        if instrument is None:
            return 0.0
        spec, lots = instrument.spec, ladder.lots_opened
        levels = (ladder.open_price, ladder.initial_stop_price)
        money = float(money_at_stop(setup.side, *levels, lots, spec))
        return money + spec.commission_money_per_lot * lots

    def _rungs_of_deals(self, ladder: Ladder, position: BrokerPosition) -> None:
        """Each part that the bot itself closed is a rung: what was taken is not taken again."""
        outs = [
            deal
            for deal in self._facts.deals_of(position.position_id)
            if deal.entry == DealEntry.OUT and deal.reason == DealReason.EXPERT
        ]
        for number in range(len(ladder.rungs), min(len(outs), len(ladder.targets_r) - 1)):
            deal = outs[number]
            ladder.rungs.append(Rung(number, deal.time_utc_s, deal.price, deal.lots))

    def _order(self, order: BrokerOrder) -> None:
        tickets = {setup.order_ticket for setup in self._state.setups.values()}
        magics = {intent.magic for intent in self._state.intents.values()}
        is_known = order.ticket in tickets or order.magic in magics
        if self._reader.is_own(order.magic) and not is_known:
            self.findings.append(
                f"order {order.ticket} {order.symbol}: no setup is known, it will be cancelled"
            )

    def _fill_gaps(self) -> None:
        """The journal does not tell all: what may have happened counts as if it had."""
        state, now = self._state, self._facts.now_utc_s
        own = self._own_deals()
        self.findings.append("the journal is not whole: what it lacks takes the stricter value")
        if state.first_start_utc_s == 0.0:
            oldest = min((deal.time_utc_s for deal in own), default=now)
            state.first_start_utc_s = oldest - _BEFORE_S
            self.findings.append("money paid in or out since the first own deal is no profit")
        if state.challenge.first_day == 0:
            state.challenge.first_day = server_day(state.first_start_utc_s, self._table)
        for setup in state.live_setups(SetupStatus.AWAITING_ENTRY, SetupStatus.AWAITING_SPREAD):
            if not state.has_unknown(setup.symbol):
                del state.setups[setup.setup_id]
                self.findings.append(f"setup {setup.setup_id} {setup.symbol}: waited, is dropped")
        today = server_day(now, server_offset_table())
        for item in self._settings.symbols:
            state.scanned_day[item.symbol] = today
            known = state.scanned_bar_utc_s.get(item.symbol, 0.0)
            state.scanned_bar_utc_s[item.symbol] = max(known, now - _BAR_OPEN_BEFORE_S)
        self.findings.append("today's bars count as judged: no setup before the next daily bar")
        self._day_of_deals(own)
        self._results_of_deals(own)
        self.findings.append("halts, breakers and profitable days that no line tells are not known")

    def _day_of_deals(self, own: Sequence[BrokerDeal]) -> None:
        state = self._state
        today = server_day(self._facts.now_utc_s, self._table)
        if state.day is None or state.day.day < today:
            self.findings.append("the day's base is estimated from the deals by the first cycle")
        if state.day is not None and state.day.day == today:
            entries = [d for d in own if d.entry == DealEntry.IN and self._day_of(d) == today]
            state.day.entries_count = max(state.day.entries_count, len(entries))
        sums: dict[int, float] = {}
        for deal in self._facts.deals:
            if deal.entry != DealEntry.NONE and self._day_of(deal) < today:
                sums[self._day_of(deal)] = sums.get(self._day_of(deal), 0.0) + net_money([deal])
        best = max((round(money, 2) for money in sums.values()), default=0.0)
        state.challenge.best_day_money = max(state.challenge.best_day_money, best)

    def _day_of(self, deal: BrokerDeal) -> int:
        return server_day(deal.time_utc_s, self._table)

    def _results_of_deals(self, own: Sequence[BrokerDeal]) -> None:
        """Closed trades of which no line is left; their risk is taken as the usual one."""
        state, settings = self._state, self._settings
        open_ids = {position.position_id for position in self._facts.positions}
        known = {result.setup_id for result in state.results}
        usual = settings.risk.risk_per_trade_balance_fraction * settings.rules.initial_balance_money
        found = []
        for deal in own:
            setup_id, deals = setup_of_magic(deal.magic), self._facts.deals_of(deal.position_id)
            is_new = deal.entry == DealEntry.IN and setup_id not in known
            if is_new and deal.position_id not in open_ids:
                net = net_money(deals)
                last = max(d.time_utc_s for d in deals)
                found.append(TradeResult(setup_id, deal.symbol, last, net, net / usual))
                known.add(setup_id)
        for result in sorted([*state.results, *found], key=lambda r: r.closed_utc_s):
            state.add_result(result)
        state.results.sort(key=lambda r: r.closed_utc_s)
        if found:
            self.findings.append(f"{len(found)} closed trades are known from their deals alone")


def _holds(setup: Setup, position: BrokerPosition) -> bool:
    ladder = setup.ladder
    is_it = ladder is not None and ladder.position_id == position.position_id
    return is_it or (setup.order_magic == position.magic and setup.symbol == position.symbol)


def _fit(setup: Setup, ladder: Ladder, position: BrokerPosition) -> None:
    """The broker's volume and a tighter stop of the broker count."""
    ladder.position_id = position.position_id
    if ladder.keep_lots > 0.0 and position.lots <= ladder.keep_lots + _LOTS_NOISE:
        ladder.keep_lots = 0.0
    stop = position.stop_price
    if stop > 0.0 and setup.side * (stop - ladder.stop_price) > 0.0:
        ladder.stop_price = stop


def _first_stop(
    position: BrokerPosition, order: BrokerOrder | None, exits: ExitSettings
) -> float | None:
    """The stop at entry: of the order that opened it, else from the target, else today's."""
    side, price = position.side, position.open_price
    reach_r = exits.targets_r[-1]
    guesses = [
        order.stop_price if order is not None else 0.0,
        price - (position.target_price - price) / reach_r if position.target_price > 0.0 else 0.0,
        position.stop_price,
    ]
    return next((stop for stop in guesses if stop > 0.0 and side * (price - stop) > 0.0), None)


def _ladder(position: BrokerPosition, stop: float, lots: float, exits: ExitSettings) -> Ladder:
    return Ladder(
        position_id=position.position_id,
        opened_utc_s=position.opened_utc_s,
        open_price=position.open_price,
        initial_stop_price=stop,
        one_r_price=abs(position.open_price - stop),
        lots_opened=lots,
        risk_money=0.0,
        targets_r=list(exits.targets_r),
        close_fractions=list(exits.close_fractions),
        stops_after_r=[None if math.isnan(r) else r for r in exits.stops_after_r],
        stop_price=stop,
    )
