"""Starting and recovering are one path: load, read the journal's tail, compare with the broker.

The journal is written before the snapshot, so after a crash it knows a little more: what it
already recorded is not recorded twice, and numbers it gave out are not given out again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from bot.errors import NeedsPersonError, WrongAccountError
from bot.live.breaker_state import learn_breaker
from bot.live.day_book import date_text
from bot.live.deal_book import may_be_new, shift_cash
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record, identity_of
from bot.live.state import STATE_NAME, BotState, DayAnchor, Halt, state_from_document
from bot.model.broker import AccountFacts, DealEntry
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.ports import Journal, Store
from bot.rules.calendar import day_start_utc_s, server_day
from bot.rules.challenge import first_day, floors
from bot.timezones import firm_day_table

_TAIL_DAYS = 3
_BALANCE_PER_INITIAL_MAX = 2.0
UNKNOWN_POSITIONS = "unknown_positions"
"""Halt of a start that found own positions no setup knows; a person's resume closes them."""


def load_state(
    store: Store, account: AccountFacts, settings: BotSettings, now_utc_s: float
) -> BotState:
    """The saved state of this account, or a new one if none was ever saved.

    A new record books deals from the reset that began this day of the firm on.
    """
    table = firm_day_table(settings.firm_clock)
    document = store.load(STATE_NAME)
    if document is None:
        check_first_start(settings, account)
        return BotState(
            login=account.login,
            server=account.server,
            pinned=pin_of(settings),
            first_start_utc_s=now_utc_s,
            deals_since_utc_s=day_start_utc_s(server_day(now_utc_s, table), table),
        )
    state = state_from_document(document)
    if (state.login, state.server) != (account.login, account.server):
        raise WrongAccountError(
            f"the state folder belongs to login {state.login} on {state.server!r}, the terminal "
            f"shows {account.login} on {account.server!r}; use another folder or log in again"
        )
    if state.pinned != pin_of(settings):
        raise NeedsPersonError(
            f"the state folder belongs to {state.pinned}, the parameters say {pin_of(settings)}; "
            "a new phase or account gets a folder of its own (--data-folder)"
        )
    return state


def pin_of(settings: BotSettings) -> str:
    """What a record is bound to for good: preset, phase and initial balance (FAULTS H11, K05)."""
    initial = settings.rules.initial_balance_money
    return f"{settings.preset} {settings.phase} of {initial:.2f}"


def check_first_start(settings: BotSettings, account: AccountFacts) -> None:
    """A balance far from the initial one is a slip in the parameters, not a breach or a pass."""
    rules = settings.rules
    initial, balance = rules.initial_balance_money, account.balance_money
    floor = max(0.0, floors(first_day(0, rules), rules).total_money)
    if not floor < balance < initial * _BALANCE_PER_INITIAL_MAX:
        raise NeedsPersonError(
            f"account.initial_balance_money = {initial:.2f}, but the account's balance is "
            f"{balance:.2f}; allowed at a first start: above {floor:.2f} and below "
            f"{initial * _BALANCE_PER_INITIAL_MAX:.2f}"
        )


def read_journal_tail(
    state: BotState, journal: Journal, now_utc_s: float, table: OffsetTable
) -> set[tuple[str, object]]:
    """Bring counters up to what the journal gave out; returns what it already recorded."""
    today = server_day(now_utc_s, table)
    start = min(today, state.day.day if state.day is not None else today) - _TAIL_DAYS
    recorded: set[tuple[str, object]] = set()
    for day in range(start, today + 1):
        for line in journal.events(day):
            _learn_cash(state, line, table)
            _learn(state, line)
            identity = identity_of(str(line["event"]), line)
            if identity is not None:
                recorded.add(identity)
    return recorded


def _learn(state: BotState, line: Mapping[str, object]) -> None:
    learn = _LESSONS.get(str(line["event"]))
    if learn is not None:
        learn(state, line)


def _learn_setup(state: BotState, line: Mapping[str, object]) -> None:
    state.next_setup_id = max(state.next_setup_id, _int(line, "setup_id") + 1)


def _learn_intent(state: BotState, line: Mapping[str, object]) -> None:
    state.next_intent_id = max(state.next_intent_id, _int(line, "intent_id") + 1)


def _learn_deal(state: BotState, line: Mapping[str, object]) -> None:
    state.seen_deals[_int(line, "deal_ticket")] = _float(line, "time_utc_s")
    if _int(line, "setup_id") and _int(line, "position_id"):
        state.position_setups[_int(line, "position_id")] = _int(line, "setup_id")


def _learn_cash(state: BotState, line: Mapping[str, object], table: OffsetTable) -> None:
    """A deposit or payout that was journalled, but not yet in the snapshot, is no profit either."""
    if line["event"] != "DealBooked" or line["entry"] != DealEntry.NONE.name:
        return
    at_utc_s = _float(line, "time_utc_s")
    if may_be_new(state, _int(line, "deal_ticket"), at_utc_s):
        parts = ("profit_money", "swap_money", "commission_money", "fee_money")
        cash_money = round(math.fsum(_float(line, part) for part in parts), 2)
        shift_cash(state, cash_money, server_day(at_utc_s, table))


