"""Reference pages written from the code: events, parameters, commands.

uv run python -m tools.docs            write docs/events.md, docs/parameters.md, docs/commands.md
uv run python -m tools.docs --check    exit 1 when one differs; writes nothing
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.doc_commands import commands_page
from tools.doc_events import events_page
from tools.doc_parameters import parameters_page

ROOT = Path(__file__).resolve().parents[1]


def pages() -> dict[str, str]:
    """Every generated page by its path in the project."""
    return {
        "docs/events.md": events_page(),
        "docs/parameters.md": parameters_page(ROOT / "params"),
        "docs/commands.md": commands_page(),
    }


def differing(wanted: Mapping[str, str], root: Path) -> list[str]:
    """Pages that are missing below `root` or say something else, by path."""
    return [
        name
        for name, text in wanted.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the pages; exit code 0 fine, 1 differs."""
    parser = argparse.ArgumentParser(prog="tools.docs", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if different")
    is_check = parser.parse_args(arguments).check
    wanted = pages()
    names = differing(wanted, ROOT)
    for name in names:
        if not is_check:
            (ROOT / name).parent.mkdir(exist_ok=True)
            (ROOT / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        sys.stdout.write(
            f"{name}: {'differs; run python -m tools.docs' if is_check else 'written'}\n"
        )
    return 1 if is_check and names else 0


if __name__ == "__main__":
    raise SystemExit(main())
