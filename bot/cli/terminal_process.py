"""`bot simulate-terminal`: a simulated terminal in a process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.cli.options import BarPath

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulator.remote_host import HostedTerminal, TerminalHost

TERMINAL_FOLDER: Final = Path("runs") / "terminal"


def simulate_terminal(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    folder: Annotated[
        Path, typer.Option("--folder", help="Where programs find its address and key.")
    ] = TERMINAL_FOLDER,
    seed: Annotated[int, typer.Option(min=0, help="Which generated market.")] = 7,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of recorded bars instead of a seed.")
    ] = None,
    start: Annotated[
        str, typer.Option("--from", help="Server date, and time if you like, to start at.")
    ] = "2026-03-02 12:00",
    days: Annotated[int, typer.Option(min=1, max=400, help="Server days the market lives.")] = 10,
    symbols: Annotated[
        str | None, typer.Option(help="Comma separated; every known symbol by default.")
    ] = None,
    speed: Annotated[
        float,
        typer.Option(min=0.0, help="Simulated seconds per second; 0: the trader's sleep moves it."),
    ] = 60.0,
    balance: Annotated[float, typer.Option(min=0.0, help="Money in the account, USD.")] = 20_000.0,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="NAME[@WHEN]", help="As in bot simulate; may be repeated."),
    ] = None,
) -> None:
    """Run a simulated terminal as a process of its own, until it is told to stop.

    The bot trades on it with bot run --simulated FOLDER. It may die there and start again:
    market, account and orders live on here.
    """
    from bot.cli.console import tell  # noqa: PLC0415
    from bot.cli.simulate_plan import Wanted, built_market, wanted_faults  # noqa: PLC0415
    from bot.report.text import server_stamp  # noqa: PLC0415
    from bot.simulator.config import AccountConfig  # noqa: PLC0415
    from bot.simulator.faults import FaultPlan  # noqa: PLC0415
    from bot.simulator.remote_host import HostedTerminal  # noqa: PLC0415

    faults = wanted_faults(fault or [])
    built = built_market(
        Wanted(
            seed=seed,
            data=data,
            start=start,
            days=days,
            symbols=symbols,
            suffix="",
            path=BarPath.ADVERSE_FIRST,
        )
    )
    terminal = HostedTerminal(built.market, AccountConfig(balance_money=balance))
    terminal.advance_to(built.start_utc_s)

    def opened(host: TerminalHost) -> None:
        if faults:
            FaultPlan.from_texts(list(faults), seed, host.hang).install(terminal)
        start_text, end_text = server_stamp(built.start_utc_s), server_stamp(built.end_utc_s)
        tell(f"terminal in {folder}: {start_text} to {end_text} server, at speed {speed:g}")

    host_until_told(folder, terminal, speed, opened)


def host_until_told(
    folder: Path, terminal: HostedTerminal, speed: float, opened: Callable[[TerminalHost], None]
) -> None:
    """Serve `terminal` to whoever reads `folder`, until a signal or a guest ends it.

    `opened` is told of the host before the first guest comes.
    """
    from multiprocessing import current_process  # noqa: PLC0415

    from bot.adapters.clock import SystemClock  # noqa: PLC0415
    from bot.cli.interrupt import interruptible  # noqa: PLC0415
    from bot.cli.terminal_process_place import write_place  # noqa: PLC0415
    from bot.simulator.remote_host import HostPace, TerminalHost  # noqa: PLC0415

    key = bytes(current_process().authkey)  # made anew, of chance, for each process
    host = TerminalHost(terminal, HostPace(speed, SystemClock().monotonic_s), key)
    opened(host)
    place = write_place(folder, host.address, key)
    try:
        with interruptible(host.close):
            host.serve()
    finally:
        place.unlink(missing_ok=True)
