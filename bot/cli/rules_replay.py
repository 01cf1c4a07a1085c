"""The body of `bot rules replay`: what each history came to, and where it differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import console
from bot.cli.challenge_history import Answer
from bot.cli.rules_history import read_histories
from bot.cli.rules_lived import History, Step, lived
from bot.cli.rules_presets import book_of_file, shipped_book
from bot.report.text import money

if TYPE_CHECKING:
    from rich.console import Console

_YES, _NO, _NONE = "\u2713", "\u2717", "\u00b7"
_PLAIN_MARKS = {_YES: "+", _NO: "x", _NONE: "."}
_STYLES = {_YES: "green", _NO: "bold red", _NONE: "dim"}
_THOUSAND = 1_000
_WHEN = ("t_utc", "t_server", "now_utc")


def replay(file: Path, presets: Path | None, params: Path | None, *, as_json: bool) -> int:
    """Live the histories of a file and print them; 0 when all came out, 1 when any did not.

    Raises `DataError` or `ParamsError` for a file that cannot be read at all.
    """
    book = shipped_book(params) if presets is None else book_of_file(presets)
    histories = list(lived(read_histories(file), book))
    is_fine = all(history.is_fine for history in histories)
    if as_json:
        console.say_json(facts_of(histories))
    else:
        _print(histories)
    return 0 if is_fine else 1


def facts_of(histories: Sequence[History]) -> dict[str, object]:
    """All histories as data; the values of a step are named as in the file's `expect`."""
    return {
        "ok": all(history.is_fine for history in histories),
        "vectors_count": len(histories),
        "fine_count": sum(history.is_fine for history in histories),
        "judged_count": sum(history.is_judged for history in histories),
        "steps_count": sum(len(history.steps) for history in histories),
        "vectors": [_history_facts(history) for history in histories],
    }


def _history_facts(history: History) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": history.name,
        "kind": history.kind,
        "preset": history.facts.get("preset"),
        "phase": history.facts.get("phase"),
        "ok": history.is_fine,
        "is_judged": history.is_judged,
        "steps": [_step_facts(step) for step in history.steps],
    }
    for key, faults in (
        ("errors", history.errors),
        ("remarks", [fault for fault in history.faults if fault.is_remark]),
    ):
        facts[key] = [{"step": fault.step, "text": fault.text} for fault in faults]
    return facts


def _step_facts(step: Step) -> dict[str, object]:
    facts: dict[str, object] = {"step": step.number}
    facts |= {key: step.given[key] for key in _WHEN if key in step.given}
    facts["values"] = _plain(step.answer)
    if step.is_fine is not None:
        facts["ok"] = step.is_fine
        facts["differences"] = [
            {"field": field, "expected": expected, "computed": _plain(computed)}
            for field, expected, computed in step.differences
        ]
    return facts


def _plain(value: object) -> object:
    """A whole number without a point, as such histories write it."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _print(histories: Sequence[History]) -> None:
    from rich.text import Text  # noqa: PLC0415 -- slow to import

    out = console.console()
    for history in histories:
        _print_history(out, history)
    fine = sum(history.is_fine for history in histories)
    steps = sum(len(history.steps) for history in histories)
    unjudged = sum(not history.is_judged for history in histories)
    rest = f", {unjudged} of them with nothing expected" if unjudged else ""
    style = "bold green" if fine == len(histories) else "bold red"
    out.print(Text(f"{fine}/{len(histories)} histories came out, {steps} steps{rest}", style=style))
    for history in histories:
        if not history.is_fine:
            out.print(
                Text(f"  {_printed(_NO)} {history.name}: {_first_trouble(history)}", style="red")
            )


def _print_history(out: Console, history: History) -> None:
    from rich.text import Text  # noqa: PLC0415 -- slow to import

    facts = history.facts
    mark = _mark_of(is_fine=history.is_fine if history.is_judged or history.errors else None)
    about = ", ".join(str(facts[key]) for key in ("preset", "phase") if facts.get(key))
    title = f"  {facts['title']}" if facts.get("title") else ""
    line = Text(f"{_printed(mark)} ", style=_STYLES[mark])
    line.append(f"{history.name}{title}", style="bold")
    line.append(f"  ({', '.join(part for part in (history.kind, about) if part)})", style="dim")
    out.print(line)
    _print_table(out, history)
    for fault in history.faults:
        where = "" if fault.step is None else f"step {fault.step}: "
        style = "dim" if fault.is_remark else "red"
        out.print(Text(f"    {'note' if fault.is_remark else 'error'}: {where}{fault.text}", style))
    if any(step.differences for step in history.steps):
        out.print(Text(f"    first difference: {_first_trouble(history)}", style="red"))
    out.print()


def _print_table(out: Console, history: History) -> None:
    from rich.text import Text  # noqa: PLC0415 -- slow to import

    rows = [_cells(history.kind, step) for step in history.steps]
    if not rows:
        return
    heads = list(dict.fromkeys(name for row in rows for name in row))
    cells = [heads, *([row.get(name, "") for name in heads] for row in rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(heads))]
    for number, row in enumerate(cells):
        mark = " " if number == 0 else _mark_of(is_fine=history.steps[number - 1].is_fine)
        text = "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        line = Text(f"    {_printed(mark)} ", style=_STYLES.get(mark, "dim"))
        line.append(text.rstrip(), style="dim" if number == 0 else "default")
        out.print(line)


def _cells(kind: str, step: Step) -> dict[str, str]:
    when = next((str(step.given[key]) for key in _WHEN if key in step.given), "")
    cells = {"when": when.replace("T", " ")} if when else {}
    if kind != "equity_path":
        return cells | {name: _shown(value) for name, value in step.answer.items()}
    answer = step.answer
    cells |= {name: _shown(step.given[name]) for name in ("balance", "equity")}
    for name, head in (("daily_floor", "daily floor"), ("overall_floor", "total floor")):
        if name in answer:
            cells[head] = _shown(answer[name])
    if "profitable_days" in answer:
        cells["days"] = str(answer["profitable_days"])
    cells["verdict"] = _verdict(answer)
    return cells


def _verdict(answer: Answer) -> str:
    if answer["breached"]:
        also = answer.get("breach_also")
        rest = f" and {', '.join(also)}" if isinstance(also, list) else ""
        return f"breach: {answer['breach_rule']}{rest}"
    if answer.get("paused"):
        return "paused"
    return "passed" if answer.get("phase_passed") else "running"


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= _THOUSAND):
        return money(float(value))
    return str(value)


def _mark_of(*, is_fine: bool | None) -> str:
    return _NONE if is_fine is None else _YES if is_fine else _NO


def _printed(mark: str) -> str:
    """The mark, or a letter where the console has no such character."""
    return mark if console.has_unicode() else _PLAIN_MARKS.get(mark, mark)


def _first_trouble(history: History) -> str:
    for fault in history.errors:
        return ("" if fault.step is None else f"step {fault.step}: ") + fault.text
    return next(_differences(history.steps), "")


def _differences(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        for field, expected, computed in step.differences:
            yield f"step {step.number}, {field}: expected {expected!r}, computed {computed!r}"
