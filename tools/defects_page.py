"""What became of the planted defects: kept as JSON, shown as a page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.defects_plan import Defect
from tools.defects_runs import SURVIVED
from tools.doc_text import table

_HEAD = """# Planted defects

<!-- Written by `uv run python -m tools.defects`; the defects stand in tests/defects/*.toml. -->

Each row is a one-line sabotage of a rule the account depends on. `uv run python -m tools.defects`
plants them one at a time in a copy of the project and runs the tests named for it, then all others,
until one goes red. A defect nobody notices is a missing test: the tests are mended, the defect
stays. `--ids a,b` tries some, `--jobs N` that many at a time, `--again` those with an answer too;
an interrupted run goes on where it was.

"""


class Outcome(BaseModel):
    """What became of one defect; `mark` tells for which text of code and tests' names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mark: str
    stage: str
    red: tuple[str, ...]

    @property
    def is_caught(self) -> bool:
        """Whether any test went red."""
        return self.stage != SURVIVED


class Book(BaseModel):
    """Every outcome by its defect's id."""

    model_config = ConfigDict(extra="forbid")

    outcomes: dict[str, Outcome] = {}


def load_book(path: Path) -> Book:
    """The outcomes kept in `path`; none when there is no file or it is another's.

    Raises `ValueError` for a file of this name that is damaged.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Book.model_validate({"outcomes": document["outcomes"]})
    except FileNotFoundError:
        return Book()
    except (KeyError, TypeError, ValidationError, json.JSONDecodeError) as error:
        message = f"{path}: not a file of outcomes ({error}); move it away"
        raise ValueError(message) from error


def save_book(path: Path, book: Book, defects: Sequence[Defect]) -> None:
    """Write the outcomes of the defects there are, whole or not at all."""
    known = {d.id: book.outcomes[d.id] for d in defects if d.id in book.outcomes}
    document = {
        "totals": totals(known, defects),
        "outcomes": {name: known[name].model_dump(mode="json") for name in sorted(known)},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    beside.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8", newline="\n")
    beside.replace(path)


def totals(outcomes: Mapping[str, Outcome], defects: Sequence[Defect]) -> dict[str, int]:
    """How many there are, were tried, caught, and survived."""
    tried = [outcomes[d.id] for d in defects if d.id in outcomes]
    caught = sum(outcome.is_caught for outcome in tried)
    return {
        "defects": len(defects),
        "tried": len(tried),
        "caught": caught,
        "survived": len(tried) - caught,
    }


def page(book: Book, defects: Sequence[Defect]) -> str:
    """docs/defects.md: totals, survivors, each defect with the test that went red."""
    sums = totals(book.outcomes, defects)
    share = 100.0 * sums["caught"] / sums["tried"] if sums["tried"] else 0.0
    promises = {name for defect in defects for name in defect.breaks}
    told = (
        f"**Caught {sums['caught']} of {sums['tried']} ({share:.1f} %)**, {sums['defects']} "
        f"planted, in {len({d.file for d in defects})} files, against {len(promises)} faults and "
        "invariants.\n\n"
    )
    lost = [d.id for d in defects if d.id in book.outcomes and not book.outcomes[d.id].is_caught]
    survivors = f"Survivors: {', '.join(f'`{name}`' for name in lost) or 'none'}.\n\n"
    rows = [_row(defect, book.outcomes.get(defect.id)) for defect in defects]
    head = ("defect", "file", "breaks", "what it does to the account", "went red")
    body = table(head, rows)
    return f"{_HEAD}{told}{survivors}## By defect\n\n{body}\n## By test\n\n{_by_test(book)}"


def _row(defect: Defect, outcome: Outcome | None) -> tuple[str, ...]:
    red = "not tried"
    if outcome is not None:
        red = f"`{_short(outcome.red[0])}`" if outcome.is_caught else "**survived**"
    return f"`{defect.id}`", f"`{defect.file}`", " ".join(defect.breaks), defect.effect, red


def _by_test(book: Book) -> str:
    """How many defects each file of tests was the first to notice."""
    files = Counter(o.red[0].partition("::")[0] for o in book.outcomes.values() if o.is_caught)
    ranked = sorted(files.items(), key=lambda item: (-item[1], item[0]))
    return table(("tests", "defects noticed first"), [(f"`{n}`", str(c)) for n, c in ranked])


def _short(node: str) -> str:
    """A test by its file's name and its own."""
    return node.rpartition("/")[2]
