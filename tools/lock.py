"""Pins: exact versions in `pyproject.toml`, hashes in `requirements-live.lock`.

`uv.lock` names download addresses and is therefore not kept in the repository. What it decided is
kept in two places that name none: the constraints of `[tool.uv]` (every package of every
environment) and the hashed list of what a live Windows machine installs.

    uv run python -m tools.lock             write both from a fresh `uv lock`
    uv run python -m tools.lock --upgrade   the same, after letting every version move
    uv run python -m tools.lock --check     exit 1 when either differs; writes nothing
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[1]
LIVE_LOCK = "requirements-live.lock"

LIVE_PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""Interpreters the terminal's package publishes wheels for (5.0.6231)."""

LIVE_PLATFORM = "win_amd64"
"""The only platform the terminal's package exists for."""

_PINS, _BUILD_PINS = _PIN_LISTS = ("constraint-dependencies", "build-constraint-dependencies")

_HEADER = f"""\
# What a live machine installs: Windows on x86-64, CPython {LIVE_PYTHONS[0]} to {LIVE_PYTHONS[-1]}.
# The dependencies of pyproject.toml without extras and groups; wheels only, each hashed.
# Written by: uv run python -m tools.lock
# Installed by: pip install --require-hashes --only-binary :all: -r {LIVE_LOCK}
"""


