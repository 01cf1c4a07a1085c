"""What people see of a campaign: progress, tables, and a failing seed's last events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tools.storm.campaign import Campaign
from tools.storm.campaign import Progress as Lived
from tools.storm.faults.catalogue import CATALOGUE
from tools.storm.results import Told, Totals
from tools.storm.trace import shown

_SECONDS_PER_HOUR = 3_600.0
_SENTENCES_MAX_COUNT = 5


class Bar:
    """The line that moves while seeds are lived; nothing where nobody watches."""

    def __init__(self, console: Console, campaign: Campaign) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("seeds", total=campaign.end - campaign.first)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def move(self, lived: Lived) -> None:
        """Show how far it is."""
        totals = lived.totals
        words = (
            f"{totals.seeds_count} seeds, {totals.account_years:.2f} account-years, "
            f"{totals.deaths_count} deaths, {len(totals.failed)} failed"
        )
        self._progress.update(self._task, completed=totals.seeds_count, description=words)


def figures(lived: Lived) -> dict[str, object]:
    """The campaign as plain figures, for JSON and for the table."""
    totals = lived.totals
    per_hour = totals.account_years * _SECONDS_PER_HOUR / lived.took_s if lived.took_s else 0.0
    return {
        "seeds": totals.seeds_count,
        "account_years": round(totals.account_years, 3),
        "trading_days": round(totals.trading_days, 1),
        "cycles": totals.cycles_count,
        "deaths": totals.deaths_count,
        "starts": totals.starts_count,
        "refused_starts": dict(totals.refused_starts),
        "unforeseen_ends": dict(totals.unforeseen),
        "sends": totals.sends_count,
        "deals": totals.deals_count,
        "faults_struck": sum(totals.fired.values()),
        "faults_kinds": len(totals.fired),
        "faults_kinds_possible": sum(row.is_injectable for row in CATALOGUE.values()),
        "fault_group_pairs": len(totals.pairs),
        "invariants": len(totals.checks),
        "invariant_checks": sum(totals.checks.values()),
        "exemptions_used": dict(sorted(totals.excused.items())),
        "violations": sum(len(told.violations) for told in totals.failed),
        "failed_seeds": [told.seed for told in totals.failed],
        "took_s": round(lived.took_s, 1),
        "account_years_per_hour": round(per_hour, 1),
        "is_cut_short": lived.is_cut_short,
    }


def document(campaign: Campaign, lived: Lived) -> dict[str, object]:
    """Everything a page may want to show."""
    totals, recovery = lived.totals, lived.totals.recovery
    return {
        "seeds_asked": [campaign.first, campaign.end],
        "days_per_seed": campaign.days_count,
        **figures(lived),
        "recovery_max_s": {
            "naked_stop": round(recovery.naked_stop_s, 1),
            "flat": round(recovery.flat_s, 1),
            "restart": round(recovery.restart_s, 1),
            "unknown": round(recovery.unknown_s, 1),
            "healed": round(recovery.healed_s, 1),
        },
        "fired": dict(sorted(totals.fired.items())),
        "seeds_fired": dict(sorted(totals.seeds_fired.items())),
        "pairs": dict(sorted(totals.pairs.items())),
        "checks": dict(sorted(totals.checks.items())),
        "profiles": dict(sorted(totals.profiles.items())),
        "failures": [[told.seed, *pair] for told in totals.failed for pair in told.violations],
    }


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """One JSON document, people can read it too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def show_totals(console: Console, lived: Lived) -> None:
    """Figures, faults and invariants."""
    table = Table("what", "how much", title="STORM")
    for name, value in figures(lived).items():
        if value not in ([], {}):
            table.add_row(name.replace("_", " "), escape(str(value)))
    console.print(table)
    console.print(_faults_table(lived.totals))
    console.print(_checks_table(lived.totals))


def _faults_table(totals: Totals) -> Table:
    table = Table("fault", "struck", "in seeds", "what", title="faults that struck")
    for fault_id, count in sorted(totals.fired.items()):
        row = CATALOGUE.get(fault_id)
        words = "" if row is None else row.text
        table.add_row(fault_id, str(count), str(totals.seeds_fired[fault_id]), escape(words))
    return table


def _checks_table(totals: Totals) -> Table:
    broken = [invariant for told in totals.failed for invariant, _ in told.violations]
    table = Table("invariant", "checked", "broken", title="invariants")
    for invariant in sorted({*totals.checks, *broken}, key=lambda name: int(name[1:])):
        table.add_row(invariant, str(totals.checks[invariant]), str(broken.count(invariant)))
    return table


def show_failure(console: Console, told: Told) -> None:
    """Which promise a seed broke, and how."""
    console.print(f"[bold red]seed {told.seed}[/] ({told.profile})", highlight=False)
    for invariant, words in told.violations[:_SENTENCES_MAX_COUNT]:
        console.print(f"  {invariant}: {words}", markup=False, highlight=False)


def show_trace(console: Console, told: Told) -> None:
    """The last events of a story."""
    for line in told.trace:
        console.print(shown(line), markup=False, highlight=False, soft_wrap=True)
