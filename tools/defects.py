"""Plants each defect of tests/defects in a copy of the project and says which test noticed.

uv run python -m tools.defects                 all that have no answer yet; writes docs/defects.md
uv run python -m tools.defects --ids a,b       these, whether or not they have one
uv run python -m tools.defects --list          what there is
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tools.defects_page import Book, Outcome, load_book, page, save_book, totals
from tools.defects_plan import Defect, DefectError, chosen, load_defects, problems
from tools.defects_runs import Copy, Fate, RunError, Runs, Sound, StoppedError, try_defect

ROOT = Path(__file__).resolve().parents[1]
DEFECTS = ROOT / "tests" / "defects"
JSON, PAGE = ROOT / "docs" / "reliability" / "defects.json", ROOT / "docs" / "defects.md"
_INTERRUPTED, _UNFIT = 130, 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What to try, with how many workers, and where the answers are kept."""

    defects: tuple[Defect, ...]
    every: tuple[Defect, ...]
    jobs_count: int
    json: Path
    is_wide: bool


class Hunt:
    """Tries defects side by side; each answer is on disk before the next is shown."""

    def __init__(self, plan: Plan, book: Book, console: Console) -> None:
        self._plan, self._book, self._console = plan, book, console
        self._runs = Runs()
        self._copies: SimpleQueue[Copy] = SimpleQueue()
        self._sound = Sound()

    def go(self, folder: Path) -> None:
        """Try all of them; raises `KeyboardInterrupt` after ending what was running."""
        copies: list[Copy] = []
        with ThreadPoolExecutor(self._plan.jobs_count) as pool:
            try:
                for number in range(self._plan.jobs_count):
                    copies.append(Copy(ROOT, folder / f"copy-{number}", self._runs))
                    self._copies.put(copies[-1])
                self._try_all(pool)
            finally:
                self._runs.stop()
                pool.shutdown(wait=False, cancel_futures=True)
        for copy in copies:
            copy.close()

    def _try_all(self, pool: ThreadPoolExecutor) -> None:
        shown = TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn()
        with Progress(*shown, console=self._console) as progress:
            task = progress.add_task("defects", total=len(self._plan.defects))
            futures = {pool.submit(self._try, one): one for one in self._plan.defects}
            for future in as_completed(futures):
                self._keep(futures[future], future.result())
                progress.advance(task)

    def _try(self, defect: Defect) -> Fate:
        copy = self._copies.get()
        try:
            return try_defect(copy, defect, self._sound, is_wide=self._plan.is_wide)
        finally:
            self._copies.put(copy)

    def _keep(self, defect: Defect, fate: Fate) -> None:
        mark = defect.mark((ROOT / defect.file).read_text(encoding="utf-8"))
        self._book.outcomes[defect.id] = Outcome(mark=mark, stage=fate.stage, red=fate.red)
        save_book(self._plan.json, self._book, self._plan.every)
        told = fate.red[0] if fate.red else "NOBODY NOTICED"
        self._console.print(f"{fate.stage:8} {defect.id}: {told}", markup=False, soft_wrap=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when every chosen defect was caught, 1 when one survived, 2 for unfit data."""
    given = _arguments(arguments)
    console = Console()
    try:
        every = load_defects(DEFECTS)
        wanted = chosen(every, [name for name in given.ids.split(",") if name])
        if given.list:
            _list(wanted)
            return 0
        book = load_book(given.json)
    except (DefectError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return _UNFIT
    fit = _fit(wanted)
    due = [one for one in fit if given.again or given.ids or not _has_answer(one, book)]
    plan = Plan(tuple(due), tuple(every), given.jobs, given.json, not given.named_only)
    code = _hunt(plan, book, console) if due else 0
    if given.json == JSON:
        PAGE.write_text(page(book, every), encoding="utf-8", newline="\n")
    return code or _tell(wanted, book, console) or (_UNFIT if len(fit) < len(wanted) else 0)


def _hunt(plan: Plan, book: Book, console: Console) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="defects-", ignore_cleanup_errors=True) as folder:
        try:
            Hunt(plan, book, console).go(Path(folder).resolve())
        except (KeyboardInterrupt, StoppedError):
            console.print("interrupted; the same command goes on from here")
            return _INTERRUPTED
        except RunError as error:
            sys.stderr.write(f"{error}\n")
            return _UNFIT
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    words = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(prog="tools.defects", description=words)
    parser.add_argument("--ids", default="", help="these defects, by commas")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--json", type=Path, default=JSON, help="where answers are kept")
    parser.add_argument("--again", action="store_true", help="those with an answer, too")
    parser.add_argument("--named-only", action="store_true", help="no wider tests")
    parser.add_argument("--list", action="store_true", help="show the defects, try nothing")
    given = parser.parse_args(arguments)
    if given.jobs < 1:
        parser.error("--jobs must be 1 or more")
    return given


def _fit(defects: Sequence[Defect]) -> list[Defect]:
    """Those that can be planted; the others are named."""
    fit: list[Defect] = []
    for one in defects:
        found = problems(one, ROOT)
        for words in found:
            sys.stderr.write(f"cannot be planted, {one.id}: {words}\n")
        if not found:
            fit.append(one)
    return fit


def _has_answer(defect: Defect, book: Book) -> bool:
    """Whether it was caught by what stands there now; a survivor is tried again."""
    outcome = book.outcomes.get(defect.id)
    if outcome is None or not outcome.is_caught:
        return False
    return outcome.mark == defect.mark((ROOT / defect.file).read_text(encoding="utf-8"))


def _list(defects: Sequence[Defect]) -> None:
    for defect in defects:
        sys.stdout.write(f"{defect.id}  {defect.file}  {defect.effect}\n")


def _tell(defects: Sequence[Defect], book: Book, console: Console) -> int:
    sums = totals(book.outcomes, defects)
    console.print(f"caught {sums['caught']}/{sums['tried']}")
    lost = [one for one in defects if one.id in book.outcomes]
    survivors = [one for one in lost if not book.outcomes[one.id].is_caught]
    for defect in survivors:
        console.print(f"survived: {defect.id} ({defect.file}): {defect.effect}", markup=False)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
