"""Options that several verbs share, so that they read and mean the same everywhere."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import ParamsError


class BarPath(Enum):
    """Which extreme of a recorded bar comes first; `ExtremeOrder` of the simulator, but light."""

    ADVERSE_FIRST = "adverse_first"
    BY_DIRECTION = "by_direction"
    RANDOM = "random"


PARAMS_PATH = Path("params") / "current_params.json"

FolderOption = Annotated[
    Path, typer.Option("--folder", help="Folder of the run: . is the live one, runs/demo the demo.")
]
ParamsOption = Annotated[
    Path | None,
    typer.Option("--params", "-c", help=f"Parameter file; {PARAMS_PATH.as_posix()} by default."),
]
TerminalOption = Annotated[
    str, typer.Option("--terminal", help="Path of terminal64.exe, when there are several.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]
BarPathOption = Annotated[
    BarPath,
    typer.Option("--path", help="Which extreme of a recorded bar comes first."),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept in the journal.")]
WaitOption = Annotated[
    float, typer.Option("--wait-s", min=0.0, help="Seconds to wait until the trader took it.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def params_path(given: Path | None) -> Path:
    """The parameter file that was asked for, else the one here, else the one beside the package.

    Raises `ParamsError` when there is none.
    """
    if given is not None:
        return given
    beside_package = Path(__file__).resolve().parents[2] / PARAMS_PATH
    for path in (PARAMS_PATH, beside_package):
        if path.is_file():
            return path
    message = f"{PARAMS_PATH}: no such file here; name one with --params"
    raise ParamsError(message)


def symbol_list(given: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """Symbols of a comma-separated option; raises `ParamsError` for one that is not known."""
    if given is None:
        return known
    wanted = tuple(dict.fromkeys(part.strip().upper() for part in given.split(",") if part.strip()))
    unknown = [symbol for symbol in wanted if symbol not in known]
    if unknown or not wanted:
        message = (
            f"--symbols {given!r}: {', '.join(unknown) or 'nothing'} is not in the parameter "
            f"file's universe; allowed: {', '.join(known)}"
        )
        raise ParamsError(message)
    return wanted
