"""Reads the part of cmd.exe's language that `run_live.bat` is written in, against a scripted world.

Not a cmd.exe: just enough to follow the control flow. What it does not know is an error, so the
batch file cannot grow beyond what is read here without a test noticing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class World(Protocol):
    """What the batch file finds outside itself."""

    def exists(self, path: str) -> bool: ...

    def run(self, command: str, output_to: str) -> int:
        """Exit code of an external command."""
        ...

    def printed(self, command: str) -> list[str]:
        """What a command prints, for `for /f`."""
        ...


@dataclass
class Script:
    """The lines of a batch file and where its labels are."""

    lines: list[str]
    labels: dict[str, int]

    @classmethod
    def read(cls, path: Path) -> Script:
        lines = path.read_bytes().decode("ascii").split("\r\n")
        labels: dict[str, int] = {}
        for number, line in enumerate(lines):
            if line.startswith(":"):
                name = line[1:].strip().lower()
                assert name not in labels, f"label {name} twice"
                labels[name] = number
        return cls(lines, labels)


@dataclass
class Interpreter:
    """Runs a script; `variables` and `said` can be looked at afterwards."""

    script: Script
    world: World
    variables: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    error_level: int = 0
    steps_left: int = 20_000

    def run(self, *arguments: str) -> int:
        self._run_from(0, list(arguments))
        return self.error_level

    # --- lines -----------------------------------------------------------------------------------

    def _run_from(self, number: int, arguments: list[str]) -> None:
        while number < len(self.script.lines):
            self.steps_left -= 1
            assert self.steps_left > 0, "the script goes round for ever"
            line = self.script.lines[number].strip()
            number += 1
            if not line or line.startswith(":") or line.lower().startswith("rem"):
                continue
            answer = self._line(self._expanded(line, arguments), arguments)
            if answer == "exit":
                return
            if answer is not None:
                number = self.script.labels[answer]

    def _expanded(self, line: str, arguments: list[str]) -> str:
        line = line.replace("%%", "\0")
        line = line.replace("%*", " ".join(arguments)).replace("%~dp0", "C:\\a folder & more\\")
        for index in (1, 2):
            given = arguments[index - 1] if len(arguments) >= index else ""
            line = line.replace(f"%~{index}", given.strip('"')).replace(f"%{index}", given)
        line = re.sub(r"%(\w+)%", lambda match: self._value(match[1]), line)
        return line.replace("\0", "%")

    def _value(self, name: str) -> str:
        built_in = {"ERRORLEVEL": str(self.error_level), "DATE": "today", "TIME": "now"}
        return built_in.get(name.upper(), self.variables.get(name.upper(), ""))

    def _line(self, line: str, arguments: list[str]) -> str | None:
        first, either, second = line.partition(" || ")
        answer = self._command(first.strip(), arguments)
        if either and self.error_level:
            return self._command(second.strip(), arguments)
        return answer

    # --- commands --------------------------------------------------------------------------------

    def _command(self, command: str, arguments: list[str]) -> str | None:
        word = re.split(r"[\s\"]", command.lstrip("@"), maxsplit=1)[0].lower()
        rest = command.lstrip("@")[len(word) :].strip()
        known: dict[str, Callable[[str, list[str]], str | None]] = {
            "goto": lambda rest, _: rest.lower(),
            "call": self._call,
            "exit": self._exit,
            "if": self._if,
            "set": self._set,
            "for": self._for,
            "setlocal": lambda *_: None,
            "title": lambda *_: None,
        }
        if word in known:
            return known[word](rest, arguments)
        if word == "echo":
            self.said.append(rest)
            return None
        self.error_level = self._external(command)
        return None

    def _external(self, command: str) -> int:
        target = re.search(r"(?<!2)>>?\s*(\"[^\"]*\"|\S+)(\s+2>&1)?$", command)
        return self.world.run(command, target[1].strip('"') if target else "")

    def _call(self, rest: str, _: list[str]) -> str | None:
        if not rest.startswith(":"):
            self.error_level = self._external(rest)
            return None
        label, _, given = rest[1:].partition(" ")
        self._run_from(self.script.labels[label.lower()], _arguments(given))
        return None

    def _exit(self, rest: str, _: list[str]) -> str:
        assert rest.startswith("/b"), "exit without /b would close the caller's window"
        code = rest[2:].strip()
        if code:
            self.error_level = int(code)
        return "exit"

    def _if(self, rest: str, arguments: list[str]) -> str | None:
        is_wanted = not rest.lower().startswith("not ")
        rest = rest if is_wanted else rest[4:]
        is_true, then = self._condition(rest)
        return self._line(then, arguments) if is_true == is_wanted else None

    def _condition(self, rest: str) -> tuple[bool, str]:
        match = re.fullmatch(r"exist (\"[^\"]+\"|\S+) (.+)", rest)
        if match:
            return self.world.exists(match[1].strip('"')), match[2]
        match = re.fullmatch(r"defined (\w+) (.+)", rest)
        if match:
            return bool(self._value(match[1])), match[2]
        match = re.fullmatch(r"\"([^\"]*)\"==\"([^\"]*)\" (.+)", rest)
        if match:
            return match[1] == match[2], match[3]
        match = re.fullmatch(r"(-?\d+) (GEQ|GTR) (-?\d+) (.+)", rest)
        assert match, f"unknown condition: {rest}"
        left, right = int(match[1]), int(match[3])
        return (left >= right if match[2] == "GEQ" else left > right), match[4]

    def _set(self, rest: str, _: list[str]) -> None:
        if rest.startswith("/a "):
            name, _, sum_text = rest[3:].partition("=")
            match = re.fullmatch(r"(\w+)([-+*])(\w+)", sum_text)
            assert match, f"unknown sum: {rest}"
            left, right = self._number(match[1]), self._number(match[3])
            results = {"-": left - right, "+": left + right, "*": left * right}
            self.variables[name.upper()] = str(results[match[2]])
            return
        match = re.fullmatch(r"\"(\w+)=([^\"]*)\"", rest)
        assert match, f"set without quotes: {rest}"
        self.variables[match[1].upper()] = match[2]

    def _number(self, text: str) -> int:
        return int(text) if text.isdigit() else int(self._value(text) or 0)

    def _for(self, rest: str, arguments: list[str]) -> None:
        match = re.fullmatch(r"/f \"usebackq\" %(\w) in \(`(.+)`\) do (.+)", rest)
        assert match, f"unknown for: {rest}"
        for printed in self.world.printed(match[2]):
            self._command(match[3].replace(f"%{match[1]}", printed), arguments)


def _arguments(text: str) -> list[str]:
    return re.findall(r"\"[^\"]*\"|\S+", text)
