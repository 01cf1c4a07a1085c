import pytest
from adapters_fakes import (
    EURUSD,
    NOW_UTC_S,
    Fault,
    ScriptedTerminal,
    a_client,
    reason_of,
    symbol_row,
    value_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.clock import ManualClock
from bot.adapters.contract_terms import terms_of
from bot.adapters.swap_money import swap_money_per_lot_night
from bot.model.settings import CommissionTerms, SymbolSettings

GOLD = SymbolSettings("XAUUSD", ("XAUUSD",), "metal", True, False)
BITCOIN = SymbolSettings("BTCUSD", ("BTCUSD",), "crypto", True, True)
COMMISSIONS = (CommissionTerms("fx", 4.0, 0.0), CommissionTerms("metal", 1.0, 0.00002))


def a_world(row=None, symbol=EURUSD, **options):
    terminal = ScriptedTerminal()
    row = row or symbol_row()
    terminal.symbols = {row.name: row}
    clock = ManualClock(NOW_UTC_S)
    client = a_client(terminal, clock, symbols=(symbol,), commissions=COMMISSIONS, **options)
    return terminal, clock, client


def test_a_contract_is_told_in_prices_and_account_money():
    _, _, client = a_world()

    instrument = value_of(client.instrument("EURUSD"))

    spec = instrument.spec
    assert (instrument.symbol, instrument.broker_symbol, instrument.asset_class) == (
        "EURUSD",
        "EURUSD",
        "fx",
    )
    assert (instrument.base_currency, instrument.profit_currency) == ("EUR", "USD")
    assert instrument.can_open_long
    assert instrument.can_open_short
    assert not instrument.is_24_7
    assert instrument.point_price == 1e-5
    assert (spec.digits, spec.tick_size_price, spec.contract_size) == (5, 1e-5, 100_000.0)
    assert (spec.lots_min, spec.lots_max, spec.lots_step) == (0.01, 50.0, 0.01)
    assert spec.loss_money_per_price_per_lot == pytest.approx(100_000.0)
    assert spec.stops_level_price == pytest.approx(0.0001)
    assert spec.freeze_level_price == 0.0
    assert spec.commission_money_per_lot == 4.0
    assert spec.swap_long_money_per_lot_night == pytest.approx(-7.0)
    assert spec.swap_short_money_per_lot_night == pytest.approx(2.0)
    assert spec.margin_money_per_lot == pytest.approx(1100.0)


def test_losses_convert_at_the_dearer_side():
    row = symbol_row("EURGBP", trade_tick_value_loss=1.271, trade_tick_value_profit=1.270)
    settings_of = SymbolSettings("EURGBP", ("EURGBP",), "fx", False, False)
    _, _, client = a_world(row, settings_of)

    spec = value_of(client.instrument("EURGBP")).spec

    assert spec.loss_money_per_price_per_lot == pytest.approx(127_100.0)
    assert spec.gain_money_per_price_per_lot == pytest.approx(127_000.0)


def test_a_share_of_the_notional_is_charged_on_todays_price():
    row = symbol_row("XAUUSD", ask=4000.0, trade_contract_size=100.0, trade_tick_size=0.01)
    _, _, client = a_world(row, GOLD)

    spec = value_of(client.instrument("XAUUSD")).spec

    assert spec.commission_money_per_lot == pytest.approx(1.0 + 400_000 * 0.00002)


def test_a_foreign_symbol_is_charged_the_dearest_terms():
    terminal, _, client = a_world()
    terminal.symbols["USDSEK"] = symbol_row("USDSEK", trade_tick_value_loss=0.1)

    instrument = value_of(client.instrument("USDSEK"))

    assert instrument.asset_class == ""
    assert instrument.spec.commission_money_per_lot == 4.0


def test_without_commission_terms_nothing_is_charged():
    terminal = ScriptedTerminal()
    client = a_client(terminal, commissions=())

    assert value_of(client.instrument("EURUSD")).spec.commission_money_per_lot == 0.0


@pytest.mark.parametrize(
    ("changes", "can_long", "can_short"),
    [
        ({"trade_mode": 4}, True, True),
        ({"trade_mode": 1}, True, False),
        ({"trade_mode": 2}, False, True),
        ({"trade_mode": 3}, False, False),
        ({"order_mode": 126}, False, False),
    ],
)
def test_the_symbols_mode_says_which_side_may_open(changes, can_long, can_short):
    _, _, client = a_world(symbol_row(**changes))

    instrument = value_of(client.instrument("EURUSD"))

    assert (instrument.can_open_long, instrument.can_open_short) == (can_long, can_short)


def test_crypto_trades_at_weekends():
    row = symbol_row("BTCUSD", ask=60_000.0, trade_contract_size=1.0, trade_tick_size=1.0)
    _, _, client = a_world(row, BITCOIN)

    assert value_of(client.instrument("BTCUSD")).is_24_7


@pytest.mark.parametrize("factor", [0.01, 0.1, 0.98, 1.02, 10.0, 100.0])
def test_a_tick_value_off_the_contract_size_is_not_believed(factor):
    terminal, _, client = a_world(symbol_row(trade_tick_value_loss=factor))

    assert "contract size says 100000" in reason_of(client.instrument("EURUSD"))
    assert terminal.calls_of("order_send") == []


@pytest.mark.parametrize("factor", [0.995, 1.0, 1.005])
def test_a_tick_value_within_one_percent_is_believed(factor):
    _, _, client = a_world(symbol_row(trade_tick_value_loss=factor))

    assert value_of(client.instrument("EURUSD"))


@pytest.mark.parametrize("profit", [-1.0, -1e9, 0.0, float("nan"), "much"])
def test_a_tick_value_the_terminals_calculator_denies_is_not_believed(profit):
    row = symbol_row("EURGBP", trade_tick_value_loss=1.27)
    settings_of = SymbolSettings("EURGBP", ("EURGBP",), "fx", False, False)
    terminal, _, client = a_world(row, settings_of)
    terminal.break_next("order_calc_profit", Fault(value=profit))

    reason = reason_of(client.instrument("EURGBP"))

    assert "the terminal's calculator says" in reason or "not the shape" in reason


@pytest.mark.parametrize("name", ["order_calc_profit", "order_calc_margin", "symbol_info"])
def test_a_contract_whose_reads_fail_is_unknown(name):
    terminal, _, client = a_world()
    terminal.break_next(name, Fault(error=(-10002, "IPC recv failed")))

    assert "-10002" in reason_of(client.instrument("EURUSD"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"trade_tick_value_loss": 0.0}, "trade_tick_value_loss = 0.0"),
        ({"trade_tick_value_profit": float("nan")}, "trade_tick_value_profit = nan"),
        ({"trade_tick_size": 0.0}, "trade_tick_size = 0.0"),
        ({"volume_step": -0.01}, "volume_step = -0.01"),
        ({"volume_max": 0.001}, "volume_max = 0.001"),
        ({"digits": -1}, "digits -1"),
        ({"swap_long": float("inf")}, "swap inf"),
        ({"trade_stops_level": -5}, "stops level -5"),
        ({"ask": 0.0}, "no price yet"),
    ],
)
def test_an_impossible_contract_is_unknown_by_name(changes, named):
    terminal, _, client = a_world()
    terminal.symbols["EURUSD"] = symbol_row(**changes)

    assert named in reason_of(client.instrument("EURUSD"))


