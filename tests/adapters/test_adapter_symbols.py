import pytest
from adapters_fakes import symbol_row

from bot.adapters.mt5_rows import RowError
from bot.adapters.symbols import SymbolNames
from bot.model.settings import SymbolSettings

FX = SymbolSettings("EURUSD", ("EURUSD",), "fx", False, False)
GOLD = SymbolSettings("XAUUSD", ("XAUUSD", "GOLD"), "metal", True, False)
SPX = SymbolSettings("SPX500", ("SP500", "US500"), "index", False, False)
US30 = SymbolSettings("US30", ("US30", "DJ30"), "index", False, False)


def names_of(*symbols: SymbolSettings, suffixes: tuple[str, ...] = (".r", "m")) -> SymbolNames:
    return SymbolNames(symbols, suffixes)


def index_row(name: str, **changes):
    return symbol_row(name, currency_base="USD", currency_profit="USD", **changes)


def test_a_plain_name_maps_to_itself_and_back():
    names = names_of(FX)
    names.learn([symbol_row("EURUSD"), symbol_row("EURUSD.r")])

    assert names.broker_name("EURUSD") == "EURUSD"
    assert names.our_name("EURUSD") == "EURUSD"
    assert names.our_name("EURUSD.r") == "EURUSD.r"


def test_a_suffixed_name_is_found_when_the_plain_one_is_not_there():
    names = names_of(FX, GOLD)
    gold = symbol_row("GOLDm", currency_base="XAU", currency_profit="USD")
    names.learn([symbol_row("EURUSD.r"), gold])

    assert names.mapping() == {"EURUSD": "EURUSD.r", "XAUUSD": "GOLDm"}
    assert names.our_name("GOLDm") == "XAUUSD"


def test_before_connecting_nothing_is_mapped():
    names = names_of(FX)

    assert names.broker_name("EURUSD") == ""
    assert names.unmapped() == {"EURUSD": "not connected yet"}


def test_a_symbol_the_broker_lacks_is_named_with_all_that_was_tried():
    names = names_of(FX)
    names.learn([symbol_row("GBPUSD")])

    assert names.unmapped() == {
        "EURUSD": "the broker lists none of EURUSD, EURUSD.r, EURUSDm",
    }
    assert names.why_not("EURUSD").startswith("EURUSD: the broker lists none")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"trade_mode": 0}, "trading disabled"),
        ({"trade_contract_size": 0.0}, "not positive"),
        ({"volume_step": float("nan")}, "not positive"),
        ({"point": float("inf")}, "not positive"),
        ({"currency_profit": "JPY"}, "currencies EUR/JPY are not EUR/USD"),
        ({"currency_base": "GBP"}, "currencies GBP/USD are not EUR/USD"),
        ({"currency_profit": ""}, "profit currency ''"),
    ],
)
def test_a_listed_symbol_that_is_not_the_contract_we_mean_is_not_mapped(changes, why):
    names = names_of(FX)
    names.learn([symbol_row("EURUSD", **changes)])

    assert names.mapping() == {}
    assert why in names.unmapped()["EURUSD"]


def test_the_tradable_variant_wins_over_the_disabled_and_the_close_only_one():
    names = names_of(FX)
    names.learn(
        [
            symbol_row("EURUSD", trade_mode=0),
            symbol_row("EURUSD.r", trade_mode=3),
            symbol_row("EURUSDm", trade_mode=4),
        ]
    )

    assert names.mapping() == {"EURUSD": "EURUSDm"}


def test_a_close_only_symbol_is_mapped_when_there_is_no_other():
    names = names_of(FX)
    names.learn([symbol_row("EURUSD", trade_mode=3)])

    assert names.mapping() == {"EURUSD": "EURUSD"}


def test_a_mapping_in_use_stays_when_a_better_variant_appears():
    names = names_of(FX)
    names.learn([symbol_row("EURUSD.r", trade_mode=3)])
    names.learn([symbol_row("EURUSD"), symbol_row("EURUSD.r", trade_mode=3)])

    assert names.mapping() == {"EURUSD": "EURUSD.r"}


def test_a_mapping_whose_contract_no_longer_fits_is_given_up():
    names = names_of(FX)
    names.learn([symbol_row("EURUSD.r")])
    names.learn([symbol_row("EURUSD"), symbol_row("EURUSD.r", currency_profit="JPY")])

    assert names.mapping() == {"EURUSD": "EURUSD"}


def test_an_index_is_known_by_its_name_whatever_its_base_currency():
    names = names_of(SPX, US30)
    names.learn([index_row("US500"), index_row("US30")])

    assert names.mapping() == {"SPX500": "US500", "US30": "US30"}


def test_a_metals_base_may_be_stated_as_its_quote_currency_but_not_as_another():
    names = names_of(GOLD)
    names.learn([symbol_row("XAUUSD", currency_base="USD", currency_profit="USD")])
    assert names.mapping() == {"XAUUSD": "XAUUSD"}

    names.learn([symbol_row("XAUUSD", currency_base="EUR", currency_profit="USD")])
    assert names.mapping() == {}


def test_one_broker_symbol_serves_one_symbol_of_ours():
    other = SymbolSettings("SPX", ("SP500",), "index", False, False)
    names = names_of(SPX, other)
    names.learn([index_row("SP500")])

    assert names.mapping() == {"SPX500": "SP500"}
    assert "SPX" in names.unmapped()


def test_a_foreign_symbol_keeps_the_brokers_name_both_ways():
    names = names_of(FX)
    names.learn([symbol_row("EURUSD"), symbol_row("USDSEK")])

    assert names.our_name("USDSEK") == "USDSEK"
    assert names.broker_name("USDSEK") == "USDSEK"


def test_a_foreign_symbol_spelled_like_ours_is_marked_and_still_found():
    names = names_of(FX)
    names.learn([symbol_row("EURUSD", trade_mode=0), symbol_row("EURUSD.r")])

    assert names.our_name("EURUSD") == "EURUSD@broker"
    assert names.broker_name("EURUSD@broker") == "EURUSD"
    assert names.broker_name("EURUSD") == "EURUSD.r"


def test_a_dropped_mapping_says_why():
    names = names_of(FX)
    names.learn([symbol_row("EURUSD")])

    names.drop("EURUSD", "cannot be selected")

    assert names.broker_name("EURUSD") == ""
    assert names.unmapped() == {"EURUSD": "cannot be selected"}
    assert names.our_name("EURUSD") == "EURUSD@broker"


@pytest.mark.parametrize("listed", [object(), symbol_row("EURUSD", volume_step="0.01")])
def test_a_row_of_another_shape_is_refused_not_guessed(listed):
    with pytest.raises(RowError, match="symbol"):
        names_of(FX).learn([listed])