class LockError(Exception):
    """The pins cannot be written; says which package and why."""


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One package as `uv.lock` decided it."""

    name: str
    version: str
    wheel_hashes: Mapping[str, str]
    """Wheel file name to `sha256:<hex>`."""


def locked_packages(lock_text: str) -> dict[str, LockedPackage]:
    """Every registry package of a `uv.lock`; raises `LockError` when one has two versions."""
    packages: dict[str, LockedPackage] = {}
    for entry in tomllib.loads(lock_text)["package"]:
        if "registry" not in entry["source"]:
            continue
        name = canonicalize_name(entry["name"])
        if name in packages:
            first, second = packages[name].version, entry["version"]
            message = f"{name}: two versions, {first} and {second}; exact pins allow one"
            raise LockError(message)
        packages[name] = LockedPackage(
            name,
            entry["version"],
            {wheel["url"].rsplit("/", 1)[-1]: wheel["hash"] for wheel in entry.get("wheels", ())},
        )
    return packages


def live_hashes(package: LockedPackage) -> list[str]:
    """Hashes of the wheels a live machine may install, sorted.

    Raises `LockError` when a live interpreter would find no wheel: nothing is ever built there.
    """
    served: dict[str, set[str]] = {}
    for filename, digest in package.wheel_hashes.items():
        for python in LIVE_PYTHONS:
            if _fits(filename, python):
                served.setdefault(python, set()).add(digest)
    missing = [python for python in LIVE_PYTHONS if python not in served]
    if missing:
        message = f"{package.name} {package.version}: no {LIVE_PLATFORM} wheel for CPython "
        raise LockError(message + ", ".join(missing))
    return sorted(set.union(*served.values()))


def _fits(filename: str, python: str) -> bool:
    """Whether a wheel installs on a live machine with this interpreter."""
    own = "cp" + python.replace(".", "")
    return any(
        tag.platform in {"any", LIVE_PLATFORM} and _fits_interpreter(tag.interpreter, tag.abi, own)
        for tag in parse_wheel_filename(filename)[3]
    )


def _fits_interpreter(interpreter: str, abi: str, own: str) -> bool:
    if abi == "none":
        return interpreter in {"py3", "py2.py3", own}
    if abi == "abi3":
        return interpreter.startswith("cp3") and int(interpreter[3:]) <= int(own[3:])
    return interpreter == own and abi == own


def live_names(exported: str) -> list[str]:
    """Names of the packages a live machine needs, from `uv export` without hashes."""
    names: list[str] = []
    for line in exported.splitlines():
        requirement, _, marker = line.partition(";")
        if "==" not in requirement or line.startswith("#"):
            continue
        if not marker.strip() or _holds_live(Marker(marker.strip())):
            names.append(canonicalize_name(requirement.split("==")[0].strip()))
    return sorted(names)


def _holds_live(marker: Marker) -> bool:
    return any(marker.evaluate(live_environment(python)) for python in LIVE_PYTHONS)


def live_environment(python: str) -> dict[str, str]:
    """The environment markers of a live machine with this CPython."""
    return {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "extra": "",
    }


def live_lock_text(packages: Mapping[str, LockedPackage], names: Iterable[str]) -> str:
    """The whole text of `requirements-live.lock`."""
    parts = [_HEADER]
    for name in names:
        package = packages[name]
        hashes = " \\\n".join(f"    --hash={digest}" for digest in live_hashes(package))
        parts.append(f"{package.name}=={package.version} \\\n{hashes}\n")
    return "".join(parts)


def with_pins(project_text: str, key: str, pins: Iterable[str]) -> str:
    """The project file with the list `key` of `[tool.uv]` replaced by these exact pins."""
    pattern = re.compile(rf"^{re.escape(key)} = \[[^\]]*\]$", re.MULTILINE)
    if len(pattern.findall(project_text)) != 1:
        message = f"pyproject.toml: expected one list named {key}"
        raise LockError(message)
    rows = "".join(f'    "{pin}",\n' for pin in sorted(pins))
    return pattern.sub(lambda _: f"{key} = [\n{rows}]", project_text)


def _uv(*arguments: str, text_in: str = "") -> str:
    # The tool that manages the environment; its arguments are the literals of this file.
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "uv", *arguments] if _has_uv_module() else ["uv", *arguments],
        cwd=ROOT,
        input=text_in,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"uv {' '.join(arguments)} failed:\n{done.stderr.strip()}"
        raise LockError(message)
    return done.stdout


def _has_uv_module() -> bool:
    from importlib.util import find_spec  # noqa: PLC0415 - only needed here

    return find_spec("uv") is not None


def resolved_texts(project_text: str) -> dict[str, str]:
    """The two files as they follow from the current `uv.lock`, by name."""
    packages = locked_packages((ROOT / "uv.lock").read_text(encoding="utf-8"))
    exported = _uv(
        "export", "--frozen", "--no-dev", "--no-emit-project", "--no-annotate", "--no-header",
        "--no-hashes",
    )  # fmt: skip
    project = tomllib.loads(project_text)
    build = [*project["build-system"]["requires"], *project["tool"]["uv"][_BUILD_PINS]]
    built = _uv(
        "pip", "compile", "-", "--universal", "--no-header", "--no-annotate", "--quiet",
        text_in="\n".join(build),
    )  # fmt: skip
    pins = [f"{package.name}=={package.version}" for package in packages.values()]
    project_text = with_pins(project_text, _PINS, pins)
    project_text = with_pins(project_text, _BUILD_PINS, built.split())
    return {
        "pyproject.toml": project_text,
        LIVE_LOCK: live_lock_text(packages, live_names(exported)),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write or check the pins; exit code 0 fine, 1 differs or impossible."""
    parser = argparse.ArgumentParser(prog="tools.lock", description=__doc__.splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--upgrade", action="store_true", help="let every version move")
    choice.add_argument("--check", action="store_true", help="write nothing, exit 1 if different")
    options = parser.parse_args(arguments)
    project = ROOT / "pyproject.toml"
    if options.upgrade:
        freed = project.read_text(encoding="utf-8")
        for key in _PIN_LISTS:
            freed = with_pins(freed, key, ())
        project.write_text(freed, encoding="utf-8", newline="\n")
    try:
        _uv("lock", *(["--upgrade"] if options.upgrade else []))
        texts = resolved_texts(project.read_text(encoding="utf-8"))
    except LockError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    return _settle(texts, is_check=options.check)


def _settle(texts: Mapping[str, str], *, is_check: bool) -> int:
    """Write what differs, or only name it."""
    differing = [
        name
        for name, text in texts.items()
        if not (ROOT / name).exists() or (ROOT / name).read_text(encoding="utf-8") != text
    ]
    for name in differing:
        if not is_check:
            (ROOT / name).write_text(texts[name], encoding="utf-8", newline="\n")
        sys.stdout.write(f"{name}: {'differs' if is_check else 'written'}\n")
    return 1 if is_check and differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
