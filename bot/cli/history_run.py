"""Downloads and imports of bars as a person sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.adapters.mt5_client import MT5Client
from bot.cli import console
from bot.cli.doctor_simulated import simulated_world
from bot.cli.interrupt import interruptible
from bot.cli.live_terminal import attached_package
from bot.cli.options import params_path, symbol_list
from bot.cli.span import Span
from bot.cli.wiring import World, client
from bot.errors import BrokerUnavailableError, ParamsError
from bot.model.broker import Timeframe
from bot.model.settings import BotSettings
from bot.params import load_settings
from bot.ports import Unknown
from bot.research.history_download import Download, Got, Wanted, months_between
from bot.research.history_import import import_file


@dataclass(frozen=True, slots=True)
class DownloadAsk:
    """What a person asked for; None and texts as they were typed."""

    span: Span
    symbols: str | None
    timeframes: str
    out: Path
    params: Path | None


def download_and_tell(ask: DownloadAsk, terminal_path: str | None, *, as_json: bool) -> int:
    """Fetch every wanted file; without a path from a simulated terminal. The exit code."""
    settings = load_settings(params_path(ask.params))
    wanted = _wanted(ask, settings)
    broker = _connected(settings, terminal_path)
    stopped: list[bool] = []
    found: list[Got] = []
    download = Download(broker, ask.out, console.tell)
    try:
        with interruptible(lambda: stopped.append(True)):
            for one in wanted:
                if stopped:
                    break
                found.append(download.fetch(one, lambda: bool(stopped)))
    finally:
        broker.close()
    _show_got(found, ask.out, is_interrupted=bool(stopped), as_json=as_json)
    return 1 if stopped or any(got.problem for got in found) else 0


def import_and_tell(files: Sequence[Path], out: Path, symbol: str | None, *, as_json: bool) -> int:
    """Take in every file that can be trusted; exit code 1 when one could not."""
    if symbol is not None and len(files) > 1:
        message = f"--symbol {symbol!r} with {len(files)} files; allowed: with one file"
        raise ParamsError(message)
    found = [import_file(file, out, symbol) for file in files]
    if as_json:
        console.say_json({"files": [asdict(one) for one in found]})
    else:
        for one in found:
            told = f"{one.path}: {one.rows_count:,} {one.timeframe} bars"
            shown = f"REFUSED  {one.problem}" if one.problem else f"written  {told}"
            console.say(console.folded(shown))
    return 1 if any(one.problem for one in found) else 0


def _wanted(ask: DownloadAsk, settings: BotSettings) -> list[Wanted]:
    symbols = symbol_list(ask.symbols, tuple(item.symbol for item in settings.symbols))
    names = [part.strip().upper() for part in ask.timeframes.split(",") if part.strip()]
    unknown = [name for name in names if name not in Timeframe.__members__]
    if unknown or not names:
        message = (
            f"--timeframes {ask.timeframes!r}: {', '.join(unknown) or 'nothing'} is unknown; "
            f"allowed: {', '.join(Timeframe.__members__)}"
        )
        raise ParamsError(message)
    months = months_between(ask.span.first_day, ask.span.last_day)
    return [Wanted(symbol, Timeframe[name], months) for symbol in symbols for name in names]


def _connected(settings: BotSettings, terminal_path: str | None) -> MT5Client:
    if terminal_path is None:
        world, settings = simulated_world(settings)
    else:
        package = attached_package()
        clock = SystemClock()
        world = World(package, clock, "history", is_durable=False, terminal_path=terminal_path)
    broker = client(world, settings)
    read = broker.connect()
    if isinstance(read, Unknown):
        message = f"the terminal does not answer: {read.reason}"
        raise BrokerUnavailableError(message)
    return broker


def _show_got(found: Sequence[Got], out: Path, *, is_interrupted: bool, as_json: bool) -> None:
    if as_json:
        files = [asdict(one) for one in found]
        console.say_json({"files": files, "is_interrupted": is_interrupted})
        return
    for one in found:
        told = (
            f"{one.path}: {one.rows_count:,} bars, {one.months_asked_count} months asked for, "
            f"{one.months_kept_count} there already"
        )
        name = f"{one.symbol} {one.timeframe}: {one.problem}"
        console.say(console.folded(f"FAILED   {name}" if one.problem else f"written  {told}"))
    if is_interrupted:
        console.say(f"Interrupted. Whole months are kept in {out}; the same command goes on.")
