"""Draws docs/demo.svg: what the demo shows at its end, as a terminal shows it.

`python -m tools.picture` runs the demo in a folder of its own and records its last screen.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "demo.svg"
WIDTH_CHARS = 110
LINES_COUNT = 46
_FONT_FROM_ELSEWHERE = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def main() -> int:
    """Run the demo, keep its last screen, write it as SVG; 1 when the demo failed."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot", "demo", "--out", str(Path(folder) / "demo")]
        environment = {**os.environ, "COLUMNS": str(WIDTH_CHARS), "PYTHONUTF8": "1"}
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False
        )
        if done.returncode != 0:
            sys.stderr.write(done.stderr)
            return 1
        lines = done.stdout.replace(folder, "runs").splitlines()[-LINES_COUNT:]
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH_CHARS, file=nowhere)
        console.print(Text("\n".join(lines)))
        drawing = console.export_svg(title="uv run bot demo")
    drawing = _FONT_FROM_ELSEWHERE.sub("", drawing)  # the page must not fetch anything
    PICTURE.write_text(_COMMENT.sub("", drawing), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
