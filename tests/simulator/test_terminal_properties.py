from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from simulator_builders import START_S, Quote, after, buy, contract_of, pending, terminal_of

from bot.simulator.config import AccountConfig, CommissionSplit, LimitFill
from bot.simulator.terminal import SimulatedTerminal

SYMBOLS = ("EURUSD", "USDJPY", "XAUUSD")
OPENING = {"EURUSD": 1.1, "USDJPY": 150.0, "XAUUSD": 2300.0}
DIGITS = {"EURUSD": 5, "USDJPY": 3, "XAUUSD": 2}
ALL_TIME = (START_S - 86_400, START_S + 90 * 86_400)
STEP_S = 1_800

moves = st.integers(min_value=-60, max_value=60)
requests = st.fixed_dictionaries(
    {
        "what": st.sampled_from(
            ["open", "open", "place", "close", "part", "levels", "modify", "remove", "pair", "cash"]
        ),
        "symbol": st.sampled_from(SYMBOLS),
        "kind": st.integers(0, 7),
        "steps": st.integers(1, 40),
        "away": st.integers(1, 60),
        "pick": st.integers(0, 20),
    }
)
scripts = st.lists(st.tuples(st.tuples(moves, moves, moves), requests), min_size=4, max_size=40)
accounts = st.builds(
    AccountConfig,
    balance_money=st.sampled_from([800.0, 20_000.0]),
    commission_split=st.sampled_from(CommissionSplit),
    limit_fill=st.sampled_from(LimitFill),
)
Script = Sequence[tuple[tuple[int, int, int], dict[str, object]]]


def walk(script: Script) -> dict[str, list[Quote]]:
    """A quote of each symbol every half hour, moved by the script in ten-thousandths."""
    levels = dict(OPENING)
    rows: dict[str, list[Quote]] = {name: [] for name in SYMBOLS}
    for step, (move, _) in enumerate([((0, 0, 0), {}), *script]):
        for name, tenths in zip(SYMBOLS, move, strict=True):
            digits = DIGITS[name]
            levels[name] = round(levels[name] * (1 + tenths / 10_000), digits)
            spread = 12 * 10.0**-digits
            rows[name].append(
                (float(STEP_S * step), levels[name], round(levels[name] + spread, digits))
            )
    return rows


def opening_request(terminal: SimulatedTerminal, wish: dict[str, object]) -> dict[str, object]:
    """A market or pending order with levels; some are legal, some are not."""
    symbol, kind = str(wish["symbol"]), int(str(wish["kind"]))
    tick = terminal.symbol_info_tick(symbol)
    assert tick is not None
    distance = tick.bid * int(str(wish["away"])) / 10_000
    lots = round(int(str(wish["steps"])) * 0.01, 2)
    digits, side = DIGITS[symbol], 1 - 2 * (kind % 2)
    stop, target = (round(tick.bid - side * distance * n, digits) for n in (2, -2))
    if wish["what"] == "open":
        return buy(symbol, lots, type=kind % 2, sl=stop, tp=target)
    below = kind in (2, 5)
    price = round(tick.bid + (-distance if below else distance), digits)
    between = round(price - side * distance / 2, digits)
    return pending(symbol, kind, lots, price, stoplimit=between, type_time=kind % 2)


def standing_request(terminal: SimulatedTerminal, wish: dict[str, object]) -> dict[str, object]:
    """Something about a position or order that is there, or about one that is not."""
    positions, orders = terminal.positions_get() or (), terminal.orders_get() or ()
    pick, what = int(str(wish["pick"])), wish["what"]
    if what in ("modify", "remove"):
        order = orders[pick % len(orders)] if orders else None
        ticket = order.ticket if order else 1
        price = round(order.price_open * 0.999, 2) if order else 1.0
        return {"action": 7 if what == "modify" else 8, "order": ticket, "price": price}
    if not positions:
        return {"action": 6, "position": 1}
    position = positions[pick % len(positions)]
    if what == "levels":
        return {"action": 6, "position": position.ticket, "sl": position.price_open, "tp": 0.0}
    if what == "pair":
        other = positions[(pick + 1) % len(positions)]
        return {"action": 10, "position": position.ticket, "position_by": other.ticket}
    lots = position.volume
    if what == "part":
        lots = max(0.01, round(lots * 0.4, 2))
    return buy(position.symbol, lots, type=1 - position.type, position=position.ticket)


