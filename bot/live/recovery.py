"""Starting and recovering are one path: load, read the journal's tail, compare with the broker."""

from __future__ import annotations

from bot.errors import NeedsPersonError, StateCorruptError, WrongAccountError
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.journal_tail import REBUILD_HINT, read_journal_tail
from bot.live.record import Record
from bot.live.state import STATE_NAME, BotState, state_from_document
from bot.model.broker import AccountFacts
from bot.model.settings import BotSettings
from bot.ports import Journal, Store
from bot.rules.calendar import day_start_utc_s, server_day
from bot.rules.challenge import first_day, floors
from bot.timezones import firm_day_table

__all__ = [
    "UNKNOWN_POSITIONS",
    "check_first_start",
    "check_nothing_lost",
    "compare_with_broker",
    "load_state",
    "mark_open_intents",
    "pin_of",
    "read_journal_tail",
    "unknown_own_positions",
]

_BALANCE_PER_INITIAL_MAX = 2.0
UNKNOWN_POSITIONS = "unknown_positions"
"""Halt of a start that found own positions no setup knows; a person's resume closes them."""
_OWN_DEED = frozenset({"DayOpened", "SetupCreated", "OrderIntended"})


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


def check_nothing_lost(journal: Journal, reader: EvidenceReader) -> None:
    """A new record must not meet an account or a journal that has seen this bot before (D10).

    Raises `StateCorruptError` saying what is known of deeds that no state knows of.
    """
    known = [f"{n} {what}" for what, n in reader.own_counts().items() if n]
    deeds = sum(line["event"] in _OWN_DEED for line in journal.events())
    if deeds:
        known.append(f"{deeds} lines in the journal")
    if known:
        raise StateCorruptError(
            f"there is no state, but of this bot's own doing there are {', '.join(known)}; "
            f"{REBUILD_HINT}. If they are of an earlier phase, account.magic_base and "
            "--data-folder of this one have to be others"
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
