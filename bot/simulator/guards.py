"""How far each quote may move before a stop-out has to be looked for.

Margin is checked at every quote that could matter, without computing equity at each. The money
between equity and the stop-out level is shared among the open sides of all symbols; as long as no
side loses more than its share, equity is above the level. When a price reaches its guard, equity
is computed exactly and new guards are set, so guards never change what happens, only what it costs.

Profits in other currencies move with their crosses: two percent of them is set aside, and a cross
that moves by one percent makes the guards be set again.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from bot.simulator.account import AccountBook, floating_minor
from bot.simulator.state import LONG, ServerState, SymbolDesk
from bot.simulator.tape import NO_LEVELS, Levels
from bot.simulator.valuation import money_per_price

_CROSS_RESERVE_FRACTION: Final = 0.02
_CROSS_MOVE_FRACTION: Final = 0.01


class _Exposure(NamedTuple):
    desk: SymbolDesk
    side: int
    money_per_price: float


def stop_out_guards(state: ServerState, book: AccountBook) -> dict[str, Levels]:
    """Guard levels by symbol at the quotes of now; empty without margin."""
    if book.margin_minor() == 0:
        return {}
    exposures = _exposures(state)
    headroom = book.totals().equity_minor - book.stop_out_equity_minor() - _reserve_minor(state)
    share_money = max(headroom, 0) / len(exposures) / state.converter.minor_per_unit
    guards: dict[str, Levels] = {}
    for desk, side, worth in exposures:
        distance = share_money / worth if worth > 0 else 0.0
        if side == LONG:
            level = NO_LEVELS._replace(bid_low=desk.tape.bid - distance)
        else:
            level = NO_LEVELS._replace(ask_high=desk.tape.ask + distance)
        guards[desk.name] = tighter(guards.get(desk.name, NO_LEVELS), level)
    for desk in _crosses(state, exposures):
        band = _cross_band(desk)
        guards[desk.name] = tighter(guards.get(desk.name, NO_LEVELS), band)
    return guards


def tighter(first: Levels, second: Levels) -> Levels:
    """Levels that are reached as soon as either pair is."""
    return Levels(
        max(first.bid_low, second.bid_low),
        min(first.bid_high, second.bid_high),
        max(first.ask_low, second.ask_low),
        min(first.ask_high, second.ask_high),
    )


def _exposures(state: ServerState) -> list[_Exposure]:
    """Each open side of each symbol with the most a price unit can cost it in account money."""
    lots: dict[tuple[str, int], float] = {}
    for position in state.positions.values():
        key = (position.desk.name, position.side)
        lots[key] = lots.get(key, 0.0) + position.lots
    exposures = []
    for (name, side), total in lots.items():
        desk = state.desks[name]
        worth = money_per_price(desk.contract)
        if worth == 0.0:
            continue  # collateral loses nothing
        desk.tape.seek(state.now_ms)
        loss_rate = state.converter.rates(desk.contract.currency_profit, state.now_ms).loss
        worst_rate = loss_rate * (1.0 + _CROSS_RESERVE_FRACTION)
        exposures.append(_Exposure(desk, side, total * worth * worst_rate))
    return exposures


def _reserve_minor(state: ServerState) -> int:
    """What a two percent move of the crosses could take from the floating results."""
    home = state.account.currency
    floating = sum(
        abs(floating_minor(state, position))
        for position in state.positions.values()
        if position.desk.contract.currency_profit != home
    )
    return int(floating * _CROSS_RESERVE_FRACTION) + 1


def _crosses(state: ServerState, exposures: list[_Exposure]) -> list[SymbolDesk]:
    names: dict[str, None] = {}
    for exposure in exposures:
        currency = exposure.desk.contract.currency_profit
        names.update(dict.fromkeys(state.converter.symbols_behind(currency)))
    return [state.desks[name] for name in names]


def _cross_band(desk: SymbolDesk) -> Levels:
    bid, ask = desk.tape.bid, desk.tape.ask
    below, above = 1.0 - _CROSS_MOVE_FRACTION, 1.0 + _CROSS_MOVE_FRACTION
    return Levels(bid * below, bid * above, ask * below, ask * above)
