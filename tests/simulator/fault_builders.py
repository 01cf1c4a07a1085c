"""Small worlds with one fault in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from simulator_builders import (
    ASK,
    BID,
    START_S,
    Quote,
    contract_of,
    market_of,
    quotes_at,
    terminal_of,
)

from bot.simulator.bar_collapse import H1_S
from bot.simulator.config import AccountConfig
from bot.simulator.faults import FaultPlan
from bot.simulator.feed import SymbolFeed
from bot.simulator.quotes import BarArrays
from bot.simulator.structs import OrderSendResult, TradeDeal
from bot.simulator.terminal import SimulatedTerminal

ALL_TIME = (START_S - 86_400, START_S + 90 * 86_400)
CALM: Sequence[Quote] = [(second, BID, ASK) for second in range(0, 7200, 10)]
MINUTE_S = 60
H1_CODE = 16385


def disturbed(
    *faults: str,
    quotes: Sequence[Quote] = CALM,
    account: AccountConfig | None = None,
    seed: int = 0,
    **contract: object,
) -> tuple[SimulatedTerminal, FaultPlan]:
    """An attached terminal with EURUSD quotes every ten seconds, and faults as typed."""
    specified = {"EURUSD": contract_of("EURUSD", **contract)}
    terminal = terminal_of({"EURUSD": quotes}, specified, account)
    plan = FaultPlan.from_texts(list(faults), seed).install(terminal)
    return terminal, plan


def with_bars(*faults: str, hours: int = 12) -> tuple[SimulatedTerminal, FaultPlan]:
    """EURUSD and GBPUSD with hourly bars of four quotes each, standing in the last hour."""
    terminal = SimulatedTerminal(
        market_of([_hourly("EURUSD", 1.1, hours), _hourly("GBPUSD", 1.3, hours)])
    )
    assert terminal.initialize()
    terminal.advance_to(START_S + (hours - 1) * H1_S + 1900)
    return terminal, FaultPlan.from_texts(list(faults)).install(terminal)


def _hourly(name: str, base: float, hours: int) -> SymbolFeed:
    opens = START_S + H1_S * np.arange(hours, dtype=np.int64)
    first = np.round(base + 0.001 * np.arange(hours), 5)
    high, low, last = first + 0.002, first - 0.003, first + 0.001
    bars = BarArrays(
        opens,
        first,
        high.round(5),
        low.round(5),
        last.round(5),
        np.full(hours, 4, dtype=np.int64),
        np.full(hours, 20, dtype=np.int64),
    )
    rows = [
        (hour * H1_S + second, float(price), round(float(price) + 0.0002, 5))
        for hour in range(hours)
        for second, price in zip(
            (0, 1200, 2400, 3500),
            (bars.open[hour], low[hour].round(5), high[hour].round(5), bars.close[hour]),
            strict=True,
        )
    ]
    return SymbolFeed(contract_of(name), H1_S, bars, {}, quotes_at(rows))


def answered(terminal: SimulatedTerminal, request: dict[str, object]) -> OrderSendResult:
    """The answer to a request that must get one."""
    result = terminal.order_send(request)
    assert result is not None, terminal.last_error()
    return result


def deals_of(terminal: SimulatedTerminal) -> tuple[TradeDeal, ...]:
    """All deals but the first deposit, read as any script reads them."""
    return (terminal.history_deals_get(*ALL_TIME) or ())[1:]