def test_a_contract_of_another_shape_is_unknown():
    terminal, _, client = a_world()
    terminal.symbols["EURUSD"] = object()

    assert "not the shape" in reason_of(client.instrument("EURUSD"))


def test_zero_margin_is_not_believed():
    terminal, _, client = a_world()
    terminal.break_next("order_calc_margin", Fault(value=0.0))

    assert "margin of 1.0 lots is 0.0" in reason_of(client.instrument("EURUSD"))


def test_an_unmapped_symbol_says_why():
    terminal = ScriptedTerminal()
    client = a_client(terminal, symbols=(EURUSD, GOLD))

    assert "the broker lists none of XAUUSD" in reason_of(client.instrument("XAUUSD"))
    assert terminal.calls == []


def test_within_two_seconds_the_terminal_is_not_asked_again():
    terminal, clock, client = a_world()
    first = client.instrument("EURUSD")
    clock.sleep(1.9)
    terminal.calls.clear()

    assert client.instrument("EURUSD") is first
    assert terminal.calls == []


def test_later_an_unchanged_contract_costs_one_read():
    terminal, clock, client = a_world()
    first = client.instrument("EURUSD")
    clock.sleep(2.0)
    terminal.calls.clear()

    assert client.instrument("EURUSD") is first
    assert [name for name, _ in terminal.calls] == ["symbol_info"]


