"""What `run_live.bat` does on a Windows machine, read line by line in a scripted one.

The batch file itself was run under Wine when it was written; here its control flow is followed by
`batch.py`, so that the table of exit codes and waits stays what the trader was told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from batch import Interpreter, Script

ROOT = Path(__file__).resolve().parents[1]
BATCH = ROOT / "run_live.bat"
PYTHON = ".venv-live\\Scripts\\python.exe"
INSTALLED = ".venv-live\\installed.lock"
LOG = "logs\\run_live.log"


@dataclass
class Windows:
    """A scripted machine: which files exist and what each command answers."""

    files: set[str] = field(default_factory=lambda: {"requirements-live.lock"})
    programs: set[str] = field(default_factory=lambda: {"py"})
    checks: list[int] = field(default_factory=lambda: [0])
    runs: list[tuple[int, int]] = field(default_factory=list)
    """Exit code of each `bot watch` and how many seconds it lived."""
    log_day: str = ""
    is_log_writable: bool = True
    is_base_python_gone: bool = False
    is_lock_changed: bool = False
    install_code: int = 0
    uptime_s: int = 1_000
    commands: list[str] = field(default_factory=list)
    waits_s: list[int] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)

    def exists(self, path: str) -> bool:
        return path in self.files

    def printed(self, command: str) -> list[str]:
        assert command.startswith(PYTHON + " -c ")
        if "monotonic" in command:
            return [str(self.uptime_s)]
        return [self.log_day] if self.log_day else []

    def run(self, command: str, output_to: str) -> int:
        self.commands.append(command)
        if "-m bot watch" in command:
            self.outputs.append(output_to)
            code, lived_s = self.runs.pop(0)
            self.uptime_s += lived_s
            return code
        if "-m bot check" in command:
            return self.checks.pop(0)
        if command.startswith("ping"):
            self.waits_s.append(int(command.split()[2]) - 1)
            self.uptime_s += self.waits_s[-1]
            return 0
        return self._other(command)

    def _other(self, command: str) -> int:
        if command.startswith("type nul "):
            return 0 if self.is_log_writable else 1
        if command.startswith("where uv"):
            return 0 if "uv" in self.programs else 1
        if command.startswith("fc "):
            return 1 if self.is_lock_changed else 0
        if command.startswith(f'"{PYTHON}" -c "import sys"'):
            return 103 if self.is_base_python_gone else 0
        if "sys.version_info" in command:
            return 0 if command.split(maxsplit=1)[0] in self.programs else 9009
        return self._change(command)

    def _change(self, command: str) -> int:
        if command.startswith("rmdir"):
            self.files -= {PYTHON, INSTALLED}
        elif " -m venv " in command or command.startswith("uv venv"):
            self.files.add(PYTHON)
        elif "pip install" in command or command.startswith("uv pip sync"):
            return self.install_code
        elif command.startswith("copy"):
            self.files.add(INSTALLED)
        elif command.startswith("del") and INSTALLED in command:
            self.files.discard(INSTALLED)
        return 0


def _live(machine: Windows, *arguments: str) -> tuple[int, Interpreter]:
    interpreter = Interpreter(Script.read(BATCH), machine)
    return interpreter.run(*arguments), interpreter


def _ready(**options: object) -> Windows:
    return Windows(files={"requirements-live.lock", "logs", PYTHON, INSTALLED}, **options)  # type: ignore[arg-type]


# --- ends ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "word"), [(0, "as it was told"), (2, "code 2"), (3, "code 3")])
def test_an_end_on_purpose_is_the_end(code: int, word: str) -> None:
    machine = _ready(runs=[(code, 50)])
    exit_code, seen = _live(machine)
    assert exit_code == code
    assert machine.waits_s == []
    assert any(word in line for line in seen.said)


@pytest.mark.parametrize("code", [1, 4, 255, -1, -1073741819, -1073740791])
def test_any_other_end_is_followed_by_a_new_start(code: int) -> None:
    machine = _ready(runs=[(code, 50), (0, 50)])
    assert _live(machine)[0] == 0
    assert machine.waits_s == [5]


def test_waits_double_up_to_five_minutes() -> None:
    machine = _ready(runs=[(1, 1)] * 9 + [(3, 1)])
    assert _live(machine)[0] == 3
    assert machine.waits_s == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_waits_for_the_check_do_not_lengthen_those_after_a_crash() -> None:
    machine = _ready(checks=[1, 1, 0], runs=[(1, 1), (0, 1)])
    _live(machine)
    assert machine.waits_s == [5, 10, 5]


@pytest.mark.parametrize(("lived_s", "wait_s"), [(599, 20), (600, 5)])
def test_ten_minutes_of_life_forgive_earlier_crashes(lived_s: int, wait_s: int) -> None:
    machine = _ready(runs=[(1, 1), (1, 1), (1, lived_s), (0, 1)])
    _live(machine)
    assert machine.waits_s == [5, 10, wait_s]


# --- the check before ---------------------------------------------------------------------------


def test_nothing_runs_before_the_check_passed() -> None:
    machine = _ready(checks=[1, 1, 0], runs=[(0, 1)])
    _live(machine)
    order = [
        word
        for command in machine.commands
        for word in ("bot check", "bot watch", "ping")
        if word in command.split(" >")[0] and "echo" not in command
    ]
    assert order == ["bot check", "ping", "bot check", "ping", "bot check", "bot watch"]
    assert machine.waits_s == [5, 10]


@pytest.mark.parametrize("code", [2, 3])
def test_a_check_that_needs_a_person_starts_nothing(code: int) -> None:
    machine = _ready(checks=[code])
    assert _live(machine)[0] == code
    assert not any("bot watch" in command for command in machine.commands)


def test_options_reach_both_the_check_and_the_run() -> None:
    machine = _ready(runs=[(0, 1)])
    _live(machine, "--params", '"my params.json"')
    asked = [command for command in machine.commands if command.startswith(f'"{PYTHON}" -m bot ')]
    assert len(asked) == 2
    assert all('--params "my params.json"' in command for command in asked)


# --- the environment ----------------------------------------------------------------------------


def test_a_bare_machine_with_python_installs_only_hashed_wheels() -> None:
    machine = Windows(runs=[(0, 1)])
    assert _live(machine)[0] == 0
    installs = [command for command in machine.commands if "pip install" in command]
    assert len(installs) == 1
    assert "--require-hashes --only-binary :all:" in installs[0]
    assert '-r "requirements-live.lock"' in installs[0]


def test_a_bare_machine_with_uv_installs_only_hashed_wheels() -> None:
    machine = Windows(programs={"uv"}, runs=[(0, 1)])
    assert _live(machine)[0] == 0
    installs = [command for command in machine.commands if "pip sync" in command]
    assert len(installs) == 1
    assert "--require-hashes --only-binary :all:" in installs[0]


def test_a_machine_without_python_and_uv_is_told_what_to_install() -> None:
    machine = Windows(programs=set())
    exit_code, seen = _live(machine)
    assert exit_code == 1
    assert any("64-bit Python 3.11 to 3.14" in line for line in seen.said)
    assert not any("-m bot" in command for command in machine.commands)


def test_a_failed_install_starts_nothing_and_is_tried_again_next_time() -> None:
    machine = Windows(install_code=1)
    assert _live(machine)[0] == 1
    assert INSTALLED not in machine.files
    assert not any("-m bot" in command for command in machine.commands)


def test_an_unchanged_environment_needs_no_network() -> None:
    machine = _ready(runs=[(0, 1)])
    _live(machine)
    assert not any("pip" in command.split() for command in machine.commands)


def test_a_changed_lock_is_installed_before_the_start() -> None:
    machine = _ready(is_lock_changed=True, runs=[(0, 1)])
    _live(machine)
    steps = [c for c in machine.commands if "pip install" in c or "-m bot" in c]
    assert "pip install" in steps[0]


def test_an_environment_whose_python_was_removed_is_set_up_anew() -> None:
    machine = _ready(is_base_python_gone=True, runs=[(0, 1)])
    assert _live(machine)[0] == 0
    assert any(command.startswith("rmdir") for command in machine.commands)
    assert INSTALLED in machine.files


# --- the log ------------------------------------------------------------------------------------


def test_the_bot_writes_to_the_log_so_that_a_selection_cannot_freeze_it() -> None:
    machine = _ready(runs=[(1, 1), (0, 1)])
    _live(machine)
    assert machine.outputs == [LOG, LOG]


def test_a_log_of_another_day_is_kept_under_its_date() -> None:
    machine = _ready(log_day="2025-03-01", runs=[(0, 1)])
    _live(machine)
    assert any('>>"logs\\run_live-2025-03-01.log"' in command for command in machine.commands)


def test_a_log_of_today_is_left_where_it_is() -> None:
    machine = _ready(runs=[(0, 1)])
    _live(machine)
    assert not any("run_live-20" in command for command in machine.commands)


def test_a_log_that_cannot_be_written_keeps_nobody_from_trading() -> None:
    machine = _ready(is_log_writable=False, runs=[(0, 1)])
    assert _live(machine)[0] == 0
    assert machine.outputs == ["nul"]


def test_a_line_that_could_not_start_its_program_is_not_taken_for_a_wanted_end() -> None:
    lines = _lines()
    start = next(n for n, line in enumerate(lines) if "-m bot watch %*" in line)
    assert lines[start - 1] == "call :not_started"  # cmd.exe leaves the code as it was before
    assert lines[lines.index(":not_started") + 2] == "exit /b 9"


# --- the text itself ----------------------------------------------------------------------------


def _lines() -> list[str]:
    return BATCH.read_bytes().decode("ascii").split("\r\n")


def test_every_line_ends_as_windows_wants_it() -> None:
    assert b"\n" not in BATCH.read_bytes().replace(b"\r\n", b"")
    assert "*.bat text eol=crlf" in (ROOT / ".gitattributes").read_text(encoding="utf-8")


def test_every_label_that_is_named_exists_and_every_label_is_named() -> None:
    script = Script.read(BATCH)
    named = {
        match.lower() for line in _lines() for match in re.findall(r"(?:goto |call :)(\w+)", line)
    }
    assert named == set(script.labels)


def test_no_path_falls_into_the_next_subroutine() -> None:
    previous = ""
    for line in _lines():
        is_first = line.startswith(":check")  # reached from above on purpose
        if line.startswith(":") and not is_first and previous != f"goto {line[1:]}":
            assert re.match(r"goto |exit /b|call :say .*tried again", previous), line
        if line.strip() and not line.startswith("rem"):
            previous = line.strip()


def test_the_folder_of_the_script_is_always_quoted() -> None:
    for line in _lines():
        assert "%~dp0" not in line.replace('"%~dp0"', "")


def test_every_assignment_is_quoted_so_that_no_space_creeps_in() -> None:
    for line in _lines():
        if not line.startswith(("rem", "call :say")):
            assert all(first == '"' for first in re.findall(r"\bset (?!/a )(.)", line)), line


def test_the_batch_file_holds_no_secret_and_no_machine() -> None:
    text = BATCH.read_text(encoding="ascii").lower()
    for word in ("password", "login", "token", "c:\\", "users\\", "http"):
        assert word not in text
