"""What a seed makes of a market and of a trader in it, as digests: equal on every machine.

python -m tools.trace        needs numpy and the time zones alone, so that it runs nearly anywhere

Prints the interpreter, the digest of a generated market, and that of a run on it: two weeks of
orders with faults in the way, every answer of the terminal counted. The tests pin both digests.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from typing import Final

import numpy as np

from bot.rules.calendar import DAY_S
from bot.simulator.config import AccountConfig
from bot.simulator.faults.plan import FaultPlan
from bot.simulator.feed import Market
from bot.simulator.generated import generated_market
from bot.simulator.generated_noise import NoiseSource
from bot.simulator.quotes import BarArrays
from bot.simulator.structs import TradePosition
from bot.simulator.terminal import SimulatedTerminal

SEED: Final = 7
SYMBOLS: Final = ("EURUSD", "USDJPY", "EURJPY", "GBPUSD", "EURGBP", "XAUUSD", "NAS100", "BTCUSD")
_START_UTC_S: Final = 1_772_402_400  # a Sunday in March 2026; New York changes its clocks on day 7
_DAYS_COUNT: Final = 14
_STEP_S: Final = 900.0
_FAULTS: Final = (
    "B02@p:0.03",
    "B09@p:0.05",
    "B20@p:0.001,for:1800",
    "N01@p:0.01",
    "X02@p:0.01",
    "B33@p:0.001,for:600",
)
_DEAL, _PENDING = 1, 5
_H1: Final = 16385
_FAR_FRACTION: Final = 0.004


def market_digest(market: Market) -> str:
    """A digest of every bar and quote."""
    seen = hashlib.sha256()
    for feed in market.feeds.values():
        for bars in (feed.base_bars, *feed.extra_history.values()):
            for name in BarArrays.__slots__:
                seen.update(getattr(bars, name).tobytes())
        seen.update(feed.quotes.time_utc_ms.tobytes())
        seen.update(feed.quotes.bid.tobytes())
        seen.update(feed.quotes.ask.tobytes())
    return seen.hexdigest()


def traded_market() -> Market:
    """The market of the run."""
    return generated_market(SEED, SYMBOLS, _START_UTC_S, _DAYS_COUNT, history_days_count=60)


def run_digest(market: Market, seed: int = SEED) -> str:
    """A digest of everything the terminal answered to a seeded trader amid faults."""
    terminal = SimulatedTerminal(market, AccountConfig(balance_money=50_000.0))
    plan = FaultPlan.from_texts(list(_FAULTS), seed).install(terminal)
    terminal.initialize()
    draws = NoiseSource(seed, "trader")
    seen = hashlib.sha256()
    while terminal.now_utc_s + _STEP_S < market.start_utc_s + _DAYS_COUNT * DAY_S:
        terminal.advance_to(terminal.now_utc_s + _STEP_S)
        answers = (*_one_step(terminal, draws.uniforms(5).tolist()), terminal.last_error())
        seen.update(repr(answers).encode())
        name = SYMBOLS[int(draws.uniforms(1)[0] * len(SYMBOLS))]
        rates = terminal.copy_rates_from_pos(name, _H1, 0, 3)
        seen.update(b"" if rates is None else rates.tobytes())
    seen.update(terminal.trace_hash().encode() + plan.trace_hash().encode())
    return seen.hexdigest()


def _one_step(terminal: SimulatedTerminal, draws: list[float]) -> tuple[object, ...]:
    """Now and then an order at market or beside it, or the close of the oldest position."""
    which, how, side, far, lots = draws
    symbol = SYMBOLS[int(which * len(SYMBOLS))]
    tick, positions = terminal.symbol_info_tick(symbol), terminal.positions_get()
    sent = None
    if how < 0.1 and tick is not None and tick.bid:  # noqa: PLR2004 -- a share of the steps
        sent = terminal.order_send(_order(symbol, tick.bid, (side, far, lots)))
    if how > 0.95 and positions:  # noqa: PLR2004 -- a share of the steps
        sent = terminal.order_send(_close(positions[0]))
    return sent, terminal.account_info(), tick, positions, terminal.orders_get()


def _close(position: TradePosition) -> dict[str, object]:
    return {
        "action": _DEAL,
        "symbol": position.symbol,
        "type": 1 - position.type,
        "volume": position.volume,
        "position": position.ticket,
        "type_filling": 1,
    }


def _order(symbol: str, price: float, draws: tuple[float, float, float]) -> dict[str, object]:
    side, far, lots = draws
    digits = 2 if price > 1000 else 3 if price > 50 else 5  # noqa: PLR2004 -- as listed
    away = price * _FAR_FRACTION * (0.2 + far)
    is_pending, kind = side < 0.5, int(side * 4) % 2  # noqa: PLR2004 -- a fair coin
    towards = -1.0 if kind == 0 else 1.0
    entry = price + towards * away if is_pending else price
    order: dict[str, object] = {
        "action": _PENDING if is_pending else _DEAL,
        "symbol": symbol,
        "type": kind + 2 if is_pending else kind,
        "volume": round(0.1 + int(lots * 4) * 0.1, 2),
        "sl": round(entry + towards * 2.0 * away, digits),
        "tp": round(entry - towards * 3.0 * away, digits),
        "type_filling": 2 if is_pending else 1,
    }
    return order | {"price": round(entry, digits)} if is_pending else order


def main() -> int:
    """Print where this ran and what came out."""
    market = traded_market()
    where = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{sys.platform} {platform.machine()} {platform.libc_ver()[0] or 'another libc'}"
    sys.stdout.write(f"{where}, numpy {np.__version__}, {machine}\n")
    sys.stdout.write(f"market  {market_digest(market)}\nrun     {run_digest(market)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
