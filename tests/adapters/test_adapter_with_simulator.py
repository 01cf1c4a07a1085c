"""The client on the simulated terminal: what the scripted one cannot show, a world that answers."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from adapters_fakes import reason_of, value_of
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.clock import ManualClock
from bot.adapters.mt5_client import MT5Client
from bot.errors import WrongAccountError
from bot.model.broker import (
    CancelOrder,
    CloseLots,
    DealEntry,
    MoveStop,
    OpenMarket,
    OrderKind,
    OrderState,
    PlaceLimit,
    SendResult,
    Timeframe,
)
from bot.model.settings import AccountPin, CommissionTerms, SymbolSettings
from bot.simulator.config import AccountConfig
from bot.simulator.faults import SendLoss, SimpleFaults
from bot.simulator.feed import Market, SymbolFeed
from bot.simulator.quotes import BarArrays, QuoteArrays
from bot.simulator.symbols import default_contract
from bot.simulator.terminal import SimulatedTerminal

START_UTC_S = int(datetime(2026, 3, 17, 12, 0, tzinfo=UTC).timestamp())
MINUTES = 600
PRICES = {"EURUSD": 1.1, "GBPJPY": 190.0, "USDJPY": 150.0, "GBPUSD": 1.27, "NAS100": 20_000.0}
OURS = (
    SymbolSettings("EURUSD", ("EURUSD",), "fx", False, False),
    SymbolSettings("GBPJPY", ("GBPJPY",), "fx", False, False),
    SymbolSettings("NAS100", ("NAS100",), "index", True, False),
    SymbolSettings("XAUUSD", ("XAUUSD",), "metal", True, False),
)
PIN = AccountPin(5_012_345, "Simulated-Server", "USD", True, 20_000.0)
COMMISSIONS = (CommissionTerms("fx", 4.0, 0.0), CommissionTerms("index", 0.0, 0.0))


def a_feed(name: str, price: float, suffix: str) -> SymbolFeed:
    """A quote every ten seconds on a slow wave of a tenth of a percent."""
    end = START_UTC_S + MINUTES * 60
    contract = default_contract(name, suffix)
    times = np.arange(START_UTC_S - 3600, end, 10, dtype=np.int64)
    wave = np.sin((times - START_UTC_S) / 1800.0) * price * 1e-3
    bid = np.round(price + wave, contract.digits)
    opens = times[::6]
    bars = BarArrays(opens, *[bid[::6]] * 4, *[np.ones(len(opens), dtype=np.int64)] * 2)
    is_live = times >= START_UTC_S
    ask = np.round(bid + 10 * contract.point, contract.digits)
    quotes = QuoteArrays(times[is_live] * 1000, bid[is_live], ask[is_live])
    return SymbolFeed(contract, 60, bars, {}, quotes)


class World:
    def __init__(self, suffix: str = "", pin: AccountPin = PIN) -> None:
        feeds = {name + suffix: a_feed(name, price, suffix) for name, price in PRICES.items()}
        end = START_UTC_S + MINUTES * 60
        self.terminal = SimulatedTerminal(
            Market("wave", feeds, START_UTC_S, end), account=AccountConfig()
        )
        self.faults = SimpleFaults()
        self.terminal.install_faults(self.faults)
        self.clock = ManualClock(float(START_UTC_S), self.terminal.advance_to)
        self.client = MT5Client(
            self.terminal, pin, OURS, (".r",), self.clock, commissions=COMMISSIONS
        )

    def attach(self) -> World:
        value_of(self.client.connect())
        self.clock.sleep(20.0)
        return self

    def open(self, symbol: str = "EURUSD", side: int = 1, lots: float = 0.5, magic: int = 7):
        quote = value_of(self.client.quote(symbol))
        price = quote.ask_price if side > 0 else quote.bid_price
        one_r = price * 0.01
        return self.client.send(
            OpenMarket(
                symbol=symbol,
                side=side,
                lots=lots,
                price=price,
                deviation_price=one_r * 0.1,
                stop_price=price - side * one_r,
                target_price=price + side * 2 * one_r,
                magic=magic,
                comment=f"s{magic}",
            )
        )

    def close(self, ticket: int, lots: float, symbol: str = "EURUSD", side: int = 1):
        quote = value_of(self.client.quote(symbol))
        price = quote.bid_price if side > 0 else quote.ask_price
        return self.client.send(CloseLots(symbol, ticket, side, lots, price, 1.0, 7, "out"))


@pytest.fixture
def world() -> World:
    return World().attach()


def test_every_offered_symbol_is_mapped_and_its_contract_agrees_with_the_calculator(world):
    assert set(world.client.mapping()) == {"EURUSD", "GBPJPY", "NAS100"}
    assert "XAUUSD" in world.client.unmapped()
    for symbol in world.client.mapping():
        spec = value_of(world.client.instrument(symbol)).spec
        quote = value_of(world.client.quote(symbol))
        prices = (quote.ask_price, quote.ask_price * 0.99)
        loss = value_of(world.client.loss_money(symbol, 1, 1.0, prices))

        expected = (prices[0] - prices[1]) * spec.loss_money_per_price_per_lot
        assert loss == pytest.approx(expected, rel=1e-3)
        assert quote.time_utc_s == world.clock.now_utc_s()


def test_a_broker_with_suffixes_is_traded_under_our_names():
    world = World(suffix=".r").attach()

    assert world.open().result == SendResult.DONE
    assert value_of(world.client.positions())[0].symbol == "EURUSD"
    assert world.client.mapping()["EURUSD"] == "EURUSD.r"


def test_another_login_than_the_pinned_one_is_refused():
    world = World(pin=AccountPin(1, "", "", True, 20_000.0))

    with pytest.raises(WrongAccountError, match="login is 5012345, pinned 1"):
        world.client.connect()


def test_the_clock_is_the_firms(world):
    assert value_of(world.client.clock_offset_s()) == 3 * 3600


def test_a_trade_lives_from_entry_to_exit_and_its_deals_are_the_balance(world):
    entry = world.open(lots=0.5)
    assert entry.result == SendResult.DONE
    (position,) = value_of(world.client.positions())
    assert (position.ticket, position.lots, position.magic) == (entry.order_ticket, 0.5, 7)
    assert position.stop_price > 0.0

    stop = round(position.open_price - 0.005, 5)
    move = MoveStop("EURUSD", position.ticket, stop, position.target_price)
    assert world.client.send(move).result == SendResult.DONE
    assert world.client.send(move).result == SendResult.DONE
    assert value_of(world.client.positions())[0].stop_price == stop

    assert world.close(position.ticket, 0.2).result == SendResult.DONE
    assert value_of(world.client.positions())[0].lots == pytest.approx(0.3)
    assert world.close(position.ticket, 0.3).result == SendResult.DONE
    assert value_of(world.client.positions()) == ()
    assert world.close(position.ticket, 0.3).result == SendResult.WORLD_CHANGED

    deals = value_of(world.client.deals(0.0))
    assert [deal.entry for deal in deals] == [
        DealEntry.NONE,
        DealEntry.IN,
        DealEntry.OUT,
        DealEntry.OUT,
    ]
    booked = math.fsum(
        deal.profit_money + deal.swap_money + deal.commission_money + deal.fee_money
        for deal in deals
    )
    assert booked == pytest.approx(value_of(world.client.account()).balance_money, abs=0.005)
    assert world.client.requests_sent_count() == 6


def test_a_limit_order_rests_with_its_expiry_and_expires(world):
    quote = value_of(world.client.quote("GBPJPY"))
    expires = world.clock.now_utc_s() + 1800.0
    price = round(quote.bid_price * 0.99, 3)
    request = PlaceLimit(
        "GBPJPY", 1, 0.1, price, round(price * 0.99, 3), round(price * 1.02, 3), expires, 9, "s9"
    )

    assert world.client.send(request).result == SendResult.DONE
    (order,) = value_of(world.client.orders())
    assert (order.kind, order.price, order.expires_utc_s) == (OrderKind.LIMIT, price, expires)

    world.clock.sleep(1801.0)
    assert value_of(world.client.orders()) == ()
    (gone,) = value_of(world.client.finished_orders(START_UTC_S))
    assert (gone.ticket, gone.state) == (order.ticket, OrderState.EXPIRED)


def test_a_cancelled_order_is_gone_and_cancelling_it_again_is_a_changed_world(world):
    quote = value_of(world.client.quote("EURUSD"))
    price = round(quote.bid_price - 0.005, 5)
    expires = world.clock.now_utc_s() + 3600.0
    request = PlaceLimit("EURUSD", 1, 0.1, price, price - 0.01, price + 0.02, expires, 9, "s9")
    ticket = world.client.send(request).order_ticket

    assert world.client.send(CancelOrder("EURUSD", ticket)).result == SendResult.DONE
    assert world.client.send(CancelOrder("EURUSD", ticket)).result == SendResult.WORLD_CHANGED
    (gone,) = value_of(world.client.finished_orders(START_UTC_S))
    assert gone.state == OrderState.CANCELLED


@pytest.mark.parametrize(
    ("loss", "positions"), [(SendLoss.NOT_EXECUTED, 0), (SendLoss.EXECUTED, 1)]
)
def test_a_lost_answer_is_unknown_whether_or_not_it_was_executed(world, loss, positions):
    world.faults.lose_next_send(loss)

    outcome = world.open(magic=42)

    assert outcome.result == SendResult.UNKNOWN
    assert world.client.requests_sent_count() == 1
    found = value_of(world.client.positions())
    assert [position.magic for position in found] == [42] * positions


def test_failing_reads_are_unknown_and_heal(world):
    world.open()
    world.faults.reads_fail = True
    reads = (
        world.client.account,
        world.client.terminal,
        world.client.positions,
        world.client.orders,
        lambda: world.client.quote("EURUSD"),
        lambda: world.client.closed_bars("EURUSD", Timeframe.H1, 5),
        lambda: world.client.deals(0.0),
        lambda: world.client.finished_orders(0.0),
        lambda: world.client.margin_money("EURUSD", 1, 0.1, 1.1),
        world.client.connect,
    )
    for read in reads:
        assert "-10002" in reason_of(read())

    world.faults.reads_fail = False
    value_of(world.client.connect())
    assert len(value_of(world.client.positions())) == 1


@pytest.mark.parametrize(
    ("switch", "result"),
    [
        ("connected", SendResult.UNKNOWN),
        ("algo_trading", SendResult.REJECTED_CONDITION),
        ("python_api", SendResult.REJECTED_CONDITION),
        ("account_experts", SendResult.REJECTED_CONDITION),
        ("account_trading", SendResult.REJECTED_CONDITION),
    ],
)
def test_every_switch_that_stops_trading_has_its_outcome(world, switch, result):
    setattr(world.terminal.operator.switches, switch, False)

    assert world.open().result == result


def test_without_a_server_link_an_empty_book_is_not_flat(world):
    world.terminal.operator.switches.connected = False

    assert not value_of(world.client.terminal()).is_connected
    assert "no server link" in reason_of(world.client.positions())


def test_too_little_margin_is_a_condition(world):
    assert world.open(lots=90.0).result == SendResult.REJECTED_CONDITION


def test_no_bar_shows_what_has_not_closed(world):
    world.clock.sleep(3 * 3600.0 + 1234.0)

    bars = value_of(world.client.closed_bars("EURUSD", Timeframe.H1, 10))

    assert len(bars.open_utc_s) >= 3
    assert bars.open_utc_s[-1] + 3600 <= world.clock.now_utc_s()
    assert bars.open_utc_s[-1] + 2 * 3600 > world.clock.now_utc_s()


steps = st.lists(
    st.tuples(
        st.sampled_from(["open", "close", "wait", "move", "manual"]),
        st.sampled_from(["EURUSD", "GBPJPY", "NAS100"]),
        st.sampled_from([1, -1]),
        st.integers(1, 9),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_whatever_is_traded_the_deals_read_are_the_balance_and_sent_stops_stand(plan):
    world = World().attach()
    for action, symbol, side, size in plan:
        positions = [p for p in value_of(world.client.positions()) if p.symbol == symbol]
        if action == "open":
            assert world.open(symbol, side, size / 10).result in (
                SendResult.DONE,
                SendResult.REJECTED_CONDITION,
            )
        elif action == "wait":
            world.clock.sleep(size * 600.0)
        for position in positions[:1]:
            if action == "close":
                lots = min(position.lots, size / 10)
                result = world.close(position.ticket, lots, symbol, position.side).result
                assert result == SendResult.DONE
            elif action == "move":
                stop = position.stop_price - position.side * position.open_price * 0.001
                move = MoveStop(symbol, position.ticket, stop, position.target_price)
                assert world.client.send(move).result == SendResult.DONE
            elif action == "manual":
                world.terminal.operator.close_position(position.ticket)

    booked = math.fsum(
        deal.profit_money + deal.swap_money + deal.commission_money + deal.fee_money
        for deal in value_of(world.client.deals(0.0))
    )
    assert booked == pytest.approx(value_of(world.client.account()).balance_money, abs=0.005)
    assert all(position.stop_price > 0.0 for position in value_of(world.client.positions()))
