"""The page a trader reads before trusting the bot: docs/reliability.md from measured figures.

python -m tools.reliability              write the page from docs/reliability/*.json
python -m tools.reliability --check      exit 1 when the page says something else; writes nothing
python -m tools.reliability --run ci     measure anew first: ci takes minutes, long takes hours
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.reliability_figures import ResultError, load
from tools.reliability_page import page
from tools.reliability_runs import RUNS, SIZES, run_all

ROOT: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = ROOT / "docs" / "reliability"
PAGE: Final = ROOT / "docs" / "reliability.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the page; exit code 1 when it differs or a tool found something broken."""
    parser = argparse.ArgumentParser(prog="tools.reliability", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if different")
    parser.add_argument("--run", choices=SIZES, help="measure anew first, at this size")
    names = [run.name for run in RUNS]
    parser.add_argument("--only", action="append", choices=names, help="with --run: this tool")
    given = parser.parse_args(arguments)
    if given.only and not given.run:
        parser.error("--only says what --run measures")
    broken = run_all(given.run, RESULTS, given.only or ()) if given.run else []
    try:
        wanted = page(load(RESULTS))
    except ResultError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 2
    name = PAGE.relative_to(ROOT)
    if given.check:
        is_same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == wanted
        sys.stdout.write("" if is_same else f"{name} differs; run python -m tools.reliability\n")
        return 0 if is_same else 1
    PAGE.write_text(wanted, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{name}: written\n")
    for tool in broken:
        sys.stdout.write(f"{tool}: found something broken, see above\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
