"""A pass rate in words: the sentences, the table of the console, and the Markdown page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

Found = Mapping[str, Any]

_FEW_INDEPENDENT_COUNT = 20.0


def pct(fraction: float) -> str:
    """A share as a reader sees it."""
    return f"{100.0 * fraction:.1f} %"


def risk_text(one: Found) -> str:
    """A risk per trade as it was asked for."""
    return f"{100.0 * one['risk_fraction']:g} %"


def chance_text(chance: Found) -> str:
    """A chance with its interval."""
    low, high = pct(chance["low_fraction"]), pct(chance["high_fraction"])
    return f"{pct(chance['fraction'])} (95 % interval {low} to {high})"


def days_words(days: float | None, otherwise: str) -> str:
    """Days rounded, or what stands for none."""
    return otherwise if days is None else f"{days:.0f} days"


def best_risk(risks: Sequence[Found]) -> Found | None:
    """The risk per trade with the highest chance to pass the first step; None where none passes."""
    best = max(risks, key=lambda one: float(one["first_step"]["fraction"]), default=None)
    return best if best is not None and best["first_step"]["fraction"] > 0.0 else None


def verdict_lines(found: Found) -> list[str]:
    """The plain sentences a reader should take home, worst news included."""
    first, whole = found["steps"][0], found["whole"]
    lines = [
        f"Passing {first['name']}: {chance_text(first['pass'])}; "
        f"passing everything: {chance_text(whole['pass'])}.",
        _overlap_line(first),
    ]
    if first["cut_by_horizon_count"] + first["cut_by_data_count"]:
        lines.append(_cut_line(first))
    lapsed = first["endings"]["inactive"]["count"]
    if lapsed:
        lines.append(
            f"{lapsed} challenges lapsed because no trade was opened for too long. An owner who "
            "opens one small trade in time prevents that: --tended shows what is left then."
        )
    lines.append(_yardstick_line(found))
    if found["risk"]:
        lines.append(_risk_line(found["risk"]))
    return lines


def _overlap_line(step: Found) -> str:
    line = (
        f"The {step['runs_count']} starts overlap: they say as much as about "
        f"{step['pass']['worth_count']:.0f} independent challenges."
    )
    if step["pass"]["worth_count"] < _FEW_INDEPENDENT_COUNT:
        line += " That is little: read the interval, not the figure."
    return line


def _cut_line(step: Found) -> str:
    return (
        f"Neither passed nor failed: {step['cut_by_horizon_count']} were still running at the "
        f"horizon and {step['cut_by_data_count']} at the end of the data; they count for as long "
        "as they were seen."
    )


def _yardstick_line(found: Found) -> str:
    yardstick = found["yardstick"]
    if yardstick is None:
        return "Not compared with random entries: there is no entry to compare, or no seed asked."
    first = yardstick["first_step"]
    return (
        f"Against random entries with equal costs ({pct(first['random']['fraction'])} on average "
        f"over {yardstick['seeds_count']} seeds) the difference is "
        f"{100.0 * first['difference_fraction']:+.1f} points "
        f"({100.0 * first['low_fraction']:+.1f} to {100.0 * first['high_fraction']:+.1f}): "
        f"{first['verdict']}."
    )


def _risk_line(risks: Sequence[Found]) -> str:
    best = best_risk(risks)
    if best is None:
        return "No risk per trade of those tried passed the first step even once."
    low = best["first_step"]["low_fraction"]
    rivals = [r for r in risks if r is not best and r["first_step"]["high_fraction"] >= low]
    line = (
        f"Of the risks tried, {risk_text(best)} per trade passes most often: "
        f"{chance_text(best['first_step'])}."
    )
    if rivals:
        others = ", ".join(risk_text(one) for one in rivals)
        line += f" Its interval overlaps that of {others}: this does not prove it better."
    return line


def table_rows(found: Found) -> list[tuple[str, str, str, str, str]]:
    """The console's table: what, chance, interval, counts, median."""
    rows: list[tuple[str, str, str, str, str]] = []
    for part in (*found["steps"], found["whole"]):
        if not part["runs_count"]:
            rows.append((f"{part['name']}", "never reached", "", "0 runs", ""))
            continue
        for name, ending in part["endings"].items():
            rows.append(_ending_row(part, name, ending))
    return [row for row in rows if row[0]]


def _ending_row(part: Found, name: str, ending: Found) -> tuple[str, str, str, str, str]:
    is_pass = name == "passed"
    if not (is_pass or ending["count"]):
        return ("", "", "", "", "")
    chance = ending["chance"]
    interval = ""
    if chance is not None:
        interval = f"{pct(chance['low_fraction'])} .. {pct(chance['high_fraction'])}"
    median = days_words(part["median_pass_days"], "-") if is_pass else ""
    label = f"{part['name']}: {ending['words']}"
    share = "" if chance is None else pct(chance["fraction"])
    return (label, share, interval, f"{ending['count']} of {part['runs_count']}", median)


TABLE_HEAD = ("ending", "chance", "95 % interval", "runs", "median")


def text_table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns of text, the first to the left and the others to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def markdown_table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The same as a Markdown table."""
    head, *body = rows
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in body]


def risk_rows(found: Found) -> list[tuple[str, ...]]:
    """One row per risk tried."""
    rows: list[tuple[str, ...]] = [
        ("risk per trade", "passes the first step", "passes everything", "breaches, lapses, stops")
    ]
    for one in cast("list[Found]", found["risk"]):
        failed = pct(one["failed_fraction"])
        first, whole = chance_text(one["first_step"]), chance_text(one["whole"])
        rows.append((risk_text(one), first, whole, failed))
    return rows


def path_line(found: Found) -> str | None:
    """What the bootstrapped paths came to."""
    paths = found["paths"]
    if paths is None:
        return None
    return (
        f"{paths['paths_count']} paths of lived days in blocks of {paths['block_days']}: first "
        f"step {chance_text(paths['first_step'])}, everything {chance_text(paths['whole'])}. The "
        "interval is of the drawing alone; the days drawn from are those of this one history."
    )


def markdown(found: Found, title: str) -> str:
    """The whole page."""
    lines = [f"# {title}", "", *(f"- {line}" for line in found["verdict"]), "", "## Endings", ""]
    lines += markdown_table([TABLE_HEAD, *table_rows(found)])
    if found["risk"]:
        lines += ["", "## Risk per trade", "", *markdown_table(risk_rows(found))]
    paths = path_line(found)
    if paths is not None:
        lines += ["", "## Bootstrapped paths", "", paths]
    lines += ["", "## How to read it", "", *(f"- {note}" for note in found["notes"])]
    return "\n".join(lines) + "\n"
