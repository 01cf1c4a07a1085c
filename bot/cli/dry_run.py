"""`bot run --dry-run`: the terminal's prices, a simulated account, nothing ever sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from bot.adapters.clock import SystemClock
from bot.adapters.symbols import SymbolNames
from bot.adapters.terminal_surface import TerminalSurface
from bot.cli.folders import RunFolder
from bot.cli.simulated_account import account_config, account_pin
from bot.errors import BrokerUnavailableError, ParamsError
from bot.model.settings import BotSettings
from bot.simulator.feed_live import QuoteTerminal, dry_run_terminal
from bot.simulator.symbols import SymbolContract, conversion_symbols, default_contract
from bot.simulator.terminal import SimulatedTerminal

_FIELDS: Final = {
    "digits": "digits",
    "point": "point",
    "tick_size": "trade_tick_size",
    "contract_size": "trade_contract_size",
    "volume_min": "volume_min",
    "volume_max": "volume_max",
    "volume_step": "volume_step",
    "stops_level": "trade_stops_level",
    "freeze_level": "trade_freeze_level",
}
"""What a contract takes from the real terminal; the rest is the firm's table."""


DRY: Final = "dry run"
"""The mode as journal and pages name it."""

_FOLDER: Final = Path("runs") / "dry"


class DryRun(NamedTuple):
    """A simulated account on real prices, and the settings that pin it."""

    terminal: SimulatedTerminal
    settings: BotSettings


def new_folder(wanted: RunFolder) -> RunFolder:
    """The folder asked for, else runs/dry; raises `ParamsError` where a run was lived already."""
    folder = wanted if wanted.root != Path() else RunFolder(_FOLDER)
    if folder.journal.exists():
        message = (
            f"{folder.root} holds a run already, and the account of a dry run ends with it; "
            "allowed: another --data-folder, or an empty one"
        )
        raise ParamsError(message)
    return folder


def dry_run(real: TerminalSurface, settings: BotSettings, terminal_path: str) -> DryRun:
    """Attach to the real terminal for reading, and build the account that trades on its prices.

    Raises `BrokerUnavailableError` when the terminal does not answer or lists no symbol of ours.
    """
    arguments = (terminal_path,) if terminal_path else ()
    if not real.initialize(*arguments):
        message = f"the terminal does not answer: {real.last_error()}"
        raise BrokerUnavailableError(message)
    pinned = replace(settings, account=account_pin(settings))
    contracts = _contracts(real, pinned)
    if not contracts:
        message = "the terminal lists none of the symbols of the parameter file"
        raise BrokerUnavailableError(message)
    quotes = cast(QuoteTerminal, real)
    terminal = dry_run_terminal(quotes, contracts, account_config(pinned), SystemClock().now_utc_s)
    return DryRun(terminal, pinned)


def _contracts(real: TerminalSurface, settings: BotSettings) -> dict[str, SymbolContract]:
    """Contracts of our symbols and of the pairs that convert their money, by listed name."""
    listed = {row.name: row for row in cast(Any, real.symbols_get() or ())}
    names = SymbolNames(settings.symbols, settings.broker_suffixes)
    names.learn(listed.values())
    mapping = dict(names.mapping())
    for pair in conversion_symbols(mapping):
        found = (pair + suffix for suffix in ("", *settings.broker_suffixes))
        theirs = next((name for name in found if name in listed), None)
        if theirs is not None:
            mapping.setdefault(pair, theirs)
    for theirs in mapping.values():
        real.symbol_select(theirs, True)  # noqa: FBT003 -- the package's own signature
    return {theirs: _contract(ours, listed[theirs]) for ours, theirs in mapping.items()}


def _contract(ours: str, row: object) -> SymbolContract:
    told = {mine: getattr(row, theirs) for mine, theirs in _FIELDS.items()}
    return replace(default_contract(ours), name=str(cast(Any, row).name), **told)
