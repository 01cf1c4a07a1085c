"""The body of `bot rules list`: every rule set in a line."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from bot.cli import console
from bot.cli.rules_presets import configured, named_preset, preset_names
from bot.params import FirmPreset
from bot.params.firm import DailyLoss, OverallLoss
from bot.params.firm_rules import differences

_BASES = {
    "initial_balance": "initial",
    "day_start_balance": "balance",
    "day_start_equity": "equity",
    "day_start_max": "higher",
    "intraday_peak_equity": "day's peak",
}
_HEADS = ("rule set", "targets", "daily loss", "total loss", "days", "resets", "source")


class Row(NamedTuple):
    """One rule set, for the eye; limits are those of its first phase."""

    preset: str
    targets: str
    daily_loss: str
    total_loss: str
    days: str
    reset: str
    source: str
    is_tradable: bool


def show_list(params: Path | None, *, as_json: bool) -> None:
    """Print one line for every preset beside the parameter file."""
    loaded = configured(params)
    mine = "" if loaded is None else loaded.preset.id
    rows = [row_of(named_preset(params, name)) for name in preset_names(params)]
    if as_json:
        console.say_json(
            {"configured": mine, "count": len(rows), "presets": [row._asdict() for row in rows]}
        )
        return
    _print(rows, mine)


def row_of(preset: FirmPreset) -> Row:
    """A preset in a line."""
    first = preset.phases[0]
    phases = [phase for phase in preset.phases if phase.kind == "evaluation"] or [first]
    targets = "/".join("?" if p.target_pct is None else f"{p.target_pct:g}" for p in phases)
    days = first.min_days
    meta = preset.meta
    return Row(
        preset.id,
        "none" if targets == "?" and first.kind == "funded" else f"{targets} %",
        _daily(preset.daily_loss_in(first)),
        _total(preset.overall_loss_in(first)),
        "-" if days is None else f"{days.count} {days.kind.split('_')[0]}",
        f"{preset.clock.reset} {preset.clock.tz.rpartition('/')[2].replace('_', ' ')}",
        f"{meta.confidence} {meta.facts_as_of}",
        not list(differences(preset, first)),
    )


def _daily(loss: DailyLoss | None) -> str:
    if loss is None:
        return "none"
    grows = "" if loss.amount_of == "initial_balance" else " of it"
    pause = " pause" if loss.action == "pause_until_reset" else ""
    return f"{loss.pct:g} %{grows}, {_BASES[loss.base]}{pause}"


def _total(loss: OverallLoss | None) -> str:
    if loss is None:
        return "not known"
    lock = ", locks" if loss.lock is not None else ""
    return f"{loss.pct:g} % {loss.kind}{lock}"


def _print(rows: list[Row], mine: str) -> None:
    from rich.text import Text  # noqa: PLC0415 -- slow to import

    out = console.console()
    cells = [_HEADS, *(row[:7] for row in rows)]
    widths = [max(len(str(row[index])) for row in cells) for index in range(len(_HEADS))]
    for number, row in enumerate(cells):
        line = "  ".join(f"{cell!s:<{width}}" for cell, width in zip(row, widths, strict=True))
        is_mine = number > 0 and row[0] == mine
        mark = "* " if is_mine else "  "
        is_closed = number > 0 and not rows[number - 1].is_tradable
        end = "  no bots" if is_closed else ""
        style = "bold" if number == 0 or is_mine else "dim" if is_closed else "default"
        out.print(Text(f"{mark}{line.rstrip()}{end}", style=style))
    note = "Daily loss: of the initial balance, or of it (the base); counted from the base named: "
    out.print(Text(note + "the day's starting balance, equity, or the higher of both."))
    if mine:
        out.print(Text("* is the configured one: bot rules show"))
