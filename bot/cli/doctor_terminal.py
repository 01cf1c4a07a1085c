"""The doctor's checks of terminal, account, clock and symbols, through the trader's own client."""

from __future__ import annotations

from collections.abc import Iterator

from bot.adapters.mt5_client import MT5Client
from bot.cli.doctor_rows import Row, failed, passed, warned
from bot.cli.doctor_symbols import symbol_rows
from bot.cli.wiring import World, client
from bot.errors import WrongAccountError
from bot.model.broker import AccountFacts
from bot.model.settings import BotSettings
from bot.ports import Unknown
from bot.report.text import money, offset_text
from bot.rules.calendar import offset_at
from bot.rules.challenge import first_day, floors
from bot.timezones import server_offset_table

_PING_WARN_S = 0.3
_BALANCE_WARN_FRACTION = 0.12


def terminal_rows(world: World, settings: BotSettings) -> Iterator[Row]:
    """Everything that needs the terminal; nothing is sent."""
    broker = client(world, settings)
    try:
        read = broker.connect()
    except WrongAccountError as error:
        yield failed("account", str(error))
        return
    if isinstance(read, Unknown):
        yield failed("terminal", f"does not answer: {read.reason}")
        return
    try:
        yield from _link_rows(broker)
        yield from _account_rows(read.value, settings)
        yield _clock_row(broker, world.clock.now_utc_s())
        yield from symbol_rows(broker, world.terminal, settings, world.clock.now_utc_s())
        yield _book_row(broker, settings)
    finally:
        broker.close()


def _link_rows(broker: MT5Client) -> Iterator[Row]:
    read = broker.terminal()
    if isinstance(read, Unknown):
        yield failed("terminal", read.reason)
        return
    facts = read.value
    text = f"build {facts.build}, ping {facts.ping_s * 1000:.0f} ms"
    if not facts.is_connected:
        yield failed("terminal", f"{text}, not connected to the trade server")
    elif facts.ping_s > _PING_WARN_S:
        yield warned("terminal", f"{text}: slow, stops slip more")
    else:
        yield passed("terminal", text)
    if facts.trade_allowed and facts.api_allowed:
        yield passed("algo trading", "allowed in the terminal")
    else:
        switch = "the Algo Trading button" if facts.api_allowed else "the Python API option"
        yield failed("algo trading", f"off: {switch} forbids it; exits would be blocked too")


def _account_rows(facts: AccountFacts, settings: BotSettings) -> Iterator[Row]:
    kind = "demo" if facts.is_demo else "real"
    mode = "hedging" if facts.is_hedging else "netting"
    text = f"{facts.login} at {facts.server}, {kind}, {mode}, {facts.currency}, 1:{facts.leverage}"
    pin = settings.account
    if pin.login == 0 or not pin.server:
        yield failed("account", f"{text}; not pinned: set account.login and account.server")
    else:
        yield passed("account", f"{text}, as pinned")
    if not facts.trade_allowed:
        yield failed("account trading", "the broker forbids trading on this account")
    yield _preset_row(facts, settings)


def _preset_row(facts: AccountFacts, settings: BotSettings) -> Row:
    """The balance has to fit the account size the rules were chosen for."""
    rules = settings.rules
    initial = rules.initial_balance_money
    floor = max(0.0, floors(first_day(0, rules), rules).total_money)
    text = f"balance {money(facts.balance_money)}, equity {money(facts.equity_money)}, "
    text += f"rules for {money(initial)}"
    if facts.equity_money <= floor:
        return failed("account vs preset", f"{text}: at or below the total floor {money(floor)}")
    if abs(facts.balance_money - initial) > _BALANCE_WARN_FRACTION * initial:
        return warned("account vs preset", f"{text}: is this the account the preset is for?")
    return passed("account vs preset", text)


def _clock_row(broker: MT5Client, now_utc_s: float) -> Row:
    expected_s = offset_at(now_utc_s, server_offset_table())
    read = broker.clock_offset_s()
    if isinstance(read, Unknown):
        text = f"not measured ({read.reason}); New York + 7 h is {offset_text(expected_s)}"
        return warned("clock", text)
    text = f"server {offset_text(read.value)}, New York + 7 h is {offset_text(expected_s)}"
    if read.value != expected_s:
        return failed("clock", f"{text}: day resets would be wrong, or this machine's clock is")
    return passed("clock", text)


def _book_row(broker: MT5Client, settings: BotSettings) -> Row:
    """What is open already; foreign positions count as risk and are never touched."""
    positions, orders = broker.positions(), broker.orders()
    if isinstance(positions, Unknown) or isinstance(orders, Unknown):
        return failed("open positions", "positions or orders cannot be read")
    bare = [p.symbol for p in positions.value if p.stop_price <= 0.0]
    text = f"{len(positions.value)} positions, {len(orders.value)} resting orders"
    if bare:
        return warned("open positions", f"{text}; without a stop: {', '.join(bare)}")
    if len(positions.value) > settings.risk.positions_max_count:
        return warned("open positions", f"{text}: more than the cap, entries stay closed")
    return passed("open positions", text)
