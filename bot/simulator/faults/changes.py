"""What faults have changed of the server: undone one by one, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from bot.model.market import OffsetTable
from bot.simulator.config import AccountConfig, Switches
from bot.simulator.faults.seam import Site
from bot.simulator.server_clock import spliced
from bot.simulator.state import SymbolDesk
from bot.simulator.symbols import SymbolContract

Undo = Callable[[], None]

_MS_PER_S: Final = 1000
_OF_TERMINAL: Final = ("connected", "algo_trading", "python_api")
_Value = TypeVar("_Value")


@dataclass(slots=True, eq=False)
class _Changed(Generic[_Value]):
    """An original and the changes that lie on it, in the order they came."""

    original: _Value
    changes: list[Callable[[_Value], _Value]] = field(default_factory=list)

    def lay(self, change: Callable[[_Value], _Value], show: Callable[[_Value], None]) -> Undo:
        """Put a change on the others and show the result; the undo takes away this one alone."""
        self.changes.append(change)
        show(self._value())

        def restore() -> None:
            self.changes.remove(change)
            show(self._value())

        return restore

    def _value(self) -> _Value:
        value = self.original
        for change in self.changes:
            value = change(value)
        return value


class Changes:
    """Specifications, account, clock and switches of one server; an undo leaves other changes."""

    def __init__(self, site: Site) -> None:
        self._server, self._presence = site.server, site.presence
        self._state = site.server.state
        self._contracts: dict[str, _Changed[SymbolContract]] = {}
        self._account: _Changed[AccountConfig] | None = None
        self._clock: _Changed[OffsetTable] | None = None
        self._switched_off: dict[str, list[tuple[Switches, bool]]] = {}
        self._off_counts: Counter[str] = Counter()

    def contract(
        self, desk: SymbolDesk, change: Callable[[SymbolContract], SymbolContract]
    ) -> Undo:
        """Change a symbol's specification in mid-run, also for what is open."""
        changed = self._contracts.get(desk.name)
        if changed is None or not changed.changes:  # others may have changed it since
            changed = self._contracts[desk.name] = _Changed(desk.contract)

        def show(contract: SymbolContract) -> None:
            desk.contract = contract
            self._state.books_changed()

        return changed.lay(change, show)

    def account(self, change: Callable[[AccountConfig], AccountConfig]) -> Undo:
        """Change the account's terms in mid-run."""
        if self._account is None or not self._account.changes:
            self._account = _Changed(self._state.account)

        def show(account: AccountConfig) -> None:
            self._state.account = account
            self._state.books_changed()

        return self._account.lay(change, show)

    def clock(self, change: Callable[[OffsetTable], OffsetTable]) -> Undo:
        """Let the server go by another clock from now on; what is past keeps its stamps."""
        if self._clock is None or not self._clock.changes:
            self._clock = _Changed(self._state.clock.table)

        def show(table: OffsetTable) -> None:
            clock = self._state.clock
            clock.change_to(spliced(clock.table, table, self._state.now_ms // _MS_PER_S))
            for server in self._presence().servers:
                server.state.books_changed()

        return self._clock.lay(change, show)

    def switch_off(self, name: str) -> Undo:
        """Switch something of `Switches` off; as it was when all who switched it off are undone.

        Link and buttons are the terminal's, whichever account is logged in.
        """
        if not self._off_counts[name]:
            servers = self._presence().servers if name in _OF_TERMINAL else (self._server,)
            switches = [server.state.switches for server in servers]
            self._switched_off[name] = [(each, getattr(each, name)) for each in switches]
        self._off_counts[name] += 1
        for each, _ in self._switched_off[name]:
            setattr(each, name, False)
        self._state.books_changed()

        def switch_back() -> None:
            self._off_counts[name] -= 1
            if not self._off_counts[name]:
                for each, was_on in self._switched_off.pop(name):
                    setattr(each, name, was_on)
            self._state.books_changed()

        return switch_back
