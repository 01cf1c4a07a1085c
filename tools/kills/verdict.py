"""What must hold between the broker, the journal and the state, whenever a trader died."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from bot.live.evidence import setup_of_magic
from bot.live.state import SetupStatus
from bot.simulator.symbols import default_contract
from tools.kills.days import day_lines
from tools.kills.facts import CENT, MONEY, Facts, Row, cents_of

_ENTRY_IN: Final = 0
_LOTS_NOISE: Final = 1e-6
_BOOKED: Final = tuple(f"{part}_money" for part in MONEY)


def agreements(facts: Facts, *, is_settled: bool) -> list[str]:
    """Every broken promise in words; `is_settled`: a life has ended in good order since."""
    checks = [doubled_entries, naked_positions, unannounced_entries, doubled_lines, day_lines]
    if is_settled:
        checks += [unbooked_deals, wrong_positions, wrong_ladders, wrong_orders]
    return [complaint for check in checks for complaint in check(facts)]


def doubled_entries(facts: Facts) -> Iterable[str]:
    """I1, I2: one order per key that opened, and one position per setup, in the whole history."""
    orders, positions = defaultdict(set), defaultdict(set)
    for deal in facts.own_deals():
        if deal["entry"] == _ENTRY_IN and facts.is_own(deal["magic"]):
            orders[deal["magic"]].add(deal["order"])
            positions[setup_of_magic(deal["magic"])].add(deal["position_id"])
    for magic, tickets in orders.items():
        if len(tickets) > 1:
            yield f"I2: key {magic} opened with orders {sorted(tickets)}"
    for setup_id, ids in positions.items():
        if len(ids) > 1:
            yield f"I1: setup {setup_id} opened positions {sorted(ids)}"


def naked_positions(facts: Facts) -> Iterable[str]:
    """I3: whoever died, the stop is at the broker."""
    for position in facts.own_positions():
        if position["sl"] <= 0.0:
            yield f"I3: position {position['ticket']} {position['symbol']} has no stop"


def unannounced_entries(facts: Facts) -> Iterable[str]:
    """I9: the intent of each opening deal is in the journal."""
    intended = {line["magic"] for line in facts.told("OrderIntended")}
    for deal in facts.own_deals():
        if deal["entry"] == _ENTRY_IN and deal["magic"] not in intended:
            yield f"I9: deal {deal['ticket']} was never intended"


_ONCE: Final = {
    "DealBooked": ("deal_ticket",),
    "PositionOpened": ("position_id",),
    "PositionClosed": ("position_id",),
    "RungTaken": ("position_id", "rung"),
    "DayOpened": ("date",),
    "DayClosed": ("date",),
    "SetupCreated": ("setup_id",),
    "OrderIntended": ("intent_id",),
}


def doubled_lines(facts: Facts) -> Iterable[str]:
    """I10: what is told once is told once, however often the teller died."""
    for kind, names in _ONCE.items():
        seen = Counter(tuple(line[name] for name in names) for line in facts.told(kind))
        for identity, count in seen.items():
            if count > 1:
                yield f"I10: {kind} {identity} stands {count} times in the journal"


def unbooked_deals(facts: Facts) -> Iterable[str]:
    """I12: each own deal is booked to the cent, under its setup; the balance is their sum."""
    booked = {line["deal_ticket"]: line for line in facts.told("DealBooked")}
    for deal in facts.own_deals():
        line = booked.pop(deal["ticket"], None)
        if line is None:
            yield f"I12: deal {deal['ticket']} is not in the journal"
        elif cents_of(line, _BOOKED) != cents_of(deal, MONEY) or not line["is_own"]:
            yield f"I12: deal {deal['ticket']} is booked as {line}"
        elif facts.is_own(deal["magic"]) and line["setup_id"] != setup_of_magic(deal["magic"]):
            yield f"I12: deal {deal['ticket']} is booked under setup {line['setup_id']}"
    yield from (f"I12: booked own deal {ticket} is not the broker's" for ticket in _own(booked))
    cents = sum(cents_of(deal, MONEY) for deal in facts.truth["deals"])
    if round(CENT * facts.truth["account"]["balance"]) != cents:
        yield f"I12: balance {facts.truth['account']['balance']}, the deals say {cents} cents"


def wrong_positions(facts: Facts) -> Iterable[str]:
    """I10: own positions, filled setups and the journal's opened and closed are the same."""
    held = {p["identifier"] for p in facts.own_positions()}
    pending = {intent.magic for intent in facts.state.intents.values()}
    ladders = {s.ladder.position_id for s in facts.state.setups.values() if s.ladder is not None}
    opened = {line["position_id"] for line in facts.told("PositionOpened")}
    closed = {line["position_id"] for line in facts.told("PositionClosed")}
    for position in facts.own_positions():
        if position["identifier"] not in ladders and position["magic"] not in pending:
            yield f"I10: position {position['identifier']} is held, no setup knows it"
    for position_id in sorted(ladders - held - closed):
        yield f"I10: a setup holds position {position_id}, the broker does not"
    if opened - closed != ladders:
        yield f"I10: opened and not closed are {sorted(opened - closed)}, held {sorted(ladders)}"
    yield from _wrong_results(facts)


