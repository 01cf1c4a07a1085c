"""The doctor's checks of the traded symbols: names, contracts, permissions, prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.adapters.mt5_client import MT5Client
from bot.adapters.terminal_surface import TerminalSurface
from bot.cli.doctor_rows import Row, failed, passed, warned
from bot.model.broker import Instrument
from bot.model.settings import BotSettings
from bot.ports import Ok

_NAMED_COUNT = 6
_FILLINGS = {-1: "unknown", 0: "return only", 1: "FOK", 2: "IOC", 3: "FOK or IOC"}


class _Prices(NamedTuple):
    """Spread as a share of price, and the age of the quote."""

    spread_fraction: float
    age_s: float


def symbol_rows(
    broker: MT5Client, terminal: TerminalSurface, settings: BotSettings, now_utc_s: float
) -> Iterator[Row]:
    """Mapping, contracts, permissions, filling and spreads."""
    wanted = [item.symbol for item in settings.symbols]
    mapping, unmapped = broker.mapping(), broker.unmapped()
    yield _mapping_row(wanted, mapping, unmapped)
    if not mapping:
        return
    contracts: dict[str, Instrument] = {}
    problems: list[str] = []
    for symbol in mapping:
        read = broker.instrument(symbol)
        if isinstance(read, Ok):
            contracts[symbol] = read.value
        else:
            problems.append(f"{symbol}: {read.reason}")
    yield _contract_row(contracts, problems)
    yield _permission_row(list(contracts.values()))
    yield _filling_row(terminal, list(contracts.values()))
    yield from _price_rows(_prices(broker, list(contracts), now_utc_s), settings)


def _mapping_row(
    wanted: Sequence[str], mapping: Mapping[str, str], unmapped: Mapping[str, str]
) -> Row:
    text = f"{len(mapping)} of {len(wanted)} found"
    renamed = [f"{ours} is {theirs}" for ours, theirs in mapping.items() if ours != theirs]
    if renamed:
        text += f" ({_some(renamed)})"
    if not mapping:
        return failed("symbols", f"{text}: {_some([f'{s}: {why}' for s, why in unmapped.items()])}")
    if unmapped:
        lacking = _some([f"{symbol}: {why}" for symbol, why in unmapped.items()])
        return warned("symbols", f"{text}; not traded: {lacking}")
    return passed("symbols", text)


def _contract_row(contracts: Mapping[str, Instrument], problems: Sequence[str]) -> Row:
    """An instrument is only answered when tick value, contract size and calculator agree (X06)."""
    text = f"{len(contracts)} contracts agree with the terminal's calculator"
    if not contracts:
        return failed("tick values", _some(problems))
    if problems:
        return warned("tick values", f"{text}; not traded: {_some(problems)}")
    return passed("tick values", text)


def _permission_row(contracts: Sequence[Instrument]) -> Row:
    closed = [c.symbol for c in contracts if not (c.can_open_long and c.can_open_short)]
    if len(closed) == len(contracts):
        return failed("trade modes", "no symbol can be opened both ways")
    if closed:
        return warned("trade modes", f"restricted: {_some(closed)}")
    return passed("trade modes", f"{len(contracts)} symbols open both ways")


def _filling_row(terminal: TerminalSurface, contracts: Sequence[Instrument]) -> Row:
    """Which filling each symbol takes at market; a refused one costs an entry (FAULTS B14)."""
    by_mask: dict[int, list[str]] = {}
    for contract in contracts:
        mask = getattr(terminal.symbol_info(contract.broker_symbol), "filling_mode", None)
        by_mask.setdefault(mask if isinstance(mask, int) else -1, []).append(contract.symbol)
    named = [f"{_FILLINGS.get(mask, str(mask))}: {_some(by_mask[mask])}" for mask in by_mask]
    text = "; ".join(named)
    return warned("filling modes", text) if -1 in by_mask else passed("filling modes", text)


def _prices(broker: MT5Client, symbols: Sequence[str], now_utc_s: float) -> dict[str, _Prices]:
    found = {}
    for symbol in symbols:
        read = broker.quote(symbol)
        if isinstance(read, Ok):
            quote = read.value
            spread = (quote.ask_price - quote.bid_price) / quote.bid_price
            found[symbol] = _Prices(spread, now_utc_s - quote.time_utc_s)
    return found


def _price_rows(prices: Mapping[str, _Prices], settings: BotSettings) -> Iterator[Row]:
    fresh = {s: p for s, p in prices.items() if p.age_s <= settings.entry.quote_age_max_s}
    if not fresh:
        yield warned("prices", "no fresh quote; is the market closed?")
        return
    widest = sorted(fresh, key=lambda symbol: fresh[symbol].spread_fraction, reverse=True)[:3]
    spreads = ", ".join(f"{s} {fresh[s].spread_fraction * 10_000:.1f} bp" for s in widest)
    text = f"{len(fresh)} of {len(prices)} quotes fresh; widest spreads now: {spreads}"
    yield passed("prices", text) if len(fresh) == len(prices) else warned("prices", text)


def _some(items: Sequence[str]) -> str:
    shown = ", ".join(items[:_NAMED_COUNT])
    return f"{shown} and {len(items) - _NAMED_COUNT} more" if len(items) > _NAMED_COUNT else shown
