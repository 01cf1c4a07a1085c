"""The project as files: pins, licence, the commands a stranger types, nothing of one machine."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bot
from tools import check, lock

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LIVE_LOCK = (ROOT / lock.LIVE_LOCK).read_text(encoding="utf-8")
README_COMMANDS = (
    "pip install -q uv && uv run bot demo",
    "pip install -q uv && uv run pytest",
)


def _pins(key: str) -> dict[str, str]:
    pairs = (pin.split("==") for pin in PROJECT["tool"]["uv"][key])
    return {canonicalize_name(name): version for name, version in pairs}


def _locked() -> dict[str, list[str]]:
    """Package and version to its hashes, as `requirements-live.lock` lists them."""
    entries: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=[a-z])", LIVE_LOCK.split("\n", LIVE_LOCK.count("\n#") + 1)[-1]):
        head, *hashes = block.replace("\\\n", "\n").split("\n")
        entries[head.strip()] = [line.strip() for line in hashes if line.strip()]
    return entries


def _needed_on_windows() -> set[str]:
    """Names of everything the live dependencies need there, by the installed packages' own word."""
    needed: set[str] = set()
    waiting = [(Requirement(text), "") for text in PROJECT["project"]["dependencies"]]
    while waiting:
        requirement, extra = waiting.pop()
        if not _applies(requirement, extra):
            continue
        name = canonicalize_name(requirement.name)
        if name in needed:
            continue
        needed.add(name)
        for text in _requires(name):
            waiting += [(Requirement(text), one) for one in ("", *requirement.extras)]
    return needed


def _applies(requirement: Requirement, extra: str) -> bool:
    environments = [
        lock.live_environment(python) | {"extra": extra} for python in lock.LIVE_PYTHONS
    ]
    marker = requirement.marker
    return marker is None or any(marker.evaluate(environment) for environment in environments)


def _requires(name: str) -> list[str]:
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []  # exists for Windows only and needs nothing that is not needed anyway


# --- pins ---------------------------------------------------------------------------------------


def test_the_live_lock_covers_exactly_what_a_live_machine_needs() -> None:
    assert {entry.split("==")[0] for entry in _locked()} == _needed_on_windows()


def test_the_live_lock_and_the_constraints_agree_on_every_version() -> None:
    pins = _pins("constraint-dependencies")
    for entry in _locked():
        name, version = entry.split("==")
        assert pins[name] == version


def test_every_entry_of_the_live_lock_is_hashed() -> None:
    for entry, hashes in _locked().items():
        assert hashes, entry
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes), entry


def test_the_environment_runs_the_pinned_versions() -> None:
    pins = _pins("constraint-dependencies")
    for name, version in pins.items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an extra that is not installed, or a package of another platform
        assert installed == version, name


def test_every_installed_dependency_is_pinned() -> None:
    pins = _pins("constraint-dependencies")
    waiting, seen = ["challenge-bot"], {"challenge-bot"}
    while waiting:
        for text in _requires(waiting.pop()):
            requirement = Requirement(text)
            name = canonicalize_name(requirement.name)
            is_wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if is_wanted and name not in seen:
                assert name in pins
                seen.add(name)
                waiting.append(name)
    assert len(seen) > 10


def test_what_builds_the_project_is_pinned_too() -> None:
    pins = _pins("build-constraint-dependencies")
    for text in PROJECT["build-system"]["requires"]:
        assert canonicalize_name(Requirement(text).name) in pins


@pytest.mark.parametrize("key", ["constraint-dependencies", "build-constraint-dependencies"])
def test_pins_are_exact_and_without_condition(key: str) -> None:
    for pin in PROJECT["tool"]["uv"][key]:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", pin), pin


def test_the_terminal_package_is_asked_for_on_windows_only() -> None:
    terminal = [text for text in PROJECT["project"]["dependencies"] if "MetaTrader5" in text]
    assert terminal == ["MetaTrader5>=5.0.45; sys_platform == 'win32'"]


# --- the tool that writes the pins --------------------------------------------------------------


def _package(*wheels: str) -> lock.LockedPackage:
    return lock.LockedPackage("x", "1.0", {name: f"sha256:{n}" for n, name in enumerate(wheels)})


def test_only_wheels_a_live_machine_can_install_are_hashed() -> None:
    package = _package(
        "x-1.0-cp311-cp311-win_amd64.whl",
        "x-1.0-cp312-abi3-win_amd64.whl",
        "x-1.0-cp312-cp312-manylinux_2_28_x86_64.whl",
        "x-1.0-cp313-cp313t-win_amd64.whl",
        "x-1.0-cp312-cp312-win_arm64.whl",
        "x-1.0-pp311-pypy311_pp73-win_amd64.whl",
    )
    assert lock.live_hashes(package) == ["sha256:0", "sha256:1"]


