"""Where a simulated terminal and the programs at it meet: an address and a key in one folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.errors import BrokerUnavailableError
from bot.simulator.remote_client import TerminalLine

_NAME: Final = "terminal.json"


def write_place(folder: Path, address: str, key: bytes) -> Path:
    """Tell whoever may read our files where the terminal is; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path, beside = folder / _NAME, folder / f"{_NAME}.new"
    beside.unlink(missing_ok=True)
    document = {"address": address, "key": key.hex(), "pid": os.getpid()}
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file)
    beside.replace(path)
    return path


def line_in(folder: Path) -> TerminalLine:
    """A line to the terminal that was started in `folder`; raises `BrokerUnavailableError`."""
    path = folder / _NAME
    try:
        document = parse_object(path.read_bytes())
        address, key = str(document["address"]), bytes.fromhex(str(document["key"]))
    except (OSError, StrictJsonError, KeyError, ValueError) as error:
        message = (
            f"{path} names no simulated terminal ({error}); "
            f"start one: bot simulate-terminal --folder {folder}"
        )
        raise BrokerUnavailableError(message) from error
    return TerminalLine(address, key)
