"""Start-up: the bare interpreter, `bot --help`, `bot check params`, and a one-day demo."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "bot --help": ["-m", "bot", "--help"],
    "bot check params": ["-m", "bot", "check", "params"],
    "bot demo --days 1": ["-m", "bot", "demo", "--days", "1", "--no-picture", "--fresh"],
}


def spent_s(arguments: list[str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{arguments}: exit {done.returncode}\n{done.stderr}")
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    bare_s = 0.0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for name, arguments in COMMANDS.items():
            out = ["--out", f"{folder}/demo"] if "demo" in name else []
            median_s = statistics.median(spent_s([*arguments, *out]) for _ in range(repeat))
            bare_s = bare_s or median_s
            print(f"{name:20} {median_s:7.2f} s   {median_s / bare_s:6.1f} x the interpreter")


if __name__ == "__main__":
    main()