def test_a_package_that_would_have_to_be_built_is_refused() -> None:
    package = _package("x-1.0-cp311-cp311-win_amd64.whl", "x-1.0-cp312-cp312-win_amd64.whl")
    with pytest.raises(lock.LockError, match=r"no win_amd64 wheel for CPython 3\.13, 3\.14"):
        lock.live_hashes(package)


def test_two_versions_of_a_package_are_refused() -> None:
    entry = '[[package]]\nname = "x"\nversion = "{}"\nsource = {{ registry = "r" }}\n'
    with pytest.raises(lock.LockError, match="two versions, 1 and 2"):
        lock.locked_packages(entry.format(1) + entry.format(2))


def test_only_what_windows_needs_gets_into_the_live_lock() -> None:
    exported = "a==1\nb==2 ; sys_platform == 'win32'\nc==3 ; sys_platform == 'linux'\n"
    assert lock.live_names(exported) == ["a", "b"]


def test_pins_replace_one_list_and_leave_the_rest_of_the_file() -> None:
    text = "before = [1]\nconstraint-dependencies = [\n    'old==1',\n]\nafter = 2\n"
    pinned = lock.with_pins(text, "constraint-dependencies", ["b==2", "a==1"])
    assert pinned == (
        'before = [1]\nconstraint-dependencies = [\n    "a==1",\n    "b==2",\n]\nafter = 2\n'
    )
    with pytest.raises(lock.LockError, match="one list named build"):
        lock.with_pins(text, "build", [])


# --- nothing of one machine, no addresses -------------------------------------------------------


def _tracked() -> list[str]:
    """Files the repository keeps, or would keep; empty outside a checkout."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return []
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


TRACKED = _tracked()
_INDEX = re.compile(  # in pieces, so that this file does not name what it looks for
    r"py" + r"pi\.org|python" + r"hosted|registry *= *\"" + r"http|index" + r"-url|find" + r"-links"
)


@pytest.mark.skipif(not TRACKED, reason="not a git checkout")
def test_no_kept_file_names_a_package_index_or_a_path_of_one_machine() -> None:
    own = ROOT if ROOT.parent == Path(tempfile.gettempdir()) else ROOT.parent
    machine = re.compile(rf"(?<![\w.]){re.escape(str(own))}/|(?<!\w)/(?:home|root|Users)/\w")
    found: list[str] = []
    for name in TRACKED:
        if Path(name).suffix in {".png", ".parquet", ".gz"}:
            continue
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {m[0]}" for m in [_INDEX.search(text), machine.search(text)] if m]
    assert found == []


@pytest.mark.skipif(not TRACKED, reason="not a git checkout")
def test_what_lists_addresses_or_one_trader_s_days_is_not_kept() -> None:
    assert "uv.lock" not in TRACKED
    kept = {name.split("/")[0] for name in TRACKED}
    assert not kept & {"state", "journal", "compliance", "commands", "logs", "runs", ".venv"}


def test_the_pins_name_no_address() -> None:
    assert "://" not in LIVE_LOCK
    assert "://" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


# --- what a stranger meets ----------------------------------------------------------------------


@pytest.mark.parametrize("command", README_COMMANDS)
def test_the_readme_gives_the_two_commands_word_for_word(command: str) -> None:
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


def test_continuous_integration_runs_the_readme_s_test_command_last() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()
    assert lines[-1] == README_COMMANDS[1]
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines


@pytest.mark.skipif(sys.platform == "win32", reason="no executable bit there")
def test_continuous_integration_can_be_started() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_gate_of_continuous_integration_is_a_gate_of_the_one_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    words = {
        "lint": "ruff check .",
        "format": "ruff format --check .",
        "types": "mypy",
        "imports": "lint-imports",
        "pins": "tools.lock --check",
        "pages": "tools.docs --check",
        "tests": "pytest",
    }
    assert set(words) == {gate.name for gate in check.GATES}
    for word in words.values():
        assert f"uv run {word}" in script or f"uv run python -m {word}" in script


def test_version_licence_and_changelog_tell_one_story() -> None:
    assert PROJECT["project"]["version"] == bot.__version__
    assert f"## {bot.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("MIT License")
    assert "The challenge-bot authors" in licence


def test_a_gate_that_fails_says_so_in_the_table_and_the_code() -> None:
    good = check.run_gate(check.Gate("good", ("-c", "print('fine')")))
    bad = check.run_gate(check.Gate("bad", ("-c", "print('broken'); raise SystemExit(4)")))
    assert (good.exit_code, good.last_line) == (0, "fine")
    assert (bad.exit_code, bad.last_line) == (4, "broken")
    assert check.results_table([good, bad]).row_count == 2
