"""Starting and recovering are one path: load, read the journal's tail, compare with the broker.

The journal is written before the snapshot, so after a crash it knows a little more: what it
already recorded is not recorded twice, and numbers it gave out are not given out again.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import NeedsPersonError, WrongAccountError
from bot.live.day_book import date_text
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record, identity_of
from bot.live.state import STATE_NAME, BotState, DayAnchor, state_from_document
from bot.model.broker import AccountFacts
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.ports import Journal, Store
from bot.rules.calendar import day_start_utc_s, server_day

_TAIL_DAYS = 3


def load_state(
    store: Store, account: AccountFacts, now_utc_s: float, table: OffsetTable
) -> BotState:
    """The saved state of this account, or a new one if none was ever saved.

    A new record books deals from this server day's midnight on.
    """
    document = store.load(STATE_NAME)
    if document is None:
        return BotState(
            login=account.login,
            server=account.server,
            first_start_utc_s=now_utc_s,
            deals_since_utc_s=day_start_utc_s(server_day(now_utc_s, table), table),
        )
    state = state_from_document(document)
    if (state.login, state.server) != (account.login, account.server):
        raise WrongAccountError(
            f"the state folder belongs to login {state.login} on {state.server!r}, the terminal "
            f"shows {account.login} on {account.server!r}; use another folder or log in again"
        )
    return state


def read_journal_tail(
    state: BotState, journal: Journal, now_utc_s: float, table: OffsetTable
) -> set[tuple[str, object]]:
    """Bring counters up to what the journal gave out; returns what it already recorded."""
    today = server_day(now_utc_s, table)
    start = min(today, state.day.day if state.day is not None else today) - _TAIL_DAYS
    recorded: set[tuple[str, object]] = set()
    for day in range(start, today + 1):
        for line in journal.events(day):
            _learn(state, line)
            identity = identity_of(str(line["event"]), line)
            if identity is not None:
                recorded.add(identity)
    return recorded


def _learn(state: BotState, line: Mapping[str, object]) -> None:
    kind = line["event"]
    if kind == "SetupCreated":
        state.next_setup_id = max(state.next_setup_id, _int(line, "setup_id") + 1)
    elif kind == "OrderIntended":
        state.next_intent_id = max(state.next_intent_id, _int(line, "intent_id") + 1)
    elif kind == "DealBooked":
        state.seen_deals[_int(line, "deal_ticket")] = _float(line, "time_utc_s")
        if _int(line, "setup_id") and _int(line, "position_id"):
            state.position_setups[_int(line, "position_id")] = _int(line, "setup_id")
    elif kind == "DayClosed" and line["is_profitable_day"]:
        date = str(line["date"])
        if date not in state.profitable_days:
            state.profitable_days.append(date)
    elif kind == "DayOpened":
        _learn_day(state, line)


def _learn_day(state: BotState, line: Mapping[str, object]) -> None:
    """A day opened in the journal but not in the snapshot keeps the base it was given."""
    number = _int(line, "day")
    if date_text(number) != line["date"] or (state.day is not None and state.day.day >= number):
        return
    equity = _float(line, "equity_money")
    state.day = DayAnchor(
        day=number,
        base_money=_float(line, "base_money"),
        start_balance_money=_float(line, "balance_money"),
        is_estimated=bool(line["is_estimated"]),
        lowest_equity_money=equity,
        lowest_equity_utc_s=_float(line, "at_utc_s"),
        marked_low_money=equity,
    )


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


def _position_findings(state: BotState, evidence: Evidence, reader: EvidenceReader) -> list[str]:
    known = {s.ladder.position_id for s in state.setups.values() if s.ladder is not None}
    pending = {s.order_ticket for s in state.setups.values()}
    magics = {i.magic for i in state.intents.values()}
    magics |= {s.order_magic for s in state.setups.values()}
    findings = []
    for position in evidence.positions:
        label = f"position {position.position_id} {position.symbol}"
        if not reader.is_own(position.magic):
            findings.append(f"{label}: not ours, counted in risk, never touched")
        elif position.position_id in known | pending or position.magic in magics:
            continue
        else:
            raise NeedsPersonError(
                f"{label} carries our magic but no setup in the state knows it; restore the state "
                "folder or close the position by hand, then start again"
            )
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
