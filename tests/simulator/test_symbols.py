import json
from pathlib import Path

import pytest

from bot.errors import DataError
from bot.simulator.symbols import conversion_symbols, default_contract, known_symbols

SPECS = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "symbol_specs.json"

PLAIN_FIELDS = {
    "digits": "digits",
    "point": "point",
    "trade_tick_size": "tick_size",
    "trade_contract_size": "contract_size",
    "volume_min": "volume_min",
    "volume_max": "volume_max",
    "volume_step": "volume_step",
    "volume_limit": "volume_limit",
    "trade_stops_level": "stops_level",
    "trade_freeze_level": "freeze_level",
    "currency_base": "currency_base",
    "currency_profit": "currency_profit",
    "currency_margin": "currency_margin",
    "swap_long": "swap_long",
    "swap_short": "swap_short",
    "swap_rollover3days": "swap_rollover3days",
}
SWAP_MODES = {"points": 1, "currency_symbol": 2, "interest_current": 5}


def test_the_universe_has_37_symbols():
    assert len(known_symbols()) == 37


@pytest.mark.skipif(not SPECS.exists(), reason="the shared specification table is not at hand")
def test_every_figure_of_the_specification_table_is_in_our_contracts():
    specs = json.loads(SPECS.read_text(encoding="utf-8"))["symbols"]
    assert set(specs) == set(known_symbols())
    for name, spec in specs.items():
        contract = default_contract(name)
        assert contract.asset_class == spec["asset_class"]
        assert contract.swap_mode == SWAP_MODES[spec["swap_mode"]["value"]], name
        for theirs, ours in PLAIN_FIELDS.items():
            assert getattr(contract, ours) == spec[theirs]["value"], (name, ours)


@pytest.mark.parametrize(
    ("name", "leverage"),
    [("EURUSD", 100.0), ("XAUUSD", 25.0), ("NAS100", 25.0), ("BTCUSD", 2.0)],
)
def test_leverage_is_that_of_the_firm_by_class(name: str, leverage: float):
    assert default_contract(name).leverage == leverage


def test_currencies_pay_four_per_lot_and_indices_nothing():
    assert default_contract("EURUSD").commission_money_per_lot_round_trip == 4.0
    assert default_contract("NAS100").commission_money_per_lot_round_trip == 0.0
    assert default_contract("NAS100").commission_fraction_of_notional == 0.0
    assert default_contract("XAUUSD").commission_fraction_of_notional > 0


@pytest.mark.parametrize(
    ("name", "weekday", "session"),
    [
        ("EURUSD", 0, (300, 86_100)),  # 00:05-23:55
        ("EURUSD", 4, (300, 86_100)),
        ("XAUUSD", 2, (3_900, 85_800)),  # 01:05-23:50
        ("US30", 4, (3_900, 85_800)),
        ("BTCUSD", 5, (600, 85_800)),  # 00:10-23:50
        ("BTCUSD", 6, (600, 85_800)),
    ],
)
def test_trading_hours_are_those_of_the_firm(name: str, weekday: int, session: tuple[int, int]):
    assert default_contract(name).sessions[weekday] == (session,)


@pytest.mark.parametrize("name", ["EURUSD", "XAUUSD", "NAS100"])
def test_only_crypto_trades_at_weekends(name: str):
    assert default_contract(name).sessions[5:] == ((), ())
    assert all(default_contract("BTCUSD").sessions)


def test_a_suffix_decorates_the_listed_name_and_the_path_only():
    plain, decorated = default_contract("EURUSD"), default_contract("EURUSD", ".r")
    assert decorated.name == "EURUSD.r"
    assert decorated.path == "Forex\\EURUSD.r"
    assert decorated.currency_base == plain.currency_base
    assert decorated.sessions == plain.sessions


def test_an_unknown_symbol_is_refused_by_name():
    with pytest.raises(DataError, match="'EURUSX' has no contract figures"):
        default_contract("EURUSX")


def test_filling_modes_are_the_mask_of_fok_and_ioc():
    assert default_contract("EURUSD").filling_mask == 3
    assert default_contract("EURUSD").exemode == 2


def test_conversion_symbols_turn_profit_and_margin_into_dollars():
    assert conversion_symbols(["EURUSD"]) == ("EURUSD",)
    assert conversion_symbols(["EURJPY"]) == ("USDJPY", "EURUSD")
    assert conversion_symbols(["GER40", "UK100"]) == ("EURUSD", "GBPUSD")
    assert conversion_symbols(["NAS100"]) == ()
