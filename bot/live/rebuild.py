"""A lost snapshot made again from journal and broker; a person confirms it (FAULTS D10).

What the journal says counts while its chain is whole; else the broker's deals say what they can,
and what nobody knows takes the stricter value. Each of these is a finding a person reads first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import BrokerUnavailableError, NeedsPersonError, WrongAccountError
from bot.live.build import Bot
from bot.live.deal_history import peak_of
from bot.live.journal_tail import read_journal_tail
from bot.live.lines import Line
from bot.live.past import Past
from bot.live.rebuild_broker import BrokerFacts, BrokerSide
from bot.live.rebuild_words import told
from bot.live.recovery import load_state, pin_of
from bot.live.state import STATE_NAME, BotState, Halt, SetupStatus
from bot.model.account import Trail
from bot.model.broker import AccountFacts, DealEntry
from bot.model.challenge import OverallKind
from bot.model.events import HaltLatched, StateRebuilt
from bot.ports import Ok
from bot.rules.calendar import day_start_utc_s, server_day
from bot.rules.challenge_trail import raised_trail
from bot.timezones import firm_day_table

REBUILT = "rebuilt"
"""Halt of a rebuilt state: exits work at once, entries wait for a person's resume."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The state as it would be written, and all that is worth knowing of where it came from."""

    state: BotState
    reason: str
    is_journal_whole: bool
    facts: BrokerFacts
    findings: tuple[str, ...]


def why_lost(bot: Bot) -> str:
    """Why the snapshot cannot be gone on with; empty when it can. Raises `WrongAccountError`."""
    account = _account(bot)
    now = bot.ports.clock.now_utc_s()
    try:
        if bot.ports.store.load(STATE_NAME) is None:
            return "there is no state"
        state = load_state(bot.ports.store, account, bot.settings, now)
        table = firm_day_table(bot.settings.firm_clock)
        read_journal_tail(state, bot.ports.journal, now, table)
    except WrongAccountError:
        raise
    except NeedsPersonError as error:
        return str(error)
    return ""


def rebuilt_state(bot: Bot, reason: str) -> Rebuilt:
    """Look at journal and broker and put the state together; nothing is written.

    Raises `BrokerUnavailableError` when the broker cannot be read, `NeedsPersonError` when the
    journal belongs to another account, phase or balance.
    """
    account, settings = _account(bot), bot.settings
    facts = _facts(bot, account)
    state = BotState(login=account.login, server=account.server, pinned=pin_of(settings))
    table = firm_day_table(settings.firm_clock)
    past = Past(state, settings, table)
    past.take_all(bot.ports.journal.events())
    _check_belongs(past.started, bot, account)
    is_whole = past.is_whole and past.lines_count > 0
    side = BrokerSide(past, settings, facts, bot.stages.reader)
    findings = [*past.findings, *side.add(is_whole=is_whole)]
    first_day = server_day(state.first_start_utc_s, table)
    state.deals_since_utc_s = day_start_utc_s(first_day, table)
    for deal in facts.deals:
        if deal.entry == DealEntry.NONE and deal.time_utc_s <= state.first_start_utc_s:
            state.seen_deals[deal.ticket] = deal.time_utc_s  # part of the initial balance
    _raise_marks(state, facts, bot)
    _seal(state, reason, facts.now_utc_s, bot)
    return Rebuilt(state, reason, is_whole, facts, (*told(state, facts), *findings))


def write_rebuilt(bot: Bot, rebuilt: Rebuilt, set_aside: Callable[[], object]) -> None:
    """Journal it, put the old files aside, and save. Raises `StoreError` when it cannot be.

    A death in between loses nothing: the next start finds no state, and it is rebuilt again.
    """
    state, journal = rebuilt.state, bot.ports.journal
    journal.record(
        StateRebuilt(
            reason=rebuilt.reason,
            is_journal_whole=rebuilt.is_journal_whole,
            setups_count=len(state.setups),
            positions_count=len(state.live_setups(SetupStatus.FILLED)),
            orders_count=len(state.live_setups(SetupStatus.PENDING)),
            findings=rebuilt.findings,
        )
    )
    halt = state.halts[REBUILT]
    journal.record(HaltLatched(REBUILT, halt.reason, halt.resets, flattens=False))
    set_aside()
    bot.ports.store.save(STATE_NAME, state.document())


def _account(bot: Bot) -> AccountFacts:
    read = bot.ports.broker.connect()
    if isinstance(read, Ok):
        return read.value
    raise BrokerUnavailableError(f"the terminal does not answer: {read.reason}")


def _facts(bot: Bot, account: AccountFacts) -> BrokerFacts:
    broker, reader = bot.ports.broker, bot.stages.reader
    reader.invalidate()
    evidence = reader.evidence()
    deals, orders = broker.deals(0.0), broker.finished_orders(0.0)
    if not isinstance(deals, Ok) or not isinstance(orders, Ok):
        raise BrokerUnavailableError("the account's history cannot be read")
    ordered = tuple(sorted(deals.value, key=lambda deal: (deal.time_utc_s, deal.ticket)))
    return BrokerFacts(
        account, evidence.positions, evidence.orders, ordered, orders.value, evidence.now_utc_s
    )


def _check_belongs(started: Line | None, bot: Bot, account: AccountFacts) -> None:
    """A journal of another account or phase is nobody's to rebuild from."""
    if started is None:
        return
    settings = bot.settings
    here = (account.login, account.server, settings.preset, settings.phase)
    there = tuple(started.get(key) for key in ("login", "server", "preset", "phase"))
    initial = started.get("initial_balance_money")
    if here != there or initial != settings.rules.initial_balance_money:
        raise NeedsPersonError(
            f"the journal is of {there} with {initial}, the account and parameters are {here} with "
            f"{settings.rules.initial_balance_money}: use the folder of this account"
        )


def _raise_marks(state: BotState, facts: BrokerFacts, bot: Bot) -> None:
    """What only rises (peak of the balance, trailing floor) is at least what the deals show."""
    rules, balance = bot.settings.rules, facts.account.balance_money
    trades = [d for d in facts.deals if d.entry != DealEntry.NONE]
    peak = peak_of(trades, balance - state.phase_cash_money)
    start = balance - state.phase_cash_money - facts.trades_money
    state.sizing.pinned = state.pinned
    state.sizing.peak_money = round(max(peak, start), 2)
    day = state.day
    if day is None:
        return
    day.cash_seen_money = day.cash_money
    if rules.overall.kind == OverallKind.TRAILING:
        before = Trail(day.trail_peak_money, day.trail_floor_money, day.is_trail_locked)
        highest = max(peak_of(facts.deals, balance), day.base_money, facts.account.equity_money)
        trail = raised_trail(before, highest, rules)
        day.trail_peak_money, day.trail_floor_money = trail.peak_money, trail.floor_money
        day.is_trail_locked = trail.is_locked
    day.lowest_equity_money = min(day.lowest_equity_money, facts.account.equity_money)


def _seal(state: BotState, reason: str, now_utc_s: float, bot: Bot) -> None:
    """Mark it, and keep entries shut until a person has looked."""
    state.rebuilt_utc_s = now_utc_s
    day = server_day(now_utc_s, firm_day_table(bot.settings.firm_clock))
    words = f"state rebuilt ({reason[:120]}): compare it with the terminal, then bot resume"
    state.halts[REBUILT] = Halt(REBUILT, words, now_utc_s, day, resets="person", flattens=False)