def _wrong_results(facts: Facts) -> Iterable[str]:
    deals = defaultdict(list)
    for deal in facts.own_deals():
        deals[deal["position_id"]].append(deal)
    for line in facts.told("PositionClosed"):
        cents = sum(cents_of(deal, MONEY) for deal in deals[line["position_id"]])
        if round(CENT * line["net_money"]) != cents:
            yield f"I12: position {line['position_id']} closed at {line['net_money']}, not {cents}"


def wrong_ladders(facts: Facts) -> Iterable[str]:
    """The ladder's stop stands at the broker, and each rung it remembers was closed there."""
    rungs = Counter(line["position_id"] for line in facts.told("RungTaken"))
    open_closes = {intent.ticket for intent in facts.state.intents.values()}
    positions = {p["identifier"]: p for p in facts.own_positions()}
    for setup in facts.state.live_setups(SetupStatus.FILLED):
        ladder = setup.ladder
        assert ladder is not None, "a filled setup has a ladder"
        position = positions.get(ladder.position_id)
        if position is None or ladder.position_id in open_closes:
            continue
        name = f"ladder of position {ladder.position_id} {setup.symbol}"
        tick_price = default_contract(setup.symbol).tick_size
        if abs(position["sl"] - ladder.stop_price) > tick_price + 1e-9:
            yield f"{name}: stop {ladder.stop_price}, the broker's {position['sl']}"
        if len(ladder.rungs) != rungs[ladder.position_id]:
            yield f"{name}: {len(ladder.rungs)} rungs, the journal has {rungs[ladder.position_id]}"
        closed_lots = math.fsum(rung.lots for rung in ladder.rungs)
        gone_lots = _gone_lots(facts, ladder.position_id)
        if closed_lots > gone_lots + _LOTS_NOISE:
            yield f"{name}: rungs of {closed_lots} lots, the broker closed {gone_lots}"
        if not ladder.keep_reason and abs(closed_lots - gone_lots) > _LOTS_NOISE:
            yield f"{name}: the broker closed {gone_lots} lots, rungs remember {closed_lots}"


def wrong_orders(facts: Facts) -> Iterable[str]:
    """Own resting orders belong to a pending setup or an open intent, and the other way round."""
    pending = {s.order_ticket for s in facts.state.live_setups(SetupStatus.PENDING)}
    magics = {intent.magic for intent in facts.state.intents.values()}
    resting = {o["ticket"]: o["magic"] for o in facts.truth["orders"] if facts.is_own(o["magic"])}
    for ticket, magic in resting.items():
        if ticket not in pending and magic not in magics:
            yield f"I1: order {ticket} rests and no setup knows it"
    if not magics:
        yield from (f"I10: setup waits for order {t}, gone" for t in sorted(pending - {*resting}))


def _gone_lots(facts: Facts, position_id: int) -> float:
    outs = [d for d in facts.own_deals() if d["position_id"] == position_id and d["entry"]]
    return math.fsum(deal["volume"] for deal in outs)


def _own(booked: Mapping[int, Row]) -> list[int]:
    return sorted(ticket for ticket, line in booked.items() if line["is_own"])
