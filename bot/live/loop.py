"""Start reading here: start, tick, run.

One cycle: commands, evidence, deals, the challenge and its brakes, unknown outcomes, then either
flatten or guard and leave; look around; rest, enter and look for more; save; heartbeat.
"""

from __future__ import annotations

from bot.errors import BrokerUnavailableError, StoreError
from bot.live.build import Bot, started_event
from bot.live.evidence import Evidence
from bot.live.recovery import (
    UNKNOWN_POSITIONS,
    check_nothing_lost,
    compare_with_broker,
    load_state,
    mark_open_intents,
    read_journal_tail,
    unknown_own_positions,
)
from bot.live.state import STATE_NAME
from bot.model.broker import AccountFacts
from bot.model.events import BotStopped, Reconciled
from bot.ports import Ok
from bot.timezones import firm_day_table


def start(bot: Bot) -> None:
    """Connect, load, compare with the broker; afterwards `tick` may be called.

    Raises `BrokerUnavailableError` when the terminal does not answer, `NeedsPersonError` kinds
    (wrong account or phase, corrupt state) when going on would be a guess.
    """
    account = _connect(bot)
    record, table = bot.record, firm_day_table(bot.settings.firm_clock)
    now = bot.ports.clock.now_utc_s()
    is_new = bot.ports.store.load(STATE_NAME) is None
    if is_new:
        check_nothing_lost(bot.ports.journal, bot.stages.reader)
    record.state = load_state(bot.ports.store, account, bot.settings, now)
    tail = read_journal_tail(record.state, bot.ports.journal, now, table)
    record.already_recorded = tail.recorded
    unknown_count = mark_open_intents(record)
    record.event(started_event(bot.settings, account, bot.mode))
    findings = compare_with_broker(bot.settings, record, bot.stages.reader)
    evidence = bot.stages.reader.evidence()
    if unknown_own_positions(record.state, evidence, bot.stages.reader):
        reason = "own positions that no setup knows: restore the state, or resume to close them"
        bot.stages.halts.latch(UNKNOWN_POSITIONS, reason, needs_person=True, flattens=False)
    is_own = bot.stages.reader.is_own
    foreign_count = sum(1 for p in evidence.positions if not is_own(p.magic))
    record.event(
        Reconciled(
            positions_count=len(evidence.positions),
            orders_count=len(evidence.orders),
            foreign_count=foreign_count,
            intents_resolved_count=unknown_count,
            findings=(*tail.findings, *findings),
        )
    )
    if not record.save() and is_new:
        raise StoreError("the first state cannot be saved: nothing could be resumed from it")
    bot.ports.heartbeat.beat(bot.cycles_count)  # alive, before the first cycle is completed


def tick(bot: Bot) -> None:
    """One cycle. Raises `BrokerUnavailableError` when a read that everything rests on failed."""
    stages = bot.stages
    stages.reader.invalidate()
    stages.operator.step()
    evidence = stages.reader.evidence()
    if not evidence.terminal.is_connected:
        raise BrokerUnavailableError("no server link: what the terminal shows is old")
    bot.ports.heartbeat.beat(bot.cycles_count)  # alive: a slow cycle is not a call that hangs
    stages.gate.observe(evidence)
    stages.deals.step(evidence)
    evidence = stages.cash.step(evidence)
    _live_day(bot, evidence)
    stages.emergency.step(evidence)
    stages.breakers.step(evidence)
    stages.unknowns.step()
    is_flattening = _flatten(bot, evidence)
    if not is_flattening:
        _leave(bot)
    _look_around(bot, evidence)  # after the exits: nothing here may ever hold one up
    if not is_flattening:
        _enter(bot, evidence.now_utc_s)
    stages.outlook.step(evidence)
    bot.cycles_count += 1
    bot.record.save_if_old(bot.settings.schedule.save_at_least_every_s)
    bot.ports.heartbeat.beat(bot.cycles_count)


def run(bot: Bot) -> None:
    """Tick until told to stop. An unforeseen error ends the process; the next start reconciles."""
    while not bot.is_stopping:
        try:
            tick(bot)
        except BrokerUnavailableError as error:
            skip(bot, error)
        else:
            bot.blind_since_utc_s = 0.0
        if not bot.is_stopping:
            bot.ports.clock.sleep(bot.settings.schedule.poll_interval_s)
    stop(bot, "asked to stop")


def stop(bot: Bot, reason: str) -> None:
    """Write down that the process ends on purpose; positions keep their stops at the broker."""
    bot.record.event(BotStopped(reason=reason))
    bot.record.touch()
    bot.record.save()
    bot.ports.broker.close()


def skip(bot: Bot, error: BrokerUnavailableError) -> None:
    """A cycle without evidence: nothing is decided, the link is asked for at an interval."""
    schedule = bot.settings.schedule
    now = bot.ports.clock.now_utc_s()
    bot.ports.heartbeat.beat(bot.cycles_count)  # blind, but alive: restarting would not help
    bot.stages.gate.lost()
    bot.stages.breakers.lost()
    for intent in bot.state.intents.values():
        intent.clean_reads_count = 0  # patience counts connected time only
    if bot.blind_since_utc_s == 0.0:
        bot.blind_since_utc_s = now
    bot.record.fault("N01", str(error))
    if now - bot.blind_since_utc_s >= schedule.blind_safe_after_s:
        bot.record.fault("N04", f"blind since {now - bot.blind_since_utc_s:.0f} s")
    if now >= bot.reconnect_due_utc_s:
        bot.reconnect_due_utc_s = now + schedule.reconnect_every_s
        bot.ports.broker.connect()
        bot.ports.heartbeat.beat(bot.cycles_count)  # an attempt may take its whole time limit


def _leave(bot: Bot) -> None:
    """What lowers risk."""
    stages = bot.stages
    stages.guard.step()
    stages.reset_night.step()
    stages.positions.step()


def _look_around(bot: Bot, evidence: Evidence) -> None:
    """What entries are sized and judged by, and what a person is told."""
    stages = bot.stages
    stages.news.step(evidence.now_utc_s)
    stages.inactivity.step(evidence)
    stages.sizing.step(evidence)
    stages.coast.step(evidence)
    stages.correlations.step()


def _enter(bot: Bot, now_utc_s: float) -> None:
    """What rests, what waits, and what may be found."""
    stages = bot.stages
    stages.pending.step()
    stages.spreads.step(now_utc_s)
    stages.spread_queue.step()
    stages.entry_queue.step()
    bot.ports.heartbeat.beat(bot.cycles_count)
    stages.scanner.step()


def _live_day(bot: Bot, evidence: Evidence) -> None:
    """The firm's day and limits. A history that cannot be read holds up entries, but no exit.

    The day as it was known so far is the measure meanwhile.
    """
    stages = bot.stages
    try:
        stages.challenge.step(evidence)
    except BrokerUnavailableError:
        stages.emergency.step(evidence)
        if not _flatten(bot, evidence):
            stages.guard.step()
            stages.positions.step()
        bot.record.save()
        raise


def _flatten(bot: Bot, evidence: Evidence) -> bool:
    """Sweep while a halt wants the account flat; False when none does."""
    stages = bot.stages
    stages.flattener.look_again(evidence)
    flattening = stages.halts.flattening()
    if not flattening:
        return False
    stages.flattener.step(flattening)
    stages.positions.step()
    return True


def _connect(bot: Bot) -> AccountFacts:
    read = bot.ports.broker.connect()
    if isinstance(read, Ok):
        return read.value
    raise BrokerUnavailableError(f"the terminal does not answer: {read.reason}")