def _learn_profit(state: BotState, line: Mapping[str, object]) -> None:
    date = str(line["date"])
    is_counted = line.get("is_counted_day", line["is_profitable_day"])
    if is_counted and date not in state.profitable_days:
        state.profitable_days.append(date)


def _learn_halt(state: BotState, line: Mapping[str, object]) -> None:
    """The journal decides which halts hold (FAULTS D06): the snapshot may be a cycle behind."""
    kind = str(line["halt"])
    if line["event"] == "HaltCleared":
        state.halts.pop(kind, None)
    elif kind not in state.halts:
        state.halts[kind] = Halt(
            kind=kind,
            reason=str(line["reason"]),
            since_utc_s=_float(line, "at_utc_s"),
            day=_int(line, "day"),
            resets=str(line["resets"]),
            flattens=bool(line.get("flattens", True)),
        )


def _learn_breaker(state: BotState, line: Mapping[str, object]) -> None:
    newest = state.results[-1].setup_id if state.results else 0
    learn_breaker(state.breakers, line, newest)


def _learn_day(state: BotState, line: Mapping[str, object]) -> None:
    """A day opened in the journal but not in the snapshot keeps the base it was given."""
    number = _int(line, "day")
    if date_text(number) != line["date"] or (state.day is not None and state.day.day >= number):
        return
    equity = _float(line, "equity_money")
    before = state.day
    state.day = DayAnchor(
        day=number,
        base_money=_float(line, "base_money"),
        start_balance_money=_float(line, "balance_money"),
        is_estimated=bool(line["is_estimated"]),
        lowest_equity_money=equity,
        lowest_equity_utc_s=_float(line, "at_utc_s"),
        marked_low_money=equity,
        trail_peak_money=0.0 if before is None else before.trail_peak_money,
        trail_floor_money=_float(line, "total_floor_money"),
        is_trail_locked=before is not None and before.is_trail_locked,
    )


_LESSONS: dict[str, Callable[[BotState, Mapping[str, object]], None]] = {
    "SetupCreated": _learn_setup,
    "OrderIntended": _learn_intent,
    "DealBooked": _learn_deal,
    "DayClosed": _learn_profit,
    "DayOpened": _learn_day,
    "HaltLatched": _learn_halt,
    "HaltCleared": _learn_halt,
    "BreakerTripped": _learn_breaker,
    "BreakerReset": _learn_breaker,
}


def mark_open_intents(record: Record) -> int:
    """Whatever was about to be sent when the process ended has an unknown outcome."""
    intents = record.state.intents.values()
    for intent in intents:
        intent.is_unknown = True
        intent.clean_reads_count = 0
    return len(record.state.intents)


def compare_with_broker(
    settings: BotSettings, record: Record, reader: EvidenceReader
) -> tuple[str, ...]:
    """Every difference between our record and the broker's, and what will be done about it."""
    evidence = reader.evidence()
    state = record.state
    findings = [
        f"intent {i.intent_id} {i.action} {i.symbol}: outcome unknown, will be resolved"
        for i in state.intents.values()
    ]
    findings += _position_findings(state, evidence, reader)
    findings += _order_findings(state, evidence, reader)
    if len(evidence.positions) > settings.risk.positions_max_count:
        findings.append(f"{len(evidence.positions)} positions: entries stay closed")
    return tuple(findings)


def unknown_own_positions(state: BotState, evidence: Evidence, reader: EvidenceReader) -> list[int]:
    """Own positions that neither a setup nor an open intent knows."""
    known = {s.ladder.position_id for s in state.setups.values() if s.ladder is not None}
    known |= {s.order_ticket for s in state.setups.values()}
    magics = {i.magic for i in state.intents.values()}
    magics |= {s.order_magic for s in state.setups.values()}
    return [
        p.position_id
        for p in evidence.positions
        if reader.is_own(p.magic) and p.position_id not in known and p.magic not in magics
    ]


def _position_findings(state: BotState, evidence: Evidence, reader: EvidenceReader) -> list[str]:
    unknown = unknown_own_positions(state, evidence, reader)
    findings = []
    for position in evidence.positions:
        label = f"position {position.position_id} {position.symbol}"
        if not reader.is_own(position.magic):
            findings.append(f"{label}: not ours, counted in risk, never touched")
        elif position.position_id in unknown:
            findings.append(f"{label}: our magic, but no setup knows it; left alone, entries shut")
    return findings


def _order_findings(state: BotState, evidence: Evidence, reader: EvidenceReader) -> list[str]:
    tickets = {s.order_ticket for s in state.setups.values()}
    magics = {i.magic for i in state.intents.values()}
    findings = []
    for order in evidence.orders:
        if not reader.is_own(order.magic):
            findings.append(f"order {order.ticket} {order.symbol}: not ours, never touched")
        elif order.ticket not in tickets and order.magic not in magics:
            findings.append(f"order {order.ticket} {order.symbol}: ours without a setup, cancelled")
    return findings


def _int(line: Mapping[str, object], key: str) -> int:
    value = line[key]
    assert isinstance(value, int)
    return value


def _float(line: Mapping[str, object], key: str) -> float:
    value = line[key]
    assert isinstance(value, (int, float))
    return float(value)
