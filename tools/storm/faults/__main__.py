"""The page of the faults, and the proof that each of them happens.

python -m tools.storm.faults             write docs/storm_faults.md
python -m tools.storm.faults --check     exit 1 when the page says something else; writes nothing
python -m tools.storm.faults --nightly   storms until every fault has fired; exit 1 for what did not
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.storm.faults.page import PAGE, faults_page

_ROOT: Final = Path(__file__).resolve().parents[3]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write, check or storm; exit code 0 fine, 1 not."""
    parser = argparse.ArgumentParser(prog="tools.storm.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if different")
    parser.add_argument("--nightly", action="store_true", help="let each fault happen")
    parser.add_argument("--days", type=float, default=3.0, help="safety phase of each storm")
    parser.add_argument("--rounds", type=int, default=4, help="tries for what did not fire")
    given = parser.parse_args(arguments)
    if given.nightly:
        from tools.storm.faults.nightly import Nightly  # noqa: PLC0415 - brings the harness along

        return int(not Nightly(given.days, _say).run(given.rounds))
    path = _ROOT / PAGE
    if given.check:
        return int(not path.is_file() or path.read_text(encoding="utf-8") != faults_page())
    path.write_text(faults_page(), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{PAGE}: written\n")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