def live(script: Script, account: AccountConfig) -> SimulatedTerminal:
    """Play a script against its market, checking the books after every step."""
    contracts = {
        name: contract_of(
            name,
            commission_money_per_lot_round_trip=3.33,
            commission_fraction_of_notional=0.00002,
            swap_long=-7.77,
            swap_short=3.21,
        )
        for name in SYMBOLS
    }
    terminal = terminal_of(walk(script), contracts, account)
    for step, (_, wish) in enumerate(script):
        after(terminal, STEP_S * step)
        if wish["what"] == "cash":
            terminal.operator.deposit(int(str(wish["pick"])) - 10.37)
        elif wish["what"] in ("open", "place"):
            assert terminal.order_send(opening_request(terminal, wish)) is not None
        else:
            assert terminal.order_send(standing_request(terminal, wish)) is not None
        check_books(terminal)
    return after(terminal, STEP_S * (len(script) + 60))


def check_books(terminal: SimulatedTerminal) -> None:
    info = terminal.account_info()
    deals = terminal.history_deals_get(*ALL_TIME)
    positions = terminal.positions_get()
    assert info is not None
    assert deals is not None
    assert positions is not None
    cents = sum(round(100 * m) for d in deals for m in (d.profit, d.swap, d.commission, d.fee))
    assert round(info.balance * 100) == cents
    assert info.balance == cents / 100
    floating = sum(round(100 * m) for p in positions for m in (p.profit, p.swap))
    assert round(info.equity * 100) == cents + floating
    for position in positions:
        assert position.volume > 0
        assert abs(position.volume * 100 - round(position.volume * 100)) < 1e-9
        booked = terminal.history_deals_get(position=position.identifier)
        assert booked is not None
        change = sum(d.volume if d.entry == 0 else -d.volume for d in booked)
        assert round(change, 8) == position.volume


@settings(max_examples=80, deadline=None)
@given(script=scripts, account=accounts)
def test_the_balance_is_the_sum_of_all_deals_and_volumes_stay_on_their_grid(
    script: Script, account: AccountConfig
) -> None:
    check_books(live(script, account))


@settings(max_examples=25, deadline=None)
@given(script=scripts, account=accounts)
def test_the_same_market_and_the_same_calls_leave_the_same_trace(
    script: Script, account: AccountConfig
) -> None:
    assert live(script, account).trace_hash() == live(script, account).trace_hash()


@settings(max_examples=40, deadline=None)
@given(script=scripts)
def test_every_finished_position_has_opened_as_much_as_it_closed(script: Script) -> None:
    terminal = live(script, AccountConfig())
    for position in terminal.positions_get() or ():
        terminal.operator.close_position(position.ticket)
    deals = terminal.history_deals_get(*ALL_TIME)
    assert deals is not None
    volumes: dict[int, float] = {}
    for deal in deals:
        if deal.position_id:
            signed = deal.volume if deal.entry == 0 else -deal.volume
            volumes[deal.position_id] = round(volumes.get(deal.position_id, 0.0) + signed, 8)
    assert set(volumes.values()) <= {0.0}
    info = terminal.account_info()
    assert info is not None
    assert (info.margin, info.profit) == (0.0, 0.0)


def test_another_market_leaves_another_trace() -> None:
    traces = set()
    for price in (1.1, 1.1001):
        terminal = terminal_of({"EURUSD": [(0, price, price + 0.0001)]})
        terminal.order_send(buy("EURUSD", 0.1))
        traces.add(terminal.trace_hash())
    assert len(traces) == 2
