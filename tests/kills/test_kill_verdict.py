"""The judge of a killed trader sees each kind of damage: every check has a case that trips it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.live.evidence import magic_of
from bot.live.state import BotState, Intent, Ladder, Rung, Setup, SetupStatus
from bot.report.text import day_number
from bot.rules.calendar import day_start_utc_s
from bot.timezones import server_offset_table
from tools.kills.days import comparable_dates, differing_days, judged_bases
from tools.kills.facts import Facts, facts_of
from tools.kills.verdict import agreements
from tools.kills.victim import eager_settings
from tools.kills.witness import Sight

SETTINGS = eager_settings()
MAGIC = magic_of(SETTINGS.magic_base, 1, 1)
OTHER_MAGIC = magic_of(SETTINGS.magic_base, 2, 1)
OFFSET_S = 7_200  # March, before the clocks of New York change
DAYS = ("2026-03-02", "2026-03-03")
NOTHING = {"profit": 0.0, "swap": 0.0, "commission": 0.0, "fee": 0.0}


def _at_ms(date: str, hours: float) -> int:
    utc_s = day_start_utc_s(day_number(date), server_offset_table()) + hours * 3_600.0
    return int(utc_s + OFFSET_S) * 1_000


def _deal(ticket: int, **changes: object) -> dict[str, Any]:
    row = {
        "ticket": ticket,
        "order": 500 + ticket,
        "position_id": 501,
        "magic": MAGIC,
        "type": 0,
        "entry": 0,
        "symbol": "EURUSD",
        "volume": 0.3,
        "price": 1.1,
        "time_msc": _at_ms(DAYS[0], 10.0),
    }
    return row | NOTHING | changes


def _booked(deal: dict[str, Any], setup_id: int = 1) -> dict[str, Any]:
    money = {f"{name}_money": deal[name] for name in NOTHING}
    return {
        "event": "DealBooked",
        "deal_ticket": deal["ticket"],
        "position_id": deal["position_id"],
        "setup_id": setup_id,
        "is_own": True,
        **money,
    }


def _day(date: str, balance: float) -> dict[str, Any]:
    return {
        "event": "DayOpened",
        "date": date,
        "balance_money": balance,
        "base_money": balance,
        "daily_floor_money": balance - 1_000.0,
        "total_floor_money": 18_000.0,
        "is_estimated": False,
    }


def _setup() -> Setup:
    setup = Setup(
        setup_id=1,
        symbol="EURUSD",
        side=1,
        entry_price=1.1,
        stop_price=1.09,
        points=4.0,
        bar_utc_s=0.0,
        created_utc_s=0.0,
        expires_utc_s=1.0,
        status=SetupStatus.FILLED,
        since_utc_s=0.0,
    )
    setup.ladder = Ladder(
        position_id=501,
        opened_utc_s=0.0,
        open_price=1.1,
        initial_stop_price=1.09,
        one_r_price=0.01,
        lots_opened=0.3,
        risk_money=300.0,
        targets_r=[0.5, 1.0],
        close_fractions=[0.3, 0.7],
        stops_after_r=[0.0, None],
        stop_price=1.1,
        rungs=[Rung(0, 1.0, 1.105, 0.1)],
    )
    return setup


def a_world() -> Facts:
    """One own position: filled with 0.3 lots, a rung of 0.1 taken, its stop at break-even."""
    deposit = {"type": 2, "magic": 0, "position_id": 0, "order": 0, "symbol": ""}
    deals = [
        _deal(1, **deposit, profit=20_000.0, time_msc=_at_ms(DAYS[0], -24.0)),
        _deal(2, commission=-1.2),
        _deal(3, entry=1, volume=0.1, profit=50.0, type=1, time_msc=_at_ms(DAYS[0], 12.0)),
    ]
    position = {"ticket": 501, "identifier": 501, "magic": MAGIC, "symbol": "EURUSD", "sl": 1.1}
    truth = {
        "deals": deals,
        "positions": [position],
        "orders": [],
        "account": {"balance": 20_048.8},
    }
    events = [
        _day(DAYS[0], 20_000.0),
        {"event": "SetupCreated", "setup_id": 1},
        {"event": "OrderIntended", "intent_id": 1, "magic": MAGIC},
        {"event": "PositionOpened", "position_id": 501},
        _booked(deals[1]),
        {"event": "RungTaken", "position_id": 501, "rung": 1},
        _booked(deals[2]),
        _day(DAYS[1], 20_048.8),
    ]
    return Facts(truth, events, BotState(setups={1: _setup()}), SETTINGS)


def test_a_world_in_order_has_nothing_to_complain_about() -> None:
    assert agreements(a_world(), is_settled=True) == []


def test_a_trader_that_never_began_has_nothing_to_complain_about(tmp_path: Path) -> None:
    truth = {"deals": [], "positions": [], "orders": [], "account": {"balance": 0.0}}
    assert agreements(facts_of(truth, tmp_path, SETTINGS), is_settled=True) == []


Damage = Callable[[Facts], object]


def _ladder(facts: Facts) -> Ladder:
    ladder = facts.state.setups[1].ladder
    assert ladder is not None
    return ladder


def _twice(kind: str) -> Damage:
    return lambda facts: facts.events.append(copy.deepcopy(facts.told(kind)[0]))


def _without(kind: str) -> Damage:
    return lambda facts: facts.events.remove(facts.told(kind)[0])


def _changed(kind: str, **changes: object) -> Damage:
    return lambda facts: facts.told(kind)[0].update(changes)


def _resting(facts: Facts) -> None:
    facts.truth["orders"].append({"ticket": 9, "magic": OTHER_MAGIC})


def _waiting(facts: Facts) -> None:
    setup = _setup()
    setup.setup_id, setup.status, setup.ladder, setup.order_ticket = 2, SetupStatus.PENDING, None, 9
    facts.state.setups[2] = setup


def _closed_wrongly(facts: Facts) -> None:
    facts.truth["positions"].clear()
    facts.state.setups.clear()
    facts.events.append({"event": "PositionClosed", "position_id": 501, "net_money": 48.81})


DAMAGES: list[tuple[str, Damage]] = [
    ("I2: key", lambda f: f.truth["deals"].append(_deal(4))),
    ("I1: setup 1 opened", lambda f: f.truth["deals"].append(_deal(4, position_id=777))),
    ("I3: position 501", lambda f: f.truth["positions"][0].update(sl=0.0)),
    ("I9: deal 2", _without("OrderIntended")),
    ("I10: DealBooked", _twice("DealBooked")),
    ("I10: PositionOpened", _twice("PositionOpened")),
    ("I10: RungTaken", _twice("RungTaken")),
    ("I10: SetupCreated", _twice("SetupCreated")),
    ("I10: OrderIntended", _twice("OrderIntended")),
    ("I10: DayOpened", _twice("DayOpened")),
    ("I20: days opened", _changed("DayOpened", date="2026-02-28")),
    ("I20: 2026-03-02 opened with", _changed("DayOpened", balance_money=20_000.01)),
    ("I20: 2026-03-02 has base", _changed("DayOpened", base_money=19_999.0)),
    ("I12: deal 2 is not in the journal", _without("DealBooked")),
    ("I12: deal 2 is booked as", _changed("DealBooked", commission_money=-1.21)),
    ("I12: deal 2 is booked as", _changed("DealBooked", is_own=False)),
    ("I12: deal 2 is booked under", _changed("DealBooked", setup_id=7)),
    ("I12: booked own deal", lambda f: f.events.append(_booked(_deal(99)))),
    ("I12: balance", lambda f: f.truth["account"].update(balance=20_048.81)),
    ("I12: position 501 closed", _closed_wrongly),
    ("I10: position 501 is held", lambda f: f.state.setups.clear()),
    ("I10: a setup holds position 501", lambda f: f.truth["positions"].clear()),
    ("I10: opened and not closed", _without("PositionOpened")),
    ("stop 1.09", lambda f: setattr(_ladder(f), "stop_price", 1.09)),
    ("0 rungs", lambda f: _ladder(f).rungs.clear()),
    ("rungs of 0.2 lots", lambda f: setattr(_ladder(f).rungs[0], "lots", 0.2)),
    ("rungs remember 0.05", lambda f: setattr(_ladder(f).rungs[0], "lots", 0.05)),
    ("I1: order 9 rests", _resting),
    ("I10: setup waits for order 9", _waiting),
]


@pytest.mark.parametrize(("words", "damage"), DAMAGES, ids=[words for words, _ in DAMAGES])
def test_each_damage_is_seen(words: str, damage: Damage) -> None:
    facts = a_world()
    damage(facts)
    assert [line for line in agreements(facts, is_settled=True) if words in line]


def test_what_is_still_under_way_is_no_damage_while_its_intent_is_open() -> None:
    facts = a_world()
    facts.state.setups.clear()
    for kind in ("PositionOpened", "RungTaken"):
        _without(kind)(facts)
    facts.state.intents[1] = Intent(
        1, MAGIC, 1, "EURUSD", "open_market", 1, 0.3, 1.1, 1.09, 300.0, 0.0
    )
    assert agreements(facts, is_settled=True) == []


def test_a_dead_trader_s_books_may_lag_behind_the_broker_s() -> None:
    facts = a_world()
    _without("DealBooked")(facts)
    assert agreements(facts, is_settled=False) == []


def test_days_are_compared_as_long_as_both_traded_alike() -> None:
    facts, other = a_world(), a_world()
    assert comparable_dates(facts, other) == list(DAYS)
    facts.truth["deals"][1]["price"] = 1.1001
    assert comparable_dates(facts, other) == [DAYS[0]]


@pytest.mark.parametrize(
    ("base", "is_estimated", "is_fine"),
    [
        (20_000.0, False, True),
        (20_000.01, False, False),
        (20_000.01, True, True),
        (19_999.99, True, False),
        (19_999.99, False, False),
    ],
)
def test_a_day_s_base_is_that_of_an_unkilled_life_or_stricter_where_unsure(
    base: float, is_estimated: bool, is_fine: bool
) -> None:
    facts, other = a_world(), a_world()
    _changed("DayOpened", base_money=base, is_estimated=is_estimated)(facts)
    assert (not list(differing_days(facts, other, DAYS))) == is_fine


RESET_UTC_S = day_start_utc_s(day_number(DAYS[1]), server_offset_table())
SEEN = (
    Sight(RESET_UTC_S - 300.0, 20_048.8, 20_060.0),
    Sight(RESET_UTC_S, 20_048.8, 20_055.0),
)


@pytest.mark.parametrize(
    ("base", "is_estimated", "is_fine"),
    [
        (20_060.0, False, True),
        (20_055.0, False, False),
        (20_060.01, False, False),
        (20_055.0, True, True),
        (20_090.0, True, True),
        (20_054.99, True, False),
    ],
)
def test_a_base_is_what_a_witness_of_the_reset_saw_or_stricter_where_unsure(
    base: float, is_estimated: bool, is_fine: bool
) -> None:
    facts = replace(a_world(), seen=SEEN)
    facts.told("DayOpened")[1].update(base_money=base, is_estimated=is_estimated)
    answers = judged_bases(facts)
    assert len(answers) == 1
    assert (answers == [""]) == is_fine