def test_a_changed_stops_level_is_seen_without_asking_the_calculators():
    terminal, clock, client = a_world()
    client.instrument("EURUSD")
    clock.sleep(10.0)
    terminal.calls.clear()
    terminal.symbols["EURUSD"] = symbol_row(trade_stops_level=200)

    assert value_of(client.instrument("EURUSD")).spec.stops_level_price == pytest.approx(0.002)
    assert [name for name, _ in terminal.calls] == ["symbol_info"]


def test_a_moved_tick_value_is_cross_checked_again():
    row = symbol_row("EURGBP", trade_tick_value_loss=1.27)
    terminal, clock, client = a_world(
        row, SymbolSettings("EURGBP", ("EURGBP",), "fx", False, False)
    )
    client.instrument("EURGBP")
    clock.sleep(10.0)
    terminal.symbols["EURGBP"] = symbol_row("EURGBP", trade_tick_value_loss=12.7)
    terminal.break_next("order_calc_profit", Fault(value=-12_700.0))

    assert "must agree within 1 %" in reason_of(client.instrument("EURGBP"))


def test_a_changed_contract_size_is_cross_checked_again():
    terminal, clock, client = a_world()
    client.instrument("EURUSD")
    clock.sleep(10.0)
    terminal.symbols["EURUSD"] = symbol_row(trade_contract_size=10_000.0)

    assert "contract size says 10000" in reason_of(client.instrument("EURUSD"))


def test_after_five_minutes_the_calculators_are_asked_again():
    terminal, clock, client = a_world()
    client.instrument("EURUSD")
    clock.sleep(300.0)
    terminal.calls.clear()

    value_of(client.instrument("EURUSD"))

    assert {"order_calc_profit", "order_calc_margin"} <= {name for name, _ in terminal.calls}


def test_a_contract_that_becomes_unreadable_is_not_answered_from_memory():
    terminal, clock, client = a_world()
    client.instrument("EURUSD")
    clock.sleep(5.0)
    terminal.break_next("symbol_info", Fault(error=(-10001, "IPC send failed")))

    assert reason_of(client.instrument("EURUSD"))


def a_swap(swap: float, account: str = "USD", price: float = 1.1, **changes) -> float:
    return swap_money_per_lot_night(terms_of(symbol_row(**changes)), swap, price, account)


@pytest.mark.parametrize(
    ("mode", "swap", "money"),
    [
        (0, -5.0, 0.0),
        (1, -7.0, -7.0),  # points: 7 x 0.00001 x 100 000
        (2, -3.0, -3.3),  # three euro at 1.10
        (4, -3.0, -3.0),
        (5, -2.0, -2.0 / 100 / 360 * 1.1 * 100_000),
        (6, 1.0, 1.0 / 100 / 360 * 1.1 * 100_000),
        (7, -7.0, -7.0),
        (8, 4.0, 4.0),
    ],
)
def test_a_nights_swap_follows_its_mode(mode, swap, money):
    assert a_swap(swap, swap_mode=mode) == pytest.approx(money)


def test_swap_in_margin_currency_converts_from_base_or_profit_currency():
    assert a_swap(-3.0, swap_mode=3) == pytest.approx(-3.3)
    assert a_swap(-3.0, swap_mode=3, currency_margin="USD") == pytest.approx(-3.0)


def test_swap_in_the_quote_currency_converts_as_profit_does():
    changes = {"currency_base": "GBP", "currency_profit": "GBP", "trade_tick_value_loss": 1.27}

    assert a_swap(-2.0, swap_mode=2, **changes) == pytest.approx(-2.54)


@pytest.mark.parametrize("swap", [-9.0, 9.0])
def test_a_swap_that_cannot_be_converted_costs_the_dearest_reading(swap):
    for changes in ({"swap_mode": 9}, {"swap_mode": 3, "currency_margin": "SEK"}):
        assert a_swap(swap, **changes) == pytest.approx(-27.5)  # read as percent a year


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 12),
    st.floats(-500, 500).filter(lambda swap: swap == 0.0 or abs(swap) > 1e-9),
    st.sampled_from(["EUR", "USD", "SEK", "JPY"]),
    st.sampled_from(["EUR", "USD", "GBP"]),
)
def test_a_swap_never_pays_more_than_stated_and_a_cost_stays_a_cost(mode, swap, margin, account):
    money = a_swap(swap, account, swap_mode=mode, currency_margin=margin)

    assert money <= 0.0 or (swap > 0.0 and 1 <= mode <= 8)
    if swap < 0.0 and mode != 0:
        assert money < 0.0
