"""Faults of the broker's conditions: link, switches, specifications, limits, the account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.simulator.config import AccountConfig
from bot.simulator.faults.injection import Injection, Undo
from bot.simulator.faults.market_edits import silence
from bot.simulator.faults.views import CutOff, PipeLost, Unreachable
from bot.simulator.faults.world import World
from bot.simulator.symbols import FILLING_FOK, FILLING_IOC, SymbolContract

Change = Callable[[SymbolContract], SymbolContract]

_NO_IPC = -10004
_WEEKDAYS_COUNT = 7


def together(undos: list[Undo]) -> Undo:
    """Undo several things, the last one first."""

    def undo_all() -> None:
        for undo in reversed(undos):
            undo()

    return undo_all


def cut_link(world: World) -> Undo:
    """Take the terminal's link to its server away; reads stay as of the first of several cuts."""
    switch_on = world.changes.switch_off("connected")
    if world.link_view is None:
        world.link_view = world.lay(CutOff(world))

    def restore() -> None:
        switch_on()
        if world.state.switches.connected and world.link_view is not None:
            world.link_view()
            world.link_view = None

    return restore


def lose_link(injection: Injection) -> Undo:
    """B04, N04: no connection to the trade server; reads show what was known before."""
    injection.note = "link lost"
    return cut_link(injection.world)


def flap(injection: Injection) -> None:
    """N05: the link comes and goes."""
    world, until_ms = injection.world, injection.until_ms()
    down_s, up_s = injection.number("down_s"), injection.number("up_s")

    def go_down() -> None:
        if world.state.now_ms < until_ms:
            restore = cut_link(world)
            world.agenda.at(min(world.after_ms(down_s), until_ms), up_after(restore))

    def up_after(restore: Undo) -> Undo:
        def come_up() -> None:
            restore()
            world.agenda.at(world.after_ms(up_s), go_down)

        return come_up

    injection.note = f"link {down_s:g} s down, {up_s:g} s up"
    go_down()


def maintain(injection: Injection) -> Undo:
    """B42: the broker's server is down: no link, no quotes, no triggers."""
    for desk in injection.desks():
        silence(injection.world, desk, injection.until_ms())
    injection.note = "maintenance begins"
    return cut_link(injection.world)


def switch_off(injection: Injection) -> Undo:
    """B20: a permission is switched off."""
    name = injection.word("switch")
    injection.note = f"{name} off"
    if name == "connected":
        return cut_link(injection.world)
    return injection.world.changes.switch_off(name)


def disable_account(injection: Injection) -> Undo:
    """B44: the broker lets this account trade no more."""
    injection.note = "account disabled"
    off = injection.world.changes.switch_off
    return together([off("account_trading"), off("account_experts")])


def delete_at_trigger(injection: Injection) -> Undo:
    """B46: the server deletes a triggered order instead of filling it."""
    injection.note = "triggered orders are deleted"
    return injection.world.changes.switch_off("order_activation")


def change_volumes(injection: Injection) -> Undo:
    """B11: smallest volume and step grow."""
    factor = injection.number("factor")
    return _specify(
        injection,
        lambda c: replace(c, volume_min=c.volume_min * factor, volume_step=c.volume_step * factor),
    )


def raise_minimum(injection: Injection) -> Undo:
    """B28: the smallest volume grows above what partial closes leave; the step stays."""
    factor = injection.number("factor")
    return _specify(injection, lambda c: replace(c, volume_min=c.volume_min * factor))


def raise_stops_level(injection: Injection) -> Undo:
    """B12: stops have to keep many times their distance."""
    factor = injection.number("factor")
    return _specify(
        injection, lambda c: replace(c, stops_level=round(max(c.stops_level, 1) * factor))
    )


def freeze(injection: Injection) -> Undo:
    """B13: nothing near the market may be modified or closed."""
    points = injection.whole("points")
    return _specify(injection, lambda c: replace(c, freeze_level=points))


