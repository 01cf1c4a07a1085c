"""Lives or reads one side, walks the other, and tells where they part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.adapters.clock import SystemClock
from bot.adapters.journal_files import journal_days, read_events
from bot.backtest.engine import Stretch, is_compiled, walk_account
from bot.backtest.terms import CYCLE_S
from bot.cli import console
from bot.cli.folders import NothingThereError, RunFolder
from bot.cli.manifest import claim, manifest_of
from bot.cli.progress import LineProgress, Pace
from bot.cli.simulation import Simulation, SimulationPlan
from bot.cli.span import Span, span_of
from bot.cli.study import Study, StudyAsk, open_study
from bot.report.text import signed_money, utc_stamp
from bot.report.trades import trades_of
from bot.research.parity import Difference, PairedTrade, Parity, compare_trades
from bot.research.parity import lived_trades as lived_of
from bot.research.parity import walked_trades as walked_of
from bot.rules.calendar import day_start_utc_s, server_day
from bot.simulator.quotes import ExtremeOrder
from bot.timezones import server_offset_table

_SHOWN_COUNT = 20

Days = tuple[str | None, str | None, str | None]
"""--from, --to and --timerange as they were given."""


@dataclass(frozen=True, slots=True)
class ParityAsk:
    """What a person asked for; without `run` the bars are lived first."""

    data: Path
    days: Days
    run: Path | None
    symbols: str | None
    params: Path | None
    path: ExtremeOrder


def compare_and_tell(ask: ParityAsk, out: Path | None, *, as_json: bool) -> bool:
    """Show every difference; whether there was none."""
    found = _lived_anew(ask, out) if ask.run is None else _lived_before(ask, RunFolder(ask.run))
    if as_json:
        console.say_json(document(found))
        return found.is_equal
    for line in lines_of(found):
        console.say(line)
    return found.is_equal


def document(found: Parity) -> Mapping[str, object]:
    """The comparison as JSON holds it."""
    differences = [
        {
            "cause": one.cause.value,
            "words": one.words,
            "money": round(one.money, 2),
            "lived": None if one.lived is None else asdict(one.lived),
            "walked": None if one.walked is None else asdict(one.walked),
        }
        for one in found.differences
    ]
    return {
        "lived_count": found.lived_count,
        "walked_count": found.walked_count,
        "same_count": found.same_count,
        "differences": differences,
    }


def lines_of(found: Parity) -> list[str]:
    """The comparison in words: counts, differences by cause, and each of them."""
    counts = f"lived {found.lived_count} trades, walked {found.walked_count}"
    lines = [f"{counts}: {found.same_count} the same"]
    if found.is_equal:
        return [*lines, "every trade is the same: time, side, price, lots, reason and money"]
    for cause, (count, money) in found.by_cause().items():
        lines.append(f"  {cause:<12} {count:>4}  {signed_money(money)}")
    lines += [_line(one) for one in found.differences[:_SHOWN_COUNT]]
    if len(found.differences) > _SHOWN_COUNT:
        lines.append(f"  and {len(found.differences) - _SHOWN_COUNT} more; all with --json")
    return lines


def _line(one: Difference) -> str:
    trade = one.lived or one.walked
    symbol = "" if trade is None else trade.symbol
    return f"  {utc_stamp(one.opened_utc_s)} {symbol}: {one.words} ({signed_money(one.money)})"


def _lived_anew(ask: ParityAsk, out: Path | None) -> Parity:
    span = span_of(*ask.days)
    study = _study(ask, span)
    run = RunFolder(out or Path("runs") / f"parity-{span.name}")
    facts = {"data": study.data_hash, "first": span.first_text, "last": span.last_text}
    facts["path"] = ask.path.value
    claim(run, manifest_of("parity", study.settings, facts), fresh=False)
    plan = SimulationPlan(
        run=run,
        mode="parity",
        settings=study.settings,
        market=study.markets.market,
        start_utc_s=span.start_utc_s,
        end_utc_s=span.end_utc_s,
        calendar=DeclaredCalendar("parity"),
    )
    simulation = Simulation(plan)
    pace = Pace(plan.start_utc_s, plan.end_utc_s, simulation.resumed_utc_s)
    simulation.live(LineProgress(pace, is_shown=True))
    lived = lived_of(trades_of(read_events(run.journal)))
    return compare_trades(lived, _walked(study), CYCLE_S)


def _lived_before(ask: ParityAsk, run: RunFolder) -> Parity:
    """A run's own trades of the days asked for; the walk begins with the run's first day."""
    days = journal_days(run.journal)
    if not days:
        raise NothingThereError(f"{run.root}: no run was recorded here; choose another with --run")
    wanted = _days_asked(ask.days)
    study = _study(ask, Span(days[0], wanted.last_day))
    lived = lived_of(trades_of(read_events(run.journal)))
    cycle_s = max(CYCLE_S, study.settings.schedule.poll_interval_s)
    return compare_trades(_within(lived, wanted), _within(_walked(study), wanted), cycle_s)


def _days_asked(days: Days) -> Span:
    """The days asked for; the last whole server day when none were."""
    if days != (None, None, None):
        return span_of(*days)
    today = server_day(SystemClock().now_utc_s(), server_offset_table())
    return Span(today - 1, today - 1)


def _within(trades: list[PairedTrade], span: Span) -> list[PairedTrade]:
    table = server_offset_table()
    start_s = day_start_utc_s(span.first_day, table)
    end_s = day_start_utc_s(span.last_day + 1, table)
    return [trade for trade in trades if start_s <= trade.opened_utc_s < end_s]


def _study(ask: ParityAsk, span: Span) -> Study:
    return open_study(StudyAsk(ask.data, span, ask.params, ask.symbols, ask.path))


def _walked(study: Study) -> list[PairedTrade]:
    if not is_compiled():
        console.tell("compiling the walk, once per version: a minute or two ...")
    ready = study.markets.of(study.settings)
    walked = walk_account(ready.inputs, Stretch(ready.start_s, ready.end_s))
    return walked_of(walked, ready.names)
