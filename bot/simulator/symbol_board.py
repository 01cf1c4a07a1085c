"""Symbols as the terminal shows them: last tick, contract and statistics of the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.simulator.converter import Rates
from bot.simulator.state import ServerState, SymbolDesk
from bot.simulator.struct_sequence import new_struct
from bot.simulator.structs import Tick
from bot.simulator.symbol_struct import SymbolInfo
from bot.simulator.symbols import SymbolContract
from bot.simulator.tape import Tape
from bot.simulator.ticks import FLAG_ASK, FLAG_BID
from bot.simulator.valuation import tick_money

_NEVER_MS: Final = -1
_NO_TICK: Final = new_struct(Tick, (0, 0.0, 0.0, 0.0, 0, 0, 0, 0.0))


@dataclass(slots=True, eq=False)
class _DayRange:
    """Extremes of bid and ask since server midnight, extended quote by quote."""

    day_start_ms: int = _NEVER_MS
    day_end_ms: int = _NEVER_MS
    seen_to: int = 0
    first_bid: float = 0.0
    last_close: float = 0.0
    bid_high: float = 0.0
    bid_low: float = 0.0
    ask_high: float = 0.0
    ask_low: float = 0.0


class _Listing:
    """One symbol's fixed fields and what was shown last."""

    def __init__(self, desk: SymbolDesk) -> None:
        self.desk = desk
        self.contract = desk.contract
        self.fixed = _fixed_fields(desk.contract)
        self.day = _DayRange()
        self.tick: Tick | None = None
        self.tick_cursor = -2
        self.info: SymbolInfo | None = None
        self.info_version = -1