def change_filling(injection: Injection) -> Undo:
    """B14: another filling mode than before is accepted."""
    masks = {"fok": FILLING_FOK, "ioc": FILLING_IOC, "none": 0}
    wanted = injection.word("mask")

    def flip(contract: SymbolContract) -> SymbolContract:
        flipped = FILLING_FOK if contract.filling_mask == FILLING_IOC else FILLING_IOC
        return replace(contract, filling_mask=masks.get(wanted, flipped))

    return _specify(injection, flip)


def restrict(injection: Injection) -> Undo:
    """B15: the symbol's trade mode changes."""
    mode = injection.whole("mode")
    return _specify(injection, lambda c: replace(c, trade_mode=mode))


def close_market(injection: Injection) -> Undo:
    """B16, C09, C10: no session and no quotes, whatever the calendar says."""
    quotes_count = sum(
        silence(injection.world, desk, injection.until_ms()) for desk in injection.desks()
    )
    undo = _specify(injection, lambda c: replace(c, sessions=((),) * _WEEKDAYS_COUNT))
    injection.note = f"closed: {quotes_count} quotes fall out"
    return undo


def stale_or_closed(injection: Injection) -> Undo | None:
    """C09: quotes stop, because the market is closed or because the feed is dead."""
    if injection.word("cause") == "closed":
        return close_market(injection)
    for desk in injection.desks():
        silence(injection.world, desk, injection.until_ms())
    injection.note = "feed dead, session open"
    return None


def shrink_margin(injection: Injection) -> Undo:
    """B17: the margin asked for grows until nothing can be opened (10019)."""
    factor = injection.number("factor")
    return _specify(injection, lambda c: replace(c, leverage=c.leverage / factor))


def lower_limit(injection: Injection) -> Undo:
    """B21: a limit on resting orders, positions or volume is reached."""
    what, most = injection.word("limit"), injection.number("most")
    injection.note = f"limit of {what}: {most:g}"
    if what == "volume":
        return _specify(injection, lambda c: replace(c, volume_limit=most))

    def limited(account: AccountConfig) -> AccountConfig:
        if what == "orders":
            return replace(account, limit_orders=int(most))
        return replace(account, limit_positions=int(most))

    return injection.world.changes.account(limited)


def change_terms(injection: Injection) -> Undo:
    """B36: contract size or leverage is another one, also for what is open."""
    factor = injection.number("factor")
    if injection.word("what") == "contract":
        return _specify(injection, lambda c: replace(c, contract_size=c.contract_size * factor))
    account = injection.world.changes.account(
        lambda a: replace(a, leverage=max(1, round(a.leverage * factor)))
    )
    symbols = _specify(injection, lambda c: replace(c, leverage=c.leverage * factor))
    return together([account, symbols])


def kill_terminal(injection: Injection) -> Undo:
    """B39: the terminal is gone, or its answers are out of step; perhaps another build is back."""
    world, build = injection.world, injection.whole("build")
    pipe = PipeLost(world, injection.word("pipe"))
    world.lay(pipe)
    injection.note = f"pipe {injection.word('pipe')}"

    def start_again() -> None:
        pipe.is_down = False
        if build:
            world.state.terminal = replace(world.state.terminal, build=build)

    return start_again


def miss_midnight(injection: Injection) -> None:
    """C06: nothing can be reached around the next server midnight."""
    world, state = injection.world, injection.world.state
    midnight_ms = state.clock.midnight_after_ms(state.now_ms)
    from_ms = midnight_ms - round(injection.number("before_s") * 1000)
    until_ms = midnight_ms + round(injection.number("after_s") * 1000)

    def begin() -> None:
        world.agenda.at(until_ms, world.lay(Unreachable(world, _NO_IPC)))

    world.agenda.at(max(from_ms, state.now_ms), begin)
    injection.note = "the next midnight will be missed"


def _specify(injection: Injection, change: Change) -> Undo:
    world = injection.world
    desks = injection.desks()
    if not injection.note:
        injection.note = f"changed for {', '.join(desk.name for desk in desks) or 'no symbol'}"
    return together([world.changes.contract(desk, change) for desk in desks])
