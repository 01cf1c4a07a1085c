"""A simulated broker that outlives the bot: every request is on disk before it is executed.

The market is a function of its seed or its files, and the broker a function of the market and of
the requests it got. So the broker is rebuilt by running the same market again and sending the same
requests at the same moments; a bot killed at any instant finds it exactly where it was.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.errors import StateCorruptError, StoreError
from bot.simulator.config import AccountConfig
from bot.simulator.feed import Market
from bot.simulator.structs import OrderSendResult
from bot.simulator.terminal import SimulatedTerminal

_BINARY = getattr(os, "O_BINARY", 0)  # Windows would turn line ends into two bytes


class LedgerLine(NamedTuple):
    """One request and the simulated moment it was sent at."""

    at_utc_s: float
    request: Mapping[str, object]


class RequestLedger:
    """Append-only file of requests, one line per write: a kill leaves all or nothing of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def lines(self) -> list[LedgerLine]:
        """Every request on disk, oldest first; a torn last line was never executed and is cut off.

        What is cut off is kept beside the file. Raises `StateCorruptError` naming the line when an
        earlier one cannot be read, or lies before the one above it.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return []
        whole = content[: content.rfind(b"\n") + 1]
        texts = whole.split(b"\n")[:-1]
        lines = [self._line(number, text) for number, text in enumerate(texts, start=1)]
        for number, (before, line) in enumerate(pairwise(lines), start=2):
            if line.at_utc_s < before.at_utc_s:
                raise self._damaged(number, "it lies before the line above it")
        if len(whole) < len(content):
            self._path.with_suffix(".torn").write_bytes(content[len(whole) :])
            os.truncate(self._path, len(whole))
        return lines

    def append(self, line: LedgerLine) -> None:
        """Write one request. Raises `StoreError` when the disk refuses: nothing was executed."""
        document = {"at_utc_s": line.at_utc_s, "request": line.request}
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=True) + "\n"
        try:
            os.write(self._opened(), text.encode("ascii"))
        except OSError as error:
            message = f"{self._path} cannot be written: {error.strerror}"
            raise StoreError(message) from error

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _opened(self) -> int:
        if self._descriptor is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _BINARY
            self._descriptor = os.open(self._path, flags, 0o644)
        return self._descriptor

    def _line(self, number: int, line: bytes) -> LedgerLine:
        try:
            document = parse_object(line)
        except StrictJsonError as error:
            raise self._damaged(number, str(error)) from error
        at_utc_s, request = document.get("at_utc_s"), document.get("request")
        is_number = isinstance(at_utc_s, int | float) and not isinstance(at_utc_s, bool)
        if not (is_number and isinstance(request, dict)):
            raise self._damaged(number, "at_utc_s or request are missing or of the wrong type")
        return LedgerLine(float(str(at_utc_s)), request)

    def _damaged(self, number: int, why: str) -> StateCorruptError:
        message = f"{self._path} line {number} is damaged ({why}); start over with --fresh"
        return StateCorruptError(message)


class LedgerTerminal(SimulatedTerminal):
    """A simulated terminal that writes each request down before its server sees it."""

    def __init__(self, market: Market, account: AccountConfig, ledger: RequestLedger) -> None:
        super().__init__(market, account=account)
        self._request_ledger = ledger
        lines = ledger.lines()
        if lines:
            self.initialize()
            for line in lines:
                self.advance_to(line.at_utc_s)
                super().order_send(dict(line.request))
            self.shutdown()

    def order_send(self, /, *args: object, **kwargs: object) -> OrderSendResult | None:
        """As the package's; the request is in the ledger before anything happens."""
        request = args[0] if args and isinstance(args[0], dict) else kwargs
        self._request_ledger.append(LedgerLine(self.now_utc_s, request))
        return super().order_send(*args, **kwargs)