class SymbolBoard:
    """Builds ticks and symbol descriptions; each is made once per change of the market."""

    def __init__(self, state: ServerState) -> None:
        self._state = state
        self._listings = {name: _Listing(desk) for name, desk in state.desks.items()}

    def tick(self, name: str) -> Tick | None:
        """The last tick, all zeros before the first; None for an unknown or unselected symbol."""
        listing = self._listings.get(name)
        if listing is None or not listing.desk.is_selected:
            return None
        if self._state.now_ms < listing.desk.ticks_from_ms:
            return _NO_TICK
        tape = listing.desk.tape
        tape.seek(self._state.now_ms)
        if listing.tick_cursor != tape.cursor:
            wall_ms = self._state.clock.wall_ms(tape.time_ms) if tape.time_ms else 0
            values = (wall_ms // 1000, tape.bid, tape.ask, 0.0, 0, wall_ms, _flags(tape), 0.0)
            listing.tick = new_struct(Tick, values)
            listing.tick_cursor = tape.cursor
        return listing.tick

    def info(self, name: str) -> SymbolInfo | None:
        """The symbol now, tick values at today's crosses; None for an unknown symbol."""
        listing = self._listings.get(name)
        if listing is None:
            return None
        if listing.info is None or listing.info_version != self._state.version:
            listing.info = self._new_info(listing)
            listing.info_version = self._state.version
        return listing.info

    def names(self) -> tuple[str, ...]:
        """Every symbol the server offers, in the market's order."""
        return tuple(self._listings)

    def _new_info(self, listing: _Listing) -> SymbolInfo:
        state, desk, contract = self._state, listing.desk, listing.desk.contract
        tape = desk.tape
        if listing.contract is not contract:
            listing.contract, listing.fixed = contract, _fixed_fields(contract)
        tape.seek(state.now_ms)
        day = self._day_so_far(listing)
        rates = self._rates(contract.currency_profit)
        money = tick_money(contract)
        opened = day.last_close or day.first_bid
        live: dict[str, object] = {
            "select": desk.is_selected,
            "visible": desk.is_selected and desk.is_visible,
            "time": state.clock.wall_ms(tape.time_ms) // 1000 if tape.time_ms else 0,
            "spread": round((tape.ask - tape.bid) / contract.point),
            "bid": tape.bid,
            "bidhigh": day.bid_high,
            "bidlow": day.bid_low,
            "ask": tape.ask,
            "askhigh": day.ask_high,
            "asklow": day.ask_low,
            "trade_tick_value": money * rates.gain,
            "trade_tick_value_profit": money * rates.gain,
            "trade_tick_value_loss": money * rates.loss,
            "session_open": day.first_bid,
            "session_close": day.last_close,
            "price_change": round((tape.bid / opened - 1.0) * 100.0, 4) if opened else 0.0,
        }
        values = list(listing.fixed)
        for name, value in live.items():
            values[_POSITIONS[name]] = value
        return new_struct(SymbolInfo, tuple(values))

    def _rates(self, currency: str) -> Rates:
        """The crosses as the terminal knows them: nothing of one that is not selected."""
        state = self._state
        behind = state.converter.symbols_behind(currency)
        if not all(state.desks[name].is_selected for name in behind):
            return Rates(0.0, 0.0)
        return state.converter.rates(currency, state.now_ms)

    def _day_so_far(self, listing: _Listing) -> _DayRange:
        """The day's extremes, with the quotes since the last look taken in."""
        day, tape, quotes = listing.day, listing.desk.tape, listing.desk.tape.quotes
        now_ms, clock = self._state.now_ms, self._state.clock
        if not day.day_start_ms <= now_ms < day.day_end_ms:
            start_ms = clock.day_start_ms(now_ms)
            first = tape.index_after(start_ms - 1)
            day = listing.day = _DayRange(start_ms, clock.midnight_after_ms(now_ms), first)
            day.last_close = float(quotes.bid[first - 1]) if first else 0.0
        low, high = day.seen_to, tape.cursor + 1
        if high <= low:
            return day
        bids, asks = quotes.bid[low:high], quotes.ask[low:high]
        if day.first_bid == 0.0:
            day.first_bid = float(bids[0])
            day.bid_high = day.bid_low = day.first_bid
            day.ask_high = day.ask_low = float(asks[0])
        day.bid_high = max(day.bid_high, float(bids.max()))
        day.bid_low = min(day.bid_low, float(bids.min()))
        day.ask_high = max(day.ask_high, float(asks.max()))
        day.ask_low = min(day.ask_low, float(asks.min()))
        day.seen_to = high
        return day


def _flags(tape: Tape) -> int:
    """Which sides of the last quote differ from the one before; both in the first one."""
    index = tape.cursor
    if index <= 0:
        return FLAG_BID | FLAG_ASK if tape.time_ms else 0
    bid_moved = tape.bids[index - 1] != tape.bid
    ask_moved = tape.asks[index - 1] != tape.ask
    return bid_moved * FLAG_BID + ask_moved * FLAG_ASK


_POSITIONS: Final = {name: index for index, name in enumerate(SymbolInfo.__match_args__)}


def _fixed_fields(contract: SymbolContract) -> tuple[object, ...]:
    """All 96 fields with what never changes filled in and the rest zero, False or empty."""
    zeros: dict[str, object] = {"int": 0, "float": 0.0, "bool": False, "str": ""}
    fields = {name: zeros[kind] for name, kind in SymbolInfo.__annotations__.items()}
    fields |= {
        "digits": contract.digits,
        "spread_float": True,
        "trade_calc_mode": contract.calc_mode,
        "trade_mode": contract.trade_mode,
        "trade_stops_level": contract.stops_level,
        "trade_freeze_level": contract.freeze_level,
        "trade_exemode": contract.exemode,
        "swap_mode": contract.swap_mode,
        "swap_rollover3days": contract.swap_rollover3days,
        "expiration_mode": contract.expiration_mask,
        "filling_mode": contract.filling_mask,
        "order_mode": contract.order_mask,
        "order_gtc_mode": contract.gtc_mode,
        "point": contract.point,
        "trade_tick_size": contract.tick_size,
        "trade_contract_size": contract.contract_size,
        "volume_min": contract.volume_min,
        "volume_max": contract.volume_max,
        "volume_step": contract.volume_step,
        "volume_limit": contract.volume_limit,
        "swap_long": contract.swap_long,
        "swap_short": contract.swap_short,
        "margin_initial": contract.margin_initial,
        "margin_hedged": contract.margin_hedged,
        "margin_hedged_use_leg": contract.margin_hedged_use_leg,
        "trade_face_value": contract.face_value,
        "ticks_bookdepth": contract.book_depth,
        "currency_base": contract.currency_base,
        "currency_profit": contract.currency_profit,
        "currency_margin": contract.currency_margin,
        "description": contract.description,
        "name": contract.name,
        "path": contract.path,
    }
    return tuple(fields.values())
